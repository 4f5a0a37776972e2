//! Lint levels in a Cargo manifest: the lines of its `lints` tables, since the rest of it decides nothing here.

use super::diff::{Change, Weight};

/// How severe each level is, as Cargo and the compiler name them.
const LEVELS: [&str; 4] = ["allow", "warn", "deny", "forbid"];

pub(super) fn compare(path: &str, before: &str, after: &str) -> Vec<Change> {
    let (one, other) = (lines(before), lines(after));
    let find = |list: &[Line], key: &str| list.iter().find(|line| line.key == key).cloned();
    let mut changes = Vec::new();
    for old in &one {
        let new = find(&other, &old.key);
        let weight = match &new {
            None if old.level() == Some(0) => continue,
            None => Weight::Looser,
            Some(new) if new.value == old.value => continue,
            Some(new) => match (old.level(), new.level()) {
                (Some(was), Some(is)) if is < was => Weight::Looser,
                (Some(was), Some(is)) if is > was => continue,
                _ => Weight::Unjudged,
            },
        };
        changes.push(Change {
            expected: Some(old.value.clone()),
            line: new.as_ref().map(|new| new.number),
            found: new.map(|new| new.value),
            ..Change::new(
                weight,
                path,
                format!("the lint level `{}` changed", old.key),
            )
        });
    }
    for new in other.iter().filter(|new| find(&one, &new.key).is_none()) {
        if new.level() == Some(0) {
            changes.push(Change {
                line: Some(new.number),
                found: Some(new.value.clone()),
                ..Change::new(
                    Weight::Looser,
                    path,
                    format!("the lint `{}` is now allowed", new.key),
                )
            });
        }
    }
    changes
}

/// `table.key = value` and its place.
#[derive(Debug, Clone)]
struct Line {
    key: String,
    value: String,
    number: u32,
}

impl Line {
    /// Index of the level in [`LEVELS`]; `None` where it has none.
    fn level(&self) -> Option<usize> {
        LEVELS
            .iter()
            .position(|level| self.value.contains(&format!("\"{level}\"")))
    }
}

fn lines(text: &str) -> Vec<Line> {
    let mut table = None;
    let mut found = Vec::new();
    for (number, line) in (1_u32..).zip(text.lines()) {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[') {
            let name = name.trim_end_matches(']').trim();
            let lints = name == "lints"
                || name.starts_with("lints.")
                || name == "workspace.lints"
                || name.starts_with("workspace.lints.");
            table = lints.then(|| name.to_owned());
        } else if let Some(table) = &table
            && !line.starts_with('#')
            && let Some((key, value)) = line.split_once('=')
        {
            found.push(Line {
                key: format!("{table}.{}", key.trim()),
                value: value.trim().to_owned(),
                number,
            });
        }
    }
    found
}
