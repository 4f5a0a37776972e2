use super::nearest;

const KEYS: [&str; 4] = ["rationale", "risk_tier", "ttfa_p95_ms", "rtf_p95"];

#[test]
fn a_slip_of_the_keys_is_understood() {
    assert_eq!(nearest("rationael", KEYS), Some("rationale"));
    assert_eq!(nearest("riskTier", KEYS), Some("risk_tier"));
    assert_eq!(nearest("RISK-TIER", KEYS), Some("risk_tier"));
    assert_eq!(nearest("risk tier", KEYS), Some("risk_tier"));
}

#[test]
fn the_nearest_of_several_wins() {
    assert_eq!(
        nearest("abcdeg", ["abcxyz", "abcdef", "abcdxx"]),
        Some("abcdef")
    );
}

#[test]
fn the_beginning_of_a_word_stands_for_it() {
    assert_eq!(nearest("rtf", KEYS), Some("rtf_p95"));
    assert_eq!(nearest("rationale_of_it_all", KEYS), Some("rationale"));
    assert_eq!(nearest("rt", KEYS), None, "two letters are too few");
}

#[test]
fn a_third_of_the_letters_may_differ_and_no_more() {
    assert_eq!(nearest("abcdxx", ["abcdef"]), Some("abcdef"));
    assert_eq!(nearest("axxxef", ["abcdef"]), None);
    assert_eq!(nearest("ab", ["xb"]), None);
}

#[test]
fn what_is_like_nothing_stays_unexplained() {
    assert_eq!(nearest("zebra", KEYS), None);
    assert_eq!(nearest("zebra", []), None);
}
