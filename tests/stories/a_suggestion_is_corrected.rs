//! A person's words are suggested on, a clerk says otherwise, and what was learnt makes the next model, all of it advice.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    AcceptDisputeRequest, CorrectSuggestionRequest, Disposition, DisputeState, GetDisputeRequest,
    ListTrainingRowsRequest, SuggestCausesRequest,
};
use supermarket::client::{Person, Thread};
use supermarket::server::Server;
use supermarket::{corrections, train};
use tests::{World, ask, file};
use tonic::Code;

#[tokio::test(flavor = "multi_thread")]
async fn a_suggestion_is_advice_and_its_correction_teaches() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let suggest = async |person: &Person, text: &str| {
        let message = SuggestCausesRequest { text: text.to_owned(), subject: String::new() };
        ask!(person, Thread::default(), IntakeServiceClient::suggest_causes, message)
    };
    // Three kinds of answer, each with what a clerk needs to go on.
    let wages = suggest(&clerk, "电子厂欠了我们十几个人两个月工资，老板说没钱发").await.unwrap();
    assert_eq!((wages.disposition(), wages.categories[0].label.as_str()), (Disposition::Mediable, "labour"));
    assert!(
        wages.categories[0]
            .words
            .iter()
            .all(|word| "电子厂欠了我们十几个人两个月工资，老板说没钱发".contains(word.as_str()))
    );
    assert!(!wages.categories[0].words.is_empty() && wages.causes[0].confidence > 0.0);
    let fraud = suggest(&clerk, "在网上被人冒充客服诈骗了两万块，我已经转账了").await.unwrap();
    assert_eq!((fraud.disposition(), fraud.refuse_ground.as_str()), (Disposition::NotForAMediator, "R06"));
    assert!(fraud.redirect.contains("公安") && fraud.redirect_en.contains("police"));
    let little = suggest(&clerk, "他不讲道理，太过分了").await.unwrap();
    assert_eq!(little.disposition(), Disposition::AskBack);
    assert!(!little.question.is_empty() && !little.question_en.is_empty());

    // The case follows the clerk, whatever was suggested.
    let mut case = file(&clerk, "corrected").await;
    let words = suggest(&clerk, &case.dispute.text).await.unwrap();
    let other = if words.causes[0].code == "119" { "120.7" } else { "119" };
    let correct = |labels: &[&str]| CorrectSuggestionRequest {
        case_id: case.id.clone(),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        cause_code: String::new(),
    };
    let row = correct(&["consumer", "contract"]);
    ask!(clerk, case.thread, IntakeServiceClient::correct_suggestion, row.clone()).unwrap();
    ask!(clerk, case.thread, IntakeServiceClient::correct_suggestion, row).unwrap();
    let get = GetDisputeRequest { case_id: case.id.clone() };
    let seen = ask!(clerk, case.thread, IntakeServiceClient::get_dispute, get).unwrap();
    assert_eq!(
        (seen.version, seen.state()),
        (case.dispute.version, DisputeState::Submitted),
        "nothing moved"
    );
    let accept = AcceptDisputeRequest {
        case_id: case.id.clone(),
        cause_code: other.to_owned(),
        ..AcceptDisputeRequest::default()
    };
    ask!(clerk, case.thread, IntakeServiceClient::accept_dispute, accept).unwrap();

    // The rows are the operator's alone, and what is written is what `train` reads.
    let list = ListTrainingRowsRequest::default();
    let refused =
        ask!(clerk, Thread::default(), IntakeServiceClient::list_training_rows, list.clone()).unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let refused = suggest(&world.person("operator-1").await, "老板拖欠工资").await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let server = Server::at(&world.address, world.folder());
    let folder = tempfile::tempdir().unwrap();
    let (out, model) = (folder.path().join("rows.jsonl"), folder.path().join("own.model"));
    corrections::run(&server, &out, true).await.unwrap();
    let rows = std::fs::read_to_string(&out).unwrap();
    assert_eq!(rows.lines().count(), 2, "{rows}");
    assert!(rows.contains(r#""label":"consumer""#) && rows.contains(&format!(r#""cause_code":"{other}""#)));
    for party in &case.dispute.parties {
        assert!(!rows.contains(&party.name), "no party is named");
    }
    assert!(corrections::run(&server, &out, true).await.is_err(), "nothing is overwritten");
    train::run(std::slice::from_ref(&out), &["clerk".to_owned()], &model, false, true).unwrap();
    let made = suggest::Model::decode(&std::fs::read(&model).unwrap()).unwrap();
    assert!(made.card.contains("1 rows of clerk (categories), 1 rows of clerk (causes)"), "{}", made.card);
    world.close().await;
}
