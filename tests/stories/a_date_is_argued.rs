//! Every date can be argued: which days did not count and why, what stopped, and who may ask.

use chrono::{DateTime, Utc};
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{CorrectDisputeRequest, DisputeBody, RequestCorrectionRequest};
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{
    DeadlineExplanation, DeadlineState, ExplainDeadlineRequest, ListDeadlinesRequest,
};
use supermarket::client::Person;
use tests::{Case, World, ask, file};

/// Moves the town's clock to an instant of its future.
fn move_to(world: &World, instant: &str) {
    let instant: DateTime<Utc> = instant.parse().unwrap();
    world.clock.advance(instant - world.clock.now());
}

async fn explain(person: &Person, case: &mut Case, clock: &str) -> DeadlineExplanation {
    let message = ListDeadlinesRequest { case_id: case.id.clone() };
    let all = ask!(person, case.thread, OversightServiceClient::list_deadlines, message).unwrap().deadlines;
    let deadline = all.into_iter().find(|found| found.clock == clock).unwrap();
    let message = ExplainDeadlineRequest { case_id: case.id.clone(), deadline_id: deadline.deadline_id };
    ask!(person, case.thread, OversightServiceClient::explain_deadline, message).unwrap()
}

fn days(told: &DeadlineExplanation) -> Vec<String> {
    told.days.iter().map(|day| format!("{} {}{} {}", day.date, day.why, day.holiday, day.counted)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn weekend_holiday_and_make_up_day_are_named_and_a_correction_stops_the_clock() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;

    // Friday before 清明节, which takes Monday too.
    move_to(&world, "2026-04-03T02:00:00Z");
    let mut case = file(&clerk, "holiday").await;
    world.settle().await;
    let told = explain(&clerk, &mut case, "S02").await;
    let wanted = [4, 5, 6].map(|day| format!("2026-04-0{day} holiday清明节 false"));
    assert_eq!((told.due_date.as_str(), days(&told)), ("2026-04-09", wanted.to_vec()));
    assert!(told.lines.iter().any(|line| line.contains("清明节放假")), "{:?}", told.lines);
    assert!(told.lines_en.iter().any(|line| line.starts_with("rule: S02")), "{:?}", told.lines_en);
    assert_eq!((told.period.as_str(), told.pinned_on.as_str()), ("3wd", "2026-04-03"));

    // Friday: a plain weekend.
    move_to(&world, "2026-04-17T02:00:00Z");
    let mut case = file(&clerk, "weekend").await;
    world.settle().await;
    let told = explain(&clerk, &mut case, "S02").await;
    let wanted = ["2026-04-18 weekend false", "2026-04-19 weekend false"].map(str::to_owned);
    assert_eq!((told.due_date.as_str(), days(&told)), ("2026-04-22", wanted.to_vec()));

    // Thursday; the Saturday after it is worked for 劳动节.
    move_to(&world, "2026-05-07T02:00:00Z");
    let mut case = file(&clerk, "make-up").await;
    world.settle().await;
    let told = explain(&clerk, &mut case, "S02").await;
    let wanted = ["2026-05-09 make-up劳动节 true", "2026-05-10 weekend false"].map(str::to_owned);
    assert_eq!((told.due_date.as_str(), days(&told)), ("2026-05-11", wanted.to_vec()));

    // The list of what is missing goes out on Friday and is answered on Wednesday: two working days and a weekend stood
    // still, one of the three has passed.
    move_to(&world, "2026-05-14T02:00:00Z");
    let mut case = file(&clerk, "correction").await;
    move_to(&world, "2026-05-15T02:00:00Z");
    let missing =
        RequestCorrectionRequest { case_id: case.id.clone(), missing_items: vec!["借条".to_owned()] };
    ask!(clerk, case.thread, IntakeServiceClient::request_correction, missing).unwrap();
    world.settle().await;
    let told = explain(&clerk, &mut case, "S02").await;
    assert_eq!(told.deadline.unwrap().state(), DeadlineState::Stopped);
    assert_eq!(told.due_date, "");
    assert_eq!(
        explain(&clerk, &mut case, "S03").await.due_date,
        "2026-05-22",
        "the applicant has seven days"
    );
    move_to(&world, "2026-05-20T02:00:00Z");
    let body = Some(DisputeBody {
        claims: "返还借款二万元及利息。".to_owned(), ..DisputeBody::default()
    });
    let correct =
        CorrectDisputeRequest { case_id: case.id.clone(), body, ..CorrectDisputeRequest::default() };
    ask!(clerk, case.thread, IntakeServiceClient::correct_dispute, correct).unwrap();
    world.settle().await;
    let told = explain(&clerk, &mut case, "S02").await;
    assert_eq!((told.due_date.as_str(), told.stops.len()), ("2026-05-22", 1));
    let stop = &told.stops[0];
    assert_eq!(
        (stop.reason.as_str(), stop.first_date.as_str(), stop.last_date.as_str()),
        ("correction", "2026-05-16", "2026-05-20")
    );
    assert!(told.lines.iter().any(|line| line.contains("等待补正")), "{:?}", told.lines);
    assert_eq!(told.deadline.unwrap().state(), DeadlineState::Running);
    let foreign = world.mediators("studio-family").await.remove(0);
    let message = ListDeadlinesRequest { case_id: case.id.clone() };
    let status = ask!(foreign, case.thread, OversightServiceClient::list_deadlines, message).unwrap_err();
    assert_eq!(status.code(), tonic::Code::NotFound, "a foreign case is missing");
    world.close().await;
}
