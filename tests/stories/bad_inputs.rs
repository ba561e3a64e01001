//! Bad inputs through the real door: each refused with the promised code, path and reason, and nothing stored
//! (reliability.md 5.1). What must pass although it looks odd stands at the end.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    DisputeBody, FileDisputeRequest, GetDisputeRequest, ListDisputesRequest, RefuseDisputeRequest,
    RequestCorrectionRequest, SaveDraftRequest,
};
use contracts::lexicon::v1::{IdentityPaper, PaperKind, Party, PartyRole};
use contracts::routing::v1::ListPoolRequest;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use prost_types::Timestamp;
use supermarket::client::{Person, Thread};
use tests::{World, ask, file, filing};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// What is wrong, the change that makes it so, and the violations that must come: (path, reason).
type Row = (&'static str, fn(&mut FileDisputeRequest), &'static [(&'static str, &'static str)]);

fn body(request: &mut FileDisputeRequest) -> &mut DisputeBody {
    request.body.as_mut().unwrap()
}

fn claimant(request: &mut FileDisputeRequest) -> &mut Party {
    &mut body(request).parties[0]
}

fn paper(request: &mut FileDisputeRequest, kind: PaperKind, number: &str) {
    claimant(request).paper = Some(IdentityPaper { kind: kind.into(), number: number.to_owned() });
}

const ROWS: &[Row] = &[
    ("no request id", |r| r.request_id.clear(), &[("request_id", "REQUIRED")]),
    ("a request id with spaces", |r| r.request_id = "a b".into(), &[("request_id", "MALFORMED")]),
    ("a request id of 65 characters", |r| r.request_id = "a".repeat(65), &[("request_id", "TOO_LONG")]),
    ("no channel", |r| r.channel = 0, &[("channel", "ENUM_UNKNOWN")]),
    ("an unknown channel", |r| r.channel = 99, &[("channel", "ENUM_UNKNOWN")]),
    (
        "a town's app without its id",
        |r| {
            r.channel = 3;
            r.external_id.clear();
        },
        &[("external_id", "REQUIRED")],
    ),
    ("an external id of 101 characters", |r| r.external_id = "x".repeat(101), &[("external_id", "TOO_LONG")]),
    ("an external id with a NUL", |r| r.external_id = "a\0b".into(), &[("external_id", "CONTROL_CHARACTER")]),
    (
        "asked for in the future",
        |r| r.requested_time = Some(Timestamp { seconds: 4_000_000_000, nanos: 0 }),
        &[("requested_time", "RANGE")],
    ),
    (
        "asked for before 1900",
        |r| r.requested_time = Some(Timestamp { seconds: -3_000_000_000, nanos: 0 }),
        &[("requested_time", "RANGE")],
    ),
    (
        "nanoseconds out of range",
        |r| r.requested_time = Some(Timestamp { seconds: 1, nanos: 1_000_000_000 }),
        &[("requested_time", "RANGE")],
    ),
    (
        "negative nanoseconds",
        |r| r.requested_time = Some(Timestamp { seconds: 1, nanos: -1 }),
        &[("requested_time", "RANGE")],
    ),
    ("no body", |r| r.body = None, &[("body", "REQUIRED")]),
    ("no text", |r| body(r).text.clear(), &[("body.text", "REQUIRED")]),
    ("only spaces", |r| body(r).text = " \u{3000}\u{200b} ".into(), &[("body.text", "REQUIRED")]),
    ("a NUL in the text", |r| body(r).text = "钱\0不还".into(), &[("body.text", "CONTROL_CHARACTER")]),
    (
        "an escape in the text",
        |r| body(r).text = "钱\u{1b}[31m不还".into(),
        &[("body.text", "CONTROL_CHARACTER")],
    ),
    ("a text of 20,001 characters", |r| body(r).text = "钱".repeat(20_001), &[("body.text", "TOO_LONG")]),
    ("a subject of 201 characters", |r| body(r).subject = "钱".repeat(201), &[("body.subject", "TOO_LONG")]),
    ("claims of 5,001 characters", |r| body(r).claims = "钱".repeat(5_001), &[("body.claims", "TOO_LONG")]),
    (
        "a negative amount",
        |r| body(r).amount_in_controversy_fen = -1,
        &[("body.amount_in_controversy_fen", "RANGE")],
    ),
    (
        "an amount beyond the limit",
        |r| body(r).amount_in_controversy_fen = 1_000_000_000_000_001,
        &[("body.amount_in_controversy_fen", "RANGE")],
    ),
    (
        "the largest number there is",
        |r| body(r).amount_in_controversy_fen = i64::MAX,
        &[("body.amount_in_controversy_fen", "RANGE")],
    ),
    ("an unknown town", |r| body(r).town_code = "442000999".into(), &[("body.town_code", "UNKNOWN_CODE")]),
    (
        "a town of another city",
        |r| body(r).town_code = "440106001".into(),
        &[("body.town_code", "UNKNOWN_CODE")],
    ),
    ("an unknown cause", |r| body(r).cause_code = "9999".into(), &[("body.cause_code", "UNKNOWN_CODE")]),
    ("no consent", |r| r.consents.as_mut().unwrap().process = false, &[("consents.process", "REQUIRED")]),
    ("no consents at all", |r| r.consents = None, &[("consents.process", "REQUIRED")]),
    (
        "no parties",
        |r| body(r).parties.clear(),
        &[("body.parties", "REQUIRED"), ("body.parties", "REQUIRED")],
    ),
    ("no respondent", |r| body(r).parties.truncate(1), &[("body.parties", "REQUIRED")]),
    (
        "no claimant",
        |r| {
            body(r).parties.remove(0);
        },
        &[("body.parties", "REQUIRED")],
    ),
    (
        "101 parties",
        |r| {
            let p = body(r).parties[1].clone();
            body(r).parties.extend(std::iter::repeat_n(Party { paper: None, ..p }, 99));
        },
        &[("body.parties", "TOO_MANY")],
    ),
    (
        "the same person on both sides",
        |r| body(r).parties[1].paper = body(r).parties[0].paper.clone(),
        &[("body.parties[1].paper.number", "CONFLICT_OF_PARTIES")],
    ),
    ("a party without a side", |r| claimant(r).role = 0, &[("body.parties[0].role", "ENUM_UNKNOWN")]),
    ("a party of no kind", |r| claimant(r).kind = 0, &[("body.parties[0].kind", "ENUM_UNKNOWN")]),
    ("a party of an unknown kind", |r| claimant(r).kind = 77, &[("body.parties[0].kind", "ENUM_UNKNOWN")]),
    ("no name", |r| claimant(r).name.clear(), &[("body.parties[0].name", "REQUIRED")]),
    (
        "a name of zero-width characters",
        |r| claimant(r).name = "\u{200b}\u{200b}".into(),
        &[("body.parties[0].name", "REQUIRED")],
    ),
    (
        "a name that turns the line round",
        |r| claimant(r).name = "张\u{202e}三".into(),
        &[("body.parties[0].name", "BIDI_CONTROL")],
    ),
    (
        "a name of 101 characters",
        |r| claimant(r).name = "张".repeat(101),
        &[("body.parties[0].name", "TOO_LONG")],
    ),
    (
        "a name with a tab",
        |r| claimant(r).name = "张\t三".into(),
        &[("body.parties[0].name", "CONTROL_CHARACTER")],
    ),
    ("no paper", |r| claimant(r).paper = None, &[("body.parties[0].paper", "REQUIRED")]),
    (
        "a paper of no kind",
        |r| paper(r, PaperKind::Unspecified, "1"),
        &[("body.parties[0].paper.kind", "ENUM_UNKNOWN")],
    ),
    (
        "a paper without number",
        |r| paper(r, PaperKind::ResidentId, ""),
        &[("body.parties[0].paper.number", "REQUIRED")],
    ),
    (
        "an identity number of 17",
        |r| paper(r, PaperKind::ResidentId, "11010519491231002"),
        &[("body.parties[0].paper.number", "ID_LENGTH")],
    ),
    (
        "an identity number with a letter",
        |r| paper(r, PaperKind::ResidentId, "1101051949123100AX"),
        &[("body.parties[0].paper.number", "ID_CHARACTER")],
    ),
    (
        "an identity number with a wrong check",
        |r| paper(r, PaperKind::ResidentId, "110105194912310021"),
        &[("body.parties[0].paper.number", "ID_CHECKSUM")],
    ),
    (
        "born on 30 February",
        |r| paper(r, PaperKind::ResidentId, "110105194902300027"),
        &[("body.parties[0].paper.number", "ID_DATE")],
    ),
    (
        "born tomorrow",
        |r| paper(r, PaperKind::ResidentId, "110105209912310025"),
        &[("body.parties[0].paper.number", "ID_DATE")],
    ),
    (
        "born in no province",
        |r| paper(r, PaperKind::ResidentId, "990105194912310027"),
        &[("body.parties[0].paper.number", "ID_PROVINCE")],
    ),
    (
        "a credit code of 17",
        |r| paper(r, PaperKind::Uscc, "91350100M000100Y4"),
        &[("body.parties[0].paper.number", "ID_LENGTH")],
    ),
    (
        "a credit code with a wrong check",
        |r| paper(r, PaperKind::Uscc, "91350100M000100Y44"),
        &[("body.parties[0].paper.number", "USCC_CHECKSUM")],
    ),
    (
        "a place nobody is born at",
        |r| paper(r, PaperKind::ResidentId, "44000019900101001X"),
        &[("body.parties[0].paper.number", "ID_PLACE")],
    ),
    (
        "a phone of ten digits",
        |r| claimant(r).phone = "1380000000".into(),
        &[("body.parties[0].phone", "FORMAT")],
    ),
    ("a phone of letters", |r| claimant(r).phone = "telefon".into(), &[("body.parties[0].phone", "FORMAT")]),
    (
        "a party's town that does not exist",
        |r| claimant(r).town_code = "1".into(),
        &[("body.parties[0].town_code", "UNKNOWN_CODE")],
    ),
    (
        "four things at once",
        |r| {
            r.channel = 0;
            body(r).text.clear();
            claimant(r).name.clear();
            claimant(r).phone = "1".into();
        },
        &[
            ("channel", "ENUM_UNKNOWN"),
            ("body.text", "REQUIRED"),
            ("body.parties[0].name", "REQUIRED"),
            ("body.parties[0].phone", "FORMAT"),
        ],
    ),
];

/// The violations of a refusal: (path, reason).
fn violations(status: &Status) -> Vec<(String, String)> {
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let details = status.get_error_details();
    assert!(details.error_info().is_some() && details.localized_message().is_some(), "{status:?}");
    let bad = details.bad_request().unwrap_or_else(|| panic!("no BadRequest in {status:?}"));
    bad.field_violations.iter().map(|violation| (violation.field.clone(), violation.reason.clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_filing_is_refused_with_its_path_and_reason_and_leaves_nothing() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut wrong = Vec::new();
    for (what, change, expected) in ROWS {
        let mut request = filing("bad");
        change(&mut request);
        let values = [request.body.as_ref().and_then(|b| b.parties.first()).map(|p| p.phone.clone())];
        match ask!(clerk, Thread::default(), IntakeServiceClient::file_dispute, request) {
            Ok(_) => wrong.push(format!("{what}: accepted")),
            Err(status) => {
                let found = violations(&status);
                for (path, reason) in *expected {
                    if !found.iter().any(|(p, r)| p == path && r == reason) {
                        wrong.push(format!("{what}: wanted {path} {reason}, got {found:?}"));
                    }
                }
                if found.len() != expected.len() {
                    wrong.push(format!("{what}: {} violations, got {found:?}", expected.len()));
                }
                let told = format!("{status:?}");
                if values.iter().flatten().any(|value| value.len() > 3 && told.contains(value.as_str())) {
                    wrong.push(format!("{what}: a value is repeated"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), ROWS.len(), wrong.join("\n"));
    assert_eq!(listed(&clerk).await, 0, "nothing was stored");
    world.close().await;
}

async fn listed(clerk: &Person) -> usize {
    let all =
        ask!(clerk, Thread::default(), IntakeServiceClient::list_disputes, ListDisputesRequest::default());
    all.unwrap().disputes.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_doors_refuse_as_clearly() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let case = file(&clerk, "other").await;
    let mut thread = Thread::default();
    let get = |id: &str| GetDisputeRequest { case_id: id.to_owned() };
    for (id, reason) in
        [("", "REQUIRED"), ("not-an-id", "MALFORMED"), (&case.id.replace('-', "") as &str, "MALFORMED")]
    {
        let status = ask!(clerk, thread, IntakeServiceClient::get_dispute, get(id)).unwrap_err();
        assert_eq!(violations(&status), [("case_id".to_owned(), reason.to_owned())]);
    }
    for page_size in [-1, 501] {
        let ask = ListDisputesRequest { page_size, ..ListDisputesRequest::default() };
        let status = ask!(clerk, thread, IntakeServiceClient::list_disputes, ask).unwrap_err();
        assert_eq!(violations(&status)[0].0, "page_size");
    }
    let ask = ListDisputesRequest { page_token: "forged".to_owned(), ..ListDisputesRequest::default() };
    let status = ask!(clerk, thread, IntakeServiceClient::list_disputes, ask).unwrap_err();
    assert_eq!(violations(&status)[0].0, "page_token");
    let head = world.head("studio-family").await;
    let ask = ListPoolRequest { page_token: "forged".to_owned(), ..ListPoolRequest::default() };
    let status = ask!(head, thread, RoutingServiceClient::list_pool, ask).unwrap_err();
    assert_eq!(violations(&status)[0].0, "page_token");
    let ask =
        RefuseDisputeRequest { case_id: case.id.clone(), ground: "R99".to_owned(), redirect: String::new() };
    let status = ask!(clerk, thread, IntakeServiceClient::refuse_dispute, ask).unwrap_err();
    assert_eq!(violations(&status), [("ground".to_owned(), "UNKNOWN_CODE".to_owned())]);
    let ask = RequestCorrectionRequest { case_id: case.id.clone(), missing_items: vec![] };
    let status = ask!(clerk, thread, IntakeServiceClient::request_correction, ask).unwrap_err();
    assert_eq!(violations(&status), [("missing_items".to_owned(), "REQUIRED".to_owned())]);
    let ask = SaveDraftRequest { request_id: String::new(), ..SaveDraftRequest::default() };
    let status = ask!(clerk, thread, IntakeServiceClient::save_draft, ask).unwrap_err();
    assert!(violations(&status).contains(&("request_id".to_owned(), "REQUIRED".to_owned())));

    let other = FileDisputeRequest { body: filing("different").body, ..filing("other") };
    let status = ask!(clerk, thread, IntakeServiceClient::file_dispute, other).unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert_eq!(status.get_details_error_info().unwrap().reason, "IDEMPOTENCY_KEY_REUSED");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_itself_refuses_what_is_malformed() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let authorization = clerk.authorization().unwrap();
    let mut client = IntakeServiceClient::new(supermarket::client::channel(&world.address).unwrap());
    let mut refused = async |change: &dyn Fn(&mut tonic::Request<ListDisputesRequest>)| {
        let mut request = tonic::Request::new(ListDisputesRequest::default());
        request.metadata_mut().insert("authorization", authorization.clone());
        change(&mut request);
        client.list_disputes(request).await.unwrap_err()
    };
    let seen =
        refused(&|r| _ = r.metadata_mut().insert("supermarket-seen", "nonsense".parse().unwrap())).await;
    assert_eq!(seen.code(), Code::InvalidArgument);
    let timeout = refused(&|r| _ = r.metadata_mut().insert("grpc-timeout", "soon".parse().unwrap())).await;
    assert_eq!(timeout.code(), Code::InvalidArgument);
    let twice = refused(&|r| _ = r.metadata_mut().append("authorization", "Bearer x".parse().unwrap())).await;
    assert_eq!(twice.code(), Code::Unauthenticated);
    let bad = refused(&|r| {
        _ = r.metadata_mut().insert("authorization", "Bearer eyJhbGciOiJub25lIn0.e30.".parse().unwrap());
    })
    .await;
    assert_eq!(bad.code(), Code::Unauthenticated);
    let large =
        refused(&|r| _ = r.metadata_mut().insert("x-large", "x".repeat(9_000).parse().unwrap())).await;
    assert_ne!(large.code(), Code::Ok);
    let unheard = format!("routing;1;{};7", uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0009));
    let unheard =
        refused(&|r| _ = r.metadata_mut().insert("supermarket-seen", unheard.parse().unwrap())).await;
    assert_eq!(unheard.code(), Code::Unavailable);
    let details = unheard.get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "NOT_YET_HEARD");
    assert!(details.retry_info().is_some());
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rare_names_and_hostile_texts_are_data() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    for (n, name) in
        ["𠮷野示例", "买买提·示例", "欧阳示", "Zoë O’Neil", "<b>=cmd|' /C calc'!A0</b>"].iter().enumerate()
    {
        let mut request = filing(&format!("rare-{n}"));
        claimant(&mut request).name = (*name).to_owned();
        body(&mut request).text =
            "'; DROP TABLE dispute; -- {{7*7}} <script>alert(1)</script> =1+1".to_owned();
        let filed =
            ask!(clerk, Thread::default(), IntakeServiceClient::file_dispute, request.clone()).unwrap();
        let read = GetDisputeRequest { case_id: filed.case_id };
        let read = ask!(clerk, Thread::default(), IntakeServiceClient::get_dispute, read).unwrap();
        let party = read.parties.iter().find(|p| p.role() == PartyRole::Claimant).unwrap();
        assert_eq!(party.name, claimant(&mut request).name);
        assert_eq!(read.text, body(&mut request).text);
    }
    assert_eq!(listed(&clerk).await, 5);
    world.close().await;
}
