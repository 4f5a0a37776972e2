use caws_runner::ExitCode;

use super::{Status, guard};

#[test]
fn a_panic_is_an_internal_error() {
    assert_eq!(guard(|| panic!("a defect")), ExitCode::Internal.into());
    assert_eq!(guard(|| Status(77)), Status(77));
}
