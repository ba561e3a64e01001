//! Conflicts of interest: declared ties, refused holders, a party that comes and takes the mediator out.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

#[path = "conflict/bound.rs"]
mod bound;
mod town;

use access::{Caller, Role};
use contracts::intake::v1::{AgentDigest, DisputeAccepted, DisputeFiled, PartyAmended, PartyDigest};
use contracts::lexicon::v1::{PaperKind, PartyRole};
use contracts::routing::v1::{
    AppointMediatorRequest, Appointment, AppointmentOutcome, ChooseMediatorRequest, ClaimEnded,
    DeclareTieRequest, FindConflictRequest, FindConflictResponse, ListTiesRequest, ReferralState,
    TakeNextCaseRequest, Tie, TieBond, TiePaper,
};
use courier::{Actor, WriteList};
use prost::Message;
use tonic::{Code, Status};
use town::{CENTRE, COURT, FAMILY, HALL, Town, as_caller, clerk, declared, head, mediator, reason, why};
use uuid::Uuid;

fn number(n: usize) -> String {
    format!("E{n:08}")
}

fn paper(n: usize) -> TiePaper {
    TiePaper { kind: PaperKind::Passport.into(), number: number(n), ..Default::default() }
}

/// The digest that intake tells of a party with this paper.
fn digest(town: &Town, n: usize) -> String {
    town.vault.index("party-number", &format!("PASSPORT:{}", number(n)))
}

async fn declare(
    town: &Town,
    by: &Caller,
    whose: &str,
    bond: TieBond,
    with: usize,
    of: Option<usize>,
) -> Result<Tie, Status> {
    let (mediator, with, of) = (whose.to_owned(), Some(paper(with)), of.map(paper));
    let ask = DeclareTieRequest { mediator, bond: bond.into(), with, of };
    Ok(town.client().declare_tie(as_caller(by, "DeclareTie", ask)).await?.into_inner())
}

async fn find(town: &Town, by: &Caller, case: Uuid, whom: &str) -> Result<FindConflictResponse, Status> {
    let ask = FindConflictRequest { case_id: case.to_string(), mediator: whom.to_owned() };
    Ok(town.client().find_conflict(as_caller(by, "FindConflict", ask)).await?.into_inner())
}

fn party(town: &Town, id: &str, role: PartyRole, n: usize) -> PartyDigest {
    PartyDigest { party_id: id.to_owned(), role: role.into(), digest: digest(town, n), ..Default::default() }
}

/// A case in the family studio's pool between two people.
async fn between(town: &Town, one: usize, other: usize) -> Uuid {
    let parties =
        vec![party(town, "p1", PartyRole::Claimant, one), party(town, "p2", PartyRole::Respondent, other)];
    among(town, parties).await
}

/// The same between these.
async fn among(town: &Town, parties: Vec<PartyDigest>) -> Uuid {
    let case = said(town, parties).await;
    town.settle().await;
    town.refer(case, FAMILY).await.unwrap();
    town.accept(case, FAMILY).await.unwrap();
    case
}

/// A case that intake has accepted: said, and not waited for.
async fn said(town: &Town, parties: Vec<PartyDigest>) -> Uuid {
    let case = town.clock.id();
    let stamp = town.intake.stamp(Actor::service("intake", CENTRE), "test", None);
    let mut list = WriteList::new(&stamp, Some(case));
    let filed = DisputeFiled { first_receiver_org: HALL.to_owned(), ..Default::default() };
    let accepted = DisputeAccepted { parties, ..town::accepted("P2") };
    list.post(case, 1, &filed).post(case, 2, &accepted);
    town.intake.commit(list).await.unwrap();
    case
}

#[tokio::test]
async fn who_is_bound_to_a_party_gets_the_case_by_no_way() {
    let town = Town::open().await;
    let (me, studio) = (mediator("mediator-13", FAMILY), head(FAMILY));
    let tie = declare(&town, &me, "mediator-13", TieBond::Relative, 1, None).await.unwrap();
    assert_eq!((tie.bond(), tie.own, tie.declared_by.as_str()), (TieBond::Relative, true, "mediator-13"));
    declare(&town, &studio, "mediator-13", TieBond::Employer, 2, Some(1)).await.unwrap();
    declare(&town, &studio, "mediator-13", TieBond::Employer, 2, Some(1)).await.unwrap();
    let ask = ListTiesRequest { mediator: "mediator-13".to_owned() };
    let ties = town.client().list_ties(as_caller(&studio, "ListTies", ask)).await.unwrap().into_inner().ties;
    assert_eq!(
        ties.iter().map(|one| (one.bond(), one.own)).collect::<Vec<_>>(),
        [(TieBond::Relative, true), (TieBond::Employer, false)]
    );

    let case = between(&town, 2, 3).await;
    let (code, told, facts) = why(town.claim(case, &me).await);
    assert_eq!((code, told.as_str()), (Code::FailedPrecondition, "CONFLICT_OF_INTEREST"));
    assert_eq!((facts["path"].as_str(), facts["article"].as_str()), ("RELATIVE,EMPLOYER", "L4 art. 15, 16"));
    assert!(!facts.contains_key("party_id"), "whom it is about is for those who may see");
    let take = TakeNextCaseRequest { request_id: "r".to_owned() };
    let taken = town.client().take_next_case(as_caller(&me, "TakeNextCase", take)).await;
    assert_eq!(reason(taken), "POOL_EMPTY");
    let ask = ChooseMediatorRequest {
        case_id: case.to_string(),
        mediator: "mediator-13".to_owned(),
        agreeing_party_ids: vec!["p1".to_owned(), "p2".to_owned()],
        relation_known: false,
    };
    let chosen = town.client().choose_mediator(as_caller(&clerk(), "ChooseMediator", ask)).await;
    assert_eq!(reason(chosen), "CONFLICT_OF_INTEREST");
    let appoint = |who: &str| {
        let appointments = vec![Appointment { case_id: case.to_string(), mediator: who.to_owned() }];
        let asked = as_caller(&head(FAMILY), "AppointMediator", AppointMediatorRequest { appointments });
        let mut client = town.client();
        async move { client.appoint_mediator(asked).await.unwrap().into_inner().results.remove(0) }
    };
    assert_eq!(appoint("mediator-13").await.reason, "CONFLICT_OF_INTEREST");

    let found = find(&town, &studio, case, "mediator-13").await.unwrap();
    assert_eq!(
        (found.party_id.as_str(), found.path().collect::<Vec<_>>()),
        ("p1", vec![TieBond::Relative, TieBond::Employer])
    );
    assert_eq!(find(&town, &me, case, "mediator-13").await.unwrap(), found, "about themselves they may know");
    let other = mediator("mediator-14", FAMILY);
    assert_eq!(why(find(&town, &other, case, "mediator-13").await).0, Code::PermissionDenied);
    assert_eq!(find(&town, &studio, case, "mediator-14").await.unwrap(), FindConflictResponse::default());
    assert_eq!(why(find(&town, &head(COURT), case, "mediator-13").await).0, Code::NotFound);

    // Somebody else has it, and nobody is the poorer for a tie to strangers.
    let given = appoint("").await;
    assert_eq!((given.outcome(), given.mediator.as_str()), (AppointmentOutcome::Appointed, "mediator-14"));
    let strangers = between(&town, 8, 9).await;
    assert!(town.claim(strangers, &me).await.is_ok());
}

#[tokio::test]
async fn a_tie_is_ones_own_affair_or_the_heads_and_its_number_is_nowhere() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    let other = mediator("mediator-14", FAMILY);
    assert_eq!(
        why(declare(&town, &other, "mediator-13", TieBond::Relative, 1, None).await).0,
        Code::PermissionDenied
    );
    let elsewhere = declare(&town, &head(COURT), "mediator-13", TieBond::Relative, 1, None).await;
    assert_eq!(reason(elsewhere), "NOT_OF_THIS_STUDIO");
    assert_eq!(
        why(declare(&town, &clerk(), "clerk-1", TieBond::Relative, 1, None).await).0,
        Code::PermissionDenied
    );
    let bad = DeclareTieRequest {
        mediator: "mediator-13".to_owned(),
        with: Some(TiePaper {
            kind: PaperKind::ResidentId.into(),
            number: "442000199001010013".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let refused = town.client().declare_tie(as_caller(&me, "DeclareTie", bad)).await;
    assert_eq!(why(refused).0, Code::InvalidArgument);
    declare(&town, &me, "mediator-13", TieBond::Relative, 4711, None).await.unwrap();
    town.settle().await;
    let bytes = town.memory.bytes().await;
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!holds(&number(4711)) && holds(&digest(&town, 4711)));
}

#[tokio::test]
async fn a_party_that_comes_takes_a_bound_mediator_out_and_the_case_keeps_a_holder() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    declare(&town, &me, "mediator-13", TieBond::Representative, 5, None).await.unwrap();
    for is_confirmed in [false, true] {
        let case = between(&town, 1, 2).await;
        let claimed = town.claim(case, &me).await.unwrap();
        if is_confirmed {
            town.confirm(case, &me, claimed.fence, declared()).await.unwrap();
        }
        let amended = |n| PartyAmended { party: Some(party(&town, "p3", PartyRole::ThirdParty, n)) };
        town.say(&town.intake, case, 3, &amended(9)).await;
        assert_eq!(town.get(case, &me).await.unwrap().holder, "mediator-13", "a stranger came");
        town.say(&town.intake, case, 4, &amended(5)).await;
        let out = town.get(case, &clerk()).await.unwrap();
        assert_eq!((out.state(), out.holder.as_str()), (ReferralState::Fencing, FAMILY));
        assert!(out.fence.unwrap().n > claimed.fence.unwrap().n);
        assert_eq!(why(town.get(case, &me).await).0, Code::NotFound, "they see it no more");
        assert_eq!(reason(town.confirm(case, &me, claimed.fence, declared()).await), "FENCE_PASSED");
        let said = town.said(case).await.pop().unwrap();
        let said = ClaimEnded::decode(said.2.as_slice()).unwrap();
        assert_eq!((said.recused_accounts, said.lapsed), (vec!["mediator-13".to_owned()], false));
        town.fence_stored(case, out.fence.unwrap()).await;
        assert_eq!(why(town.claim(case, &me).await).0, Code::NotFound);
        let next = town.claim(case, &mediator("mediator-14", FAMILY)).await.unwrap();
        assert_eq!(next.holder, "mediator-14");
        // What came is kept: whoever confirms has three parties.
        town.confirm(case, &mediator("mediator-14", FAMILY), next.fence, declared()).await.unwrap();
        let confirmed = town.said(case).await.pop().unwrap();
        let confirmed = contracts::routing::v1::ClaimConfirmed::decode(confirmed.2.as_slice()).unwrap();
        assert_eq!(confirmed.facts.unwrap().parties.len(), 3);
    }
    assert_eq!(town.quarantined().await, 0);
}

/// Chains of one to four ties from two dozen mediators, and a case for each end: what is within three is found, the fourth is not. The
/// last tie is declared, or told by the case itself (somebody acts for the party), or by an earlier case of the same party.
#[tokio::test]
async fn a_planted_graph_is_found_whole_and_nothing_else() {
    let town = Town::open().await;
    town.enlist(FAMILY, (0..24).map(|n| format!("m-{n}"))).await;
    let bonds = [TieBond::Relative, TieBond::Employer, TieBond::Creditor, TieBond::Representative];
    let (mut cases, mut by_cases) = (vec![], 0);
    for n in 0..24_usize {
        let (account, length) = (format!("m-{n}"), 1 + n % 4);
        let me = town::caller(&account, FAMILY, Role::Mediator);
        // A tie of the mediator's own is nobody's but theirs to declare.
        let (told, last) = (if length == 1 { 0 } else { n / 4 % 3 }, length - 1);
        for step in 0..if told == 0 { length } else { last } {
            let (with, of) = (1000 + n * 10 + step, step.checked_sub(1).map(|before| 1000 + n * 10 + before));
            declare(&town, &me, &account, bonds[(n + step) % 4], with, of).await.unwrap();
        }
        let respondent = 1000 + n * 10 + last;
        let mut party = party(&town, "p1", PartyRole::Respondent, respondent);
        let agent = |n: usize| AgentDigest { digest: digest(&town, n), ..Default::default() };
        if told == 2 {
            let acted_for = PartyDigest { agents: vec![agent(respondent - 1)], ..party.clone() };
            said(&town, vec![acted_for]).await;
        }
        if told == 1 {
            party.agents = vec![agent(respondent - 1)];
        }
        by_cases += usize::from(told > 0);
        cases.push((account, length, said(&town, vec![party]).await));
    }
    assert_eq!(by_cases, 12);
    town.settle().await;
    for (.., case) in &cases {
        town.refer(*case, FAMILY).await.unwrap();
    }
    let (studio, mut hits) = (head(FAMILY), 0);
    for (at, (account, length, case)) in cases.iter().enumerate() {
        for (other, (_, _, elsewhere)) in
            cases.iter().enumerate().filter(|(other, _)| (at + other) % 5 == 0 || at == *other)
        {
            let found =
                find(&town, &studio, if at == other { *case } else { *elsewhere }, account).await.unwrap();
            let expected = if at == other && *length <= 3 { *length } else { 0 };
            assert_eq!(found.path.len(), expected, "{account} over {length} ties");
            hits += usize::from(expected > 0);
        }
    }
    assert_eq!(hits, 18);
}
