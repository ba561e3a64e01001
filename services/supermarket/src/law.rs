//! `supermarket law`: the rule book for people, what one regime has otherwise than another, and dates that explain
//! themselves. It needs no server and no data directory.

mod book;
pub(crate) mod columns;
mod difference;
mod due;

use std::io::{self, BufReader, Write};

use clap::{Args, Subcommand};

/// What to show of the law.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Law {
    /// What to show; the whole book when absent.
    #[command(subcommand)]
    question: Option<Question>,
    /// Prints for machines.
    #[arg(long)]
    json: bool,
}

/// A question about the law.
#[derive(Subcommand)]
enum Question {
    /// Shows what is otherwise under the second regime than under the first, such as R-2024 R-2025.
    Diff {
        /// A regime's code.
        from: String,
        /// Another one's.
        to: String,
        /// Prints for machines.
        #[arg(long)]
        json: bool,
    },
    /// Shows when a period ends and why; without arguments, one answer for each `DATE PERIOD` line of standard input.
    Due {
        /// The day of the event, such as 2026-02-13, or an instant, such as 2026-02-13T10:20:00+08:00.
        #[arg(requires = "period")]
        start: Option<String>,
        /// A number and h, d, wd, m or y: hours, calendar days, working days, months, years; -3d counts back.
        #[arg(allow_hyphen_values = true)]
        period: Option<String>,
        /// Prints for machines.
        #[arg(long)]
        json: bool,
    },
}

/// Answers; whether the question could be answered. A reader that has seen enough may hang up.
pub fn run(law: &Law) -> anyhow::Result<bool> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let told = tell(law, &mut out).and_then(|well| out.flush().map(|()| well).map_err(anyhow::Error::from));
    match told {
        Err(error) if hung_up(&error) => Ok(true),
        told => told,
    }
}

fn tell(law: &Law, out: &mut impl Write) -> anyhow::Result<bool> {
    match &law.question {
        None => book::tell(law.json, out).map(|()| true),
        Some(Question::Diff { from, to, json }) => difference::tell(from, to, *json, out).map(|()| true),
        Some(Question::Due { start: Some(start), period, json }) => {
            due::one(start, period.as_deref().unwrap_or_default(), *json, out)
        }
        Some(Question::Due { start: None, json, .. }) => {
            due::lines(BufReader::new(io::stdin().lock()), *json, out).map(|()| true)
        }
    }
}

fn hung_up(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
