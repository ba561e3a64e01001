//! Similar disputes before saving: what is found and why, who is shown what, and what the table says without the key.

use access::Role;
use contracts::intake::v1 as proto;
use contracts::intake::v1::intake_service_server::IntakeService;
use contracts::lexicon::v1 as words;
use proto::LikenessKind as Kind;
use tonic::Code;

use crate::stage::{
    Person, Stage, bad_fields, body, claimant, clerk, filing, person, person_of, resident, respondent,
};

const TOLD: &str = "去年十月我请对方装修房子，合同价八万元，十二月完工验收。对方说尾款过年给，结果一直拖到现在，\
    打电话不接，上门也见不到人。我手里有合同和验收单，还有微信聊天记录。";
/// The same with a sentence left out, others moved, and a slip or two.
const AGAIN: &str = "我手里有合同和验收单，还有微信聊天纪录。去年十月我请对方装修房子，合同价八万元，十二月完工验收。\
    对方说尾款过年给，结果一直拖到现再。";

fn told(text: &str, parties: Vec<words::Party>) -> proto::DisputeBody {
    proto::DisputeBody { text: text.into(), parties, ..body() }
}

fn other_claimant() -> words::Party {
    let number = resident("003");
    let paper = Some(words::IdentityPaper { kind: words::PaperKind::ResidentId.into(), number });
    words::Party { name: "欧阳示丙".into(), phone: "13800000000".into(), paper, ..claimant() }
}

async fn file(stage: &Stage, who: &Person, id: &str, body: proto::DisputeBody) -> proto::Dispute {
    let message = proto::FileDisputeRequest { body: Some(body), ..filing(id) };
    stage.door.file_dispute(who.ask("FileDispute", message)).await.unwrap().into_inner()
}

async fn look(
    stage: &Stage,
    who: &Person,
    body: proto::DisputeBody,
    case_id: &str,
) -> proto::FindSimilarDisputesResponse {
    let message = proto::FindSimilarDisputesRequest {
        body: Some(body),
        case_id: case_id.to_owned(),
        ..Default::default()
    };
    stage.door.find_similar_disputes(who.ask("FindSimilarDisputes", message)).await.unwrap().into_inner()
}

fn kinds(of: &proto::SimilarDispute) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = of.reasons.iter().map(proto::LikenessReason::kind).collect();
    kinds.sort_unstable();
    kinds
}

#[tokio::test]
async fn the_same_matter_is_shown_with_every_reason_and_nothing_else_is() {
    let stage = Stage::new().await;
    let first = file(&stage, &clerk(), "r-1", told(TOLD, vec![claimant(), respondent()])).await;
    for n in 0..30 {
        let number = resident(&format!("{:03}", 100 + n));
        let paper = Some(words::IdentityPaper { kind: words::PaperKind::ResidentId.into(), number });
        let somebody = words::Party { paper, name: format!("某{n}"), phone: String::new(), ..claimant() };
        let somebody = words::Party { phone: "13700000000".into(), ..somebody };
        let against = words::Party { name: format!("示公司{n}"), ..respondent() };
        let story = format!("楼上第{n}次漏水，把我家天花板泡坏了，物业说不归他们管，要求赔偿修复费用。");
        file(&stage, &clerk(), &format!("o-{n}"), told(&story, vec![somebody, against])).await;
    }
    let found = look(&stage, &clerk(), told(AGAIN, vec![claimant(), respondent()]), "").await;
    assert_eq!(found.similar.len(), 1, "{found:?}");
    let twin = &found.similar[0];
    assert_eq!(
        (twin.case_id.as_str(), twin.state()),
        (first.case_id.as_str(), proto::DisputeState::Submitted)
    );
    assert!(twin.likely && twin.score > 0.85, "{}", twin.score);
    assert_eq!(
        kinds(twin),
        [Kind::SameClaimant, Kind::SameRespondent, Kind::SameWords, Kind::SamePeriod, Kind::SameAmount]
    );
    assert!(twin.reasons.iter().all(|reason| !reason.text.is_empty() && !reason.text_en.is_empty()));
    assert!(!found.elsewhere);

    // The wife tells it; and the other side comes by itself.
    let wife = look(&stage, &clerk(), told(AGAIN, vec![other_claimant(), respondent()]), "").await;
    assert_eq!(wife.similar[0].case_id, first.case_id);
    assert!(!kinds(&wife.similar[0]).contains(&Kind::SameClaimant));
    let mut swapped = vec![claimant(), respondent()];
    swapped[0].role = words::PartyRole::Respondent.into();
    swapped[1].role = words::PartyRole::Claimant.into();
    let mine = "我们公司没有拖欠，是业主无故拒付增项费用，请求调解。";
    let other_side = look(&stage, &clerk(), told(mine, swapped), "").await;
    assert_eq!(other_side.similar[0].case_id, first.case_id);
    assert!(kinds(&other_side.similar[0]).contains(&Kind::SidesSwapped));

    // Its own dispute is not like itself; words that were corrected away find nothing any more.
    assert!(look(&stage, &clerk(), told(AGAIN, vec![]), &first.case_id).await.similar.is_empty());
}

#[tokio::test]
async fn a_case_of_others_is_only_hinted_at_and_only_by_its_words() {
    let stage = Stage::new().await;
    file(&stage, &clerk(), "r-1", told(TOLD, vec![claimant(), respondent()])).await;
    let elsewhere = person("clerk-2", "window-2", Role::Clerk);
    let found = look(&stage, &elsewhere, told(AGAIN, vec![claimant(), respondent()]), "").await;
    assert!(found.similar.is_empty() && found.elsewhere);
    assert!(!found.elsewhere_text.is_empty() && !found.elsewhere_text_en.is_empty());
    // Who asks with a person's paper and phone learns nothing.
    let prying = look(
        &stage,
        &elsewhere,
        told("不知道什么事情，想问一问情况怎么样了。", vec![claimant(), respondent()]),
        "",
    )
    .await;
    assert_eq!(prying, proto::FindSimilarDisputesResponse::default());
    // Nor by a few words that are a part of the story.
    let guess: String = TOLD.chars().take(14).collect();
    let guessed = look(&stage, &elsewhere, told(&guess, vec![claimant(), respondent()]), "").await;
    assert_eq!(guessed, proto::FindSimilarDisputesResponse::default());
    // Another centre has another table.
    let far = person_of("440100", "clerk-1", "window-1", Role::Clerk);
    let found = look(&stage, &far, told(TOLD, vec![claimant(), respondent()]), "").await;
    assert_eq!(found, proto::FindSimilarDisputesResponse::default());
    // A draft is nobody else's, and its own organisation's.
    let asked = proto::SaveDraftRequest {
        request_id: "d-1".into(),
        channel: proto::Channel::Window.into(),
        body: Some(told("邻居在公共走廊堆放杂物堵塞消防通道，多次劝说不听，还出言不逊。", vec![])),
        ..Default::default()
    };
    let draft = stage.door.save_draft(clerk().ask("SaveDraft", asked)).await.unwrap().into_inner();
    let same = told("邻居在公共走廊堆放杂物堵塞消防通道，多次劝说不听，还出言不逊。", vec![]);
    assert_eq!(look(&stage, &clerk(), same.clone(), "").await.similar[0].case_id, draft.case_id);
    assert_eq!(look(&stage, &elsewhere, same, "").await, proto::FindSimilarDisputesResponse::default());
}

#[tokio::test]
async fn the_table_follows_the_words_and_says_nothing_without_the_key() {
    let stage = Stage::new().await;
    let dispute = file(&stage, &clerk(), "r-1", told(TOLD, vec![claimant(), respondent()])).await;
    let bands = "SELECT count(*) FROM likeness";
    let waiting = "SELECT count(*) FROM likeness_waiting";
    assert_eq!(
        (stage.count(bands).await, stage.count(waiting).await),
        (0, 1),
        "a receipt waits for no index"
    );
    assert_eq!(stage.store.keep_bands().await.unwrap(), 1);
    assert_eq!((stage.count(bands).await, stage.count(waiting).await), (16, 0));
    let ask = proto::RequestCorrectionRequest {
        case_id: dispute.case_id.clone(),
        missing_items: vec!["合同".into()],
    };
    stage.door.request_correction(clerk().ask("RequestCorrection", ask)).await.unwrap();
    let other = "楼上漏水把我家天花板泡坏了，物业公司说不归他们管，要求赔偿修复费用两千元。";
    let correct = proto::CorrectDisputeRequest {
        case_id: dispute.case_id.clone(),
        body: Some(proto::DisputeBody { text: other.into(), ..Default::default() }),
        ..Default::default()
    };
    stage.door.correct_dispute(clerk().ask("CorrectDispute", correct)).await.unwrap();
    assert_eq!((stage.count(bands).await, stage.count(waiting).await), (0, 1));
    for is_kept in [false, true] {
        let old = look(&stage, &clerk(), told(TOLD, vec![]), "").await.similar;
        assert!(old.is_empty(), "the old words are gone");
        assert_eq!(look(&stage, &clerk(), told(other, vec![]), "").await.similar.len(), 1);
        assert_eq!(stage.store.keep_bands().await.unwrap(), usize::from(!is_kept));
    }
    assert_eq!((stage.count(bands).await, stage.count(waiting).await), (16, 0));
    let bytes = stage.memory.bytes().await;
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    for secret in ["装修房", "漏水把", "天花板"] {
        assert!(!holds(secret), "{secret} is in clear");
    }
    // Another installation's table of the same words has no number of ours.
    let stranger = Stage::new().await;
    file(&stranger, &clerk(), "r-1", told(other, vec![claimant(), respondent()])).await;
    stranger.store.keep_bands().await.unwrap();
    let least = "SELECT min(band) FROM likeness";
    assert_ne!(stage.count(least).await, stranger.count(least).await);
}

/// People whom no other dispute has.
fn strangers(n: usize) -> Vec<words::Party> {
    let number = resident(&format!("{:03}", 200 + n));
    let paper = Some(words::IdentityPaper { kind: words::PaperKind::ResidentId.into(), number });
    let phone = format!("136{n:08}");
    let one = words::Party { paper, phone, name: format!("陌{n}"), ..claimant() };
    let other =
        words::Party { name: format!("陌公司{n}"), phone: String::new(), paper: None, ..respondent() };
    vec![one, other]
}

#[tokio::test]
async fn what_waits_is_found_like_what_is_kept_and_two_keepers_keep_it_once() {
    let stage = Stage::new().await;
    let far = person_of("440100", "clerk-1", "window-1", Role::Clerk);
    let mut cases = vec![];
    for n in 0..40 {
        let who = if n % 8 == 7 { &far } else { &clerk() };
        let story = format!("{TOLD}这是第{n}次来反映，每一次都说再等一等，已经等了很久。");
        cases.push(file(&stage, who, &format!("w-{n}"), told(&story, strangers(n))).await.case_id);
    }
    let before = look(&stage, &clerk(), told(TOLD, vec![]), "").await;
    assert_eq!(before.similar.len(), 10);
    let both = tokio::join!(stage.store.keep_bands(), stage.store.keep_bands());
    assert_eq!(both.0.unwrap().max(both.1.unwrap()), 40);
    assert_eq!(stage.count("SELECT count(*) FROM likeness").await, 16 * 40);
    assert_eq!(stage.count("SELECT count(*) FROM likeness_waiting").await, 0);
    assert_eq!(look(&stage, &clerk(), told(TOLD, vec![]), "").await, before);
    // One that comes now is beside the kept ones.
    let last = file(&stage, &clerk(), "w-last", told(TOLD, strangers(99))).await;
    let found = look(&stage, &clerk(), told(TOLD, vec![]), "").await;
    assert_eq!(found.similar[0].case_id, last.case_id);
    assert!(found.similar.iter().all(|twin| cases.contains(&twin.case_id) || twin.case_id == last.case_id));
}

#[tokio::test]
async fn who_is_in_thousands_hides_nobody_and_looks_leave_a_trace() {
    let stage = Stage::new().await;
    let bank = words::Party {
        kind: words::PartyKind::Organization.into(),
        name: "示例银行股份有限公司".into(),
        paper: Some(words::IdentityPaper {
            kind: words::PaperKind::Passport.into(),
            number: "E12345678".into(),
        }),
        ..claimant()
    };
    let debtor = |n: u32| {
        let number = resident(&format!("{n:03}"));
        let paper = Some(words::IdentityPaper { kind: words::PaperKind::ResidentId.into(), number });
        words::Party { kind: words::PartyKind::Person.into(), name: format!("债{n}"), paper, ..respondent() }
    };
    let template = "被申请人向申请人申领信用卡后透支消费，逾期未还本息，经多次催收仍不归还，请求调解还款。";
    let mut first = String::new();
    for n in 1..=60 {
        let filed =
            file(&stage, &clerk(), &format!("b-{n}"), told(template, vec![bank.clone(), debtor(n)])).await;
        if n == 1 {
            first = filed.case_id;
        }
    }
    let audits = stage.count("SELECT count(*) FROM audit").await;
    let found = look(&stage, &clerk(), told(template, vec![bank, debtor(1)]), "").await;
    assert_eq!(stage.count("SELECT count(*) FROM audit").await, audits + 1);
    assert_eq!(found.similar[0].case_id, first, "the oldest of sixty, by its debtor");
    assert!(found.similar[0].likely);
    assert!(
        found.similar[1..].iter().all(|twin| !twin.likely && kinds(twin).contains(&Kind::OtherRespondent))
    );
    assert!(found.similar.len() <= 10);
}

#[tokio::test]
async fn bad_looks_are_refused_with_every_fault() {
    let stage = Stage::new().await;
    let nothing =
        proto::FindSimilarDisputesRequest { case_id: "x".into(), max_results: 21, ..Default::default() };
    let told =
        stage.door.find_similar_disputes(clerk().ask("FindSimilarDisputes", nothing)).await.unwrap_err();
    assert_eq!(bad_fields(&told), ["case_id MALFORMED", "max_results RANGE", "body REQUIRED"]);
    let mediator = person("m-1", "studio-1", Role::Mediator);
    let body = Some(told_of());
    let ask = proto::FindSimilarDisputesRequest { body, ..Default::default() };
    let refused =
        stage.door.find_similar_disputes(mediator.ask("FindSimilarDisputes", ask)).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

fn told_of() -> proto::DisputeBody {
    told(TOLD, vec![])
}
