//! An application by word: written down, read back, and confirmed by both, or it is none.

use contracts::intake::v1 as proto;
use contracts::intake::v1::intake_service_server::IntakeService;

use crate::stage::{Stage, bad_fields, clerk, filing};

/// Told on the telephone a minute ago, and confirmed there.
fn by_telephone(stage: &Stage) -> proto::FileDisputeRequest {
    let read_back = stage.clock.now() - chrono::Duration::minutes(1);
    let read_back_time = Some(prost_types::Timestamp { seconds: read_back.timestamp(), nanos: 0 });
    let oral = proto::OralApplication {
        read_back_time,
        applicant_confirmation: proto::OralConfirmation::Voice.into(),
        clerk_confirmed: true,
        call_id: "12345-20260302-7".into(),
    };
    proto::FileDisputeRequest { channel: proto::Channel::Hotline.into(), oral: Some(oral), ..filing("r-1") }
}

#[tokio::test]
async fn what_was_told_by_word_is_kept_with_its_note_and_its_confirmation() {
    let stage = Stage::new().await;
    let asked = by_telephone(&stage);
    let filed =
        stage.door.file_dispute(clerk().ask("FileDispute", asked.clone())).await.unwrap().into_inner();
    assert_eq!(filed.oral, asked.oral);
    insta::assert_snapshot!(filed.oral_note);
    let said: proto::DisputeFiled = stage.last_said(&filed.case_id).await;
    assert!(said.oral);
    let get = proto::GetDisputeRequest { case_id: filed.case_id.clone() };
    let seen = stage.door.get_dispute(clerk().ask("GetDispute", get)).await.unwrap().into_inner();
    assert_eq!((seen.oral, seen.oral_note), (filed.oral, filed.oral_note));
    let list = stage
        .door
        .list_disputes(clerk().ask("ListDisputes", proto::ListDisputesRequest::default()))
        .await
        .unwrap();
    let listed = &list.get_ref().disputes[0];
    assert_eq!(
        (listed.oral_note.as_str(), listed.oral.as_ref().unwrap().call_id.as_str()),
        ("", ""),
        "masked"
    );
    let written = stage.filed("r-2").await;
    assert_eq!((written.oral, written.oral_note.as_str()), (None, ""));
}

#[tokio::test]
async fn half_of_an_application_by_word_is_none() {
    let stage = Stage::new().await;
    let file = async |asked: proto::FileDisputeRequest| {
        bad_fields(&stage.door.file_dispute(clerk().ask("FileDispute", asked)).await.unwrap_err())
    };
    let nothing =
        proto::FileDisputeRequest { oral: Some(proto::OralApplication::default()), ..filing("r-1") };
    assert_eq!(
        file(nothing).await,
        [
            "oral.read_back_time REQUIRED",
            "oral.applicant_confirmation ENUM_UNKNOWN",
            "oral.clerk_confirmed REQUIRED"
        ]
    );
    let mut uncalled = by_telephone(&stage);
    uncalled.oral.as_mut().unwrap().call_id.clear();
    assert_eq!(file(uncalled).await, ["oral.call_id REQUIRED"]);
    let elsewhere =
        proto::FileDisputeRequest { channel: proto::Channel::Window.into(), ..by_telephone(&stage) };
    assert_eq!(file(elsewhere).await, ["oral.applicant_confirmation ENUM_UNKNOWN"]);
    let mut early = by_telephone(&stage);
    let now = stage.clock.now();
    early.requested_time = Some(prost_types::Timestamp { seconds: now.timestamp(), nanos: 0 });
    assert_eq!(file(early).await, ["oral.read_back_time RANGE"], "before the claimant asked");
    let mut late = by_telephone(&stage);
    late.oral.as_mut().unwrap().read_back_time =
        Some(prost_types::Timestamp { seconds: now.timestamp() + 600, nanos: 0 });
    assert_eq!(file(late).await, ["oral.read_back_time RANGE"], "after now");
    assert_eq!(stage.count("SELECT count(*) FROM dispute").await, 0);
}
