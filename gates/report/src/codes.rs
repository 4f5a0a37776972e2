//! One page per diagnostic code and per gate, carried inside the binary.

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page of a diagnostic code (Markdown).
#[must_use]
pub fn page(code: &str) -> Option<&'static str> {
    find(CODE_PAGES, code)
}

/// The page of a gate (Markdown).
#[must_use]
pub fn gate_page(gate: &str) -> Option<&'static str> {
    find(GATE_PAGES, gate)
}

/// The documented `.caws.yml` (Markdown).
#[must_use]
pub fn config_page() -> &'static str {
    CONFIG_PAGE
}

/// Codes that have a page, sorted.
pub fn pages() -> impl Iterator<Item = &'static str> {
    CODE_PAGES.iter().map(|(name, _)| *name)
}

/// Gates that have a page, sorted.
pub fn gates() -> impl Iterator<Item = &'static str> {
    GATE_PAGES.iter().map(|(name, _)| *name)
}

/// The code, gate or topic nearest to what was typed, where one is near enough to be meant.
#[must_use]
pub fn nearest(typed: &str) -> Option<&'static str> {
    pages()
        .chain(gates())
        .chain(["config"])
        .map(|name| (strsim::normalized_damerau_levenshtein(typed, name), name))
        .filter(|(likeness, _)| *likeness >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// The first sentence of a page's `What it means`, for formats that want a short description.
#[must_use]
pub fn summary(code: &str) -> Option<&'static str> {
    let body = page(code)?.split("## What it means").nth(1)?.trim_start();
    let paragraph = body.split("\n\n").next()?;
    Some(
        paragraph
            .split_once(". ")
            .map_or(paragraph, |(first, _)| first)
            .trim_end_matches(['.', '\n']),
    )
}

fn find(pages: &'static [(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    pages
        .iter()
        .find(|(stem, _)| *stem == name)
        .map(|(_, page)| *page)
}
