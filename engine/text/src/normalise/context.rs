//! What the rules may know of the words around a token.

use crate::Accent;

use super::calendar;
use super::clean::Clean;
use super::letters;
use super::money;
use super::quantity::{Around, number};
use super::token::Token;

/// The whole text in tokens.
pub(super) struct Context<'c> {
    pub(super) clean: &'c Clean,
    pub(super) tokens: &'c [Token],
    pub(super) accent: Accent,
    /// For each token, whether it stands among shouted words.
    shouted: Vec<bool>,
    /// For each token, whether a straight quotation mark is open behind its core.
    quoted: Vec<bool>,
}

/// Words before a number that make four digits a year.
const YEAR_BEFORE: [&str; 24] = [
    "in",
    "since",
    "by",
    "from",
    "until",
    "till",
    "before",
    "after",
    "during",
    "of",
    "year",
    "circa",
    "late",
    "early",
    "mid",
    "summer",
    "spring",
    "winter",
    "autumn",
    "fall",
    "copyright",
    "and",
    "to",
    "between",
];
/// Words before a number that make it count.
const COUNT_BEFORE: [&str; 25] = [
    "over",
    "about",
    "than",
    "nearly",
    "almost",
    "approximately",
    "exactly",
    "total",
    "least",
    "most",
    "around",
    "some",
    "up",
    "only",
    "another",
    "every",
    "all",
    "these",
    "those",
    "score",
    "costs",
    "cost",
    "paid",
    "has",
    "have",
];

/// What an amount of money before it measures or prices.
const PRICED: [&str; 61] = [
    "acquisition",
    "bailout",
    "bet",
    "bid",
    "bill",
    "bonus",
    "bounty",
    "budget",
    "buyout",
    "cap",
    "charge",
    "cheque",
    "check",
    "coin",
    "contract",
    "coupon",
    "deal",
    "debt",
    "deposit",
    "discount",
    "donation",
    "fee",
    "fine",
    "fund",
    "gift",
    "grant",
    "house",
    "increase",
    "industry",
    "investment",
    "jackpot",
    "laptop",
    "lawsuit",
    "limit",
    "loan",
    "loss",
    "market",
    "menu",
    "minimum",
    "maximum",
    "mortgage",
    "note",
    "offer",
    "package",
    "phone",
    "plan",
    "pot",
    "prize",
    "profit",
    "project",
    "question",
    "reward",
    "salary",
    "settlement",
    "subscription",
    "takeover",
    "threshold",
    "ticket",
    "valuation",
    "voucher",
    "wage",
];

impl<'c> Context<'c> {
    pub(super) fn new(clean: &'c Clean, tokens: &'c [Token], accent: Accent) -> Self {
        let mut context = Self {
            clean,
            tokens,
            accent,
            shouted: Vec::new(),
            quoted: Vec::new(),
        };
        context.shouted = context.find_shouted();
        context.quoted = context.find_quoted();
        context
    }

    fn slice(&self, at: usize, range: impl Fn(&Token) -> std::ops::Range<usize>) -> &'c str {
        self.tokens
            .get(at)
            .and_then(|t| self.clean.text.get(range(t)))
            .unwrap_or_default()
    }

    /// The token without the marks around it; empty where there is none.
    pub(super) fn core(&self, at: usize) -> &'c str {
        self.slice(at, |t| t.core.clone())
    }

    /// The token with the marks around it; empty where there is none.
    pub(super) fn chunk(&self, at: usize) -> &'c str {
        self.slice(at, |t| t.lead.start..t.trail.end)
    }

    pub(super) fn lead(&self, at: usize) -> &'c str {
        self.slice(at, |t| t.lead.clone())
    }

    pub(super) fn trail(&self, at: usize) -> &'c str {
        self.slice(at, |t| t.trail.clone())
    }

    /// The word before, if nothing but a blank parts it from this one.
    pub(super) fn before(&self, at: usize) -> &'c str {
        match at.checked_sub(1) {
            Some(last) if self.lead(at).is_empty() && matches!(self.trail(last), "" | ".") => {
                self.core(last)
            }
            _ => "",
        }
    }

    /// The word behind, if nothing but a blank parts it from this one.
    pub(super) fn after(&self, at: usize) -> &'c str {
        if self.trail(at).is_empty() && self.lead(at + 1).is_empty() {
            self.core(at + 1)
        } else {
            ""
        }
    }

    /// Whether a sentence begins with this token.
    pub(super) fn opens(&self, at: usize) -> bool {
        let opens_line = self.tokens.get(at).is_some_and(|t| t.opens_line);
        match at.checked_sub(1) {
            None => true,
            Some(last) => {
                opens_line
                    || self
                        .trail(last)
                        .contains(['.', '!', '?', ':', '…', '—', '"', '”'])
                    || self.lead(at).contains(['"', '“', '(', '—'])
            }
        }
    }

    /// Whether the token is the last of all, or a mark other than its own full stop ends the clause behind it.
    pub(super) fn closes(&self, at: usize) -> bool {
        let trail = self.trail(at);
        at + 1 >= self.tokens.len()
            || self.tokens.get(at + 1).is_some_and(|t| t.opens_line)
            || trail
                .strip_prefix('.')
                .unwrap_or(trail)
                .contains(['.', '!', '?', ')', ';', ':', ',', '"', '”'])
    }

    pub(super) fn tone(&self, at: usize) -> letters::Tone {
        letters::Tone {
            shouted: self.shouted.get(at).copied().unwrap_or(false),
            opens: self.opens(at),
            title: self.after(at).starts_with(char::is_uppercase),
            joined: false,
            article: self.before(at).eq_ignore_ascii_case("the"),
        }
    }

    /// How a number at this place is to be read.
    pub(super) fn around(&self, at: usize) -> Around {
        let before = self.before(at).to_lowercase();
        let before = before.as_str();
        Around {
            accent: self.accent,
            year: self.is_year(at, before),
            decade: matches!(
                before,
                "the"
                    | "her"
                    | "his"
                    | "their"
                    | "my"
                    | "our"
                    | "your"
                    | "early"
                    | "mid"
                    | "late"
                    | "in"
            ),
        }
    }

    /// Whether the measure in these tokens, the first and the last of it, belongs to the noun behind it: `a 5kg bag`,
    /// `the $64,000 question`.
    pub(super) fn measures(&self, first: usize, last: usize) -> bool {
        const NO_NOUNS: [&str; 22] = [
            "of", "in", "per", "to", "from", "or", "and", "is", "at", "on", "for", "by", "was",
            "if", "than", "a", "the", "more", "less", "away", "ago", "later",
        ];
        let after = self.after(last);
        if money::before(self.core(first)).is_some() && PRICED.contains(&after) {
            return true;
        }
        matches!(self.before(first), "a" | "A" | "an" | "An")
            && after.len() > 1
            && after.chars().all(|c| c.is_ascii_lowercase() || c == '-')
            && !NO_NOUNS.contains(&after)
    }

    fn is_year(&self, at: usize, before: &str) -> bool {
        let Some((number, "")) = number(self.core(at).trim_start_matches('~')) else {
            // Ranges and the like decide by their own first number.
            return !COUNT_BEFORE.contains(&before);
        };
        let value: u32 = number.whole.parse().unwrap_or_default();
        let after = self.after(at);
        if matches!(
            after,
            "BC" | "AD" | "BCE" | "CE" | "B.C" | "A.D" | "B.C.E" | "C.E"
        ) {
            return true;
        }
        if matches!(before, "rtx" | "gtx" | "rx" | "ryzen") {
            return true;
        }
        let plural =
            after.len() > 3 && after.ends_with('s') && after.starts_with(char::is_lowercase)
                || matches!(
                    after,
                    "people"
                        | "men"
                        | "women"
                        | "children"
                        | "more"
                        | "or"
                        | "million"
                        | "billion"
                        | "percent"
                        | "of"
                        | "per"
                        | "to"
                ) && !YEAR_BEFORE.contains(&before)
                || super::unit::find(after, true).is_some();
        let dated = YEAR_BEFORE.contains(&before) || self.month_near(at);
        match value {
            1100..2100 => (!plural || dated_strongly(before)) && !COUNT_BEFORE.contains(&before),
            1000..1100 | 2100..2200 => dated && !plural,
            _ => false,
        }
    }

    /// Whether a month stands one or two words before.
    fn month_near(&self, at: usize) -> bool {
        (1..=2).any(|back| {
            at.checked_sub(back).is_some_and(|near| {
                let word = self.core(near);
                calendar::month(word).is_some() || calendar::short_month(word).is_some()
            })
        })
    }

    /// Whether a straight quotation mark that opened before is still open behind the core of a token.
    pub(super) fn quoted(&self, at: usize) -> bool {
        self.quoted.get(at).copied().unwrap_or(false)
    }

    fn find_quoted(&self) -> Vec<bool> {
        let mut open = false;
        (0..self.tokens.len())
            .map(|at| {
                open |= self.lead(at).contains('"');
                let here = open;
                open &= !self.trail(at).contains('"');
                here
            })
            .collect()
    }

    fn find_shouted(&self) -> Vec<bool> {
        let mut shouted = vec![false; self.tokens.len()];
        let mut run = 0;
        let mut sure = false;
        for at in 0..=self.tokens.len() {
            let core = self.core(at);
            let bracketed = self.lead(at).contains(['(', '[']);
            let capitals = !bracketed
                && !core.is_empty()
                && core.chars().any(char::is_uppercase)
                && core
                    .chars()
                    .all(|c| c.is_uppercase() || matches!(c, '\'' | '-'));
            if capitals && core.len() <= 64 {
                run += 1;
                sure |= core.len() > 1 && letters::is_stressed(core)
                    || core.len() >= 5 && letters::pronounceable(core);
                continue;
            }
            if run >= 2 && sure {
                shouted
                    .iter_mut()
                    .take(at)
                    .skip(at - run)
                    .for_each(|s| *s = true);
            }
            (run, sure) = (0, false);
        }
        shouted
    }
}

/// Words that make a year of four digits even before a plural: `in 1990 prices`.
fn dated_strongly(before: &str) -> bool {
    matches!(before, "in" | "since" | "year" | "circa")
}
