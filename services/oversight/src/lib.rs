//! Oversight: the record of every case and the one deadline ledger.
//!
//! It hears everything the other services say. Each event becomes an entry in the case's docket and, by the table in
//! [`reactions`], opens, ends or hands over a noun, and starts, stops, lengthens or meets its clocks. Each open noun has one
//! holder and at least one clock; `ListUnwatched` says where that fails, and `supermarket verify` asks it.
//!
//! ```text
//! RUNNING ── what was due has come, or is no longer due ──► MET
//!   │  └──── its instant has passed (tick) ──► REACHED ──► MET; made longer by news that was late: RUNNING again
//!   └─ the period stands still ──► STOPPED ──► RUNNING
//! ```
//!
//! When a clock runs out is computed by the rule book from its ledger (terms as they were pinned, start event, stops,
//! extensions with the hands that granted them, the edition whose calendar counts); the column `due_at` is an index. What a
//! clock may count from is kept from the first word of a case on, also before its track is known.
//!
//! Oversight computes and announces; the noun's owner decides. A reached deadline is said once (`DeadlineReached` with its
//! generation), never before its instant by the desk's clock, also after days of downtime and with many workers.
//!
//! An **edition** of the rule book is previewed, put in force, and said to every service: it moves exactly the deadlines whose
//! days its calendar counts otherwise, and no terms.
//!
//! One thing of a case is oversight's own ([`model::risk`]): an emergency, which somebody must answer within S14 or it goes up,
//! and the duty to report what threatens or harms (S15, T44).
//!
//! Says: `DeadlineReached`, `EditionActivated`, `EmergencyRaised`, `EmergencyEscalated`, `EmergencyAcknowledged`,
//! `ReportDutyOpened`, `ReportRecorded`, `ReportDutyDropped`. Hears: everything.
//!
//! Invariants: a docket's entries are numbered without gaps; one generation of a deadline is announced at most once (state,
//! generation and day are the guard of that write); nothing here changes another service's noun; no edition changes a pinned case's terms.

pub mod grpc;
pub mod model;
pub mod reactions;
pub mod store;
pub mod wire;
pub mod words;

use std::sync::Arc;
use std::time::Duration;

use access::Vault;
use chassis::open::OpenBook;
use chassis::{Blueprint, Service, Tick};
use contracts::oversight::v1::oversight_service_server::OversightServiceServer;
use contracts::oversight::v1::rulebook_service_server::RulebookServiceServer;
use courier::Desk;
use tonic::service::Routes;

use grpc::Front;
use store::Store;

/// How often the ledger is looked through for what has become due.
const PACE: Duration = Duration::from_secs(1);

/// Oversight before it is opened.
pub const BLUEPRINT: Blueprint = Blueprint {
    name: contracts::topics::OVERSIGHT,
    open: |premises| Ok(service(premises.desk.clone(), premises.vault.clone())),
};

/// The service over its desk.
pub fn service(desk: Desk, vault: Arc<Vault>) -> Service {
    let store = Store::new(desk.clone());
    let reactions = reactions::reactions(&store);
    let ticking = store.clone();
    let watching = store.clone();
    let open = OpenBook::of(model::Noun::OWN, model::Noun::NAMES, move |ask| {
        let store = watching.clone();
        async move { store.open_nouns(ask).await }
    });
    let front = Front { store, vault };
    let mut routes = Routes::builder();
    routes
        .add_service(
            OversightServiceServer::new(front.clone())
                .max_decoding_message_size(chassis::MESSAGE_BYTES)
                .max_encoding_message_size(chassis::MESSAGE_BYTES),
        )
        .add_service(
            RulebookServiceServer::new(front)
                .max_decoding_message_size(chassis::MESSAGE_BYTES)
                .max_encoding_message_size(chassis::MESSAGE_BYTES),
        );
    Service {
        name: contracts::topics::OVERSIGHT,
        routes: routes.routes(),
        desk,
        reactions,
        ticks: vec![Tick {
            name: "oversight.deadlines",
            every: PACE,
            run: Box::new(move || {
                let store = ticking.clone();
                Box::pin(async move {
                    if let Err(fault) = store.catch_up().await {
                        tracing::error!(%fault, "editions could not be taken over; the next tick tries again");
                    }
                    if let Err(fault) = store.announce().await {
                        tracing::error!(%fault, "deadlines could not be announced; the next tick tries again");
                    }
                    if let Err(fault) = store.escalate().await {
                        tracing::error!(%fault, "emergencies could not go up; the next tick tries again");
                    }
                })
            }),
        }],
        open,
    }
}
