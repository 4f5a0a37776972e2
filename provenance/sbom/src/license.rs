//! A licence as its author wrote it, as CycloneDX wants it.

use serde_json::{Value, json};

/// An SPDX expression where it has the shape of one, else a name.
///
/// Cargo's older `MIT/Apache-2.0` means `OR`.
pub(crate) fn licenses(text: &str) -> Value {
    let text = text.trim();
    let expression = if text.contains(' ') {
        text.to_owned()
    } else {
        text.replace('/', " OR ")
    };
    if is_expression(&expression) {
        json!([{ "expression": expression }])
    } else {
        json!([{ "license": { "name": text } }])
    }
}

/// Operands and operators in turn, parentheses in pairs. Whether SPDX knows the operands is another question.
fn is_expression(text: &str) -> bool {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let (mut depth, mut operand) = (0_usize, false);
    for word in spaced.split_whitespace() {
        match word {
            "(" if !operand => depth += 1,
            ")" if operand && depth > 0 => depth -= 1,
            "AND" | "OR" | "WITH" if operand => operand = false,
            "AND" | "OR" | "WITH" | "(" | ")" => return false,
            _ if operand => return false,
            _ => {
                let known = |c: char| c.is_ascii_alphanumeric() || "-.+:".contains(c);
                if !word.chars().all(known) {
                    return false;
                }
                operand = true;
            }
        }
    }
    operand && depth == 0
}

#[cfg(test)]
mod tests;
