//! What becomes of an agreement, and what a court is told of it later.
use access::{Caller, Role};
use chrono::{DateTime, Utc};
use contracts::mediation::v1 as proto;
use contracts::mediation::v1::mediation_service_server::MediationService;
use contracts::mediation::v1::{MediationState, Signatory};
use contracts::oversight::v1::DeadlineReached;
use contracts::transfer::v1::ConfirmationDenied;
use prost_types::Timestamp;

use crate::house::{Case, House, caller, fence, mediator, request};

fn on(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

impl House {
    /// Agreed and signed, to be performed by these days.
    async fn agreed(&self, me: &Caller, case: Case, terms: &str, schedule: &[(&str, i64)]) {
        let part = |(due, amount): &(&str, i64)| proto::Instalment {
            due_date: (*due).to_owned(),
            amount_fen: *amount,
        };
        let ask = proto::DraftAgreementRequest {
            case_id: case.id.to_string(),
            fence: fence(1),
            terms: terms.into(),
            partial: false,
            amount_fen: 120_000,
            schedule: schedule.iter().map(part).collect(),
        };
        self.front.draft_agreement(request(me, "DraftAgreement", ask)).await.unwrap();
        for party in [case.claimant, case.respondent] {
            self.sign(me, case, Signatory::Party, Some(party)).await.unwrap();
        }
        self.sign(me, case, Signatory::Mediator, None).await.unwrap();
        self.sign(me, case, Signatory::Seal, None).await.unwrap();
    }

    /// The day of an instalment is over.
    async fn day_is_over(&self, case: Case, generation: u64) {
        let event = DeadlineReached {
            deadline_id: self.clock.id().to_string(),
            noun: "mediation".into(),
            clock: "schedule".into(),
            generation,
            ..DeadlineReached::default()
        };
        self.oversight(case, &event).await;
    }

    async fn paid(&self, me: &Caller, case: Case, key: &str, amount: i64, at: &str) -> proto::Mediation {
        let ask = proto::RecordPerformanceRequest {
            request_id: key.into(),
            case_id: case.id.to_string(),
            fence: fence(1),
            amount_fen: amount,
            whole: false,
            perform_time: Some(Timestamp { seconds: on(at).timestamp(), nanos: 0 }),
            evidence: "receipt".into(),
        };
        let asked = request(me, "RecordPerformance", ask);
        self.front.record_performance(asked).await.unwrap().into_inner()
    }

    async fn of_agreement(&self, who: &Caller, case: Case, agreement: &str) -> proto::ReadForFilingResponse {
        let ask = proto::ReadForFilingRequest {
            case_id: case.id.to_string(),
            with_agreement: true,
            agreement_id: agreement.to_owned(),
        };
        self.front.read_for_filing(request(who, "ReadForFiling", ask)).await.unwrap().into_inner()
    }
}

/// What was paid in time and recorded a day late was paid in time (L1 art. 250: the day of performance).
#[tokio::test(flavor = "multi_thread")]
async fn what_was_performed_in_time_is_no_default_however_late_it_is_recorded() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    house.agreed(&me, case, "in two parts", &[("2026-02-10", 50_000), ("2026-03-10", 70_000)]).await;
    let run = house.get(&me, case.id).await.unwrap();
    assert_eq!(run.state(), MediationState::Performing);
    let generation = run.period.unwrap().generation;
    let over = on("2026-02-10T16:00:00Z");
    house.clock.advance(over - house.clock.now() + chrono::Duration::hours(9));
    house.day_is_over(case, generation).await;
    let broken = house.get(&me, case.id).await.unwrap();
    assert_eq!(broken.state(), MediationState::Breached);

    // Not all of the part, and some of it after the day: still a default.
    let short = house.paid(&me, case, "p-1", 30_000, "2026-02-10T08:00:00Z").await;
    assert_eq!((short.state(), short.performed_fen), (MediationState::Breached, 30_000));
    let late = house.paid(&me, case, "p-2", 20_000, "2026-02-10T16:00:00Z").await;
    assert_eq!((late.state(), late.performed_fen), (MediationState::Breached, 50_000));
    // The rest of it on the day.
    let cured = house.paid(&me, case, "p-3", 20_000, "2026-02-10T15:59:59Z").await;
    assert_eq!((cured.state(), cured.breach_time), (MediationState::Performing, None));
    let said = house.said(case).await;
    let last: Vec<&str> = said.iter().rev().take(2).map(|(_, name)| name.as_str()).collect();
    assert_eq!(
        last,
        ["PerformanceBegan", "PerformanceRecorded"],
        "whoever heard of the default hears of its end"
    );

    // The next day is waited for like any.
    let generation = cured.period.unwrap().generation;
    house.day_is_over(case, generation).await;
    assert_eq!(house.get(&me, case.id).await.unwrap().state(), MediationState::Breached);
}

/// After a dismissed confirmation a new run may fail: the suit on the first agreement still needs that one's terms.
#[tokio::test(flavor = "multi_thread")]
async fn a_court_that_is_asked_about_an_agreement_is_told_of_the_run_that_made_it() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    let transfer = caller("transfer", "hall-1", Role::Service);
    house.agreed(&me, case, "the first terms", &[]).await;
    let first = house.get(&me, case.id).await.unwrap();
    let agreement = first.agreement.as_ref().unwrap().agreement_id.clone();
    house.transfer(case, &ConfirmationDenied::default()).await;
    house.clock.advance(chrono::Duration::hours(1));
    house.consent(&me, case, case.claimant).await.unwrap();
    house.consent(&me, case, case.respondent).await.unwrap();
    let told = |read: proto::ReadForFilingResponse| {
        (read.mediated, read.agreement_terms, read.agreement_time, read.fail_ground)
    };
    let of_the_first = (true, "the first terms".to_owned(), first.end_time, String::new());
    assert_eq!(
        told(house.of_agreement(&transfer, case, &agreement).await),
        of_the_first,
        "while the second is open"
    );
    house.conclude(&me, case, "F04", "").await.unwrap();
    assert_eq!(
        told(house.of_agreement(&transfer, case, &agreement).await),
        of_the_first,
        "after the second failed"
    );
    // Whoever names none is told of the latest run, as before.
    let latest = told(house.of_agreement(&transfer, case, "").await);
    assert_eq!(latest, (true, String::new(), None, "F04".to_owned()));
    // One of another case, and one that never took effect, are none of this case's.
    let other = house.at_the_table().await;
    house.agreed(&me, other, "of another case", &[]).await;
    let others = house.get(&me, other.id).await.unwrap().agreement.unwrap().agreement_id;
    for none in [others, house.clock.id().to_string()] {
        assert!(!house.of_agreement(&transfer, case, &none).await.mediated);
    }
    let drafted = house.at_the_table().await;
    house.draft(&me, drafted, 1, "of nobody").await.unwrap();
    let drafts = house.get(&me, drafted.id).await.unwrap().agreement.unwrap().agreement_id;
    assert!(!house.of_agreement(&transfer, drafted, &drafts).await.mediated);
}
