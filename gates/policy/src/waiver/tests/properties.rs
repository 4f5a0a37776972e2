//! What holds for every waiver.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

fn held(waiver: &Waiver, now: Timestamp) -> Vec<&'static str> {
    let rules = rules();
    let circumstances = Circumstances {
        now,
        spec: "X-001",
        rules: &rules,
        gates: None,
    };
    faults(waiver, &Signature::By(key('a')), &Ok(()), &circumstances)
        .into_iter()
        .map(|fault| fault.code)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// The end is the first moment at which it holds no more, to the nanosecond.
    #[test]
    fn a_waiver_holds_until_its_end_and_not_a_moment_longer(
        created in 0_i64..4_000_000_000,
        lasts in 1_i64..=14 * 24 * 60 * 60,
        away in prop_oneof![Just(0_i64), Just(1), Just(-1), -2_000_000_000_i64..2_000_000_000],
    ) {
        let mut waiver = waiver();
        waiver.created = Timestamp::from_second(created).unwrap();
        waiver.expires = Timestamp::from_second(created + lasts).unwrap();
        // Nanoseconds about the end, and seconds past it.
        let now = waiver.expires.checked_add(SignedDuration::from_nanos(away)).unwrap();
        let early = now < waiver.created.checked_sub(SignedDuration::from_mins(5)).unwrap();
        prop_assert_eq!(held(&waiver, now).contains(&codes::WAIVER_EXPIRED), away >= 0);
        prop_assert_eq!(held(&waiver, now).is_empty(), away < 0 && !early);
        let second_past = waiver.expires.checked_add(SignedDuration::from_secs(1)).unwrap();
        prop_assert!(held(&waiver, second_past).contains(&codes::WAIVER_EXPIRED));
    }

    #[test]
    fn no_waiver_lasts_longer_than_fourteen_days(created in 0_i64..4_000_000_000, lasts in -100_i64..100 * 24 * 60 * 60) {
        let mut waiver = waiver();
        waiver.created = Timestamp::from_second(created).unwrap();
        waiver.expires = Timestamp::from_second(created + lasts).unwrap();
        let allowed = (1..=14 * 24 * 60 * 60).contains(&lasts);
        let said = held(&waiver, waiver.created);
        prop_assert_eq!(said.contains(&codes::WAIVER_TOO_LONG), !allowed);
    }

    /// Whoever signs, it is not who asks.
    #[test]
    fn nobody_approves_their_own(owner in 0_usize..3, approver in 0_usize..3, signer in 0_usize..3, named in any::<bool>()) {
        let people = [("Anna", 'a'), ("Bert", 'b'), ("Carl", 'c')];
        let mut waiver = waiver();
        waiver.owner.name = people[owner].0.to_owned();
        waiver.owner.key = named.then(|| key(people[owner].1));
        waiver.approver = people[approver].0.to_owned();
        let rules = rules();
        let circumstances = Circumstances { now: time(NOW), spec: "X-001", rules: &rules, gates: None };
        let said = faults(&waiver, &Signature::By(key(people[signer].1)), &Ok(()), &circumstances);
        let holds = owner != approver && approver == signer && approver < 2;
        prop_assert_eq!(said.is_empty(), holds, "{:?}", said);
    }

    /// A waived gate is worth at most what it would be without the waiver, and the score is never higher.
    #[test]
    fn a_waiver_never_raises_the_score(values in proptest::collection::vec((0_u64..=20, any::<bool>()), 1..3)) {
        let (plan, records) = crate::score::tests::measured(&values);
        let mut with = plan.clone();
        with.waivers = planned(&[waiver(), Waiver { id: "WV-2".to_owned(), gate: "mutation".to_owned(), ..waiver() }]).waivers;
        let mut waived = records.clone();
        for record in &mut waived {
            waive(&with, record);
        }
        let (before, after) = (crate::trust_score(&plan, &records), crate::trust_score(&with, &waived));
        prop_assert_eq!(after.score, before.score.min(79));
        for (one, other) in before.terms.iter().zip(&after.terms) {
            prop_assert_eq!(one.worth, other.worth);
        }
    }
}
