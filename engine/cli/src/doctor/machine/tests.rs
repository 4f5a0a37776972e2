use super::*;

#[test]
fn this_machine_is_described() {
    let checks = checks();
    let names: Vec<&str> = checks.iter().map(|check| check.name.as_str()).collect();
    assert_eq!(names, ["processor", "memory"]);
    assert!(
        checks[0]
            .found
            .contains(&format!(" cores, {} ", std::env::consts::OS)),
        "{}",
        checks[0].found
    );
}

#[test]
fn old_processors_are_slow() {
    let cases: [(&str, &[&str], Status); 6] = [
        ("x86_64", &["avx2", "fma"], Status::Ok),
        ("x86_64", &["avx2"], Status::Warn),
        ("x86_64", &["fma"], Status::Warn),
        ("x86_64", &[], Status::Warn),
        ("aarch64", &["neon"], Status::Ok),
        ("riscv64", &[], Status::Ok),
    ];
    for (arch, features, expected) in cases {
        let check = processor("m", arch, features);
        assert_eq!(check.status, expected, "{arch} {features:?}");
        assert_eq!(check.mend.is_some(), expected == Status::Warn);
    }
    assert_eq!(
        processor("m", "x86_64", &["avx2", "fma"]).found,
        "m; avx2, fma"
    );
    assert!(
        processor("m", "riscv64", &[])
            .found
            .starts_with("m; none of ")
    );
}

#[test]
fn little_memory_is_said() {
    let check = memory(Some(999_999_999));
    assert_eq!(
        (check.status, check.found.as_str()),
        (Status::Warn, "999 MB free")
    );
    assert!(check.mend.is_some());
    let check = memory(Some(1_000_000_000));
    assert_eq!((check.status, check.mend), (Status::Ok, None));
    assert_eq!(memory(None).status, Status::Ok);
}
