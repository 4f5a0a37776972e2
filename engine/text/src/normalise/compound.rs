//! Tokens of several parts: ranges, scores, fractions, dimensions, arithmetic, compounds with hyphens, and what is left.

use super::calendar;
use super::cardinal::{cardinal, digits, name, year};
use super::clock;
use super::context::Context;
use super::money;
use super::pieces;
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
    let said = said.map(|said| adjective(context, at, said));
    match said.or_else(|| span(core, around)) {
        Some(said) => out.say(&said),
        None => pieces::pieces(context, at, core, out),
    }
}

/// A token with digits that is one thing as a whole.
fn numeric(context: &Context<'_>, at: usize, core: &str, around: Around) -> Option<String> {
    let accent = context.accent;
    verse(core, context.before(at), accent)
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
        .or_else(|| release(context, at, core))
        .or_else(|| numbered(core, context.after(at), accent))
        .or_else(|| millions(core, context.after(at), accent))
        .or_else(|| emergency(core, context.before(at)))
        .or_else(|| plane(core, context.before(at), accent))
        .or_else(|| door(context, at, core))
        .or_else(|| foreign(core, accent))
        .or_else(|| hyphened(core, accent))
        .or_else(|| variable(context, at, core, around))
        .or_else(|| short_decade(core, around))
        .or_else(|| quantity(core, around))
        .or_else(|| clock::ratio(core, accent))
        .or_else(|| slash(context, at, core, accent))
        .or_else(|| range(context, at, core, around))
        .or_else(|| dimensions(core, around))
        .or_else(|| arithmetic(core, around))
}

/// Books whose chapters and verses stand on a colon.
const BOOKS: [&str; 48] = [
    "Genesis",
    "Exodus",
    "Leviticus",
    "Numbers",
    "Deuteronomy",
    "Joshua",
    "Judges",
    "Ruth",
    "Samuel",
    "Kings",
    "Chronicles",
    "Ezra",
    "Nehemiah",
    "Esther",
    "Job",
    "Psalm",
    "Psalms",
    "Proverbs",
    "Ecclesiastes",
    "Isaiah",
    "Jeremiah",
    "Lamentations",
    "Ezekiel",
    "Daniel",
    "Hosea",
    "Joel",
    "Amos",
    "Jonah",
    "Micah",
    "Malachi",
    "Matthew",
    "Mark",
    "Luke",
    "John",
    "Acts",
    "Romans",
    "Corinthians",
    "Galatians",
    "Ephesians",
    "Philippians",
    "Colossians",
    "Thessalonians",
    "Timothy",
    "Titus",
    "Hebrews",
    "James",
    "Peter",
    "Revelation",
];

/// `John 3:16`, `Matthew 5:3-12`.
fn verse(core: &str, before: &str, accent: Accent) -> Option<String> {
    let (chapter, verses) = core.split_once(':').filter(|_| BOOKS.contains(&before))?;
    let plain = |t: &str| (1..=3).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
    let say = |t: &str| plain(t).then(|| cardinal(t, accent).join(" "));
    let said = match verses.split_once(['-', '–']) {
        Some((first, last)) => format!("{} to {}", say(first)?, say(last)?),
        None => say(verses)?,
    };
    Some(format!("{} {said}", say(chapter)?))
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
    if !context.measures(at) {
        return said;
    }
    let (rest, last) = said.rsplit_once(' ').unwrap_or(("", &said));
    let single = match last {
        "feet" => "foot",
        "inches" => "inch",
        "hertz" => last,
        _ if last.starts_with(char::is_uppercase) => last,
        _ => last
            .strip_suffix('s')
            .filter(|l| l.len() > 2)
            .unwrap_or(last),
    };
    format!("{rest} {single}")
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

/// `Boeing 747`.
fn plane(core: &str, before: &str, accent: Accent) -> Option<String> {
    let bare = core.bytes().all(|b| b.is_ascii_digit()) && core.len() == 3;
    (before == "Boeing" && bare).then(|| name(core, accent).join(" "))
}

/// `Flat 3B`, `12A High Street`: a letter that is no unit.
fn door(context: &Context<'_>, at: usize, core: &str) -> Option<String> {
    const DOORS: [&str; 20] = [
        "flat",
        "apt",
        "apartment",
        "room",
        "gate",
        "block",
        "unit",
        "building",
        "suite",
        "seat",
        "row",
        "section",
        "figure",
        "fig",
        "table",
        "appendix",
        "grade",
        "class",
        "type",
        "house",
    ];
    let letter = core
        .chars()
        .last()
        .filter(|c| matches!(c, 'A'..='F' | 'K' | 'N' | 'V' | 'W' | 'M'))?;
    let digits = core.strip_suffix(letter)?;
    let plain = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let before = context.before(at).to_lowercase();
    let street = letter <= 'F' && context.after(at).starts_with(char::is_uppercase);
    (plain && (DOORS.contains(&before.as_str()) || street))
        .then(|| format!("{} {letter}", name(digits, context.accent).join(" ")))
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
    let core = core.replace("**", "^");
    let core = core.as_str();
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
    let times = operand.ends_with('x') && number(operand).is_some();
    if let Some(words) = quantity(operand, around).filter(|_| !times) {
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
