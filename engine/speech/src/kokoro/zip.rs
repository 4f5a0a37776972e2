//! Members of a ZIP archive, stored or deflated: what `numpy.savez` and `numpy.savez_compressed` write.

#[cfg(test)]
mod tests;

use std::io::Read;
use std::ops::Range;

use flate2::read::DeflateDecoder;

/// Largest member that is unpacked, in bytes: a voice has half a megabyte.
const LARGEST: usize = 8 << 20;

/// A member: its name and where its bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    /// Its place in the archive, packed or not.
    pub(super) bytes: Range<usize>,
    /// Its unpacked size where it is packed (deflated, method 8).
    pub(super) packed: Option<usize>,
}

impl Member {
    /// The bytes of a packed member, unpacked.
    pub(super) fn unpacked(&self, archive: &[u8], size: usize) -> Result<Vec<u8>, String> {
        let name = &self.name;
        if size > LARGEST {
            return Err(format!(
                "`{name}` in it has {size} bytes unpacked; at most {LARGEST} are accepted"
            ));
        }
        let packed = archive.get(self.bytes.clone()).unwrap_or_default();
        let mut bytes = Vec::with_capacity(size);
        // One byte more than announced is read, so that a member that lies about its size is found out.
        let limit = u64::try_from(size).unwrap_or(u64::MAX).saturating_add(1);
        DeflateDecoder::new(packed)
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(|_| format!("`{name}` in it is damaged: it cannot be unpacked"))?;
        if bytes.len() == size {
            Ok(bytes)
        } else {
            Err(format!(
                "`{name}` in it is damaged: its unpacked size is not the {size} bytes announced"
            ))
        }
    }
}

/// Finds the members by the archive's central directory (APPNOTE 4.3.12), which alone knows all sizes.
pub(super) fn members(archive: &[u8]) -> Result<Vec<Member>, String> {
    let end = end_record(archive).ok_or("its ZIP directory is missing: the file is cut short")?;
    let count = u16_at(archive, end + 10).ok_or("its ZIP directory is cut short")?;
    let mut at = size_at(archive, end + 16).ok_or("its ZIP directory is cut short")?;
    let mut found = Vec::new();
    for _ in 0..count {
        let (member, next) = member(archive, at)?;
        found.push(member);
        at = next;
    }
    Ok(found)
}

/// The end record stands last, but for a comment of up to 64 KiB.
fn end_record(archive: &[u8]) -> Option<usize> {
    const LENGTH: usize = 22;
    let last = archive.len().checked_sub(LENGTH)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last)
        .rev()
        .find(|at| archive.get(*at..at + 4) == Some(b"PK\x05\x06"))
}

fn member(archive: &[u8], at: usize) -> Result<(Member, usize), String> {
    let cut = || "its ZIP directory is cut short".to_owned();
    if archive.get(at..at.saturating_add(4)) != Some(b"PK\x01\x02") {
        return Err("its ZIP directory is damaged".to_owned());
    }
    let method = u16_at(archive, at + 10).ok_or_else(cut)?;
    let size = size_at(archive, at + 20).ok_or_else(cut)?;
    let unpacked = size_at(archive, at + 24).ok_or_else(cut)?;
    let name_length = usize::from(u16_at(archive, at + 28).ok_or_else(cut)?);
    let extra_length = usize::from(u16_at(archive, at + 30).ok_or_else(cut)?);
    let comment_length = usize::from(u16_at(archive, at + 32).ok_or_else(cut)?);
    let local = size_at(archive, at + 42).ok_or_else(cut)?;
    let name = archive
        .get(at + 46..at + 46 + name_length)
        .ok_or_else(cut)?;
    let name = String::from_utf8_lossy(name).into_owned();
    let packed = match method {
        0 => None,
        8 => Some(unpacked),
        _ => {
            return Err(format!(
                "`{name}` in it is compressed by method {method}, not stored or deflated; write it with numpy.savez"
            ));
        }
    };
    // The local header has extra fields of its own, and their length only there.
    let local_name = usize::from(u16_at(archive, local.saturating_add(26)).ok_or_else(cut)?);
    let local_extra = usize::from(u16_at(archive, local.saturating_add(28)).ok_or_else(cut)?);
    let start = local + 30 + local_name + local_extra;
    let bytes = start..start.saturating_add(size);
    if archive.get(bytes.clone()).is_none() {
        return Err(format!("`{name}` in it is cut short"));
    }
    Ok((
        Member {
            name,
            bytes,
            packed,
        },
        at + 46 + name_length + extra_length + comment_length,
    ))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(
        bytes.get(at..at.checked_add(2)?)?.try_into().ok()?,
    ))
}

fn size_at(bytes: &[u8], at: usize) -> Option<usize> {
    let value = u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?);
    usize::try_from(value).ok()
}
