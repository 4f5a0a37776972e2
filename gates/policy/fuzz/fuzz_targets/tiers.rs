//! Any tier policy: what it asks of each tier and profile, or findings with their places.
#![no_main]

use caws_policy::TierPolicy;
use caws_spec::parse;
use caws_spec::spec::Profile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for path in ["tier-policy.json", "policy.yaml"] {
        let Ok(document) = parse(path, bytes) else {
            continue;
        };
        match TierPolicy::from_document(&document) {
            Ok(policy) => {
                for tier in 1..=3 {
                    for profile in ["web-ui", "backend-api", "library", "cli"] {
                        let profile = Profile::parse(profile).expect("it is one");
                        let rules = policy.rules(tier, profile).expect("each tier has rules");
                        assert!((0.0..=1.0).contains(&rules.min_coverage.value));
                        assert!((0.0..=1.0).contains(&rules.min_mutation.value));
                        assert!(rules.trust_threshold <= 100);
                    }
                }
                assert!(policy.rules(4, Profile::Library).is_none());
            }
            Err(findings) => {
                assert!(!findings.is_empty());
                assert!(findings.iter().all(|finding| finding.place.is_some()));
            }
        }
    }
});
