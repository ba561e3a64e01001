//! Routing: where a case belongs, and who holds it.
//!
//! The noun is the **Referral**, one a case. It opens when intake accepts the dispute and ends with the mediation or with
//! the case:
//!
//! ```text
//! ROUTED ──accept──> POOL ──claim──> ASSIGNED ──confirm──> CONFIRMED
//!   ^ │ refer,        ^                 │ release, K03        │ release, S10
//!   └─┘ return        │                 v                     │
//!                     └──FenceRaised── FENCING <──────────────┘
//! any of them ──agreed, failed, court demanded, withdrawn, closed──> ENDED
//! ```
//!
//! A **claim** is a fenced lease. `ClaimCase` is one conditional update, so of any number of callers one gets the case; the
//! answer carries the fence that every later write of the holder must show. Beginning a claim and ending one each raise it.
//! A claim that ended is offered again only after the mediation desk has stored the higher fence (FENCING): until then the
//! former holder's late write could still be accepted somewhere.
//!
//! A mediator may also **take** the next case (`model::next` ranks, and says why; a case that has waited for half of its time goes
//! first), be **chosen** by the parties, who have two working days for it (K01) in which nobody else decides, or be **appointed** by the
//! studio's head. Each is a claim like any other.
//!
//! Nobody has a case by any of these ways who is **bound to a party** by at most three declared ties (`model::conflict`), and a party
//! that comes takes a bound holder out: the claim ends, they have stepped aside, and the studio has the case.
//!
//! A **recusal** (T16) is asked for and decided beside the claim, which goes on until the decision. Granted, the claim ends
//! like any other, and becomes the claim of the successor whom the studio's head names, or is offered again; the one who
//! stepped aside neither sees nor takes the case any more (`access` keeps the list that `ClaimEnded` carries).
//!
//! What **several organisations** do about one case stands beside its state (`model/joint`). A hand-over up or down a level is
//! *offered to X until D*: nobody's responsibility moves until X accepts, and an offer that is returned or not accepted in time
//! leaves everything as it was, the first receiver's clock running on; the first receiver is kept for good. A consultation names who
//! leads and who helps; another lead unit is offered the case, and nobody of the former one takes it meanwhile. Assistance is asked of
//! a partner unit or the police, may bring co-mediators, and ends by a word of either side. Co-mediators see the case and work at the
//! table under the fence of the holder's claim; the holder presides, keeps the claim alive and alone closes. Whoever holds the case,
//! has stepped aside in it or is bound to a party sits beside nobody. Who is invited is told by `GuestsChanged`.
//!
//! A release or a return that is repeated, because its answer was lost, is already so, although the caller no longer stands
//! near the case; a former holder is told that their fence has passed. To everybody else the case is missing.
//!
//! Beside it stands the **directory**: organisations and mediators of the centre. Proposals come from the **rule set** in force
//! in the centre (`ruleset`), which ranks kinds of studio, and from the directory, which has the studios of each kind and how much
//! each has to do. They are advice; another choice than the first needs a reason, which is kept, sealed. Each decision is kept
//! with its inputs and the set that made it, so that it can be made again, and rehearsed against another set before that one is
//! put in force.
//!
//! Says: `ReferralOpened`, `CaseReferred`, `ReferralReturned`, `CasePooled`, `CaseClaimed`, `ClaimConfirmed`, `ClaimEnded`, `ReferralEnded`,
//! `RecusalRequested`, `RecusalDecided`, `ChoiceOffered`, `ChoiceLapsed`, `HandOverOffered`, `HandOverEnded`, `ConsultationOpened`, `ConsultationDecided`,
//! `AssistanceRequested`, `AssistanceAnswered`, `AssistanceEnded`, `GuestsChanged`, `FormerMediatorActs`, `SuccessorNamed`; each with the version that the referral has since.
//!
//! Hears: transfer's `CommissionRecalled` (ends), intake's `DisputeAccepted` (opens), `PartyAmended` (keeps the facts that `ClaimConfirmed` carries up to date), `DisputesLinked` (one matter),
//! `CourtDemanded`, `DisputeWithdrawn`, `DisputeClosed` (end); mediation's `AgreementSigned`, `MediationConcluded` (end) and
//! `FenceRaised`, `HolderSilent` (the claim ends: S10); oversight's `DeadlineReached` of K03, which counts only for the claim whose fence number it names, of K01 (the parties have had their time), of S21
//! and S23, which count only for the offer or request of that number, and
//! `EditionActivated`, whose calendar says until when a claim must be confirmed.
//!
//! Invariants, each with a test that can break it:
//! 1. a case has at most one holder, whoever asks at the same time;
//! 2. the fence only rises, and no holder follows another under the same one;
//! 3. what a studio's mediators see in their pool or its watch is of their own studio;
//! 4. a watch that is resumed misses nothing;
//! 5. nobody holds a case in which they have stepped aside;
//! 6. whatever happens at once and whoever hangs up, what is told about a case is what one case by itself could have said;
//! 7. a decision is made again bit for bit by the set that made it, whatever set is in force since.

mod example;
mod grpc;
pub mod model;
mod reactions;
mod routes;
pub mod store;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use access::Vault;
use chassis::open::OpenBook;
use chassis::{Blueprint, Service, Tick};
use contracts::routing::v1::directory_service_server::DirectoryServiceServer;
use contracts::routing::v1::routing_service_server::RoutingServiceServer;
use contracts::routing::v1::rule_service_server::RuleServiceServer;
use courier::Desk;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

pub use example::{example_accounts, seed_zhongshan as seed};
pub use reactions::reactions;

/// The service's name, which is also its topic.
pub const NAME: &str = contracts::topics::ROUTING;

/// Routing before it is opened.
pub const BLUEPRINT: Blueprint = Blueprint {
    name: NAME,
    open: |premises| Ok(service(premises.desk.clone(), premises.vault.clone(), premises.closing.clone())),
};

/// How often it is looked whom new ties bind of those who hold a case.
const CHECKING_PACE: Duration = Duration::from_secs(1);

/// The service on this desk. Watches end when `closing` is cancelled, so that stopping need not wait for clients.
pub fn service(desk: Desk, vault: Arc<Vault>, closing: CancellationToken) -> Service {
    let store = store::Store::new(desk.clone(), vault);
    let door = grpc::Door { store: store.clone(), closing };
    let mut routes = Routes::builder();
    routes
        .add_service(
            RoutingServiceServer::new(door.clone())
                .max_decoding_message_size(chassis::MESSAGE_BYTES)
                .max_encoding_message_size(chassis::MESSAGE_BYTES),
        )
        .add_service(
            DirectoryServiceServer::new(door.clone())
                .max_decoding_message_size(chassis::MESSAGE_BYTES)
                .max_encoding_message_size(chassis::MESSAGE_BYTES),
        )
        .add_service(
            RuleServiceServer::new(door)
                .max_decoding_message_size(chassis::MESSAGE_BYTES)
                .max_encoding_message_size(chassis::MESSAGE_BYTES),
        );
    let editions = Tick { name: "routing.editions", every: almanac::PACE, run: store.look_for_editions() };
    let ties = Tick { name: store::CHECKING, every: CHECKING_PACE, run: store.checking_ties() };
    let own = store.clone();
    let open =
        OpenBook::of(&["referral", "recusal", "handover", "consultation", "assistance"], &[], move |ask| {
            let store = own.clone();
            async move { store.open_nouns(ask).await }
        });
    Service {
        name: NAME,
        routes: routes.routes(),
        desk,
        reactions: reactions(&store),
        ticks: vec![editions, ties],
        open,
    }
}
