//! Voices mixed from others, in the syntaxes people know from other programs.
//!
//! | written | means |
//! |---|---|
//! | `af_bella(2)+af_sky(1)`, `af_bella+af_sky`, `af_bella-af_sky(0.5)` | weights as parts of the sum of their sizes; `-` subtracts |
//! | `af_bella:0.3,am_adam:0.7` | the same, with a comma for the plus |
//! | `af_bella,af_sky` | the mean |
//! | `af_sky.4+af_nicole.5` | tenths, taken as they are |

#[cfg(test)]
mod tests;

use super::names::nearest;
use crate::engine::Voice;
use crate::error::SpeechError;

/// Most voices of one blend.
pub(crate) const MOST: usize = 8;
/// Greatest weight.
const HEAVIEST: f32 = 100.0;

/// A voice and how much of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// As written.
    pub(crate) name: String,
    /// What the voice's style is multiplied by.
    pub(crate) weight: f32,
}

/// How a part's weight was written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Weight {
    None,
    Parts(f32),
    Tenths(f32),
}

/// Whether a name is written as a blend.
pub(crate) fn is_blend(name: &str) -> bool {
    name.contains(['+', '-', ',', '(', ':', '.'])
}

/// Reads a blend. The weights that come back are what to multiply with.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn parse(written: &str) -> Result<Vec<Part>, String> {
    let terms = terms(written)?;
    let tenths = terms
        .iter()
        .filter(|term| matches!(term.weight, Weight::Tenths(_)))
        .count();
    if tenths > 0 && (tenths < terms.len() || tenths < 2) {
        return Err("weights such as `.4` need two voices or more, and every voice of the blend must have one".to_owned());
    }
    let size = |weight: Weight| match weight {
        Weight::None => 1.0,
        Weight::Parts(size) | Weight::Tenths(size) => size,
    };
    let whole: f32 = if tenths > 0 {
        1.0
    } else {
        terms.iter().map(|term| size(term.weight)).sum()
    };
    Ok(terms
        .into_iter()
        .map(|term| Part {
            name: term.name.to_owned(),
            weight: if term.minus {
                -size(term.weight)
            } else {
                size(term.weight)
            } / whole,
        })
        .collect())
}

/// The voice a blend makes of others; its id is the blend with their ids. It speaks as the part that weighs most.
///
/// # Errors
/// [`SpeechError::UnknownVoice`] for a name that no voice has, and for what cannot be read.
pub(crate) fn voice<'a>(
    written: &str,
    voices: &'a [Voice],
    find: impl Fn(&'a [Voice], &str) -> Option<&'a Voice>,
) -> Result<Voice, SpeechError> {
    let unknown = |name: &str, hint| SpeechError::UnknownVoice {
        name: name.to_owned(),
        hint,
    };
    let parts = parse(written).map_err(|hint| unknown(written, Some(hint)))?;
    let mut id = String::new();
    let mut main: Option<(f32, &Voice)> = None;
    for (term, part) in terms(written).unwrap_or_default().iter().zip(&parts) {
        let known = find(voices, term.name).ok_or_else(|| {
            let names = voices
                .iter()
                .flat_map(|voice| std::iter::once(&voice.id).chain(&voice.aliases));
            let hint = nearest(term.name, names.map(String::as_str))
                .map(|nearest| format!("did you mean `{nearest}`?"));
            unknown(term.name, hint)
        })?;
        if is_blend(&known.id) {
            return Err(unknown(
                written,
                Some("this provider's voices cannot be blended".to_owned()),
            ));
        }
        if term.minus {
            id.push('-');
        } else if !id.is_empty() {
            id.push('+');
        }
        id.push_str(&known.id);
        id.push_str(term.written);
        if main.is_none_or(|(weight, _)| part.weight > weight) {
            main = Some((part.weight, known));
        }
    }
    let Some((_, main)) = main else {
        return Err(unknown(written, None));
    };
    Ok(Voice {
        name: id.clone(),
        id,
        aliases: Vec::new(),
        ..main.clone()
    })
}

/// A part as it is written.
struct Term<'a> {
    minus: bool,
    name: &'a str,
    weight: Weight,
    /// The weight's letters.
    written: &'a str,
}

fn terms(written: &str) -> Result<Vec<Term<'_>>, String> {
    let mut found = Vec::new();
    let mut rest = written;
    let mut minus = false;
    loop {
        let end = rest.find(['+', '-', ',']).unwrap_or(rest.len());
        let (term, after) = rest.split_at(end);
        let term = term.trim();
        let (name, weight) = weighed(term)?;
        found.push(Term {
            minus,
            name,
            weight,
            written: term.strip_prefix(name).unwrap_or_default(),
        });
        if found.len() > MOST {
            return Err(format!("at most {MOST} voices can be blended"));
        }
        let mut letters = after.chars();
        match letters.next() {
            None => return Ok(found),
            Some(sign) => minus = sign == '-',
        }
        rest = letters.as_str();
    }
}

fn weighed(term: &str) -> Result<(&str, Weight), String> {
    let (name, weight) = if let Some((name, number)) =
        term.strip_suffix(')').and_then(|term| term.split_once('('))
    {
        (name, Weight::Parts(number_of(number)?))
    } else if let Some((name, number)) = term.split_once(':') {
        (name, Weight::Parts(number_of(number)?))
    } else if let Some((name, digits)) = term.split_once('.') {
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err("a weight after a dot is made of digits, as in `af_sky.4`".to_owned());
        }
        (name, Weight::Tenths(number_of(digits)? / 10.0))
    } else {
        (term, Weight::None)
    };
    let name = name.trim();
    if name.is_empty() || name.contains(['(', ')', ':', '.']) {
        Err("a blend is written as `af_bella(2)+af_sky(1)` or `af_bella:0.7,af_sky:0.3`".to_owned())
    } else {
        Ok((name, weight))
    }
}

fn number_of(written: &str) -> Result<f32, String> {
    written
        .trim()
        .parse()
        .ok()
        .filter(|number: &f32| *number > 0.0 && *number <= HEAVIEST)
        .ok_or_else(|| format!("a weight is a number above 0 and at most {HEAVIEST}"))
}
