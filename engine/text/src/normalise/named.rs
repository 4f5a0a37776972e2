//! Numbers that mean something by the word beside them: verses, releases, doors, planes.

use super::cardinal::{cardinal, digits, name, plural, year};
use super::context::Context;
use super::quantity::number;
use crate::Accent;

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
pub(super) fn verse(core: &str, before: &str, accent: Accent) -> Option<String> {
    let (chapter, verses) = core.split_once(':').filter(|_| BOOKS.contains(&before))?;
    let plain = |t: &str| (1..=3).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
    let say = |t: &str| plain(t).then(|| cardinal(t, accent).join(" "));
    let said = match verses.split_once(['-', '–']) {
        Some((first, last)) => format!("{} to {}", say(first)?, say(last)?),
        None => say(verses)?,
    };
    Some(format!("{} {said}", say(chapter)?))
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

pub(super) fn release(context: &Context<'_>, at: usize, core: &str) -> Option<String> {
    let before = context.before(at).to_lowercase();
    let (number, rest @ ("" | "+")) = number(core)? else {
        return None;
    };
    if !RELEASED.contains(&before.as_str()) || number.decimals.is_empty() || number.grouped {
        return None;
    }
    Some(format!(
        "{} point {}{}",
        cardinal(&number.whole, context.accent).join(" "),
        cardinal(number.decimals, context.accent).join(" "),
        if rest.is_empty() { "" } else { " plus" }
    ))
}

/// `7m people`: nobody measures people in metres.
pub(super) fn millions(core: &str, after: &str, accent: Accent) -> Option<String> {
    const COUNTED: [&str; 36] = [
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
        "passengers",
        "viewers",
        "listeners",
        "members",
        "voters",
        "students",
        "workers",
        "visitors",
        "shares",
        "copies",
        "records",
        "rows",
        "barrels",
        "tonnes",
        "residents",
        "adults",
        "patients",
        "players",
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
pub(super) fn emergency(core: &str, before: &str) -> Option<String> {
    let dialled = matches!(
        before.to_lowercase().as_str(),
        "call" | "called" | "calling" | "calls" | "dial" | "dialled" | "dialed"
    );
    (dialled && core.len() == 3 && core.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits(core).join(" "))
}

/// `Boeing 747`.
pub(super) fn plane(core: &str, before: &str, accent: Accent) -> Option<String> {
    let parts: Vec<&str> = core.split('-').collect();
    let bare = |part: &&str| part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit());
    (before == "Boeing" && parts.iter().all(bare)).then(|| {
        let said: Vec<String> = parts.iter().map(|p| name(p, accent).join(" ")).collect();
        said.join(" ")
    })
}

/// `Year 9s`, `Boeing 747s`: several of what is named by a number, no seconds.
pub(super) fn several(core: &str, before: &str, accent: Accent) -> Option<String> {
    const NAMED: [&str; 16] = [
        "Airbus",
        "Boeing",
        "Category",
        "Class",
        "Form",
        "Grade",
        "Group",
        "Level",
        "Mark",
        "Model",
        "PlayStation",
        "Series",
        "Spitfire",
        "Tier",
        "Type",
        "Year",
    ];
    let bare = core.strip_suffix('s').filter(|_| NAMED.contains(&before))?;
    let plain = (1..=3).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| plural(name(bare, accent)).join(" "))
}

/// `HTTP 404`, `error 503`: what a server answers.
pub(super) fn status(core: &str, before: &str, accent: Accent) -> Option<String> {
    let named = matches!(
        before.to_ascii_lowercase().as_str(),
        "http" | "https" | "status" | "error" | "code"
    );
    let code =
        core.len() == 3 && core.bytes().all(|b| b.is_ascii_digit()) && !core.starts_with('0');
    (named && code).then(|| name(core, accent).join(" "))
}

/// `c.1920`.
pub(super) fn circa(core: &str, accent: Accent) -> Option<String> {
    let bare = core.strip_prefix("c.")?;
    let value: u128 = bare.parse().ok().filter(|v| (100..2100).contains(v))?;
    Some(format!("circa {}", year(value, accent).join(" ")))
}

/// The states of the USA, whose letters stand before a postal code.
const STATES: &str = "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR \
                      PA RI SC SD TN TX UT VT VA WA WV WI WY DC";

/// `NY 10118`.
pub(super) fn postal_code(core: &str, before: &str) -> Option<String> {
    let code = core.len() == 5 && core.bytes().all(|b| b.is_ascii_digit());
    let state = before.len() == 2 && STATES.split_whitespace().any(|state| state == before);
    (code && state).then(|| digits(core).join(" "))
}

/// `Flat 3B`, `12A High Street`: a letter that is no unit.
pub(super) fn door(context: &Context<'_>, at: usize, core: &str) -> Option<String> {
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
