//! The commands beside the straight way to a packed filing, each dropped at every point and then sent again (P15).

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    AcceptDisputeRequest, AmendPartyRequest, ArchiveDisputeRequest, CloseDisputeRequest,
    CorrectDisputeRequest, CorrectSuggestionRequest, DemandCourtRequest, Dispute, DisputeBody, DisputeLink,
    GetDisputeRequest, HowSaid, LinkDisputesRequest, LinkKind, ListLinksRequest, MergeDraftsRequest,
    RecordAdviceRequest, RefuseDisputeRequest, RequestCorrectionRequest, SaveDraftRequest,
    WithdrawDisputeRequest,
};
use contracts::lexicon::v1::{Fence, PaperKind, PartyRole};
use contracts::mediation::v1::{RecordConsentRequest, RecordRefusalRequest};
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AcceptReferralRequest, ClaimCaseRequest, ConfirmClaimRequest, DeclareTieRequest, Disclosure,
    ListTiesRequest, NameSuccessorRequest, ReferCaseRequest, ReleaseClaimRequest, ReturnReferralRequest,
    TieBond, TiePaper, WithdrawTieRequest,
};
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{
    AcceptFilingRequest, AcknowledgeReceiptRequest, CommissionMediationRequest, CourtOutcome,
    IssueCourtDocumentRequest, OutcomeKind, PrepareFilingRequest, RefuseFilingRequest, SubmitFilingRequest,
};
use prost::Message;
use supermarket::client::{Person, Thread};
use tests::{World, ask, file, filing, party};
use tower::ServiceExt as _;

use crate::lifecycle::seated;
use crate::whoever_hangs_up::{call, polled, succeed};

/// Drops a command after `n` polls, sends it again to its end, and lets its news settle. True when it was dropped.
pub(crate) async fn step(
    world: &World,
    who: &Person,
    method: &str,
    message: &impl Message,
    n: usize,
) -> bool {
    let path = format!("/supermarket.{method}");
    let answered = polled(world, call(who, &path, message), n).await;
    succeed(world, call(who, &path, message)).await;
    world.settle().await;
    !answered
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_command_is_whole_or_nothing() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut dropped = 0;
    for n in 1..=6 {
        dropped += Box::pin(window(&world, &clerk, n)).await;
        dropped += twins(&world, &clerk, n).await;
        dropped += claim_and_consent(&world, &clerk, n).await;
        dropped += ties(&world, n).await;
        dropped += court(&world, &clerk, n, true).await + court(&world, &clerk, n, false).await;
        dropped += court_document(&world, &clerk, n).await;
        dropped += succession(&world, &clerk, n).await;
    }
    assert!(dropped > 40, "only {dropped} drops");
    for post in &world.town.running.posts {
        let desk = post.desk();
        assert!(courier::ledger::list_gaps(desk, desk.service()).await.unwrap().is_empty());
        assert!(courier::ledger::list_quarantine(desk, 10).await.unwrap().is_empty());
    }
    world.close().await;
}

async fn window(world: &World, clerk: &Person, n: usize) -> usize {
    let mut dropped = 0;
    let draft = SaveDraftRequest { request_id: format!("draft-{n}"), channel: 1, ..Default::default() };
    dropped += usize::from(step(world, clerk, "intake.v1.IntakeService/SaveDraft", &draft, n).await);
    let mut case = file(clerk, &format!("w-{n}")).await;
    let id = case.id.clone();
    let missing = RequestCorrectionRequest { case_id: id.clone(), missing_items: vec!["借条".to_owned()] };
    dropped +=
        usize::from(step(world, clerk, "intake.v1.IntakeService/RequestCorrection", &missing, n).await);
    let body = Some(DisputeBody { claims: "返还借款。".to_owned(), ..Default::default() });
    let correct = CorrectDisputeRequest { case_id: id.clone(), body, ..Default::default() };
    let path = "/supermarket.intake.v1.IntakeService/CorrectDispute";
    dropped += usize::from(!polled(world, call(clerk, path, &correct), n).await);
    let read = || GetDisputeRequest { case_id: id.clone() };
    let now = ask!(clerk, case.thread, IntakeServiceClient::get_dispute, read()).unwrap();
    if now.claims == "返还借款。" {
        assert_eq!(now.version, case.dispute.version + 2, "corrected once");
    } else {
        succeed(world, call(clerk, path, &correct)).await;
    }
    // An amendment names the version it was read at: repeated only where the first one left nothing.
    let before = ask!(clerk, case.thread, IntakeServiceClient::get_dispute, read()).unwrap();
    let mut one = before.parties[0].clone();
    one.address = format!("新址{n}号");
    let amend = AmendPartyRequest {
        case_id: id.clone(),
        party: Some(one.clone()),
        etag: before.version,
        ..Default::default()
    };
    let path = "/supermarket.intake.v1.IntakeService/AmendParty";
    dropped += usize::from(!polled(world, call(clerk, path, &amend), n).await);
    world.settle().await;
    let mut after = ask!(clerk, case.thread, IntakeServiceClient::get_dispute, read()).unwrap();
    if after.version == before.version && after.parties[0].address == one.address {
        // The dispute and its parties are read one after the other, and the commit may come between.
        after = ask!(clerk, case.thread, IntakeServiceClient::get_dispute, read()).unwrap();
    }
    if after.version == before.version {
        assert_ne!(after.parties[0].address, one.address, "nothing of it");
        // ABORTED: the first one was still on its way to the disk, and has come.
        let answer = world.town.running.door.clone().oneshot(call(clerk, path, &amend)).await.unwrap();
        let code = answer.headers().get("grpc-status").map(|code| code.to_str().unwrap().to_owned());
        assert!(code.as_deref().is_none_or(|code| ["0", "10"].contains(&code)), "{code:?}");
        let _ = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        world.settle().await;
        after = ask!(clerk, case.thread, IntakeServiceClient::get_dispute, read()).unwrap();
    }
    assert_eq!(
        (after.version, &after.parties[0].address),
        (before.version + 1, &one.address),
        "all of it, once"
    );
    let refuse =
        RefuseDisputeRequest { case_id: id.clone(), ground: "R01".to_owned(), redirect: String::new() };
    dropped += usize::from(step(world, clerk, "intake.v1.IntakeService/RefuseDispute", &refuse, n).await);
    let advised = file(clerk, &format!("a-{n}")).await;
    let advice = RecordAdviceRequest { case_id: advised.id, advice: "先催告。".to_owned() };
    dropped += usize::from(step(world, clerk, "intake.v1.IntakeService/RecordAdvice", &advice, n).await);
    let back = file(clerk, &format!("b-{n}")).await;
    let party_id = party(&back.dispute, PartyRole::Claimant);
    let withdraw = WithdrawDisputeRequest { case_id: back.id, party_id, ..Default::default() };
    dropped + usize::from(step(world, clerk, "intake.v1.IntakeService/WithdrawDispute", &withdraw, n).await)
}

/// What changes two disputes changes both or neither, and a correction leaves one row.
async fn twins(world: &World, clerk: &Person, n: usize) -> usize {
    let mut thread = Thread::default();
    let (one, other) = (file(clerk, &format!("t-{n}")).await, file(clerk, &format!("u-{n}")).await);
    let teach = CorrectSuggestionRequest {
        case_id: one.id.clone(),
        labels: vec!["consumer".to_owned()],
        cause_code: String::new(),
    };
    let mut dropped =
        usize::from(step(world, clerk, "intake.v1.IntakeService/CorrectSuggestion", &teach, n).await);
    let link = LinkDisputesRequest {
        case_id: one.id.clone(),
        other_case_id: other.id.clone(),
        kind: LinkKind::DuplicateOf.into(),
    };
    dropped += usize::from(step(world, clerk, "intake.v1.IntakeService/LinkDisputes", &link, n).await);
    for (case, kind) in [(&one, LinkKind::DuplicateOf), (&other, LinkKind::HasDuplicate)] {
        let get = GetDisputeRequest { case_id: case.id.clone() };
        let now = ask!(clerk, thread, IntakeServiceClient::get_dispute, get).unwrap();
        assert_eq!(now.version, case.dispute.version + 1, "linked once");
        let list = ListLinksRequest { case_id: case.id.clone() };
        let links = ask!(clerk, thread, IntakeServiceClient::list_links, list).unwrap().links;
        assert_eq!(links.iter().map(DisputeLink::kind).collect::<Vec<_>>(), [kind]);
    }
    let mut drafts: Vec<Dispute> = vec![];
    for half in ["m", "n"] {
        let body =
            Some(DisputeBody { text: format!("{half}：尾款一直不付。"), ..DisputeBody::default() });
        let save =
            SaveDraftRequest { request_id: format!("{half}-{n}"), channel: 1, body, ..Default::default() };
        drafts.push(ask!(clerk, thread, IntakeServiceClient::save_draft, save).unwrap());
    }
    let merge =
        MergeDraftsRequest { case_id: drafts[0].case_id.clone(), merged_case_id: drafts[1].case_id.clone() };
    dropped += usize::from(step(world, clerk, "intake.v1.IntakeService/MergeDrafts", &merge, n).await);
    for draft in drafts {
        let get = GetDisputeRequest { case_id: draft.case_id };
        let now = ask!(clerk, thread, IntakeServiceClient::get_dispute, get).unwrap();
        assert_eq!(now.version, 2, "merged once");
    }
    dropped
}

async fn claim_and_consent(world: &World, clerk: &Person, n: usize) -> usize {
    let (head, mediator) =
        (world.head("studio-family").await, world.mediators("studio-family").await.remove(0));
    let case = file(clerk, &format!("c-{n}")).await;
    let id = || case.id.clone();
    let plain = async |request| {
        succeed(world, request).await;
        world.settle().await;
    };
    let accept = AcceptDisputeRequest { case_id: id(), cause_code: "108.3".to_owned(), ..Default::default() };
    plain(call(clerk, "/supermarket.intake.v1.IntakeService/AcceptDispute", &accept)).await;
    let refer = ReferCaseRequest {
        case_id: id(),
        studio_org: "studio-family".to_owned(),
        reason: "x".to_owned(),
        circumstances: None,
        due_date: String::new(),
    };
    let refer_path = "/supermarket.routing.v1.RoutingService/ReferCase";
    plain(call(clerk, refer_path, &refer)).await;
    let mut dropped = 0;
    let back = ReturnReferralRequest { case_id: id(), reason: "不属专长".to_owned() };
    dropped += usize::from(step(world, &head, "routing.v1.RoutingService/ReturnReferral", &back, n).await);
    plain(call(clerk, refer_path, &refer)).await;
    let accept = AcceptReferralRequest { case_id: id() };
    plain(call(&head, "/supermarket.routing.v1.RoutingService/AcceptReferral", &accept)).await;
    let claim = ClaimCaseRequest { case_id: id() };
    let claim_path = "/supermarket.routing.v1.RoutingService/ClaimCase";
    plain(call(&mediator, claim_path, &claim)).await;
    let fence = Some(Fence { epoch: 1, n: 1 });
    let release = ReleaseClaimRequest { case_id: id(), fence, reason: "换人".to_owned() };
    dropped +=
        usize::from(step(world, &mediator, "routing.v1.RoutingService/ReleaseClaim", &release, n).await);
    plain(call(&mediator, claim_path, &claim)).await;
    let fence = Some(Fence { epoch: 1, n: 3 });
    let disclosure = Some(Disclosure { declared: true, ..Disclosure::default() });
    let confirm = ConfirmClaimRequest { case_id: id(), fence, disclosure };
    plain(call(&mediator, "/supermarket.routing.v1.RoutingService/ConfirmClaim", &confirm)).await;
    let (party_id, consent_time) = (party(&case.dispute, PartyRole::Claimant), Some(world.now()));
    let consent = RecordConsentRequest { case_id: id(), fence, party_id, consent_time };
    dropped +=
        usize::from(step(world, &mediator, "mediation.v1.MediationService/RecordConsent", &consent, n).await);
    let party_id = party(&case.dispute, PartyRole::Respondent);
    let refusal = RecordRefusalRequest { case_id: id(), fence, party_id, unreachable: false };
    dropped
        + usize::from(
            step(world, &mediator, "mediation.v1.MediationService/RecordRefusal", &refusal, n).await,
        )
}

async fn ties(world: &World, n: usize) -> usize {
    let (head, mediator) =
        (world.head("studio-family").await, world.mediators("studio-family").await.remove(0));
    let account = mediator.account.account.clone();
    let number = format!("E4711000{n}");
    let with = Some(TiePaper { kind: PaperKind::Passport.into(), number, ..TiePaper::default() });
    let bond = TieBond::Relative.into();
    let declare = DeclareTieRequest { mediator: account.clone(), bond, with: with.clone(), of: None };
    let path = "routing.v1.RoutingService/DeclareTie";
    let mut dropped = usize::from(step(world, &mediator, path, &declare, n).await);
    let reason = "登记有误".to_owned();
    let tie_id = String::new();
    let withdraw = WithdrawTieRequest { mediator: account.clone(), bond, with, of: None, reason, tie_id };
    let path = "routing.v1.RoutingService/WithdrawTie";
    dropped += usize::from(step(world, &head, path, &withdraw, n).await);
    let list = ListTiesRequest { mediator: account };
    let mut thread = Thread::default();
    let ties = ask!(head, thread, RoutingServiceClient::list_ties, list).unwrap().ties;
    assert_eq!(ties.len(), n, "declared once");
    assert!(ties.iter().all(|tie| !tie.withdrawn_by.is_empty()));
    dropped
}

async fn court(world: &World, clerk: &Person, n: usize, files: bool) -> usize {
    let court = world.person("court-2071").await;
    let case = file(clerk, &format!("f-{n}-{files}")).await;
    let id = || case.id.clone();
    let mut thread = Thread::default();
    let party_id = party(&case.dispute, PartyRole::Claimant);
    let demand = DemandCourtRequest { case_id: id(), party_id, how_said: HowSaid::AtWindow.into() };
    ask!(clerk, thread, IntakeServiceClient::demand_court, demand).unwrap();
    let prepare = PrepareFilingRequest { case_id: id(), court_org: "court-2071".to_owned(), kind: 0 };
    let filing = ask!(clerk, thread, TransferServiceClient::prepare_filing, prepare).unwrap();
    world.settle().await;
    let package_sha256 = filing.package_sha256;
    let submit = SubmitFilingRequest { case_id: id(), package_sha256: package_sha256.clone() };
    let mut dropped =
        usize::from(step(world, clerk, "transfer.v1.TransferService/SubmitFiling", &submit, n).await);
    let court_time = Some(world.now());
    let receipt =
        AcknowledgeReceiptRequest { case_id: id(), package_sha256: package_sha256.clone(), court_time };
    dropped +=
        usize::from(step(world, &court, "transfer.v1.CourtService/AcknowledgeReceipt", &receipt, n).await);
    if files {
        let court_case_number = format!("（2026）粤2071民初{n}号");
        let accept = AcceptFilingRequest { case_id: id(), package_sha256, court_case_number, court_time };
        dropped +=
            usize::from(step(world, &court, "transfer.v1.CourtService/AcceptFiling", &accept, n).await);
    } else {
        let reason = "不属于本院管辖".to_owned();
        let refuse = RefuseFilingRequest { case_id: id(), package_sha256, reason, court_time };
        dropped +=
            usize::from(step(world, &court, "transfer.v1.CourtService/RefuseFiling", &refuse, n).await);
    }
    let close = CloseDisputeRequest { case_id: id(), ..Default::default() };
    dropped += usize::from(step(world, clerk, "intake.v1.IntakeService/CloseDispute", &close, n).await);
    let archive = ArchiveDisputeRequest { case_id: id(), note: "移送法院".to_owned() };
    dropped + usize::from(step(world, clerk, "intake.v1.IntakeService/ArchiveDispute", &archive, n).await)
}

/// An agreement goes to another mediator of the studio.
async fn succession(world: &World, clerk: &Person, n: usize) -> usize {
    let mut table = seated(world, clerk, &format!("heir-{n}"), "PM", "108.3").await;
    table.agree(world, vec![]).await;
    world.settle().await;
    let head = world.head(crate::lifecycle::STUDIO).await;
    let others = world.mediators(crate::lifecycle::STUDIO).await;
    let other = others.iter().find(|one| one.account.account != table.mediator.account.account).unwrap();
    let name = NameSuccessorRequest {
        case_id: table.case.id.clone(),
        mediator: other.account.account.clone(),
        reason: "离职".to_owned(),
    };
    usize::from(step(world, &head, "routing.v1.RoutingService/NameSuccessor", &name, n).await)
}

/// A court's letter before filing, and its document on what its own judge mediated.
async fn court_document(world: &World, clerk: &Person, n: usize) -> usize {
    let court = world.person("court-2071").await;
    let send = CommissionMediationRequest {
        request_id: format!("sent-{n}"),
        court_case_number: format!("（2026）粤2071民初{}号", 100 + n),
        studio_org: "studio-family".to_owned(),
        all_parties_consent: true,
        body: filing(&format!("sent-{n}")).body,
        ..Default::default()
    };
    let path = "transfer.v1.CourtService/CommissionMediation";
    let mut dropped = usize::from(step(world, &court, path, &send, n).await);
    let mut table = seated(world, clerk, &format!("jm-{n}"), "JM", "108.3").await;
    table.agree(world, vec![]).await;
    let document = CourtOutcome {
        kind: OutcomeKind::MediationDocument.into(),
        decision_date: "2026-03-03".to_owned(),
        document_number: format!("（2026）粤2071民初{n}号"),
    };
    let issue =
        IssueCourtDocumentRequest { case_id: table.case.id, document: Some(document), ..Default::default() };
    let path = "transfer.v1.CourtService/IssueCourtDocument";
    dropped += usize::from(step(world, &court, path, &issue, n).await);
    dropped
}
