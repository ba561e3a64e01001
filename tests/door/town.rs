//! The whole town in pieces: each service in a process of its own or some together, reception in front, and the same demo
//! with the same books as in one process. The memories are SQLite files and the road is inside this test, so that only
//! what is between the processes is new.

use std::path::Path;
use std::sync::Arc;

use chassis::settings::Secret;
use chassis::{Running, Settings, process};
use contracts::access::v1::IssueTokenRequest;
use contracts::access::v1::token_service_client::TokenServiceClient;
use contracts::courier::v1::SummarizeOutboxRequest;
use contracts::courier::v1::ledger_service_client::LedgerServiceClient;
use courier::transport::inside::Inside;
use courier::{Clock, Transport};
use supermarket::accounts::Accounts;
use supermarket::client::{Person, channel, reason};
use supermarket::server::Server;
use supermarket::{demo, seed, serve, town, verify};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::stage::life;

fn settings(folder: &Path) -> Settings {
    let mut settings = Settings::read(None, vec![]).unwrap();
    folder.clone_into(&mut settings.data.dir);
    settings.database.url = Secret::new(format!("sqlite://{}/{{service}}.db", folder.display()));
    settings.listen.address = "127.0.0.1:0".parse().unwrap();
    settings
}

/// A folder with everything that a cluster needs before its first start.
async fn prepared() -> (tempfile::TempDir, Settings) {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    for service in town::SERVICES {
        town::migrate(&settings.database.url_of(service), service).await.unwrap();
    }
    // Whoever seeds at the same time, or again, ends with the same.
    let (one, two) = tokio::join!(seed::run(&settings), seed::run(&settings));
    one.unwrap();
    two.unwrap();
    let before = std::fs::read(settings.data.key_file()).unwrap();
    let accounts = std::fs::read(settings.data.account_file()).unwrap();
    seed::run(&settings).await.unwrap();
    assert_eq!(std::fs::read(settings.data.key_file()).unwrap(), before);
    assert_eq!(std::fs::read(settings.data.account_file()).unwrap(), accounts);
    (folder, settings)
}

/// Opens the processes, each with these services; the last ones are reception's.
async fn open(settings: &Settings, processes: &[&[&str]]) -> Vec<Running> {
    let road: Arc<dyn Transport> = Arc::new(Inside::new());
    let mut settings = settings.clone();
    let mut all: Vec<Running> = Vec::new();
    for names in processes {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let program = town::program(&names);
        let running =
            process::open(&program, &settings, road.clone(), Clock::system(), life()).await.unwrap();
        let address = format!("http://{}", running.address);
        for name in names {
            let services = &mut settings.services;
            match name.as_str() {
                "intake" => services.intake.clone_from(&address),
                "routing" => services.routing.clone_from(&address),
                "mediation" => services.mediation.clone_from(&address),
                "transfer" => services.transfer.clone_from(&address),
                "oversight" => services.oversight.clone_from(&address),
                _ => {}
            }
        }
        all.push(running);
    }
    all
}

async fn close(all: Vec<Running>) {
    for running in all.into_iter().rev() {
        running.stop();
        running.ended().await;
    }
}

/// The demo ends with nothing open, lost or doubled, and the books of all services agree.
async fn plays(server: &Server) {
    let options = demo::Options {
        input: None,
        cases: Some(12),
        pace: None,
        seed: 7,
        json: true,
        without_court: vec![],
    };
    assert!(demo::run(server, options).await.unwrap(), "the demo is borne out");
    assert!(verify::run(server, true).await.unwrap(), "recorded = delivered = applied");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_each_behind_reception_is_the_same_town() {
    let (folder, settings) = Box::pin(prepared()).await;
    let pieces: [&[&str]; 6] =
        [&["intake"], &["routing"], &["mediation"], &["transfer"], &["oversight"], &["reception"]];
    let all = open(&settings, &pieces).await;
    let reception = all.last().unwrap().address.to_string();
    plays(&Server::at(&reception, folder.path())).await;

    // A process shows its own books and nobody else's; reception shows all, and knows who does not exist.
    let accounts = Accounts::read(&settings.data.account_file()).unwrap();
    let operator = Person::sign_in(&channel(&reception).unwrap(), accounts.get("operator-1").unwrap()).await;
    let operator = operator.unwrap();
    let ask = |address: String, service: &str| {
        let mut request = tonic::Request::new(SummarizeOutboxRequest { service: service.to_owned() });
        request.metadata_mut().insert("authorization", operator.authorization().unwrap());
        async move {
            let mut client = LedgerServiceClient::new(channel(&address).unwrap());
            client.summarize_outbox(request).await.map(|answer| answer.into_inner().service)
        }
    };
    let intake = all[0].address.to_string();
    assert_eq!(ask(intake.clone(), "intake").await.unwrap(), "intake");
    assert_eq!(ask(reception.clone(), "routing").await.unwrap(), "routing");
    for (address, service) in
        [(intake.clone(), "routing"), (reception.clone(), "nobody"), (reception.clone(), "")]
    {
        let status = ask(address, service).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{service}");
        assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "service");
    }
    // Tokens come from reception alone.
    let mut tokens = TokenServiceClient::new(channel(&intake).unwrap());
    let status = tokens.issue_token(IssueTokenRequest::default()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_deref()), (Code::Unimplemented, Some("METHOD_NOT_SERVED")));
    close(all).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn some_together_are_the_same_town_too() {
    let (folder, settings) = Box::pin(prepared()).await;
    // In whatever order they are named, a service is opened after those that it calls.
    let all =
        open(&settings, &[&["oversight", "mediation"], &["transfer", "routing", "intake", "reception"]])
            .await;
    let reception = all.last().unwrap();
    assert_eq!(reception.posts.len(), 3);
    plays(&Server::at(&reception.address.to_string(), folder.path())).await;
    close(all).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_town_in_one_process_needs_nobody_else() {
    let (folder, settings) = Box::pin(prepared()).await;
    let around =
        town::Surroundings { clock: Clock::system(), life: life(), transport: Arc::new(Inside::new()) };
    let town = town::Town::open(&settings, around).await.unwrap();
    assert!(!town.first_start && !town.accounts.accounts.is_empty());
    plays(&Server::at(&town.running.address.to_string(), folder.path())).await;
    close(vec![town.running]).await;
}

#[tokio::test]
async fn what_cannot_run_says_why_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let only = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut embedded = Settings::read(None, vec![]).unwrap();
    embedded.data.dir = folder.path().join("embedded");
    let told = serve::run(&embedded, &only(&["intake"])).await.unwrap_err().to_string();
    assert!(told.contains("--only is for a cluster") && told.contains("database.url"), "{told}");
    let told = process::serve(&town::program(&only(&["intake"])), &embedded).await.unwrap_err().to_string();
    assert!(told.contains("database.url is empty"), "{told}");
    assert!(seed::run(&embedded).await.unwrap_err().to_string().contains("seeds itself"));
    assert!(!embedded.data.dir.exists());

    let cluster = settings(folder.path());
    let told = process::serve(&town::program(&only(&["intake"])), &cluster).await.unwrap_err().to_string();
    assert!(told.contains("transport.kind is inside"), "{told}");
    let opened = |names: &[&str], settings: &Settings| {
        let (program, settings) = (town::program(&only(names)), settings.clone());
        async move {
            let road = Arc::new(Inside::new());
            process::open(&program, &settings, road, Clock::system(), life())
                .await
                .map(|_| ())
                .unwrap_err()
                .to_string()
        }
    };
    let told = opened(&["intake"], &cluster).await;
    assert!(told.contains("keys.json") && told.contains("supermarket seed"), "{told}");
    assert!(!cluster.data.key_file().exists(), "a service never makes keys of its own");

    let (_folder, cluster) = Box::pin(prepared()).await;
    let told = opened(&["reception"], &cluster).await;
    assert!(told.contains("services.intake is empty"), "{told}");
    let told = opened(&["transfer", "intake"], &cluster).await;
    assert!(told.contains("services.mediation is empty"), "{told}");
}
