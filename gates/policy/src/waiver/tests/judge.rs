use super::*;

type Change = fn(&mut Waiver);

const GATES: [&str; 3] = ["coverage", "static", "spec"];

fn circumstances(rules: &WaiverRules) -> Circumstances<'_> {
    Circumstances {
        now: time(NOW),
        spec: "X-001",
        rules,
        gates: Some(&GATES),
    }
}

fn said(
    waiver: &Waiver,
    signature: &Signature,
    range: Result<(), String>,
) -> Vec<(&'static str, &'static str)> {
    let rules = rules();
    faults(waiver, signature, &range, &circumstances(&rules))
        .into_iter()
        .map(|fault| (fault.code, fault.field))
        .collect()
}

fn by(letter: char) -> Signature {
    Signature::By(key(letter))
}

#[test]
fn each_fault_is_found_at_its_field() {
    let ok = || Ok(());
    assert_eq!(said(&waiver(), &by('a'), ok()), []);
    let changed = |change: Change| {
        let mut waiver = waiver();
        change(&mut waiver);
        said(&waiver, &by('a'), ok())
    };
    let cases: [(Change, (&str, &str)); 12] = [
        (
            |w| w.expires = time(NOW),
            (codes::WAIVER_EXPIRED, "/expires"),
        ),
        (
            |w| w.expires = time("2026-11-28T12:00:01Z"),
            (codes::WAIVER_TOO_LONG, "/expires"),
        ),
        (
            |w| w.created = time("2026-11-28T12:00:00Z"),
            (codes::WAIVER_NOT_YET_VALID, "/created"),
        ),
        (
            |w| w.gate = "spec".to_owned(),
            (codes::WAIVER_NOT_ALLOWED, "/gate"),
        ),
        (
            |w| w.gate = "integrity".to_owned(),
            (codes::WAIVER_NOT_ALLOWED, "/gate"),
        ),
        (
            |w| w.gate = "static".to_owned(),
            (codes::WAIVER_NOT_ALLOWED, "/gate"),
        ),
        (
            |w| w.gate = "covrage".to_owned(),
            (codes::WAIVER_GATE_UNKNOWN, "/gate"),
        ),
        (
            |w| w.owner.name = " @anna ".to_owned(),
            (codes::WAIVER_SELF_APPROVED, "/approver"),
        ),
        (
            |w| w.owner.key = Some(key('a')),
            (codes::WAIVER_SELF_APPROVED, "/approver"),
        ),
        (
            |w| w.approver = "Carl".to_owned(),
            (codes::WAIVER_SIGNATURE, "/approver"),
        ),
        (
            |w| w.approver = "Bert".to_owned(),
            (codes::WAIVER_SIGNATURE, "/approver"),
        ),
        (
            |w| w.scope.spec = "Y-001".to_owned(),
            (codes::WAIVER_OUT_OF_RANGE, "/scope/spec"),
        ),
    ];
    for (change, expected) in cases {
        let found = changed(change);
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
        let first: Vec<_> = found.iter().filter(|one| **one != expected).collect();
        // A waiver asked for in the future also ends at once.
        let more = usize::from(expected.0 == codes::WAIVER_NOT_YET_VALID);
        assert_eq!(first.len(), more, "{found:?}");
    }
    let outside = Err("commit c0ffee".to_owned());
    let expected = [(codes::WAIVER_OUT_OF_RANGE, "/commits")];
    assert_eq!(said(&waiver(), &by('a'), outside), expected);
}

#[test]
fn a_signature_counts_only_by_the_key_of_the_approver_it_names() {
    let wrong = [(codes::WAIVER_SIGNATURE, "/approver")];
    for signature in [
        Signature::Missing,
        Signature::Broken("of something else".to_owned()),
        by('b'),
        by('c'),
    ] {
        assert_eq!(said(&waiver(), &signature, Ok(())), wrong, "{signature:?}");
    }
    let nobody = WaiverRules::default();
    let faults = faults(&waiver(), &by('a'), &Ok(()), &circumstances(&nobody));
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].code, codes::WAIVER_SIGNATURE);
    assert!(faults[0].expected.contains("names none"));
}

#[test]
fn a_key_is_one_hand_under_two_names() {
    let mut rules = rules();
    rules.approvers.push(Approver {
        name: "Olga".to_owned(),
        key: key('a'),
    });
    let faults = faults(&waiver(), &by('a'), &Ok(()), &circumstances(&rules));
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].code, codes::WAIVER_SELF_APPROVED);
    assert!(faults[0].found.contains("Olga"));
}

#[test]
fn rules_can_allow_less_and_never_more() {
    let lasts = |days: u32, rule: u32| {
        let rules = WaiverRules {
            max_days: rule,
            ..rules()
        };
        let mut waiver = waiver();
        waiver.expires = waiver
            .created
            .checked_add(jiff::SignedDuration::from_hours(24 * i64::from(days)))
            .unwrap();
        let circumstances = Circumstances {
            now: waiver.created,
            ..circumstances(&rules)
        };
        faults(&waiver, &by('a'), &Ok(()), &circumstances).is_empty()
    };
    assert!(lasts(14, 14) && !lasts(15, 14));
    assert!(lasts(7, 7) && !lasts(8, 7));
    assert!(!lasts(15, 400) && !lasts(1, 0));
    let most = |max_active| {
        let rules = WaiverRules {
            max_active,
            ..rules()
        };
        (0..4)
            .take_while(|count| too_many(*count, &rules).is_none())
            .count()
    };
    assert_eq!([most(0), most(1), most(2), most(9)], [1, 2, 3, 3]);
}

#[test]
fn an_unknown_gate_is_not_said_where_nobody_knows_the_gates() {
    let rules = rules();
    let circumstances = Circumstances {
        gates: None,
        ..circumstances(&rules)
    };
    let other = Waiver {
        gate: "of-a-plugin".to_owned(),
        ..waiver()
    };
    assert_eq!(faults(&other, &by('a'), &Ok(()), &circumstances), []);
}

#[test]
fn names_are_one_persons_whatever_their_case() {
    for (one, other, same) in [
        ("@Olga", "olga", true),
        ("Olga  Petrova", " olga petrova", true),
        ("Olga", "Olga P.", false),
        ("", "@", true),
    ] {
        assert_eq!(same_person(one, other), same, "{one:?} {other:?}");
    }
}
