//! The commands: replays, races, numbers, what is said.

use access::Role;
use contracts::intake::v1 as proto;
use contracts::intake::v1::intake_service_server::IntakeService;
use proto::DisputeState;
use tonic::Code;

use crate::stage::{Stage, bad_fields, body, claimant, clerk, filing, person, reason, respondent};

#[tokio::test]
async fn filing_again_is_the_same_dispute_and_another_body_is_refused() {
    let stage = Stage::new().await;
    let first = stage.filed("r-1").await;
    assert_eq!((first.state(), first.version), (DisputeState::Submitted, 1));
    stage.clock.advance(chrono::Duration::days(40));
    assert_eq!(stage.filed("r-1").await, first);
    let other = proto::FileDisputeRequest { channel: proto::Channel::Hotline.into(), ..filing("r-1") };
    let refused = stage.door.file_dispute(clerk().ask("FileDispute", other)).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "IDEMPOTENCY_KEY_REUSED")
    );
    // The same id of another organisation is another request.
    let elsewhere = person("clerk-2", "window-2", Role::Clerk).ask("FileDispute", filing("r-1"));
    assert_ne!(stage.door.file_dispute(elsewhere).await.unwrap().into_inner().case_id, first.case_id);
    assert_eq!(stage.count("SELECT count(*) FROM dispute").await, 2);
    assert_eq!(stage.said(&first.case_id).await, ["DisputeFiled"]);
    assert_eq!(stage.count("SELECT count(*) FROM request WHERE replayed_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn a_crowd_with_one_request_id_files_one_dispute() {
    let stage = Stage::new().await;
    let door = &stage.door;
    let crowd =
        (0..20).map(|_| async move { door.file_dispute(clerk().ask("FileDispute", filing("r-1"))).await });
    let answers = futures::future::join_all(crowd).await;
    let cases: std::collections::HashSet<_> =
        answers.into_iter().map(|answer| answer.unwrap().into_inner().case_id).collect();
    assert_eq!(cases.len(), 1);
    assert_eq!(stage.count("SELECT count(*) FROM outbox").await, 1);
}

#[tokio::test]
async fn an_external_identifier_is_one_dispute() {
    let stage = Stage::new().await;
    let ask =
        |request_id: &str| proto::FileDisputeRequest { external_id: "app-7".into(), ..filing(request_id) };
    let file = |request| async { stage.door.file_dispute(clerk().ask("FileDispute", request)).await };
    let first = file(ask("r-1")).await.unwrap().into_inner();
    assert_eq!(file(ask("r-2")).await.unwrap().into_inner().case_id, first.case_id);
    assert_eq!(file(ask("r-2")).await.unwrap().into_inner().case_id, first.case_id);
    let mut other = ask("r-3");
    other.body.as_mut().unwrap().claims = "支付尾款和利息".into();
    let refused = file(other.clone()).await.unwrap_err();
    assert_eq!(bad_fields(&refused), ["external_id DUPLICATE_EXTERNAL_ID"]);
    let checked = proto::FileDisputeRequest { validate_only: true, ..other.clone() };
    assert_eq!(bad_fields(&file(checked).await.unwrap_err()), ["external_id DUPLICATE_EXTERNAL_ID"]);
    // Another channel is another system.
    let record = proto::ChannelRecord { document_number: "信访2026-3".into(), ..Default::default() };
    let petition =
        proto::FileDisputeRequest { channel: proto::Channel::Petition.into(), record: Some(record), ..other };
    assert_ne!(file(petition).await.unwrap().into_inner().case_id, first.case_id);
    let crowd = (0..8).map(|n| {
        file(proto::FileDisputeRequest { external_id: "app-8".into(), ..filing(&format!("c-{n}")) })
    });
    let cases: std::collections::HashSet<_> = futures::future::join_all(crowd)
        .await
        .into_iter()
        .map(|answer| answer.unwrap().into_inner().case_id)
        .collect();
    assert_eq!(cases.len(), 1);
    assert_eq!(stage.count("SELECT count(*) FROM dispute").await, 3);
}

#[tokio::test]
async fn checking_only_stores_nothing() {
    let stage = Stage::new().await;
    let check = proto::FileDisputeRequest { validate_only: true, ..filing("r-1") };
    let seen = stage.door.file_dispute(clerk().ask("FileDispute", check)).await.unwrap().into_inner();
    assert_eq!((seen.case_id.as_str(), seen.version, seen.state()), ("", 0, DisputeState::Submitted));
    assert!(seen.receipt.is_none() && seen.parties.iter().all(|party| party.party_id.is_empty()));
    for table in ["dispute", "party", "request", "outbox", "audit", "case_relation"] {
        assert_eq!(stage.count(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_draft_becomes_a_dispute_and_keeps_its_parties() {
    let stage = Stage::new().await;
    let save = |request_id: &str, case_id: &str, etag, body| proto::SaveDraftRequest {
        request_id: request_id.into(),
        case_id: case_id.into(),
        etag,
        channel: proto::Channel::Window.into(),
        body,
        ..Default::default()
    };
    let door = &stage.door;
    let store = |message| async { door.save_draft(clerk().ask("SaveDraft", message)).await };
    let empty = store(save("s-1", "", 0, None)).await.unwrap().into_inner();
    assert_eq!((empty.state(), empty.version, empty.receipt), (DisputeState::Draft, 1, None));
    let half = proto::DisputeBody { parties: vec![claimant()], ..Default::default() };
    let half = store(save("s-2", &empty.case_id, 1, Some(half))).await.unwrap().into_inner();
    assert_eq!(half.version, 2);
    let late = store(save("s-3", &empty.case_id, 1, None)).await.unwrap_err();
    assert_eq!((late.code(), reason(&late).as_str()), (Code::Aborted, "VERSION_MISMATCH"));
    let unversioned = store(save("s-4", &empty.case_id, 0, None)).await.unwrap_err();
    assert_eq!(bad_fields(&unversioned), ["etag REQUIRED"]);

    let mut body = body();
    body.parties = vec![half.parties[0].clone(), respondent()];
    let read_before =
        proto::FileDisputeRequest { case_id: empty.case_id.clone(), body: Some(body), ..filing("r-1") };
    let refused = door.file_dispute(clerk().ask("FileDispute", read_before.clone())).await.unwrap_err();
    assert_eq!(bad_fields(&refused), ["etag REQUIRED"]);
    let read_before = proto::FileDisputeRequest { etag: 1, ..read_before };
    let refused = door.file_dispute(clerk().ask("FileDispute", read_before.clone())).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Aborted, "VERSION_MISMATCH"));
    let file = proto::FileDisputeRequest { etag: 2, ..read_before };
    let foreign = person("clerk-2", "window-2", Role::Clerk);
    let refused = door.file_dispute(foreign.ask("FileDispute", file.clone())).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let filed = door.file_dispute(clerk().ask("FileDispute", file.clone())).await.unwrap().into_inner();
    assert_eq!((filed.state(), filed.version), (DisputeState::Submitted, 3));
    assert_eq!(filed.parties[0].party_id, half.parties[0].party_id);
    assert_eq!(stage.count("SELECT count(*) FROM party").await, 2);
    let again = proto::FileDisputeRequest { request_id: "r-2".into(), ..file };
    let refused = door.file_dispute(clerk().ask("FileDispute", again)).await.unwrap_err();
    assert_eq!(reason(&refused), "NOT_A_DRAFT");
    let refused = store(save("s-5", &empty.case_id, 3, None)).await.unwrap_err();
    assert_eq!(reason(&refused), "ALREADY_SUBMITTED");
    // A repeated save is answered with the draft as it is now, which is one no more.
    assert_eq!(store(save("s-1", "", 0, None)).await.unwrap().into_inner().state(), DisputeState::Submitted);
    assert_eq!(stage.said(&empty.case_id).await, ["DraftSaved", "DraftSaved", "DisputeFiled"]);
}

#[tokio::test]
async fn a_correction_is_asked_for_once_and_runs_by_s03() {
    let stage = Stage::new().await;
    let case_id = stage.filed("r-1").await.case_id;
    let ask = |items: &[&str]| {
        let missing_items = items.iter().map(|item| (*item).to_owned()).collect();
        clerk().ask(
            "RequestCorrection",
            proto::RequestCorrectionRequest { case_id: case_id.clone(), missing_items },
        )
    };
    let asked = stage.door.request_correction(ask(&["身份证复印件"])).await.unwrap().into_inner();
    assert_eq!(asked.missing_items, ["身份证复印件"]);
    // Monday 2 March and seven days: the end of Monday 9 March in Shanghai.
    assert_eq!(asked.correction_due_time.unwrap().to_string(), "2026-03-09T16:00:00Z");
    assert_eq!(stage.door.request_correction(ask(&["身份证复印件"])).await.unwrap().into_inner().version, 2);
    let more = stage.door.request_correction(ask(&["合同"])).await.unwrap_err();
    assert_eq!(reason(&more), "CORRECTION_ALREADY_ASKED");
    let body = proto::DisputeBody { claims: "支付尾款五万元".into(), ..Default::default() };
    let correct =
        proto::CorrectDisputeRequest { case_id: case_id.clone(), body: Some(body), ..Default::default() };
    let correct = || clerk().ask("CorrectDispute", correct.clone());
    let corrected = stage.door.correct_dispute(correct()).await.unwrap().into_inner();
    assert_eq!((corrected.state(), corrected.version), (DisputeState::Submitted, 3));
    assert_eq!((corrected.claims.as_str(), corrected.subject.as_str()), ("支付尾款五万元", "装修款"));
    assert_eq!(stage.door.correct_dispute(correct()).await.unwrap().into_inner(), corrected);
    let once = stage.door.request_correction(ask(&["合同"])).await.unwrap_err();
    assert_eq!(reason(&once), "CORRECTION_ALREADY_ASKED");
    assert_eq!(stage.said(&case_id).await, ["DisputeFiled", "CorrectionRequested", "DisputeCorrected"]);
}

#[tokio::test]
async fn numbers_of_a_crowd_have_no_gap_and_no_double() {
    let stage = Stage::new().await;
    let mut cases = vec![];
    for n in 0..30 {
        cases.push(stage.filed(&format!("r-{n}")).await.case_id);
    }
    let accept = |case_id: &str, cause: &str| {
        let message = proto::AcceptDisputeRequest {
            case_id: case_id.into(),
            cause_code: cause.into(),
            ..Default::default()
        };
        clerk().ask("AcceptDispute", message)
    };
    // One that cannot be mediated takes no number.
    let refused = stage.door.accept_dispute(accept(&cases[0], "P41")).await.unwrap_err();
    assert_eq!(reason(&refused), "NOT_MEDIABLE");
    let all = cases.iter().map(|case| stage.door.accept_dispute(accept(case, "108.3")));
    let answers = futures::future::join_all(all).await;
    let mut numbers: Vec<String> =
        answers.into_iter().map(|one| one.unwrap().into_inner().case_number).collect();
    numbers.sort();
    let expected: Vec<String> = (1..=30).map(|n| format!("（2026）中山调字第E1-{n:06}号")).collect();
    assert_eq!(numbers, expected);
    let again = stage.door.accept_dispute(accept(&cases[0], "108.3")).await.unwrap().into_inner();
    assert_eq!(again.version, 2);
    assert_eq!(
        reason(&stage.door.accept_dispute(accept(&cases[0], "14")).await.unwrap_err()),
        "NOT_SUBMITTED"
    );
    assert_eq!(stage.count("SELECT last FROM case_counter").await, 30);
    // The year is Shanghai's: 2026-12-31T16:30Z is the new year there.
    stage.clock.advance(
        "2026-12-31T16:30:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - stage.clock.now(),
    );
    assert_eq!(stage.accepted("r-new").await.case_number, "（2027）中山调字第E1-000001号");
}

#[tokio::test]
async fn two_hands_on_one_dispute_give_one_change_each() {
    let stage = Stage::new().await;
    let dispute = stage.filed("r-1").await;
    let party = |name: &str, role: contracts::lexicon::v1::PartyRole| {
        let party = contracts::lexicon::v1::Party { name: name.into(), role: role.into(), ..respondent() };
        let message = proto::AmendPartyRequest {
            case_id: dispute.case_id.clone(),
            party: Some(party),
            etag: 1,
            ..Default::default()
        };
        clerk().ask("AmendParty", message)
    };
    let third = contracts::lexicon::v1::PartyRole::ThirdParty;
    let (one, two) = tokio::join!(
        stage.door.amend_party(party("示丙", third)),
        stage.door.amend_party(party("示丁", third))
    );
    let (won, lost): (Vec<_>, Vec<_>) = [one, two].into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 1));
    assert_eq!(reason(lost[0].as_ref().unwrap_err()), "VERSION_MISMATCH");
    // Commands without an etag are decided anew: both a demand and a withdrawal find their place.
    let case_id = dispute.case_id.clone();
    let party_id = dispute.parties[0].party_id.clone();
    let demand = proto::DemandCourtRequest {
        case_id: case_id.clone(),
        party_id: party_id.clone(),
        how_said: proto::HowSaid::AtWindow.into(),
    };
    let withdraw = proto::WithdrawDisputeRequest { case_id: case_id.clone(), party_id, ..Default::default() };
    let (demanded, withdrawn) = tokio::join!(
        stage.door.demand_court(clerk().ask("DemandCourt", demand)),
        stage.door.withdraw_dispute(clerk().ask("WithdrawDispute", withdraw)),
    );
    assert_eq!(withdrawn.unwrap().into_inner().state(), DisputeState::Withdrawn);
    if let Err(late) = demanded {
        assert_eq!(reason(&late), "DISPUTE_ENDED");
    }
    let versions = stage.count("SELECT count(DISTINCT version) - count(*) FROM outbox").await;
    assert_eq!(versions, 0, "no two events carry one version");
}

#[tokio::test]
async fn twins_of_one_request_get_one_answer_also_over_a_draft() {
    let stage = Stage::new().await;
    let save = |request_id: &str, case_id: &str, etag| proto::SaveDraftRequest {
        request_id: request_id.into(),
        case_id: case_id.into(),
        etag,
        channel: proto::Channel::Window.into(),
        body: Some(body()),
        ..Default::default()
    };
    let door = &stage.door;
    let draft = door.save_draft(clerk().ask("SaveDraft", save("s-1", "", 0))).await.unwrap().into_inner();
    let saves = (0..8).map(|_| door.save_draft(clerk().ask("SaveDraft", save("s-2", &draft.case_id, 1))));
    for saved in futures::future::join_all(saves).await {
        assert_eq!(saved.unwrap().into_inner().version, 2);
    }
    let file = proto::FileDisputeRequest { case_id: draft.case_id.clone(), etag: 2, ..filing("r-1") };
    let files = (0..8).map(|_| door.file_dispute(clerk().ask("FileDispute", file.clone())));
    for filed in futures::future::join_all(files).await {
        assert_eq!(filed.unwrap().into_inner().version, 3);
    }
    let other = proto::FileDisputeRequest { external_id: "x".into(), ..filing("r-2") };
    let one = door.file_dispute(clerk().ask("FileDispute", filing("r-2")));
    let two = door.file_dispute(clerk().ask("FileDispute", other));
    let (one, two) = tokio::join!(one, two);
    let refused: Vec<String> =
        [one, two].iter().filter_map(|answer| answer.as_ref().err()).map(reason).collect();
    assert_eq!(refused, ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(stage.said(&draft.case_id).await, ["DraftSaved", "DraftSaved", "DisputeFiled"]);
}

/// An acceptance on a track, as it is refused: the reason, and the article that says so.
async fn not_accepted(stage: &Stage, cause: &str, track: &str) -> (String, String) {
    let dispute = stage.filed(&format!("r-{cause}-{track}")).await;
    let accept = proto::AcceptDisputeRequest {
        case_id: dispute.case_id,
        cause_code: cause.to_owned(),
        track: track.to_owned(),
        ..Default::default()
    };
    let refused = stage.door.accept_dispute(clerk().ask("AcceptDispute", accept)).await.unwrap_err();
    let info = tonic_types::StatusExt::get_details_error_info(&refused);
    let article = info.as_ref().and_then(|info| info.metadata.get("article")).cloned();
    (info.map(|info| info.reason).unwrap_or_default(), article.unwrap_or_default())
}

#[tokio::test]
async fn what_the_law_keeps_out_of_mediation_is_refused_with_its_article() {
    let stage = Stage::new().await;
    for (cause, track, article) in [
        ("451", "PM", "L2 art. 143, 355"),
        // Whether a marriage is valid, and who is whose child.
        ("17", "PM", "L2 art. 143, 355; L6 art. 4"),
        ("21.1", "PM", "L2 art. 143, 355; L6 art. 4"),
        // Commercial mediation takes no family, succession or labour matters; it has been open since May.
        ("14", "CM", "P32"),
        ("205", "CM", "P32"),
    ] {
        if track == "CM"
            && stage.clock.now() < "2026-05-01T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap()
        {
            stage.clock.advance(chrono::Duration::days(70));
        }
        let refused = not_accepted(&stage, cause, track).await;
        assert_eq!(refused, ("NOT_MEDIABLE".to_owned(), article.to_owned()), "{cause} {track}");
    }
}

/// The tracks that begin at a court take what a court has: commissioned by it, or a suit under its number.
#[tokio::test]
async fn a_court_s_own_tracks_take_no_case_that_is_at_no_court() {
    let stage = Stage::new().await;
    let (reason, article) = not_accepted(&stage, "108.3", "WT").await;
    assert_eq!((reason.as_str(), article.as_str()), ("NOT_COMMISSIONED", "P1 items 2-3; L4 art. 20"));
    let (reason, article) = not_accepted(&stage, "108.3", "JM").await;
    assert_eq!((reason.as_str(), article.as_str()), ("SUIT_NOT_REGISTERED", "P1 item 2; L8 art. 4"));
}

/// A track that is not there, closed, or not yet in the book is the law's no, not a typing mistake.
#[tokio::test]
async fn a_track_that_takes_nothing_is_refused_with_its_own_reason_and_article() {
    let stage = Stage::new().await;
    for (track, reason, article) in [
        ("XX", "UNKNOWN_TRACK", "D1"),
        ("WP", "TRACK_CLOSED", "P1; P2"),
        ("CM", "TRACK_OUTSIDE_THE_BOOK", "D1"),
    ] {
        assert_eq!(
            not_accepted(&stage, "108.3", track).await,
            (reason.to_owned(), article.to_owned()),
            "{track}"
        );
    }
}
