//! `supermarket rules`: the rules in force that say where a case goes, and what became of them; whether a file is a sound rule
//! set; what it would have done with the last cases; and putting it in force. `check` needs no server.

mod print;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use contracts::routing::v1::rule_service_client::RuleServiceClient;
use contracts::routing::v1::{ActivateRuleSetRequest, GetRuleSetRequest, SimulateRuleSetRequest};
use ruleset::RuleSet;

use crate::arguments::Talk;
use crate::ask;
use crate::client::{Person, Thread, refused};
use crate::server::Server;

/// What to do about the rules.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Rules {
    /// What to do; shows the set in force when absent.
    #[command(subcommand)]
    pub act: Option<Act>,
    /// Which server, and how to print.
    #[command(flatten)]
    pub talk: Talk,
}

/// An act about a file of rules.
#[derive(Subcommand)]
pub enum Act {
    /// Says everything that is wrong with a rule set, each fault with its rule; exits 1 if anything is. Needs no server.
    Check {
        /// The file.
        file: PathBuf,
        /// Prints for machines.
        #[arg(long)]
        json: bool,
    },
    /// Shows what a rule set would have done with the last cases: who gains work and who loses it. Changes nothing.
    Simulate {
        /// The file.
        file: PathBuf,
        /// On so many of the last decisions, at most 100000.
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        last: u32,
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
    /// Puts a rule set in force that was simulated.
    Activate {
        /// The file.
        file: PathBuf,
        /// What the simulation printed.
        #[arg(long, value_name = "DIGEST")]
        preview: String,
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
}

/// Shows the set in force.
pub async fn show(server: &Server, json: bool) -> anyhow::Result<()> {
    let supervisor = supervisor(server).await?;
    let answer =
        ask!(supervisor, Thread::default(), RuleServiceClient::get_rule_set, GetRuleSetRequest::default());
    print::set(&answer.map_err(|s| refused(&s))?, json)
}

/// Whether a file is a sound set, with what is wrong printed.
pub fn check(file: &Path, json: bool) -> anyhow::Result<bool> {
    let read = RuleSet::read(&text(file)?);
    print::checked(&read, json)?;
    Ok(read.is_ok())
}

/// Shows what a file would have done.
pub async fn simulate(server: &Server, file: &Path, last: u32, json: bool) -> anyhow::Result<()> {
    let last_count = i32::try_from(last).context("--last is at most 100000")?;
    let message = SimulateRuleSetRequest { text: text(file)?, last_count, page_size: 0 };
    let supervisor = supervisor(server).await?;
    let told = ask!(supervisor, Thread::default(), RuleServiceClient::simulate_rule_set, message);
    print::simulation(&told.map_err(|s| refused(&s))?, json)
}

/// Puts a file in force.
pub async fn activate(server: &Server, file: &Path, preview: &str, json: bool) -> anyhow::Result<()> {
    let message = ActivateRuleSetRequest { text: text(file)?, preview_digest: preview.to_owned() };
    let supervisor = supervisor(server).await?;
    let put = ask!(supervisor, Thread::default(), RuleServiceClient::activate_rule_set, message);
    print::activation(&put.map_err(|s| refused(&s))?, json);
    Ok(())
}

fn text(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

async fn supervisor(server: &Server) -> anyhow::Result<Person> {
    Person::operator(server, "supervisor-1").await
}
