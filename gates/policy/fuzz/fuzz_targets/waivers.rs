//! Any waivers, of every published shape: read, drafted anew, or findings with their places.
#![no_main]

use caws_policy::waiver::{draft, entry_text, read, read_old};
use caws_spec::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = parse("waivers.yaml", bytes) else {
        return;
    };
    for old in read_old(document.value()).unwrap_or_default() {
        let text = format!("waivers:\n{}", draft(&old));
        assert!(parse("waivers.yaml", text.as_bytes()).is_ok(), "{text}");
    }
    match read(&document) {
        Ok(list) => {
            for entry in &list.entries {
                let text = format!("waivers:\n{}", entry_text(&entry.waiver));
                assert!(parse("waivers.yaml", text.as_bytes()).is_ok(), "{text}");
            }
        }
        Err(findings) => {
            assert!(!findings.is_empty());
            assert!(findings.iter().all(|finding| finding.place.is_some()));
        }
    }
});
