//! The machine that measured, as far as it decides what numbers mean.

use serde::Serialize;

/// What it is, without naming it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Machine {
    /// `linux`, `macos`.
    os: &'static str,
    /// `x86_64`, `aarch64`.
    arch: &'static str,
    /// Cores this process may use.
    cores: usize,
    /// The processor's own name; null where the system does not say.
    cpu: Option<String>,
}

impl Machine {
    /// This one.
    pub(crate) fn here() -> Self {
        Self {
            os: std::env::consts::OS,
            arch: std::env::consts::ARCH,
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            cpu: cpu(),
        }
    }

    /// The same in words.
    pub(crate) fn described(&self) -> String {
        let cpu = self.cpu.as_deref().unwrap_or("processor without a name");
        format!("{cpu}, {} cores, {} {}", self.cores, self.os, self.arch)
    }
}

#[cfg(target_os = "linux")]
fn cpu() -> Option<String> {
    model_name(&std::fs::read_to_string("/proc/cpuinfo").ok()?)
}

#[cfg(target_os = "linux")]
fn model_name(cpuinfo: &str) -> Option<String> {
    let (_, name) = cpuinfo
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim() == "model name")?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(target_os = "macos")]
fn cpu() -> Option<String> {
    let output = std::process::Command::new("sysctl")
        .args(["-n", "machdep.cpu.brand_string"])
        .output()
        .ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn cpu() -> Option<String> {
    None
}

#[cfg(test)]
mod tests;
