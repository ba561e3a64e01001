//! What the ledger waits for when a demand stands, is taken back or is answered, and beside an earlier filing.

use contracts::intake::v1::{
    CorrectionRequested, CourtDemanded, DisputeAccepted, DisputeClosed, DisputeCorrected, DisputeFiled,
    DraftSaved,
};
use contracts::mediation::v1 as mediation;
use contracts::transfer::v1 as transfer;
use oversight::model::Noun;
use oversight::store::timestamp;

use super::town::{CLAIMANT, HALL, RESPONDENT, Town, on};

const COURT: &str = "court-2071";

fn opened(town: &mut Town, id: &str) {
    let (filing_id, first_receiver_org) = (id.to_owned(), HALL.to_owned());
    town.tell(&transfer::FilingOpened { filing_id, first_receiver_org, ..Default::default() });
}

fn filed(town: &mut Town, id: &str) {
    opened(town, id);
    let (filing_id, court_org) = (id.to_owned(), COURT.to_owned());
    town.tell(&transfer::FilingSubmitted {
        filing_id: filing_id.clone(),
        court_org: court_org.clone(),
        ..Default::default()
    });
    town.tell(&transfer::FilingReceived {
        filing_id: filing_id.clone(),
        court_org: court_org.clone(),
        ..Default::default()
    });
    town.tell(&transfer::FilingAccepted { filing_id, court_org, ..Default::default() });
}

fn of_filings(town: &Town) -> Vec<(String, String)> {
    let found = town.book.deadlines.iter().filter(|found| found.noun == Noun::Filing);
    let mut found: Vec<_> = found.map(|found| (found.noun_id.clone(), found.clock.clone())).collect();
    found.sort();
    found
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(id, clock)| ((*id).to_owned(), (*clock).to_owned())).collect()
}

/// The suit for the rest is at one court, the settled part goes to another: each is watched, and the end of one is not that of the
/// other.
#[test]
fn an_earlier_filing_is_watched_beside_a_later_one_and_its_end_is_its_own() {
    let mut town = Town::seated("PM", "2026-03-02", "2026-03-02", "2026-03-02");
    filed(&mut town, "f-1");
    opened(&mut town, "f-2");
    assert_eq!(of_filings(&town), pairs(&[("f-1", "S08"), ("f-2", "S06")]));
    town.tell(&transfer::FilingSubmitted {
        filing_id: "f-2".into(),
        court_org: COURT.into(),
        ..Default::default()
    });
    assert_eq!(of_filings(&town), pairs(&[("f-1", "S08"), ("f-2", "S07")]));
    town.tell(&transfer::OutcomeReported { filing_id: "f-1".into(), ..Default::default() });
    assert_eq!(of_filings(&town), pairs(&[("f-2", "S07")]), "the second goes on");
    town.tell(&transfer::FilingReceived {
        filing_id: "f-2".into(),
        court_org: COURT.into(),
        ..Default::default()
    });
    town.tell(&transfer::FilingRefused { filing_id: "f-2".into(), court_org: COURT.into() });
    assert_eq!(of_filings(&town), pairs(&[("f-2", "S09")]));
    // Taken back, the second leaves the choice that it had made.
    opened(&mut town, "f-3");
    assert_eq!(of_filings(&town), pairs(&[("f-3", "S06")]));
    town.tell(&transfer::FilingWithdrawn { filing_id: "f-3".into(), demand_version: Some(9) });
    assert_eq!(of_filings(&town), pairs(&[("f-3", "S09")]));
}

/// The later one is over first: the earlier is what is waited for.
#[test]
fn the_end_of_a_later_filing_leaves_the_earlier_one_watched() {
    let mut town = Town::seated("PM", "2026-03-02", "2026-03-02", "2026-03-02");
    filed(&mut town, "f-1");
    filed(&mut town, "f-2");
    assert_eq!(of_filings(&town), pairs(&[("f-1", "S08"), ("f-2", "S08")]));
    town.tell(&transfer::OutcomeReported { filing_id: "f-2".into(), ..Default::default() });
    assert_eq!(of_filings(&town), pairs(&[("f-1", "S08")]));
    assert_eq!(town.holder(Noun::Filing), Some(COURT));
    assert_eq!(town.book.nouns[&Noun::Filing].id, "f-1");
    town.tell(&transfer::OutcomeReported { filing_id: "f-1".into(), ..Default::default() });
    assert_eq!((town.holder(Noun::Filing), of_filings(&town)), (None, vec![]));
}

/// A court has the suit while nobody mediates yet (T43): the parties choose, as after any other end.
#[test]
fn a_case_that_nobody_mediates_ends_for_a_suit_elsewhere() {
    for sued_first in [false, true] {
        let mut town = Town::new(on("2026-03-02"));
        town.filed();
        let now = town.now;
        if sued_first {
            town.learn(|desk| desk.sued(now));
            town.hear();
            assert_eq!(town.holder(Noun::Mediation), None, "nobody has accepted it");
        }
        town.accepted(now);
        if !sued_first {
            town.learn(|desk| desk.sued(now));
        }
        town.hear();
        assert!(town.clocks().contains("S09"), "sued first {sued_first}: {:?}", town.clocks());
        assert_eq!(town.holder(Noun::Mediation), Some(HALL));
        assert_eq!(town.waiting(), 0);
        town.learn(|desk| desk.sued(now));
        assert_eq!(town.waiting(), 0, "said once");
    }
}

/// What a court has answered is no demand any more: the next default waits for the parties' choice.
#[test]
fn an_answered_demand_spares_no_later_choice() {
    let mut town = Town::seated("PM", "2026-01-05", "2026-01-05", "2026-01-05");
    town.agree(30_000, &[("2026-03-20", 10_000), ("2027-12-31", 20_000)]);
    town.until("2026-03-21");
    assert!(town.clocks().contains("S09"));
    town.tell_in(7, &CourtDemanded::default());
    assert!(!town.clocks().contains("S09"));
    filed(&mut town, "f-1");
    town.tell(&transfer::DemandAnswered { demand_version: Some(7), ..Default::default() });
    assert!(!town.clocks().contains("S09"), "its choice was made");
    town.tell(&mediation::AgreementBreached { generation: 50, ..Default::default() });
    assert!(town.clocks().contains("S09"), "a second default: {:?}", town.clocks());
    // News of the first demand's filing says nothing of a later one.
    town.tell_in(9, &CourtDemanded::default());
    town.tell(&transfer::FilingWithdrawn { filing_id: "f-0".into(), demand_version: Some(7) });
    assert!(!town.clocks().contains("S09") && town.book.demands.stands());
}

fn of_dispute(town: &Town) -> Vec<(&str, u64)> {
    let found = town.book.deadlines.iter().filter(|found| found.noun == Noun::Dispute);
    let mut found: Vec<_> = found.map(|found| (found.clock.as_str(), found.generation)).collect();
    found.sort_unstable();
    found
}

fn saved(town: &mut Town, generation: u64) {
    let saved = DraftSaved { first_receiver_org: HALL.to_owned(), generation, ..Default::default() };
    town.tell_in(generation, &saved);
}

fn submitted(town: &mut Town) {
    let submit_time = Some(timestamp(town.now));
    town.tell(&DisputeFiled { first_receiver_org: HALL.to_owned(), submit_time, ..Default::default() });
}

fn back(town: &mut Town) {
    town.tell(&transfer::FilingWithdrawn { filing_id: "f".into(), demand_version: Some(1_000) });
}

/// What is waited for once a demand is taken back is what the dispute has come to meanwhile, counted from where that began.
#[test]
fn a_demand_that_is_taken_back_leaves_what_the_dispute_waits_for_by_then() {
    // Filed while the demand stood: the decision on its acceptance, from its submission.
    let mut town = Town::new(on("2026-03-02"));
    saved(&mut town, 1);
    town.tell_in(2, &CourtDemanded::default());
    town.now = on("2026-03-03");
    submitted(&mut town);
    assert_eq!(of_dispute(&town).len(), 1, "{:?}", of_dispute(&town));
    town.now = on("2026-03-05");
    back(&mut town);
    let clocks: Vec<&str> = of_dispute(&town).into_iter().map(|(clock, _)| clock).collect();
    assert_eq!(clocks, ["S02"]);
    let began = town.book.deadlines.iter().find(|found| found.clock == "S02").unwrap().began();
    assert_eq!(began, on("2026-03-03"));
    // Saved while it stood: from the last save, which is what its owner compares.
    let mut town = Town::new(on("2026-03-02"));
    saved(&mut town, 1);
    town.tell_in(2, &CourtDemanded::default());
    town.now = on("2026-03-04");
    saved(&mut town, 3);
    back(&mut town);
    assert_eq!(of_dispute(&town), [("S01", 3)]);
    assert_eq!(town.book.deadlines[0].began(), on("2026-03-04"));
}

/// A correction that is asked for while a demand stands is waited for when that is taken back, and the window's time stands still
/// for as long as it did.
#[test]
fn a_correction_beside_a_demand_is_waited_for_after_it() {
    let due = |town: &Town| town.due("S02").unwrap();
    let of = |asked: bool, corrected: bool| {
        let mut town = Town::new(on("2026-03-02"));
        submitted(&mut town);
        town.now = on("2026-03-03");
        if asked {
            let request_time = Some(timestamp(town.now));
            town.tell(&CorrectionRequested { item_count: 1, generation: 5, request_time });
        }
        town.tell_in(70, &CourtDemanded::default());
        if !asked {
            let request_time = Some(timestamp(town.now));
            town.tell(&CorrectionRequested { item_count: 1, generation: 5, request_time });
        }
        town.now = on("2026-03-05");
        if corrected {
            town.tell(&DisputeCorrected::default());
        }
        town.now = on("2026-03-06");
        back(&mut town);
        if !corrected {
            let clocks: Vec<&str> = of_dispute(&town).into_iter().map(|(clock, _)| clock).collect();
            assert_eq!(clocks, ["S02", "S03"], "asked before {asked}");
            let stopped = town.book.deadlines.iter().find(|found| found.clock == "S02").unwrap();
            assert_eq!(stopped.state, oversight::model::State::Stopped, "asked before {asked}");
            // It is corrected now.
            town.now = on("2026-03-05");
            town.tell(&DisputeCorrected::default());
        }
        due(&town)
    };
    let mut plain = Town::new(on("2026-03-02"));
    submitted(&mut plain);
    plain.now = on("2026-03-03");
    let request_time = Some(timestamp(plain.now));
    plain.tell(&CorrectionRequested { item_count: 1, generation: 5, request_time });
    plain.now = on("2026-03-05");
    plain.tell(&DisputeCorrected::default());
    for (asked, corrected) in [(true, false), (true, true), (false, false), (false, true)] {
        assert_eq!(
            of(asked, corrected),
            due(&plain),
            "asked before {asked}, corrected meanwhile {corrected}"
        );
    }
}

/// The ten days in which the parties of an accident may ask the traffic police (L11 art. 86) run beside the base period: neither its
/// beginning nor another count of it ends them.
#[test]
fn the_times_beside_the_base_period_run_on_when_it_begins_or_is_counted_anew() {
    let mut town = Town::confirmed("PM", "2026-03-02", "2026-03-02", "2026-03-02", &[CLAIMANT]);
    town.hear();
    let now = town.now;
    town.act(|run| run.happened("DETERMINATION_RECEIVED", now)).unwrap();
    town.hear();
    assert!(town.clocks().contains("K18") && town.clocks().contains("K04"), "{:?}", town.clocks());
    let id = town.id();
    town.act(|run| run.consent(super::town::party(RESPONDENT), now, id)).unwrap();
    town.hear();
    assert_eq!(town.state(), "IN_MEDIATION");
    assert!(town.clocks().contains("K18") && !town.clocks().contains("K04"), "{:?}", town.clocks());
    // Of the traffic police's own mediation: the notice of a sitting that is planned.
    let mut town = Town::seated("TR", "2026-03-02", "2026-03-02", "2026-03-02");
    let start_time = Some(timestamp(on("2026-03-20")));
    town.tell(&mediation::SessionScheduled { track: "TR".into(), start_time, ..Default::default() });
    assert!(town.clocks().contains("K20a") && town.clocks().contains("K20b"), "{:?}", town.clocks());
    let now = town.now;
    town.act(|run| run.happened("TREATMENT_ENDED", now)).unwrap();
    town.hear();
    assert!(town.clocks().contains("K20a") && town.clocks().contains("K20b"), "{:?}", town.clocks());
    assert!(town.clocks().contains("K19"), "{:?}", town.clocks());
}

/// Closed, demanded for what is not performed, and taken back: the case is open again, whatever is heard first.
#[test]
fn a_closed_case_that_is_demanded_and_taken_back_is_watched_in_either_order() {
    for back_first in [false, true] {
        let mut town = Town::seated("PM", "2026-03-02", "2026-03-02", "2026-03-02");
        town.tell(&DisputeClosed { generation: 8, ..Default::default() });
        assert!(town.book.closed && town.clocks().contains("S17"), "{:?}", town.clocks());
        let back = transfer::FilingWithdrawn { filing_id: "f-1".into(), demand_version: Some(9) };
        if !back_first {
            town.tell_in(9, &CourtDemanded::default());
        }
        opened(&mut town, "f-1");
        town.tell(&back);
        if back_first {
            town.tell_in(9, &CourtDemanded::default());
        }
        let clocks: Vec<&str> = of_dispute(&town).into_iter().map(|(clock, _)| clock).collect();
        assert_eq!(clocks, ["S11"], "back first {back_first}");
        assert!(!town.book.closed && !town.book.demands.stands());
    }
}

/// The end of a run names the demand that ended it; an acceptance from before that, heard late, takes nothing of it back.
#[test]
fn an_acceptance_that_is_heard_late_takes_back_no_demand_that_came_after_it() {
    let mut town = Town::new(on("2026-03-02"));
    town.filed();
    let (mediation_id, ground) = ("m-1".to_owned(), "F02".to_owned());
    town.tell(&mediation::MediationConcluded { mediation_id, ground, generation: 3, demand_version: 9 });
    town.tell_in(6, &DisputeAccepted { first_receiver_org: HALL.to_owned(), ..Default::default() });
    town.tell_in(9, &CourtDemanded::default());
    assert!(town.book.demands.stands());
    assert!(!town.clocks().contains("S09"), "{:?}", town.clocks());
}
