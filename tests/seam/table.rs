//! The ledger does what the rule book says of each state: every open state has its holder and its clocks, a closed one none.

use std::collections::BTreeSet;

use contracts::transfer::v1 as transfer;
use lexicon::PartyId;
use mediation::model::CaseDesk;
use oversight::model::Noun;
use oversight::store::timestamp;
use rulebook::procedure::{self, Life};

use super::town::{CLAIMANT, RESPONDENT, Town, on, party};

const COURT: &str = "court-2071";

fn both() -> [PartyId; 2] {
    [party(CLAIMANT), party(RESPONDENT)]
}

fn seated() -> Town {
    Town::seated("PM", "2026-03-02", "2026-03-02", "2026-03-02")
}

fn appraised() -> Town {
    let mut town = Town::seated("ME", "2026-03-02", "2026-03-02", "2026-03-02");
    let now = town.now;
    town.act(|run| run.appraise(now, &both(), false)).unwrap();
    town
}

fn agreed(schedule: &[(&str, i64)]) -> Town {
    let mut town = seated();
    town.agree(5_000, schedule);
    town
}

fn applied() -> Town {
    let mut town = agreed(&[]);
    let applied = transfer::ConfirmationApplied {
        confirmation_id: "c".to_owned(),
        court_org: COURT.to_owned(),
        apply_time: Some(timestamp(town.now)),
        generation: 1,
        holder: "studio-court".to_owned(),
        ..Default::default()
    };
    town.tell(&applied);
    town
}

fn filing() -> Town {
    let mut town = seated();
    let opened =
        transfer::FilingOpened { first_receiver_org: "hall-442000".to_owned(), ..Default::default() };
    let now = town.now;
    town.learn(|desk| desk.demanded(99, now));
    town.tell_in(99, &contracts::intake::v1::CourtDemanded::default());
    town.tell(&opened);
    town
}

fn received() -> Town {
    let mut town = filing();
    town.tell(&transfer::FilingSubmitted { submit_time: Some(timestamp(town.now)), ..Default::default() });
    town.tell(&transfer::FilingReceived { court_org: COURT.to_owned(), ..Default::default() });
    town
}

/// A case in this state, by the letters that lead there; nothing for a state of which no letter tells oversight.
fn brought_to(state: &str) -> Option<Town> {
    Some(match state {
        "CONSENT_PENDING" => Town::confirmed("PM", "2026-03-02", "2026-03-02", "2026-03-02", &[CLAIMANT]),
        "IN_MEDIATION" => seated(),
        "SUSPENDED" => {
            let (mut town, now) = (seated(), on("2026-03-02"));
            town.act(|run| run.suspend(now)).unwrap();
            town
        }
        "APPRAISAL" => appraised(),
        "AGREED_UNSIGNED" => {
            let (mut town, now) = (seated(), on("2026-03-02"));
            let id = uuid::Uuid::from_u128(6).into();
            town.act(|run| run.draft(super::town::terms(5_000), vec![], id, now)).unwrap();
            town
        }
        "AGREED" => agreed(&[]),
        "PERFORMING" => agreed(&[("2026-04-01", 5_000)]),
        "BREACHED" => {
            let mut town = agreed(&[("2026-03-20", 5_000)]);
            town.until("2026-03-21");
            town
        }
        "PERFORMED" => {
            let mut town = agreed(&[]);
            let now = town.now;
            town.act(|run| run.perform(0, true, now)).unwrap();
            town
        }
        "FAILED" => {
            let (mut town, now) = (seated(), on("2026-03-02"));
            town.act(|run| run.conclude("F04", now)).unwrap();
            town
        }
        "CONFIRM_APPLIED" => applied(),
        "CONFIRMED" | "CONFIRM_DENIED" => {
            let mut town = applied();
            let accepted = transfer::ConfirmationAccepted {
                accept_time: Some(timestamp(town.now)),
                ..Default::default()
            };
            town.tell(&accepted);
            assert!(town.clocks().contains("K29") && !town.clocks().contains("K28"), "{:?}", town.clocks());
            if state == "CONFIRMED" {
                town.tell(&transfer::ConfirmationGranted::default());
            } else {
                town.tell(&transfer::ConfirmationDenied::default());
                town.learn(CaseDesk::denied);
            }
            town
        }
        "TRANSFER_READY" => filing(),
        "TRANSFERRED" => {
            let mut town = filing();
            town.tell(&transfer::FilingSubmitted {
                submit_time: Some(timestamp(town.now)),
                ..Default::default()
            });
            town
        }
        "COURT_REVIEW" => received(),
        "COURT_CORRECTION" => {
            let mut town = received();
            town.tell(&transfer::FilingCorrectionRequested {
                first_receiver_org: "hall-442000".to_owned(),
                generation: 9,
                ..Default::default()
            });
            town
        }
        "FILED" | "OUTCOME" => {
            let mut town = received();
            town.tell(&transfer::FilingAccepted::default());
            if state == "OUTCOME" {
                town.tell(&transfer::OutcomeReported::default());
            }
            town
        }
        "NOT_FILED" => {
            let mut town = received();
            town.tell(&transfer::FilingRefused::default());
            town
        }
        _ => return None,
    })
}

/// Whose duty it is, as the ledger names them.
fn names(holder: &str, name: &str) -> bool {
    match holder {
        "mediator" => name == "mediator-1",
        "studio-head" => name == "studio-court",
        "court" => name == COURT,
        "transfer-desk" | "first-receiver" => name == "hall-442000",
        _ => false,
    }
}

#[test]
fn every_state_has_in_the_ledger_what_the_rule_book_says_of_it() {
    let mut looked_at = BTreeSet::new();
    for state in procedure::states() {
        let Some(mut town) = brought_to(&state.code) else { continue };
        town.hear();
        looked_at.insert(state.noun.as_str());
        let noun = Noun::named(&state.noun).unwrap();
        let (holder, clocks) = (town.holder(noun), town.clocks());
        if state.life == Life::Closed {
            let left: Vec<&str> = town
                .book
                .deadlines
                .iter()
                .filter(|one| one.noun == noun)
                .map(|one| one.clock.as_str())
                .collect();
            assert_eq!((holder, left.as_slice()), (None, &[][..]), "{}", state.code);
            continue;
        }
        let wanted = state.holder.as_deref().unwrap();
        assert!(holder.is_some_and(|name| names(wanted, name)), "{}: {wanted} and {holder:?}", state.code);
        for clock in &state.clocks {
            let main = || town.run().course.period.as_ref().unwrap().clock().to_owned();
            let clock = if clock == "main" { main() } else { clock.clone() };
            // The court's time for its ruling follows its acceptance.
            let follows = clock == "K29" && clocks.contains("K28");
            assert!(follows || clocks.contains(clock.as_str()), "{}: {clock} in {clocks:?}", state.code);
        }
    }
    assert_eq!(looked_at, BTreeSet::from(["confirmation", "filing", "mediation"]));
}

#[test]
fn what_waits_for_a_choice_is_over_with_the_choice_or_with_the_case() {
    let refused = || {
        let mut town = received();
        town.tell(&transfer::FilingRefused::default());
        town
    };
    let mut town = refused();
    assert!(town.holder(Noun::Filing).is_some());
    town.tell(&transfer::FilingOpened { first_receiver_org: "hall-442000".to_owned(), ..Default::default() });
    assert!(
        town.clocks().contains("S06") && !town.clocks().contains("S09"),
        "another court: {:?}",
        town.clocks()
    );
    let mut town = refused();
    town.tell(&contracts::intake::v1::DisputeClosed::default());
    assert!(!town.book.is_open(), "{:?}", town.book.nouns);
    // The window may close a case before the ledger hears of the refusal.
    let mut town = received();
    town.tell(&contracts::intake::v1::DisputeClosed::default());
    assert!(town.holder(Noun::Filing).is_some(), "what is at a court is watched on");
    town.tell(&transfer::FilingRefused::default());
    assert!(!town.book.is_open(), "{:?}", town.book.nouns);
    // A dismissed confirmation: the parties sit down again.
    let mut town = brought_to("CONFIRM_DENIED").unwrap();
    let (id, now) = (town.id(), town.now);
    town.act(|run| run.consent(party(CLAIMANT), now, id)).unwrap();
    town.hear();
    assert_eq!(town.holder(Noun::Confirmation), None);
    // Or one of them wants the court.
    let mut town = brought_to("CONFIRM_DENIED").unwrap();
    town.tell(&contracts::intake::v1::CourtDemanded::default());
    assert_eq!(town.holder(Noun::Confirmation), None);
}
