//! Numbers whose thousands are parted by blanks, as SI and much of Europe writes them: `1 000 000`.

/// Longest number looked at, in bytes; longer ones are no numbers people say.
const LONGEST: usize = 64;

/// The length in bytes of the number a text begins with, if blanks part its thousands. `before` is what stands before it.
/// Blanks that keep a line together part thousands wherever groups have three digits. Others do where it is not as likely a
/// telephone number or a list: the number ends in `000`, or two groups follow one or two digits.
pub(super) fn length(text: &str, before: &str) -> Option<usize> {
    if !begins_number(before) {
        return None;
    }
    let first = digits(text);
    if !(1..=3).contains(&first) || text.starts_with('0') {
        return None;
    }
    let (mut end, mut groups, mut kept) = (first, 0, true);
    while end < LONGEST {
        let rest = text.get(end..)?;
        let Some(blank) = rest.chars().next().filter(|c| is_blank(*c)) else {
            break;
        };
        let group = digits(rest.get(blank.len_utf8()..)?);
        if group == 0 {
            break;
        }
        if group != 3 {
            return None;
        }
        end += blank.len_utf8() + group;
        groups += 1;
        kept &= blank != ' ';
    }
    let number = text.get(..end)?;
    let likely = kept || number.ends_with("000") || groups > 1 && first < 3;
    let after = text.get(end..)?.chars().next();
    (groups > 0 && likely && !after.is_some_and(|c| c == '-' || c.is_alphabetic())).then_some(end)
}

/// The bytes of `,5` or `,50` behind such a number, which is its fraction.
pub(super) fn has_decimal_comma(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(',') else {
        return false;
    };
    let places = digits(rest);
    (1..=2).contains(&places)
        && !rest.get(places..).is_some_and(|behind| {
            behind.starts_with(',') || behind.starts_with(char::is_alphabetic)
        })
}

/// Whether no part of a number or word stands before: `20 1 000` is a list, `+44 20 794 000` a telephone number.
fn begins_number(before: &str) -> bool {
    let mut back = before.chars().rev();
    match back.next() {
        None
        | Some('\n' | '$' | '€' | '£' | '¥' | '(' | '"' | '“' | '~' | '≈' | '<' | '>' | '–') => {
            true
        }
        Some('-' | '−') => back.next().is_none_or(char::is_whitespace),
        Some(' ') => !back
            .next()
            .is_some_and(|c| c.is_ascii_digit() || matches!(c, '+' | ')')),
        Some(_) => false,
    }
}

fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{A0}' | '\u{202F}' | '\u{2009}' | '\u{2007}' | '\u{2008}'
    )
}

fn digits(text: &str) -> usize {
    text.bytes()
        .take(LONGEST)
        .take_while(u8::is_ascii_digit)
        .count()
}
