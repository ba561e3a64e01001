//! At the table: consent, sittings, the agreement or the end without one.
//!
//! A run opens when routing says that a mediator has confirmed the claim (`ClaimConfirmed` carries all that is needed), and
//! at once begins its main period where everybody had consented at the window.
//!
//! ```text
//! CONSENT_PENDING ──all consented──► IN_MEDIATION ──terms──► AGREED_UNSIGNED ──last signature──► AGREED
//!        └───────────────┴──────────────────────┴─► FAILED (a ground), WITHDRAWN
//! ```
//!
//! Beside the run stands the desk of the case ([`model::CaseDesk`]): the fence of the claim and what took the case away.
//! A claim that ends raises the fence there, also where no run was ever opened, and the answer `FenceRaised` lets routing
//! offer the case again. An open run outlives that: its mediator's place is empty until the next `ClaimConfirmed`, and its
//! period runs on (T16).
//!
//! A run may be SUSPENDED: for a suspected sham (T21), which the studio's head examines and lets go on or ends with F06 (T22),
//! or for danger that oversight announces (T44), until somebody has answered it; one may join the other, and nothing comes to the
//! table while danger is unanswered. The period runs on and every party may leave; its mediator does not end it.
//!
//! A base period counts from what the rule book names ([`model::begun`]): what other services tell, or what is recorded at the table
//! (the end of a treatment, an opinion, a first mediation). The owner says clock, event, instant and pinned day; oversight obeys.
//!
//! A claim is a lease: whoever holds the case and does not write for five working days (S10) may write no more, and
//! `HolderSilent` lets routing end the claim. The last write is this desk's own, so no news of it can come too late. Periods and
//! leases are counted by the edition of the rule book that is in force; a period keeps the terms it began with.
//!
//! Says: `MediationOpened`, `ConsentRecorded`, `MediationStarted`, `SessionRecorded`, `AgreementDrafted`, `SignatureAdded`,
//! `AgreementSigned`, `MediationConcluded`, `MediationWithdrawn`, `FenceRaised`, `HolderSilent`, and what the table does beside.
//! Hears: routing's `CaseClaimed`, `ClaimConfirmed`, `ClaimEnded`; intake's `CourtDemanded`, `DisputeWithdrawn`, `PartyAmended`
//! (the parties of an open run are those of the file), `DisputeAccepted`; transfer's `CommissionLinked` (what a period counts from),
//! `ConfirmationDenied` (T47), `CommissionRecalled` (T64), `FilingWithdrawn` (T58), `SuitFound` (T43); oversight's `DeadlineReached`, `EditionActivated`, `EmergencyRaised`,
//! `EmergencyAcknowledged`; and for access whatever tells who stands near a case.
//!
//! Invariants:
//! 1. a write with an old fence is never written: the update itself asks for the fence that was judged;
//! 2. versions of a case only rise, and every version was said in an event, so that whoever waits for one hears it;
//! 3. one run for each referral and one for each dismissed confirmation, at most one open; none opens after the court was
//!    demanded or the case withdrawn;
//! 4. what was said is sealed, is opened for the run's mediator alone, and is in no event and in nothing read for a filing.

pub mod grpc;
pub mod model;
pub mod reactions;
pub mod store;
pub mod wire;

use std::sync::Arc;

use access::Vault;
use chassis::open::OpenBook;
use chassis::{Blueprint, Service, Tick};
use contracts::mediation::v1::mediation_service_server::MediationServiceServer;
use contracts::topics;
use courier::Desk;
use tonic::service::Routes;

use grpc::Front;
use store::Store;

/// Mediation before it is opened.
pub const BLUEPRINT: Blueprint = Blueprint {
    name: topics::MEDIATION,
    open: |premises| Ok(service(premises.desk.clone(), premises.vault.clone())),
};

/// The service over its desk.
pub fn service(desk: Desk, vault: Arc<Vault>) -> Service {
    let store = Store::new(desk.clone(), vault);
    let own = store.clone();
    let open = OpenBook::of(&["mediation"], &[], move |ask| {
        let store = own.clone();
        async move { store.open_nouns(ask).await }
    });
    Service {
        name: topics::MEDIATION,
        routes: Routes::new(
            MediationServiceServer::new(Front { store: store.clone() })
                .max_decoding_message_size(chassis::MESSAGE_BYTES)
                .max_encoding_message_size(chassis::MESSAGE_BYTES),
        ),
        desk,
        reactions: reactions::reactions(&store),
        ticks: vec![Tick {
            name: "mediation.editions",
            every: almanac::PACE,
            run: store.look_for_editions(),
        }],
        open,
    }
}
