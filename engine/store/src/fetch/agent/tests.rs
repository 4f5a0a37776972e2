use super::*;
use crate::testing::{hasty, said};

/// A certificate that nobody uses.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBiTCCAS+gAwIBAgIUGNxAGfbUmiAXJZcHEHc4jQP0mn4wCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwObm9ib2R5LmludmFsaWQwIBcNMjYxMTIxMTYwOTM2WhgPMjEy
NjEwMjgxNjA5MzZaMBkxFzAVBgNVBAMMDm5vYm9keS5pbnZhbGlkMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE5u4ThxDhriswZ/7D0ll8QtnIgEXzGIJ+Rz64V754
uSCcDP6z+KUL0D8jtWwT2sbyhrVvLUgl+x92nNNOSSeFKKNTMFEwHQYDVR0OBBYE
FJJ+LjUXrhMeGKSeI8GdA3eLgqg+MB8GA1UdIwQYMBaAFJJ+LjUXrhMeGKSeI8Gd
A3eLgqg+MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgF5iTd9oX
BQGXaGMMyMSR2mOd3Sb7wdjGQ59LeeJ8NF0CIQCUTLAIzDUtFiHF80wuJciH++rv
XzcPkn15uYxBRmdltw==
-----END CERTIFICATE-----
";

#[test]
fn from_https_nothing_less_is_asked() {
    let agent = |url| agent(url, &hasty(), None).unwrap();
    assert!(agent("https://a.invalid/f").config().https_only());
    assert!(!agent("http://a.invalid/f").config().https_only());
}

#[test]
fn the_users_certificates_replace_the_built_in_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roots.pem");
    let of = |text: &str| {
        std::fs::write(&path, text).unwrap();
        agent("https://a.invalid", &hasty(), Some(path.clone().into()))
    };
    let trusted = of(&format!("{CERTIFICATE}{CERTIFICATE}")).unwrap();
    assert!(
        matches!(trusted.config().tls_config().root_certs(), RootCerts::Specific(list) if list.len() == 2)
    );
    let built_in = agent("https://a.invalid", &hasty(), Some(OsString::new())).unwrap();
    assert!(matches!(
        built_in.config().tls_config().root_certs(),
        RootCerts::WebPki
    ));
    assert!(said(of("nothing")).ends_with("roots.pem: it holds none"));
    assert!(said(of("-----BEGIN CERTIFICATE-----\n!\n")).contains("expected certificates (PEM)"));
    std::fs::remove_file(&path).unwrap();
    let gone = said(agent("https://a.invalid", &hasty(), Some(path.into())));
    assert!(gone.starts_with("cannot read "), "{gone}");
}

#[test]
fn only_what_may_mend_itself_is_tried_again() {
    let again = |error: &ureq::Error| match unreachable("http://a.invalid/f", error) {
        Broken::Again(error) => (true, error.to_string()),
        Broken::Final(error) => (false, error.to_string()),
    };
    let (tried, text) = again(&ureq::Error::HostNotFound);
    assert!(!tried && text.contains("there is no such host, or no network"));
    assert!(text.starts_with("cannot reach http://a.invalid/f: ") && text.contains("--from PATH"));
    assert!(!again(&ureq::Error::TooManyRedirects).0);
    assert!(!again(&ureq::Error::Tls("bad certificate")).0);
    assert!(again(&ureq::Error::ConnectionFailed).0);
    assert!(again(&ureq::Error::Timeout(ureq::Timeout::Connect)).0);
    assert!(again(&ureq::Error::Io(std::io::Error::other("reset"))).0);
}
