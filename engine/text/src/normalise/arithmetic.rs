//! Arithmetic and sizes.

use super::cardinal::name;
use super::context::Context;
use super::quantity::{Around, number, quantity};
use super::symbol;

/// `2x` among signs, `3x²`: a factor and a variable.
pub(super) fn variable(
    context: &Context<'_>,
    at: usize,
    core: &str,
    around: Around,
) -> Option<String> {
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

/// `10x20`, `1920×1080`.
pub(super) fn dimensions(core: &str, around: Around) -> Option<String> {
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
pub(super) fn arithmetic(core: &str, around: Around) -> Option<String> {
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
