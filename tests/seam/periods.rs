//! When a base period begins, stands still and ends: one answer, whoever is asked.

use contracts::transfer::v1::{CommissionLinked, ConfirmationDenied};
use mediation::wire::news;
use oversight::store::timestamp;

use super::town::{CLAIMANT, RESPONDENT, Town, day, on, party};

#[test]
fn a_new_run_after_a_dismissed_confirmation_has_a_period_of_its_own() {
    for track in ["PM", "ME", "LA", "FI"] {
        let mut town = Town::seated(track, "2026-03-02", "2026-03-02", "2026-03-02");
        town.until("2026-03-16");
        town.agree(5_000, &[]);
        assert_eq!(town.state(), "AGREED", "{track}");
        town.until("2026-07-10");
        town.tell(&ConfirmationDenied::default());
        town.learn(mediation::model::CaseDesk::denied);
        town.until("2026-07-13");
        for who in [CLAIMANT, RESPONDENT] {
            let (id, now) = (town.id(), town.now);
            town.act(|run| run.consent(party(who), now, id)).unwrap();
        }
        town.settle();
        assert_eq!(town.state(), "IN_MEDIATION", "{track}: not over before it has begun");
        let due = town.shown().unwrap();
        assert!(due > day("2026-07-20"), "{track}: {due}");
        let clock = town.run().course.period.as_ref().unwrap().clock().to_owned();
        assert_eq!(town.due(&clock), Some(due), "{track}: one answer");
        town.until(&due.to_string());
        assert_eq!(town.state(), "IN_MEDIATION", "{track}: its last day is its own");
        town.now = rulebook::calendar::end_of(due);
        town.settle();
        assert_eq!(town.state(), "FAILED", "{track}");
    }
}

#[test]
fn an_appraisal_is_excluded_from_the_days_on_which_it_was_and_not_on_which_it_was_entered() {
    // Begun on the 2nd, entered on the 3rd; ended on the 20th, entered on the 25th.
    let mut town = Town::seated("ME", "2026-03-02", "2026-03-02", "2026-03-02");
    town.until("2026-03-03");
    let agreeing = [party(CLAIMANT), party(RESPONDENT)];
    town.act(|run| run.appraise(on("2026-03-02"), &agreeing, false)).unwrap();
    town.until("2026-03-25");
    town.act(|run| run.finish_appraisal(on("2026-03-20"))).unwrap();
    town.settle();
    let due = town.shown().unwrap();
    assert_eq!(town.due("K15"), Some(due), "one answer");
    // Thirty working days from the 20th, of which none had gone.
    assert_eq!(due, day("2026-05-07"));
}

#[test]
fn labour_mediation_counts_from_the_application_and_shows_so() {
    let mut town = Town::seated("LA", "2026-03-02", "2026-03-04", "2026-03-05");
    assert_eq!(town.shown(), Some(day("2026-03-17")), "fifteen days from the application (L15 art. 14)");
    assert_eq!(town.due("K12"), town.shown(), "one answer");
    town.until("2026-03-18");
    assert_eq!(town.state(), "FAILED");
}

#[test]
fn a_commissioned_case_keeps_the_law_of_the_day_on_which_the_court_commissioned_it() {
    let mut town = Town::new(on("2025-01-02"));
    let linked = CommissionLinked {
        sign_time: Some(timestamp(on("2025-01-02"))),
        commission_time: Some(timestamp(on("2024-12-31"))),
        ..CommissionLinked::default()
    };
    town.filed();
    town.accepted(on("2025-01-02"));
    town.tell(&linked);
    town.learn(|desk| desk.begins(news::linked(&linked)));
    town.claim("WT", &[CLAIMANT, RESPONDENT]);
    town.hear();
    let period = town.run().course.period.clone().unwrap();
    assert_eq!((period.pinned_on, period.start), (day("2024-12-31"), on("2025-01-02")));
    let terms = |town: &Town| {
        let found = town.book.deadlines.iter().find(|found| found.clock == "K07").unwrap();
        found.ledger().unwrap().terms().clone()
    };
    assert_eq!(terms(&town).extension.to_string(), "consent", "no cap before 2025 (P1 item 3)");
    assert_eq!(town.due("K07"), town.shown());
    // What two months of consent make of it, on both sides.
    let (length, now) = (rulebook::period::Period::days(60), town.now);
    let all = vec![(party(CLAIMANT), now), (party(RESPONDENT), now)];
    town.act(|run| run.extend(length, mediation::model::course::Will::Consents(all))).unwrap();
    town.settle();
    assert_eq!(town.due("K07"), town.shown());
}

#[test]
fn nobody_fails_to_be_reached_while_nobody_could_ask() {
    let mut town = Town::confirmed("PM", "2026-03-02", "2026-03-02", "2026-03-02", &[CLAIMANT]);
    town.hear();
    assert_eq!(town.due("K04"), Some(day("2026-03-05")));
    // The mediator gives it back on the second day; the next one confirms a week later.
    town.until("2026-03-03");
    let now = town.now;
    let fence = mediation::model::Fence { epoch: 1, n: 2 };
    town.learn(|desk| desk.released(fence, Some(super::town::account("mediator-1")), now));
    town.until("2026-03-10");
    assert_eq!(town.state(), "CONSENT_PENDING", "nobody could ask");
    town.claim("PM", &[CLAIMANT]);
    town.settle();
    assert_eq!(
        town.due("K04"),
        Some(day("2026-03-13")),
        "three working days for whoever asks now (L5 art. 15)"
    );
    town.until("2026-03-13");
    assert_eq!(town.state(), "CONSENT_PENDING");
    town.until("2026-03-14");
    assert_eq!(town.state(), "FAILED");
}

#[test]
fn a_period_that_nobody_agreed_ends_by_the_local_default() {
    let mut town = Town::seated("CM", "2026-05-06", "2026-05-06", "2026-05-06");
    assert_eq!(town.due("K11"), Some(day("2026-06-05")));
    assert_eq!(town.shown(), town.due("K11"), "one answer");
    town.until("2026-06-06");
    assert_eq!(town.state(), "FAILED", "what is announced is acted on (L16 art. 25)");
}

#[test]
fn what_a_traffic_or_public_order_period_counts_from_is_recorded_and_obeyed() {
    // Traffic: the end of the treatment, or the acceptance if later (L11 art. 90; L12 art. 95).
    let mut town = Town::seated("TR", "2026-03-02", "2026-03-02", "2026-03-02");
    assert_eq!((town.due("K19"), town.shown()), (Some(day("2026-03-12")), Some(day("2026-03-12"))));
    town.until("2026-03-11");
    let ended = on("2026-03-09");
    town.act(|run| run.happened("TREATMENT_ENDED", ended)).unwrap();
    town.act(|run| run.happened("TREATMENT_ENDED", ended)).unwrap();
    town.settle();
    assert_eq!((town.due("K19"), town.shown()), (Some(day("2026-03-19")), Some(day("2026-03-19"))));
    let before = on("2026-02-20");
    town.act(|run| run.happened("LOSS_FIXED", before)).unwrap();
    town.settle();
    assert_eq!(town.due("K19"), Some(day("2026-03-19")), "the earlier one moves nothing");
    town.until("2026-03-19");
    assert_eq!(town.state(), "IN_MEDIATION");
    town.until("2026-03-20");
    assert_eq!(town.state(), "FAILED");

    // Recorded before everybody consented, it is remembered.
    let mut town = Town::confirmed("TR", "2026-03-02", "2026-03-02", "2026-03-02", &[CLAIMANT]);
    town.until("2026-03-04");
    town.act(|run| run.happened("DISABILITY_RATED", on("2026-03-03"))).unwrap();
    let (id, now) = (town.id(), town.now);
    town.act(|run| run.consent(party(RESPONDENT), now, id)).unwrap();
    town.settle();
    assert_eq!((town.due("K19"), town.shown()), (Some(day("2026-03-13")), Some(day("2026-03-13"))));

    // The police: from the opinion (K24), and once more from the first mediation (K25).
    let mut town = Town::seated("PO", "2026-03-02", "2026-03-02", "2026-03-02");
    assert_eq!(town.due("K23"), Some(day("2026-03-05")));
    town.until("2026-03-04");
    town.act(|run| run.happened("OPINION_ISSUED", on("2026-03-04"))).unwrap();
    town.settle();
    assert_eq!(
        (town.due("K24"), town.shown(), town.due("K23")),
        (Some(day("2026-03-09")), Some(day("2026-03-09")), None)
    );
    town.until("2026-03-06");
    town.act(|run| run.happened("FIRST_MEDIATION", on("2026-03-06"))).unwrap();
    town.settle();
    assert_eq!((town.due("K25"), town.shown()), (Some(day("2026-03-17")), Some(day("2026-03-17"))));
    town.until("2026-03-18");
    assert_eq!(town.state(), "FAILED");
    assert!(
        Town::seated("PM", "2026-03-02", "2026-03-02", "2026-03-02")
            .act(|run| run.happened("TREATMENT_ENDED", on("2026-03-02")))
            .is_err_and(|refused| lexicon::Refusal::reason(&refused) == "NO_START_EVENT")
    );
}
