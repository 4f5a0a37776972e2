//! Symbols by their names.

/// Symbols outside ASCII, and what they are called.
const NAMES: [(char, &str); 71] = [
    ('©', "copyright"),
    ('®', "registered"),
    ('™', "trademark"),
    ('§', "section"),
    ('¶', "paragraph"),
    ('№', "number"),
    ('°', "degrees"),
    ('±', "plus or minus"),
    ('∓', "minus or plus"),
    ('×', "times"),
    ('÷', "divided by"),
    ('−', "minus"),
    ('⋅', "times"),
    ('≠', "is not equal to"),
    ('≈', "is approximately"),
    ('≃', "is approximately"),
    ('≅', "is congruent to"),
    ('≡', "is equivalent to"),
    ('≤', "is less than or equal to"),
    ('≥', "is greater than or equal to"),
    ('≪', "is much less than"),
    ('≫', "is much greater than"),
    ('∞', "infinity"),
    ('√', "the square root of"),
    ('∛', "the cube root of"),
    ('∑', "the sum of"),
    ('∏', "the product of"),
    ('∫', "the integral of"),
    ('∂', "partial"),
    ('∇', "nabla"),
    ('∝', "is proportional to"),
    ('∈', "is in"),
    ('∉', "is not in"),
    ('⊂', "is a subset of"),
    ('⊆', "is a subset of or equal to"),
    ('∪', "union"),
    ('∩', "intersection"),
    ('∅', "the empty set"),
    ('∀', "for all"),
    ('∃', "there exists"),
    ('∧', "and"),
    ('∨', "or"),
    ('¬', "not"),
    ('⇒', "implies"),
    ('⇔', "if and only if"),
    ('→', "to"),
    ('←', "from"),
    ('↔', "to and from"),
    ('↑', "up"),
    ('↓', "down"),
    ('∴', "therefore"),
    ('∵', "because"),
    ('‰', "per mille"),
    ('€', "euro"),
    ('£', "pound"),
    ('¥', "yen"),
    ('¢', "cent"),
    ('₹', "rupee"),
    ('₩', "won"),
    ('₽', "ruble"),
    ('₺', "lira"),
    ('₿', "bitcoin"),
    ('₫', "dong"),
    ('₴', "hryvnia"),
    ('₪', "shekel"),
    ('✓', "check"),
    ('✗', "cross"),
    ('♯', "sharp"),
    ('♭', "flat"),
    ('′', "prime"),
    ('″', "double prime"),
];

/// Symbols that only divide or decorate; nothing is lost when they are not said.
const ORNAMENTS: &str = "•·‣◦▪▫■□●○◆◇★☆►▶†‡";

/// Greek letters in the order of the alphabet, capital and small.
const GREEK: [(char, char, &str); 24] = [
    ('Α', 'α', "alpha"),
    ('Β', 'β', "beta"),
    ('Γ', 'γ', "gamma"),
    ('Δ', 'δ', "delta"),
    ('Ε', 'ε', "epsilon"),
    ('Ζ', 'ζ', "zeta"),
    ('Η', 'η', "eta"),
    ('Θ', 'θ', "theta"),
    ('Ι', 'ι', "iota"),
    ('Κ', 'κ', "kappa"),
    ('Λ', 'λ', "lambda"),
    ('Μ', 'μ', "mu"),
    ('Ν', 'ν', "nu"),
    ('Ξ', 'ξ', "xi"),
    ('Ο', 'ο', "omicron"),
    ('Π', 'π', "pi"),
    ('Ρ', 'ρ', "rho"),
    ('Σ', 'σ', "sigma"),
    ('Τ', 'τ', "tau"),
    ('Υ', 'υ', "upsilon"),
    ('Φ', 'φ', "phi"),
    ('Χ', 'χ', "chi"),
    ('Ψ', 'ψ', "psi"),
    ('Ω', 'ω', "omega"),
];

/// The name of a symbol outside ASCII; empty for an ornament.
pub(super) fn name(c: char) -> Option<&'static str> {
    if ORNAMENTS.contains(c) {
        return Some("");
    }
    NAMES
        .iter()
        .find(|(symbol, _)| *symbol == c)
        .map(|(_, name)| *name)
}

/// The name of a Greek letter, whatever its accents.
pub(super) fn greek(c: char) -> Option<&'static str> {
    use unicode_normalization::UnicodeNormalization;
    let plain = std::iter::once(c).nfd().next()?;
    let plain = if plain == 'ς' { 'σ' } else { plain };
    GREEK
        .iter()
        .find(|(capital, small, _)| *capital == plain || *small == plain)
        .map(|(_, _, name)| *name)
}

/// What an ASCII symbol is called where it stands between words or alone.
pub(super) fn ascii(c: char) -> Option<&'static str> {
    Some(match c {
        '&' => "and",
        '@' => "at",
        '#' => "hash",
        '%' => "percent",
        '+' => "plus",
        '=' => "equals",
        '<' => "is less than",
        '>' => "is greater than",
        '/' => "slash",
        '\\' => "backslash",
        '^' => "caret",
        '~' => "tilde",
        '$' => "dollar",
        _ => return None,
    })
}

/// Whether a text is a sign that stands between two terms.
pub(super) fn is_operator(text: &str) -> bool {
    matches!(
        text,
        "→" | "←"
            | "↔"
            | "⇒"
            | "⇔"
            | "="
            | "≠"
            | "≈"
            | "≡"
            | "≤"
            | "≥"
            | "<"
            | ">"
            | "+"
            | "×"
            | "÷"
            | "−"
            | "∈"
            | "->"
            | "-->"
            | "=>"
            | "<-"
            | "<->"
            | "<="
            | ">="
            | "=="
            | "==="
            | "!="
            | "*"
            | "^"
    )
}

/// Symbols of several characters that stand alone, and the faces people type.
const GROUPS: [(&str, &str); 34] = [
    ("->", "to"),
    ("-->", "to"),
    ("=>", "to"),
    ("<-", "from"),
    ("<->", "to and from"),
    ("<=", "is less than or equal to"),
    (">=", "is greater than or equal to"),
    ("==", "equals"),
    ("===", "equals"),
    ("!=", "is not equal to"),
    ("!==", "is not equal to"),
    ("~=", "is approximately"),
    ("+=", "plus equals"),
    ("-=", "minus equals"),
    (":=", "becomes"),
    ("&&", "and"),
    ("||", "or"),
    ("++", "plus plus"),
    ("+/-", "plus or minus"),
    ("+-", "plus or minus"),
    (":)", "smiley face"),
    (":-)", "smiley face"),
    ("(:", "smiley face"),
    (":(", "sad face"),
    (":-(", "sad face"),
    (";)", "winking face"),
    (";-)", "winking face"),
    (":D", "grinning face"),
    (":-D", "grinning face"),
    (":P", "face with tongue out"),
    (":-P", "face with tongue out"),
    (":'(", "crying face"),
    ("<3", "heart"),
    ("</3", "broken heart"),
];

/// What a group of symbols is called.
pub(super) fn group(text: &str) -> Option<&'static str> {
    GROUPS
        .iter()
        .find(|(written, _)| *written == text)
        .map(|(_, said)| *said)
}
