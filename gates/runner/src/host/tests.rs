use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::Host;
use crate::gates::testing::{script, temp};

fn vars(pairs: &[(&str, &str)]) -> BTreeMap<OsString, OsString> {
    pairs
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)))
        .collect()
}

fn has(host: &Host, name: &str) -> bool {
    host.vars.contains_key(&OsString::from(name))
}

#[test]
fn what_belongs_to_caws_or_the_calling_cargo_is_not_handed_down() {
    let host = Host::from_vars(
        vars(&[
            ("CAWS_CACHE_DIR", "/c"),
            ("CAWS_SIGNING_KEY", "pem"),
            ("CAWS_KEY_PASSPHRASE", "open sesame"),
            ("CAWS_NEW_KEY_PASSPHRASE", "close sesame"),
            ("RUSTUP_TOOLCHAIN", "stable"),
            ("CARGO_PKG_NAME", "caws"),
            ("CARGO_HOME", "/h"),
            ("PATH", "/a:/b"),
        ]),
        3,
    );
    assert_eq!(host.cache, PathBuf::from("/c"));
    assert_eq!(host.signing_key.as_deref(), Some("pem"));
    assert_eq!(host.passphrase.as_deref(), Some("open sesame"));
    assert_eq!(host.new_passphrase.as_deref(), Some("close sesame"));
    assert!(host.secrets().contains(&"close sesame".to_owned()));
    assert_eq!(host.path, [PathBuf::from("/a"), PathBuf::from("/b")]);
    assert_eq!(host.cores, 3);
    assert!(!host.may_install_system_packages);
    for gone in [
        "CAWS_CACHE_DIR",
        "CAWS_SIGNING_KEY",
        "CAWS_KEY_PASSPHRASE",
        "CAWS_NEW_KEY_PASSPHRASE",
        "RUSTUP_TOOLCHAIN",
        "CARGO_PKG_NAME",
    ] {
        assert!(!has(&host, gone), "{gone}");
    }
    assert!(has(&host, "CARGO_HOME") && has(&host, "PATH"));
}

#[test]
fn an_empty_key_is_no_key_and_there_is_always_a_core() {
    let host = Host::from_vars(vars(&[("CAWS_SIGNING_KEY", "")]), 0);
    assert_eq!(host.signing_key, None);
    assert_eq!(host.cores, 1);
    assert!(host.path.is_empty());
    assert!(host.cache.ends_with("caws") || host.cache.ends_with("caws-cache"));
}

#[test]
fn only_executable_files_are_found_the_first_one_first() {
    let (one, two) = (temp(), temp());
    std::fs::write(one.path().join("tool"), "no program").unwrap();
    let tool = script(two.path(), "tool", "exit 0");
    let mut host = Host::from_vars(BTreeMap::new(), 1);
    host.path = vec![one.path().to_owned(), two.path().to_owned()];
    assert_eq!(host.find("tool"), Some(tool));
    assert_eq!(host.find("other"), None);
    let third = PathBuf::from("/first");
    let joined = host.path_with(std::slice::from_ref(&third));
    let dirs: Vec<PathBuf> = std::env::split_paths(&joined).collect();
    assert_eq!(dirs, [third, one.path().to_owned(), two.path().to_owned()]);
}

#[test]
fn secrets_are_known_by_name_and_length_and_never_printed() {
    let mut host = Host::from_vars(
        vars(&[
            ("MY_TOKEN", "abcdefgh"),
            ("SHORT_TOKEN", "abcdefg"),
            ("HOME", "/home/person"),
        ]),
        1,
    );
    host.passphrase = Some("open sesame".to_owned());
    assert_eq!(host.secrets(), ["abcdefgh", "open sesame"]);
    let shown = format!("{host:?}");
    assert!(
        !shown.contains("abcdefgh") && !shown.contains("sesame"),
        "{shown}"
    );
    assert!(shown.contains("cores: 1"), "{shown}");
}
