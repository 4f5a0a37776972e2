//! Tokens of several parts: ranges, scores, fractions, dimensions, arithmetic, compounds with hyphens, and what is left.

use std::ops::Range;

use super::calendar;
use super::cardinal::{cardinal, digits, name, ordinal, year};
use super::clock;
use super::context::Context;
use super::letters;
use super::money;
use super::quantity::{Around, fraction, number, quantity, vulgar};
use super::speaker::Speaker;
use super::symbol;
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
    match said {
        Some(said) => out.say(&said),
        None => pieces(context, at, core, out),
    }
}

/// A token with digits that is one thing as a whole.
fn numeric(context: &Context<'_>, at: usize, core: &str, around: Around) -> Option<String> {
    let accent = context.accent;
    clock::time(core, accent)
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
        .or_else(|| release(context, at, core))
        .or_else(|| numbered(core, context.after(at), accent))
        .or_else(|| millions(core, context.after(at), accent))
        .or_else(|| emergency(core, context.before(at)))
        .or_else(|| variable(context, at, core, around))
        .or_else(|| short_decade(core, around))
        .or_else(|| quantity(core, around))
        .or_else(|| clock::ratio(core, accent))
        .or_else(|| slash(context, at, core, accent))
        .or_else(|| range(context, at, core, around))
        .or_else(|| dimensions(core, around))
        .or_else(|| arithmetic(core, around))
}

/// Software whose numbers are releases, not decimals: `Python 3.12`.
const RELEASED: [&str; 28] = [
    "python",
    "node",
    "rust",
    "java",
    "ubuntu",
    "go",
    "ruby",
    "php",
    "django",
    "kubernetes",
    "postgres",
    "postgresql",
    "mysql",
    "linux",
    "kernel",
    "version",
    "android",
    "ios",
    "macos",
    "debian",
    "fedora",
    "firefox",
    "chrome",
    "openssl",
    "react",
    "angular",
    "release",
    "gcc",
];

fn release(context: &Context<'_>, at: usize, core: &str) -> Option<String> {
    let before = context.before(at).to_lowercase();
    let (number, "") = number(core)? else {
        return None;
    };
    if !RELEASED.contains(&before.as_str()) || number.decimals.is_empty() || number.grouped {
        return None;
    }
    Some(format!(
        "{} point {}",
        cardinal(&number.whole, context.accent).join(" "),
        cardinal(number.decimals, context.accent).join(" ")
    ))
}

/// `#42`, and a plain number right behind a hash.
fn numbered(core: &str, _after: &str, accent: Accent) -> Option<String> {
    let digits = core.strip_prefix('#').or_else(|| core.strip_prefix('№'))?;
    let (number, "") = number(digits)? else {
        return None;
    };
    Some(format!("number {}", number.words(accent).join(" ")))
}

/// `7m people`: nobody measures people in metres.
fn millions(core: &str, after: &str, accent: Accent) -> Option<String> {
    const COUNTED: [&str; 18] = [
        "people",
        "users",
        "views",
        "downloads",
        "subscribers",
        "followers",
        "customers",
        "jobs",
        "homes",
        "households",
        "children",
        "Americans",
        "Britons",
        "dollars",
        "pounds",
        "euros",
        "years",
        "tokens",
    ];
    let bare = core
        .strip_suffix('m')
        .filter(|_| COUNTED.contains(&after))?;
    let (about, bare) = match bare.strip_prefix('~') {
        Some(bare) => ("about ", bare),
        None => ("", bare),
    };
    let (number, "") = number(bare)? else {
        return None;
    };
    Some(format!("{about}{} million", number.words(accent).join(" ")))
}

/// `call 911`.
fn emergency(core: &str, before: &str) -> Option<String> {
    let dialled = matches!(
        before.to_lowercase().as_str(),
        "call" | "called" | "calling" | "calls" | "dial" | "dialled" | "dialed"
    );
    (dialled && core.len() == 3 && core.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits(core).join(" "))
}

/// `2x` among signs, `3x²`: a factor and a variable.
fn variable(context: &Context<'_>, at: usize, core: &str, around: Around) -> Option<String> {
    let sign = |t: &str| matches!(t, "+" | "-" | "−" | "=" | "×" | "<" | ">" | "≤" | "≥");
    let powered = core.ends_with(['²', '³']);
    let beside =
        at.checked_sub(1).is_some_and(|b| sign(context.core(b))) || sign(context.after(at));
    let (_, rest) = number(core)?;
    let letter = rest.chars().next().filter(char::is_ascii_lowercase)?;
    if !(beside && rest.len() == 1 || powered && super::unit::find(rest, false).is_none())
        || !matches!(letter, 'a' | 'b' | 'n' | 'x'..='z')
    {
        return None;
    }
    let mut said = Vec::new();
    say_operand(core, around, &mut said)?;
    Some(said.join(" "))
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
    if before.eq_ignore_ascii_case("on")
        && calendar::day(above).is_some()
        && calendar::day(below).is_some()
    {
        let year = "/2000";
        let date = calendar::date(&format!("{above}/{below}{year}"), accent)?;
        return date.strip_suffix(" two thousand").map(str::to_owned);
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

/// Words around a score.
const SCORED: [&str; 26] = [
    "won", "win", "wins", "winning", "beat", "beats", "beating", "lost", "lose", "losing", "score",
    "scored", "defeat", "defeated", "victory", "draw", "drew", "lead", "led", "leads", "leading",
    "trailing", "final", "ended", "finished", "loss",
];

/// Two numbers with a dash between: a range, a score, years.
fn range(context: &Context<'_>, at: usize, core: &str, around: Around) -> Option<String> {
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
        let said: Vec<String> = parts.iter().map(|p| name(p, accent).join(" ")).collect();
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
        let end = if right.len() == 2 {
            name(right, accent)
        } else {
            year(value(right), accent)
        };
        let end = match right.strip_prefix('0') {
            Some(one) if right.len() == 2 => format!("oh {}", cardinal(one, accent).join(" ")),
            _ => end.join(" "),
        };
        return format!("{} to {end}", year(value(left), accent).join(" "));
    }
    let near = |at: Option<usize>| {
        at.is_some_and(|at| SCORED.contains(&context.core(at).to_lowercase().as_str()))
    };
    let scored = (1..=3).any(|back| near(at.checked_sub(back))) || near(Some(at + 1));
    if (scored || value(left) >= value(right)) && left.len() <= 3 && right.len() <= 3 {
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

/// `10x20`, `1920×1080`.
fn dimensions(core: &str, around: Around) -> Option<String> {
    let parts: Vec<&str> = core.split(['x', '×', 'X']).take(5).collect();
    let powers =
        core.contains(['^', '⁻', '⁰', '¹']) || core.contains(|c: char| ('⁴'..='⁹').contains(&c));
    if parts.len() < 2 || parts.len() > 4 || powers {
        return None;
    }
    let last = parts.len() - 1;
    let mut said = Vec::new();
    for (nth, part) in parts.iter().enumerate() {
        let (number, rest) = number(part)?;
        if number.whole.len() == 4 && number.decimals.is_empty() && rest.is_empty() && last == 1 {
            said.push(name(&number.whole, around.accent).join(" "));
        } else if rest.is_empty() || nth == last {
            said.push(quantity(
                part,
                Around {
                    year: false,
                    ..around
                },
            )?);
        } else {
            return None;
        }
    }
    Some(said.join(" by "))
}

/// Numbers and single letters with signs between them: `2+2=4`, `5*3`, `x²+1`.
fn arithmetic(core: &str, around: Around) -> Option<String> {
    let around = Around {
        year: false,
        ..around
    };
    if core.matches('(').count() != core.matches(')').count() {
        return None;
    }
    let sign = |c: char| -> Option<&'static str> {
        Some(match c {
            '+' => "plus",
            '-' | '−' => "minus",
            '*' | '×' | '⋅' => "times",
            '/' | '÷' => "divided by",
            '=' => "equals",
            '<' => "is less than",
            '>' => "is greater than",
            '^' => "to the power of",
            '±' | '≠' | '≈' | '≤' | '≥' | '√' => symbol::name(c)?,
            '(' | ')' => "",
            _ => return None,
        })
    };
    let mut said: Vec<String> = Vec::new();
    let mut operand = String::new();
    let mut signs = 0;
    for c in core.chars() {
        let exponent = matches!(c, '-' | '+')
            && operand.ends_with(['e', 'E'])
            && operand.starts_with(|c: char| c.is_ascii_digit());
        match sign(c).filter(|_| !exponent) {
            Some(word) => {
                say_operand(&std::mem::take(&mut operand), around, &mut said)?;
                said.push(word.to_owned());
                signs += 1;
            }
            None => operand.push(c),
        }
    }
    say_operand(&operand, around, &mut said)?;
    // `F-16` names something; `x-1` might too.
    let named = core.contains(char::is_alphabetic)
        && !core.contains(['+', '*', '=', '^', '<', '>', '×', '÷', '−']);
    (signs > 0 && !named && said.iter().any(|s| !s.is_empty())).then(|| said.join(" "))
}

fn say_operand(operand: &str, around: Around, said: &mut Vec<String>) -> Option<()> {
    if operand.is_empty() {
        return Some(());
    }
    if let Some(words) = quantity(operand, around) {
        said.push(words);
        return Some(());
    }
    // A variable, perhaps with a factor and a power: 2x, x², n.
    let (factor, rest) = match number(operand) {
        Some((number, rest)) => (number.words(around.accent).join(" "), rest),
        None => (String::new(), operand),
    };
    let mut chars = rest.chars();
    let letter = chars.next().filter(|c| c.is_alphabetic())?;
    let power = match chars.as_str() {
        "" => "",
        "²" => "squared",
        "³" => "cubed",
        "ⁿ" => "to the N",
        _ => return None,
    };
    let letter = match symbol::greek(letter) {
        Some(name) => name.to_owned(),
        None => letter.to_ascii_uppercase().to_string(),
    };
    said.push(format!("{factor} {letter} {power}"));
    Some(())
}

/// Says a token piece by piece: stretches of letters and digits, and the signs between them.
pub(super) fn pieces(context: &Context<'_>, at: usize, core: &str, out: &mut Speaker<'_>) {
    let start = context.tokens.get(at).map_or(0, |t| t.core.start);
    let whole = split(core);
    let alone = whole.len() == 1;
    let joined = |c: Option<&(Range<usize>, bool)>| c.is_some_and(|(_, word)| *word);
    let mut skip = false;
    for (nth, (range, word)) in whole.iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        let piece = core.get(range.clone()).unwrap_or_default();
        out.at(start + range.start..start + range.end);
        if *word {
            let mut tone = context.tone(at);
            if !alone {
                tone.opens = false;
                tone.title = false;
                tone.joined = core.contains('&') && core.len() <= 8;
            }
            stretch(context, at, piece, tone, out);
        } else {
            let before = nth.checked_sub(1).and_then(|b| whole.get(b));
            if alone
                && matches!(piece, "-" | "–" | "−")
                && let Some(said) = between(context, at)
            {
                out.say(said);
                continue;
            }
            let next = whole
                .get(nth + 1)
                .and_then(|(r, _)| core.get(r.clone()))
                .unwrap_or_default();
            if piece == "^" && !next.is_empty() {
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
                sign(piece, joined(before), next, core, out);
            }
        }
    }
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
fn sign(piece: &str, before: bool, next: &str, core: &str, out: &mut Speaker<'_>) {
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
        '-' if before => {}
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
        '(' | '[' | '{' => out.mark('('),
        ')' | ']' | '}' => out.mark(')'),
        '"' => {}
        '“' | '”' => out.mark(c),
        '#' if before && core.len() <= 3 => out.say("sharp"),
        '#' if after => out.say("hash"),
        '~' if core == "~~" => {}
        '|' => out.mark(','),
        '/' if core == "and/or" => {}
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
    at: usize,
    piece: &str,
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
    let around = context.around(at);
    let known = if piece.len() <= 64 {
        clock::time(piece, context.accent)
            .or_else(|| web::dotted(piece, context.accent))
            .or_else(|| quantity(piece, around))
    } else {
        None
    };
    if let Some(said) = known {
        out.say(&said);
        return;
    }
    runs(context, piece, tone, out);
}

/// Letters and digits mixed: `HTML5`, `B2B`, `x86`.
fn runs(context: &Context<'_>, piece: &str, tone: letters::Tone, out: &mut Speaker<'_>) {
    let mut rest = piece;
    while let Some(first) = rest.chars().next() {
        let digit = first.is_ascii_digit();
        let length = rest
            .find(|c: char| c.is_ascii_digit() != digit)
            .unwrap_or(rest.len());
        let (part, after) = rest.split_at(length);
        rest = after;
        if digit {
            let ending = ["st", "nd", "rd", "th"].iter().find_map(|e| {
                rest.strip_prefix(*e)
                    .filter(|behind| !behind.starts_with(char::is_alphabetic))
            });
            if let Some(behind) = ending {
                rest = behind;
                out.say_all(&ordinal(part, context.accent));
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
