//! A case on each track that takes new cases, from first contact over a failed mediation to where the law leads it, and closed.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{CloseDisputeRequest, Course, DisputeState};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{MediationState, RecordPerformanceRequest};
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    HandoffAnswer, HandoffState, PrepareHandoffRequest, RecordHandoffAnswerRequest, RecordHandoffRequest,
};
use rulebook::tracks::{self, Exit};
use supermarket::client::Person;
use tests::{Case, World, ask};

use super::{acknowledge, commissioned, demand, move_to, register, seat, seated, submit};

/// To the body that the law names, which takes it.
async fn hand_over(world: &World, clerk: &Person, case: &mut Case) {
    let to = PrepareHandoffRequest { case_id: case.id.clone(), receiver: "主管机关".to_owned() };
    ask!(clerk, case.thread, TransferServiceClient::prepare_handoff, to).unwrap();
    let handed = RecordHandoffRequest {
        case_id: case.id.clone(),
        hand_time: Some(world.now()),
        evidence: "回执".to_owned(),
    };
    ask!(clerk, case.thread, TransferServiceClient::record_handoff, handed).unwrap();
    let answer = RecordHandoffAnswerRequest {
        case_id: case.id.clone(),
        answer: HandoffAnswer::Acknowledged.into(),
        answer_time: Some(world.now()),
        text: String::new(),
    };
    let taken = ask!(clerk, case.thread, TransferServiceClient::record_handoff_answer, answer).unwrap();
    assert_eq!(taken.state(), HandoffState::Acknowledged);
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_track_from_first_contact_to_closed() {
    let world = World::open().await;
    // Commercial mediation has been open since 1 May; court referral before filing has been closed since 2025.
    move_to(&world, "2026-05-06T01:00:00Z");
    let (clerk, court) = (world.person("clerk-1").await, world.person("court-2071").await);
    let today = rulebook::calendar::civil_date(world.clock.now());
    let open: Vec<_> = tracks::all().iter().filter(|track| track.is_open_on(today)).collect();
    assert_eq!(open.len(), 12, "all but court referral before filing");
    for (n, track) in (1..).zip(open) {
        let cause = if track.code == "LA" { "205" } else { "108.3" };
        let name = track.code.to_lowercase();
        let mut table = if track.code == "WT" {
            let (_, case) = commissioned(&world, &clerk, &name, false).await;
            seat(&world, &clerk, case).await
        } else {
            seated(&world, &clerk, &name, &track.code, cause).await
        };
        // Traffic and medical mediation end where a suit was brought (T43).
        let ground = if matches!(track.code.as_str(), "TR" | "ME" | "MA") { "F12" } else { "F04" };
        table.fail(ground).await;
        let mut case = table.case;
        world.settle().await;
        // A judge's mediation is at the court already, which goes on with the trial.
        if track.code != "JM" {
            demand(&world, &clerk, &mut case).await;
            match track.exit {
                // And a court that has commissioned one is told.
                Exit::Court if track.code == "WT" => {}
                Exit::Court | Exit::CourtOrArbitration => {
                    let sent = submit(&world, &clerk, &mut case, "court-2071").await;
                    acknowledge(&world, &court, &mut case, &sent).await;
                    register(&world, &court, &mut case, &sent, 100 + n).await;
                }
                _ => hand_over(&world, &clerk, &mut case).await,
            }
        }
        let close = CloseDisputeRequest { case_id: case.id.clone(), ..Default::default() };
        let closed = ask!(clerk, case.thread, IntakeServiceClient::close_dispute, close).unwrap();
        assert_eq!(closed.state(), DisputeState::Closed, "{}", track.code);
    }
    world.close().await;
}

/// And on each of these tracks the other way: an agreement in the form that the track asks for, performed and closed. What a
/// court commissions, and what its judge mediates, ends in the court's own document (`court_document`, `commission`).
#[tokio::test(flavor = "multi_thread")]
async fn every_track_may_end_in_an_agreement_that_is_performed() {
    let world = World::open().await;
    move_to(&world, "2026-05-06T01:00:00Z");
    let clerk = world.person("clerk-1").await;
    let today = rulebook::calendar::civil_date(world.clock.now());
    let of_a_court = |code: &str| matches!(code, "WT" | "JM");
    let open = tracks::all().iter().filter(|track| track.is_open_on(today) && !of_a_court(&track.code));
    let mut ended = vec![];
    for track in open {
        let cause = if track.code == "LA" { "205" } else { "108.3" };
        let name = format!("{}-agreed", track.code.to_lowercase());
        let mut table = seated(&world, &clerk, &name, &track.code, cause).await;
        let run = table.agree(&world, vec![]).await;
        assert_eq!(run.state(), MediationState::Agreed, "{}", track.code);
        let perform = RecordPerformanceRequest {
            request_id: format!("{name}-whole"),
            case_id: table.case.id.clone(),
            fence: table.fence,
            amount_fen: 2_000_000,
            whole: true,
            perform_time: Some(world.now()),
            evidence: "收条".to_owned(),
        };
        let thread = &mut table.case.thread;
        let run = ask!(table.mediator, *thread, MediationServiceClient::record_performance, perform).unwrap();
        assert_eq!(run.state(), MediationState::Performed, "{}", track.code);
        world.settle().await;
        let close = CloseDisputeRequest { case_id: table.case.id.clone(), ..Default::default() };
        let closed = ask!(clerk, *thread, IntakeServiceClient::close_dispute, close).unwrap();
        assert_eq!(
            (closed.state(), closed.course()),
            (DisputeState::Closed, Course::Performed),
            "{}",
            track.code
        );
        ended.push(track.code.as_str());
    }
    assert_eq!(ended, ["PM", "PO", "TR", "ME", "MA", "LA", "FI", "CM", "AD", "PE"]);
    world.close().await;
}
