//! Protocol buffers' wire format: as much as ONNX files need. Source: protobuf.dev, "Encoding".

#[cfg(test)]
mod tests;

/// Wire types.
pub(super) const VARINT: u8 = 0;
pub(super) const FIXED64: u8 = 1;
pub(super) const BYTES: u8 = 2;
pub(super) const FIXED32: u8 = 5;

/// Bytes that are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is damaged or no ONNX file: no protocol buffers message")]
pub(crate) struct Malformed;

/// One field of a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Field<'a> {
    pub(super) number: u32,
    pub(super) value: Value<'a>,
    /// Tag and value as they stand in the message.
    pub(super) whole: &'a [u8],
}

/// A field's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Varint(u64),
    Fixed64,
    Bytes(&'a [u8]),
    Fixed32([u8; 4]),
}

impl<'a> Field<'a> {
    /// The value of a length-delimited field.
    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        match self.value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The value of a field of text.
    pub(super) fn text(&self) -> Option<&'a str> {
        self.bytes()
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// The value of a field of whole numbers.
    pub(super) fn number(&self) -> Option<i64> {
        match self.value {
            // A negative number is its two's complement.
            Value::Varint(number) => Some(i64::from_le_bytes(number.to_le_bytes())),
            _ => None,
        }
    }
}

/// The fields of a message, in order.
pub(super) fn fields(message: &[u8]) -> Fields<'_> {
    Fields { rest: message }
}

/// Iterator over fields; ends after the first error.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let read = field(self.rest);
        self.rest = read.map_or(&[], |(_, rest)| rest);
        Some(read.map(|(field, _)| field).ok_or(Malformed))
    }
}

fn field(bytes: &[u8]) -> Option<(Field<'_>, &[u8])> {
    let (tag, rest) = varint(bytes)?;
    let (number, kind) = split_tag(tag)?;
    let (value, rest) = match kind {
        VARINT => {
            let (value, rest) = varint(rest)?;
            (Value::Varint(value), rest)
        }
        FIXED64 => (Value::Fixed64, rest.get(8..)?),
        BYTES => {
            let (length, rest) = varint(rest)?;
            let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            (Value::Bytes(value), rest)
        }
        FIXED32 => {
            let (value, rest) = rest.split_at_checked(4)?;
            (Value::Fixed32(value.try_into().ok()?), rest)
        }
        _ => return None,
    };
    let whole = bytes.get(..bytes.len() - rest.len())?;
    Some((
        Field {
            number,
            value,
            whole,
        },
        rest,
    ))
}

/// Field number and wire type of a tag.
pub(super) fn split_tag(tag: u64) -> Option<(u32, u8)> {
    let number = u32::try_from(tag >> 3).ok().filter(|number| *number > 0)?;
    Some((number, u8::try_from(tag & 7).ok()?))
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7F) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

/// Writes a number.
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = u8::try_from(value & 0x7F).unwrap_or_default();
        value >>= 7;
        if value == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

/// Writes the tag and length of a field of bytes; the bytes come next.
pub(super) fn put_head(out: &mut Vec<u8>, number: u32, length: u64) {
    put_varint(out, u64::from(number) << 3 | u64::from(BYTES));
    put_varint(out, length);
}

/// Writes a field of bytes.
pub(super) fn put_bytes(out: &mut Vec<u8>, number: u32, bytes: &[u8]) {
    put_head(out, number, u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    out.extend_from_slice(bytes);
}

/// Writes a field of a whole number.
pub(super) fn put_number(out: &mut Vec<u8>, number: u32, value: i64) {
    put_varint(out, u64::from(number) << 3);
    put_varint(out, u64::from_le_bytes(value.to_le_bytes()));
}
