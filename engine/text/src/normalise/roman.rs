//! Roman numerals.

#[cfg(test)]
mod tests;

/// Names that rulers and popes bear with a number.
const RULERS: [&str; 66] = [
    "Henry",
    "Louis",
    "Edward",
    "George",
    "Charles",
    "James",
    "William",
    "Richard",
    "Elizabeth",
    "Mary",
    "John",
    "Paul",
    "Pius",
    "Benedict",
    "Leo",
    "Alexander",
    "Nicholas",
    "Peter",
    "Catherine",
    "Frederick",
    "Philip",
    "Napoleon",
    "Ramses",
    "Ramesses",
    "Ferdinand",
    "Felipe",
    "Juan",
    "Carlos",
    "Gregory",
    "Innocent",
    "Clement",
    "Urban",
    "Boniface",
    "Ivan",
    "Otto",
    "Wilhelm",
    "Gustav",
    "Christian",
    "Harald",
    "Olaf",
    "Haakon",
    "Thutmose",
    "Cleopatra",
    "Xerxes",
    "Darius",
    "Robert",
    "Stephen",
    "Albert",
    "Leopold",
    "Umberto",
    "Emmanuel",
    "Franz",
    "Rudolf",
    "Sixtus",
    "Celestine",
    "Julius",
    "Adrian",
    "Constantine",
    "Theodosius",
    "Mehmed",
    "Murad",
    "Selim",
    "Rama",
    "Margrethe",
    "Willem",
    "Ptolemy",
];

/// Words before a numeral that counts parts and versions.
const COUNTED: [&str; 43] = [
    "chapter", "part", "war", "act", "scene", "volume", "vol", "book", "type", "phase", "bowl",
    "level", "section", "article", "class", "mark", "stage", "appendix", "table", "figure",
    "title", "grade", "psalm", "canto", "unit", "module", "lesson", "schedule", "annex", "episode",
    "rocky", "fantasy", "category", "tier", "group", "round", "step", "verse", "factor", "wars",
    "era", "gen", "symphony",
];

/// How the number of a numeral is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// `World War II`: two.
    Cardinal(u32),
    /// `Henry VIII`: the eighth.
    Ordinal(u32),
    /// `MMXXIV`: a year.
    Year(u32),
}

/// The number of a numeral that stands after `before` (a word, or nothing).
pub(super) fn numeral(text: &str, before: &str) -> Option<Said> {
    if before == "Gen" && text == "X" {
        // A generation's name.
        return None;
    }
    let value = value(text)?;
    let lower = before.to_lowercase();
    let lower = lower.trim_end_matches('.');
    let counted = COUNTED.contains(&lower)
        || lower
            .strip_suffix('s')
            .is_some_and(|l| COUNTED.contains(&l));
    let ruler = RULERS.contains(&before);
    if counted {
        return Some(Said::Cardinal(value));
    }
    if ruler && text != "I" && value < 40 {
        return Some(Said::Ordinal(value));
    }
    if ruler
        && text == "I"
        && matches!(
            before,
            "Elizabeth" | "Napoleon" | "Charles" | "James" | "Francis" | "Leopold"
        )
    {
        return Some(Said::Ordinal(value));
    }
    if text.len() >= 4 && (1500..2200).contains(&value) {
        return Some(Said::Year(value));
    }
    let capital = before.starts_with(char::is_uppercase);
    // CV, DC, MD, MIX are words of their own; II, VIII and XIV are not.
    let plain = text.bytes().all(|b| matches!(b, b'I' | b'V' | b'X'));
    (capital && plain && text.len() >= 2 && text != "XX" && text != "XXX")
        .then_some(Said::Cardinal(value))
}

/// The value of a numeral in capitals, written as one must.
fn value(text: &str) -> Option<u32> {
    const SIGNS: [(&str, u32); 13] = [
        ("M", 1000),
        ("CM", 900),
        ("D", 500),
        ("CD", 400),
        ("C", 100),
        ("XC", 90),
        ("L", 50),
        ("XL", 40),
        ("X", 10),
        ("IX", 9),
        ("V", 5),
        ("IV", 4),
        ("I", 1),
    ];
    if text.is_empty() || text.len() > 15 {
        return None;
    }
    let mut rest = text;
    let mut total = 0;
    for (sign, worth) in SIGNS {
        // M, C, X and I stand at most three times in a row, all others once.
        let most = if sign.len() == 1 && matches!(worth, 1 | 10 | 100 | 1000) {
            3
        } else {
            1
        };
        for _ in 0..most {
            if let Some(after) = rest.strip_prefix(sign) {
                total += worth;
                rest = after;
            }
        }
    }
    rest.is_empty().then_some(total)
}
