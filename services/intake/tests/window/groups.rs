//! A side of many: its size and its representatives are judged when it is filed; nobody is kept in it afterwards.

use contracts::intake::v1 as proto;
use contracts::intake::v1::intake_service_server::IntakeService;
use contracts::lexicon::v1 as words;

use crate::stage::{Stage, bad_fields, body, claimant, clerk, filing, resident, respondent};

const GROUP: &str = "示例花园业主";

/// So many owners, the first of whom are elected, against their property manager.
fn owners(count: usize, elected: usize) -> proto::FileDisputeRequest {
    let owner = |n: usize| words::Party {
        name: format!("示业主{n}"),
        paper: Some(words::IdentityPaper {
            kind: words::PaperKind::ResidentId.into(),
            number: resident(&format!("{:03}", n + 1)),
        }),
        elected_for: if n < elected { GROUP.into() } else { String::new() },
        member_of: if n < elected { String::new() } else { GROUP.into() },
        ..claimant()
    };
    let parties = (0..count).map(owner).chain([respondent()]).collect();
    proto::FileDisputeRequest { body: Some(proto::DisputeBody { parties, ..body() }), ..filing("r-1") }
}

fn party(ask: &mut proto::FileDisputeRequest, at: usize) -> &mut words::Party {
    &mut ask.body.as_mut().unwrap().parties[at]
}

#[tokio::test]
async fn a_group_of_the_wrong_size_or_with_the_wrong_representatives_is_told() {
    let stage = Stage::new().await;
    let refused = async |ask: proto::FileDisputeRequest| {
        let ask = proto::FileDisputeRequest { validate_only: true, ..ask };
        bad_fields(&stage.door.file_dispute(clerk().ask("FileDispute", ask)).await.unwrap_err())
    };
    assert_eq!(refused(owners(9, 2)).await, ["body.parties GROUP_TOO_SMALL"]);
    assert_eq!(refused(owners(10, 1)).await, ["body.parties GROUP_REPRESENTATIVES"]);
    assert_eq!(refused(owners(12, 0)).await, ["body.parties GROUP_REPRESENTATIVES"]);
    assert_eq!(refused(owners(12, 6)).await, ["body.parties GROUP_REPRESENTATIVES"]);
    let mut mixed = owners(12, 2);
    party(&mut mixed, 0).member_of = "另一组".into();
    assert_eq!(
        refused(mixed).await,
        [
            "body.parties[0].member_of GROUP_MIXED",
            "body.parties GROUP_TOO_SMALL",
            "body.parties GROUP_REPRESENTATIVES"
        ]
    );
    let mut sides = owners(12, 2);
    party(&mut sides, 12).member_of = GROUP.into();
    assert_eq!(refused(sides).await, ["body.parties[12].role GROUP_ONE_SIDE"]);
    let mut agents = owners(12, 2);
    let agent = words::Representative {
        name: "示代理".into(),
        scope: words::RepresentationScope::Special.into(),
        ..Default::default()
    };
    party(&mut agents, 1).representatives = vec![agent; 3];
    assert_eq!(refused(agents).await, ["body.parties[1].representatives TOO_MANY"]);
    let mut long = owners(12, 2);
    party(&mut long, 5).member_of = "长".repeat(101);
    assert!(refused(long).await.contains(&"body.parties[5].member_of TOO_LONG".to_owned()));
}

#[tokio::test]
async fn a_group_is_announced_without_its_name_and_who_leaves_is_not_kept() {
    let stage = Stage::new().await;
    let filed =
        stage.door.file_dispute(clerk().ask("FileDispute", owners(10, 2))).await.unwrap().into_inner();
    assert_eq!(filed.parties[9].member_of, GROUP);
    let said: proto::DisputeFiled = stage.last_said(&filed.case_id).await;
    let (group, others) = (said.parties[0].group.clone(), &said.parties[1..10]);
    assert!(!group.is_empty() && !group.contains("业主") && others.iter().all(|one| one.group == group));
    assert_eq!(said.parties.iter().filter(|one| one.elected).count(), 2);
    assert_eq!(said.parties[10].group, "");

    // Ten was the least; the tenth leaves all the same, and so may one who was elected.
    let mut etag = filed.version;
    for (at, field) in [(9, "member_of"), (0, "elected_for")] {
        let mut party = filed.parties[at].clone();
        if field == "member_of" {
            party.member_of.clear();
        } else {
            party.elected_for.clear();
        }
        let ask = proto::AmendPartyRequest {
            case_id: filed.case_id.clone(),
            party: Some(party),
            etag,
            ..Default::default()
        };
        let amended = stage.door.amend_party(clerk().ask("AmendParty", ask)).await.unwrap().into_inner();
        etag = amended.version;
        let said: proto::PartyAmended = stage.last_said(&filed.case_id).await;
        assert_eq!(said.party.unwrap().group, "", "{field}");
    }
    // A sixth representative is too many; a member of the other side is on the wrong side.
    for at in 2..6 {
        let elected = words::Party { elected_for: GROUP.into(), ..filed.parties[at].clone() };
        let ask = proto::AmendPartyRequest {
            case_id: filed.case_id.clone(),
            party: Some(elected),
            etag,
            ..Default::default()
        };
        etag = stage.door.amend_party(clerk().ask("AmendParty", ask)).await.unwrap().into_inner().version;
    }
    let wrong = async |party: words::Party| {
        let (case_id, party) = (filed.case_id.clone(), Some(party));
        let ask = proto::AmendPartyRequest { case_id, party, etag, ..Default::default() };
        bad_fields(&stage.door.amend_party(clerk().ask("AmendParty", ask)).await.unwrap_err())
    };
    let sixth = words::Party { elected_for: GROUP.into(), ..filed.parties[7].clone() };
    assert_eq!(wrong(sixth).await, ["party.elected_for GROUP_REPRESENTATIVES"]);
    let turned = words::Party { member_of: GROUP.into(), ..filed.parties[10].clone() };
    assert_eq!(wrong(turned).await, ["party.role GROUP_ONE_SIDE"]);
}
