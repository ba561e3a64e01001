//! Intake: the reception window. A dispute comes in once, is checked, and is taken, sent elsewhere, or given back.
//!
//! This service owns the **Dispute**: its parties, what was told, its number and its way in and out. The others know the
//! case by its id and by what the events carry, which is never a person.
//!
//! ```text
//!  DRAFT ──file──▶ SUBMITTED ◀──correct── CORRECTION
//!                   │ │ │ └─ask (once)──────▶ │
//!                   │ │ └──────refuse─────────┴──▶ REFUSED
//!                   │ └─advise──▶ ADVISED
//!                   └─accept──▶ ACCEPTED ──close──▶ CLOSED ──▶ ARCHIVED      any open one ──withdraw──▶ WITHDRAWN
//! ```
//!
//! "I want to go to court" moves nothing here: it is a fact beside the state, allowed in every open one, a draft too, and
//! also after a refusal, on one party's word. Referral and mediation end by it and transfer opens a filing.
//!
//! The **course** is where an accepted case is beyond this service, heard from routing, mediation and transfer. It never
//! goes back to an earlier stage, however the topics overtake one another; it raises the version and announces nothing.
//! Only a new demand after a court's refusal moves it here: the case is on its way to the court again.
//!
//! A closed case's file is put away thirty days later (S17), when its documents are there (T42); what is missing is named and
//! its clock is overdue until a clerk says why. An agreement that is not performed opens an archived case like a closed one.
//!
//! What is missing and does not come by its day (S03, which oversight announces) refuses the dispute with ground R14. The days
//! of both clocks of the window are counted by the edition of the rule book that is in force, each time they are shown.
//!
//! What a person's words point to is suggested by `crates/suggest` and decided by nobody but a person. Where a clerk says
//! otherwise, the words are kept as a sealed row to learn from, without what the dispute knows of persons.
//!
//! Two disputes may be one matter: before saving, a clerk is shown what is like the one that is typed, a person links what belongs
//! together, and two drafts become one. A draft that nobody files in its time (S01) is emptied; what is left is that there was one.
//!
//! Says: `DraftSaved`, `DraftMerged`, `DraftRemoved`, `DisputesLinked`, `DisputeFiled`, `CorrectionRequested`, `DisputeCorrected`,
//! `PartyAmended`, `DisputeAccepted`, `DisputeRefused`, `DisputeAdvised`, `DisputeWithdrawn`, `CourtDemanded`, `DisputeClosed`, `DisputeArchived`.
//! Hears: see [`reactions`].
//!
//! Invariants, each with a test:
//! 1. one request id, one effect; one external identifier of an organisation and channel, one dispute;
//! 2. case numbers of a centre and year have no gap and no double;
//! 3. every change is announced once, and a change that is not announced is not waited for: answers name the version
//!    that was *said*, not the one that a course raised;
//! 4. the database file, the events and the faults hold no name, number, phone or word of a person in clear;
//! 5. another organisation's case is like one that does not exist.

pub mod grpc;
pub mod model;
pub mod note;
pub mod reactions;
pub mod receipt;
pub mod store;
pub mod wire;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use access::Vault;
use chassis::open::OpenBook;
use chassis::{StartFault, Tick};
use contracts::intake::v1::intake_service_server::IntakeServiceServer;
use courier::Desk;
use suggest::Model;
use tonic::service::Routes;

pub use store::Store;

/// Intake before it is opened.
pub const BLUEPRINT: chassis::Blueprint = chassis::Blueprint {
    name: contracts::topics::INTAKE,
    open: |premises| {
        let model = model(&premises.settings().suggest.model)?;
        let keep_days = premises.settings().suggest.keep_days;
        Ok(service(premises.desk.clone(), premises.vault.clone(), model, keep_days))
    },
};

/// What suggests causes: the file's model, or without a file the one that is compiled in.
fn model(file: &Path) -> Result<&'static Model, StartFault> {
    if file.as_os_str().is_empty() {
        return Ok(Model::shipped());
    }
    let bytes = std::fs::read(file)
        .map_err(|error| StartFault::Model(format!("cannot read {}: {error}", file.display())))?;
    let model =
        Model::decode(&bytes).map_err(|error| StartFault::Model(format!("{}: {error}", file.display())))?;
    // Once a process, for as long as it lives.
    Ok(Box::leak(Box::new(model)))
}

/// How often it is looked for rows to learn from whose time is over.
const FORGETTING_PACE: Duration = Duration::from_hours(1);

/// How often the bands of new words are given their rows.
const KEEPING_PACE: Duration = Duration::from_secs(1);

/// Intake over its memory, sealed by `vault`; `model` suggests causes, and what clerks correct of it is kept for so many days.
pub fn service(desk: Desk, vault: Arc<Vault>, model: &'static Model, keep_days: u16) -> chassis::Service {
    let store = Store::new(desk.clone(), vault).suggesting(model);
    let reactions = reactions::reactions(&store);
    let editions = Tick { name: "intake.editions", every: almanac::PACE, run: store.look_for_editions() };
    let training = Tick { name: store::FORGETTING, every: FORGETTING_PACE, run: store.forgetting(keep_days) };
    let bands = Tick { name: store::KEEPING, every: KEEPING_PACE, run: store.keeping_bands() };
    let own = store.clone();
    let open = OpenBook::of(&["dispute"], &[], move |ask| {
        let store = own.clone();
        async move { store.open_nouns(ask).await }
    });
    let routes = Routes::new(
        IntakeServiceServer::new(grpc::Door::new(store))
            .max_decoding_message_size(chassis::MESSAGE_BYTES)
            .max_encoding_message_size(chassis::MESSAGE_BYTES),
    );
    chassis::Service { name: "intake", routes, desk, reactions, ticks: vec![editions, training, bands], open }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_the_operators_or_ours_and_what_is_none_refuses_the_start() {
        assert!(std::ptr::eq(model(Path::new("")).unwrap(), Model::shipped()));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("m.model");
        std::fs::write(&file, Model::shipped().encode()).unwrap();
        assert_eq!(model(&file).unwrap().card, Model::shipped().card);
        std::fs::write(&file, b"SUGGEST0 of another time").unwrap();
        for bad in [file, folder.path().join("absent")] {
            let told = model(&bad).unwrap_err().to_string();
            assert!(told.starts_with("suggest.model: ") && told.contains("leave it empty"), "{told}");
        }
    }
}
