//! What a change adds, commit by commit, and who reviewed it.

use std::path::Path;

use serde_json::{Value, json};

use crate::git;
use crate::host::Host;

/// Between fields, and between the values of a trailer: bytes no mail address holds.
const FIELD: char = '\u{1f}';
const VALUE: char = '\u{1e}';

/// The commits since `base`, newest first; what is not committed yet is one more that nobody reviewed.
pub(super) fn since(root: &Path, host: &Host, base: &str) -> Result<Value, String> {
    let format = "--format=%H%x1f%ae%x1f%(trailers:key=Reviewed-by,valueonly,separator=%x1e)";
    let range = format!("{base}..HEAD");
    let log = git::git(
        root,
        host,
        &["log", "-z", "--no-merges", format, &range, "--"],
    )?;
    let log = String::from_utf8_lossy(&log).into_owned();
    let mut commits = Vec::new();
    if git::subject(root, host).is_some_and(|subject| subject.dirty) {
        commits.push(json!({ "id": "uncommitted", "author": "", "reviewers": [] }));
    }
    for entry in log
        .split('\0')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
    {
        let mut fields = entry.splitn(3, FIELD);
        let (Some(id), Some(author)) = (fields.next(), fields.next()) else {
            return Err(format!(
                "git log gave `{entry}`, which has no id and author"
            ));
        };
        let reviewers: Vec<&str> = fields
            .next()
            .unwrap_or_default()
            .split(VALUE)
            .map(mail)
            .filter(|mail| !mail.is_empty())
            .collect();
        commits.push(json!({ "id": id, "author": author, "reviewers": reviewers }));
    }
    Ok(json!({ "base": base, "commits": commits }))
}

/// The address in `Name <mail>`, or the whole where there is none.
fn mail(text: &str) -> &str {
    let inner = text
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(text, |(mail, _)| mail).trim()
}
