use super::*;

#[test]
fn this_machine_has_cores_and_a_system() {
    let machine = Machine::here();
    assert!(machine.cores >= 1);
    assert_eq!(
        (machine.os, machine.arch),
        (std::env::consts::OS, std::env::consts::ARCH)
    );
    assert_eq!(machine.cpu, cpu());
}

#[cfg(target_os = "linux")]
#[test]
fn the_processors_name_is_read() {
    let name = |text| model_name(text);
    assert_eq!(
        name("processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\nmodel name : other"),
        Some("Some CPU @ 3 GHz".to_owned())
    );
    assert_eq!(name("model name\t: \n"), None);
    assert_eq!(name("processor\t: 0\nno colon"), None);
}

#[cfg(target_os = "linux")]
#[test]
fn the_name_comes_from_the_system() {
    let found = std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| model_name(&text));
    assert_eq!(cpu(), found);
}
