//! "Did you mean".

#[cfg(test)]
mod tests;

/// The candidate a person most likely meant by `word`, if one is near enough.
///
/// Case, `-` and `_` do not count; of the rest, at most a third of the letters may differ
/// (Damerau-Levenshtein distance), or one word may begin with the other.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Nobody writes a word this long by mistake, and the distance takes time with its length.
    const LONGEST: usize = 128;
    if word.len() > LONGEST {
        return None;
    }
    let plain = fold(word);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = fold(candidate);
            let distance = strsim::damerau_levenshtein(&plain, &other);
            let longest = plain.chars().count().max(other.chars().count());
            let shortest = plain.chars().count().min(other.chars().count());
            let near = distance * 3 <= longest;
            let begins = shortest >= 3 && (plain.starts_with(&other) || other.starts_with(&plain));
            (near || begins).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn fold(word: &str) -> String {
    word.chars()
        .filter(|letter| !matches!(letter, '-' | '_' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}
