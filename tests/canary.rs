//! Personal data exists in clear only inside a request (P18): planted names, numbers, phones and words are searched, after
//! whole cases with everything logged, in the logs, the databases with their write-ahead logs, and the other files of the
//! data directory, in clear, base64, hex and percent form.

#![expect(
    clippy::unwrap_used,
    clippy::format_collect,
    reason = "a test may panic, and its search need not be fast"
)]

use migrations::rehearsal::is_cluster;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    AmendPartyRequest, DemandCourtRequest, HowSaid, ListDisputesRequest, RefuseDisputeRequest,
    RequestCorrectionRequest,
};
use contracts::lexicon::v1::{IdentityPaper, PaperKind, PartyRole};
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::mediation::v1::{
    ConcludeWithoutAgreementRequest, DraftAgreementRequest, GetMediationRequest, RecordSessionRequest,
    SessionMode,
};
use contracts::transfer::v1::court_service_client::CourtServiceClient;
use contracts::transfer::v1::transfer_service_client::TransferServiceClient;
use contracts::transfer::v1::{GetPackageRequest, PrepareFilingRequest, SubmitFilingRequest};
use supermarket::client::Thread;
use tests::{World, ask, filing, hold, party, pool};

/// What is planted. Each is long enough not to occur by chance.
const NAME: &str = "欧阳金丝雀";
const NUMBER: &str = "11010519491231002X";
const PHONE: &str = "13987654321";
const STORY: &str = "金丝雀在去年冬天借走了二万元";
const TALK: &str = "金丝雀愿意私下让步三千元";
const TERMS: &str = "金丝雀分三期付清全部款项";
const SECRETS: [&str; 6] = [NAME, NUMBER, PHONE, STORY, TALK, TERMS];

/// Keeps everything that is logged.
#[derive(Clone, Default)]
struct Logs(Arc<Mutex<Vec<u8>>>);

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn planted_persons_are_found_nowhere_in_clear() {
    let logs = Logs::default();
    let writer = logs.clone();
    // h2 and hyper at trace level log the very bytes of the request; they are silenced in every build we ship.
    tracing_subscriber::fmt()
        .with_env_filter("trace,h2=info,hyper=info,hyper_util=info,tower=info")
        .with_writer(move || writer.clone())
        .json()
        .init();
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;

    let mut planted = filing("canary");
    {
        let body = planted.body.as_mut().unwrap();
        body.text = STORY.to_owned();
        body.parties[0].name = NAME.to_owned();
        body.parties[0].phone = PHONE.to_owned();
        body.parties[0].paper =
            Some(IdentityPaper { kind: PaperKind::ResidentId.into(), number: NUMBER.to_owned() });
    }
    // Refusals may not repeat a value either.
    let mut wrong = planted.clone();
    wrong.body.as_mut().unwrap().parties[1].paper = wrong.body.as_ref().unwrap().parties[0].paper.clone();
    wrong.request_id = "canary-wrong".to_owned();
    let refused = ask!(clerk, Thread::default(), IntakeServiceClient::file_dispute, wrong).unwrap_err();
    assert_clear_of(&format!("{refused:?}").into_bytes(), "a refusal");
    ask!(clerk, Thread::default(), IntakeServiceClient::file_dispute, planted.clone()).unwrap();

    let mut case = pool(&world, &clerk, "canary-2", "studio-court").await;
    let mut amended = planted.body.as_ref().unwrap().parties[0].clone();
    amended.party_id = party(&case.dispute, PartyRole::Claimant);
    let read = ask!(
        clerk,
        case.thread,
        IntakeServiceClient::get_dispute,
        contracts::intake::v1::GetDisputeRequest { case_id: case.id.clone() }
    );
    let message = AmendPartyRequest {
        case_id: case.id.clone(),
        party: Some(amended),
        etag: read.unwrap().version,
        confirmed_warnings: vec![],
    };
    ask!(clerk, case.thread, IntakeServiceClient::amend_party, message).unwrap();

    let mediator = world.mediators("studio-court").await.remove(0);
    let held = hold(&mediator, &mut case).await;
    let session = RecordSessionRequest {
        request_id: "talk".to_owned(),
        case_id: case.id.clone(),
        fence: held.fence,
        start_time: Some(world.now()),
        mode: SessionMode::Onsite.into(),
        present_party_ids: case.dispute.parties.iter().map(|p| p.party_id.clone()).collect(),
        text: TALK.to_owned(),
        rights_told: true,
        identities_checked: true,
        sham_warned: true,
        address_confirmed_party_ids: vec![],
    };
    ask!(mediator, case.thread, MediationServiceClient::record_session, session).unwrap();
    let (case_id, terms) = (case.id.clone(), TERMS.to_owned());
    let draft = DraftAgreementRequest {
        case_id,
        fence: held.fence,
        terms,
        partial: false,
        amount_fen: 1,
        schedule: vec![],
    };
    ask!(mediator, case.thread, MediationServiceClient::draft_agreement, draft).unwrap();
    let conclude = ConcludeWithoutAgreementRequest {
        case_id: case.id.clone(),
        fence: held.fence,
        ground: "F99".to_owned(),
        explanation: TALK.to_owned(),
    };
    ask!(mediator, case.thread, MediationServiceClient::conclude_without_agreement, conclude).unwrap();
    let demand = DemandCourtRequest {
        case_id: case.id.clone(),
        party_id: party(&case.dispute, PartyRole::Claimant),
        how_said: HowSaid::AtWindow.into(),
    };
    ask!(clerk, case.thread, IntakeServiceClient::demand_court, demand).unwrap();
    let prepare =
        PrepareFilingRequest { case_id: case.id.clone(), court_org: "court-2071".to_owned(), kind: 0 };
    let filing = ask!(clerk, case.thread, TransferServiceClient::prepare_filing, prepare).unwrap();
    let submit = SubmitFilingRequest { case_id: case.id.clone(), package_sha256: filing.package_sha256 };
    ask!(clerk, case.thread, TransferServiceClient::submit_filing, submit).unwrap();

    // The court reads clear text in its answer, and the supervisor's list is masked: the search itself can find.
    let court = world.person("court-2071").await;
    let package = GetPackageRequest { case_id: case.id.clone(), confirmation: false };
    let package = ask!(court, case.thread, CourtServiceClient::get_package, package).unwrap();
    let shown: Vec<u8> = package.documents.iter().flat_map(|d| d.content.to_vec()).collect();
    assert!(
        found(&shown, NAME).is_some() && found(&shown, NUMBER).is_some(),
        "the court gets the parties in clear"
    );
    assert!(
        found(&shown, TALK).is_none() && found(&shown, TERMS).is_none(),
        "and nothing that was said at the table"
    );
    let supervisor = world.person("supervisor-1").await;
    let list = ask!(
        supervisor,
        Thread::default(),
        IntakeServiceClient::list_disputes,
        ListDisputesRequest::default()
    );
    assert_clear_of(&format!("{:?}", list.unwrap()).into_bytes(), "a supervisor's list");
    let run = GetMediationRequest { case_id: case.id.clone() };
    let run = ask!(supervisor, Thread::default(), MediationServiceClient::get_mediation, run).unwrap();
    assert_clear_of(&format!("{run:?}").into_bytes(), "a supervisor's view of a mediation");

    // Misuse that fails deep inside may not tell a value either.
    for ground in ["R01", NAME] {
        let (case_id, ground) = (case.id.clone(), ground.to_owned());
        let refuse = RefuseDisputeRequest { case_id, ground, redirect: STORY.to_owned() };
        let status = ask!(clerk, case.thread, IntakeServiceClient::refuse_dispute, refuse).unwrap_err();
        assert_clear_of(&format!("{status:?}").into_bytes(), "a refusal");
    }
    let correction =
        RequestCorrectionRequest { case_id: case.id.clone(), missing_items: vec![STORY.to_owned()] };
    let status = ask!(clerk, case.thread, IntakeServiceClient::request_correction, correction).unwrap_err();
    assert_clear_of(&format!("{status:?}").into_bytes(), "a refusal");

    world.settle().await;
    let memory = world.close().await;
    let searched = search(memory.folder());
    if is_cluster() {
        let bytes = memory.bytes().await;
        assert!(bytes.windows(12).any(|window| window == b"DisputeFiled"), "the search finds what is there");
        assert_clear_of(&bytes, "the tables");
        assert!(search(&broker_store()) >= 5, "a file a stream at least");
    } else {
        assert!(searched >= 7, "five databases, keys and accounts at least: {searched} files");
    }
    let logged = logs.0.lock().unwrap().clone();
    assert!(logged.len() > 1_000, "something was logged");
    assert_clear_of(&logged, "the logs");
}

/// Where the broker keeps what travels.
#[expect(clippy::disallowed_methods, reason = "how tests/run says where its servers are")]
fn broker_store() -> PathBuf {
    std::env::var("SUPERMARKET_TEST_NATS_STORE").expect("SUPERMARKET_TEST_NATS_STORE: use tests/run").into()
}

/// Searches every file below a folder; answers with how many there were. The broker is everybody's in this run: what another
/// test's town has replaced or removed since it was listed is gone.
fn search(folder: &Path) -> usize {
    let Some(entries) = there(std::fs::read_dir(folder)) else { return 0 };
    let mut files = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += search(&path);
        } else if let Some(bytes) = there(std::fs::read(&path)) {
            assert_clear_of(&bytes, &path.display().to_string());
            files += 1;
        }
    }
    files
}

/// What was read, if it was still there.
fn there<T>(read: std::io::Result<T>) -> Option<T> {
    match read {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        read => Some(read.unwrap()),
    }
}

fn assert_clear_of(bytes: &[u8], place: &str) {
    for secret in SECRETS {
        if let Some(form) = found(bytes, secret) {
            panic!("a planted value stands in {form} in {place}");
        }
    }
}

/// In which form a secret stands in some bytes.
fn found(bytes: &[u8], secret: &str) -> Option<&'static str> {
    let raw = secret.as_bytes();
    let hex: String = raw.iter().map(|b| format!("{b:02x}")).collect();
    let percent: String = raw.iter().map(|b| format!("%{b:02X}")).collect();
    let escaped: String = secret.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let utf16: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut forms: Vec<(&str, Vec<u8>)> = vec![
        ("clear", raw.to_vec()),
        ("hex", hex.clone().into_bytes()),
        ("upper hex", hex.to_uppercase().into_bytes()),
        ("percent form", percent.into_bytes()),
        ("JSON escapes", escaped.into_bytes()),
        ("UTF-16", utf16),
    ];
    // Base64 depends on where in its group of three the value begins; the outermost characters mix with neighbours.
    for shift in 0..3usize {
        let padded: Vec<u8> = std::iter::repeat_n(0, shift).chain(raw.iter().copied()).collect();
        for (name, text) in
            [("base64", STANDARD_NO_PAD.encode(&padded)), ("base64url", URL_SAFE_NO_PAD.encode(&padded))]
        {
            let inner = &text[if shift == 0 { 0 } else { shift + 1 }..text.len() - 1];
            forms.push((name, inner.as_bytes().to_vec()));
        }
    }
    forms
        .into_iter()
        .find(|(_, form)| bytes.windows(form.len()).any(|w| w == form.as_slice()))
        .map(|(name, _)| name)
}

#[test]
fn the_search_finds_every_form() {
    for (text, form) in [
        (format!("x{NAME}y").into_bytes(), "clear"),
        (STANDARD_NO_PAD.encode(format!("ab{NUMBER}cd")).into_bytes(), "base64"),
        (STANDARD_NO_PAD.encode(format!("a{PHONE}cd")).into_bytes(), "base64"),
        (NAME.bytes().map(|b| format!("{b:02X}")).collect::<String>().into_bytes(), "upper hex"),
    ] {
        let secret = SECRETS.into_iter().find_map(|secret| found(&text, secret));
        assert!(
            secret.is_some_and(|found| found == form || found.starts_with("base64")),
            "{form}: {secret:?}"
        );
    }
}
