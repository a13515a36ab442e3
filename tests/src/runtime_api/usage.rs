//! What a running process has used so far, as Linux counts it.

use std::{
    fs, io,
    ops::Sub,
    path::{Path, PathBuf},
    time::Duration,
};

/// A process's use of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Time on a CPU, of all its threads.
    pub cpu: Duration,
    /// The most memory that it held at a time, in bytes.
    pub peak_rss: u64,
}

impl Usage {
    /// Of the process with this id.
    pub(super) fn of(process: u32) -> io::Result<Self> {
        let folder = PathBuf::from(format!("/proc/{process}"));
        let peak_rss = peak_rss(&fs::read_to_string(folder.join("status"))?).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self { cpu: cpu(&folder)?, peak_rss })
    }

    /// Time on a CPU of the thread that asks.
    ///
    /// # Errors
    /// This isn't Linux.
    pub fn cpu_of_this_thread() -> io::Result<Duration> {
        let schedstat = fs::read_to_string("/proc/thread-self/schedstat")?;
        time_on_cpu(&schedstat).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

impl Sub for Usage {
    type Output = Duration;

    /// The time on a CPU between two moments.
    fn sub(self, earlier: Self) -> Duration {
        self.cpu.saturating_sub(earlier.cpu)
    }
}

/// In nanoseconds, while `stat` counts in hundredths of a second. A thread that has ended is no longer counted; the
/// functions' threads live as long as their process.
fn cpu(folder: &Path) -> io::Result<Duration> {
    let mut sum = Duration::ZERO;
    for thread in fs::read_dir(folder.join("task"))? {
        match fs::read_to_string(thread?.path().join("schedstat")) {
            Ok(text) => sum += time_on_cpu(&text).ok_or(io::ErrorKind::InvalidData)?,
            Err(ended) if ended.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sum)
}

/// The first number of `schedstat`; the others are its time in the queue, and its turns.
fn time_on_cpu(schedstat: &str) -> Option<Duration> {
    schedstat.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// From the line `VmHWM:      9876 kB` of `status`.
fn peak_rss(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_on_a_cpu_is_in_nanoseconds() {
        assert_eq!(time_on_cpu("1025450 89622 3\n"), Some(Duration::from_nanos(1_025_450)));
        assert_eq!(time_on_cpu(""), None);
    }

    #[test]
    fn the_peak_is_in_kibibytes() {
        let status = "Name:\thealth\nVmPeak:\t   12000 kB\nVmHWM:\t    9876 kB\nVmRSS:\t    5000 kB\n";
        assert_eq!(peak_rss(status), Some(9876 * 1024));
        assert_eq!(peak_rss("Name:\tzombie\n"), None);
    }
}
