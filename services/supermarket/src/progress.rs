//! A progress bar for long work, on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};

/// A count of things of which nobody knows how many there are; none when `quiet`.
pub fn counter(what: &'static str, quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::no_length().with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{pos} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar
}

/// A bar over `length` things; none when `quiet`. indicatif itself hides it where standard error is no terminal.
pub fn bar(length: u64, what: &'static str, quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} {elapsed} (left {eta})") {
        bar.set_style(style);
    }
    bar
}
