use std::collections::BTreeMap;

use super::Mask;
use crate::host::Host;

#[test]
fn the_longest_secret_goes_first_and_each_is_counted() {
    let mut host = Host::from_vars(BTreeMap::new(), 1);
    host.vars.insert("A_TOKEN".into(), "abcdefgh".into());
    host.vars
        .insert("B_TOKEN".into(), "abcdefgh-and-more".into());
    host.vars.insert("C_TOKEN".into(), "abcdefgh".into());
    let mut mask = Mask::of(&host);
    assert_eq!(
        mask.text("abcdefgh-and-more abcdefgh abcdefg"),
        "*** *** abcdefg"
    );
    assert_eq!(mask.text("nothing"), "nothing");
    assert_eq!(mask.count(), 2);
}

#[test]
fn every_line_of_a_key_is_a_secret_its_frame_is_not() {
    let mut host = Host::from_vars(BTreeMap::new(), 1);
    host.signing_key = Some(
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAw\nBQYDK2Vw\n-----END PRIVATE KEY-----\n".to_owned(),
    );
    let mut mask = Mask::of(&host);
    assert_eq!(mask.text("BQYDK2Vw"), "***");
    assert_eq!(
        mask.text("-----BEGIN PRIVATE KEY-----"),
        "-----BEGIN PRIVATE KEY-----"
    );
    assert_eq!(mask.count(), 1);
}
