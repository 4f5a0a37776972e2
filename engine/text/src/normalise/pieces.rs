//! What is left when no rule took a token whole: its pieces, one by one.

use std::ops::Range;

use super::cardinal::{digits, name, ordinal, plural};
use super::clock;
use super::context::Context;
use super::letters;
use super::money;
use super::quantity::{Around, number, quantity, vulgar};
use super::speaker::Speaker;
use super::symbol;
use super::web;

/// Says a token piece by piece: stretches of letters and digits, and the signs between them.
pub(super) fn pieces(context: &Context<'_>, at: usize, core: &str, out: &mut Speaker<'_>) {
    let start = context.tokens.get(at).map_or(0, |t| t.core.start);
    let whole = split(core);
    let alone = whole.len() == 1;
    let joined = |c: Option<&(Range<usize>, bool)>| c.is_some_and(|(_, word)| *word);
    // Once for the whole token: what they look at is as long as it.
    let mut around = context.around(at);
    around.decade |= ["mid-", "early-", "late-", "Mid-", "Early-", "Late-"]
        .iter()
        .any(|start| core.starts_with(start));
    let mut tone = context.tone(at);
    if !alone {
        tone.opens = false;
        tone.title = false;
        tone.joined = core.len() <= 8 && core.contains('&');
    }
    let mut skip = false;
    for (nth, (range, word)) in whole.iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        let piece = core.get(range.clone()).unwrap_or_default();
        out.at(start + range.start..start + range.end);
        if *word {
            let enclosed = match nth.checked_sub(1).and_then(|b| whole.get(b)) {
                Some((before, _)) => core.get(before.clone()) == Some("("),
                None => context.lead(at).ends_with('('),
            } && match whole.get(nth + 1) {
                Some((after, _)) => core.get(after.clone()) == Some(")"),
                None => context.trail(at).starts_with(')'),
            };
            if let Some(said) = Some(piece).filter(|_| enclosed).and_then(clause) {
                // `A` is a letter here, no article.
                out.say(said);
                continue;
            }
            let part = range.start > 0 && core.get(..range.start).is_some_and(|b| b.ends_with('-'));
            stretch(context, piece, part, around, tone, out);
        } else {
            let before = nth.checked_sub(1).and_then(|b| whole.get(b));
            if alone
                && matches!(piece, "-" | "–" | "−")
                && let Some(said) = between(context, at)
            {
                out.say(said);
                continue;
            }
            if alone
                && context.before(at).is_empty()
                && context.after(at).starts_with(|c: char| c.is_ascii_digit())
                && let Some(said) = bound(piece)
            {
                out.say(said);
                continue;
            }
            let next = whole
                .get(nth + 1)
                .and_then(|(r, _)| core.get(r.clone()))
                .unwrap_or_default();
            if money::named(piece).is_some()
                && next.len() <= 64
                && next.starts_with(|c: char| c.is_ascii_digit())
                && let Some(said) = quantity(&format!("{piece}{next}"), around)
            {
                skip = true;
                out.at(start + range.start..start + range.end + next.len())
                    .say(&said);
            } else if piece == "^" && !next.is_empty() {
                out.say("to the power of");
            } else if piece == "/"
                && next.len() > 1
                && let Some(said) = super::unit::per(next, context.accent)
            {
                out.say("per");
                skip = true;
                out.at(start + range.end..start + range.end + next.len())
                    .say(&said);
            } else {
                let last = before
                    .and_then(|(r, _)| core.get(r.clone()))
                    .unwrap_or_default();
                sign(piece, last, joined(before), next, core, out);
            }
        }
    }
}

/// The name of a clause in brackets: `4(b)(ii)`.
fn clause(piece: &str) -> Option<&'static str> {
    Some(match piece {
        "a" => "A",
        "ii" => "two",
        "iii" => "three",
        "iv" => "four",
        "vi" => "six",
        "vii" => "seven",
        "viii" => "eight",
        "ix" => "nine",
        _ => return None,
    })
}

/// A sign before a number that bounds it, where nothing is compared.
fn bound(sign: &str) -> Option<&'static str> {
    Some(match sign {
        "≥" => "at least",
        "≤" => "at most",
        "<" => "less than",
        ">" => "more than",
        "≈" | "~" => "about",
        _ => return None,
    })
}

/// A dash between blanks and numbers: to a greater one, minus a lesser.
fn between(context: &Context<'_>, at: usize) -> Option<&'static str> {
    let (before, after) = (context.before(at), context.after(at));
    if is_term(before)
        && is_term(after)
        && [before, after]
            .iter()
            .any(|t| number(t).is_none_or(|(_, rest)| !rest.is_empty()))
    {
        return Some("minus");
    }
    let value = |text: &str| match number(text) {
        Some((number, "")) if number.decimals.is_empty() => number.whole.parse::<u128>().ok(),
        _ => None,
    };
    let (left, right) = (value(context.before(at))?, value(context.after(at))?);
    Some(if left < right { "to" } else { "minus" })
}

/// Whether a text is a term of a sum: `2x`, `x²`, `7`, `n`.
fn is_term(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    !text.is_empty()
        && text.chars().count() <= 5
        && letters <= 1
        && !matches!(text, "a" | "A" | "I")
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '²' | '³' | '.'))
}

/// Stretches of letters, digits, and apostrophes inside words (true), and single signs (false).
fn split(core: &str) -> Vec<(Range<usize>, bool)> {
    let mut found: Vec<(Range<usize>, bool)> = Vec::new();
    for (at, c) in core.char_indices() {
        let end = at + c.len_utf8();
        let next = core.get(end..).and_then(|rest| rest.chars().next());
        let inside = found
            .last()
            .is_some_and(|(range, word)| *word && range.end == at);
        let apostrophe = c == '\'' && next.is_some_and(char::is_alphanumeric);
        let decimal = matches!(c, '.' | ',')
            && next.is_some_and(|n| n.is_ascii_digit())
            && inside
            && core
                .get(..at)
                .is_some_and(|before| before.ends_with(|b: char| b.is_ascii_digit()));
        let word = c.is_alphanumeric() && vulgar(c.encode_utf8(&mut [0; 4])).is_none()
            || apostrophe
            || decimal
            || matches!(c, '°' | '²' | '³');
        match found.last_mut() {
            Some((range, true)) if word && range.end == at => range.end = end,
            _ => found.push((at..end, word)),
        }
    }
    found
}

/// A sign inside a token, between words or at its ends.
fn sign(piece: &str, last: &str, before: bool, next: &str, core: &str, out: &mut Speaker<'_>) {
    let joins = !last.is_empty() && last != "-";
    let after = next.starts_with(|c: char| c.is_alphanumeric());
    let Some(c) = piece.chars().next() else {
        return;
    };
    if let Some(words) = vulgar(piece) {
        out.say_all(&words);
        return;
    }
    match c {
        // A hyphen joins, an underscore parts; neither is said between words.
        '-' if before || joins => {}
        '-' if core.len() == 1 => out.mark('—'),
        '-' => out.say("dash"),
        '_' | '*' | '`' | '\'' => {}
        '–' if before && next.starts_with(|c: char| c.is_ascii_digit()) => out.say("to"),
        '–' if before && after => {}
        '–' | '—' => out.mark('—'),
        '.' if before && after && next.len() == 1 => {}
        '.' if before && after => out.mark('.'),
        '.' if after => out.say("dot"),
        ',' | ';' | ':' | '!' | '?' | '…' | '.' => out.mark(c),
        '(' | '[' => out.mark('('),
        ')' | ']' => out.mark(')'),
        '{' | '}' => {}
        '"' => {}
        '“' | '”' => out.mark(c),
        '#' if before && core.len() <= 3 => out.say("sharp"),
        '#' if after => out.say("hash"),
        '~' if core == "~~" => {}
        '|' => out.mark(','),
        '/' if core == "and/or" => {}
        // `TCP/IP`, `A/B`.
        '/' if core.len() <= 16
            && core.bytes().all(|b| b.is_ascii_uppercase() || b == b'/')
            && core.matches('/').count() == 1 => {}
        _ => {
            if let Some(name) = symbol::ascii(c).or_else(|| symbol::name(c)) {
                out.say(name);
            }
        }
    }
}

/// A stretch of letters and digits.
fn stretch(
    context: &Context<'_>,
    piece: &str,
    part: bool,
    around: Around,
    tone: letters::Tone,
    out: &mut Speaker<'_>,
) {
    for (mark, said) in [("²", "squared"), ("³", "cubed")] {
        if let Some(base) = piece.strip_suffix(mark)
            && !base.contains(|c: char| c.is_ascii_digit())
        {
            let base = base.trim_matches(['²', '³', '°']);
            if !base.is_empty() {
                letters::say(base, tone, out);
            }
            out.say(said);
            return;
        }
    }
    if !piece.contains(|c: char| c.is_ascii_digit()) {
        if let Some(rest) = piece.strip_prefix('°') {
            out.say("degrees");
            if rest.is_empty() {
                return;
            }
        }
        letters::say(piece.trim_matches('°'), tone, out);
        return;
    }
    // `omega-3s`: no seconds.
    if part
        && let Some(bare) = piece.strip_suffix('s')
        && (1..=3).contains(&bare.len())
        && bare.bytes().all(|b| b.is_ascii_digit())
        && !around.decade
    {
        out.say_all(&plural(name(bare, context.accent)));
        return;
    }
    let known = if piece.len() <= 64 {
        clock::time(piece, context.accent)
            .or_else(|| web::dotted(piece, context.accent))
            .or_else(|| quantity(piece.strip_prefix('\'').unwrap_or(piece), around))
    } else {
        None
    };
    if let Some(said) = known {
        out.say(&said);
        return;
    }
    runs(context, piece, tone, out);
}

/// The digits a text begins with, or what comes before its first digit: whether it is digits, the run, what follows.
pub(super) fn first_run(text: &str) -> Option<(bool, &str, &str)> {
    let digit = text.chars().next()?.is_ascii_digit();
    let length = text
        .find(|c: char| c.is_ascii_digit() != digit)
        .unwrap_or(text.len());
    let (run, after) = text.split_at(length);
    Some((digit, run, after))
}

/// Letters and digits mixed: `HTML5`, `B2B`, `x86`.
fn runs(context: &Context<'_>, piece: &str, tone: letters::Tone, out: &mut Speaker<'_>) {
    let mut rest = piece;
    while let Some((digit, part, after)) = first_run(rest) {
        rest = after;
        if digit
            && part.len() < 32
            && let Some(decimals) = rest.strip_prefix('.')
            && decimals.starts_with(|c: char| c.is_ascii_digit())
        {
            let length = decimals
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(decimals.len());
            let (decimals, behind) = decimals.split_at(length);
            rest = behind;
            out.say_all(&name(part, context.accent));
            out.say("point");
            out.say_all(&digits(decimals));
        } else if digit {
            let ending = ["st", "nd", "rd", "th"].iter().find_map(|e| {
                rest.strip_prefix(*e)
                    .filter(|behind| !behind.starts_with(char::is_alphabetic))
            });
            if let Some(behind) = ending {
                rest = behind;
                out.say_all(&ordinal(part, context.accent));
            } else if rest == "'s"
                && let Some((last, before)) = name(part, context.accent).split_last()
            {
                rest = "";
                out.say_all(before);
                out.say(&format!("{last}'s"));
            } else {
                out.say_all(&name(part, context.accent));
            }
        } else {
            mixed_letters(part.trim_matches(['.', ',', '\'']), tone, out);
        }
    }
}

fn mixed_letters(part: &str, tone: letters::Tone, out: &mut Speaker<'_>) {
    let short = part.chars().count() <= 2 && part.is_ascii();
    if short && part.chars().all(|c| c.is_ascii_alphabetic()) && !part.is_empty() {
        out.letters(part, false);
    } else if let Some(name) = part
        .chars()
        .next()
        .and_then(symbol::name)
        .filter(|_| part.chars().count() == 1)
    {
        out.say(name);
    } else if !part.is_empty() {
        letters::say(
            part,
            letters::Tone {
                opens: false,
                title: false,
                ..tone
            },
            out,
        );
    }
}
