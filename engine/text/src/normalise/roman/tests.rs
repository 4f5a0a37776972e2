use super::*;

#[test]
fn numerals_are_strict() {
    for (text, expected) in [
        ("I", Some(1)),
        ("III", Some(3)),
        ("IV", Some(4)),
        ("VIII", Some(8)),
        ("IX", Some(9)),
        ("XL", Some(40)),
        ("XCIX", Some(99)),
        ("CDXLIV", Some(444)),
        ("MCMXCIV", Some(1994)),
        ("MMMDCCCLXXXVIII", Some(3888)),
        ("IIII", None),
        ("VV", None),
        ("IC", None),
        ("XM", None),
        ("", None),
        ("ABC", None),
        ("MMMM", None),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn what_stands_before_tells_how_a_numeral_is_said() {
    for (text, before, expected) in [
        ("VIII", "Henry", Some(Said::Ordinal(8))),
        ("V", "Henry", Some(Said::Ordinal(5))),
        ("I", "Henry", None),
        ("I", "Elizabeth", Some(Said::Ordinal(1))),
        ("XL", "Henry", None),
        ("I", "Part", Some(Said::Cardinal(1))),
        ("XL", "Chapters", Some(Said::Cardinal(40))),
        ("V", "Vol.", Some(Said::Cardinal(5))),
        ("II", "Rambo", Some(Said::Cardinal(2))),
        ("V", "Rambo", None),
        ("II", "the", None),
        ("XX", "Dos", None),
        ("CV", "My", None),
        ("MMXX", "", Some(Said::Year(2020))),
        ("MDCL", "", Some(Said::Year(1650))),
        ("MCD", "", None),
    ] {
        assert_eq!(numeral(text, before), expected, "{before} {text}");
    }
}
