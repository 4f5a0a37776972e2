//! Two numbers with a dash between: ranges, scores, years.

use super::calendar;
use super::cardinal::{cardinal, digits, name, year};
use super::clock;
use super::context::Context;
use super::money;
use super::quantity::{Around, number, quantity};
use crate::Accent;

/// Words around a score.
const SCORED: [&str; 26] = [
    "won", "win", "wins", "winning", "beat", "beats", "beating", "lost", "lose", "losing", "score",
    "scored", "defeat", "defeated", "victory", "draw", "drew", "lead", "led", "leads", "leading",
    "trailing", "final", "ended", "finished", "loss",
];

/// Two numbers with a dash between: a range, a score, years.
pub(super) fn range(
    context: &Context<'_>,
    at: usize,
    core: &str,
    around: Around,
) -> Option<String> {
    let accent = context.accent;
    let dash = core
        .char_indices()
        .skip(1)
        .find(|(_, c)| matches!(c, '-' | '–' | '—' | '~'))?;
    let left = core.get(..dash.0)?;
    let right = core.get(dash.0 + dash.1.len_utf8()..)?;
    let plain = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if plain(left) && plain(right) {
        return Some(plain_range(context, at, left, right, around));
    }
    let parts: Vec<&str> = core.split(['-', '–']).take(8).collect();
    if parts.len() >= 3 && parts.iter().all(|p| plain(p) && p.len() <= 6) {
        // An ISBN and its like are read digit by digit.
        let long = parts.iter().map(|p| p.len()).sum::<usize>() >= 9;
        let say = |p: &&str| if long { digits(p) } else { name(p, accent) };
        let said: Vec<String> = parts.iter().map(|p| say(p).join(" ")).collect();
        return Some(said.join(" "));
    }
    // `$10-20`, `10-20%`, `5-10kg`, `10-11am`: the sign or unit stands for both.
    let time = |t: &str| clock::time(t, accent);
    if let Some(end) = time(right) {
        let meridiem = ["am", "pm", "AM", "PM", "a.m", "p.m"]
            .iter()
            .any(|m| right.ends_with(m));
        let start = time(left).or_else(|| {
            number(left)
                .filter(|(_, rest)| rest.is_empty() && meridiem)
                .map(|(n, _)| n.words(accent).join(" "))
        })?;
        return Some(format!("{start} to {end}"));
    }
    let high = money::before(right);
    if let Some((currency, low)) = money::before(left)
        && high.is_none_or(|(other, _)| other == currency)
    {
        let (low, "") = number(low)? else {
            return None;
        };
        let end = match high {
            Some(_) => quantity(right, around)?,
            None => quantity(&format!("{}{right}", symbol_of(left)), around)?,
        };
        return Some(format!("{} to {end}", low.words(accent).join(" ")));
    }
    let start = quantity(left, around)?;
    let end = quantity(right, around)?;
    Some(format!("{start} to {end}"))
}

/// The currency sign a text begins with.
fn symbol_of(text: &str) -> &str {
    let end = text
        .find(|c: char| c.is_ascii_digit() || c == '.')
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn plain_range(
    context: &Context<'_>,
    at: usize,
    left: &str,
    right: &str,
    around: Around,
) -> String {
    let accent = context.accent;
    let value = |t: &str| t.parse::<u128>().unwrap_or_default();
    let is_year = |t: &str| t.len() == 4 && (1000..2200).contains(&value(t));
    if is_year(left) && (is_year(right) || right.len() == 2) && around.year {
        // A year of four digits does not begin with a nought.
        let end = match right.strip_prefix('0') {
            Some(one) => format!("oh {}", cardinal(one, accent).join(" ")),
            None => name(right, accent).join(" "),
        };
        return format!("{} to {end}", year(value(left), accent).join(" "));
    }
    let near = |at: Option<usize>| {
        at.is_some_and(|at| SCORED.contains(&context.core(at).to_lowercase().as_str()))
    };
    let scored = (1..=3).any(|back| near(at.checked_sub(back))) || near(Some(at + 1));
    // `Sat 10-4`: hours, no score.
    let day = at.checked_sub(1).map_or("", |last| context.core(last));
    let hours = !scored
        && (calendar::short_day(day).is_some() || day.ends_with("day"))
        && (1..=12).contains(&value(left))
        && (1..=12).contains(&value(right));
    if (scored || !hours && value(left) >= value(right)) && left.len() <= 3 && right.len() <= 3 {
        let say = |t: &str| match (accent, value(t)) {
            (Accent::British, 0) => "nil".to_owned(),
            _ => cardinal(t, accent).join(" "),
        };
        let between = if accent == Accent::British {
            " "
        } else {
            " to "
        };
        return format!("{}{between}{}", say(left), say(right));
    }
    format!(
        "{} to {}",
        cardinal(left, accent).join(" "),
        cardinal(right, accent).join(" ")
    )
}
