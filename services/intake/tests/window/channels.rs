//! What each channel of entry must record: all that is missing is told at once, with its article; what was recorded is kept and
//! shown; what is taken over from elsewhere is taken as it is, and what nobody recorded is told.

use contracts::intake::v1 as proto;
use contracts::intake::v1::intake_service_server::IntakeService;
use contracts::lexicon::v1 as words;
use proto::Channel;
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::stage::{Stage, bad_fields, clerk, filing};

fn by(channel: Channel, record: proto::ChannelRecord) -> proto::FileDisputeRequest {
    proto::FileDisputeRequest { channel: channel.into(), record: Some(record), ..filing("r-1") }
}

fn numbered(number: &str) -> proto::ChannelRecord {
    proto::ChannelRecord { document_number: number.into(), ..Default::default() }
}

async fn file(stage: &Stage, ask: proto::FileDisputeRequest) -> Result<proto::Dispute, Status> {
    stage.door.file_dispute(clerk().ask("FileDispute", ask)).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn what_a_channel_lacks_is_told_at_once_with_its_article() {
    let stage = Stage::new().await;
    for (channel, missing) in [
        (Channel::Online, &["body.parties[0].service_address REQUIRED"][..]),
        (Channel::AppTown, &["external_id REQUIRED", "consents.share_with_studio REQUIRED"]),
        (Channel::Hotline, &["oral REQUIRED"]),
        (Channel::Mobile, &["record.place REQUIRED", "requested_time REQUIRED"]),
        (Channel::Station, &["record.station_id REQUIRED"]),
        (Channel::CourtWp, &["record.document_number REQUIRED"]),
        (Channel::CourtWt, &["record.document_number REQUIRED"]),
        (Channel::Police, &["record.document_number REQUIRED"]),
        (Channel::Traffic, &["record.document_number REQUIRED", "record.document_date REQUIRED"]),
        (Channel::Petition, &["record.document_number REQUIRED"]),
        (Channel::Regulator, &["record.document_number REQUIRED"]),
        (Channel::LawyerDuty, &["record.account REQUIRED"]),
        (Channel::Proactive, &["record.account REQUIRED"]),
    ] {
        let mut bare = by(channel, proto::ChannelRecord::default());
        bare.consents.as_mut().unwrap().share_with_studio = false;
        assert_eq!(bad_fields(&file(&stage, bare).await.unwrap_err()), missing, "{channel:?}");
    }
    let refused = file(&stage, by(Channel::Traffic, numbered(""))).await.unwrap_err();
    let details = refused.get_error_details();
    let told = &details.bad_request().unwrap().field_violations[0].description;
    assert!(told.contains("determination") && told.contains("L11 art. 86"), "{told}");
    // With what is wrong elsewhere, and nothing twice.
    let mut both =
        by(Channel::Mobile, proto::ChannelRecord { document_date: "2026-13-01".into(), ..numbered("") });
    both.requested_time = Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 });
    assert_eq!(
        bad_fields(&file(&stage, both).await.unwrap_err()),
        ["requested_time RANGE", "record.document_date MALFORMED", "record.place REQUIRED"]
    );
    let early =
        by(Channel::Traffic, proto::ChannelRecord { document_date: "2026-12-31".into(), ..numbered("1") });
    assert_eq!(bad_fields(&file(&stage, early).await.unwrap_err()), ["record.document_date RANGE"]);
    assert_eq!(stage.count("SELECT count(*) FROM dispute").await, 0);
}

#[tokio::test]
async fn an_organisation_on_the_web_gives_its_telephone_too() {
    let stage = Stage::new().await;
    let mut online = by(Channel::Online, proto::ChannelRecord::default());
    let claimant = &mut online.body.as_mut().unwrap().parties[0];
    claimant.kind = words::PartyKind::Organization.into();
    claimant.paper = Some(words::IdentityPaper {
        kind: words::PaperKind::Uscc.into(),
        number: "91442000MA0000015B".into(),
    });
    claimant.phone.clear();
    online.confirmed_warnings = vec!["USCC_CHECKSUM".into()];
    assert_eq!(
        bad_fields(&file(&stage, online).await.unwrap_err()),
        ["body.parties[0].phone REQUIRED", "body.parties[0].service_address REQUIRED"]
    );
}

#[tokio::test]
async fn what_was_recorded_is_kept_sealed_shown_and_told_to_a_court_where_it_belongs() {
    let stage = Stage::new().await;
    let record = proto::ChannelRecord {
        document_number: "事故认定2026-8".into(),
        document_date: "2026-02-27".into(),
        account: "交警中队电话告知。".into(),
        ..Default::default()
    };
    let filed = file(&stage, by(Channel::Traffic, record.clone())).await.unwrap();
    assert_eq!((filed.record.as_ref(), filed.not_recorded.len()), (Some(&record), 0));
    let get = proto::GetDisputeRequest { case_id: filed.case_id.clone() };
    let seen = stage.door.get_dispute(clerk().ask("GetDispute", get)).await.unwrap().into_inner();
    assert_eq!(seen.record, Some(record));
    let list = proto::ListDisputesRequest::default();
    let listed = stage.door.list_disputes(clerk().ask("ListDisputes", list)).await.unwrap().into_inner();
    assert_eq!(listed.disputes[0].record, None, "masked");
    let court = async |case_id: &str| {
        let ask = proto::ReadForFilingRequest { case_id: case_id.to_owned() };
        let transfer = crate::stage::person("transfer", "transfer", access::Role::Service);
        stage.door.read_for_filing(transfer.ask("ReadForFiling", ask)).await.unwrap().into_inner()
    };
    let told = court(&filed.case_id).await;
    assert_eq!(
        (told.document_number.as_str(), told.document_date.as_str()),
        ("事故认定2026-8", "2026-02-27")
    );
    let petition = proto::FileDisputeRequest {
        request_id: "r-2".into(),
        ..by(Channel::Petition, numbered("信访3号"))
    };
    let petition = file(&stage, petition).await.unwrap();
    assert_eq!(
        court(&petition.case_id).await.document_number,
        "",
        "where somebody petitioned is no court's matter"
    );
}

#[tokio::test]
async fn what_is_taken_over_is_not_refused_and_tells_what_nobody_recorded() {
    let stage = Stage::new().await;
    let record = proto::ChannelRecord { imported_from: "旧系统2025".into(), ..Default::default() };
    let nameless = by(Channel::Hotline, record.clone());
    assert_eq!(bad_fields(&file(&stage, nameless.clone()).await.unwrap_err()), ["external_id REQUIRED"]);
    let filed =
        file(&stage, proto::FileDisputeRequest { external_id: "old-7".into(), ..nameless }).await.unwrap();
    assert_eq!((filed.oral.as_ref(), filed.oral_note.as_str()), (None, ""), "no note is made up");
    assert_eq!(filed.record, Some(record));
    let told: Vec<_> =
        filed.not_recorded.iter().map(|one| (one.field.as_str(), one.article.as_str())).collect();
    assert_eq!(told, [("oral-note", "L4 art. 11; L5 art. 7; L14 art. 31")]);
    assert!(!filed.not_recorded[0].text.is_empty() && !filed.not_recorded[0].text_en.is_empty());
}

#[tokio::test]
async fn a_draft_keeps_its_record_and_a_correction_brings_what_was_missing() {
    let stage = Stage::new().await;
    let record = proto::ChannelRecord { station_id: "工作站12".into(), ..Default::default() };
    let save = proto::SaveDraftRequest {
        request_id: "d-1".into(),
        channel: Channel::Station.into(),
        record: Some(record.clone()),
        ..Default::default()
    };
    let draft = stage.door.save_draft(clerk().ask("SaveDraft", save)).await.unwrap().into_inner();
    assert_eq!((draft.record.as_ref(), draft.not_recorded.len()), (Some(&record), 0));
    let other = proto::SaveDraftRequest {
        request_id: "d-2".into(),
        channel: Channel::Station.into(),
        record: Some(proto::ChannelRecord {
            station_id: "工作站13".into(),
            place: "村委会".into(),
            ..record.clone()
        }),
        ..Default::default()
    };
    let other = stage.door.save_draft(clerk().ask("SaveDraft", other)).await.unwrap().into_inner();
    let merge = proto::MergeDraftsRequest { case_id: draft.case_id.clone(), merged_case_id: other.case_id };
    let merged = stage.door.merge_drafts(clerk().ask("MergeDrafts", merge)).await.unwrap().into_inner();
    let kept = merged.record.unwrap();
    assert_eq!((kept.station_id.as_str(), kept.place.as_str()), ("工作站12", "村委会"));
    assert_eq!(kept.account, "");
    assert_eq!(merged.merge_notes, ["工作站编号：工作站13"]);

    let imported = proto::ChannelRecord { imported_from: "旧系统2025".into(), ..Default::default() };
    let filed =
        proto::FileDisputeRequest { external_id: "old-8".into(), ..by(Channel::Station, imported.clone()) };
    let filed = file(&stage, filed).await.unwrap();
    assert_eq!(filed.not_recorded.len(), 1);
    let case_id = filed.case_id;
    let ask = proto::RequestCorrectionRequest {
        case_id: case_id.clone(),
        missing_items: vec!["工作站编号".into()],
    };
    stage.door.request_correction(clerk().ask("RequestCorrection", ask)).await.unwrap();
    let correct = async |record: proto::ChannelRecord| {
        let ask = proto::CorrectDisputeRequest {
            case_id: case_id.clone(),
            record: Some(record),
            ..Default::default()
        };
        stage.door.correct_dispute(clerk().ask("CorrectDispute", ask)).await.map(tonic::Response::into_inner)
    };
    assert_eq!(bad_fields(&correct(imported).await.unwrap_err()), ["record.imported_from RANGE"]);
    let corrected = correct(record.clone()).await.unwrap();
    assert_eq!((corrected.state(), corrected.not_recorded.len()), (proto::DisputeState::Submitted, 0));
    assert_eq!(corrected.record.unwrap().imported_from, "旧系统2025");
    assert_eq!(correct(record).await.unwrap().version, corrected.version, "once more is already so");
    let otherwise = proto::ChannelRecord { station_id: "工作站14".into(), ..Default::default() };
    assert!(correct(otherwise).await.is_err(), "another correction is none that was asked for");
}
