//! The window's two clocks: counted by the edition in force, and what happens when a correction does not come.

use contracts::intake::v1 as proto;
use contracts::intake::v1::intake_service_server::IntakeService;
use contracts::oversight::v1::{CalendarNotice, Edition, EditionActivated, NoticeSpan};
use proto::DisputeState;

use crate::stage::{Stage, claimant, clerk, reason};

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

async fn asked(stage: &Stage, request_id: &str) -> proto::Dispute {
    let case_id = stage.filed(request_id).await.case_id;
    let ask = proto::RequestCorrectionRequest { case_id, missing_items: vec!["借条".into()] };
    stage.door.request_correction(clerk().ask("RequestCorrection", ask)).await.unwrap().into_inner()
}

async fn get(stage: &Stage, case_id: &str) -> proto::Dispute {
    let get = proto::GetDisputeRequest { case_id: case_id.to_owned() };
    stage.door.get_dispute(clerk().ask("GetDispute", get)).await.unwrap().into_inner()
}

/// Oversight says that the correction's day is over.
async fn lapse(stage: &Stage, case_id: &str, generation: u64) {
    let heard = stage.heard("oversight", case_id, ());
    let lapsed = stage.store.act_heard(&heard, |dispute| Some(Ok(dispute.lapse(generation, heard.at)))).await;
    stage.write(lapsed.unwrap()).await;
}

#[tokio::test]
async fn what_is_not_corrected_in_time_is_refused_with_the_way_on() {
    let stage = Stage::new().await;
    let case = asked(&stage, "r-1").await.case_id;
    let said: proto::CorrectionRequested = stage.last_said(&case).await;
    assert_eq!((said.item_count, said.generation), (1, 2));
    lapse(&stage, &case, 1).await;
    assert_eq!(
        get(&stage, &case).await.state(),
        DisputeState::Correction,
        "an older generation is already so"
    );
    lapse(&stage, &case, said.generation).await;
    let refused = get(&stage, &case).await;
    assert_eq!((refused.state(), refused.refuse_ground.as_str()), (DisputeState::Refused, "R14"));
    assert!(refused.redirect.contains("法院"), "{}", refused.redirect);
    let said: proto::DisputeRefused = stage.last_said(&case).await;
    assert_eq!((said.ground.as_str(), said.lapsed), ("R14", true));
    lapse(&stage, &case, 2).await;
    assert_eq!(get(&stage, &case).await, refused, "said again it is already so");
    let code = refused.receipt.clone().unwrap().code;
    let status = proto::GetStatusByCodeRequest { code };
    let told = stage.door.get_status_by_code(clerk().ask("GetStatusByCode", status)).await.unwrap();
    assert!(told.get_ref().next_step.contains("期限内未补正"), "{}", told.get_ref().next_step);
    assert!(!told.get_ref().court_notice.is_empty());
}

#[tokio::test]
async fn an_edition_moves_the_days_of_both_clocks() {
    let stage = Stage::new().await;
    stage.clock.advance(
        "2026-12-30T02:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - stage.clock.now(),
    );
    let case = asked(&stage, "r-1").await.case_id;
    let due = |dispute: &proto::Dispute| {
        chrono::DateTime::from_timestamp(dispute.correction_due_time.unwrap().seconds, 0)
            .unwrap()
            .to_rfc3339()
    };
    let before = get(&stage, &case).await;
    // Seven days end with Wednesday the sixth of January, which nobody has named a holiday yet.
    assert_eq!(due(&before), "2027-01-06T16:00:00+00:00");
    let span = NoticeSpan {
        first_date: "2027-01-01".into(),
        last_date: "2027-01-06".into(),
        holiday: "元旦".into(),
        worked: false,
    };
    let notice =
        CalendarNotice { year: 2027, spans: vec![span], source: "P55 a test".into(), verified: true };
    let edition = Edition { edition_id: "2027.1".into(), notices: vec![notice], ..Default::default() };
    let event = EditionActivated { number: 1, edition: Some(edition), activate_time: None };
    stage.write(almanac::keep(stage.heard("oversight", NOBODY, event)).await.unwrap()).await;
    stage.store.look_for_editions()().await;
    let after = get(&stage, &case).await;
    assert_eq!(due(&after), "2027-01-07T16:00:00+00:00");
    assert_eq!(after.version, before.version, "no step of the dispute");
    let printed = |dispute: &proto::Dispute| dispute.receipt.clone().unwrap().printable;
    assert_ne!(printed(&before), printed(&after));
}

/// The party at the counter wants the court before anything is submitted.
#[tokio::test]
async fn a_draft_is_read_for_a_filing_only_when_the_court_was_demanded_of_it() {
    let stage = Stage::new().await;
    let body = proto::DisputeBody { parties: vec![claimant()], ..Default::default() };
    let save = proto::SaveDraftRequest {
        request_id: "d-1".into(),
        channel: proto::Channel::Window.into(),
        body: Some(body),
        ..Default::default()
    };
    let draft = stage.door.save_draft(clerk().ask("SaveDraft", save)).await.unwrap().into_inner();
    let case_id = draft.case_id.clone();
    let service = crate::stage::person("transfer", "transfer", access::Role::Service);
    let read = || {
        let ask = proto::ReadForFilingRequest { case_id: case_id.clone() };
        stage.door.read_for_filing(service.ask("ReadForFiling", ask))
    };
    assert_eq!(read().await.unwrap_err().code(), tonic::Code::NotFound);
    let demand = |party_id: &str| proto::DemandCourtRequest {
        case_id: case_id.clone(),
        party_id: party_id.to_owned(),
        how_said: proto::HowSaid::AtWindow.into(),
    };
    let stranger = demand("01890000-0000-7000-8000-000000000001");
    let refused = stage.door.demand_court(clerk().ask("DemandCourt", stranger)).await.unwrap_err();
    assert_eq!(reason(&refused), "UNKNOWN_PARTY");
    let own = demand(&draft.parties[0].party_id);
    let said = stage.door.demand_court(clerk().ask("DemandCourt", own)).await.unwrap().into_inner();
    assert_eq!((said.state(), said.court_demanded), (DisputeState::Draft, true));
    assert_eq!(read().await.unwrap().into_inner().parties.len(), 1);
    let more = proto::SaveDraftRequest {
        request_id: "d-2".into(),
        case_id: case_id.clone(),
        etag: said.version,
        channel: proto::Channel::Window.into(),
        body: Some(proto::DisputeBody {
            text: "尾款一直不付。".into(),
            parties: said.parties,
            ..Default::default()
        }),
        ..Default::default()
    };
    stage.door.save_draft(clerk().ask("SaveDraft", more)).await.unwrap();
    let saved: proto::DraftSaved = stage.last_said(&case_id).await;
    assert!(saved.court_demanded, "whoever packs is told that the draft says otherwise");
    assert_eq!(stage.said(&case_id).await, ["DraftSaved", "CourtDemanded", "DraftSaved"]);
}
