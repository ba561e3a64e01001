//! The ledger and its explanations, asked over gRPC: every day that did not count, stops, extensions, and what the ledger
//! refuses; start events that come before or after what they start; and what nobody watches.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod office;

use access::Role;
use contracts::oversight::v1::{
    DeadlineExplanation, DeadlineState, ExplainDeadlineRequest, ListOverdueRequest, ListUnwatchedRequest,
    ListUnwatchedResponse, Unwatched,
};
use lexicon::PartyId;
use office::{HALL, Office, asked, at, instant};
use oversight::model::{Holder, Noun, Step, start};
use rulebook::clocks::StopReason;
use rulebook::deadline::{Consent, Consents, Extension};
use rulebook::period::Period;
use tonic_types::StatusExt as _;
use uuid::Uuid;

fn hall() -> Holder {
    Holder::Named(HALL.to_owned())
}

impl Office {
    async fn explain(&self, case: Uuid, clock: &str) -> DeadlineExplanation {
        let found = self.deadlines(case).await.into_iter().find(|found| found.clock == clock).unwrap();
        let ask = ExplainDeadlineRequest { case_id: case.to_string(), deadline_id: found.deadline_id };
        let asked = asked("ExplainDeadline", Role::Supervisor, ask);
        self.client().explain_deadline(asked).await.unwrap().into_inner()
    }

    async fn unwatched(&self) -> ListUnwatchedResponse {
        let asked = asked("ListUnwatched", Role::Operator, ListUnwatchedRequest::default());
        self.client().list_unwatched(asked).await.unwrap().into_inner()
    }

    /// A medical mediation that was accepted and started at an instant.
    async fn medical(&self, begun: &str) -> Uuid {
        let case = self.clock.id();
        let begun = at(begun);
        let steps = vec![
            Step::Open(Noun::Mediation, "m".to_owned()),
            start(Noun::Mediation, "K15", hall()).at("ACCEPTED", Some(begun)).into(),
        ];
        self.hear(case, begun, steps).await;
        case
    }
}

fn days(told: &DeadlineExplanation) -> Vec<String> {
    told.days.iter().map(|day| format!("{} {} {}{}", day.date, day.counted, day.why, day.holiday)).collect()
}

#[tokio::test]
async fn every_day_that_did_not_count_is_named_and_every_make_up_day_that_did() {
    let office = Office::open("2026-02-13T04:00:00Z").await;
    let case = office.clock.id();
    let claimed = office.clock.now();
    let steps = vec![Step::Open(Noun::Referral, String::new()), start(Noun::Referral, "K03", hall()).into()];
    office.hear(case, claimed, steps).await;
    let told = office.explain(case, "K03").await;
    assert_eq!(told.due_date, "2026-02-25", "three working days over the Spring Festival");
    assert_eq!(instant(told.deadline.as_ref().unwrap().due_time), at("2026-02-26T00:00:00+08:00"));
    let days = days(&told);
    assert_eq!(days[0], "2026-02-14 true make-up春节", "a Saturday that was worked");
    assert_eq!(days[1..10].iter().filter(|day| day.ends_with("false holiday春节")).count(), 9, "{days:?}");
    assert_eq!((told.period.as_str(), told.article.as_str(), told.verified), ("3wd", "L5 art. 12", true));
    assert!(told.lines.iter().any(|line| line.contains("春节放假")), "{:?}", told.lines);
    assert!(told.lines_en.iter().any(|line| line.contains("Spring Festival")), "{:?}", told.lines_en);
    assert_eq!(told.lines.len(), told.lines_en.len());
}

#[tokio::test]
async fn an_appraisal_stops_the_period_and_an_extension_names_its_consents() {
    let office = Office::open("2026-03-02T02:00:00Z").await;
    let case = office.medical("2026-03-02T02:00:00Z").await;
    let before = office.explain(case, "K15").await;
    let clock = || "K15".to_owned();
    let stop = Step::Stop(Noun::Mediation, clock(), StopReason::Appraisal, None, Some(2));
    office.hear(case, at("2026-03-04T02:00:00Z"), vec![stop]).await;
    let told = office.explain(case, "K15").await;
    let deadline = told.deadline.unwrap();
    assert_eq!((deadline.state(), deadline.generation, deadline.due_time), (DeadlineState::Stopped, 2, None));
    assert_eq!(told.stops[0].first_date, "2026-03-05");
    office.move_to(at("2027-03-04T02:00:00Z"));
    assert_eq!(office.workers[0].announce().await.unwrap(), 0, "what stands still does not run out");
    let asked_overdue = asked("ListOverdue", Role::Supervisor, ListOverdueRequest::default());
    let overdue = office.client().list_overdue(asked_overdue).await.unwrap().into_inner();
    assert!(overdue.deadlines.is_empty(), "nor is it overdue");

    // Back on Tuesday 17 March: nine working days did not count.
    office
        .hear(case, at("2026-03-17T02:00:00Z"), vec![Step::Resume(Noun::Mediation, clock(), None, Some(3))])
        .await;
    let resumed = office.explain(case, "K15").await;
    assert_eq!((before.due_date.as_str(), resumed.due_date.as_str()), ("2026-04-14", "2026-04-27"));
    assert_eq!(resumed.stops.len(), 1);
    assert_eq!(
        (resumed.stops[0].reason.as_str(), resumed.stops[0].last_date.as_str()),
        ("appraisal", "2026-03-17")
    );

    let parties = [1, 2].map(|n| PartyId::from(Uuid::from_u128(n)));
    let given = parties.map(|party| Consent { party, at: at("2026-04-20T03:00:00Z") });
    let consents = Consents::of_all(&parties, &given).unwrap();
    let extension = Extension::agreed(Period::days(10), consents);
    let extend = Step::Extend(Noun::Mediation, clock(), extension, Some(4));
    office.hear(case, at("2026-04-20T03:00:00Z"), vec![extend]).await;
    let told = office.explain(case, "K15").await;
    // Ten days from 27 April are Thursday 7 May.
    assert_eq!((told.due_date.as_str(), told.extensions.len()), ("2026-05-07", 1));
    let extension = &told.extensions[0];
    let consented: Vec<&str> = extension.consents.iter().map(|consent| consent.party_id.as_str()).collect();
    assert_eq!(consented, parties.map(|party| party.to_string()));
    assert_eq!(extension.length, "10d");
    assert!(told.lines.iter().any(|line| line.contains("各方同意")), "{:?}", told.lines);
    assert_eq!(told.deadline.unwrap().generation, 4, "the owner's");
}

#[tokio::test]
async fn what_the_rule_book_refuses_is_not_entered() {
    let office = Office::open("2026-03-02T02:00:00Z").await;
    let case = office.clock.id();
    let begun = office.clock.now();
    let steps = vec![
        Step::Open(Noun::Mediation, "m".to_owned()),
        start(Noun::Mediation, "K07", hall()).at("MATERIAL_SIGNED", Some(begun)).into(),
    ];
    office.hear(case, begun, steps).await;
    let parties = [1, 2].map(|n| PartyId::from(Uuid::from_u128(n)));
    let consents = Consents::of_all(&parties, &parties.map(|party| Consent { party, at: begun })).unwrap();
    let extension = Extension::agreed(Period::days(31), consents);
    let extend = Step::Extend(Noun::Mediation, "K07".to_owned(), extension, None);
    let refused = office.try_hear(case, begun, vec![extend]).await.unwrap_err();
    assert!(refused.contains("EXTENSION_OVER_THE_CAP"), "{refused}");
    let wrong = start(Noun::Mediation, "K10", hall()).at("DEATH", Some(begun)).into();
    let refused = office.try_hear(case, begun, vec![wrong]).await.unwrap_err();
    assert!(refused.contains("NOT_A_START_EVENT"), "{refused}");
    assert_eq!(office.deadlines(case).await.len(), 1, "nothing was written");
}

#[tokio::test]
async fn a_period_counts_from_its_own_event_whenever_that_is_heard() {
    let office = Office::open("2026-03-20T02:00:00Z").await;
    let (known, late) = (office.clock.id(), office.clock.id());
    let accepted = at("2026-03-02T02:00:00Z");
    let main = || {
        vec![
            Step::Open(Noun::Mediation, "m".to_owned()),
            start(Noun::Mediation, "K10", hall()).kept("ACCEPTED").into(),
        ]
    };
    office.hear(known, accepted, vec![Step::Keep("ACCEPTED", None)]).await;
    office.hear(known, at("2026-03-20T02:00:00Z"), main()).await;
    // The other case's acceptance is heard last.
    office.hear(late, at("2026-03-20T02:00:00Z"), main()).await;
    assert_eq!(office.explain(late, "K10").await.due_date, "2026-04-20", "assumed, and never too early");
    office.hear(late, accepted, vec![Step::Keep("ACCEPTED", None)]).await;
    for case in [known, late] {
        let told = office.explain(case, "K10").await;
        assert_eq!(told.due_date, "2026-04-02", "a month from acceptance");
        let deadline = told.deadline.unwrap();
        assert_eq!((instant(deadline.start_time), deadline.generation), (accepted, 1));
    }
}

#[tokio::test]
async fn what_nobody_watches_is_named() {
    let office = Office::open("2026-03-02T02:00:00Z").await;
    let now = office.clock.now();
    let (sound, mute, orphan) = (office.clock.id(), office.clock.id(), office.clock.id());
    let open = || Step::Open(Noun::Dispute, String::new());
    let waits = || Step::from(start(Noun::Dispute, "S02", hall()));
    office.hear(sound, now, vec![open(), waits()]).await;
    let answer = office.unwatched().await;
    assert_eq!((answer.nouns, answer.open_count), (vec![], 1));

    // Opened, and no clock; met, and still open; held by nobody.
    office.hear(mute, now, vec![open()]).await;
    office.hear(orphan, now, vec![open(), start(Noun::Dispute, "S02", Holder::FirstReceiver).into()]).await;
    let answer = office.unwatched().await;
    let told: Vec<(String, Unwatched)> =
        answer.nouns.iter().map(|noun| (noun.case_id.clone(), noun.fault())).collect();
    let wanted = [
        (mute.to_string(), Unwatched::NoHolder),
        (mute.to_string(), Unwatched::NoClock),
        (orphan.to_string(), Unwatched::NoHolder),
    ];
    assert_eq!(told, wanted);
    office.hear(orphan, now, vec![Step::Received(HALL.to_owned())]).await;
    office.hear(mute, now, vec![waits()]).await;
    assert!(office.unwatched().await.nouns.is_empty(), "all are watched now");
    office.hear(sound, now, vec![Step::Met(Noun::Dispute, "S02")]).await;
    assert_eq!(office.unwatched().await.nouns[0].fault(), Unwatched::NoClock);
    office.hear(sound, now, vec![Step::End(Noun::Dispute)]).await;
    assert!(office.unwatched().await.nouns.is_empty(), "what has ended needs no clock");
}

#[tokio::test]
async fn a_demand_and_a_closing_leave_nothing_waiting_that_was_chosen_or_done() {
    let office = Office::open("2026-03-02T02:00:00Z").await;
    let now = office.clock.now();
    let (chosen, closed) = (office.clock.id(), office.clock.id());
    let failed = || {
        vec![
            Step::Open(Noun::Mediation, "m".to_owned()),
            start(Noun::Mediation, "S09", Holder::Named(HALL.to_owned())).into(),
        ]
    };
    office.hear(chosen, now, vec![Step::CourtDemanded]).await;
    office.hear(chosen, now, failed()).await;
    assert!(office.deadlines(chosen).await.is_empty(), "the choice was made before the failure was heard");
    office.hear(closed, now, failed()).await;
    office.hear(closed, now, vec![Step::Closed]).await;
    office.hear(closed, now, failed()).await;
    let filing = vec![
        Step::Open(Noun::Filing, "f".to_owned()),
        start(Noun::Filing, "S08", Holder::Named(HALL.to_owned())).into(),
    ];
    office.hear(closed, now, filing).await;
    let running: Vec<String> = office
        .deadlines(closed)
        .await
        .into_iter()
        .filter(|found| found.state() == DeadlineState::Running)
        .map(|found| format!("{} {} {}", found.noun, found.noun_id, found.clock))
        .collect();
    assert_eq!(running, ["filing f S08"], "a filed case is watched for its outcome after closing");
    assert!(office.unwatched().await.nouns.is_empty());
}

#[tokio::test]
async fn a_deadline_of_another_case_is_not_there() {
    let office = Office::open("2026-03-02T02:00:00Z").await;
    let (mine, other) = (office.medical("2026-03-02T02:00:00Z").await, office.clock.id());
    office.hear(other, office.clock.now(), vec![]).await;
    let id = office.deadlines(mine).await[0].deadline_id.clone();
    let ask = |case: Uuid, deadline_id: &str, role| {
        let ask = ExplainDeadlineRequest { case_id: case.to_string(), deadline_id: deadline_id.to_owned() };
        asked("ExplainDeadline", role, ask)
    };
    let status = office.client().explain_deadline(ask(other, &id, Role::Supervisor)).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::NotFound);
    let status = office.client().explain_deadline(ask(mine, &id, Role::Mediator)).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::NotFound, "a foreign case is missing");
    let status = office.client().explain_deadline(ask(mine, "x", Role::Supervisor)).await.unwrap_err();
    assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "deadline_id");
}
