//! A partner unit and the police are asked to help (domain.md 1, rows 3, 35): answered within a day that is watched, and with
//! co-mediators who see the case.

use contracts::intake::v1::GetDisputeRequest;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::mediation::v1::GetMediationRequest;
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AnswerAssistanceRequest, AssistanceKind, JointActKind, ListReferralsRequest, RequestAssistanceRequest,
};
use supermarket::client::{Thread, reason};
use tests::{Case, World, ask, hold, pool};
use tonic::Code;

use super::{clock, day, referral, running, trace, until};

const STUDIO: &str = "studio-family";
const PARTNER: &str = "studio-justice";
const POLICE: &str = "police-442000001";

fn request(case: &Case, to: &str, kind: AssistanceKind) -> RequestAssistanceRequest {
    RequestAssistanceRequest {
        case_id: case.id.clone(),
        to_org: to.to_owned(),
        kind: kind.into(),
        reason: "案情复杂，请派员共同调解。".to_owned(),
        due_date: String::new(),
    }
}

fn answer(case: &Case, number: u64, accepted: bool, sent: &[&str]) -> AnswerAssistanceRequest {
    AnswerAssistanceRequest {
        case_id: case.id.clone(),
        number,
        accepted,
        note: "已安排。".to_owned(),
        co_mediators: sent.iter().map(|name| (*name).to_owned()).collect(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_sends_a_mediator_who_sits_beside_the_holder() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = pool(&world, &clerk, "joint", STUDIO).await;
    let holder = world.mediators(STUDIO).await.remove(0);
    hold(&holder, &mut case).await;
    world.settle().await;
    let (partner, beside) = (world.head(PARTNER).await, world.mediators(PARTNER).await.remove(0));
    let sent = beside.account.account.clone();
    assert_eq!(referral(&beside, &case).await.unwrap_err().code(), Code::NotFound);

    let wish = request(&case, PARTNER, AssistanceKind::JointMediation);
    let colleague = world.mediators(STUDIO).await.remove(1);
    let mut thread = case.thread.clone();
    let refused =
        ask!(colleague, thread, RoutingServiceClient::request_assistance, wish.clone()).unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied, "the case is another mediator's");
    let asked = ask!(holder, case.thread, RoutingServiceClient::request_assistance, wish.clone()).unwrap();
    let number = asked.assistance.unwrap().number;
    let again = ask!(holder, case.thread, RoutingServiceClient::request_assistance, wish).unwrap();
    assert_eq!(again.version, asked.version, "the same again is already so");
    let other = request(&case, POLICE, AssistanceKind::Police);
    let refused = ask!(holder, case.thread, RoutingServiceClient::request_assistance, other).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("ASSISTANCE_PENDING"));
    let waiting = running(&world, &clerk, &mut case).await;
    assert_eq!(clock(&waiting, "assistance", "S23").holder, PARTNER);

    let foreign = answer(&case, number, true, &["mediator-01"]);
    let refused = ask!(partner, case.thread, RoutingServiceClient::answer_assistance, foreign).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("CO_MEDIATOR_NOT_OPEN"));
    let given = answer(&case, number, true, &[&sent]);
    let given = ask!(partner, case.thread, RoutingServiceClient::answer_assistance, given).unwrap();
    assert_eq!(
        (given.co_mediators.as_slice(), given.co_orgs.as_slice()),
        (&[sent.clone()][..], &[PARTNER.to_owned()][..])
    );
    assert_eq!(given.holder, holder.account.account, "the holder presides");
    let after = running(&world, &clerk, &mut case).await;
    assert!(after.iter().all(|one| one.noun != "assistance"), "{after:?}");

    // The co-mediator sees what the holder sees, in every service and in lists.
    let mut thread = case.thread.clone();
    let read = GetDisputeRequest { case_id: case.id.clone() };
    let dispute = ask!(beside, thread, IntakeServiceClient::get_dispute, read.clone()).unwrap();
    assert!(dispute.parties.iter().all(|party| !party.name.contains('*')), "in clear");
    let masked = ask!(partner, thread, IntakeServiceClient::get_dispute, read).unwrap();
    assert!(masked.parties.iter().all(|party| party.name.contains('*')), "the unit sees it masked");
    let read = GetMediationRequest { case_id: case.id.clone() };
    ask!(beside, thread, MediationServiceClient::get_mediation, read).unwrap();
    let list = ask!(beside, thread, RoutingServiceClient::list_referrals, ListReferralsRequest::default());
    assert!(list.unwrap().referrals.iter().any(|one| one.case_id == case.id));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_police_are_asked_and_answer_and_silence_is_told() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = pool(&world, &clerk, "police", STUDIO).await;
    let (head, police) = (world.head(STUDIO).await, world.person("police-1").await);
    world.settle().await;
    let wrong = request(&case, PARTNER, AssistanceKind::Police);
    let refused = ask!(head, case.thread, RoutingServiceClient::request_assistance, wrong).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_POLICE"));
    let ask_police = request(&case, POLICE, AssistanceKind::Police);
    let asked =
        ask!(head, case.thread, RoutingServiceClient::request_assistance, ask_police.clone()).unwrap();
    let number = asked.assistance.unwrap().number;
    world.settle().await;
    let why = AnswerAssistanceRequest { note: String::new(), ..answer(&case, number, false, &[]) };
    let refused = ask!(police, case.thread, RoutingServiceClient::answer_assistance, why).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("REASON_MISSING"));
    let no = answer(&case, number, false, &[]);
    let declined = ask!(police, case.thread, RoutingServiceClient::answer_assistance, no.clone()).unwrap();
    assert_eq!((declined.assistance, declined.co_orgs.len()), (None, 0));
    world.settle().await;
    let again = ask!(police, case.thread, RoutingServiceClient::answer_assistance, no).unwrap();
    assert_eq!(
        again.version, declined.version,
        "the same again is already so, though the police see the case no more"
    );
    assert_eq!(referral(&police, &case).await.unwrap_err().code(), Code::NotFound);

    // Asked once more, with a day; nobody answers, and that is told when the day is over.
    let ask_police = RequestAssistanceRequest { due_date: day(1), ..ask_police };
    ask!(head, case.thread, RoutingServiceClient::request_assistance, ask_police).unwrap();
    world.settle().await;
    world.clock.advance(chrono::TimeDelta::days(2));
    until("the silence is told", async || referral(&head, &case).await.unwrap().assistance.is_none()).await;
    world.settle().await;
    let silent = referral(&head, &case).await.unwrap();
    assert_eq!(silent.assistance, None);
    let told = trace(&head, &case).await.pop().unwrap();
    assert_eq!(told.0, JointActKind::AssistanceSilent);
    let mut thread = Thread::default();
    let list = ask!(police, thread, RoutingServiceClient::list_referrals, ListReferralsRequest::default());
    assert_eq!(list.map(|list| list.referrals.len()).unwrap(), 0);
    world.close().await;
}
