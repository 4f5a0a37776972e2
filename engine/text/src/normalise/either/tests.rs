use super::*;

#[test]
fn a_choice_has_its_or_and_pronouns_stand_in_a_row() {
    for (written, said) in [
        ("he/she", Some("he or she")),
        ("She/he", Some("She or he")),
        ("s/he", Some("she or he")),
        ("her/his", Some("her or his")),
        ("she/her", Some("she her")),
        ("they/them/theirs", Some("they them theirs")),
        ("he/they", Some("he they")),
        ("yes/no", Some("yes or no")),
        ("client/server", None),
        ("he/x", None),
        ("he", None),
    ] {
        assert_eq!(either(written).as_deref(), said, "{written}");
    }
}
