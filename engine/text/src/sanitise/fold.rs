//! Latin letters with marks: joined where Latin-1 has the letter, folded to ASCII where not.

/// Latin Extended-A, U+0100..=U+017F, in order, one ASCII letter for each.
const EXTENDED_A: &str = "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi__JjKkkLlLlLlLlLlNnNnNnnNnOoOoOo__\
RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

/// Latin Extended Additional, U+1E00..=U+1EFF, in order, one ASCII letter for each; `_`: no letter of English.
const ADDITIONAL: &str = "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNn\
OoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVvWwWwWwWwWwXxXxYyZzZzZzhtwyasss__\
AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy______";

/// Letters and the marks that Latin-1 joins them with: base, mark, joined.
const JOINED: &str = "AEIOUaeiou";

/// The ASCII letters a voice should read in the stead of a letter that English spelling does not use.
pub(super) fn fold_latin(c: char) -> Option<&'static str> {
    let code = u32::from(c);
    match c {
        'Ĳ' => Some("IJ"),
        'ĳ' => Some("ij"),
        'Œ' => Some("OE"),
        'œ' => Some("oe"),
        'Ə' => Some("A"),
        'ə' => Some("a"),
        'ƒ' => Some("f"),
        'Ơ' => Some("O"),
        'ơ' => Some("o"),
        'Ư' => Some("U"),
        'ư' => Some("u"),
        'Ș' => Some("S"),
        'ș' => Some("s"),
        'Ț' => Some("T"),
        'ț' => Some("t"),
        '\u{FB00}' => Some("ff"),
        '\u{FB01}' => Some("fi"),
        '\u{FB02}' => Some("fl"),
        '\u{FB03}' => Some("ffi"),
        '\u{FB04}' => Some("ffl"),
        '\u{0100}'..='\u{017F}' => letter(EXTENDED_A, code - 0x100),
        '\u{1E00}'..='\u{1EFF}' => letter(ADDITIONAL, code - 0x1E00),
        _ => None,
    }
}

fn letter(table: &'static str, at: u32) -> Option<&'static str> {
    let at = usize::try_from(at).ok()?;
    table.get(at..=at).filter(|letter| *letter != "_")
}

/// Joins a letter and a combining mark into the Latin-1 letter, where there is one.
pub(super) fn compose(base: char, mark: char) -> Option<char> {
    let vowels = match mark {
        '\u{0300}' => "ÀÈÌÒÙàèìòù",
        '\u{0301}' => match base {
            'Y' => return Some('Ý'),
            'y' => return Some('ý'),
            _ => "ÁÉÍÓÚáéíóú",
        },
        '\u{0302}' => "ÂÊÎÔÛâêîôû",
        '\u{0308}' => {
            if base == 'y' {
                return Some('ÿ');
            }
            "ÄËÏÖÜäëïöü"
        }
        '\u{0303}' => return paired(base, "ANOano", "ÃÑÕãñõ"),
        '\u{030A}' => return paired(base, "Aa", "Åå"),
        '\u{0327}' => return paired(base, "Cc", "Çç"),
        _ => return None,
    };
    paired(base, JOINED, vowels)
}

fn paired(base: char, from: &str, to: &str) -> Option<char> {
    from.chars()
        .zip(to.chars())
        .find(|(f, _)| *f == base)
        .map(|(_, t)| t)
}

/// The ASCII letters of a Latin-1 letter.
pub(super) fn fold_latin_1(c: char) -> Option<&'static str> {
    match c {
        'Æ' => return Some("AE"),
        'æ' => return Some("ae"),
        'ß' => return Some("ss"),
        'Þ' => return Some("Th"),
        'þ' => return Some("th"),
        _ => {}
    }
    // U+00C0..=U+00FF, in order; `_`: no letter, or more than one.
    const LATIN_1: &str = "AAAAAA_CEEEEIIIIDNOOOOO_OUUUUY__aaaaaa_ceeeeiiiidnooooo_ouuuuy_y";
    let at = u32::from(c).checked_sub(0xC0)?;
    letter(LATIN_1, at)
}
