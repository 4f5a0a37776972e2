use caws_runner::ExitCode;

use super::guard;

#[test]
fn a_panic_is_an_internal_error() {
    assert_eq!(guard(|| panic!("a defect")), ExitCode::Internal);
    assert_eq!(guard(|| ExitCode::NotMeasured), ExitCode::NotMeasured);
}
