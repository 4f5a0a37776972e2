use std::io;
use std::path::PathBuf;

use caws_evidence::{Finding, Severity};

use super::{ConfigError, RunError};
use crate::ExitCode;

fn finding() -> Finding {
    Finding {
        code: "document-schema".to_owned(),
        severity: Severity::Error,
        message: "no".to_owned(),
        place: None,
        expected: None,
        found: None,
        help: None,
    }
}

#[test]
fn a_document_that_cannot_be_read_is_named_with_its_mend() {
    let error = ConfigError::Unreadable {
        what: "configuration",
        path: PathBuf::from(".caws.yml"),
        source: io::Error::from(io::ErrorKind::NotFound),
        help: "write one".to_owned(),
    };
    assert_eq!(
        error.to_string(),
        "cannot read configuration .caws.yml: entity not found; write one"
    );
    assert!(error.findings().is_empty());
}

#[test]
fn invalid_documents_count_their_errors() {
    let one = ConfigError::Invalid(vec![finding()]);
    assert_eq!(
        one.to_string(),
        "1 error in the project's documents; each is listed with its place"
    );
    assert_eq!(one.findings().len(), 1);
    let two = ConfigError::Invalid(vec![finding(), finding()]);
    assert_eq!(
        two.to_string(),
        "2 errors in the project's documents; each is listed with its place"
    );
}

#[test]
fn a_run_error_says_whose_fault_it_is() {
    let io =
        RunError::file("write", "a/b".as_ref())(io::Error::from(io::ErrorKind::PermissionDenied));
    assert_eq!(io.to_string(), "cannot write a/b: permission denied");
    assert_eq!(io.exit(), ExitCode::Internal);
    let json = RunError::from(serde_json::from_str::<u8>("x").unwrap_err());
    assert_eq!(json.exit(), ExitCode::Internal);
    let gate = RunError::UnknownGate {
        name: "x".to_owned(),
        known: "spec".to_owned(),
    };
    assert_eq!(gate.to_string(), "there is no gate `x`; there are: spec");
    assert_eq!(gate.exit(), ExitCode::Invalid);
    assert_eq!(RunError::Key("bad".to_owned()).exit(), ExitCode::Invalid);
    let base = RunError::Base {
        revision: "main".to_owned(),
        reason: "unknown".to_owned(),
    };
    assert_eq!(base.exit(), ExitCode::Invalid);
}
