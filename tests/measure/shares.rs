//! Which process takes how much of the machine: what the kernel has counted, between two looks.

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

/// Linux counts in hundredths of a second.
const TICKS: f64 = 100.0;

/// Processes under the name that is printed, each with those of its children that have no name of their own.
pub struct Shares {
    processes: Vec<(&'static str, u32)>,
    begun: Instant,
    before: BTreeMap<&'static str, u64>,
}

impl Shares {
    /// Begins to count.
    pub fn begin(processes: Vec<(&'static str, u32)>) -> Self {
        let before = count(&processes);
        Self { processes, begun: Instant::now(), before }
    }

    /// In per cent of one core, since the beginning: the largest first.
    pub fn so_far(&self) -> Vec<(&'static str, f64)> {
        let seconds = self.begun.elapsed().as_secs_f64();
        let mut shares: Vec<(&'static str, f64)> = count(&self.processes)
            .into_iter()
            .map(|(name, ticks)| {
                (name, ticks.saturating_sub(self.before[name]) as f64 / TICKS / seconds * 100.0)
            })
            .collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares
    }

    /// Milliseconds of processor time that all of them have taken together, since the beginning.
    pub fn taken(&self) -> f64 {
        self.so_far().into_iter().map(|(_, share)| share).sum::<f64>()
            * self.begun.elapsed().as_secs_f64()
            * 10.0
    }

    /// As text.
    pub fn told(&self) -> String {
        let all: Vec<String> =
            self.so_far().into_iter().map(|(name, share)| format!("{name} {share:.0}")).collect();
        all.join(", ")
    }
}

fn count(processes: &[(&'static str, u32)]) -> BTreeMap<&'static str, u64> {
    let mut all = BTreeMap::new();
    let stats: Vec<(u32, u32, u64)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(stat)
        .collect();
    let named = |pid: u32| processes.iter().any(|(_, one)| *one == pid);
    for (name, pid) in processes {
        let own = stats.iter().filter(|(one, parent, _)| one == pid || (parent == pid && !named(*one)));
        *all.entry(*name).or_default() += own.map(|(.., ticks)| ticks).sum::<u64>();
    }
    all
}

/// A process, its parent, and the time that it and its ended children took.
fn stat(pid: u32) -> Option<(u32, u32, u64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may hold anything.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
    let ticks = (11..15).map(number).sum::<Option<u64>>()?;
    Some((pid, number(1)? as u32, ticks))
}
