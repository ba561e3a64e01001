//! A claim is a lease: a holder who works keeps it, and one who is silent for five working days loses the case to the pool.

use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{GetMediationRequest, MediationState, RecordNoteRequest};
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{GetReferralRequest, ReferralState};
use supermarket::client::{Thread, reason};
use tests::{World, ask, hold};

use super::{STUDIO, move_to, seated, until};

#[tokio::test(flavor = "multi_thread")]
async fn work_renews_a_claim_and_silence_ends_it() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut table = seated(&world, &clerk, "silence", "PM", "108.3").await;
    let note = |n: u32| RecordNoteRequest {
        request_id: format!("n-{n}"),
        case_id: table.case.id.clone(),
        fence: table.fence,
        text: "已电话联系双方。".to_owned(),
    };
    let notes = [note(1), note(2), note(3)];
    // Claimed on Monday the second, so silent until Monday the ninth at most; on Friday the mediator works.
    move_to(&world, "2026-03-06T02:00:00Z");
    let mediator = world.mediators(STUDIO).await.remove(0);
    let thread = &mut table.case.thread;
    let run = ask!(mediator, *thread, MediationServiceClient::record_note, notes[0].clone()).unwrap();
    let (before_run, period) = (run.mediation_id, run.period.unwrap().due_date);
    world.settle().await;
    move_to(&world, "2026-03-10T02:00:00Z");
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let (mediator, head) = (world.mediators(STUDIO).await.remove(0), world.head(STUDIO).await);
    let get = GetReferralRequest { case_id: table.case.id.clone() };
    let referral = ask!(head, *thread, RoutingServiceClient::get_referral, get.clone()).unwrap();
    assert_eq!(referral.state(), ReferralState::Confirmed, "the work of Friday has renewed it");
    ask!(mediator, *thread, MediationServiceClient::record_note, notes[1].clone()).unwrap();
    world.settle().await;
    // Five working days from Tuesday the tenth end with Tuesday the seventeenth.
    move_to(&world, "2026-03-17T16:00:00Z");
    let (mediator, head) = (world.mediators(STUDIO).await.remove(0), world.head(STUDIO).await);
    let late = ask!(mediator, Thread::default(), MediationServiceClient::record_note, notes[2].clone());
    let late = reason(&late.unwrap_err());
    assert!(matches!(late.as_deref(), Some("CLAIM_LAPSED" | "FENCE_PASSED")), "{late:?}");
    until("back in the pool", async || {
        let referral = ask!(head, *thread, RoutingServiceClient::get_referral, get.clone()).unwrap();
        referral.state() == ReferralState::Pool
    })
    .await;
    world.settle().await;

    let other = world.mediators(STUDIO).await.remove(1);
    let before = table.fence.unwrap();
    let held = hold(&other, &mut table.case).await.fence.unwrap();
    assert!((held.epoch, held.n) > (before.epoch, before.n + 1), "once for the end, once for the new claim");
    world.settle().await;
    let message = GetMediationRequest { case_id: table.case.id.clone() };
    let run = ask!(other, table.case.thread, MediationServiceClient::get_mediation, message).unwrap();
    assert_eq!(
        (run.state(), run.mediation_id),
        (MediationState::InMediation, before_run),
        "the same run goes on"
    );
    assert_eq!(run.period.unwrap().due_date, period, "and its period with it (T16)");
    assert_eq!(run.mediator, other.account.account);
    world.close().await;
}
