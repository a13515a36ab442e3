//! Chance, and death.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

use super::unique;

/// Chance that can be repeated: a failing test prints the number to start from.
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new() -> Self {
        let seed = unique().parse().unwrap();
        eprintln!("the dice start from {seed}");
        Self(seed)
    }

    /// A number from 1 to `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        // xorshift64: Marsaglia, "Xorshift RNGs", 2003.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize + 1
    }

    /// The same items in another order.
    pub(crate) fn shuffled<T>(&mut self, mut items: Vec<T>) -> Vec<T> {
        for last in (1..items.len()).rev() {
            items.swap(last, self.roll(last + 1) - 1);
        }
        items
    }
}

/// Kills one sandbox of a deployed function of the stack with this AWS endpoint; `None` while there is none.
pub(crate) fn kill_one(function: &str, endpoint: &str) -> Option<()> {
    let marks = [format!("AWS_LAMBDA_FUNCTION_NAME={function}"), format!("AWS_ENDPOINT_URL={endpoint}")];
    let process = fs::read_dir("/proc").unwrap().find_map(|entry| {
        let path = entry.ok()?.path();
        let id: i32 = path.file_name()?.to_str()?.parse().ok()?;
        let program = fs::read_link(path.join("exe")).ok()?;
        let environment = String::from_utf8(fs::read(path.join("environ")).ok()?).ok()?;
        let is_marked = |mark: &String| environment.split('\0').any(|variable| variable == mark);
        (program.ends_with("bootstrap") && marks.iter().all(is_marked)).then_some(id)
    })?;
    kill_process(Pid::from_raw(process)?, Signal::KILL).ok()
}
