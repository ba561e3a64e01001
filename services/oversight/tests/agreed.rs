//! Days and periods that the parties agreed, and the clocks of a draft of which somebody demands the court.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod office;

use access::Role;
use contracts::oversight::v1::{DeadlineState, ExplainDeadlineRequest};
use office::{HALL, Office, asked, at, instant};
use oversight::model::{Holder, Noun, Since, Start, Step, start};
use rulebook::clocks::StopReason;
use rulebook::deadline::{Start as Began, Terms};
use rulebook::period::Period;
use uuid::Uuid;

fn hall() -> Holder {
    Holder::Named(HALL.to_owned())
}

impl Office {
    async fn running(&self, case: Uuid) -> Vec<String> {
        let waits = |state| matches!(state, DeadlineState::Running | DeadlineState::Reached);
        let found = self.deadlines(case).await;
        let told = |one: &contracts::oversight::v1::Deadline| format!("{} {}", one.clock, one.generation);
        let mut told: Vec<String> = found.iter().filter(|one| waits(one.state())).map(told).collect();
        told.sort();
        told
    }
}

/// A schedule of which these parts are left.
fn performing(generation: u64, left: &[(&str, i64)]) -> Vec<Step> {
    let of = |clock| start(Noun::Mediation, clock, hall()).generation(Some(generation));
    let parts = left.iter().map(|(day, amount)| {
        let from = Since::Day(day.parse().unwrap(), *amount);
        Start { from, ..of("schedule").beside() }
    });
    std::iter::once(of("K40")).chain(parts).map(Step::from).collect()
}

#[tokio::test]
async fn each_instalment_has_a_clock_which_no_rest_day_moves() {
    let office = Office::open("2026-03-02T02:00:00Z").await;
    let case = office.clock.id();
    let open = vec![Step::Open(Noun::Mediation, "m".to_owned())];
    // A Friday, and a Saturday.
    let both = performing(3, &[("2026-03-20", 1_000_000), ("2026-04-18", 0)]);
    office.hear(case, office.clock.now(), open.into_iter().chain(both).collect()).await;
    assert_eq!(office.running(case).await, ["K40 3", "schedule 3", "schedule 3"]);
    office.move_to(at("2026-03-20T15:59:59Z"));
    assert_eq!(office.workers[0].announce().await.unwrap(), 0);
    // The first is paid a second before its day is over.
    office.hear(case, office.clock.now(), performing(4, &[("2026-04-18", 0)])).await;
    office.move_to(at("2026-03-20T16:00:00Z"));
    assert_eq!(office.workers[0].announce().await.unwrap(), 0, "what was paid is not waited for");
    assert_eq!(office.running(case).await, ["K40 4", "schedule 4"]);
    office.move_to(at("2026-04-18T16:00:00Z"));
    assert_eq!(office.workers[0].announce().await.unwrap() + office.workers[1].announce().await.unwrap(), 1);
    let (_, of, reached) = office.announced().await.remove(0);
    assert_eq!((of, reached.noun.as_str(), reached.clock.as_str()), (case, "mediation", "schedule"));
    assert_eq!((reached.generation, instant(reached.due_time)), (4, at("2026-04-18T16:00:00Z")));

    let found = office.deadlines(case).await.into_iter().find(|one| one.clock == "schedule").unwrap();
    assert_eq!((found.clock_name.as_str(), found.provisional), ("约定履行日", false));
    let ask = ExplainDeadlineRequest { case_id: case.to_string(), deadline_id: found.deadline_id };
    let told =
        office.client().explain_deadline(asked("ExplainDeadline", Role::Supervisor, ask)).await.unwrap();
    let told = told.into_inner();
    assert_eq!(told.lines.len(), told.lines_en.len());
    assert!(told.lines[0].contains("不因休息日顺延") && !told.lines[0].contains('元'), "{:?}", told.lines);
}

#[tokio::test]
async fn a_period_that_the_parties_agreed_takes_the_place_of_the_default() {
    let office = Office::open("2026-05-06T02:00:00Z").await;
    let (case, now) = (office.clock.id(), office.clock.now());
    let default = start(Noun::Mediation, "K11", hall()).generation(Some(2));
    office.hear(case, now, vec![Step::Open(Noun::Mediation, "m".to_owned()), default.into()]).await;
    let track = rulebook::tracks::get("CM").unwrap();
    let pin = rulebook::regimes::pin("CM", &track.pin, "2026-05-06".parse().unwrap()).unwrap();
    let terms = Box::new(Terms::agreed(&pin, Period::days(20)));
    let from = Since::Agreed(terms, Began { event: "MEDIATION_AGREED".to_owned(), at: now });
    let agreed = Start { from, ..start(Noun::Mediation, "main", hall()).generation(Some(3)) };
    office.hear(case, now, vec![agreed.into()]).await;
    assert_eq!(office.running(case).await, ["main 3"]);
    let found = office.deadlines(case).await.into_iter().find(|one| one.clock == "main").unwrap();
    assert_eq!(instant(found.due_time), at("2026-05-26T16:00:00Z"));
    assert_eq!(found.clock_name, "约定调解期限");
}

#[tokio::test]
async fn a_draft_of_which_somebody_demands_the_court_waits_for_no_acceptance() {
    let office = Office::open("2026-03-02T02:00:00Z").await;
    let (case, now) = (office.clock.id(), office.clock.now());
    let saved = || vec![Step::Open(Noun::Dispute, String::new()), start(Noun::Dispute, "S01", hall()).into()];
    office.hear(case, now, saved()).await;
    assert_eq!(office.running(case).await, ["S01 1"]);
    office.hear(case, now, vec![Step::CourtDemanded]).await;
    assert_eq!(office.running(case).await, ["S11 2"]);
    office.hear(case, now, saved()).await;
    let filed = start(Noun::Dispute, "S02", hall()).at("SUBMITTED", Some(now));
    office.hear(case, now, vec![Step::Open(Noun::Dispute, String::new()), filed.into()]).await;
    assert_eq!(office.running(case).await, ["S11 4"], "nobody decides on an acceptance any more");
}

#[tokio::test]
async fn what_a_demand_spared_is_waited_for_again_when_it_is_taken_back() {
    let office = Office::open("2026-03-02T02:00:00Z").await;
    let now = office.clock.now();
    // Mediation failed; a party goes to court and comes back: the parties choose once more.
    let failed = office.clock.id();
    let open = vec![Step::Open(Noun::Mediation, "m".to_owned())];
    let choice = start(Noun::Mediation, "S09", hall()).generation(Some(4));
    office.hear(failed, now, open.into_iter().chain([choice.clone().into()]).collect()).await;
    office.hear(failed, now, vec![Step::CourtDemanded]).await;
    assert!(office.running(failed).await.is_empty());
    office.hear(failed, now, vec![Step::DemandDropped(None)]).await;
    assert_eq!(office.running(failed).await, ["S09 4"]);
    // The demand is heard of first, and the failure after it.
    let failing = office.clock.id();
    office.hear(failing, now, vec![Step::Open(Noun::Mediation, "m".to_owned()), Step::CourtDemanded]).await;
    office.hear(failing, now, vec![choice.into()]).await;
    assert!(office.running(failing).await.is_empty());
    office.hear(failing, now, vec![Step::DemandDropped(None)]).await;
    assert_eq!(office.running(failing).await, ["S09 4"]);
    // A dispute whose claimant is to complete it: the window's time goes on as if it had never stood still.
    let asked = office.clock.id();
    let submitted = start(Noun::Dispute, "S02", hall()).at("SUBMITTED", Some(now)).generation(Some(1));
    let correct = start(Noun::Dispute, "S03", hall()).at("CORRECTION_SENT", Some(now)).generation(Some(5));
    let stop = Step::Stop(Noun::Dispute, "S02".to_owned(), StopReason::Correction, Some(now), None);
    let open =
        vec![Step::Open(Noun::Dispute, String::new()), submitted.into(), stop, correct.beside().into()];
    office.hear(asked, now, open).await;
    let due = |found: Vec<contracts::oversight::v1::Deadline>| {
        found.into_iter().filter(|one| one.clock == "S03").map(|one| instant(one.due_time)).next_back()
    };
    let promised = due(office.deadlines(asked).await);
    office.move_to(at("2026-03-04T02:00:00Z"));
    office.hear(asked, office.clock.now(), vec![Step::CourtDemanded]).await;
    office.move_to(at("2026-03-05T02:00:00Z"));
    office.hear(asked, office.clock.now(), vec![Step::DemandDropped(None)]).await;
    assert_eq!(office.running(asked).await, ["S03 5"], "S02 stands still beside it");
    assert_eq!(due(office.deadlines(asked).await), promised);
    let corrected =
        vec![Step::Met(Noun::Dispute, "S03"), Step::Resume(Noun::Dispute, "S02".to_owned(), None, None)];
    office.hear(asked, office.clock.now(), corrected).await;
    assert_eq!(office.running(asked).await.len(), 1, "the window decides within what is left");
}

#[tokio::test]
async fn a_closed_case_that_somebody_takes_to_court_is_waited_for_again() {
    let office = Office::open("2026-03-02T02:00:00Z").await;
    let (case, now) = (office.clock.id(), office.clock.now());
    let filed = vec![
        Step::Received(HALL.to_owned()),
        Step::Open(Noun::Dispute, String::new()),
        start(Noun::Dispute, "S11", hall()).into(),
    ];
    office.hear(case, now, filed).await;
    office.hear(case, now, vec![Step::Closed]).await;
    assert!(office.running(case).await.is_empty());
    office.hear(case, now, vec![Step::CourtDemanded]).await;
    assert_eq!(office.running(case).await, ["S11 2"]);
}

#[tokio::test]
async fn a_default_after_a_demand_leaves_the_other_days_to_be_waited_for() {
    let office = Office::open("2026-03-02T02:00:00Z").await;
    let (case, now) = (office.clock.id(), office.clock.now());
    let open = vec![Step::Open(Noun::Mediation, "m".to_owned())];
    office.hear(case, now, open.into_iter().chain(performing(3, &[("2026-03-20", 100)])).collect()).await;
    office.hear(case, now, vec![Step::CourtDemanded]).await;
    let choice = start(Noun::Mediation, "S09", hall()).generation(Some(4)).beside();
    office.hear(case, now, vec![Step::Met(Noun::Mediation, "schedule"), choice.into()]).await;
    assert_eq!(
        office.running(case).await,
        ["K40 3"],
        "the parties have chosen; the time for enforcement runs"
    );
    let amended = [Step::Met(Noun::Mediation, "S09"), Step::Met(Noun::Mediation, "K40")];
    office.hear(case, now, amended.into_iter().chain(performing(5, &[("2026-05-20", 100)])).collect()).await;
    assert_eq!(office.running(case).await, ["K40 5", "schedule 5"]);
    office.hear(case, now, vec![Step::DemandDropped(None)]).await;
    assert_eq!(office.running(case).await, ["K40 5", "schedule 5"], "and that default is cured");
}

#[tokio::test]
async fn a_window_that_was_used_before_it_was_heard_of_does_not_open() {
    let office = Office::open("2026-03-02T02:00:00Z").await;
    let (case, now) = (office.clock.id(), office.clock.now());
    let applied =
        vec![Step::Open(Noun::Confirmation, "c".to_owned()), start(Noun::Confirmation, "K28", hall()).into()];
    office.hear(case, now, applied).await;
    let window = start(Noun::Mediation, "K27", hall()).generation(Some(2)).beside();
    office.hear(case, now, vec![Step::Open(Noun::Mediation, "m".to_owned()), window.clone().into()]).await;
    assert_eq!(office.running(case).await, ["K28 1"]);
    office.hear(case, now, vec![Step::End(Noun::Confirmation), window.into()]).await;
    assert_eq!(office.running(case).await, ["K27 2"], "taken back, it is open again");
}
