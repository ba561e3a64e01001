//! A court has set clocks for itself: its cases count by that at every service, and nobody else's do.

use chrono::{DateTime, Utc};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{ExtendPeriodRequest, GetMediationRequest, Period, PeriodUnit};
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::rulebook_service_client::RulebookServiceClient;
use contracts::oversight::v1::{
    ActivateEditionRequest, ClockSetting, DeadlineState, Edition, ListDeadlinesRequest, PreviewEditionRequest,
};
use supermarket::client::{Person, Thread, reason};
use tests::{World, ask};

use super::{Seated, acknowledge, commissioned, demand, seat, seated, submit};

const COURT: &str = "court-2071";

fn set(clock: &str, period: &str, extension: &str) -> ClockSetting {
    ClockSetting {
        clock: clock.to_owned(),
        court: COURT.to_owned(),
        from_date: "2026-01-01".to_owned(),
        period: period.to_owned(),
        extension: extension.to_owned(),
        source: "D1 a story's court".to_owned(),
        ..Default::default()
    }
}

/// The day until which oversight lets the clock run.
async fn watched(who: &Person, case: &mut tests::Case, clock: &str) -> String {
    let list = ListDeadlinesRequest { case_id: case.id.clone() };
    let all = ask!(who, case.thread, OversightServiceClient::list_deadlines, list).unwrap().deadlines;
    let runs = |state| state == DeadlineState::Running;
    let found = all.iter().find(|found| found.clock == clock && runs(found.state())).unwrap();
    let due = found.due_time.unwrap();
    DateTime::<Utc>::from_timestamp(due.seconds, 0).unwrap().to_rfc3339()
}

async fn period(table: &mut Seated) -> Period {
    let get = GetMediationRequest { case_id: table.case.id.clone() };
    let thread = &mut table.case.thread;
    let run = ask!(table.mediator, *thread, MediationServiceClient::get_mediation, get).unwrap();
    run.period.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_of_a_court_counts_by_what_that_court_has_set() {
    let world = World::open().await;
    let (clerk, supervisor) = (world.person("clerk-1").await, world.person("supervisor-1").await);
    // Before the setting: seven days, and they stay.
    let (_, before) = commissioned(&world, &clerk, "before", true).await;
    let mut before = seat(&world, &clerk, before).await;
    let settings = vec![set("K08", "14d", "consent-45d"), set("K09", "21d", ""), set("K34", "10d", "")];
    let edition_id = "2026.court".to_owned();
    let edition = Some(Edition { edition_id, settings, ..Default::default() });
    let mut thread = Thread::default();
    let message = PreviewEditionRequest { edition: edition.clone(), page_size: 10 };
    let preview = ask!(supervisor, thread, RulebookServiceClient::preview_edition, message).unwrap();
    let message = ActivateEditionRequest { edition, preview_digest: preview.preview_digest };
    ask!(supervisor, thread, RulebookServiceClient::activate_edition, message).unwrap();
    world.settle().await;
    // A service looks once a second whether it has heard of another edition. Mediation and transfer show nothing of that
    // before the next case, which cannot be taken back: so they get the time of several looks, also on a busy machine.
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;

    assert_eq!(period(&mut before).await.due_date, "2026-03-09", "what runs keeps its terms");
    let (_, case) = commissioned(&world, &clerk, "after", true).await;
    let mut table = seat(&world, &clerk, case).await;
    assert_eq!(
        period(&mut table).await.due_date,
        "2026-03-16",
        "fourteen days of the court that commissioned"
    );
    assert_eq!(watched(&clerk, &mut table.case, "K08").await, "2026-03-16T16:00:00+00:00");
    let mut longer = ExtendPeriodRequest {
        case_id: table.case.id.clone(),
        fence: table.fence,
        length: 46,
        unit: PeriodUnit::Days.into(),
        consents: table.consents(&world),
        ..Default::default()
    };
    let thread = &mut table.case.thread;
    let refused = ask!(table.mediator, *thread, MediationServiceClient::extend_period, longer.clone());
    assert_eq!(reason(&refused.unwrap_err()).as_deref(), Some("EXTENSION_OVER_THE_CAP"));
    longer.length = 35;
    ask!(table.mediator, *thread, MediationServiceClient::extend_period, longer).unwrap();
    world.settle().await;
    assert_eq!(
        period(&mut table).await.due_date,
        "2026-04-20",
        "more than the thirty days of P1, within the court's own"
    );
    assert_eq!(watched(&clerk, &mut table.case, "K08").await, "2026-04-20T16:00:00+00:00");

    // The suit that a judge of it mediates.
    let mut judge = seated(&world, &clerk, "judge", "JM", "108.3").await;
    assert_eq!(period(&mut judge).await.due_date, "2026-03-23");
    assert_eq!(watched(&clerk, &mut judge.case, "K09").await, "2026-03-23T16:00:00+00:00");

    // Filings at this court and at another.
    for (name, org, due) in
        [("here", COURT, "2026-03-12T16:00:00+00:00"), ("there", "court-2072", "2026-03-09T16:00:00+00:00")]
    {
        let mut case = tests::file(&clerk, name).await;
        demand(&world, &clerk, &mut case).await;
        let sent = submit(&world, &clerk, &mut case, org).await;
        let court = world.person(org).await;
        acknowledge(&world, &court, &mut case, &sent).await;
        world.settle().await;
        assert_eq!(watched(&clerk, &mut case, "K34").await, due, "{name}");
    }
    world.close().await;
}
