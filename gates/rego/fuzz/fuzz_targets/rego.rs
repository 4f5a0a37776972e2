//! Any policy: compiled and asked, or refused with faults; the same answer each time.
#![no_main]

use caws_rego::{Policies, Source, evaluate};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|text: &str| {
    let source = [Source::new("p.rego", text)];
    let data = json!({"limits": {"most": 3}, "names": ["a", "b"]});
    let policies = match Policies::compile(&source, &data, None) {
        Ok(policies) => policies,
        Err(faults) => {
            assert!(!faults.is_empty());
            assert!(faults.iter().all(|fault| !fault.message.is_empty()));
            return;
        }
    };
    assert!(!policies.rules().is_empty(), "a policy decides something");
    let input = json!({"a": 1, "list": [1, 2, 3], "deep": {"text": "x y z", "none": null}});
    let first = evaluate(&policies, &input);
    if let Err(faults) = &first {
        assert!(!faults.is_empty());
    }
    assert_eq!(evaluate(&policies, &input).ok(), first.ok());
});
