//! What work costs: time on the clock, time of the processors, memory.

use std::ops::AddAssign;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// What was spent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// Of all threads together.
    pub(crate) processor: Duration,
    /// Most resident memory meanwhile, in bytes; `None` where the system does not say.
    pub(crate) peak: Option<u64>,
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.wall += other.wall;
        self.processor += other.processor;
        self.peak = self.peak.max(other.peak);
    }
}

/// What `work` gives, and what it cost.
pub(crate) fn measured<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    forget_peak();
    let (begun, before) = (Instant::now(), processor_time());
    let result = work();
    let cost = Cost {
        wall: begun.elapsed(),
        processor: processor_time().saturating_sub(before),
        peak: peak(),
    };
    (result, cost)
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// Linux alone says how much it was at most (proc_pid_status(5)), and forgets it when asked to.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
