//! Abbreviations.

/// What an abbreviation needs around it to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Always; its full stop may be missing.
    Always,
    /// With its full stop.
    Stopped,
    /// With its full stop, and a capital letter behind: titles before names.
    Name,
    /// Before a number, in digits or Roman.
    Number,
    /// With its full stop, behind a comma: states behind their towns.
    State,
}

const fn entry(
    written: &'static str,
    said: &'static str,
    when: When,
) -> (&'static str, &'static str, When) {
    (written, said, when)
}

/// As written without the last full stop; what is said; when.
const TABLE: [(&str, &str, When); 152] = [
    entry("Ste", "Suite", When::Number),
    entry("Utd", "United", When::Always),
    entry("wkts", "wickets", When::Always),
    entry("wkt", "wicket", When::Always),
    entry("Tel", "telephone", When::Number),
    entry("Glos", "Gloucestershire", When::Stopped),
    entry("YoY", "year on year", When::Always),
    entry("y/y", "year on year", When::Always),
    entry("QoQ", "quarter on quarter", When::Always),
    entry("q/q", "quarter on quarter", When::Always),
    entry("m/m", "month on month", When::Always),
    entry("p.a", "per annum", When::Always),
    entry("p/a", "per annum", When::Always),
    entry("aet", "after extra time", When::Always),
    entry("Mr", "mister", When::Always),
    entry("Mrs", "missus", When::Always),
    entry("Ms", "miz", When::Always),
    entry("Messrs", "messers", When::Always),
    entry("Prof", "Professor", When::Always),
    entry("Rev", "Reverend", When::Name),
    entry("Gen", "General", When::Name),
    entry("Col", "Colonel", When::Name),
    entry("Maj", "Major", When::Name),
    entry("Capt", "Captain", When::Stopped),
    entry("Cpt", "Captain", When::Stopped),
    entry("Sgt", "Sergeant", When::Always),
    entry("Lt", "Lieutenant", When::Always),
    entry("Cpl", "Corporal", When::Stopped),
    entry("Cmdr", "Commander", When::Stopped),
    entry("Adm", "Admiral", When::Name),
    entry("Gov", "Governor", When::Name),
    entry("Sen", "Senator", When::Name),
    entry("Rep", "Representative", When::Name),
    entry("Hon", "Honorable", When::Name),
    entry("Pres", "President", When::Name),
    entry("Supt", "Superintendent", When::Stopped),
    entry("Fr", "Father", When::Name),
    entry("Jr", "Junior", When::Always),
    entry("Sr", "Senior", When::Stopped),
    entry("Esq", "Esquire", When::Stopped),
    entry("Mt", "Mount", When::Always),
    entry("Ft", "Fort", When::Name),
    entry("Ave", "Avenue", When::Stopped),
    entry("Blvd", "Boulevard", When::Always),
    entry("Rd", "Road", When::Always),
    entry("Ln", "Lane", When::Stopped),
    entry("Hwy", "Highway", When::Always),
    entry("Pkwy", "Parkway", When::Always),
    entry("Sq", "Square", When::Stopped),
    entry("Apt", "Apartment", When::Stopped),
    entry("Bldg", "Building", When::Always),
    entry("Inc", "Incorporated", When::Always),
    entry("Ltd", "Limited", When::Always),
    entry("Corp", "Corporation", When::Stopped),
    entry("Co", "Company", When::Stopped),
    entry("Bros", "Brothers", When::Always),
    entry("Univ", "University", When::Stopped),
    entry("Dept", "Department", When::Always),
    entry("dept", "department", When::Always),
    entry("govt", "government", When::Always),
    entry("Govt", "Government", When::Always),
    entry("Assn", "Association", When::Stopped),
    entry("vs", "versus", When::Always),
    entry("v", "versus", When::Stopped),
    entry("etc", "etcetera", When::Always),
    entry("e.g", "for example", When::Always),
    entry("eg", "for example", When::Stopped),
    entry("E.g", "for example", When::Always),
    entry("i.e", "that is", When::Always),
    entry("ie", "that is", When::Stopped),
    entry("I.e", "that is", When::Always),
    entry("al", "al", When::Stopped),
    entry("cf", "compare", When::Stopped),
    entry("Cf", "compare", When::Stopped),
    entry("ca", "circa", When::Stopped),
    entry("c", "circa", When::Stopped),
    entry("approx", "approximately", When::Always),
    entry("est", "established", When::Number),
    entry("est", "estimated", When::Stopped),
    entry("incl", "including", When::Stopped),
    entry("excl", "excluding", When::Stopped),
    entry("esp", "especially", When::Stopped),
    entry("misc", "miscellaneous", When::Stopped),
    entry("max", "maximum", When::Stopped),
    entry("min", "minimum", When::Stopped),
    entry("temp", "temperature", When::Stopped),
    entry("tel", "telephone", When::Stopped),
    entry("Tel", "telephone", When::Stopped),
    entry("ext", "extension", When::Number),
    entry("Ext", "extension", When::Number),
    entry("appt", "appointment", When::Always),
    entry("w/", "with", When::Always),
    entry("w/o", "without", When::Always),
    entry("b/c", "because", When::Always),
    entry("c/o", "care of", When::Always),
    entry("n/a", "not applicable", When::Always),
    entry("N/A", "not applicable", When::Always),
    entry("&c", "etcetera", When::Always),
    entry("a.k.a", "also known as", When::Always),
    entry("aka", "also known as", When::Always),
    entry("P.S", "PS", When::Always),
    entry("Ph.D", "PHD", When::Always),
    entry("PhD", "PHD", When::Always),
    entry("No", "number", When::Number),
    entry("Nos", "numbers", When::Number),
    entry("no", "number", When::Number),
    entry("Fig", "figure", When::Number),
    entry("fig", "figure", When::Number),
    entry("Figs", "figures", When::Number),
    entry("Vol", "volume", When::Number),
    entry("vol", "volume", When::Number),
    entry("Ch", "chapter", When::Number),
    entry("ch", "chapter", When::Number),
    entry("Sec", "section", When::Number),
    entry("Eq", "equation", When::Number),
    entry("Art", "article", When::Number),
    entry("Pt", "part", When::Number),
    entry("p", "page", When::Number),
    entry("pp", "pages", When::Number),
    entry("ed", "edition", When::Stopped),
    entry("Rte", "route", When::Number),
    entry("Ala", "Alabama", When::State),
    entry("Ariz", "Arizona", When::State),
    entry("Ark", "Arkansas", When::State),
    entry("Calif", "California", When::State),
    entry("Colo", "Colorado", When::State),
    entry("Conn", "Connecticut", When::State),
    entry("Fla", "Florida", When::State),
    entry("Ga", "Georgia", When::State),
    entry("Ill", "Illinois", When::State),
    entry("Ind", "Indiana", When::State),
    entry("Kan", "Kansas", When::State),
    entry("Ky", "Kentucky", When::State),
    entry("Md", "Maryland", When::State),
    entry("Mass", "Massachusetts", When::State),
    entry("Mich", "Michigan", When::State),
    entry("Minn", "Minnesota", When::State),
    entry("Miss", "Mississippi", When::State),
    entry("Mo", "Missouri", When::State),
    entry("Mont", "Montana", When::State),
    entry("Neb", "Nebraska", When::State),
    entry("Nev", "Nevada", When::State),
    entry("Okla", "Oklahoma", When::State),
    entry("Ore", "Oregon", When::State),
    entry("Pa", "Pennsylvania", When::State),
    entry("Tenn", "Tennessee", When::State),
    entry("Tex", "Texas", When::State),
    entry("Vt", "Vermont", When::State),
    entry("Va", "Virginia", When::State),
    entry("Wash", "Washington", When::State),
    entry("Wis", "Wisconsin", When::State),
    entry("Wyo", "Wyoming", When::State),
];

/// The words around an abbreviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'t> {
    pub(super) before: &'t str,
    pub(super) after: &'t str,
    /// A full stop is behind it.
    pub(super) stopped: bool,
    /// It ends its sentence whatever follows, because another mark or the end of the text is behind it.
    pub(super) last: bool,
    /// A comma is before it.
    pub(super) after_comma: bool,
}

/// What an abbreviation is said as.
pub(super) fn expand(text: &str, place: Place<'_>) -> Option<&'static str> {
    let capital = place.after.starts_with(char::is_uppercase);
    let number = place.after.starts_with(|c: char| c.is_ascii_digit());
    let number = number
        || !matches!(text, "No" | "no")
            && !place.after.is_empty()
            && place.after.bytes().all(|b| matches!(b, b'I' | b'V' | b'X'));
    let ordinal = ["st", "nd", "rd", "th"]
        .iter()
        .any(|end| place.before.ends_with(end));
    if text == "c" && place.stopped && ordinal {
        return Some("century");
    }
    if let Some(said) = street_or_title(text, place, capital) {
        return Some(said);
    }
    TABLE
        .iter()
        .find(|(written, _, when)| {
            *written == text
                && match when {
                    When::Always => true,
                    When::Stopped => place.stopped && !(text.len() == 1 && place.last),
                    When::Name => place.stopped && capital && !place.last,
                    When::Number => {
                        number && (place.stopped || text.eq_ignore_ascii_case("ext")) && !place.last
                    }
                    When::State => place.stopped && place.after_comma,
                }
        })
        .map(|(_, said, _)| *said)
}

/// `St. John` and `Main St.`, `Dr. Smith` and `Elm Dr.`: before a name a title, after one a road.
fn street_or_title(text: &str, place: Place<'_>, capital: bool) -> Option<&'static str> {
    let (title, road) = match text {
        "St" => ("Saint", "Street"),
        "Dr" => ("Doctor", "Drive"),
        _ => return None,
    };
    let after_name = place
        .before
        .starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
        && !NO_NAMES.contains(&place.before);
    if capital && !place.last && !(after_name && text == "St" && ROADS.contains(&place.after)) {
        // `221B Baker St. London` is rarer than `Elm St. Mary's`; an address has a number two words before.
        return Some(title);
    }
    if after_name
        || place.before.ends_with("th")
        || place.before.ends_with("nd")
        || place.before.ends_with("st")
    {
        return Some(road);
    }
    place.stopped.then_some(title)
}

/// Words with a capital before a title that are no name of a road.
const NO_NAMES: [&str; 8] = ["The", "And", "In", "At", "To", "Of", "By", "With"];
/// Words behind a road's name.
const ROADS: [&str; 6] = ["Suite", "Apt", "North", "South", "East", "West"];

/// Abbreviations that may end a sentence: their full stop does both.
pub(super) fn may_end_sentence(text: &str) -> bool {
    matches!(
        text,
        "etc"
            | "Inc"
            | "Ltd"
            | "Corp"
            | "Co"
            | "Jr"
            | "Sr"
            | "St"
            | "Dr"
            | "Ave"
            | "Blvd"
            | "Rd"
            | "Ln"
            | "Ph.D"
            | "Sq"
            | "al"
            | "&c"
            | "a.m"
            | "p.m"
            | "Esq"
            | "Hwy"
            | "Bros"
    )
}
