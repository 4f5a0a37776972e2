//! A key that stands twice: the second goes where it says the same as the first, or nothing.

use super::Repair;

/// The text without the second of two members, where nothing is lost by it.
pub(super) fn candidate(text: &str, second: (usize, usize)) -> Option<(String, Repair)> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (number, column) = second;
    let own = member(&lines, number, column)?;
    let key = own.key.clone();
    // The first stands above, at the same depth, with nothing shallower between.
    let mut first = None;
    for above in (1..number).rev() {
        let line = lines.get(above - 1)?;
        let content = line.trim_end();
        let depth = depth(content);
        if content.trim_start().is_empty() || content.trim_start().starts_with('#') {
            continue;
        }
        let at_depth = depth + 1 == column;
        let after_dash = content.trim_start().starts_with("- ") && depth + 3 == column;
        if (at_depth || after_dash)
            && let Some(found) = member(&lines, above, column)
            && found.key == key
        {
            first = Some(found);
            break;
        }
        if depth + 1 < column {
            break;
        }
    }
    let first = first?;
    let (gone, what) = if own.value == first.value {
        (
            own,
            "the key stood twice with the same value; the second went",
        )
    } else if own.is_empty() {
        (
            own,
            "the key stood twice; the second, which was empty, went",
        )
    } else if first.is_empty() && !first.after_dash {
        (
            first,
            "the key stood twice; the first, which was empty, went",
        )
    } else {
        return None;
    };
    let line = gone.from;
    let mended = lines
        .iter()
        .enumerate()
        .filter(|(index, _)| !(gone.from..gone.to).contains(&(index + 1)))
        .map(|(_, line)| *line)
        .collect();
    Some((mended, Repair { line, what }))
}

/// A member of a block mapping: its key, its value as text, its lines (`to` is the first behind it).
struct Member {
    key: String,
    value: String,
    from: usize,
    to: usize,
    after_dash: bool,
}

impl Member {
    fn is_empty(&self) -> bool {
        matches!(
            self.value.as_str(),
            "" | "~" | "null" | "[]" | "{}" | "''" | "\"\""
        )
    }
}

fn member(lines: &[&str], number: usize, column: usize) -> Option<Member> {
    let line = lines.get(number.checked_sub(1)?)?.trim_end();
    let from_key: String = line.chars().skip(column.checked_sub(1)?).collect();
    let before: String = line.chars().take(column - 1).collect();
    let after_dash = before.trim() == "-";
    if !(before.trim().is_empty() || after_dash) {
        return None;
    }
    let (key, inline) = from_key
        .split_once(": ")
        .or_else(|| from_key.strip_suffix(':').map(|key| (key, "")))?;
    let mut to = number + 1;
    let mut value = vec![inline.trim().to_owned()];
    while let Some(next) = lines.get(to - 1) {
        let content = next.trim_end();
        let body = content.trim_start();
        let inside = body.is_empty()
            || depth(content) >= column
            // Items of a list may stand as deep as its key.
            || depth(content) + 1 == column && (body == "-" || body.starts_with("- "));
        if !inside {
            break;
        }
        if !body.is_empty() {
            value.push(content.to_owned());
        }
        to += 1;
    }
    // Blank lines at the end part what follows from this member; they stay.
    while to > number + 1 && lines.get(to - 2).is_some_and(|line| line.trim().is_empty()) {
        to -= 1;
    }
    Some(Member {
        key: key.trim().trim_matches(['"', '\'']).to_owned(),
        value: value.join("\n").trim().to_owned(),
        from: number,
        to,
        after_dash,
    })
}

fn depth(line: &str) -> usize {
    line.chars().take_while(|letter| *letter == ' ').count()
}
