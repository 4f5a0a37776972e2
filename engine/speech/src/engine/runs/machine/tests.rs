use super::*;

const GIB: u64 = 1 << 30;

fn footprint(threads: usize, memory: u64) -> Footprint {
    Footprint { threads, memory }
}

#[test]
fn runs_fill_the_cores_and_no_more() {
    for (cores, threads, expected) in [
        (1, 1, 1),
        (2, 1, 2),
        (8, 1, 8),
        (8, 3, 2),
        (8, 4, 2),
        (2, 4, 1),
        (0, 1, 1),
        (4, 0, 4),
    ] {
        assert_eq!(
            room(cores, None, footprint(threads, GIB)),
            expected,
            "{cores} cores, {threads} threads"
        );
    }
}

#[test]
fn runs_take_half_the_free_memory_at_most() {
    for (free, each, expected) in [
        (8 * GIB, GIB, 4),
        (8 * GIB - 1, GIB, 3),
        (2 * GIB, GIB, 1),
        (GIB, GIB, 1),
        (0, GIB, 1),
        (100 * GIB, GIB, 16),
        (100 * GIB, 0, 16),
    ] {
        assert_eq!(room(16, Some(free), footprint(1, each)), expected, "{free}");
    }
}

#[test]
fn the_kernels_figures_are_read() {
    let text =
        "MemTotal:       24000000 kB\nMemFree: 1 kB\nMemAvailable:   12345 kB\nBuffers: 7 kB\n";
    assert_eq!(available(text), Some(12_345 * 1024));
    for text in [
        "",
        "MemTotal: 5 kB\n",
        "MemAvailable: many kB",
        "MemAvailable: 5 MB",
        "MemAvailable: -5 kB",
    ] {
        assert_eq!(available(text), None, "{text}");
    }
}

#[test]
fn a_containers_limit_counts_where_there_is_one() {
    assert_eq!(left("1000\n", "300\n"), Some(700));
    assert_eq!(left("300\n", "1000\n"), Some(0));
    assert_eq!(left("max\n", "300\n"), None);
    assert_eq!(left("1000\n", "\n"), None);
}

#[test]
fn this_machine_has_a_core_and_on_linux_memory() {
    assert!(cores() >= 1);
    assert_eq!(
        available_memory().is_some(),
        cfg!(target_os = "linux"),
        "{:?}",
        available_memory()
    );
}
