//! Joint mediation (domain.md 1, row 3; L4 art. 13): a co-mediator sent by a partner unit works at the table under the holder's claim;
//! the holder presides, keeps the claim alive and alone closes; whoever is bound to a party does not sit there.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{AmendPartyRequest, GetDisputeRequest};
use contracts::lexicon::v1::{Fence, Party, PartyRole};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    ConcludeWithoutAgreementRequest, DraftAgreementRequest, GetMediationRequest, RecordConsentRequest,
    RecordNoteRequest, RecordSessionRequest, RecordUndisputedFactsRequest, RequestTransferRequest,
    ScheduleSessionRequest, SessionMode, SuspendMediationRequest, WithdrawMediationRequest,
};
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{Danger, RaiseEmergencyRequest};
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AnswerAssistanceRequest, AssistanceKind, DeclareTieRequest, EndAssistanceRequest, JointActKind,
    ReferralState, RequestAssistanceRequest, TieBond, TiePaper,
};
use supermarket::client::{Person, Thread, reason};
use tests::{Case, World, ask, filing, hold, party, pool};
use tonic::{Code, Status};

use super::{referral, trace, until};

const STUDIO: &str = "studio-family";
const PARTNER: &str = "studio-justice";

/// A case at the table of a holder, and the head and a mediator of the partner unit.
struct Table {
    case: Case,
    holder: Person,
    fence: Option<Fence>,
    partner: Person,
    beside: Person,
}

async fn table(world: &World, name: &str) -> Table {
    let clerk = world.person("clerk-1").await;
    let mut case = pool(world, &clerk, name, STUDIO).await;
    let holder = world.mediators(STUDIO).await.remove(0);
    let fence = hold(&holder, &mut case).await.fence;
    let (partner, beside) = (world.head(PARTNER).await, world.mediators(PARTNER).await.remove(0));
    world.settle().await;
    Table { case, holder, fence, partner, beside }
}

/// The holder asks for joint mediation, and the partner unit sends its mediator.
async fn sent(world: &World, table: &mut Table) -> Result<(), Status> {
    let wish = RequestAssistanceRequest {
        case_id: table.case.id.clone(),
        to_org: PARTNER.to_owned(),
        kind: AssistanceKind::JointMediation.into(),
        reason: "案情复杂，请派员共同调解。".to_owned(),
        due_date: String::new(),
    };
    let thread = &mut table.case.thread;
    let asked = ask!(table.holder, *thread, RoutingServiceClient::request_assistance, wish).unwrap();
    world.settle().await;
    let answer = AnswerAssistanceRequest {
        case_id: table.case.id.clone(),
        number: asked.assistance.unwrap().number,
        accepted: true,
        note: "已安排。".to_owned(),
        co_mediators: vec![table.beside.account.account.clone()],
    };
    ask!(table.partner, *thread, RoutingServiceClient::answer_assistance, answer)?;
    world.settle().await;
    Ok(())
}

fn note(table: &Table, id: &str, fence: Option<Fence>) -> RecordNoteRequest {
    let (request_id, case_id) = (id.to_owned(), table.case.id.clone());
    RecordNoteRequest { request_id, case_id, fence, text: "共同调解员的记录".to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_co_mediator_works_at_the_table_and_the_holder_alone_closes() {
    let world = World::open().await;
    let mut table = table(&world, "beside").await;
    sent(&world, &mut table).await.unwrap();
    let (case_id, fence) = (table.case.id.clone(), table.fence);
    let mut thread = table.case.thread.clone();
    let beside = &table.beside;
    let parties: Vec<String> = table.case.dispute.parties.iter().map(|one| one.party_id.clone()).collect();

    let plan = ScheduleSessionRequest {
        case_id: case_id.clone(),
        fence,
        start_time: Some(world.now()),
        mode: SessionMode::Onsite.into(),
        agreeing_party_ids: vec![],
        notice_time: None,
    };
    ask!(beside, thread, MediationServiceClient::schedule_session, plan).unwrap();
    let session = RecordSessionRequest {
        request_id: "s1".to_owned(),
        case_id: case_id.clone(),
        fence,
        start_time: Some(world.now()),
        mode: SessionMode::Onsite.into(),
        present_party_ids: parties.clone(),
        text: "各方陈述。".to_owned(),
        rights_told: true,
        identities_checked: true,
        sham_warned: true,
        address_confirmed_party_ids: parties,
    };
    ask!(beside, thread, MediationServiceClient::record_session, session.clone()).unwrap();
    ask!(beside, thread, MediationServiceClient::record_session, session).unwrap();
    ask!(beside, thread, MediationServiceClient::record_note, note(&table, "n1", fence)).unwrap();
    let facts =
        RecordUndisputedFactsRequest {
            case_id: case_id.clone(), fence, text: "借款二万元。".to_owned()
        };
    ask!(beside, thread, MediationServiceClient::record_undisputed_facts, facts).unwrap();

    // Whoever shows no claim, or another one, writes nothing.
    let older = fence.map(|fence| Fence { n: fence.n - 1, ..fence });
    let refused = ask!(beside, thread, MediationServiceClient::record_note, note(&table, "n2", older));
    assert_eq!(reason(&refused.unwrap_err()).as_deref(), Some("FENCE_PASSED"));

    // What decides about the case is the holder's alone.
    let read = GetMediationRequest { case_id: case_id.clone() };
    let before = ask!(table.holder, thread, MediationServiceClient::get_mediation, read.clone()).unwrap();
    assert_eq!((before.sessions.len(), before.notes.len()), (1, 1), "once each, and the holder reads it");
    let conclude = ConcludeWithoutAgreementRequest {
        case_id: case_id.clone(),
        fence,
        ground: "F04".to_owned(),
        explanation: String::new(),
    };
    let draft = DraftAgreementRequest {
        case_id: case_id.clone(),
        fence,
        terms: "还款二万元。".to_owned(),
        amount_fen: 2_000_000,
        ..Default::default()
    };
    let party_id = party(&table.case.dispute, PartyRole::Claimant);
    let consent_time = Some(world.now());
    let consent =
        RecordConsentRequest { case_id: case_id.clone(), fence, party_id: party_id.clone(), consent_time };
    let court = RequestTransferRequest { case_id: case_id.clone(), fence, party_id: party_id.clone() };
    let withdraw =
        WithdrawMediationRequest { case_id: case_id.clone(), fence, party_id, joining_party_ids: vec![] };
    let suspend =
        SuspendMediationRequest {
            case_id: case_id.clone(), fence, reason: "疑似虚假调解。".to_owned()
        };
    let refusals = [
        ask!(beside, thread, MediationServiceClient::conclude_without_agreement, conclude.clone()),
        ask!(beside, thread, MediationServiceClient::draft_agreement, draft),
        ask!(beside, thread, MediationServiceClient::record_consent, consent),
        ask!(beside, thread, MediationServiceClient::request_transfer, court),
        ask!(beside, thread, MediationServiceClient::withdraw_mediation, withdraw),
        ask!(beside, thread, MediationServiceClient::suspend_mediation, suspend),
    ];
    for (place, refused) in refusals.into_iter().enumerate() {
        assert_eq!(refused.unwrap_err().code(), Code::NotFound, "{place}");
    }
    let after = ask!(beside, thread, MediationServiceClient::get_mediation, read).unwrap();
    assert_eq!(after.version, before.version, "nothing has moved");
    ask!(table.holder, thread, MediationServiceClient::conclude_without_agreement, conclude).unwrap();
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_lives_by_its_holder_and_whoever_helps_can_leave() {
    let world = World::open().await;
    let mut table = table(&world, "lease").await;
    sent(&world, &mut table).await.unwrap();
    let mut thread = Thread::default();
    let beside = table.beside.account.account.clone();
    // Sunday: the co-mediator works, the holder has not since Monday. The fifth working day ends on the next Monday.
    world.clock.advance(chrono::TimeDelta::days(6));
    ask!(table.beside, thread, MediationServiceClient::record_note, note(&table, "n1", table.fence)).unwrap();
    world.clock.advance(chrono::TimeDelta::days(2));
    let clerk = world.person("clerk-1").await;
    until("the claim ends by silence", async || {
        referral(&clerk, &table.case).await.unwrap().state() == ReferralState::Pool
    })
    .await;
    world.settle().await;
    let late =
        ask!(table.beside, thread, MediationServiceClient::record_note, note(&table, "n2", table.fence));
    assert_eq!(reason(&late.unwrap_err()).as_deref(), Some("FENCE_PASSED"));

    // The next holder finds the co-mediator beside them; who did not help is nobody's to end.
    let next = world.mediators(STUDIO).await.remove(1);
    let claim = hold(&next, &mut table.case).await;
    assert_eq!(claim.co_mediators, std::slice::from_ref(&beside));
    world.settle().await;
    let mut thread = table.case.thread.clone();
    ask!(table.beside, thread, MediationServiceClient::record_note, note(&table, "n3", claim.fence)).unwrap();
    let danger = RaiseEmergencyRequest {
        case_id: table.case.id.clone(),
        danger: Danger::Violence.into(),
        text: "一方情绪失控。".to_owned(),
    };
    ask!(table.beside, thread, OversightServiceClient::raise_emergency, danger).unwrap();
    world.settle().await;
    let leave = EndAssistanceRequest {
        case_id: table.case.id.clone(),
        org: PARTNER.to_owned(),
        co_mediators: vec![beside],
        reason: "另有公务。".to_owned(),
    };
    let other = EndAssistanceRequest { org: "studio-labour".to_owned(), ..leave.clone() };
    let refused = ask!(table.partner, thread, RoutingServiceClient::end_assistance, other).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_RESPONSIBLE"));
    let left = ask!(table.partner, thread, RoutingServiceClient::end_assistance, leave).unwrap();
    assert_eq!((left.co_mediators.len(), left.co_orgs.len()), (0, 1), "the unit itself goes on helping");
    world.settle().await;
    let gone = note(&table, "n4", claim.fence);
    let gone = ask!(table.beside, thread, MediationServiceClient::record_note, gone).unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);

    let all = EndAssistanceRequest {
        case_id: table.case.id.clone(),
        org: PARTNER.to_owned(),
        co_mediators: vec![],
        reason: "协助事项已完成。".to_owned(),
    };
    let ended = ask!(table.partner, thread, RoutingServiceClient::end_assistance, all.clone()).unwrap();
    assert!(ended.co_orgs.is_empty());
    world.settle().await;
    let again = ask!(table.partner, thread, RoutingServiceClient::end_assistance, all).unwrap();
    assert_eq!(again.version, ended.version, "already so, though the unit sees the case no more");
    assert_eq!(referral(&table.partner, &table.case).await.unwrap_err().code(), Code::NotFound);
    let kinds: Vec<JointActKind> =
        trace(&next, &table.case).await.into_iter().map(|(kind, _)| kind).collect();
    let ended = JointActKind::AssistanceEnded;
    assert_eq!(kinds, [JointActKind::AssistanceRequested, JointActKind::AssistanceAccepted, ended, ended]);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_bound_to_a_party_does_not_sit_beside() {
    let world = World::open().await;
    let bound = filing("bound").body.unwrap().parties[1].paper.clone().unwrap();
    let beside = world.mediators(PARTNER).await.remove(0);
    let tie = DeclareTieRequest {
        mediator: beside.account.account.clone(),
        bond: TieBond::Relative.into(),
        with: Some(TiePaper { kind: bound.kind, number: bound.number.clone(), phone: String::new() }),
        of: None,
    };
    let mut thread = Thread::default();
    ask!(beside, thread, RoutingServiceClient::declare_tie, tie).unwrap();

    // The relative is a party from the beginning.
    let mut at_once = table(&world, "bound").await;
    let refused = sent(&world, &mut at_once).await.unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("CONFLICT_OF_INTEREST"));

    // The relative comes later: the co-mediator leaves the table, and the holder stays.
    let mut later = table(&world, "unbound").await;
    sent(&world, &mut later).await.unwrap();
    let clerk = world.person("clerk-1").await;
    let read = GetDisputeRequest { case_id: later.case.id.clone() };
    let mut thread = later.case.thread.clone();
    let now = ask!(clerk, thread, IntakeServiceClient::get_dispute, read.clone()).unwrap();
    let respondent = party(&now, PartyRole::Respondent);
    let comes = now.parties.iter().find(|one| one.party_id == respondent).unwrap();
    let amend = AmendPartyRequest {
        case_id: later.case.id.clone(),
        party: Some(Party { paper: Some(bound), ..comes.clone() }),
        etag: now.version,
        ..Default::default()
    };
    ask!(clerk, thread, IntakeServiceClient::amend_party, amend).unwrap();
    world.settle().await;
    let out = referral(&later.holder, &later.case).await.unwrap();
    assert_eq!((out.state(), out.co_mediators.len()), (ReferralState::Confirmed, 0));
    assert_eq!(out.holder, later.holder.account.account);
    assert_eq!(referral(&later.beside, &later.case).await.unwrap_err().code(), Code::NotFound);
    let gone = ask!(later.beside, thread, IntakeServiceClient::get_dispute, read).unwrap_err();
    assert_eq!(gone.code(), Code::NotFound, "in every service");
    world.close().await;
}
