//! Transfer: a case goes to court, once, complete, and with nothing in it that was said to reach a settlement.
//!
//! It owns four nouns, which share the case's one version ([`model::Thread`]). A **Filing**: a clerk packs and submits it;
//! the court follows its inbox, reads the package, and answers with receipts that repeat the digest of what it saw. A
//! **Confirmation**: the parties apply jointly, the court rules. A **Handoff** to the body that the law names before a
//! court. A **Commission**: a court sends a registered suit to a studio and is told how it ended.
//!
//! ```text
//! TRANSFER_READY → TRANSFERRED → COURT_REVIEW → FILED → OUTCOME | NOT_FILED        TRANSFER_READY → WITHDRAWN
//!                                 ⇅ COURT_CORRECTION, once
//! OFFERED → HANDED → ACKNOWLEDGED → DONE | HANDOFF_DECLINED | SILENT
//! ```
//!
//! What a party's demand for the court opens is read in the rule book for the case's track and state. A court that has a suit about
//! the matter of another case ends the traffic or medical mediation of that ([`model::matter`], T43).
//!
//! *Says*: what happens to each of the four (`FilingOpened`, `ConfirmationApplied`, `HandoffOpened`, `CommissionReceived` …).
//! *Hears*: intake's `DisputeAccepted`, `CourtDemanded` (opens), `DisputeWithdrawn` (ends what has not left) and
//! `DisputeRefused`, `DisputeAdvised` (each reports a commission), `PartyAmended` and `DisputeCorrected` (drop a package that is not submitted); mediation's course; oversight's `DeadlineReached`; and the
//! events that tell who stands near a case. *Asks*, when it packs and never inside a write: `intake.ReadForFiling` and
//! `mediation.ReadForFiling`, each of which answers from the allow-list; and from a tick it files by `intake.FileDispute`
//! what a studio has signed for.
//!
//! What holds, each with a test that can break it:
//! 1. [`model::allow_list`] is the only way into a package, and it is exactly the contract's list;
//! 2. a package cannot change once it is submitted, and its digest ([`model::package`]) is over what the court gets;
//! 3. a case has at most one open filing, and one party's word leads out of every state of every track;
//! 4. a court that resumes its inbox misses nothing, and nothing that waits is ever hidden by a token ([`watch`]);
//! 5. another court learns nothing: not even that the case exists; and of several courts near one case each keeps its own;
//! 6. complaint, contents and the court's reason are sealed at rest; the court's clock is stored as it came.
//!
//! We never call a court: `TRANSFERRED` means that the package is in its inbox, `COURT_REVIEW` that it has read it.

use std::sync::Arc;

use access::Vault;
use chassis::open::OpenBook;
use chassis::{Blueprint, Neighbour, Service, Tick};
use contracts::topics;
use contracts::transfer::v1::court_service_server::CourtServiceServer;
use contracts::transfer::v1::transfer_service_server::TransferServiceServer;
use courier::Desk;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

mod commissioning;
mod gather;
mod grpc;
pub mod model;
mod packing;
mod papers;
mod reactions;
mod store;
mod watch;
mod wire;

#[cfg(test)]
mod tests;

/// The largest package that is given to a court in one answer.
const PACKAGE_BYTES: usize = 64 * 1024 * 1024;

/// Transfer before it is opened. It calls intake and mediation, and nobody else calls anybody.
pub const BLUEPRINT: Blueprint = Blueprint {
    name: topics::TRANSFER,
    open: |premises| {
        let (intake, mediation) =
            (premises.neighbour(topics::INTAKE)?, premises.neighbour(topics::MEDIATION)?);
        let (desk, vault) = (premises.desk.clone(), premises.vault.clone());
        Ok(service(desk, vault, intake, mediation, premises.closing.clone()))
    },
};

/// The service over its memory. `intake` and `mediation` are the ways to the two services it asks; inboxes that are
/// followed end when `closing` is cancelled.
pub fn service(
    desk: Desk,
    vault: Arc<Vault>,
    intake: Neighbour,
    mediation: Neighbour,
    closing: CancellationToken,
) -> Service {
    let store = store::Store::new(desk.clone(), vault.clone());
    let filing = commissioning::tick(&store, intake.clone());
    let mut service = with(desk, vault, Arc::new(gather::NextDoor { intake, mediation }), closing);
    service.ticks.push(filing);
    service
}

fn with(
    desk: Desk,
    vault: Arc<Vault>,
    neighbours: Arc<dyn gather::Neighbours>,
    closing: CancellationToken,
) -> Service {
    let store = store::Store::new(desk.clone(), vault);
    let front = grpc::Front { store: store.clone(), neighbours };
    let courts = grpc::Courts { store: store.clone(), closing };
    let own = store.clone();
    let open = OpenBook::of(&["filing", "confirmation", "handoff", "commission"], &[], move |ask| {
        let store = own.clone();
        async move { store.open_nouns(ask).await }
    });
    Service {
        name: "transfer",
        routes: Routes::new(
            TransferServiceServer::new(front)
                .max_decoding_message_size(chassis::MESSAGE_BYTES)
                .max_encoding_message_size(chassis::MESSAGE_BYTES),
        )
        // A package holds every document: what a court may take is said by its client.
        .add_service(
            CourtServiceServer::new(courts)
                .max_decoding_message_size(chassis::MESSAGE_BYTES)
                .max_encoding_message_size(PACKAGE_BYTES),
        ),
        desk,
        reactions: reactions::reactions(&store),
        ticks: vec![Tick { name: "transfer.editions", every: almanac::PACE, run: store.look_for_editions() }],
        open,
    }
}
