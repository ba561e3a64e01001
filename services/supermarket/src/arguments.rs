//! The command line, as clap reads it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// 调解超市 · A mediation supermarket: one window for every dispute.
#[derive(Parser)]
#[command(version, about, propagate_version = true)]
pub struct Arguments {
    /// A settings file; every key and its default is printed by --check.
    #[arg(long, global = true, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// Where the databases, the key file and the accounts live.
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Prints the effective settings, secrets masked, and stops.
    #[arg(long, global = true)]
    pub check: bool,
    /// What to do; `serve` when absent.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Which server, and how to print.
#[derive(Args, Clone)]
pub struct Talk {
    /// The server's host:port. Without it: the server that runs on the data directory, or one of its own.
    #[arg(long, value_name = "ADDRESS")]
    pub server: Option<String>,
    /// Prints for machines.
    #[arg(long)]
    pub json: bool,
}

/// What `--only` may name.
const SERVICES: [&str; 6] = ["intake", "routing", "mediation", "transfer", "oversight", "reception"];

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Runs the whole town in this process, or in a cluster some of its services.
    Serve {
        /// Where to listen, host:port.
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<std::net::SocketAddr>,
        /// In a cluster: runs only these, separated by commas.
        #[arg(long, value_name = "SERVICE", value_delimiter = ',', value_parser = SERVICES)]
        only: Vec<String>,
    },
    /// In a cluster, once: makes the key file, the demo accounts and the example town's directory where they are missing.
    Seed,
    /// Files the disputes of a JSON-lines file, one `{id, text, …}` a line; the README names the keys.
    Import {
        /// The file.
        file: PathBuf,
        /// Who files.
        #[arg(long, default_value = "clerk-1")]
        account: String,
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
    /// Plays clerk, mediators and courts until every case has ended.
    Demo {
        /// A JSON-lines file; 30 invented disputes when absent.
        #[arg(long, value_name = "FILE")]
        input: Option<PathBuf>,
        /// How many cases; the file is repeated.
        #[arg(long, value_name = "N")]
        cases: Option<usize>,
        /// Cases begun a second, such as 20 or 20/s.
        #[arg(long, value_name = "P/s", value_parser = pace)]
        pace: Option<f64>,
        /// Decides invented parties and the course of each case.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// This court is not played: its filings wait for a client of its own. May be given more than once.
        #[arg(long, value_name = "ACCOUNT")]
        without_court: Vec<String>,
        /// Starts a cluster for it: so many replicas of each service, and a door. Needs database.url and JetStream.
        #[arg(long, value_name = "REPLICAS", num_args = 0..=1, default_missing_value = "2", conflicts_with = "server",
              value_parser = clap::value_parser!(u8).range(1..=8))]
        cluster: Option<u8>,
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
    /// Is a court: follows its inbox, prints, gives receipts, files.
    Court {
        /// The court's account.
        #[arg(long, default_value = "court-2071")]
        account: String,
        /// Refuses one filing in so many; 0 refuses none.
        #[arg(long, default_value_t = 0, value_name = "N")]
        refuse_one_in: u64,
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
    /// Shows what is open, where, and what is overdue.
    Status {
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
    /// Shows the deadlines of a case that are waited for, each with all that decided its day.
    Deadline {
        /// The case's id.
        case: String,
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
    /// Proves that everything recorded was delivered and took effect, and that every open noun has a holder and a clock;
    /// exits 1 if not.
    Verify {
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
    /// Tells what the words of each row of a JSON-lines file, `{id, text, subject?}`, point to; needs no server.
    Suggest {
        /// The file.
        file: PathBuf,
        /// A model made by `train`; the shipped one when absent.
        #[arg(long, value_name = "M")]
        model: Option<PathBuf>,
        /// Prints for machines.
        #[arg(long)]
        json: bool,
    },
    /// Makes a model for `suggest` from rows `{text, label, labels_ok?, …}` or `{text, cause_code or cause_name, …}`.
    Train {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Uses only rows whose `source` is this; may be given again.
        #[arg(long, value_name = "NAME")]
        source: Vec<String>,
        /// The model to write; it may not be there yet.
        #[arg(long, value_name = "M")]
        out: PathBuf,
        /// Replaces the model that is there.
        #[arg(long)]
        force: bool,
        /// Prints for machines.
        #[arg(long)]
        json: bool,
    },
    /// Writes what clerks corrected of suggestions to a new file, as rows for `train`. Personal data: leaves an audit row.
    Corrections {
        /// The file to make.
        out: PathBuf,
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
    /// Brings the databases up to date, and stops. In a cluster: makes schemas, roles and tables too.
    Migrate {
        /// In a cluster: the URL of a role that may create schemas and roles. Read from `SUPERMARKET_ADMIN_URL` if absent,
        /// so that no password stands in a list of processes.
        #[arg(long, value_name = "URL")]
        admin_url: Option<String>,
    },
    /// Copies everything the services know, as it is at one point in time, while they work on. The key file stays out.
    Backup {
        /// A folder that is empty or not there.
        folder: PathBuf,
        /// In a cluster: the URL of a role that may read everything; or `SUPERMARKET_ADMIN_URL`.
        #[arg(long, value_name = "URL")]
        admin_url: Option<String>,
        /// Prints for machines.
        #[arg(long)]
        json: bool,
    },
    /// Puts a backup back where no server runs, begins a new epoch, and empties the broker.
    Restore {
        /// The backup.
        folder: PathBuf,
        /// In a cluster: as for `migrate`.
        #[arg(long, value_name = "URL")]
        admin_url: Option<String>,
        /// Replaces what is there: files are moved aside, schemas dropped.
        #[arg(long)]
        force: bool,
        /// Prints for machines.
        #[arg(long)]
        json: bool,
    },
    /// Events whose effect was given up: lists them, tries one again, or gives one up for good.
    Quarantine {
        /// What to do.
        #[command(subcommand)]
        act: Act,
    },
    /// Prints a demo account's token, for a client of your own or for `SUPERMARKET_TOKEN`.
    Token {
        /// Whose.
        account: String,
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
    /// Looks over everything that an installation stands on, and says what to do; exits 1 if anything is bad.
    Doctor {
        /// Looks only at this service's database, login and key file: with its own settings, where each has its own password.
        #[arg(long, value_name = "SERVICE", value_parser = migrations::SERVICES)]
        only: Option<String>,
        /// Prints for machines.
        #[arg(long)]
        json: bool,
    },
    /// Shows the law: the rule book, what one regime has otherwise than another, and when a period ends.
    Law(crate::law::Law),
    /// Shows the rules that say where a case goes and what became of them; checks, rehearses and puts in force another set.
    Rules(crate::rules::Rules),
    /// Shows who there is; writes the whole directory to files, and reads it from them.
    Directory(crate::directory::Directory),
}

/// What to do about the quarantine.
#[derive(Subcommand)]
pub enum Act {
    /// Lists the events, oldest first, up to 100 of each service.
    List {
        /// Only of this service.
        #[arg(long, value_parser = migrations::SERVICES)]
        service: Option<String>,
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
    /// Tries an event again at once.
    Retry {
        /// Which event.
        #[command(flatten)]
        event: Event,
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
    /// Gives an event up for good: its case goes on without it.
    Discard {
        /// Which event.
        #[command(flatten)]
        event: Event,
        /// Why; kept with the event. Names no person.
        #[arg(long)]
        reason: String,
        /// Which server, and how to print.
        #[command(flatten)]
        talk: Talk,
    },
}

/// An event at one of its consumers.
#[derive(Args)]
pub struct Event {
    /// Who said it.
    #[arg(value_parser = migrations::SERVICES)]
    pub topic: String,
    /// Its publication number.
    pub seq: u64,
    /// In whose quarantine it is.
    #[arg(long, value_parser = migrations::SERVICES)]
    pub service: String,
}

fn pace(text: &str) -> Result<f64, String> {
    let pace: f64 =
        text.trim_end_matches("/s").parse().map_err(|_| "a pace is a number, such as 20/s".to_owned())?;
    if (0.01..=10_000.0).contains(&pace) {
        Ok(pace)
    } else {
        Err("a pace lies between 0.01 and 10000".to_owned())
    }
}
