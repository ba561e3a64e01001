//! Who sees what: foreigners, masks, lists, the party's code, the neighbour that packs, and the bytes on the disk.

use access::{Role, relation};
use contracts::intake::v1 as proto;
use contracts::intake::v1::intake_service_server::IntakeService;
use courier::WriteList;
use intake::model::Course;
use tonic::Code;

use crate::stage::{Person, Stage, bad_fields, clerk, filing, person, person_of, resident};

#[tokio::test]
async fn foreign_is_missing_and_near_is_masked() {
    let stage = Stage::new().await;
    let dispute = stage.filed("r-1").await;
    let get = || proto::GetDisputeRequest { case_id: dispute.case_id.clone() };
    let foreign = person("clerk-2", "window-2", Role::Clerk);
    let unheard = person_of("440100", "clerk-1", "window-1", Role::Clerk);
    let mediator = person("m-1", "studio-1", Role::Mediator);
    for stranger in [&foreign, &unheard, &mediator] {
        let status = stage.door.get_dispute(stranger.ask("GetDispute", get())).await.unwrap_err();
        assert_eq!(status.code(), Code::NotFound);
        let nobody = proto::GetDisputeRequest { case_id: uuid::Uuid::from_u128(1 << 100).to_string() };
        let unknown = stage.door.get_dispute(stranger.ask("GetDispute", nobody)).await.unwrap_err();
        assert_eq!((status.message(), status.details()), (unknown.message(), unknown.details()));
        let refuse = proto::RefuseDisputeRequest {
            case_id: dispute.case_id.clone(),
            ground: "R01".into(),
            ..Default::default()
        };
        if stranger.0.roles == [Role::Clerk] {
            let status = stage.door.refuse_dispute(stranger.ask("RefuseDispute", refuse)).await.unwrap_err();
            assert_eq!(status.code(), Code::NotFound);
        }
    }
    // The studio that it was referred to, and a supervisor, see that it is there; who holds it sees it.
    let case = dispute.case_id.parse().unwrap();
    let mut list =
        WriteList::new(&stage.desk.stamp(courier::Actor::service("test", "442000"), "t", None), None);
    relation::studio(&mut list, "442000", case, Some("studio-1"));
    stage.desk.commit(list).await.unwrap();
    for near in [&mediator, &person("boss", "centre", Role::Supervisor)] {
        let seen = stage.door.get_dispute(near.ask("GetDispute", get())).await.unwrap().into_inner();
        assert_eq!((seen.text.as_str(), seen.subject.as_str(), seen.claims.as_str()), ("", "", ""));
        assert_eq!((seen.parties[0].name.as_str(), seen.parties[0].address.as_str()), ("欧*", ""));
        assert_eq!(seen.parties[0].phone, "139****5678");
        assert!(seen.receipt.is_none());
        assert_eq!((seen.version, seen.amount_in_controversy_fen), (1, 5_000_000));
    }
    let mut list =
        WriteList::new(&stage.desk.stamp(courier::Actor::service("test", "442000"), "t", None), None);
    relation::holder(&mut list, "442000", case, Some("m-1"), (1, 1));
    stage.desk.commit(list).await.unwrap();
    let seen = stage.door.get_dispute(mediator.ask("GetDispute", get())).await.unwrap().into_inner();
    assert_eq!(seen, dispute);
    let demand = proto::DemandCourtRequest {
        case_id: dispute.case_id.clone(),
        party_id: dispute.parties[1].party_id.clone(),
        how_said: proto::HowSaid::AtTable.into(),
    };
    let seen = stage.door.demand_court(mediator.ask("DemandCourt", demand)).await.unwrap().into_inner();
    assert!(seen.court_demanded);
}

#[tokio::test]
async fn lists_go_page_by_page_and_only_over_what_is_the_callers() {
    let stage = Stage::new().await;
    let mut mine = vec![];
    for n in 0..7 {
        mine.push(stage.filed(&format!("r-{n}")).await.case_id);
    }
    let elsewhere = person("clerk-2", "window-2", Role::Clerk);
    stage.door.file_dispute(elsewhere.ask("FileDispute", filing("r-1"))).await.unwrap();
    let page = |who: &Person, message| {
        let request = who.ask("ListDisputes", message);
        async { stage.door.list_disputes(request).await.map(tonic::Response::into_inner) }
    };
    let ask = |size, token: &str| proto::ListDisputesRequest {
        page_size: size,
        page_token: token.into(),
        ..Default::default()
    };
    let (mut token, mut seen) = (String::new(), vec![]);
    loop {
        let answer = page(&clerk(), ask(3, &token)).await.unwrap();
        assert!(answer.disputes.iter().all(|one| one.parties[0].name == "欧*" && one.text.is_empty()));
        seen.extend(answer.disputes.into_iter().map(|one| one.case_id));
        token = answer.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    mine.reverse();
    assert_eq!(seen, mine);
    let first = page(&clerk(), ask(3, "")).await.unwrap().next_page_token;
    let foreign = page(&elsewhere, ask(3, &first)).await.unwrap_err();
    assert_eq!(bad_fields(&foreign), ["page_token MALFORMED"]);
    let filtered = proto::ListDisputesRequest { open: true, ..ask(3, &first) };
    assert_eq!(bad_fields(&page(&clerk(), filtered).await.unwrap_err()), ["page_token MALFORMED"]);
    for size in [-1, 501] {
        assert_eq!(bad_fields(&page(&clerk(), ask(size, "")).await.unwrap_err()), ["page_size RANGE"]);
    }
    let unknown = proto::ListDisputesRequest { state: 99, ..Default::default() };
    assert_eq!(bad_fields(&page(&clerk(), unknown).await.unwrap_err()), ["state ENUM_UNKNOWN"]);
    assert_eq!(page(&person("m-1", "studio-1", Role::Mediator), ask(0, "")).await.unwrap().disputes.len(), 0);
    assert_eq!(
        page(&person("boss", "centre", Role::Supervisor), ask(0, "")).await.unwrap().disputes.len(),
        8
    );
}

#[tokio::test]
async fn the_open_ones_of_a_list_are_those_the_model_calls_open() {
    let stage = Stage::new().await;
    let refuse = |case_id: &str| {
        let message = proto::RefuseDisputeRequest {
            case_id: case_id.into(),
            ground: "R07".into(),
            ..Default::default()
        };
        clerk().ask("RefuseDispute", message)
    };
    let demand = |dispute: &proto::Dispute| {
        let message = proto::DemandCourtRequest {
            case_id: dispute.case_id.clone(),
            party_id: dispute.parties[0].party_id.clone(),
            how_said: proto::HowSaid::InWriting.into(),
        };
        clerk().ask("DemandCourt", message)
    };
    stage.filed("submitted").await;
    stage.accepted("accepted").await;
    let refused = stage.filed("refused").await;
    stage.door.refuse_dispute(refuse(&refused.case_id)).await.unwrap();
    for (name, course) in
        [("demanded", None), ("transfer", Some(Course::Transfer)), ("filed", Some(Course::Filed))]
    {
        let dispute = stage.filed(name).await;
        stage.door.refuse_dispute(refuse(&dispute.case_id)).await.unwrap();
        stage.door.demand_court(demand(&dispute)).await.unwrap();
        if let Some(course) = course {
            if course == Course::Filed {
                stage.demand_answered(&dispute.case_id).await;
            }
            stage.hear("transfer", &dispute.case_id, course).await;
        }
    }
    let list = |open| {
        let message = proto::ListDisputesRequest { open, ..Default::default() };
        let request = clerk().ask("ListDisputes", message);
        async { stage.door.list_disputes(request).await.unwrap().into_inner().disputes }
    };
    let open: Vec<String> = list(true).await.into_iter().map(|one| one.case_id).collect();
    assert_eq!(open.len(), 4);
    for one in list(false).await {
        let get = proto::GetDisputeRequest { case_id: one.case_id.clone() };
        let policy = clerk().ask("GetDispute", get);
        let call = access::Call::of(&policy).unwrap();
        let (dispute, _) = stage.store.get(&call, one.case_id.parse().unwrap()).await.unwrap();
        assert_eq!(dispute.is_open(), open.contains(&one.case_id), "{:?}", dispute.state);
    }
}

#[tokio::test]
async fn a_party_asks_with_the_code() {
    let stage = Stage::new().await;
    let dispute = stage.filed("r-1").await;
    let receipt = dispute.receipt.clone().unwrap();
    let public = |centre: &str| person_of(centre, "public", "public", Role::Public);
    let ask = |centre: &str, code: &str| {
        let request =
            public(centre).ask("GetStatusByCode", proto::GetStatusByCodeRequest { code: code.into() });
        async { stage.door.get_status_by_code(request).await.map(tonic::Response::into_inner) }
    };
    let seen = ask("442000", &receipt.code.to_lowercase()).await.unwrap();
    assert_eq!(seen.receipt.as_ref(), Some(&receipt));
    assert_eq!(seen.next_step, "最迟于2026年3月5日答复是否受理。");
    assert!(!seen.court_notice.is_empty() && receipt.printable.contains(&receipt.code));
    assert!(!format!("{seen:?}").contains("示甲"));
    assert_eq!(ask("440100", &receipt.code).await.unwrap_err().code(), Code::NotFound);
    for wrong in ["0000-0000-0000-0000", "nonsense", "🦀"] {
        assert_eq!(ask("442000", wrong).await.unwrap_err().code(), Code::NotFound);
    }
    assert_eq!(bad_fields(&ask("442000", " ").await.unwrap_err()), ["code REQUIRED"]);
    let refuse = proto::RefuseDisputeRequest {
        case_id: dispute.case_id.clone(),
        ground: "R07".into(),
        redirect: "请找欧阳示甲".into(),
    };
    stage.door.refuse_dispute(clerk().ask("RefuseDispute", refuse)).await.unwrap();
    let seen = ask("442000", &receipt.code).await.unwrap();
    assert_eq!(seen.state_text, "不予受理");
    assert!(!seen.court_notice.is_empty(), "whoever is refused may still go to court");
    assert!(seen.next_step.contains("补充被申请人信息") && !seen.next_step.contains("示甲"));
    let other = stage.filed("r-2").await;
    let withdraw = proto::WithdrawDisputeRequest {
        case_id: other.case_id,
        party_id: other.parties[0].party_id.clone(),
        ..Default::default()
    };
    stage.door.withdraw_dispute(clerk().ask("WithdrawDispute", withdraw)).await.unwrap();
    let seen = ask("442000", &other.receipt.unwrap().code).await.unwrap();
    assert_eq!((seen.state_text.as_str(), seen.court_notice.as_str()), ("已撤回", ""));
}

#[tokio::test]
async fn transfer_reads_in_clear_and_leaves_a_trace() {
    let stage = Stage::new().await;
    let dispute = stage.accepted("r-1").await;
    let transfer = person("service:transfer", "transfer", Role::Service);
    let ask =
        |case: &str| transfer.ask("ReadForFiling", proto::ReadForFilingRequest { case_id: case.into() });
    let audits = stage.count("SELECT count(*) FROM audit").await;
    let read = stage.door.read_for_filing(ask(&dispute.case_id)).await.unwrap().into_inner();
    assert_eq!((read.parties[0].name.as_str(), read.cause_name.as_str()), ("欧阳示甲", "民间借贷纠纷"));
    assert_eq!(
        (read.claims, read.case_number, read.requested_time),
        (dispute.claims, dispute.case_number, dispute.submit_time)
    );
    assert_eq!(stage.count("SELECT count(*) FROM audit").await, audits + 1);
    let save = proto::SaveDraftRequest {
        request_id: "s".into(),
        channel: proto::Channel::Window.into(),
        ..Default::default()
    };
    let draft = stage.door.save_draft(clerk().ask("SaveDraft", save)).await.unwrap().into_inner();
    assert_eq!(stage.door.read_for_filing(ask(&draft.case_id)).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn the_file_holds_nothing_personal_in_clear() {
    let stage = Stage::new().await;
    let dispute = stage.filed("r-1").await;
    let ask = proto::RequestCorrectionRequest {
        case_id: dispute.case_id.clone(),
        missing_items: vec!["欧阳示甲的授权书".into()],
    };
    stage.door.request_correction(clerk().ask("RequestCorrection", ask)).await.unwrap();
    let other = stage.filed("r-2").await;
    let advise = proto::RecordAdviceRequest { case_id: other.case_id, advice: "先协商".into() };
    stage.door.record_advice(clerk().ask("RecordAdvice", advise)).await.unwrap();
    let bytes = stage.memory.bytes().await;
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("DisputeFiled") && holds("442000001"), "the search itself works");
    for secret in
        ["示甲", "示乙", "13912345678", &resident("001"), "虚构路", "装修", "尾款", "授权书", "先协商"]
    {
        assert!(!holds(secret), "{secret} is in clear");
    }
    assert_eq!(stage.count("SELECT count(DISTINCT number_index) FROM party").await, 1);
    assert_eq!(stage.count("SELECT count(DISTINCT name_index) FROM party").await, 2);
}
