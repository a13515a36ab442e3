//! The machine that the figures come from: without it they say little.

use std::{
    fmt::{Display, Formatter},
    fs,
    num::NonZero,
    thread::available_parallelism,
};

use anyhow::{Context, Result};

/// Facts about this machine.
#[derive(Debug)]
pub(super) struct Machine {
    cores: usize,
    cpu: String,
    kernel: String,
    load: String,
}

impl Machine {
    /// Looks at it now.
    pub(super) fn look() -> Result<Self> {
        let read =
            |path| fs::read_to_string(path).with_context(|| format!("{path} is needed: only Linux tells enough"));
        Ok(Self {
            cores: available_parallelism().map_or(1, NonZero::get),
            cpu: cpu_model(&read("/proc/cpuinfo")?).unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            kernel: read("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            load: read("/proc/loadavg")?.split_whitespace().take(3).collect::<Vec<_>>().join(" "),
        })
    }
}

/// Not every architecture names it.
fn cpu_model(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

impl Display for Machine {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self { cores, cpu, kernel, load } = self;
        write!(f, "{cores} cores, {cpu}, Linux {kernel}, load average before {load}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_model_is_taken() {
        let cpuinfo = "processor\t: 0\nmodel name\t: Some CPU @ 3.0GHz\n\nprocessor\t: 1\nmodel name\t: Other\n";
        assert_eq!(cpu_model(cpuinfo).as_deref(), Some("Some CPU @ 3.0GHz"));
        assert_eq!(cpu_model("BogoMIPS: 50\n"), None);
    }
}
