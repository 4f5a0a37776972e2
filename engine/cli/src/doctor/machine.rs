//! The machine: what it computes with, and how much room there is.

#[cfg(test)]
mod tests;

use super::{Check, Status};
use crate::bench::machine::Machine;

/// Least free memory for a full-size model: it takes up to 800 MB.
const ROOM: u64 = 1_000_000_000;

/// Processor and memory.
pub(super) fn checks() -> Vec<Check> {
    vec![
        processor(
            &Machine::here().described(),
            std::env::consts::ARCH,
            &features(),
        ),
        memory(kokoro_speech::available_memory()),
    ]
}

/// What the runtimes make use of, where this processor has it.
#[cfg(target_arch = "x86_64")]
fn features() -> Vec<&'static str> {
    [
        ("avx2", std::arch::is_x86_feature_detected!("avx2")),
        ("fma", std::arch::is_x86_feature_detected!("fma")),
        ("avx512f", std::arch::is_x86_feature_detected!("avx512f")),
        (
            "avx512vnni",
            std::arch::is_x86_feature_detected!("avx512vnni"),
        ),
    ]
    .into_iter()
    .filter_map(|(name, there)| there.then_some(name))
    .collect()
}

#[cfg(target_arch = "aarch64")]
fn features() -> Vec<&'static str> {
    [
        ("neon", std::arch::is_aarch64_feature_detected!("neon")),
        (
            "dotprod",
            std::arch::is_aarch64_feature_detected!("dotprod"),
        ),
        ("i8mm", std::arch::is_aarch64_feature_detected!("i8mm")),
    ]
    .into_iter()
    .filter_map(|(name, there)| there.then_some(name))
    .collect()
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn features() -> Vec<&'static str> {
    Vec::new()
}

fn processor(machine: &str, arch: &str, features: &[&str]) -> Check {
    let slow = arch == "x86_64" && !(features.contains(&"avx2") && features.contains(&"fma"));
    let listed = if features.is_empty() {
        "none of the vector instructions looked for".to_owned()
    } else {
        features.join(", ")
    };
    Check {
        name: "processor".to_owned(),
        status: if slow { Status::Warn } else { Status::Ok },
        found: format!("{machine}; {listed}"),
        why: "a full-size model needs AVX2 and FMA, or NEON, to be faster than speech",
        mend: slow.then(|| "take an int8 model, a small voice, or another machine".to_owned()),
    }
}

fn memory(free: Option<u64>) -> Check {
    let (status, found) = match free {
        Some(free) if free < ROOM => (Status::Warn, format!("{} MB free", free / 1_000_000)),
        Some(free) => (Status::Ok, format!("{} MB free", free / 1_000_000)),
        None => (
            Status::Ok,
            "this system does not say how much is free".to_owned(),
        ),
    };
    Check {
        name: "memory".to_owned(),
        status,
        found,
        why: "a full-size model takes up to 800 MB while it speaks",
        mend: (status == Status::Warn).then(|| "free some, or take an int8 model".to_owned()),
    }
}
