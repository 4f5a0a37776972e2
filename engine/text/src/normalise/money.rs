//! Amounts of money.

/// A currency and its hundredth part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Currency {
    /// As written before or after the amount.
    symbol: &'static str,
    pub(super) one: &'static str,
    pub(super) many: &'static str,
    /// The hundredth, one and several; empty where there is none.
    pub(super) cent: &'static str,
    pub(super) cents: &'static str,
}

const fn currency(
    symbol: &'static str,
    one: &'static str,
    many: &'static str,
    cent: &'static str,
    cents: &'static str,
) -> Currency {
    Currency {
        symbol,
        one,
        many,
        cent,
        cents,
    }
}

const CURRENCIES: [Currency; 36] = [
    currency("$", "dollar", "dollars", "cent", "cents"),
    currency("£", "pound", "pounds", "penny", "pence"),
    currency("€", "euro", "euros", "cent", "cents"),
    currency("¥", "yen", "yen", "", ""),
    currency("₹", "rupee", "rupees", "paisa", "paise"),
    currency("₩", "won", "won", "", ""),
    currency("₽", "ruble", "rubles", "kopek", "kopeks"),
    currency("₺", "lira", "lira", "", ""),
    currency("₿", "bitcoin", "bitcoins", "", ""),
    currency("₫", "dong", "dong", "", ""),
    currency("₴", "hryvnia", "hryvnias", "", ""),
    currency("₪", "shekel", "shekels", "", ""),
    currency("¢", "cent", "cents", "", ""),
    currency("US$", "US dollar", "US dollars", "cent", "cents"),
    currency(
        "A$",
        "Australian dollar",
        "Australian dollars",
        "cent",
        "cents",
    ),
    currency(
        "AU$",
        "Australian dollar",
        "Australian dollars",
        "cent",
        "cents",
    ),
    currency("C$", "Canadian dollar", "Canadian dollars", "cent", "cents"),
    currency(
        "CA$",
        "Canadian dollar",
        "Canadian dollars",
        "cent",
        "cents",
    ),
    currency(
        "NZ$",
        "New Zealand dollar",
        "New Zealand dollars",
        "cent",
        "cents",
    ),
    currency(
        "HK$",
        "Hong Kong dollar",
        "Hong Kong dollars",
        "cent",
        "cents",
    ),
    currency(
        "S$",
        "Singapore dollar",
        "Singapore dollars",
        "cent",
        "cents",
    ),
    currency("R$", "real", "reais", "", ""),
    currency("USD", "US dollar", "US dollars", "cent", "cents"),
    currency("EUR", "euro", "euros", "cent", "cents"),
    currency("GBP", "pound", "pounds", "penny", "pence"),
    currency("JPY", "yen", "yen", "", ""),
    currency("CHF", "Swiss franc", "Swiss francs", "", ""),
    currency(
        "CAD",
        "Canadian dollar",
        "Canadian dollars",
        "cent",
        "cents",
    ),
    currency(
        "AUD",
        "Australian dollar",
        "Australian dollars",
        "cent",
        "cents",
    ),
    currency(
        "NZD",
        "New Zealand dollar",
        "New Zealand dollars",
        "cent",
        "cents",
    ),
    currency("CNY", "yuan", "yuan", "", ""),
    currency("RMB", "yuan", "yuan", "", ""),
    currency("INR", "rupee", "rupees", "paisa", "paise"),
    currency("SEK", "Swedish krona", "Swedish kronor", "", ""),
    currency("NOK", "Norwegian krone", "Norwegian kroner", "", ""),
    currency("DKK", "Danish krone", "Danish kroner", "", ""),
];

/// The currency a text begins with, and what follows it. The longest symbol wins.
pub(super) fn before(text: &str) -> Option<(&'static Currency, &str)> {
    CURRENCIES
        .iter()
        .filter(|c| c.symbol != "¢" && text.starts_with(c.symbol))
        .max_by_key(|c| c.symbol.len())
        .and_then(|c| Some((c, text.strip_prefix(c.symbol)?)))
}

/// The currency that this text names.
pub(super) fn named(text: &str) -> Option<&'static Currency> {
    CURRENCIES.iter().find(|c| c.symbol == text)
}

/// The words for thousands and more after an amount: `k`, `bn`, `million`.
pub(super) fn magnitude(text: &str) -> Option<&'static str> {
    Some(match text {
        "k" | "K" | "thousand" => "thousand",
        "m" | "M" | "mn" | "mm" | "MM" | "mil" | "million" => "million",
        "b" | "B" | "bn" | "Bn" | "billion" => "billion",
        "t" | "T" | "tn" | "trn" | "trillion" => "trillion",
        "hundred" => "hundred",
        _ => return None,
    })
}
