use super::share;

#[test]
fn glibc_takes_it_and_nobody_else_is_asked() {
    let is_glibc = cfg!(all(target_os = "linux", target_env = "gnu"));
    let is_said = std::env::var_os("MALLOC_ARENA_MAX").is_some();
    assert_eq!(share(), is_glibc && !is_said);
}
