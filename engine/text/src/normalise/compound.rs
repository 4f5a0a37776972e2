//! Tokens of several parts: ranges, scores, fractions, dimensions, arithmetic, compounds with hyphens, and what is left.

use super::arithmetic;
use super::calendar;
use super::cardinal::{cardinal, digits, year};
use super::clock;
use super::context::Context;
use super::either::either;
use super::named;
use super::pieces;
use super::quantity::{Around, fraction, number, quantity, vulgar};
use super::range;
use super::speaker::Speaker;
use super::web;
use crate::Accent;

/// Says a token that no rule of its own has taken.
pub(super) fn say(context: &Context<'_>, at: usize, core: &str, out: &mut Speaker<'_>) {
    let around = context.around(at);
    let said = if core
        .contains(|c: char| c.is_ascii_digit() || vulgar(c.encode_utf8(&mut [0; 4])).is_some())
    {
        numeric(context, at, core, around)
    } else {
        None
    };
    let said = said.map(|said| adjective(context, at, said));
    match said.or_else(|| span(core, around)).or_else(|| either(core)) {
        Some(said) => out.say(&said),
        None => pieces::pieces(context, at, core, out),
    }
}

/// A token with digits that is one thing as a whole.
fn numeric(context: &Context<'_>, at: usize, core: &str, around: Around) -> Option<String> {
    let accent = context.accent;
    named::verse(core, context.before(at), accent)
        .or_else(|| clock::time(core, accent))
        .map(|said| {
            // The meridiem behind a blank leaves no room for `o'clock`.
            let meridiem = matches!(
                context.after(at).to_lowercase().as_str(),
                "am" | "pm" | "a.m" | "p.m"
            );
            if meridiem {
                said.replace(" o'clock", "").replace(" hundred", "")
            } else {
                said
            }
        })
        .or_else(|| calendar::short_year(core))
        .or_else(|| calendar::date(core, accent))
        .or_else(|| web::dotted(core, accent))
        .or_else(|| named::release(context, at, core))
        .or_else(|| numbered(core, accent))
        .or_else(|| named::millions(core, context.after(at), accent))
        .or_else(|| named::emergency(core, context.before(at)))
        .or_else(|| named::plane(core, context.before(at), accent))
        .or_else(|| named::several(core, context.before(at), accent))
        .or_else(|| named::status(core, context.before(at), accent))
        .or_else(|| named::postal_code(core, context.before(at)))
        .or_else(|| named::circa(core, accent))
        .or_else(|| named::door(context, at, core))
        .or_else(|| foreign(core, accent))
        .or_else(|| hyphened(core, accent))
        .or_else(|| arithmetic::variable(context, at, core, around))
        .or_else(|| short_decade(core, around))
        .or_else(|| quantity(core, around))
        .or_else(|| clock::ratio(core, accent))
        .or_else(|| slash(context, at, core, accent))
        .or_else(|| range::range(context, at, core, around))
        .or_else(|| arithmetic::dimensions(core, around))
        .or_else(|| arithmetic::arithmetic(core, around))
}

/// `Mon-Fri`, `Jan–Mar`, `2024–Jan`: short names on both sides, or a year.
fn span(core: &str, around: Around) -> Option<String> {
    let (left, right) = core.split_once(['-', '–', '/'])?;
    let say = |t: &str| -> Option<String> {
        let t = t.trim_end_matches('.');
        let named = calendar::short_day(t).or_else(|| calendar::short_month(t));
        named.map(str::to_owned).or_else(|| {
            let value: u128 = t.parse().ok().filter(|v| (1000..2200).contains(v))?;
            Some(year(value, around.accent).join(" "))
        })
    };
    let between = if core.contains('/') { "and" } else { "to" };
    Some(format!("{} {between} {}", say(left)?, say(right)?))
}

/// A measure before what it measures is single: `a 5kg bag`, `a $5 bill`.
fn adjective(context: &Context<'_>, at: usize, said: String) -> String {
    if !context.measures(at, at) {
        return said;
    }
    let (rest, last) = said.rsplit_once(' ').unwrap_or(("", &said));
    let single = match last {
        "feet" => "foot",
        "inches" => "inch",
        "hertz" => last,
        "cents" | "pence" if rest.contains(" and ") => last,
        _ if last.starts_with(char::is_uppercase) => last,
        _ => last
            .strip_suffix('s')
            .filter(|l| l.len() > 2)
            .unwrap_or(last),
    };
    format!("{rest} {single}")
}

/// `#42`, and a plain number right behind a hash.
fn numbered(core: &str, accent: Accent) -> Option<String> {
    let digits = core.strip_prefix('#').or_else(|| core.strip_prefix('№'))?;
    let (number, "") = number(digits)? else {
        return None;
    };
    Some(format!("number {}", number.words(accent).join(" ")))
}

/// `1,5` as the continent writes it, and `1_000_000` as programs do.
fn foreign(core: &str, accent: Accent) -> Option<String> {
    let plain = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if let Some((whole, decimals)) = core.split_once(',')
        && plain(whole)
        && plain(decimals)
        && decimals.len() <= 2
    {
        return Some(format!(
            "{} point {}",
            cardinal(whole, accent).join(" "),
            digits(decimals).join(" ")
        ));
    }
    let joined = core.replace('_', "");
    let grouped = core.contains('_') && core.split('_').skip(1).all(|group| group.len() == 3);
    (grouped && plain(&joined)).then(|| cardinal(&joined, accent).join(" "))
}

/// `10-yr`, `5-km`: a measure of one word.
fn hyphened(core: &str, accent: Accent) -> Option<String> {
    let (left, right) = core.split_once('-')?;
    let (number, "") = number(left)? else {
        return None;
    };
    let unit = super::unit::suffix(right, true, false, accent).filter(|_| right.len() > 1)?;
    Some(format!("{} {unit}", number.words(accent).join(" ")))
}

/// `'90s`.
fn short_decade(core: &str, around: Around) -> Option<String> {
    let bare = core.strip_prefix('\'').filter(|b| b.ends_with('s'))?;
    quantity(
        bare,
        Around {
            decade: true,
            ..around
        },
    )
}

/// `1/2`, `3/14` behind `on`, `km/h` and the like are others'.
fn slash(context: &Context<'_>, at: usize, core: &str, accent: Accent) -> Option<String> {
    let (above, below) = core.split_once('/')?;
    let (sign, above) = match above.strip_prefix(['-', '−']) {
        Some(bare) => ("minus ", bare),
        None => ("", above),
    };
    let before = context.before(at);
    let dated = before.eq_ignore_ascii_case("on")
        || at > 0
            && (calendar::short_day(context.core(at - 1)).is_some()
                || context.core(at - 1).ends_with("day"));
    if dated && calendar::day(above).is_some() && calendar::day(below).is_some() {
        let year = "/2000";
        let date = calendar::date(&format!("{above}/{below}{year}"), accent)?;
        return date.strip_suffix(" two thousand").map(str::to_owned);
    }
    let below = ["rd", "th", "rds", "ths"]
        .iter()
        .find_map(|end| below.strip_suffix(end))
        .unwrap_or(below);
    if let (Some((mark, "")), Some((most, ""))) = (number(above), number(below))
        && !mark.decimals.is_empty()
        && most.decimals.is_empty()
        && matches!(below, "5" | "10" | "20" | "100")
    {
        // A mark: `4.5/5`.
        return Some(format!(
            "{sign}{} out of {}",
            mark.words(accent).join(" "),
            most.words(accent).join(" ")
        ));
    }
    let said = fraction(above, below, accent)?;
    let mixed = before.bytes().all(|b| b.is_ascii_digit())
        && !before.is_empty()
        && at > 0
        && context.trail(at - 1).is_empty();
    if mixed {
        return Some(match said.strip_prefix("one ") {
            Some(part) => format!("and a {part}"),
            None => format!("and {said}"),
        });
    }
    Some(format!("{sign}{said}"))
}
