use super::*;

#[test]
fn processor_time_is_the_sum_of_both_kinds() {
    let stat = "77 (a (b) c) S 1 77 77 0 -1 4194560 1 2 3 4 150 25 9 9 20 0 8 0 1 2 3";
    assert_eq!(cpu_seconds_of(stat), Some(1.75));
    for broken in [
        "",
        "77 (a) S 1",
        "77 (a) S 1 77 77 0 -1 4194560 1 2 3 4 150",
        "77 (a) S 1 77 77 0 -1 4 1 2 3 4 x 25",
    ] {
        assert_eq!(cpu_seconds_of(broken), None, "{broken}");
    }
    assert_eq!(cpu_seconds().is_some(), cfg!(target_os = "linux"));
}
