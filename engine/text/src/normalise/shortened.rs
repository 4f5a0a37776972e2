//! Abbreviations, initials, and units and meridiems behind their numbers, among their neighbours.

use super::abbreviation::{self, Place};
use super::cardinal::digits;
use super::context::Context;
use super::money;
use super::quantity::number;
use super::speaker::Speaker;
use super::unit;

/// How many bytes of the marks behind an abbreviation are its own full stop: none where that ends the sentence too.
pub(super) fn stop(context: &Context<'_>, at: usize, ends_sentence: bool) -> usize {
    usize::from(context.trail(at).starts_with('.') && !ends_sentence)
}

/// Whether the full stop of an abbreviation at this place ends a sentence too.
pub(super) fn ends_here(context: &Context<'_>, at: usize) -> bool {
    let behind = context.trail(at).get(1..).unwrap_or_default();
    if behind.contains([',', ';', ':', '?', '!', '.']) {
        return false;
    }
    at + 1 >= context.tokens.len()
        || context.tokens.get(at + 1).is_some_and(|t| t.opens_line)
        || context.trail(at).len() > 1
            && context
                .trail(at)
                .get(1..)
                .is_some_and(|t| t.starts_with(['"', '”', ')']))
            && context.core(at + 1).starts_with(char::is_uppercase)
}

pub(super) fn abbreviations(
    context: &Context<'_>,
    at: usize,
    core: &str,
    out: &mut Speaker<'_>,
) -> Option<(usize, usize)> {
    let trail = context.trail(at);
    let stopped = trail.starts_with('.') && !trail.starts_with("..");
    let bracketed = context.lead(at + 1) == "("
        && context
            .core(at + 1)
            .starts_with(|c: char| c.is_ascii_digit());
    let after = if context.lead(at + 1).is_empty() || bracketed {
        context.core(at + 1)
    } else {
        ""
    };
    let place = Place {
        before: context.before(at),
        after,
        stopped,
        last: context.closes(at),
        after_comma: at > 0 && context.trail(at - 1) == ",",
    };
    if core == "No" && trail.is_empty() || core == "no" && trail.is_empty() {
        return None;
    }
    let year_before = place.before.len() == 4 && place.before.bytes().all(|b| b.is_ascii_digit());
    if core == "c" && stopped && year_before {
        // An Act of Parliament: `2018 c. 12`.
        out.say("chapter");
        return Some((1, stop(context, at, false)));
    }
    if let Some(said) = wind(core).filter(|_| stopped)
        && place.before.ends_with(|c: char| c.is_ascii_digit())
        && after.starts_with(char::is_uppercase)
    {
        // `123 N. Main St.`
        out.say(said);
        return Some((1, stop(context, at, false)));
    }
    if let Some(said) = abbreviation::expand(core, place) {
        out.say(said);
        let ends = ends_here(context, at)
            || trail == "."
                && !is_title(said)
                && match core {
                    "etc" | "&c" => after.starts_with(char::is_uppercase),
                    _ => abbreviation::may_end_sentence(core) && OPENERS.contains(&after),
                };
        return Some((1, stop(context, at, ends)));
    }
    // `3 p.m.`, `9 am` behind a number.
    if let "a.m" | "p.m" | "A.M" | "P.M" | "am" | "pm" | "AM" | "PM" = core
        && (core.contains('.')
            || core.starts_with(char::is_uppercase)
            || context.before(at).ends_with(|c: char| c.is_ascii_digit()))
    {
        let morning = core.starts_with(['a', 'A']);
        if context.before(at).ends_with(|c: char| c.is_ascii_digit()) || core.contains('.') {
            out.say(if morning { "AM" } else { "PM" });
            let ends = ends_here(context, at) || trail == "." && OPENERS.contains(&after);
            return Some((1, stop(context, at, ends)));
        }
    }
    if context.before(at).ends_with(|c: char| c.is_ascii_digit()) {
        // `10 a.m.-2 p.m.`
        if let Some((left, right)) = core.split_once(['-', '–'])
            && let "am" | "pm" | "a.m." | "p.m." = left.to_lowercase().as_str()
            && let Some(end) = super::clock::time(&format!("{right}am"), context.accent)
        {
            out.say(if left.starts_with(['a', 'A']) {
                "AM to"
            } else {
                "PM to"
            });
            out.say(end.strip_suffix(" AM").unwrap_or(&end));
            return Some((1, 0));
        }
        // `555-0100 x123`
        if let Some(extension) = core.strip_prefix('x')
            && (1..=6).contains(&extension.len())
            && extension.bytes().all(|b| b.is_ascii_digit())
        {
            out.say("extension");
            out.say_all(&digits(extension));
            return Some((1, 0));
        }
        if matches!(core, "x" | "×" | "X")
            && context.after(at).starts_with(|c: char| c.is_ascii_digit())
        {
            // `2 x 4 m` is a size, `7 x 8` a product.
            let measured = unit::find(context.after(at + 1), true).is_some()
                || !context.after(at).ends_with(|c: char| c.is_ascii_digit());
            out.say(if measured && core != "×" {
                "by"
            } else {
                "times"
            });
            return Some((1, 0));
        }
    }
    if context.before(at).ends_with('°')
        && let Some(said) = wind(core)
    {
        out.say(said);
        return Some((1, 0));
    }
    // A unit behind its number: `5 km`.
    let before = context.before(at);
    let large = matches!(before, "thousand" | "million" | "billion" | "trillion")
        && at > 1
        && core.len() > 1
        && context
            .before(at - 1)
            .ends_with(|c: char| c.is_ascii_digit());
    if (large || before.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '½' | '¼' | '¾')))
        && at > 0
        && context.trail(at - 1).is_empty()
        && !matches!(core, "A" | "F" | "N" | "V" | "J" | "W" | "L" | "s" | "h" if !before.starts_with(|c: char| c.is_ascii_digit() || c == '-'))
    {
        let counted = at
            .checked_sub(2)
            .is_some_and(|b| matches!(number(context.core(b)), Some((_, ""))));
        let part = before.contains('/') && !counted;
        let noun = context.after(at);
        let measured = matches!(context.before(at - 1), "a" | "an" | "A" | "An")
            && noun.len() > 1
            && noun.chars().all(|c| c.is_ascii_lowercase())
            && !matches!(
                noun,
                "of" | "in"
                    | "per"
                    | "to"
                    | "from"
                    | "or"
                    | "and"
                    | "is"
                    | "at"
                    | "on"
                    | "for"
                    | "by"
                    | "was"
                    | "if"
                    | "than"
            );
        let single = measured || part || matches!(before, "1" | "½" | "¼" | "¾");
        let inches = core == "in" && stopped;
        let unit = if inches {
            unit::suffix(core, single, false, context.accent)
        } else {
            unit::suffix(core, single, true, context.accent)
        };
        if let Some(said) = unit {
            out.say(&said);
            let own = stopped
                && (inches
                    || matches!(
                        core,
                        "ft" | "oz"
                            | "lb"
                            | "lbs"
                            | "hr"
                            | "hrs"
                            | "min"
                            | "mins"
                            | "sec"
                            | "yd"
                            | "mi"
                            | "gal"
                            | "tsp"
                            | "tbsp"
                    ));
            let ends = ends_here(context, at) || after.starts_with(char::is_uppercase);
            return Some((1, if own { stop(context, at, ends) } else { 0 }));
        }
        if let Some(currency) = money::named(core) {
            out.say(if single { currency.one } else { currency.many });
            return Some((1, 0));
        }
    }
    None
}

/// Where a wind blows from.
fn wind(letter: &str) -> Option<&'static str> {
    Some(match letter {
        "N" => "north",
        "S" => "south",
        "E" => "east",
        "W" => "west",
        _ => return None,
    })
}

fn is_title(said: &str) -> bool {
    matches!(said, "Saint" | "Doctor")
}

/// `U.S`, `J.K`, `Ph.D` and single initials: letters with full stops between them.
pub(super) fn initials(core: &str) -> Option<(String, bool)> {
    let (bare, owned) = match core.strip_suffix("'s") {
        Some(bare) => (bare.trim_end_matches('.'), true),
        None => (core, false),
    };
    let parts: Vec<&str> = bare.split('.').take(12).collect();
    let single = |p: &str| p.chars().count() == 1 && p.chars().all(char::is_alphabetic);
    let all = parts.len() >= 2 && parts.iter().all(|p| single(p));
    all.then(|| (parts.concat(), owned))
}

/// Whether a capital with a full stop is the initial of a name: a name stands behind it.
pub(super) fn is_initial(context: &Context<'_>, at: usize, core: &str) -> bool {
    let name = context.core(at + 1);
    core.chars().count() == 1
        && core.chars().all(char::is_uppercase)
        && context.trail(at) == "."
        && context.lead(at + 1).is_empty()
        && name.starts_with(char::is_uppercase)
        && !context.tokens.get(at + 1).is_some_and(|t| t.opens_line)
        && !OPENERS.contains(&name)
}

/// Words that open a sentence rather than name somebody.
pub(super) const OPENERS: [&str; 74] = [
    "The",
    "It",
    "We",
    "He",
    "She",
    "They",
    "But",
    "And",
    "I",
    "A",
    "An",
    "In",
    "On",
    "At",
    "This",
    "That",
    "These",
    "Those",
    "There",
    "Then",
    "If",
    "When",
    "What",
    "Who",
    "How",
    "Why",
    "You",
    "My",
    "Our",
    "His",
    "Her",
    "Its",
    "So",
    "As",
    "For",
    "To",
    "Is",
    "Now",
    "No",
    "Yes",
    "Later",
    "After",
    "Before",
    "From",
    "With",
    "By",
    "Since",
    "While",
    "Although",
    "However",
    "Please",
    "Let",
    "Do",
    "Did",
    "Can",
    "Are",
    "Was",
    "Were",
    "Will",
    "Not",
    "One",
    "Some",
    "Many",
    "Most",
    "Each",
    "Every",
    "Both",
    "Here",
    "Once",
    "Also",
    "Meanwhile",
    "Today",
    "Yesterday",
    "Tomorrow",
];
