//! Any text: what parses is left alone, and what is mended parses as far as is said.
#![no_main]

use caws_spec::fix::diagnose;
use caws_spec::{fix, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let first = parse("f.yaml", text.as_bytes()).err();
    match (fix("f.yaml", text), first) {
        (fixed, None) => assert_eq!(fixed, None, "it parses"),
        (None, Some(first)) => {
            assert_eq!(diagnose("f.yaml", text, first.clone()), (first, None));
        }
        (Some(fixed), Some(first)) => {
            let after = parse("f.yaml", fixed.text.as_bytes()).err();
            assert_eq!(after.unwrap_or_default(), fixed.rest);
            assert_eq!(
                fix("f.yaml", &fixed.text),
                None,
                "it is mended once for all"
            );
            let (findings, mended) = diagnose("f.yaml", text, first);
            assert!(!findings.is_empty());
            assert!(mended.is_none() || fixed.rest.is_empty());
        }
    }
});
