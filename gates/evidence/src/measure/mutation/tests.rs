use super::*;

#[test]
fn the_score_needs_a_verdict() {
    let score = score(3, 1).unwrap();
    assert_eq!((score.name.as_str(), score.value), ("mutation_score", 0.75));
    assert_eq!(super::score(0, 2).unwrap().value, 0.0);
    assert!(matches!(
        super::score(0, 0),
        Err(MeasureError::Missing { .. })
    ));
}

#[test]
fn a_survivor_is_a_warning_with_its_place_and_mend() {
    let place = Place {
        path: "a.rs".to_owned(),
        line: Some(1),
        column: None,
    };
    let finding = survived(place.clone(), "message".to_owned());
    assert_eq!(finding.code, codes::MUTANT_SURVIVED);
    assert_eq!(
        (finding.severity, finding.place),
        (Severity::Warning, Some(place))
    );
    assert!(finding.expected.is_some() && finding.help.is_some());
}

#[test]
fn the_rest_of_many_survivors_is_one_note() {
    assert_eq!(more_survivors(50), None);
    let note = more_survivors(52).unwrap();
    assert_eq!(
        note.message,
        "2 more mutants survived; the raw report names them"
    );
    assert_eq!(note.severity, Severity::Note);
}
