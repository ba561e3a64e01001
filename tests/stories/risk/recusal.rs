//! A party asks that the mediator step aside (T16): the claim goes on until the decision, the case always has a holder, the
//! period runs on, and the one who stepped aside neither sees nor takes the case again.

use contracts::intake::v1::GetDisputeRequest;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::lexicon::v1::{Fence, PartyRole};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{GetMediationRequest, RecordNoteRequest};
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    ClaimCaseRequest, ConfirmClaimRequest, DecideRecusalRequest, Disclosure, GetReferralRequest,
    ListPoolRequest, ListReferralsRequest, RecusalDecision, RecusalGround, Referral, ReferralState,
    RequestRecusalRequest,
};
use supermarket::client::{Person, reason};
use tests::{Case, World, accept, ask, hold, party, pool};
use tonic::Code;
use tonic_types::StatusExt as _;

use super::{running, told};

const STUDIO: &str = "studio-court";

fn request(case: &Case, ground: RecusalGround, party_id: &str) -> RequestRecusalRequest {
    RequestRecusalRequest {
        case_id: case.id.clone(),
        ground: ground.into(),
        party_id: party_id.to_owned(),
        reason: "调解员与对方有亲属关系。".to_owned(),
    }
}

fn decide(case: &Case, fence: Option<Fence>, decision: RecusalDecision) -> DecideRecusalRequest {
    DecideRecusalRequest {
        case_id: case.id.clone(),
        fence,
        decision: decision.into(),
        keeping_party_ids: vec![],
        reason: "经核实。".to_owned(),
        successor: String::new(),
    }
}

async fn confirm(mediator: &Person, case: &mut Case, fence: Option<Fence>) -> Referral {
    let disclosure = Some(Disclosure { declared: true, ..Disclosure::default() });
    let message = ConfirmClaimRequest { case_id: case.id.clone(), fence, disclosure };
    ask!(mediator, case.thread, RoutingServiceClient::confirm_claim, message).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mediator_who_steps_aside_is_followed_and_is_out() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = pool(&world, &clerk, "recused", STUDIO).await;
    let mediators = world.mediators(STUDIO).await;
    let head = world.head(STUDIO).await;
    let (former, next) = (&mediators[0], &mediators[1]);
    let (former_name, next_name) = (former.account.account.clone(), next.account.account.clone());
    let claim = hold(former, &mut case).await;
    let before = running(&world, &clerk, &mut case).await;
    let period = before.iter().find(|one| one.clock == "K10").unwrap().clone();

    let nobody = request(&case, RecusalGround::Relative, "");
    let refused = ask!(clerk, case.thread, RoutingServiceClient::request_recusal, nobody).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("ASKED_FOR_NOBODY"));
    let colleague = request(&case, RecusalGround::Relative, "");
    let refused = ask!(next, case.thread, RoutingServiceClient::request_recusal, colleague).unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied, "a colleague has no voice in it");
    let claimant = party(&case.dispute, PartyRole::Claimant);
    let message = request(&case, RecusalGround::Relative, &claimant);
    let asked = ask!(clerk, case.thread, RoutingServiceClient::request_recusal, message.clone()).unwrap();
    assert_eq!((asked.state(), asked.holder.as_str()), (ReferralState::Confirmed, former_name.as_str()));
    let again = ask!(clerk, case.thread, RoutingServiceClient::request_recusal, message).unwrap();
    assert_eq!(again.version, asked.version, "the same again is already so");
    let waiting = told(&running(&world, &clerk, &mut case).await);
    assert!(waiting.contains(&format!("recusal S12 {STUDIO}")), "{waiting:?}");
    assert!(waiting.contains(&format!("mediation K10 {former_name}")), "the claim goes on: {waiting:?}");

    let kept = decide(&case, claim.fence, RecusalDecision::Kept);
    let refused = ask!(head, case.thread, RoutingServiceClient::decide_recusal, kept).unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "KEEP_WITHOUT_CONSENT");
    assert!(info.metadata["article"].contains("L4 art. 15"), "{}", info.metadata["article"]);
    let own = decide(&case, claim.fence, RecusalDecision::Granted);
    let refused = ask!(former, case.thread, RoutingServiceClient::decide_recusal, own.clone()).unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied, "the mediator does not decide");
    let stranger = DecideRecusalRequest { successor: former_name.clone(), ..own.clone() };
    let refused = ask!(head, case.thread, RoutingServiceClient::decide_recusal, stranger).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("SUCCESSOR_NOT_OPEN"));
    let granted = DecideRecusalRequest { successor: next_name.clone(), ..own };
    let fencing = ask!(head, case.thread, RoutingServiceClient::decide_recusal, granted.clone()).unwrap();
    assert_eq!((fencing.state(), fencing.holder.as_str()), (ReferralState::Fencing, STUDIO));
    let again = ask!(head, case.thread, RoutingServiceClient::decide_recusal, granted).unwrap();
    assert!(again.version >= fencing.version, "deciding the same again is already so");
    world.settle().await;

    // Fenced off, the case is the successor's to confirm; the period has neither stopped nor begun anew.
    let read = GetReferralRequest { case_id: case.id.clone() };
    let referral = ask!(head, case.thread, RoutingServiceClient::get_referral, read).unwrap();
    assert_eq!((referral.state(), referral.holder.as_str()), (ReferralState::Assigned, next_name.as_str()));
    assert!(referral.fence.unwrap().n > claim.fence.unwrap().n);
    confirm(next, &mut case, referral.fence).await;
    let after = running(&world, &clerk, &mut case).await;
    let told = told(&after);
    assert!(told.contains(&format!("mediation K10 {next_name}")), "{told:?}");
    assert!(!told.iter().any(|one| one.starts_with("recusal")), "{told:?}");
    let same = after.iter().find(|one| one.clock == "K10").unwrap();
    assert_eq!((same.due_time, same.generation), (period.due_time, period.generation), "the period runs on");

    // The former mediator is out: neither case, nor file, nor table, nor lists, nor a late write.
    let mut old = case.thread.clone();
    let read = GetReferralRequest { case_id: case.id.clone() };
    let gone = ask!(former, old, RoutingServiceClient::get_referral, read).unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
    let read = GetDisputeRequest { case_id: case.id.clone() };
    assert_eq!(ask!(former, old, IntakeServiceClient::get_dispute, read).unwrap_err().code(), Code::NotFound);
    let read = GetMediationRequest { case_id: case.id.clone() };
    let gone = ask!(former, old, MediationServiceClient::get_mediation, read).unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
    let list = ListReferralsRequest::default();
    let list = ask!(former, old, RoutingServiceClient::list_referrals, list).unwrap();
    assert!(list.referrals.iter().all(|one| one.case_id != case.id));
    let note = RecordNoteRequest {
        request_id: "late".to_owned(),
        case_id: case.id.clone(),
        fence: claim.fence,
        text: "迟到的记录".to_owned(),
    };
    let late = ask!(former, old, MediationServiceClient::record_note, note.clone()).unwrap_err();
    assert_eq!(reason(&late).as_deref(), Some("FENCE_PASSED"));
    let own = RecordNoteRequest { fence: referral.fence, ..note };
    ask!(next, case.thread, MediationServiceClient::record_note, own).unwrap();
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disclosed_ground_is_waived_by_both_sides_or_the_case_is_offered_without_the_mediator() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = accept(&world, &clerk, "disclosed").await;
    let mediators = world.mediators(STUDIO).await;
    let head = world.head(STUDIO).await;
    refer(&world, &clerk, &mut case).await;
    let claim = hold(&mediators[0], &mut case).await;
    world.settle().await;
    let disclosed = request(&case, RecusalGround::OtherRelation, "");
    let thread = &mut case.thread;
    ask!(mediators[0], *thread, RoutingServiceClient::request_recusal, disclosed.clone()).unwrap();
    let unfounded = decide(&case, claim.fence, RecusalDecision::Unfounded);
    let refused = ask!(head, case.thread, RoutingServiceClient::decide_recusal, unfounded).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("KEEP_WITHOUT_CONSENT"), "what is disclosed is there");
    let sides = [PartyRole::Claimant, PartyRole::Respondent].map(|role| party(&case.dispute, role));
    let kept = DecideRecusalRequest {
        keeping_party_ids: sides.to_vec(),
        ..decide(&case, claim.fence, RecusalDecision::Kept)
    };
    let kept = ask!(head, case.thread, RoutingServiceClient::decide_recusal, kept).unwrap();
    assert_eq!((kept.state(), kept.fence, kept.recusal), (ReferralState::Confirmed, claim.fence, None));
    world.settle().await;

    // Another day, without a ground: a party wants somebody else; once.
    let wish = request(&case, RecusalGround::Replacement, &sides[0]);
    ask!(clerk, case.thread, RoutingServiceClient::request_recusal, wish.clone()).unwrap();
    let granted = decide(&case, claim.fence, RecusalDecision::Granted);
    ask!(head, case.thread, RoutingServiceClient::decide_recusal, granted).unwrap();
    world.settle().await;
    let message = ClaimCaseRequest { case_id: case.id.clone() };
    let thread = &mut case.thread.clone();
    let barred = ask!(mediators[0], *thread, RoutingServiceClient::claim_case, message).unwrap_err();
    assert_eq!(barred.code(), Code::NotFound, "the case is not offered to who stepped aside");
    let offered =
        ask!(mediators[0], *thread, RoutingServiceClient::list_pool, ListPoolRequest::default()).unwrap();
    assert!(offered.referrals.iter().all(|one| one.case_id != case.id));
    let offered = ask!(mediators[1], *thread, RoutingServiceClient::list_pool, ListPoolRequest::default());
    assert!(offered.unwrap().referrals.iter().any(|one| one.case_id == case.id), "but to the others");
    hold(&mediators[1], &mut case).await;
    world.settle().await;
    let refused = ask!(clerk, case.thread, RoutingServiceClient::request_recusal, wish).unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "ALREADY_REPLACED");
    assert!(info.metadata["article"].contains("L4 art. 13"), "{}", info.metadata["article"]);
    world.close().await;
}

async fn refer(world: &World, clerk: &Person, case: &mut Case) {
    use contracts::routing::v1::{AcceptReferralRequest, ReferCaseRequest};
    let message = ReferCaseRequest {
        case_id: case.id.clone(),
        studio_org: STUDIO.to_owned(),
        reason: "test".to_owned(),
        circumstances: None,
        due_date: String::new(),
    };
    ask!(clerk, case.thread, RoutingServiceClient::refer_case, message).unwrap();
    let head = world.head(STUDIO).await;
    let message = AcceptReferralRequest { case_id: case.id.clone() };
    ask!(head, case.thread, RoutingServiceClient::accept_referral, message).unwrap();
}
