//! What the machine has room for.

#[cfg(test)]
mod tests;

use std::fs;

use crate::provider::Footprint;

/// Share of the free memory that runs may take.
const SHARE: u64 = 2;

/// Runs that fit, at least one.
pub(super) fn room(cores: usize, memory: Option<u64>, footprint: Footprint) -> usize {
    let by_cores = cores / footprint.threads.max(1);
    let by_memory = memory.map_or(usize::MAX, |free| {
        usize::try_from(free / SHARE / footprint.memory.max(1)).unwrap_or(usize::MAX)
    });
    by_cores.min(by_memory).max(1)
}

pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Bytes that can still be used, as the kernel says; none on systems that do not say it in this way.
#[must_use]
pub fn available_memory() -> Option<u64> {
    let of_machine = fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| available(&text));
    let of_container = fs::read_to_string("/sys/fs/cgroup/memory.max")
        .ok()
        .zip(fs::read_to_string("/sys/fs/cgroup/memory.current").ok())
        .and_then(|(most, used)| left(&most, &used));
    match (of_machine, of_container) {
        (Some(machine), Some(container)) => Some(machine.min(container)),
        (machine, container) => machine.or(container),
    }
}

/// `MemAvailable:   12345 kB` in bytes.
fn available(meminfo: &str) -> Option<u64> {
    meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))
        .and_then(|rest| rest.trim().strip_suffix("kB"))
        .and_then(|kilobytes| kilobytes.trim().parse::<u64>().ok())
        .map(|kilobytes| kilobytes.saturating_mul(1024))
}

/// What a container's limit leaves; none where there is no limit.
fn left(most: &str, used: &str) -> Option<u64> {
    let most: u64 = most.trim().parse().ok()?;
    let used: u64 = used.trim().parse().ok()?;
    Some(most.saturating_sub(used))
}
