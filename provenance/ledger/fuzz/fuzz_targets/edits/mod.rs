//! Changes to files as somebody makes them who tampers.

use std::collections::BTreeMap;

/// Which file, what, where (two bytes), how many bytes.
const HEAD: usize = 5;

/// Changes `files` as the bytes of `input` say: overwrites, puts in, takes out, or removes a file.
pub fn apply(input: &[u8], files: &mut BTreeMap<String, Vec<u8>>) {
    let mut rest = input;
    while let Some((&[file, what, high, low, count], after)) = rest.split_first_chunk::<HEAD>() {
        rest = after;
        let Some(path) = files.keys().nth(usize::from(file) % files.len().max(1)) else {
            return;
        };
        let path = path.clone();
        if what % 4 == 3 {
            files.remove(&path);
            continue;
        }
        let Some(content) = files.get_mut(&path) else {
            return;
        };
        let at = usize::from(u16::from_be_bytes([high, low])) % (content.len() + 1);
        let count = usize::from(count);
        let gone = (at + count).min(content.len());
        let (new, after) = rest.split_at(count.min(rest.len()));
        match what % 4 {
            0 => {
                let end = (at + new.len()).min(content.len());
                drop(content.splice(at..end, new.iter().copied()));
                rest = after;
            }
            1 => {
                drop(content.splice(at..at, new.iter().copied()));
                rest = after;
            }
            _ => {
                drop(content.drain(at..gone));
            }
        }
    }
}
