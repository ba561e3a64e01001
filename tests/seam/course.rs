//! Who holds what in the ledger while a case changes hands: examiners, a studio between two claims, a successor; and from when what
//! was agreed can be enforced.

use contracts::intake::v1::{CourtDemanded, DisputeArchived, DisputeClosed};
use contracts::mediation::v1::{MediationResumed, MediationSuspended, SuspensionCause};
use contracts::routing::v1::SuccessorNamed;
use contracts::transfer::v1::{ConfirmationGranted, CourtDocumentIssued};
use oversight::model::Noun;

use super::town::{Town, on};

const COURT: &str = "court-2071";
const STUDIO: &str = "studio-court";

fn suspended(cause: SuspensionCause, court: &str) -> MediationSuspended {
    MediationSuspended {
        mediation_id: "m".to_owned(),
        studio_org: STUDIO.to_owned(),
        cause: cause.into(),
        examining_court: court.to_owned(),
    }
}

fn seated() -> Town {
    Town::seated("PM", "2026-03-02", "2026-03-02", "2026-03-02")
}

#[test]
fn danger_that_joins_what_a_court_examines_neither_moves_its_time_nor_names_it_for_danger() {
    let mut town = seated();
    town.tell(&suspended(SuspensionCause::Sham, COURT));
    let due = town.due("S13");
    assert_eq!(town.holder(Noun::Mediation), Some(COURT));
    town.now = on("2026-03-05");
    town.tell(&suspended(SuspensionCause::Emergency, COURT));
    assert_eq!((town.due("S13"), town.holder(Noun::Mediation)), (due, Some(COURT)));
    // The court found nothing; the danger is left, and is the studio's, in a time of its own.
    town.tell(&suspended(SuspensionCause::Emergency, ""));
    assert_eq!(town.holder(Noun::Mediation), Some(STUDIO));
    assert!(town.due("S13") > due);
    // Another cause for the same examiner gives no more time.
    let due = town.due("S13");
    town.now = on("2026-03-06");
    town.tell(&suspended(SuspensionCause::Sham, ""));
    assert_eq!(town.due("S13"), due);
}

#[test]
fn what_is_resumed_between_two_claims_is_the_studio_s() {
    let mut town = seated();
    town.tell(&suspended(SuspensionCause::Sham, COURT));
    let studio_org = STUDIO.to_owned();
    town.tell(&MediationResumed { mediation_id: "m".to_owned(), mediator: String::new(), studio_org });
    assert_eq!(town.holder(Noun::Mediation), Some(STUDIO));
    assert!(!town.clocks().contains("S13"));
}

#[test]
fn the_time_for_enforcement_counts_from_what_can_be_enforced() {
    let agreed = |schedule: &[(&str, i64)]| {
        let mut town = seated();
        town.agree(5_000, schedule);
        town.now = on("2026-04-01");
        town
    };
    let mut town = agreed(&[]);
    let before = town.due("K40");
    town.tell(&ConfirmationGranted::default());
    assert_eq!(before.map(|day| day.to_string()).as_deref(), Some("2028-03-02"));
    assert!(town.due("K40") > before, "the ruling came a month later");
    let granted = town.due("K40");
    town.tell(&CourtDocumentIssued::default());
    assert_eq!(town.due("K40"), granted, "on the same day");
    // A schedule names later days.
    let mut town = agreed(&[("2026-09-01", 5_000)]);
    let before = town.due("K40");
    town.tell(&ConfirmationGranted::default());
    assert_eq!(town.due("K40"), before);
}

#[test]
fn a_successor_has_all_that_the_former_mediator_had() {
    let mut town = seated();
    town.agree(5_000, &[("2026-09-01", 5_000)]);
    let former = town.holder(Noun::Mediation).unwrap().to_owned();
    let named = SuccessorNamed {
        studio_org: STUDIO.to_owned(),
        former_holder: former.clone(),
        holder: "mediator-9".to_owned(),
        fence: None,
    };
    town.tell(&named);
    assert_eq!(town.holder(Noun::Mediation), Some("mediator-9"));
    assert!(town.book.deadlines.iter().all(|found| found.holder != former));
    assert!(town.clocks().contains("K40"));
}

#[test]
fn a_closed_case_waits_for_its_file_until_it_is_put_away_or_opens_again() {
    let closed = || {
        let mut town = seated();
        town.agree(5_000, &[]);
        town.tell(&DisputeClosed { generation: 7, ..DisputeClosed::default() });
        town
    };
    let mut town = closed();
    assert_eq!((town.holder(Noun::Dispute), town.clocks().contains("S17")), (Some("hall-442000"), true));
    town.tell(&DisputeArchived { explained: false });
    assert_eq!((town.holder(Noun::Dispute), town.clocks().contains("S17")), (None, false));
    let mut town = closed();
    town.tell(&CourtDemanded::default());
    assert_eq!((town.clocks().contains("S17"), town.clocks().contains("S11")), (false, true));
    // One of before says no generation, and is waited for by nobody.
    let mut town = seated();
    town.tell(&DisputeClosed::default());
    assert_eq!(town.holder(Noun::Dispute), None);
}
