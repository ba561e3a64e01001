//! Links, merged drafts and drafts whose time is over: who may, what both sides see, and what is gone.

use access::Role;
use contracts::intake::v1 as proto;
use contracts::intake::v1::intake_service_server::IntakeService;
use contracts::oversight::v1::DeadlineReached;
use proto::{DisputeState, LinkKind};
use tonic::{Code, Status};

use crate::stage::{Person, Stage, bad_fields, body, claimant, clerk, filing, person, reason, respondent};

async fn link(
    stage: &Stage,
    who: &Person,
    case: &str,
    other: &str,
    kind: LinkKind,
) -> Result<proto::Dispute, Status> {
    let (case_id, other_case_id) = (case.to_owned(), other.to_owned());
    let message = proto::LinkDisputesRequest { case_id, other_case_id, kind: kind.into() };
    stage.door.link_disputes(who.ask("LinkDisputes", message)).await.map(tonic::Response::into_inner)
}

/// What a case is linked to, as somebody sees it.
async fn seen(stage: &Stage, who: &Person, case: &str) -> Vec<(String, LinkKind)> {
    let message = proto::ListLinksRequest { case_id: case.to_owned() };
    let answer = stage.door.list_links(who.ask("ListLinks", message)).await.unwrap().into_inner();
    answer.links.into_iter().map(|link| (link.other_case_id.clone(), link.kind())).collect()
}

async fn draft(stage: &Stage, who: &Person, id: &str, body: proto::DisputeBody) -> proto::Dispute {
    let message = proto::SaveDraftRequest {
        request_id: id.to_owned(),
        channel: proto::Channel::Window.into(),
        body: Some(body),
        ..Default::default()
    };
    stage.door.save_draft(who.ask("SaveDraft", message)).await.unwrap().into_inner()
}

async fn merge(stage: &Stage, who: &Person, into: &str, from: &str) -> Result<proto::Dispute, Status> {
    let message = proto::MergeDraftsRequest { case_id: into.to_owned(), merged_case_id: from.to_owned() };
    stage.door.merge_drafts(who.ask("MergeDrafts", message)).await.map(tonic::Response::into_inner)
}

async fn get(stage: &Stage, case: &str) -> proto::Dispute {
    let message = proto::GetDisputeRequest { case_id: case.to_owned() };
    stage.door.get_dispute(clerk().ask("GetDispute", message)).await.unwrap().into_inner()
}

#[tokio::test]
async fn both_sides_see_a_link_and_are_announced() {
    let stage = Stage::new().await;
    let (one, two) = (stage.filed("r-1").await.case_id, stage.filed("r-2").await.case_id);
    let now = link(&stage, &clerk(), &one, &two, LinkKind::Related).await.unwrap();
    assert_eq!((now.version, get(&stage, &two).await.version), (2, 2));
    let now = link(&stage, &clerk(), &one, &two, LinkKind::DuplicateOf).await.unwrap();
    assert_eq!(now.version, 3, "a relation may turn out to be one matter");
    let again = link(&stage, &clerk(), &one, &two, LinkKind::DuplicateOf).await.unwrap();
    assert_eq!(again.version, 3);
    assert_eq!(seen(&stage, &clerk(), &one).await, [(two.clone(), LinkKind::DuplicateOf)]);
    assert_eq!(seen(&stage, &clerk(), &two).await, [(one.clone(), LinkKind::HasDuplicate)]);
    let said: proto::DisputesLinked = stage.last_said(&two).await;
    assert_eq!((said.other_case_id.as_str(), said.kind()), (one.as_str(), LinkKind::HasDuplicate));
    assert_eq!(stage.said(&one).await, ["DisputeFiled", "DisputesLinked", "DisputesLinked"]);
    let other_way = link(&stage, &clerk(), &two, &one, LinkKind::DuplicateOf).await.unwrap_err();
    assert_eq!(reason(&other_way), "LINKED_OTHERWISE");
    let itself = link(&stage, &clerk(), &one, &one, LinkKind::HasDuplicate).await.unwrap_err();
    assert_eq!(bad_fields(&itself), ["other_case_id THE_SAME", "kind ENUM_UNKNOWN"]);
    let typed = draft(&stage, &clerk(), "d-1", body()).await.case_id;
    let drafts = link(&stage, &clerk(), &one, &typed, LinkKind::Related).await.unwrap_err();
    assert_eq!(reason(&drafts), "STILL_A_DRAFT");
}

#[tokio::test]
async fn who_may_not_see_a_case_links_nothing_to_it_and_sees_no_id() {
    let stage = Stage::new().await;
    let mine = stage.filed("r-1").await.case_id;
    let elsewhere = person("clerk-2", "window-2", Role::Clerk);
    let theirs = stage.door.file_dispute(elsewhere.ask("FileDispute", filing("r-1"))).await.unwrap();
    let theirs = theirs.into_inner().case_id;
    let foreign = link(&stage, &clerk(), &mine, &theirs, LinkKind::DuplicateOf).await.unwrap_err();
    let nobody = uuid::Uuid::from_u128(1 << 100).to_string();
    let unknown = link(&stage, &clerk(), &mine, &nobody, LinkKind::DuplicateOf).await.unwrap_err();
    assert_eq!((foreign.code(), foreign.message()), (Code::NotFound, unknown.message()));
    // The centre links what two organisations have.
    let centre = person("boss", "centre", Role::Supervisor);
    let masked = link(&stage, &centre, &mine, &theirs, LinkKind::DuplicateOf).await.unwrap();
    assert_eq!(
        (masked.text.as_str(), masked.parties[0].name.as_str()),
        ("", "欧*"),
        "as the centre sees cases"
    );
    assert_eq!(seen(&stage, &clerk(), &mine).await, [(String::new(), LinkKind::DuplicateOf)]);
    assert_eq!(seen(&stage, &elsewhere, &theirs).await, [(String::new(), LinkKind::HasDuplicate)]);
    assert_eq!(seen(&stage, &centre, &theirs).await, [(mine, LinkKind::HasDuplicate)]);
}

#[tokio::test]
async fn two_drafts_become_one_and_the_other_says_so() {
    let stage = Stage::new().await;
    let by_phone = proto::DisputeBody {
        text: "装修尾款不付，电话里说的。".into(),
        parties: vec![claimant()],
        ..Default::default()
    };
    let first = draft(&stage, &clerk(), "d-1", by_phone.clone()).await;
    let second = draft(&stage, &clerk(), "d-2", body()).await;
    let now = merge(&stage, &clerk(), &first.case_id, &second.case_id).await.unwrap();
    assert_eq!((now.state(), now.version, now.parties.len()), (DisputeState::Draft, 2, 2));
    assert_eq!(now.text, format!("{}\n\n{}", by_phone.text, body().text));
    assert_eq!((now.amount_in_controversy_fen, now.subject.as_str()), (5_000_000, "装修款"));
    let gone = get(&stage, &second.case_id).await;
    assert_eq!((gone.state(), gone.merged_into.as_str()), (DisputeState::Merged, first.case_id.as_str()));
    assert!(gone.text.is_empty() && gone.parties.is_empty() && gone.subject.is_empty());
    assert_eq!(
        seen(&stage, &clerk(), &second.case_id).await,
        [(first.case_id.clone(), LinkKind::MergedInto)]
    );
    assert_eq!(
        seen(&stage, &clerk(), &first.case_id).await,
        [(second.case_id.clone(), LinkKind::MergedFrom)]
    );
    let said: proto::DraftMerged = stage.last_said(&second.case_id).await;
    assert_eq!(said.into_case_id, first.case_id);
    assert_eq!(stage.said(&first.case_id).await, ["DraftSaved", "DraftSaved"]);
    let again = merge(&stage, &clerk(), &first.case_id, &second.case_id).await.unwrap();
    assert_eq!(again.version, 2);
    // What was merged is filed as one; the other's people and words are found no more.
    let read_before = proto::FileDisputeRequest {
        case_id: first.case_id.clone(),
        etag: first.version,
        body: Some(body()),
        ..filing("f-1")
    };
    let refused = stage.door.file_dispute(clerk().ask("FileDispute", read_before.clone())).await.unwrap_err();
    assert_eq!(refused.code(), Code::Aborted, "what was merged meanwhile is not written over");
    let file = proto::FileDisputeRequest { etag: again.version, ..read_before };
    stage.door.file_dispute(clerk().ask("FileDispute", file)).await.unwrap();
    let late = merge(&stage, &clerk(), &first.case_id, &second.case_id).await.unwrap();
    assert_eq!(late.state(), DisputeState::Submitted, "said again it is already so");
    let third = draft(&stage, &clerk(), "d-3", body()).await;
    let filed = merge(&stage, &clerk(), &third.case_id, &first.case_id).await.unwrap_err();
    assert_eq!(reason(&filed), "NOT_A_DRAFT");
    let elsewhere = person("clerk-2", "window-2", Role::Clerk);
    let theirs = draft(&stage, &elsewhere, "d-1", body()).await;
    let foreign = merge(&stage, &clerk(), &third.case_id, &theirs.case_id).await.unwrap_err();
    assert_eq!(foreign.code(), Code::NotFound);
}

#[tokio::test]
async fn a_draft_that_nobody_files_is_gone_and_an_audit_row_stays() {
    let stage = Stage::new().await;
    let saved = draft(&stage, &clerk(), "d-1", body()).await;
    let said: proto::DraftSaved = stage.last_said(&saved.case_id).await;
    assert_eq!(said.generation, 1);
    let party = proto::AmendPartyRequest {
        case_id: saved.case_id.clone(),
        party: Some(contracts::lexicon::v1::Party {
            address: "新址1号".into(), ..saved.parties[0].clone()
        }),
        etag: 1,
        ..Default::default()
    };
    stage.door.amend_party(clerk().ask("AmendParty", party)).await.unwrap();
    let said: proto::DraftSaved = stage.last_said(&saved.case_id).await;
    assert_eq!(said.generation, 2, "an amended draft is one more save");
    let fire = async |generation: u64| {
        let event =
            DeadlineReached { noun: "DISPUTE".into(), clock: "S01".into(), generation, ..Default::default() };
        let heard = stage.heard("oversight", &saved.case_id, event);
        let at = heard.at;
        let act = |dispute: intake::model::Dispute| Some(Ok(dispute.forget(heard.event.generation, at)));
        stage.write(stage.store.act_heard(&heard, act).await.unwrap()).await;
    };
    fire(1).await;
    assert_eq!(get(&stage, &saved.case_id).await.state(), DisputeState::Draft, "of an older save");
    let teach = proto::CorrectSuggestionRequest {
        case_id: saved.case_id.clone(),
        labels: vec!["consumer".into()],
        ..Default::default()
    };
    stage.door.correct_suggestion(clerk().ask("CorrectSuggestion", teach)).await.unwrap();
    fire(2).await;
    let gone = get(&stage, &saved.case_id).await;
    assert_eq!((gone.state(), gone.text.as_str(), gone.parties.len()), (DisputeState::Removed, "", 0));
    assert_eq!(gone.amount_in_controversy_fen, 0);
    assert_eq!(stage.said(&saved.case_id).await, ["DraftSaved", "DraftSaved", "DraftRemoved"]);
    // Nothing of it is left: no party's row, no band; what was sealed is the seal of nothing.
    for table in ["party", "likeness", "training_row"] {
        assert_eq!(stage.count(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
    let nothing = stage.count("SELECT CAST(length(words) AS BIGINT) FROM dispute").await;
    assert!(nothing < 40, "{nothing} bytes");
    assert!(stage.count("SELECT count(*) FROM audit").await >= 3);
    fire(2).await;
    assert_eq!(get(&stage, &saved.case_id).await, gone);
    // Who has demanded the court of it keeps it.
    let kept = draft(
        &stage,
        &clerk(),
        "d-2",
        proto::DisputeBody { parties: vec![claimant(), respondent()], ..body() },
    )
    .await;
    let demand = proto::DemandCourtRequest {
        case_id: kept.case_id.clone(),
        party_id: kept.parties[0].party_id.clone(),
        how_said: proto::HowSaid::AtWindow.into(),
    };
    stage.door.demand_court(clerk().ask("DemandCourt", demand)).await.unwrap();
    let heard = stage.heard("oversight", &kept.case_id, ());
    let act = |dispute: intake::model::Dispute| Some(Ok(dispute.forget(2, heard.at)));
    stage.write(stage.store.act_heard(&heard, act).await.unwrap()).await;
    let still = get(&stage, &kept.case_id).await;
    assert_eq!(still.state(), DisputeState::Draft);
    // Nor is it typed away, by sending it as somebody new.
    let nobody = |party: &contracts::lexicon::v1::Party| contracts::lexicon::v1::Party {
        party_id: String::new(),
        ..party.clone()
    };
    for (parties, refused) in [
        (vec![nobody(&still.parties[0]), still.parties[1].clone()], "DEMANDING_PARTY_MISSING"),
        (vec![still.parties[0].clone(), nobody(&still.parties[1])], ""),
    ] {
        let ask = proto::FileDisputeRequest {
            case_id: still.case_id.clone(),
            etag: still.version,
            body: Some(proto::DisputeBody { parties, ..body() }),
            ..filing(&format!("f-2-{refused}"))
        };
        let answer = stage.door.file_dispute(clerk().ask("FileDispute", ask)).await;
        assert_eq!(answer.as_ref().err().map(reason).unwrap_or_default(), refused);
    }
}
