//! The rules for one token, from the special to the general.

use super::calendar;
use super::cardinal::{cardinal, digits, into_ordinal, whole, year};
use super::compound;
use super::context::Context;
use super::marks;
use super::money;
use super::phone;
use super::pieces;
use super::quantity::{Around, number, quantity};
use super::roman::{self, Said};
use super::shortened;
use super::speaker::Speaker;
use super::symbol;
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
        marks::trail(context, at + taken - 1, 0, out);
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
    marks::marks(context, here.lead.start, context.lead(at), out);
    out.at(here.core.clone());
    let (taken, eaten) = core_rules(context, at, core, out);
    marks::trail(context, at + taken - 1, eaten, out);
    taken
}

/// Whether a sign of mathematics or an arrow stands beside a token, so that it is a name and no article: `A → B`, `x = a`.
fn is_operand(context: &Context<'_>, at: usize) -> bool {
    let is_sign = |at: usize| symbol::is_operator(context.chunk(at));
    let ends = !context
        .after(at)
        .starts_with(|c: char| c.is_ascii_lowercase());
    is_sign(at + 1) || ends && at.checked_sub(1).is_some_and(is_sign)
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
    if let Some(done) = shortened::abbreviations(context, at, core, out)
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
    if let Some(said) = inches(context, at, core) {
        out.say(&said);
        return (1, 1);
    }
    if matches!(core, "a" | "A") && is_operand(context, at) {
        out.letters(core, false);
        return (1, 0);
    }
    if shortened::is_initial(context, at, core) {
        out.letters(core, false);
        return (1, shortened::stop(context, at, false));
    }
    if matches!(
        core.to_ascii_lowercase().as_str(),
        "wi-fi" | "hi-fi" | "sci-fi" | "lo-fi" | "uh-huh" | "uh-oh" | "mm-hmm"
    ) {
        // Their parts are no words of their own.
        out.word(core);
        return (1, 0);
    }
    if let Some(letter) = core.strip_suffix("-th")
        && letter.len() == 1
        && letter.starts_with(|c: char| c.is_ascii_alphabetic())
    {
        // `i-th`: an ordinal, one word.
        out.word(&format!("{}th", letter.to_ascii_lowercase()));
        return (1, 0);
    }
    if let Some(said) = shortened::initials(core) {
        out.letters(&said.0, said.1);
        let ends = shortened::ends_here(context, at)
            || context.trail(at) == "." && shortened::OPENERS.contains(&context.core(at + 1));
        return (1, shortened::stop(context, at, ends));
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
            || before.eq_ignore_ascii_case("of")
            || after.starts_with(|c: char| c.is_ascii_digit())
            || calendar::day(before).is_some())
    {
        out.say(month);
        return Some((
            1,
            shortened::stop(context, at, shortened::ends_here(context, at)),
        ));
    }
    if let Some(day) = calendar::short_day(core) {
        let next = context.core(at + 1);
        let near = is_month(next)
            || next.starts_with(|c: char| c.is_ascii_digit()) && context.trail(at).is_empty();
        let sure = !matches!(core, "Sat" | "Sun" | "Mon" | "Wed")
            || matches!(
                before.to_lowercase().as_str(),
                "on" | "every" | "this" | "next" | "last" | "until" | "by"
            );
        if sure || near {
            out.say(day);
            return Some((
                1,
                shortened::stop(context, at, shortened::ends_here(context, at)),
            ));
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
    // `a $5 million deal`: the noun behind makes it single.
    let named = if context.measures(at, at + 1) {
        currency.one
    } else {
        currency.many
    };
    out.say(&format!("{sign}{said} {power} {named}"));
    Some((2, 0))
}

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

/// `13"`, where the mark closes no quotation.
fn inches(context: &Context<'_>, at: usize, core: &str) -> Option<String> {
    const BEHIND: [&str; 24] = [
        "above", "across", "and", "apart", "at", "below", "by", "deep", "from", "high", "in", "is",
        "long", "of", "on", "or", "shorter", "tall", "taller", "thick", "to", "was", "wide", "x",
    ];
    if !context.trail(at).starts_with('"') || context.quoted(at) {
        return None;
    }
    let number = core.strip_suffix(['½', '¼', '¾']).unwrap_or(core);
    if !number.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let said = quantity(
        core,
        Around {
            year: false,
            ..context.around(at)
        },
    )?;
    let noun = context.core(at + 1);
    let measures = context.trail(at).len() == 1
        && context.lead(at + 1).is_empty()
        && noun.len() > 1
        && noun.starts_with(char::is_alphabetic)
        && !BEHIND.contains(&noun);
    let single = core == "1" || measures;
    Some(format!("{said} {}", if single { "inch" } else { "inches" }))
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
