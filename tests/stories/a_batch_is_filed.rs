//! A property manager against forty owners: one template, one stream, forty cases, each with its own respondent and nobody else's.

use contracts::intake::v1::batch_file_disputes_request::Part;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    BatchFileDisputesRequest, BatchFileDisputesResponse, BatchLine, BatchTemplate, Channel, DataConsents,
    Dispute, DisputeBody, GetDisputeRequest, GetStatusByCodeRequest, ListDisputesRequest,
};
use contracts::lexicon::v1::{IdentityPaper, PaperKind, Party, PartyKind, PartyRole};
use supermarket::client::{Person, Thread, reason};
use tests::{World, ask, filing};
use tokio_stream::StreamExt as _;
use tonic::{Code, Status};

const LINES: u32 = 40;

fn template(batch: &str) -> BatchFileDisputesRequest {
    let claimant = filing("manager").body.unwrap().parties.remove(0);
    let claimant = Party { role: PartyRole::Claimant.into(), ..claimant };
    let template = BatchTemplate {
        request_id: batch.to_owned(),
        channel: Channel::Window.into(),
        body: Some(DisputeBody {
            subject: "物业费".to_owned(),
            text: "申请人为小区提供物业服务，被申请人自二〇二四年一月起未交物业费。".to_owned(),
            claims: "支付拖欠的物业费。".to_owned(),
            amount_in_controversy_fen: 120_000,
            town_code: "442000001".to_owned(),
            parties: vec![claimant],
            ..DisputeBody::default()
        }),
        consents: Some(DataConsents { process: true, ..DataConsents::default() }),
        requested_time: None,
        ..BatchTemplate::default()
    };
    BatchFileDisputesRequest { part: Some(Part::Template(template)) }
}

fn line(n: u32) -> BatchFileDisputesRequest {
    let owner = Party {
        kind: PartyKind::Person.into(),
        name: format!("示业主{n}号"),
        address: format!("示例花园{n}栋"),
        ..Party::default()
    };
    let line = BatchLine {
        line_id: format!("{n}"),
        external_id: format!("wy-{n}"),
        respondents: vec![owner],
        text: format!("房号：示例花园{n}栋。"),
        amount_in_controversy_fen: i64::from(n) * 10_000,
        ..BatchLine::default()
    };
    BatchFileDisputesRequest { part: Some(Part::Line(line)) }
}

/// The seventh owner's paper cannot be right, and the eighth line names nobody.
fn stream(batch: &str) -> Vec<BatchFileDisputesRequest> {
    let mut all = vec![template(batch)];
    all.extend((1..=LINES).map(line));
    if let Some(Part::Line(bad)) = &mut all[7].part {
        let number = "440000190001011234".to_owned();
        bad.respondents[0].paper = Some(IdentityPaper { kind: PaperKind::ResidentId.into(), number });
    }
    if let Some(Part::Line(empty)) = &mut all[8].part {
        empty.respondents.clear();
    }
    all
}

async fn send(
    who: &Person,
    lines: Vec<BatchFileDisputesRequest>,
) -> Result<Vec<BatchFileDisputesResponse>, Status> {
    let lines = tokio_stream::iter(lines);
    let answers = IntakeServiceClient::new(who.line.clone()).batch_file_disputes(lines).await?;
    answers.into_inner().collect().await
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_owners_have_forty_cases_and_a_wall_between_them() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let answers = send(&clerk, stream("wy-2026-1")).await.unwrap();
    let named: Vec<String> = answers.iter().map(|answer| answer.line_id.clone()).collect();
    assert_eq!(named, (1..=LINES).map(|n| n.to_string()).collect::<Vec<_>>(), "each line, in order");
    let refused: Vec<_> = answers.iter().filter(|answer| answer.case_id.is_empty()).collect();
    let faults = |at: usize| {
        refused[at].faults.iter().map(|one| format!("{} {}", one.field, one.reason)).collect::<Vec<_>>()
    };
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(
        faults(0).iter().all(|fault| fault.starts_with("body.parties[1].paper.number ")),
        "{:?}",
        faults(0)
    );
    assert_eq!(faults(1), ["respondents REQUIRED"]);
    assert!(!format!("{refused:?}").contains("440000190001011234"), "no value comes back");

    // The stream broke, and all of it is sent again: the same cases.
    let again = send(&clerk, stream("wy-2026-1")).await.unwrap();
    let ids = |answers: &[BatchFileDisputesResponse]| {
        answers.iter().map(|answer| answer.case_id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&again), ids(&answers));
    let mut thread = Thread::default();
    let list = ListDisputesRequest { page_size: 100, batch_id: "wy-2026-1".to_owned(), ..Default::default() };
    let listed = ask!(clerk, thread, IntakeServiceClient::list_disputes, list.clone()).unwrap();
    assert_eq!(listed.disputes.len() as u32, LINES - 2);

    // The wall: whoever reads one owner's case finds no other owner in it, in no field.
    for answer in answers.iter().filter(|answer| !answer.case_id.is_empty()) {
        let get = GetDisputeRequest { case_id: answer.case_id.clone() };
        let dispute: Dispute = ask!(clerk, thread, IntakeServiceClient::get_dispute, get).unwrap();
        let n: i64 = answer.line_id.parse().unwrap();
        assert_eq!((dispute.parties.len(), dispute.amount_in_controversy_fen), (2, n * 10_000));
        let all = format!("{dispute:?}");
        for other in (1..=i64::from(LINES)).filter(|other| *other != n) {
            assert!(!all.contains(&format!("示业主{other}号")) && !all.contains(&format!("花园{other}栋")));
        }
        assert_eq!(dispute.batch_id, "wy-2026-1");
    }
    let code = answers[0].receipt.clone().unwrap().code;
    let status = GetStatusByCodeRequest { code };
    let told = ask!(clerk, thread, IntakeServiceClient::get_status_by_code, status).unwrap();
    assert!(!format!("{told:?}").contains("wy-2026"), "a respondent is not told of a batch");
    // Another window has its own lists.
    let elsewhere = world.town.accounts.with("CLERK", None).find(|one| one.org != clerk.account.org);
    let elsewhere = world.person(&elsewhere.unwrap().account.clone()).await;
    let theirs = ask!(elsewhere, thread, IntakeServiceClient::list_disputes, list).unwrap();
    assert!(theirs.disputes.is_empty());
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_begins_with_a_template_of_claimants() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let none = send(&clerk, vec![line(1)]).await.unwrap_err();
    assert_eq!(none.code(), Code::InvalidArgument);
    let mut wrong = template("x");
    if let Some(Part::Template(template)) = &mut wrong.part {
        template.body.as_mut().unwrap().parties[0].role = PartyRole::Respondent.into();
        template.request_id = "名".to_owned();
    }
    let refused = send(&clerk, vec![wrong, line(1)]).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    // A second template under way ends the stream, with what was filed before kept.
    let twice = send(&clerk, vec![template("t"), line(1), template("t")]).await.unwrap_err();
    assert_eq!(twice.code(), Code::InvalidArgument);
    let again = send(&clerk, vec![template("t"), line(1)]).await.unwrap();
    assert!(!again[0].case_id.is_empty());
    // The same line under another story is another request.
    let mut changed = template("t");
    if let Some(Part::Template(template)) = &mut changed.part {
        template.body.as_mut().unwrap().claims = "支付违约金。".to_owned();
    }
    let elsewhere = send(&clerk, vec![changed, line(1)]).await.unwrap();
    assert_eq!(elsewhere[0].refusal_reason, "IDEMPOTENCY_KEY_REUSED");
    let mediator = world.mediators("studio-family").await.remove(0);
    let refused = send(&mediator, vec![template("m"), line(1)]).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert!(reason(&refused).is_some());
    world.close().await;
}
