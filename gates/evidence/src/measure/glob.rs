//! Path patterns of the plan: `*` and `?` within a folder, `**` across folders.

/// Whether `path` (with `/`) matches `pattern`. `**` as a whole part matches any number of
/// folders, none included; `*` any run of characters but `/`; `?` any one character but `/`.
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    wildcard(
        &pattern,
        &path,
        |part| *part == "**",
        |part, name| {
            let part: Vec<char> = part.chars().collect();
            let name: Vec<char> = name.chars().collect();
            wildcard(
                &part,
                &name,
                |&sign| sign == '*',
                |&sign, &other| sign == '?' || sign == other,
            )
        },
    )
}

/// Matches a pattern whose `any` items stand for any run of items, none included. One row of the
/// table of (pattern prefix, item prefix) matches is kept, so no pattern takes exponential time.
fn wildcard<P, T>(
    pattern: &[P],
    items: &[T],
    any: impl Fn(&P) -> bool,
    same: impl Fn(&P, &T) -> bool,
) -> bool {
    let mut row = vec![false; items.len() + 1];
    if let Some(first) = row.first_mut() {
        *first = true;
    }
    for part in pattern {
        let mut next = Vec::with_capacity(row.len());
        if any(part) {
            let mut reached = false;
            for &here in &row {
                reached |= here;
                next.push(reached);
            }
        } else {
            next.push(false);
            next.extend(
                items
                    .iter()
                    .zip(&row)
                    .map(|(item, &before)| before && same(part, item)),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests;
