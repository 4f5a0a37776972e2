//! Two words with a stroke between them that people read as a choice, or without it.

#[cfg(test)]
mod tests;

/// Words of which one or the other is meant, in lower case.
const CHOICES: [(&str, &str); 28] = [
    ("he", "she"),
    ("his", "her"),
    ("his", "hers"),
    ("him", "her"),
    ("himself", "herself"),
    ("man", "woman"),
    ("men", "women"),
    ("male", "female"),
    ("boy", "girl"),
    ("boys", "girls"),
    ("mum", "dad"),
    ("mom", "dad"),
    ("mother", "father"),
    ("brother", "sister"),
    ("son", "daughter"),
    ("husband", "wife"),
    ("boyfriend", "girlfriend"),
    ("actor", "actress"),
    ("sir", "madam"),
    ("yes", "no"),
    ("true", "false"),
    ("pass", "fail"),
    ("is", "are"),
    ("was", "were"),
    ("has", "have"),
    ("a", "an"),
    ("parent", "guardian"),
    ("spouse", "partner"),
];

/// Pronouns a person goes by: `she/her` names them in a row.
const PRONOUNS: [&str; 12] = [
    "he", "him", "his", "she", "her", "hers", "they", "them", "theirs", "it", "its", "ze",
];

/// Such words as they are said, or `None` where the stroke is no such choice.
pub(super) fn either(core: &str) -> Option<String> {
    if core.eq_ignore_ascii_case("s/he") {
        return Some("she or he".to_owned());
    }
    let (one, other) = core.split_once('/')?;
    let (left, right) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    let is_choice = CHOICES
        .iter()
        .any(|(a, b)| left == *a && right == *b || left == *b && right == *a);
    if is_choice {
        return Some(format!("{one} or {other}"));
    }
    let known = |word: &str| PRONOUNS.contains(&word);
    let named = right.split('/').all(known) && known(&left);
    named.then(|| core.replace('/', " "))
}
