//! The rules for one token, from the special to the general.

use super::abbreviation::{self, Place};
use super::calendar;
use super::cardinal::{cardinal, digits, into_ordinal, whole, year};
use super::compound;
use super::context::Context;
use super::money;
use super::phone;
use super::pieces;
use super::quantity::number;
use super::roman::{self, Said};
use super::speaker::Speaker;
use super::symbol;
use super::unit;
use super::web;
use crate::Accent;

/// Longest token that rules other than the general one look at, in bytes.
const LONGEST: usize = 512;

/// Says a token, and perhaps some behind it; gives how many.
pub(super) fn token(context: &Context<'_>, at: usize, out: &mut Speaker<'_>) -> usize {
    let Some(here) = context.tokens.get(at) else {
        return 1;
    };
    if let Some((taken, groups)) = phone::groups(&context.clean.text, context.tokens, at) {
        say_phone(context, &groups, out);
        trail(context, at + taken - 1, 0, out);
        return taken;
    }
    let chunk = here.lead.start..here.trail.end;
    let text = context.clean.text.get(chunk.clone()).unwrap_or_default();
    if let Some(said) = symbol::group(text) {
        out.at(chunk).say(said);
        return 1;
    }
    let core = context.core(at);
    if matches!(text, "--" | "---") && !here.opens_line {
        out.at(chunk).mark('—');
        return 1;
    }
    if text == "|" && (here.opens_line || context.tokens.get(at + 1).is_none_or(|t| t.opens_line))
        || text.len() >= 3
            && text
                .chars()
                .all(|c| matches!(c, '-' | '=' | '_' | '*' | '|' | '+' | '~' | ':' | '#'))
    {
        return 1;
    }
    if here.opens_line && is_bullet(text, core) {
        return 1;
    }
    marks(context, here.lead.start, context.lead(at), out);
    out.at(here.core.clone());
    let (taken, eaten) = core_rules(context, at, core, out);
    trail(context, at + taken - 1, eaten, out);
    taken
}

/// Marks of a list, a quotation, a heading or a rule at the beginning of a line.
fn is_bullet(text: &str, core: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| matches!(c, '-' | '*' | '#' | '>' | '=' | '_' | '+' | '~'))
        && !(text.len() == 1 && matches!(core, "=" | "~"))
}

fn say_phone(context: &Context<'_>, groups: &[std::ops::Range<usize>], out: &mut Speaker<'_>) {
    for (nth, group) in groups.iter().enumerate() {
        let text = &context.clean.text;
        if nth > 0 {
            out.mark(',');
        }
        out.at(group.clone());
        if group.start > 0 && text.get(group.start - 1..group.start) == Some("+") {
            out.say("plus");
        }
        for digit in digits(text.get(group.clone()).unwrap_or_default()) {
            let oh = digit == "zero" && context.accent == Accent::British;
            out.say(if oh { "oh" } else { digit });
        }
    }
}

/// Says the core of a token. Gives how many tokens it took and how many bytes of the marks behind the last of them.
fn core_rules(
    context: &Context<'_>,
    at: usize,
    core: &str,
    out: &mut Speaker<'_>,
) -> (usize, usize) {
    if core.is_empty() {
        return (1, 0);
    }
    if core.len() > LONGEST {
        pieces::pieces(context, at, core, out);
        return (1, 0);
    }
    if let Some(done) = abbreviations(context, at, core, out)
        .or_else(|| dates(context, at, core, out))
        .or_else(|| amounts(context, at, core, out))
    {
        return done;
    }
    if let Some(said) = feet(core, context.trail(at), context.accent) {
        out.say(&said);
        return (
            1,
            usize::from(context.trail(at).starts_with('"') && core.contains('\'')),
        );
    }
    if is_initial(context, at, core) {
        out.letters(core, false);
        return (1, stop(context, at, false));
    }
    if matches!(
        core.to_ascii_lowercase().as_str(),
        "wi-fi" | "hi-fi" | "sci-fi" | "lo-fi" | "uh-huh" | "uh-oh" | "mm-hmm"
    ) {
        // Their parts are no words of their own.
        out.word(core);
        return (1, 0);
    }
    if let Some(said) = initials(core) {
        out.letters(&said.0, said.1);
        let ends = ends_here(context, at)
            || context.trail(at) == "." && OPENERS.contains(&context.core(at + 1));
        return (1, stop(context, at, ends));
    }
    if let Some(said) = numerals(context, at, core) {
        out.say(&said);
        return (1, 0);
    }
    if let Some(said) = web::address(core).or_else(|| web::ip6(core)) {
        out.say(&said);
        return (1, 0);
    }
    compound::say(context, at, core, out);
    (1, 0)
}

/// How many bytes of the marks behind an abbreviation are its own full stop: none where that ends the sentence too.
fn stop(context: &Context<'_>, at: usize, ends_sentence: bool) -> usize {
    usize::from(context.trail(at).starts_with('.') && !ends_sentence)
}

/// Whether the full stop of an abbreviation at this place ends a sentence too.
fn ends_here(context: &Context<'_>, at: usize) -> bool {
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

fn abbreviations(
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
        && let Some(wind) = match core {
            "N" => Some("north"),
            "S" => Some("south"),
            "E" => Some("east"),
            "W" => Some("west"),
            _ => None,
        }
    {
        out.say(wind);
        return Some((1, 0));
    }
    // A unit behind its number: `5 km`.
    let before = context.before(at);
    if before.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '½' | '¼' | '¾'))
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

fn is_title(said: &str) -> bool {
    matches!(said, "Saint" | "Doctor")
}

/// Written months and the days beside them.
fn dates(
    context: &Context<'_>,
    at: usize,
    core: &str,
    out: &mut Speaker<'_>,
) -> Option<(usize, usize)> {
    let before = context.before(at);
    let after = if context.lead(at + 1).is_empty() && matches!(context.trail(at), "" | ".") {
        context.core(at + 1)
    } else {
        ""
    };
    let is_month = |t: &str| calendar::month(t).is_some() || calendar::short_month(t).is_some();
    let stopped = context.trail(at).starts_with('.');
    if let Some(month) = calendar::short_month(core)
        && (stopped
            || after.starts_with(|c: char| c.is_ascii_digit())
            || calendar::day(before).is_some())
    {
        out.say(month);
        return Some((1, stop(context, at, ends_here(context, at))));
    }
    if let Some(day) = calendar::short_day(core) {
        let near = is_month(context.core(at + 1)) || calendar::day(context.core(at + 1)).is_some();
        let sure = !matches!(core, "Sat" | "Sun" | "Mon" | "Wed")
            || matches!(
                before.to_lowercase().as_str(),
                "on" | "every" | "this" | "next" | "last" | "until" | "by"
            );
        if sure || near {
            out.say(day);
            return Some((1, stop(context, at, ends_here(context, at))));
        }
    }
    let day = calendar::day(core)?;
    if is_month(before) && context.tokens.get(at).is_some_and(|t| t.lead.is_empty()) {
        // `May 14`, but not `May 14 people`; nobody counts by a month.
        out.say(&calendar::day_words(day));
        return Some((1, 0));
    }
    if is_month(after) && context.trail(at).is_empty() {
        // `may` the verb is never behind a bare number with a capital.
        let known = before.eq_ignore_ascii_case("the");
        out.say(&format!(
            "{}{} of",
            if known { "" } else { "the " },
            calendar::day_words(day)
        ));
        return Some((1, 0));
    }
    None
}

/// Money with its magnitude behind it: `$5 million`.
fn amounts(
    context: &Context<'_>,
    at: usize,
    core: &str,
    out: &mut Speaker<'_>,
) -> Option<(usize, usize)> {
    if let Some(currency) = money::named(core).filter(|_| core.len() == 3 && core.is_ascii()) {
        // `USD 100`, and `USD 5 million`.
        let (amount, "") = number(context.after(at))? else {
            return None;
        };
        let here = context.tokens.get(at)?.core.start;
        let power = money::magnitude(context.after(at + 1));
        let taken = if power.is_some() { 3 } else { 2 };
        let end = context.tokens.get(at + taken - 1)?.core.end;
        out.at(here..end);
        out.say_all(&amount.words(context.accent));
        out.say(power.unwrap_or_default());
        out.say(if amount.is_one() && power.is_none() {
            currency.one
        } else {
            currency.many
        });
        return Some((taken, 0));
    }
    let power = money::magnitude(context.after(at))?;
    let (sign, bare) = match core.strip_prefix(['-', '−']) {
        Some(bare) => ("minus ", bare),
        None => ("", core),
    };
    let (currency, amount) = money::before(bare)?;
    let here = context.tokens.get(at)?.core.start;
    let end = context.tokens.get(at + 1)?.core.end;
    out.at(here..end);
    let said = match number(amount)? {
        (number, "") => number.words(context.accent).join(" "),
        (first, rest) => {
            let other = rest.strip_prefix(['-', '–', '—'])?;
            let other = money::before(other).map_or(other, |(_, amount)| amount);
            let (second, "") = number(other)? else {
                return None;
            };
            format!(
                "{} to {}",
                first.words(context.accent).join(" "),
                second.words(context.accent).join(" ")
            )
        }
    };
    out.say(&format!("{sign}{said} {power} {}", currency.many));
    Some((2, 0))
}

/// `U.S`, `J.K`, `Ph.D` and single initials: letters with full stops between them.
fn initials(core: &str) -> Option<(String, bool)> {
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
fn is_initial(context: &Context<'_>, at: usize, core: &str) -> bool {
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
const OPENERS: [&str; 74] = [
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

/// `5'10"` and `5′10″`; the straight mark of the inches is behind the token.
fn feet(core: &str, trail: &str, accent: Accent) -> Option<String> {
    let (feet, inches) = core.split_once(['\'', '′'])?;
    let closed = inches.ends_with('″') || trail.starts_with('"');
    let inches = inches.trim_end_matches('″');
    let number = |t: &str| t.bytes().all(|b| b.is_ascii_digit()) && (1..=2).contains(&t.len());
    if !number(feet) || !number(inches) || !closed {
        return None;
    }
    let foot = if feet == "1" { "foot" } else { "feet" };
    let inch = if inches == "1" { "inch" } else { "inches" };
    Some(format!(
        "{} {foot} {} {inch}",
        cardinal(feet, accent).join(" "),
        cardinal(inches, accent).join(" ")
    ))
}

fn numerals(context: &Context<'_>, at: usize, core: &str) -> Option<String> {
    let (bare, owned) = match core.strip_suffix("'s") {
        Some(bare) => (bare, "'s"),
        None => (core, ""),
    };
    if bare == "I" && !context.before(at).starts_with(char::is_uppercase) {
        return None;
    }
    let small = |n: u32| whole(u128::from(n), context.accent);
    let said = match roman::numeral(bare, context.before(at))? {
        Said::Cardinal(value) => small(value).join(" "),
        Said::Ordinal(value) => format!("the {}", into_ordinal(small(value)).join(" ")),
        Said::Year(value) => year(u128::from(value), context.accent).join(" "),
    };
    Some(format!("{said}{owned}"))
}

/// Says the marks behind a token, but for the first bytes that a rule took.
fn trail(context: &Context<'_>, at: usize, eaten: usize, out: &mut Speaker<'_>) {
    let Some(start) = context.tokens.get(at).map(|t| t.trail.start) else {
        return;
    };
    let marks_left = context.trail(at).get(eaten..).unwrap_or_default();
    marks(context, start + eaten, marks_left, out);
}

/// Says marks: each of a row of the same once, three full stops as an ellipsis, brackets as round ones.
fn marks(context: &Context<'_>, start: usize, text: &str, out: &mut Speaker<'_>) {
    let mut last = ' ';
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let at = start + (text.len() - rest.len());
        let dots = rest.bytes().take_while(|b| *b == b'.').count();
        let (mark, length) = match c {
            '.' if dots > 1 => ('…', dots),
            '[' => ('(', 1),
            ']' => (')', 1),
            '–' => ('—', c.len_utf8()),
            '"' if opening(context, at) => ('“', 1),
            '"' => ('”', 1),
            '\'' => (single_quote(context, at, out), 1),
            '¿' | '¡' | '*' | '_' | '`' | '{' | '}' => (' ', c.len_utf8()),
            '|' => (',', 1),
            _ => (c, c.len_utf8()),
        };
        rest = rest.get(length..).unwrap_or_default();
        if mark == ' ' {
            continue;
        }
        if mark != last {
            out.at(at..at + length).mark(mark);
        }
        last = mark;
    }
}

/// What an apostrophe beside a token is: a quotation mark that opens or closes, or the sign of a genitive, which has no sound.
fn single_quote(context: &Context<'_>, at: usize, out: &mut Speaker<'_>) -> char {
    let text = &context.clean.text;
    if opening(context, at) {
        out.quoted = true;
        return '“';
    }
    let after_mark = text
        .get(..at)
        .is_some_and(|before| before.ends_with(['.', ',', '!', '?', '…']));
    if out.quoted || after_mark {
        out.quoted = false;
        return '”';
    }
    ' '
}

/// Whether a straight quotation mark at a byte opens: a blank, a bracket or nothing is before it.
fn opening(context: &Context<'_>, at: usize) -> bool {
    context
        .clean
        .text
        .get(..at)
        .and_then(|before| before.chars().next_back())
        .is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '{' | '—' | '\'' | '*' | '_'))
}
