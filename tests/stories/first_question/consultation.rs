//! Several units decide a hard case together (domain.md 1, row 30): who leads and who helps, with the minutes sealed, and the
//! decision sends the case to its lead unit.

use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AcceptReferralRequest, ClaimCaseRequest, DecideConsultationRequest, JointActKind, ListJointActsRequest,
    Objection, OpenConsultationRequest, ReferralState,
};
use supermarket::client::{Thread, reason};
use tests::{World, ask, hold, pool};
use tonic::Code;

use super::{clock, referral, running, trace};

const STUDIO: &str = "studio-property";
const LEAD: &str = "studio-court";
const HELPS: &str = "studio-police";

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_names_another_lead_unit_and_the_case_goes_there() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = pool(&world, &clerk, "meeting", STUDIO).await;
    let (head, lead, helper) = (world.head(STUDIO).await, world.head(LEAD).await, world.head(HELPS).await);
    let mediator = world.mediators(STUDIO).await.remove(0);
    hold(&mediator, &mut case).await;
    world.settle().await;

    let open = OpenConsultationRequest {
        case_id: case.id.clone(),
        participant_orgs: vec![LEAD.to_owned(), HELPS.to_owned()],
        question: "由谁牵头处理物业与业主的群体纠纷？".to_owned(),
        due_date: String::new(),
    };
    let unknown = OpenConsultationRequest { participant_orgs: vec!["nobody".to_owned()], ..open.clone() };
    let refused = ask!(head, case.thread, RoutingServiceClient::open_consultation, unknown).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("UNKNOWN_ORGANIZATION"));
    let refused =
        ask!(clerk, case.thread, RoutingServiceClient::open_consultation, open.clone()).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_RESPONSIBLE"));
    let opened = ask!(head, case.thread, RoutingServiceClient::open_consultation, open.clone()).unwrap();
    assert_eq!(opened.state(), ReferralState::Confirmed, "the claim goes on");
    let meeting = opened.consultation.unwrap();
    let again = ask!(head, case.thread, RoutingServiceClient::open_consultation, open).unwrap();
    assert_eq!(again.version, opened.version, "the same again is already so");
    let waiting = running(&world, &clerk, &mut case).await;
    assert_eq!(clock(&waiting, "consultation", "S22").holder, STUDIO);
    assert!(referral(&lead, &case).await.is_ok(), "a participant looks at the case");
    assert_eq!(trace(&helper, &case).await.len(), 1, "and knows what is asked");

    let decide = DecideConsultationRequest {
        case_id: case.id.clone(),
        number: meeting.number,
        lead_org: LEAD.to_owned(),
        co_orgs: vec![HELPS.to_owned()],
        due_date: String::new(),
        decision: "由法院工作室牵头，公安工作室协助。".to_owned(),
        minutes: "各方发言记录。".to_owned(),
        objections: vec![Objection { org: HELPS.to_owned(), text: "警力不足。".to_owned() }],
    };
    let stranger = DecideConsultationRequest { lead_org: "studio-labour".to_owned(), ..decide.clone() };
    let refused = ask!(head, case.thread, RoutingServiceClient::decide_consultation, stranger).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_A_PARTICIPANT"));
    let decided = ask!(head, case.thread, RoutingServiceClient::decide_consultation, decide.clone()).unwrap();
    assert_eq!((decided.state(), decided.holder.as_str()), (ReferralState::Fencing, STUDIO));
    assert_eq!(decided.hand_over.unwrap().to_org, LEAD);
    let again = ask!(head, case.thread, RoutingServiceClient::decide_consultation, decide).unwrap();
    assert!(again.version >= decided.version, "deciding the same again is already so");
    let waiting = running(&world, &clerk, &mut case).await;
    assert_eq!(clock(&waiting, "handover", "S21").holder, LEAD);
    assert!(waiting.iter().all(|one| one.noun != "consultation"), "{waiting:?}");

    // The old claim is fenced off, and nobody of the former unit takes the case while it waits for the lead unit.
    let colleague = world.mediators(STUDIO).await.remove(1);
    let claim = ClaimCaseRequest { case_id: case.id.clone() };
    let refused = ask!(colleague, case.thread, RoutingServiceClient::claim_case, claim).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("LEAD_DECIDED"));
    let read = trace(&colleague, &case).await;
    assert!(!read.is_empty() && read.iter().all(|(_, text)| text.is_empty()), "the acts without the words");

    // The lead unit takes the case, and its mediator holds it.
    let message = AcceptReferralRequest { case_id: case.id.clone() };
    let taken = ask!(lead, case.thread, RoutingServiceClient::accept_referral, message).unwrap();
    assert_eq!((taken.state(), taken.holder.as_str()), (ReferralState::Pool, LEAD));
    assert_eq!(taken.first_receiver_org, "hall-442000");
    let table = running(&world, &clerk, &mut case).await;
    assert!(table.iter().filter(|one| one.noun == "mediation").all(|one| one.holder == LEAD), "{table:?}");
    let next = world.mediators(LEAD).await.remove(0);
    hold(&next, &mut case).await;
    world.settle().await;
    assert_eq!(
        referral(&mediator, &case).await.unwrap_err().code(),
        Code::NotFound,
        "the former holder is out"
    );
    assert_eq!(
        referral(&head, &case).await.unwrap_err().code(),
        Code::NotFound,
        "and so is the former studio"
    );
    assert_eq!(referral(&helper, &case).await.unwrap().co_orgs, [HELPS], "the co-unit sees the case");

    // The minutes are for those who are responsible; in the file they are sealed.
    let list = ListJointActsRequest { case_id: case.id.clone() };
    let acts = ask!(lead, Thread::default(), RoutingServiceClient::list_joint_acts, list).unwrap().acts;
    let decision = acts.iter().find(|act| act.kind() == JointActKind::ConsultationDecided).unwrap();
    assert_eq!((decision.minutes.as_str(), decision.objections[0].org.as_str()), ("各方发言记录。", HELPS));
    let told = trace(&helper, &case).await;
    assert!(
        told.iter().all(|(kind, _)| *kind != JointActKind::HandOverOffered),
        "not the co-unit's: {told:?}"
    );
    assert!(
        told.iter().any(|(kind, _)| *kind == JointActKind::ConsultationDecided),
        "what it has to do: {told:?}"
    );
    world.close().await;
}
