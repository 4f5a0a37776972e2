use caws_spec::parse;
use caws_spec::spec::Profile;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::words::WORDS;
use crate::tier::{Subject, TierPolicy};

/// What may stand where a number or a demand belongs.
fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        (0_u32..200).prop_map(Value::from),
        (0.0..1.0_f64).prop_map(Value::from),
        prop_oneof![
            Just("required"),
            Just("optional"),
            Just("branch"),
            Just("line"),
            Just("x")
        ]
        .prop_map(Value::from),
        Just(json!([1])),
        Just(json!({})),
    ]
}

/// A tier with some of the words of all shapes.
fn tier() -> impl Strategy<Value = Value> {
    proptest::collection::vec((0..WORDS.len(), leaf()), 0..6).prop_map(|said| {
        let mut tier = json!({});
        for (index, value) in said {
            super::super::normal::put(&mut tier, WORDS[index].at, value);
        }
        tier
    })
}

fn policy() -> impl Strategy<Value = Value> {
    let keys = prop_oneof![
        Just("1"),
        Just("2"),
        Just("tier_2"),
        Just("T3"),
        Just("note")
    ];
    let containers = prop_oneof![
        Just(""),
        Just("/tiers"),
        Just("/risk_tiers"),
        Just("/policy/tiers"),
    ];
    (containers, proptest::collection::vec((keys, tier()), 1..4)).prop_map(|(container, tiers)| {
        let tiers: Map<String, Value> = tiers
            .into_iter()
            .map(|(key, tier)| (key.to_owned(), tier))
            .collect();
        let mut policy = json!({});
        if container.is_empty() {
            policy = Value::Object(tiers);
        } else {
            super::super::normal::put(&mut policy, container, Value::Object(tiers));
        }
        policy
    })
}

proptest! {
    #[test]
    fn any_policy_is_refused_with_places_or_gives_numbers_of_the_current_scale(policy in policy()) {
        let document = parse("p.json", policy.to_string().as_bytes()).expect("it parses");
        match TierPolicy::from_document(&document) {
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                prop_assert!(faults.iter().all(|fault| fault.place.is_some()));
            }
            Ok(policy) => for tier in 1..=3 {
                let rules = policy.rules(tier, Profile::BackendApi).expect("three tiers");
                for share in [&rules.min_coverage, &rules.min_mutation] {
                    prop_assert!((0.0..=1.0).contains(&share.value), "{share:?}");
                    prop_assert_eq!(share.text.parse::<f64>(), Ok(share.value));
                }
                prop_assert!(rules.max_files.is_none_or(|files| files.value >= 1.0));
                // Every number that is asked has somebody who asks it.
                let words = &rules.layers[&Subject::Coverage];
                prop_assert_eq!(&words.last().expect("a word").who, &rules.min_coverage.source);
            },
        }
    }
}
