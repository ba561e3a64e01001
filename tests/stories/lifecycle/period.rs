//! The base period: longer only by everybody's consent and within the cap (T19); it stands still for an appraisal (T20).

use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    ExtendPeriodRequest, FinishAppraisalRequest, GetMediationRequest, Mediation, MediationState, PeriodUnit,
    StartAppraisalRequest,
};
use supermarket::client::reason;
use tests::{World, ask};
use tonic_types::StatusExt as _;

use super::{Seated, commissioned, move_to, seat, seated};

async fn read(table: &mut Seated) -> Mediation {
    let message = GetMediationRequest { case_id: table.case.id.clone() };
    ask!(table.mediator, table.case.thread, MediationServiceClient::get_mediation, message).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_takes_everybody_s_consent_and_keeps_to_the_cap() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let (_, case) = commissioned(&world, &clerk, "extended", false).await;
    let mut table = seat(&world, &clerk, case).await;
    let period = read(&mut table).await.period.unwrap();
    assert_eq!((period.clock.as_str(), period.due_date.as_str()), ("K07", "2026-03-17"));
    let all = table.consents(&world);
    let ask_for = |length, consents| ExtendPeriodRequest {
        case_id: table.case.id.clone(),
        fence: table.fence,
        length,
        unit: PeriodUnit::Days.into(),
        consents,
        approval_time: None,
    };
    let (alone, over, fits) = (ask_for(15, all[..1].to_vec()), ask_for(31, all.clone()), ask_for(30, all));
    let more = ExtendPeriodRequest { length: 1, ..fits.clone() };
    for (message, wanted) in [(alone, "EXTENSION_WITHOUT_CONSENT"), (over, "EXTENSION_OVER_THE_CAP")] {
        let refused = ask!(table.mediator, table.case.thread, MediationServiceClient::extend_period, message)
            .unwrap_err();
        assert_eq!(reason(&refused).as_deref(), Some(wanted));
        let info = refused.get_details_error_info().unwrap();
        let article = info.metadata.get("article").cloned().unwrap_or_default();
        assert!(article.contains("P1 item 3"), "{wanted}: {article}");
    }
    let longer =
        ask!(table.mediator, table.case.thread, MediationServiceClient::extend_period, fits).unwrap();
    let period = longer.period.unwrap();
    assert_eq!((period.due_date.as_str(), period.extension_count), ("2026-04-16", 1));
    let refused =
        ask!(table.mediator, table.case.thread, MediationServiceClient::extend_period, more).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("EXTENSION_OVER_THE_CAP"), "together");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appraisal_stops_the_clock() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "appraised", "ME", "413").await;
    let before = read(&mut table).await.period.unwrap();
    assert_eq!((before.clock.as_str(), before.due_date.as_str()), ("K15", "2026-04-14"));
    let start = StartAppraisalRequest {
        case_id: table.case.id.clone(),
        fence: table.fence,
        start_time: Some(world.now()),
        agreeing_party_ids: table.sides()[..1].to_vec(),
        court_leave: false,
    };
    let thread = &mut table.case.thread;
    let refused =
        ask!(table.mediator, *thread, MediationServiceClient::start_appraisal, start.clone()).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("APPRAISAL_WITHOUT_CONSENT"));
    let start = StartAppraisalRequest { agreeing_party_ids: table.sides().to_vec(), ..start };
    let thread = &mut table.case.thread;
    let stopped = ask!(table.mediator, *thread, MediationServiceClient::start_appraisal, start).unwrap();
    assert_eq!(stopped.state(), MediationState::Appraisal);
    assert_eq!(stopped.period.unwrap().due_date, "", "no day counts");
    world.settle().await;
    move_to(&world, "2026-03-06T02:00:00Z");
    let finish = FinishAppraisalRequest {
        case_id: table.case.id.clone(),
        fence: table.fence,
        finish_time: Some(world.now()),
    };
    let running =
        ask!(table.mediator, table.case.thread, MediationServiceClient::finish_appraisal, finish).unwrap();
    assert_eq!(running.state(), MediationState::InMediation);
    let period = running.period.unwrap();
    // Tuesday to Friday, 3 to 6 March, did not count: four working days later.
    assert_eq!((period.due_date.as_str(), period.generation > before.generation), ("2026-04-20", true));
    world.close().await;
}
