//! What of a file's text are tests, tests that do not run, assertions, and orders to look away. Lexical: a line at a time,
//! comments left out, in the idioms of each language's test runners and linters.

use super::{ChangedFile, Content};

/// Languages whose tests are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Rust,
    Python,
    JavaScript,
    Go,
    Java,
}

impl Language {
    /// By the file's name.
    pub(super) fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (_, extension) = name.rsplit_once('.')?;
        match extension {
            "rs" => Some(Self::Rust),
            "py" => Some(Self::Python),
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => Some(Self::JavaScript),
            "go" => Some(Self::Go),
            "java" | "kt" => Some(Self::Java),
            _ => None,
        }
    }

    /// What begins a line of comment.
    fn comments(self) -> &'static [&'static str] {
        match self {
            Self::Python => &["#"],
            _ => &["//", "/*", "* ", "*/"],
        }
    }

    fn idioms(self) -> &'static Idioms {
        match self {
            Self::Rust => &RUST,
            Self::Python => &PYTHON,
            Self::JavaScript => &JAVASCRIPT,
            Self::Go => &GO,
            Self::Java => &JAVA,
        }
    }
}

/// How a language writes each thing.
struct Idioms {
    /// What begins a line that makes a test.
    tests: &'static [&'static str],
    /// What a line holds that keeps a test from running.
    ignores: &'static [&'static str],
    /// What an assertion holds.
    asserts: &'static [&'static str],
    /// What tells a linter, the coverage or the mutation tester to look away; also in comments.
    suppressions: &'static [&'static str],
}

const RUST: Idioms = Idioms {
    tests: &[
        "#[test]",
        "#[tokio::test",
        "#[async_std::test",
        "#[rstest",
        "#[test_case",
        "#[case(",
        "#[quickcheck",
    ],
    ignores: &["#[ignore"],
    asserts: &[
        "assert!(",
        "assert_eq!(",
        "assert_ne!(",
        "assert_matches!(",
        "prop_assert",
        "assert_snapshot!(",
        "assert_json_snapshot!(",
    ],
    suppressions: &[
        "#[allow(",
        "#![allow(",
        "#[expect(",
        "#![expect(",
        "mutants::skip",
        "coverage(off)",
        "LCOV_EXCL",
        "#[rustfmt::skip",
    ],
};
const PYTHON: Idioms = Idioms {
    tests: &["def test_", "async def test_"],
    ignores: &[
        "mark.skip",
        "mark.xfail",
        "unittest.skip",
        "pytest.skip(",
        "pytest.xfail(",
        "self.skipTest(",
    ],
    asserts: &["assert ", "self.assert", "pytest.raises(", "pytest.warns("],
    suppressions: &[
        "# noqa",
        "# type: ignore",
        "# pragma: no cover",
        "# pragma: no mutate",
        "# pylint: disable",
        "# nosec",
        "# ruff: noqa",
    ],
};
const JAVASCRIPT: Idioms = Idioms {
    tests: &[
        "it(",
        "test(",
        "it.each",
        "test.each",
        "it.only(",
        "test.only(",
    ],
    ignores: &[
        ".skip(",
        ".todo(",
        ".only(",
        ".fixme(",
        "xit(",
        "xtest(",
        "xdescribe(",
        "skip: true",
    ],
    asserts: &["expect(", "assert.", "assert("],
    suppressions: &[
        "eslint-disable",
        "@ts-ignore",
        "@ts-nocheck",
        "@ts-expect-error",
        "istanbul ignore",
        "c8 ignore",
        "v8 ignore",
        "Stryker disable",
        "biome-ignore",
    ],
};
const GO: Idioms = Idioms {
    tests: &["func Test", "func Fuzz", "t.Run("],
    ignores: &["t.Skip"],
    asserts: &["t.Error", "t.Fatal", "assert.", "require.", "cmp.Diff("],
    suppressions: &["//nolint", "// nolint", "#nosec"],
};
const JAVA: Idioms = Idioms {
    tests: &["@Test", "@ParameterizedTest", "@RepeatedTest", "@Property"],
    ignores: &["@Disabled", "@Ignore", "assumeTrue(", "assumeFalse("],
    asserts: &["assert", "verify("],
    suppressions: &[
        "@SuppressWarnings",
        "@SuppressFBWarnings",
        "NOPMD",
        "NOSONAR",
        "CHECKSTYLE:OFF",
    ],
};

/// What one version of a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) tests: u64,
    pub(super) assertions: u64,
    /// Line and text of each.
    pub(super) ignores: Vec<(u32, String)>,
    pub(super) suppressions: Vec<(u32, String)>,
}

/// A changed file, counted on both sides.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    pub(super) path: String,
    pub(super) before: Counts,
    pub(super) after: Counts,
    /// Whether it is a test and nothing else.
    pub(super) is_test: bool,
}

impl Counted {
    pub(super) fn new(file: &ChangedFile) -> Self {
        let of = |content: &Option<Content>| {
            let text = content.as_ref().map_or("", Content::text);
            count(&file.path, text)
        };
        Self {
            path: file.path.clone(),
            before: of(&file.before),
            after: of(&file.after),
            is_test: is_test(&file.path),
        }
    }
}

/// Whether a file is a test by its place or name.
fn is_test(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let folders = ["tests", "test", "__tests__", "benches", "testing", "spec"];
    parts.any(|folder| folders.contains(&folder))
        || ["tests", "testing", "conftest"].contains(&stem)
        || stem.starts_with("test_")
        || [".test", ".spec", "_test", "_spec", "Test", "Tests", "IT"]
            .iter()
            .any(|end| stem.ends_with(end))
}

/// Counts a file's text; a name without a known language counts nothing.
fn count(path: &str, text: &str) -> Counts {
    let mut counts = Counts::default();
    let Some(language) = Language::of(path) else {
        return counts;
    };
    let idioms = language.idioms();
    for (number, line) in (1_u32..).zip(text.lines()) {
        let line = line.trim();
        let has = |patterns: &[&str]| patterns.iter().any(|pattern| line.contains(pattern));
        if has(idioms.suppressions) {
            counts.suppressions.push((number, line.to_owned()));
        }
        if language
            .comments()
            .iter()
            .any(|mark| line.starts_with(mark))
        {
            continue;
        }
        if idioms.tests.iter().any(|start| line.starts_with(start)) {
            counts.tests += 1;
        }
        if has(idioms.ignores) {
            counts.ignores.push((number, line.to_owned()));
        }
        // One line may hold several; what is inside a longer word counts once, by the longest idiom at that place.
        if let Some(most) = idioms
            .asserts
            .iter()
            .map(|pattern| line.matches(pattern).count())
            .max()
        {
            counts.assertions += u64::try_from(most).unwrap_or_default();
        }
    }
    counts
}

#[cfg(test)]
mod tests;
