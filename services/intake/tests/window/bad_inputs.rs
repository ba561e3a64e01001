//! Bad requests in one table: what is sent, and every field that is told, all at once and never with its value.

use contracts::intake::v1 as proto;
use contracts::intake::v1::intake_service_server::IntakeService;
use contracts::lexicon::v1 as words;
use prost_types::Timestamp;

use tonic::Code;

use crate::stage::{Stage, bad_fields, claimant, clerk, filing, reason, resident, respondent};

type Change = fn(&mut proto::FileDisputeRequest);

fn first(ask: &mut proto::FileDisputeRequest) -> &mut words::Party {
    &mut ask.body.as_mut().unwrap().parties[0]
}

fn body_of(ask: &mut proto::FileDisputeRequest) -> &mut proto::DisputeBody {
    ask.body.as_mut().unwrap()
}

fn paper(ask: &mut proto::FileDisputeRequest, kind: words::PaperKind, number: &str) {
    first(ask).paper = Some(words::IdentityPaper { kind: kind.into(), number: number.into() });
}

const FILE: &[(&str, Change, &[&str])] = &[
    ("no request id", |a| a.request_id.clear(), &["request_id REQUIRED"]),
    ("long request id", |a| a.request_id = "a".repeat(65), &["request_id TOO_LONG"]),
    ("strange request id", |a| a.request_id = "请求 1".into(), &["request_id MALFORMED"]),
    ("bad case id", |a| a.case_id = "x".into(), &["etag REQUIRED", "case_id MALFORMED"]),
    ("no channel", |a| a.channel = 0, &["channel ENUM_UNKNOWN"]),
    ("unknown channel", |a| a.channel = 99, &["channel ENUM_UNKNOWN"]),
    ("app without id", |a| a.channel = proto::Channel::AppTown.into(), &["external_id REQUIRED"]),
    ("long external id", |a| a.external_id = "x".repeat(101), &["external_id TOO_LONG"]),
    ("bidi external id", |a| a.external_id = "x\u{202E}y".into(), &["external_id BIDI_CONTROL"]),
    ("future request", |a| a.requested_time = at(1_772_413_206), &["requested_time RANGE"]),
    ("ancient request", |a| a.requested_time = at(-2_208_988_801), &["requested_time RANGE"]),
    ("year 0", |a| a.requested_time = at(-62_167_219_200), &["requested_time RANGE"]),
    ("absurd request", |a| a.requested_time = at(i64::MAX), &["requested_time RANGE"]),
    (
        "negative nanos",
        |a| a.requested_time = Some(Timestamp { seconds: 0, nanos: -1 }),
        &["requested_time RANGE"],
    ),
    (
        "too many nanos",
        |a| a.requested_time = Some(Timestamp { seconds: 0, nanos: 1_000_000_000 }),
        &["requested_time RANGE"],
    ),
    ("no body", |a| a.body = None, &["body REQUIRED"]),
    ("no consents", |a| a.consents = None, &["consents.process REQUIRED"]),
    ("no consent", |a| a.consents.as_mut().unwrap().process = false, &["consents.process REQUIRED"]),
    (
        "long notice",
        |a| a.consents.as_mut().unwrap().notice_version = "1".repeat(51),
        &["consents.notice_version TOO_LONG"],
    ),
    (
        "unknown warning",
        |a| a.confirmed_warnings = vec!["ID_PLACE".into(), "X".into()],
        &["confirmed_warnings[1] UNKNOWN_CODE"],
    ),
    (
        "many warnings",
        |a| a.confirmed_warnings = vec!["ID_PLACE".into(); 9],
        &["confirmed_warnings TOO_MANY"],
    ),
    ("blank text", |a| body_of(a).text = " \u{3000}\u{200B}".into(), &["body.text REQUIRED"]),
    ("long text", |a| body_of(a).text = "长".repeat(20_001), &["body.text TOO_LONG"]),
    ("NUL in text", |a| body_of(a).text = "a\0b".into(), &["body.text CONTROL_CHARACTER"]),
    ("two-line subject", |a| body_of(a).subject = "a\nb".into(), &["body.subject CONTROL_CHARACTER"]),
    ("long subject", |a| body_of(a).subject = "x".repeat(201), &["body.subject TOO_LONG"]),
    ("long claims", |a| body_of(a).claims = "x".repeat(5_001), &["body.claims TOO_LONG"]),
    (
        "negative amount",
        |a| body_of(a).amount_in_controversy_fen = -1,
        &["body.amount_in_controversy_fen RANGE"],
    ),
    (
        "huge amount",
        |a| body_of(a).amount_in_controversy_fen = 1_000_000_000_000_001,
        &["body.amount_in_controversy_fen RANGE"],
    ),
    ("unknown town", |a| body_of(a).town_code = "440100001".into(), &["body.town_code UNKNOWN_CODE"]),
    ("unknown cause", |a| body_of(a).cause_code = "9999".into(), &["body.cause_code UNKNOWN_CODE"]),
    ("nobody", |a| body_of(a).parties.clear(), &["body.parties REQUIRED", "body.parties REQUIRED"]),
    ("no respondent", |a| body_of(a).parties.truncate(1), &["body.parties REQUIRED"]),
    ("a crowd", |a| body_of(a).parties.extend(vec![respondent(); 99]), &["body.parties TOO_MANY"]),
    ("party id", |a| first(a).party_id = "x".into(), &["body.parties[0].party_id MALFORMED"]),
    ("no role", |a| first(a).role = 0, &["body.parties[0].role ENUM_UNKNOWN"]),
    ("no kind", |a| first(a).kind = 7, &["body.parties[0].kind ENUM_UNKNOWN"]),
    ("no name", |a| first(a).name = " ".into(), &["body.parties[0].name REQUIRED"]),
    ("bidi name", |a| first(a).name = "张\u{202E}三".into(), &["body.parties[0].name BIDI_CONTROL"]),
    ("long name", |a| first(a).name = "名".repeat(101), &["body.parties[0].name TOO_LONG"]),
    ("no paper", |a| first(a).paper = None, &["body.parties[0].paper REQUIRED"]),
    (
        "empty paper",
        |a| first(a).paper = Some(words::IdentityPaper::default()),
        &["body.parties[0].paper REQUIRED"],
    ),
    (
        "paper without kind",
        |a| first(a).paper.as_mut().unwrap().kind = 0,
        &["body.parties[0].paper.kind ENUM_UNKNOWN"],
    ),
    (
        "paper without number",
        |a| paper(a, words::PaperKind::Passport, ""),
        &["body.parties[0].paper.number REQUIRED"],
    ),
    (
        "short number",
        |a| paper(a, words::PaperKind::ResidentId, "4420001980"),
        &["body.parties[0].paper.number ID_LENGTH"],
    ),
    (
        "wrong check",
        |a| paper(a, words::PaperKind::ResidentId, "110105194912310021"),
        &["body.parties[0].paper.number ID_CHECKSUM"],
    ),
    (
        "unborn",
        |a| paper(a, words::PaperKind::ResidentId, "442000202603030018"),
        &["body.parties[0].paper.number ID_DATE"],
    ),
    (
        "unlikely credit code",
        |a| paper(a, words::PaperKind::Uscc, "91442000MA4W000000"),
        &["body.parties[0].paper.number USCC_CHECKSUM"],
    ),
    ("no phone", |a| first(a).phone.clear(), &["body.parties[0].phone REQUIRED"]),
    ("bad phone", |a| first(a).phone = "12345".repeat(9), &["body.parties[0].phone FORMAT"]),
    ("party's town", |a| first(a).town_code = "1".into(), &["body.parties[0].town_code UNKNOWN_CODE"]),
    (
        "control in address",
        |a| first(a).address = "a\u{7}b".into(),
        &["body.parties[0].address CONTROL_CHARACTER"],
    ),
    (
        "long service address",
        |a| first(a).service_address = "x".repeat(301),
        &["body.parties[0].service_address TOO_LONG"],
    ),
    ("long group", |a| first(a).elected_for = "x".repeat(101), &["body.parties[0].elected_for TOO_LONG"]),
    (
        "representative",
        |a| {
            first(a).representatives =
                vec![words::Representative { phone: "1".into(), ..Default::default() }];
        },
        &[
            "body.parties[0].representatives[0].name REQUIRED",
            "body.parties[0].representatives[0].phone FORMAT",
            "body.parties[0].representatives[0].scope ENUM_UNKNOWN",
        ],
    ),
    (
        "guardian",
        |a| first(a).guardian = Some(words::Guardian { relation: "x".repeat(51), ..Default::default() }),
        &["body.parties[0].guardian.name REQUIRED", "body.parties[0].guardian.relation TOO_LONG"],
    ),
    (
        "on both sides",
        |a| {
            let number = format!("４４２０００{}", &resident("001")[6..]);
            let twin = words::IdentityPaper { kind: words::PaperKind::ResidentId.into(), number };
            body_of(a).parties[1].paper = Some(twin);
        },
        &["body.parties[1].paper.number CONFLICT_OF_PARTIES"],
    ),
    (
        "everything at once",
        |a| {
            *a =
                proto::FileDisputeRequest { body: Some(proto::DisputeBody::default()), ..Default::default() };
        },
        &[
            "request_id REQUIRED",
            "channel ENUM_UNKNOWN",
            "body.text REQUIRED",
            "body.parties REQUIRED",
            "body.parties REQUIRED",
            "consents.process REQUIRED",
        ],
    ),
    (
        "signs that nobody knows",
        |a| a.screening = Some(proto::Screening { signs: vec![0, 1, 18, -1], screen_time: None }),
        &[
            "screening.signs[0] ENUM_UNKNOWN",
            "screening.signs[2] ENUM_UNKNOWN",
            "screening.signs[3] ENUM_UNKNOWN",
        ],
    ),
    (
        "too many signs",
        |a| a.screening = Some(proto::Screening { signs: vec![1; 35], screen_time: None }),
        &["screening.signs TOO_MANY"],
    ),
    (
        "a screening with a time of its own",
        |a| a.screening = Some(proto::Screening { signs: vec![], screen_time: at(1_772_413_200) }),
        &["screening.screen_time RANGE"],
    ),
];

#[expect(clippy::unnecessary_wraps, reason = "the field is optional")]
fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp { seconds, nanos: 0 })
}

#[tokio::test]
async fn bad_filings_are_told_whole_and_without_a_value() {
    let stage = Stage::new().await;
    for (name, change, expected) in FILE {
        let mut ask = filing("r-bad");
        change(&mut ask);
        for validate_only in [false, true] {
            let ask = proto::FileDisputeRequest { validate_only, ..ask.clone() };
            let status = stage.door.file_dispute(clerk().ask("FileDispute", ask)).await.unwrap_err();
            assert_eq!(bad_fields(&status), *expected, "{name}");
            let told = String::from_utf8_lossy(status.details()).into_owned() + status.message();
            for value in ["欧阳示甲", "13912345678", "11010519491231002"] {
                assert!(!told.contains(value), "{name}");
            }
        }
    }
    for table in ["dispute", "request", "outbox", "audit"] {
        assert_eq!(stage.count(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
}

#[tokio::test]
async fn what_is_rare_but_right_passes() {
    let right: &[(&str, Change)] = &[
        ("a confirmed warning", |a| {
            paper(a, words::PaperKind::Uscc, "91442000MA4W000000");
            a.confirmed_warnings = vec!["USCC_CHECKSUM".into(), "ID_PLACE".into()];
        }),
        ("a clock that is ahead", |a| a.requested_time = at(1_772_413_204)),
        ("before the epoch", |a| a.requested_time = at(-2_208_988_800)),
        ("a minority name", |a| first(a).name = "阿卜杜热合曼·艾则孜".into()),
        ("a rare character", |a| first(a).name = "𠮷野".into()),
        ("an organisation without phone", |a| {
            first(a).kind = words::PartyKind::Organization.into();
            first(a).phone.clear();
        }),
        ("a hundred parties", |a| body_of(a).parties.extend(vec![respondent(); 98])),
        ("a script as text", |a| body_of(a).text = "<script>alert(1)</script> =cmd() ' OR 1=1".into()),
        ("a request id of 64", |a| a.request_id = "aZ0-_.".repeat(10) + "abcd"),
        ("a former town", |a| body_of(a).town_code = "442000104".into()),
    ];
    for (name, change) in right {
        let stage = Stage::new().await;
        let mut ask = filing("r-good");
        change(&mut ask);
        let filed = stage.door.file_dispute(clerk().ask("FileDispute", ask)).await;
        let filed = filed.unwrap_or_else(|status| panic!("{name}: {:?}", bad_fields(&status))).into_inner();
        match *name {
            "a confirmed warning" => {
                assert_eq!(filed.confirmed_warnings, ["USCC_CHECKSUM"], "only what came up");
            }
            "a clock that is ahead" => assert_eq!(filed.requested_time, filed.submit_time),
            "a script as text" => assert_eq!(filed.text, "<script>alert(1)</script> =cmd() ' OR 1=1"),
            "a former town" => assert_ne!(filed.town_code, "442000104"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_draft_may_lack_anything_but_what_is_there_is_right() {
    let stage = Stage::new().await;
    let save = |parties: Vec<words::Party>| {
        let body = proto::DisputeBody { parties, ..Default::default() };
        let ask = proto::SaveDraftRequest {
            request_id: stage.clock.id().to_string(),
            channel: proto::Channel::Online.into(),
            body: Some(body),
            ..Default::default()
        };
        let request = clerk().ask("SaveDraft", ask);
        async { stage.door.save_draft(request).await.map(tonic::Response::into_inner) }
    };
    let resident_paper = |number: &str| {
        Some(words::IdentityPaper { kind: words::PaperKind::ResidentId.into(), number: number.into() })
    };
    let half = words::Party {
        paper: resident_paper(""),
        representatives: vec![words::Representative::default()],
        guardian: Some(words::Guardian::default()),
        ..Default::default()
    };
    let saved = save(vec![half.clone()]).await.unwrap();
    assert_eq!(words::Party { party_id: String::new(), ..saved.parties[0].clone() }, half);
    let wrong = words::Party { role: 9, paper: resident_paper("1"), phone: "1".into(), ..Default::default() };
    let refused = save(vec![half, wrong]).await.unwrap_err();
    assert_eq!(
        bad_fields(&refused),
        [
            "body.parties[1].role ENUM_UNKNOWN",
            "body.parties[1].paper.number ID_LENGTH",
            "body.parties[1].phone FORMAT"
        ]
    );
    let bare = proto::SaveDraftRequest::default();
    let refused = stage.door.save_draft(clerk().ask("SaveDraft", bare)).await.unwrap_err();
    assert_eq!(bad_fields(&refused), ["request_id REQUIRED", "channel ENUM_UNKNOWN"]);
}

#[tokio::test]
async fn bad_commands_are_told_whole() {
    let stage = Stage::new().await;
    let dispute = stage.filed("r-1").await;
    let (case_id, door) = (dispute.case_id.clone(), &stage.door);
    let missing = proto::RequestCorrectionRequest { case_id: "x".into(), missing_items: vec![] };
    let told = door.request_correction(clerk().ask("RequestCorrection", missing)).await.unwrap_err();
    assert_eq!(bad_fields(&told), ["case_id MALFORMED", "missing_items REQUIRED"]);
    let missing_items = vec!["一".repeat(201), " ".into()];
    let missing = proto::RequestCorrectionRequest { case_id: case_id.clone(), missing_items };
    let told = door.request_correction(clerk().ask("RequestCorrection", missing)).await.unwrap_err();
    assert_eq!(bad_fields(&told), ["missing_items[0] TOO_LONG", "missing_items[1] REQUIRED"]);

    let consent = proto::MediationConsent { party_id: "x".into(), consent_time: at(1_772_413_300) };
    let accept = proto::AcceptDisputeRequest {
        case_id: case_id.clone(),
        cause_code: "x".into(),
        track: "ZZ".into(),
        mediation_consents: vec![consent, proto::MediationConsent::default()],
        screening: Some(proto::Screening { signs: vec![99], screen_time: None }),
        court_org: "court-9".into(),
        court_case_number: "12号".into(),
    };
    let told = door.accept_dispute(clerk().ask("AcceptDispute", accept)).await.unwrap_err();
    assert_eq!(
        bad_fields(&told),
        [
            "cause_code UNKNOWN_CODE",
            "court_case_number CASE_NUMBER",
            "court_org UNKNOWN_CODE",
            "mediation_consents[0].party_id MALFORMED",
            "mediation_consents[0].consent_time RANGE",
            "mediation_consents[1].party_id REQUIRED",
            "mediation_consents[1].consent_time REQUIRED",
            "screening.signs[0] ENUM_UNKNOWN"
        ]
    );
    let unplaced = proto::AcceptDisputeRequest {
        case_id: case_id.clone(),
        cause_code: "108.3".into(),
        court_case_number: "（2026）粤2071民初12号".into(),
        ..Default::default()
    };
    let told = door.accept_dispute(clerk().ask("AcceptDispute", unplaced)).await.unwrap_err();
    assert_eq!(bad_fields(&told), ["court_org REQUIRED"], "a number says nothing without its court");

    let refuse =
        proto::RefuseDisputeRequest { ground: "F01".into(), redirect: "x".repeat(501), ..Default::default() };
    let told = door.refuse_dispute(clerk().ask("RefuseDispute", refuse)).await.unwrap_err();
    assert_eq!(bad_fields(&told), ["case_id REQUIRED", "ground UNKNOWN_CODE", "redirect TOO_LONG"]);
    let told = door
        .record_advice(clerk().ask("RecordAdvice", proto::RecordAdviceRequest::default()))
        .await
        .unwrap_err();
    assert_eq!(bad_fields(&told), ["case_id REQUIRED", "advice REQUIRED"]);
    let told = door
        .demand_court(clerk().ask("DemandCourt", proto::DemandCourtRequest::default()))
        .await
        .unwrap_err();
    assert_eq!(bad_fields(&told), ["case_id REQUIRED", "party_id REQUIRED", "how_said ENUM_UNKNOWN"]);
    let told = door
        .suggest_causes(clerk().ask("SuggestCauses", proto::SuggestCausesRequest::default()))
        .await
        .unwrap_err();
    assert_eq!(bad_fields(&told), ["text REQUIRED"]);

    let amend = |etag, party| proto::AmendPartyRequest {
        case_id: case_id.clone(),
        party,
        etag,
        ..Default::default()
    };
    let send = |message| async { door.amend_party(clerk().ask("AmendParty", message)).await };
    assert_eq!(bad_fields(&send(amend(0, None)).await.unwrap_err()), ["etag REQUIRED", "party REQUIRED"]);
    let twin = words::Party { paper: claimant().paper, ..respondent() };
    assert_eq!(
        bad_fields(&send(amend(1, Some(twin))).await.unwrap_err()),
        ["party.paper.number CONFLICT_OF_PARTIES"]
    );
    let turned = words::Party { party_id: dispute.parties[1].party_id.clone(), ..claimant() };
    let told = bad_fields(&send(amend(1, Some(turned))).await.unwrap_err());
    assert_eq!(told, ["party.role REQUIRED", "party.paper.number CONFLICT_OF_PARTIES"]);
    let stranger = words::Party { party_id: case_id.clone(), ..respondent() };
    let told = send(amend(1, Some(stranger))).await.unwrap_err();
    assert_eq!((told.code(), reason(&told).as_str()), (Code::FailedPrecondition, "UNKNOWN_PARTY"));
}
