//! The one binary: reads the command line and the settings, and does what is asked.

use std::io::{Error, ErrorKind};
use std::process::ExitCode;

use anyhow::Context as _;
use chassis::{Settings, Telemetry};
use clap::Parser as _;
use supermarket::arguments::{Act, Arguments, Command, Talk};
use supermarket::client::{Person, channel};
use supermarket::cluster::Cluster;
use supermarket::server::Server;
use supermarket::{
    backup, corrections, deadline, demo, directory, doctor, import, law, migrate, quarantine, restore, rules,
    seed, serve, status, suggest, town, train, verify, watch,
};

fn main() -> ExitCode {
    match work(Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever reads what is printed has seen enough, as `head` does.
        Err(error) if error.downcast_ref::<Error>().is_some_and(|e| e.kind() == ErrorKind::BrokenPipe) => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("supermarket: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn work(arguments: Arguments) -> anyhow::Result<bool> {
    let mut settings = Settings::load(arguments.settings.as_deref())?;
    if let Some(folder) = arguments.data_dir {
        settings.data.dir = folder;
    }
    let command = arguments.command.unwrap_or(Command::Serve { listen: None, only: vec![] });
    if let Command::Serve { listen: Some(address), .. } = &command {
        settings.listen.address = *address;
    }
    if arguments.check {
        print!("{}", settings.effective_toml());
        return Ok(true);
    }
    if !matches!(command, Command::Serve { .. }) {
        "warn".clone_into(&mut settings.log.filter);
    }
    let telemetry = Telemetry::start(&settings.log, &settings.telemetry)?;
    let well = perform(command, &settings).await;
    telemetry.end();
    well
}

/// An administrator of PostgreSQL and no PostgreSQL in the settings: the command would quietly look after files instead.
fn refuse_stray_administrator(given: Option<&str>, settings: &Settings) -> anyhow::Result<()> {
    if settings.is_embedded() && migrate::administrator(given).is_ok() {
        anyhow::bail!(
            "an administrator's URL is given and database.url is empty: set SUPERMARKET__DATABASE__URL to \
             postgres://supermarket_{{service}}@HOST:PORT/DATABASE, or leave the URL out for the files of the embedded mode"
        );
    }
    Ok(())
}

async fn perform(command: Command, settings: &Settings) -> anyhow::Result<bool> {
    if let Command::Migrate { admin_url }
    | Command::Backup { admin_url, .. }
    | Command::Restore { admin_url, .. } = &command
    {
        refuse_stray_administrator(admin_url.as_deref(), settings)?;
    }
    match command {
        Command::Serve { only, .. } => serve::run(settings, &only).await,
        Command::Seed => seed::run(settings).await.map(|()| true),
        Command::Law(law) => law::run(&law),
        Command::Rules(asked) => perform_rules(asked, settings).await,
        Command::Directory(asked) => perform_directory(asked, settings).await,
        Command::Import { file, account, talk } => {
            with(talk, false, settings, async |server, json| import::run(server, &file, &account, json).await)
                .await
        }
        Command::Demo { input, cases, pace, seed, without_court, cluster, mut talk } => {
            // It ends when this is done.
            let mut _cluster = None;
            if let Some(replicas) = cluster {
                let (program, logs) = (std::env::current_exe()?, settings.data.dir.join("logs"));
                let started = Cluster::start(&program, settings, usize::from(replicas), &logs).await?;
                talk.server = Some(started.door.to_string());
                _cluster = Some(started);
            }
            with(talk, false, settings, async |server, json| {
                demo::run(server, demo::Options { input, cases, pace, seed, without_court, json }).await
            })
            .await
        }
        Command::Court { account, refuse_one_in, talk } => {
            with(talk, true, settings, async |server, json| {
                watch::run(server, &account, refuse_one_in, json).await.map(|()| true)
            })
            .await
        }
        Command::Status { talk } => {
            with(talk, true, settings, async |server, json| status::run(server, json).await.map(|()| true))
                .await
        }
        Command::Deadline { case, talk } => {
            with(talk, true, settings, async |server, json| {
                deadline::run(server, &case, json).await.map(|()| true)
            })
            .await
        }
        Command::Verify { talk } => {
            with(talk, true, settings, async |server, json| verify::run(server, json).await).await
        }
        Command::Suggest { file, model, json } => suggest::run(&file, model.as_deref(), json),
        Command::Train { files, source, out, force, json } => {
            train::run(&files, &source, &out, force, json).map(|()| true)
        }
        Command::Corrections { out, talk } => {
            with(talk, true, settings, async |server, json| {
                corrections::run(server, &out, json).await.map(|()| true)
            })
            .await
        }
        Command::Backup { folder, admin_url, json } => {
            backup::run(settings, &folder, admin_url.as_deref(), json).await.map(|()| true)
        }
        Command::Restore { folder, admin_url, force, json } => {
            restore::run(settings, &folder, admin_url.as_deref(), force, json).await.map(|()| true)
        }
        Command::Quarantine { act } => quarantine(act, settings).await,
        Command::Token { account, talk } => {
            with(talk, true, settings, async |server, json| {
                let account = server.accounts()?.get(&account)?.clone();
                let person = Person::sign_in(&channel(&server.address)?, &account).await?;
                let token = person.token().context("the token is not ASCII")?;
                println!(
                    "{}",
                    if json { serde_json::json!({ "access_token": token }).to_string() } else { token }
                );
                Ok(true)
            })
            .await
        }
        Command::Doctor { only, json } => doctor::run(settings, only.as_deref(), json).await,
        Command::Migrate { admin_url } => {
            if !settings.is_embedded() {
                return migrate::postgres(settings, admin_url.as_deref()).await.map(|()| true);
            }
            let _lock = town::lock(&settings.data.dir)?;
            town::vault(&settings.data)?;
            for service in town::SERVICES {
                let url = format!("sqlite://{}", settings.data.dir.join(format!("{service}.db")).display());
                town::migrate(&url, service).await.context("nothing else was changed")?;
                println!("{service:<10} up to date");
            }
            Ok(true)
        }
    }
}

async fn perform_directory(asked: directory::Directory, settings: &Settings) -> anyhow::Result<bool> {
    match asked.act {
        None => {
            with(asked.talk, true, settings, async |server, json| {
                directory::show(server, json).await.map(|()| true)
            })
            .await
        }
        Some(directory::Act::Export { folder, force, talk }) => {
            with(talk, true, settings, async |server, json| {
                directory::export(server, &folder, force, json).await.map(|()| true)
            })
            .await
        }
        Some(directory::Act::Import { paths, check, talk }) => {
            with(talk, check, settings, async |server, json| {
                directory::import(server, &paths, check, json).await
            })
            .await
        }
    }
}

async fn perform_rules(asked: rules::Rules, settings: &Settings) -> anyhow::Result<bool> {
    match asked.act {
        None => {
            with(asked.talk, true, settings, async |server, json| {
                rules::show(server, json).await.map(|()| true)
            })
            .await
        }
        Some(rules::Act::Check { file, json }) => rules::check(&file, json),
        Some(rules::Act::Simulate { file, last, talk }) => {
            with(talk, true, settings, async |server, json| {
                rules::simulate(server, &file, last, json).await.map(|()| true)
            })
            .await
        }
        Some(rules::Act::Activate { file, preview, talk }) => {
            // What was simulated was simulated in a town that is there.
            with(talk, true, settings, async |server, json| {
                rules::activate(server, &file, &preview, json).await.map(|()| true)
            })
            .await
        }
    }
}

async fn quarantine(act: Act, settings: &Settings) -> anyhow::Result<bool> {
    let (Act::List { talk, .. } | Act::Retry { talk, .. } | Act::Discard { talk, .. }) = &act;
    with(talk.clone(), true, settings, async |server, json| {
        match &act {
            Act::List { service, .. } => quarantine::list(server, service.as_deref(), json).await,
            Act::Retry { event, .. } => quarantine::retry(server, event, json).await,
            Act::Discard { event, reason, .. } => quarantine::discard(server, event, reason, json).await,
        }
        .map(|()| true)
    })
    .await
}

/// Finds the server, does the work, leaves.
async fn with(
    talk: Talk,
    reads: bool,
    settings: &Settings,
    work: impl AsyncFnOnce(&Server, bool) -> anyhow::Result<bool>,
) -> anyhow::Result<bool> {
    let server = Server::find(talk.server, reads, settings).await?;
    let well = work(&server, talk.json).await;
    server.leave().await;
    well
}
