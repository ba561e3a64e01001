//! Whoever hangs up at any moment leaves the whole effect or none, and the next command is unharmed (P15).
//!
//! The door without a socket is called, its future is polled n times and dropped, for n = 1, 2, 3 … until the call
//! answers by itself. Then the same command is sent again and must succeed with the same effect.

use migrations::rehearsal::is_cluster;
use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::body::Body;
use contracts::intake::v1::{
    AcceptDisputeRequest, DemandCourtRequest, Dispute, FileDisputeRequest, HowSaid, MediationConsent,
    RefuseDisputeRequest,
};
use contracts::lexicon::v1::{Fence, PartyRole};
use contracts::mediation::v1::{
    ConcludeWithoutAgreementRequest, DraftAgreementRequest, RecordSessionRequest, SessionMode,
    SignAgreementRequest, Signatory,
};
use contracts::routing::v1::{
    AcceptReferralRequest, ClaimCaseRequest, ConfirmClaimRequest, Disclosure, ReferCaseRequest,
};
use contracts::transfer::v1::PrepareFilingRequest;
use http::Request;
use prost::Message;
use supermarket::client::Person;
use tests::{World, file, filing, party};
use tower::ServiceExt as _;

/// How many polls at most before a call must have answered.
const MOST: usize = 400;

/// A call as it comes through the door.
pub fn call(person: &Person, path: &str, message: &impl Message) -> Request<Body> {
    let mut frame = vec![0u8];
    frame.extend_from_slice(&(message.encoded_len() as u32).to_be_bytes());
    frame.extend_from_slice(&message.encode_to_vec());
    Request::post(format!("http://town{path}"))
        .version(http::Version::HTTP_2)
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("authorization", person.authorization().unwrap().to_str().unwrap())
        .body(Body::from(frame))
        .unwrap()
}

/// Polls the call `n` times and drops it. True when it answered before that.
pub async fn polled(world: &World, request: Request<Body>, n: usize) -> bool {
    let mut answer = pin!(world.town.running.door.clone().oneshot(request));
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..n {
        if let Poll::Ready(answer) = answer.as_mut().poll(&mut context) {
            assert_eq!(answer.unwrap().status(), 200);
            return true;
        }
        // Lets the writer and the readers work between two polls, so that every await point is met.
        tokio::time::sleep(std::time::Duration::from_micros(300)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filing_is_whole_or_not_there_and_the_next_one_is_unharmed() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let path = "/supermarket.intake.v1.IntakeService/FileDispute";
    let mut dropped = 0;
    for n in 1..MOST {
        let message = FileDisputeRequest { request_id: format!("drop-{n}"), ..filing(&format!("drop-{n}")) };
        let done = polled(&world, call(&clerk, path, &message), n).await;
        dropped += usize::from(!done);
        let case = file_again(&clerk, message).await;
        let held = held(&world, &case).await;
        assert_eq!(held, (1, 2, 1), "n = {n}: one dispute, its two parties, one event");
        if done && n > 3 {
            break;
        }
    }
    // A new dispute is written without a look first, so there is one point that is always met: the wait for the disk. How many
    // more there are depends on how far the work gets between two polls.
    assert!(dropped >= 1, "the call was never dropped");
    let after = file(&clerk, "after").await;
    assert!(!after.id.is_empty());
    world.settle().await;
    world.close().await;
}

async fn file_again(clerk: &Person, message: FileDisputeRequest) -> Dispute {
    use contracts::intake::v1::intake_service_client::IntakeServiceClient;
    tests::ask!(clerk, supermarket::client::Thread::default(), IntakeServiceClient::file_dispute, message)
        .unwrap()
}

/// How many disputes, parties and `DisputeFiled` events there are of a case.
async fn held(world: &World, dispute: &Dispute) -> (i64, i64, i64) {
    let (case, name) = (dispute.case_id.as_str(), dispute.external_id.as_str());
    let id = if is_cluster() { format!("'{case}'") } else { format!("x'{}'", case.replace('-', "")) };
    let count = async |sql: String| {
        use sea_orm::{ConnectionTrait as _, Statement};
        let post = world.town.running.posts.iter().find(|post| post.desk().service() == "intake").unwrap();
        let db = post.desk().reader();
        let row =
            db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    };
    (
        count(format!("SELECT count(*) FROM dispute WHERE external_id = '{name}'")).await,
        count(format!("SELECT count(*) FROM party WHERE case_id = {id}")).await,
        count(format!("SELECT count(*) FROM outbox WHERE case_id = {id} AND kind LIKE '%DisputeFiled'"))
            .await,
    )
}

/// Every changing step from acceptance to a packed filing, each dropped at every point, then repeated to the end.
#[tokio::test(flavor = "multi_thread")]
async fn every_step_of_a_case_is_whole_or_nothing() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let (head, mediator) =
        (world.head("studio-family").await, world.mediators("studio-family").await.remove(0));
    let intake = |name: &str| format!("/supermarket.intake.v1.IntakeService/{name}");
    let routing = |name: &str| format!("/supermarket.routing.v1.RoutingService/{name}");
    let table = |name: &str| format!("/supermarket.mediation.v1.MediationService/{name}");
    let mut points = 0;
    for n in 1..60 {
        let case = file(&clerk, &format!("step-{n}")).await;
        let case_id = case.id.clone();
        let id = || case_id.clone();
        let fence = Some(Fence { epoch: 1, n: 1 });
        let consent_time = Some(world.now());
        let parties = case.dispute.parties.iter();
        let mediation_consents =
            parties.map(|p| MediationConsent { party_id: p.party_id.clone(), consent_time }).collect();
        let accept = AcceptDisputeRequest {
            case_id: id(),
            cause_code: "108.3".to_owned(),
            mediation_consents,
            ..AcceptDisputeRequest::default()
        };
        let (studio_org, reason) = ("studio-family".to_owned(), "test".to_owned());
        let refer = ReferCaseRequest {
            case_id: id(),
            studio_org,
            reason,
            circumstances: None,
            due_date: String::new(),
        };
        let disclosure = Some(Disclosure { declared: true, ..Disclosure::default() });
        let confirm = ConfirmClaimRequest { case_id: id(), fence, disclosure };
        let session = RecordSessionRequest {
            request_id: format!("step-{n}"),
            case_id: id(),
            fence,
            start_time: consent_time,
            mode: SessionMode::Onsite.into(),
            present_party_ids: case.dispute.parties.iter().map(|p| p.party_id.clone()).collect(),
            text: "双方陈述。".to_owned(),
            rights_told: true,
            identities_checked: true,
            sham_warned: true,
            address_confirmed_party_ids: vec![],
        };
        let (terms, partial) = ("各让一步。".to_owned(), false);
        let draft =
            DraftAgreementRequest { case_id: id(), fence, terms, partial, amount_fen: 1, schedule: vec![] };
        let sign_time = Some(world.now());
        let signatory = Signatory::Mediator.into();
        let sign =
            SignAgreementRequest { case_id: id(), fence, signatory, party_id: String::new(), sign_time };
        let (ground, explanation) = ("F07".to_owned(), String::new());
        let conclude = ConcludeWithoutAgreementRequest { case_id: id(), fence, ground, explanation };
        let party_id = party(&case.dispute, PartyRole::Claimant);
        let demand = DemandCourtRequest { case_id: id(), party_id, how_said: HowSaid::AtWindow.into() };
        let prepare = PrepareFilingRequest { case_id: id(), court_org: "court-2071".to_owned(), kind: 0 };
        let steps = || {
            [
                call(&clerk, &intake("AcceptDispute"), &accept),
                call(&clerk, &routing("ReferCase"), &refer),
                call(&head, &routing("AcceptReferral"), &AcceptReferralRequest { case_id: id() }),
                call(&mediator, &routing("ClaimCase"), &ClaimCaseRequest { case_id: id() }),
                call(&mediator, &routing("ConfirmClaim"), &confirm),
                call(&mediator, &table("RecordSession"), &session),
                call(&mediator, &table("DraftAgreement"), &draft),
                call(&mediator, &table("SignAgreement"), &sign),
                call(&mediator, &table("ConcludeWithoutAgreement"), &conclude),
                call(&clerk, &intake("DemandCourt"), &demand),
                call(&clerk, "/supermarket.transfer.v1.TransferService/PrepareFiling", &prepare),
            ]
        };
        let mut done = true;
        for (first, again) in steps().into_iter().zip(steps()) {
            let answered = polled(&world, first, n).await;
            points += usize::from(!answered);
            done &= answered;
            succeed(&world, again).await;
            world.settle().await;
        }
        let refuse =
            RefuseDisputeRequest { case_id: id(), ground: "R01".to_owned(), redirect: String::new() };
        let late = world
            .town
            .running
            .door
            .clone()
            .oneshot(call(&clerk, &intake("RefuseDispute"), &refuse))
            .await
            .unwrap();
        assert_eq!(late.headers().get("grpc-status").unwrap(), "9", "accepted stays accepted");
        if done {
            break;
        }
    }
    assert!(points > 8, "only {points} points were met");
    let posts = &world.town.running.posts;
    for post in posts.iter().filter(|post| post.desk().service() != "oversight") {
        assert!(courier::ledger::list_gaps(post.desk(), post.desk().service()).await.unwrap().is_empty());
    }
    world.close().await;
}

/// Sends the call to its end; it must succeed, as new or as already so.
pub async fn succeed(world: &World, request: Request<Body>) {
    let answer = world.town.running.door.clone().oneshot(request).await.unwrap();
    let status = answer.headers().get("grpc-status").map(|s| s.to_str().unwrap().to_owned());
    assert!(status.is_none_or(|status| status == "0"), "the repeated command was refused");
    let _ = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
}
