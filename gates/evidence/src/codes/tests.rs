use std::collections::BTreeSet;

use super::*;

#[test]
fn codes_are_unique_and_kebab_case() {
    assert_eq!(ALL.iter().collect::<BTreeSet<_>>().len(), ALL.len());
    for code in ALL {
        let kebab = code
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()));
        assert!(kebab, "{code}");
    }
    assert!(ALL.contains(&MUTANT_SURVIVED));
}
