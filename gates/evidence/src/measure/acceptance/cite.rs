//! Citations: how a test says which criterion it proves.

/// The criteria a text cites, such as `A1`, in the order of the text.
///
/// A citation is a word of its own: `a1_starts_early`, `starts early (A1)`, `TestA1StartsEarly`. `A10` never cites `A1`, and
/// neither `sha1` nor `a11y` cites anything. Behind the id of another spec (`OTHER-002/A1`, `OTHER-002:A1`,
/// `OTHER-002#A1`) it is that one's criterion; `spec` is the id of ours.
pub fn cited(text: &str, spec: &str) -> impl Iterator<Item = String> {
    text.char_indices()
        .filter(|(_, letter)| matches!(letter, 'a' | 'A'))
        .filter_map(move |(at, letter)| {
            let before = text.get(..at)?;
            let after = text.get(at + 1..)?;
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = after.split_at_checked(digits)?;
            let is_word = digits > 0 && begins(before, letter) && ends(rest);
            (is_word && !is_of_another(before, spec)).then(|| format!("A{number}"))
        })
}

/// Whether a word begins here; `testA1` has a word in its middle.
fn begins(before: &str, letter: char) -> bool {
    match before.chars().next_back() {
        None => true,
        Some(last) if last.is_alphanumeric() => letter == 'A' && last.is_lowercase(),
        Some(_) => true,
    }
}

/// Whether a word ends here; `A1Short` has one at its beginning, the hexadecimal `A1B2` has none.
fn ends(rest: &str) -> bool {
    let mut next = rest.chars();
    match (next.next(), next.next()) {
        (None, _) => true,
        (Some(first), second) if first.is_alphanumeric() => {
            first.is_uppercase() && second.is_some_and(char::is_lowercase)
        }
        _ => true,
    }
}

/// Whether what stands before a citation is the id of another spec.
fn is_of_another(before: &str, spec: &str) -> bool {
    let head = before.trim_end_matches([':', '/', '#']);
    if head.len() == before.len() {
        return false;
    }
    let id = head
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .next()
        .unwrap_or_default();
    is_spec_id(id) && id != spec
}

/// Whether a word has the form of a spec's id: capitals and digits with hyphens, a number among them.
fn is_spec_id(word: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    word.contains('-')
        && word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.split('-').any(number)
        && !word.bytes().any(|byte| byte.is_ascii_lowercase())
}
