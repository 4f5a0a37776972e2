//! The parts of an export that are read; everything else is skipped without being kept.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, SeqAccess, Visitor},
};

/// The document.
#[derive(Deserialize)]
pub(super) struct Export<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) data: Vec<Data<'a>>,
}

/// One export.
#[derive(Deserialize)]
pub(super) struct Data<'a> {
    #[serde(borrow)]
    pub(super) files: Vec<File<'a>>,
    #[serde(default)]
    pub(super) functions: Vec<Function>,
}

/// A source file.
#[derive(Deserialize)]
pub(super) struct File<'a> {
    #[serde(borrow)]
    pub(super) filename: Cow<'a, str>,
    #[serde(default)]
    pub(super) branches: Vec<Branch>,
    #[serde(default)]
    pub(super) segments: Vec<Segment>,
}

/// One instantiation of a function.
#[derive(Deserialize)]
pub(super) struct Function {
    pub(super) filenames: Vec<String>,
    #[serde(default)]
    pub(super) regions: Vec<Region>,
}

/// A stretch of text: from its first character to the one past its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) start_line: u64,
    pub(super) start_column: u64,
    pub(super) end_line: u64,
    pub(super) end_column: u64,
}

/// `[line, column, end line, end column, true count, false count, ..]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Branch {
    pub(super) span: Span,
    pub(super) taken: u64,
    pub(super) passed: u64,
}

/// `[line, column, end line, end column, count, file, expanded file, kind]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region {
    pub(super) span: Span,
    pub(super) count: u64,
    pub(super) file: u64,
    pub(super) kind: u64,
}

/// `[line, column, count, has count, is region entry, is gap region]`; the last since LLVM 12.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) line: u64,
    pub(super) count: u64,
    pub(super) has_count: bool,
    pub(super) is_region_entry: bool,
    pub(super) is_gap: bool,
}

impl Segment {
    /// Whether a counter region that is no gap begins here.
    pub(super) fn starts_code(&self) -> bool {
        self.has_count && self.is_region_entry && !self.is_gap
    }
}

/// The next item of a record that must have it.
fn item<'de, A: SeqAccess<'de>, T: Deserialize<'de>>(
    sequence: &mut A,
    index: usize,
    what: &&'static str,
) -> Result<T, A::Error> {
    sequence
        .next_element()?
        .ok_or_else(|| A::Error::invalid_length(index, what))
}

/// The first `N` numbers of a record; later versions of the format may append more.
fn numbers<'de, A: SeqAccess<'de>, const N: usize>(
    mut sequence: A,
    what: &'static str,
) -> Result<[u64; N], A::Error> {
    let mut values = [0; N];
    for (index, value) in values.iter_mut().enumerate() {
        *value = item(&mut sequence, index, &what)?;
    }
    while sequence.next_element::<IgnoredAny>()?.is_some() {}
    Ok(values)
}

macro_rules! record {
    ($type:ident, $what:literal, |$sequence:ident| $build:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Record;
                impl<'de> Visitor<'de> for Record {
                    type Value = $type;
                    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                        formatter.write_str($what)
                    }
                    fn visit_seq<A: SeqAccess<'de>>(
                        self,
                        mut $sequence: A,
                    ) -> Result<$type, A::Error> {
                        $build
                    }
                }
                deserializer.deserialize_seq(Record)
            }
        }
    };
}

record!(
    Branch,
    "a branch record of at least 6 numbers",
    |sequence| {
        let [
            start_line,
            start_column,
            end_line,
            end_column,
            taken,
            passed,
        ] = numbers(&mut sequence, "a branch record of at least 6 numbers")?;
        Ok(Branch {
            span: Span {
                start_line,
                start_column,
                end_line,
                end_column,
            },
            taken,
            passed,
        })
    }
);

record!(
    Region,
    "a region record of at least 8 numbers",
    |sequence| {
        let [
            start_line,
            start_column,
            end_line,
            end_column,
            count,
            file,
            _expanded,
            kind,
        ] = numbers(&mut sequence, "a region record of at least 8 numbers")?;
        Ok(Region {
            span: Span {
                start_line,
                start_column,
                end_line,
                end_column,
            },
            count,
            file,
            kind,
        })
    }
);

record!(
    Segment,
    "a segment record of at least 5 items",
    |sequence| {
        let what = &"a segment record of at least 5 items";
        let line = item(&mut sequence, 0, what)?;
        let _column: u64 = item(&mut sequence, 1, what)?;
        let count = item(&mut sequence, 2, what)?;
        let has_count = item(&mut sequence, 3, what)?;
        let is_region_entry = item(&mut sequence, 4, what)?;
        let is_gap = sequence.next_element()?.unwrap_or(false);
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Segment {
            line,
            count,
            has_count,
            is_region_entry,
            is_gap,
        })
    }
);
