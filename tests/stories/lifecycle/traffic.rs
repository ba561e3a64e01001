//! The times of a traffic accident: to ask the traffic police while a committee mediates (K18) and once that has failed (K21),
//! and to be told of their sitting (K20).

use chrono::{DateTime, Utc};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    RecordSessionRequest, RecordStartEventRequest, ScheduleSessionRequest, SessionMode,
};
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{DeadlineState, ListDeadlinesRequest};
use supermarket::client::{Person, reason};
use tests::{Case, World, ask};

use super::{Seated, move_to, seated};

/// The clocks of these names that run, or have run out, with their last instants.
async fn clocks(who: &Person, case: &mut Case, names: &[&str]) -> Vec<String> {
    let list = ListDeadlinesRequest { case_id: case.id.clone() };
    let all = ask!(who, case.thread, OversightServiceClient::list_deadlines, list).unwrap().deadlines;
    let waits = |state| matches!(state, DeadlineState::Running | DeadlineState::Reached);
    let due = |at: Option<prost_types::Timestamp>| {
        DateTime::<Utc>::from_timestamp(at.unwrap().seconds, 0).unwrap().to_rfc3339()
    };
    let found = all.iter().filter(|one| names.contains(&one.clock.as_str()) && waits(one.state()));
    let mut told: Vec<String> = found.map(|one| format!("{} {}", one.clock, due(one.due_time))).collect();
    told.sort();
    told
}

async fn plan(table: &mut Seated, ask_for: ScheduleSessionRequest) -> Result<(), tonic::Status> {
    let thread = &mut table.case.thread;
    ask!(table.mediator, *thread, MediationServiceClient::schedule_session, ask_for).map(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_committee_s_case_keeps_the_way_to_the_traffic_police_open_for_its_days() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "accident", "PM", "108.3").await;
    let determined = RecordStartEventRequest {
        case_id: table.case.id.clone(),
        fence: table.fence,
        event: "DETERMINATION_RECEIVED".to_owned(),
        event_time: Some(world.now()),
    };
    let thread = &mut table.case.thread;
    let run = ask!(table.mediator, *thread, MediationServiceClient::record_start_event, determined.clone())
        .unwrap();
    let period = run.period.unwrap();
    assert_eq!(period.start_event, "ACCEPTED", "the committee's own period counts from its acceptance");
    ask!(table.mediator, *thread, MediationServiceClient::record_start_event, determined).unwrap();
    world.settle().await;
    let ways = ["K18", "K21"];
    assert_eq!(
        clocks(&clerk, &mut table.case, &ways).await,
        ["K18 2026-03-12T16:00:00+00:00"],
        "ten days, once"
    );
    move_to(&world, "2026-03-05T02:00:00Z");
    let clerk = world.person("clerk-1").await;
    table.mediator = world.mediators(super::STUDIO).await.remove(0);
    table.fail("F04").await;
    world.settle().await;
    // Three days from 5 March end on a Sunday, so on Monday the 9th.
    assert_eq!(clocks(&clerk, &mut table.case, &ways).await, ["K21 2026-03-09T16:00:00+00:00"]);
    // A case without an accident has none of them.
    let mut other = seated(&world, &clerk, "loan", "PM", "108.3").await;
    other.fail("F04").await;
    world.settle().await;
    assert_eq!(clocks(&clerk, &mut other.case, &ways).await, Vec::<String>::new());
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_traffic_police_tell_the_parties_three_days_before_they_sit() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "sitting", "TR", "108.3").await;
    let on = |day: &str| {
        let at: DateTime<Utc> = day.parse().unwrap();
        Some(prost_types::Timestamp { seconds: at.timestamp(), nanos: 0 })
    };
    let ask_for = ScheduleSessionRequest {
        case_id: table.case.id.clone(),
        fence: table.fence,
        start_time: on("2026-03-12T02:00:00Z"),
        mode: SessionMode::Onsite.into(),
        agreeing_party_ids: vec![],
        notice_time: None,
    };
    plan(&mut table, ask_for.clone()).await.unwrap();
    world.settle().await;
    let before = ["K20a", "K20b"];
    let counted = ["K20a 2026-03-09T16:00:00+00:00", "K20b 2026-03-11T16:00:00+00:00"];
    assert_eq!(clocks(&clerk, &mut table.case, &before).await, counted, "three days before, and one");
    // Another day: both count from that.
    let later = ScheduleSessionRequest { start_time: on("2026-03-13T02:00:00Z"), ..ask_for.clone() };
    plan(&mut table, later.clone()).await.unwrap();
    world.settle().await;
    let counted = ["K20a 2026-03-10T16:00:00+00:00", "K20b 2026-03-12T16:00:00+00:00"];
    assert_eq!(clocks(&clerk, &mut table.case, &before).await, counted);
    // Everybody has been told: nobody waits for a notice any more, and the same again is already so.
    let told = ScheduleSessionRequest { notice_time: Some(world.now()), ..later.clone() };
    plan(&mut table, told).await.unwrap();
    plan(&mut table, later).await.unwrap();
    world.settle().await;
    assert_eq!(clocks(&clerk, &mut table.case, &before).await, counted[1..]);
    // Told today of a sitting the day after tomorrow: only if all agree.
    let soon = ScheduleSessionRequest {
        start_time: on("2026-03-04T02:00:00Z"),
        notice_time: Some(world.now()),
        ..ask_for
    };
    let refused = plan(&mut table, soon.clone()).await.unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOTICE_TOO_LATE"));
    let agreed = ScheduleSessionRequest { agreeing_party_ids: table.sides().to_vec(), ..soon };
    plan(&mut table, agreed).await.unwrap();
    let session = RecordSessionRequest {
        request_id: "s-1".to_owned(),
        case_id: table.case.id.clone(),
        fence: table.fence,
        start_time: Some(world.now()),
        mode: SessionMode::Onsite.into(),
        present_party_ids: table.sides().to_vec(),
        text: "双方陈述。".to_owned(),
        rights_told: true,
        identities_checked: true,
        sham_warned: true,
        address_confirmed_party_ids: vec![],
    };
    let thread = &mut table.case.thread;
    ask!(table.mediator, *thread, MediationServiceClient::record_session, session).unwrap();
    world.settle().await;
    assert_eq!(clocks(&clerk, &mut table.case, &before).await, Vec::<String>::new(), "they have sat");
    world.close().await;
}
