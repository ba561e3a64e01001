//! Ties that cases tell, ties that come while a case is held, ties that are withdrawn.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod town;

use access::{Caller, Role};
use contracts::intake::v1::{
    AgentDigest, DisputeAccepted, DisputeClosed, DisputeFiled, DisputesLinked, LinkKind, PartyAmended,
    PartyDigest,
};
use contracts::lexicon::v1::{PaperKind, PartyRole};
use contracts::routing::v1::{
    AnswerAssistanceRequest, AssistanceKind, ClaimEnded, DeclareTieRequest, FindConflictRequest,
    FormerMediatorActs, ListTiesRequest, ReferralState, RequestAssistanceRequest, Tie, TieBond, TiePaper,
    WithdrawTieRequest,
};
use prost::Message;
use routing::store::Store;
use tonic::{Code, Status};
use town::{FAMILY, HALL, Town, as_caller, caller, clerk, declared, head, mediator, reason, why};
use uuid::Uuid;

const PHONE: &str = "13800138000";

fn paper(n: usize) -> TiePaper {
    TiePaper { kind: PaperKind::Passport.into(), number: format!("E{n:08}"), ..Default::default() }
}

fn digest(town: &Town, n: usize) -> String {
    town.vault.index("party-number", &format!("PASSPORT:E{n:08}"))
}

fn party(town: &Town, id: &str, n: usize) -> PartyDigest {
    let role = PartyRole::Respondent.into();
    PartyDigest { party_id: id.to_owned(), role, digest: digest(town, n), ..Default::default() }
}

fn represented(town: &Town, id: &str, n: usize, agent: usize) -> PartyDigest {
    let agents = vec![AgentDigest { digest: digest(town, agent), ..Default::default() }];
    PartyDigest { agents, ..party(town, id, n) }
}

async fn declare(town: &Town, by: &Caller, ask: DeclareTieRequest) -> Result<Tie, Status> {
    Ok(town.client().declare_tie(as_caller(by, "DeclareTie", ask)).await?.into_inner())
}

fn tie(whose: &str, bond: TieBond, with: TiePaper, of: Option<TiePaper>) -> DeclareTieRequest {
    DeclareTieRequest { mediator: whose.to_owned(), bond: bond.into(), with: Some(with), of }
}

async fn withdraw(town: &Town, by: &Caller, whose: &str, with: usize) -> Result<Tie, Status> {
    let ask = WithdrawTieRequest {
        mediator: whose.to_owned(),
        bond: TieBond::Relative.into(),
        with: Some(paper(with)),
        reason: "户籍资料显示双方并无亲属关系。".to_owned(),
        ..Default::default()
    };
    Ok(town.client().withdraw_tie(as_caller(by, "WithdrawTie", ask)).await?.into_inner())
}

/// A case of these parties in the family studio's pool.
async fn among(town: &Town, parties: Vec<PartyDigest>) -> Uuid {
    let case = town.clock.id();
    let filed = DisputeFiled { first_receiver_org: HALL.to_owned(), ..Default::default() };
    town.say(&town.intake, case, 1, &filed).await;
    town.say(&town.intake, case, 2, &DisputeAccepted { parties, ..town::accepted("P2") }).await;
    town.refer(case, FAMILY).await.unwrap();
    town.accept(case, FAMILY).await.unwrap();
    case
}

async fn path(town: &Town, case: Uuid, whom: &str) -> (Vec<TieBond>, String) {
    let ask = FindConflictRequest { case_id: case.to_string(), mediator: whom.to_owned() };
    let found = town.client().find_conflict(as_caller(&head(FAMILY), "FindConflict", ask)).await.unwrap();
    let found = found.into_inner();
    (found.path().collect(), found.party_id)
}

/// What the tick does.
async fn tick(town: &Town) {
    Store::new(town.desk.clone(), town.vault.clone()).check_ties().await.unwrap();
}

/// Nobody holds it, the former holder is kept from it, and somebody else takes it.
async fn goes_on_without(town: &Town, case: Uuid, former: &Caller) {
    let out = town.get(case, &clerk()).await.unwrap();
    assert_eq!((out.state(), out.holder.as_str()), (ReferralState::Fencing, FAMILY));
    assert_eq!(why(town.get(case, former).await).0, Code::NotFound, "they see it no more");
    let said = town.said(case).await.pop().unwrap();
    let said = ClaimEnded::decode(said.2.as_slice()).unwrap();
    assert_eq!((said.recused_accounts, said.lapsed), (vec![former.account.to_string()], false));
    town.fence_stored(case, out.fence.unwrap()).await;
    assert_eq!(town.state(case).await, ReferralState::Pool);
    assert_eq!(town.claim(case, &mediator("mediator-15", FAMILY)).await.unwrap().holder, "mediator-15");
}

#[tokio::test]
async fn a_tie_that_is_declared_takes_out_whoever_it_binds_and_nobody_else() {
    let town = Town::open().await;
    let (me, other) = (mediator("mediator-13", FAMILY), mediator("mediator-14", FAMILY));
    let (mine, through, strangers) = (
        among(&town, vec![party(&town, "p1", 1)]).await,
        among(&town, vec![party(&town, "p7", 7)]).await,
        among(&town, vec![party(&town, "p9", 9)]).await,
    );
    let claimed = town.claim(mine, &me).await.unwrap();
    town.confirm(mine, &me, claimed.fence, declared()).await.unwrap();
    town.claim(strangers, &me).await.unwrap();
    town.claim(through, &other).await.unwrap();
    declare(&town, &other, tie("mediator-14", TieBond::Relative, paper(5), None)).await.unwrap();
    assert_eq!(town.get(through, &other).await.unwrap().holder, "mediator-14");

    declare(&town, &me, tie("mediator-13", TieBond::Relative, paper(1), None)).await.unwrap();
    goes_on_without(&town, mine, &me).await;
    assert_eq!(town.get(strangers, &me).await.unwrap().holder, "mediator-13");
    // Declared in one's name, it binds another who is tied to the same person.
    let employer = tie("mediator-13", TieBond::Employer, paper(7), Some(paper(5)));
    declare(&town, &head(FAMILY), employer).await.unwrap();
    goes_on_without(&town, through, &other).await;
    assert_eq!(town.quarantined().await, 0);
}

#[tokio::test]
async fn who_acts_for_a_party_in_any_case_binds_whoever_is_tied_to_them() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    declare(&town, &me, tie("mediator-13", TieBond::Relative, paper(20), None)).await.unwrap();
    let acting = among(&town, vec![represented(&town, "p1", 1, 20)]).await;
    assert_eq!(reason(town.claim(acting, &me).await), "CONFLICT_OF_INTEREST");
    let bonds = vec![TieBond::Relative, TieBond::Representative];
    assert_eq!(path(&town, acting, "mediator-13").await, (bonds.clone(), "p1".to_owned()));
    // The same party in another case, where nobody acts for it.
    let alone = among(&town, vec![party(&town, "q1", 1)]).await;
    assert_eq!(path(&town, alone, "mediator-13").await, (bonds, "q1".to_owned()));

    // Held, and only then the relative is named as an agent: here, and of the same party elsewhere.
    let (here, elsewhere) =
        (among(&town, vec![party(&town, "p2", 2)]).await, among(&town, vec![party(&town, "p3", 3)]).await);
    town.claim(here, &me).await.unwrap();
    town.claim(elsewhere, &me).await.unwrap();
    let amended = PartyAmended { party: Some(represented(&town, "p2", 2, 20)) };
    town.say(&town.intake, here, 3, &amended).await;
    goes_on_without(&town, here, &me).await;
    among(&town, vec![represented(&town, "r3", 3, 20)]).await;
    assert_eq!(town.get(elsewhere, &me).await.unwrap().holder, "mediator-13");
    tick(&town).await;
    goes_on_without(&town, elsewhere, &me).await;
    // By telephone, where no paper is known.
    let phone = TiePaper { phone: "+86 138-0013-8000".to_owned(), ..Default::default() };
    declare(&town, &me, tie("mediator-13", TieBond::Relative, phone, None)).await.unwrap();
    let known = PartyDigest {
        party_id: "t1".to_owned(),
        phone: town.vault.index("party-phone", PHONE),
        ..Default::default()
    };
    let dialled = among(&town, vec![known]).await;
    assert_eq!(path(&town, dialled, "mediator-13").await, (vec![TieBond::Relative], "t1".to_owned()));
}

#[tokio::test]
async fn a_tie_is_withdrawn_by_the_head_with_a_reason_and_stays_on_record() {
    let town = Town::open().await;
    let (me, studio) = (mediator("mediator-13", FAMILY), head(FAMILY));
    let first = declare(&town, &me, tie("mediator-13", TieBond::Relative, paper(1), None)).await.unwrap();
    town.clock.advance(chrono::Duration::hours(1));
    let again = declare(&town, &studio, tie("mediator-13", TieBond::Relative, paper(1), None)).await.unwrap();
    assert_eq!(again, first, "the one that is kept, not the caller's");
    let case = among(&town, vec![party(&town, "p1", 1)]).await;
    assert_eq!(reason(town.claim(case, &me).await), "CONFLICT_OF_INTEREST");

    assert_eq!(why(withdraw(&town, &me, "mediator-13", 1).await).0, Code::PermissionDenied);
    let own = caller("mediator-13", FAMILY, Role::StudioHead);
    assert_eq!(reason(withdraw(&town, &own, "mediator-13", 1).await), "DECIDES_OWN_RECUSAL");
    let elsewhere = withdraw(&town, &head(town::COURT), "mediator-13", 1).await;
    assert_eq!(reason(elsewhere), "NOT_OF_THIS_STUDIO");
    assert_eq!(why(withdraw(&town, &studio, "mediator-13", 2).await).0, Code::NotFound);
    let gone = withdraw(&town, &studio, "mediator-13", 1).await.unwrap();
    assert_eq!((gone.declared_by.as_str(), gone.withdrawn_by.as_str()), ("mediator-13", "head"));
    assert!(gone.withdraw_time.is_some());
    town.clock.advance(chrono::Duration::hours(1));
    assert_eq!(withdraw(&town, &studio, "mediator-13", 1).await.unwrap(), gone, "already so");
    let ask = ListTiesRequest { mediator: "mediator-13".to_owned() };
    let ties = town.client().list_ties(as_caller(&studio, "ListTies", ask)).await.unwrap().into_inner().ties;
    assert_eq!(ties, [gone]);
    let bytes = town.memory.bytes().await;
    let told = "户籍资料".as_bytes();
    assert!(!bytes.windows(told.len()).any(|window| window == told), "why is sealed");
    assert_eq!(path(&town, case, "mediator-13").await, (vec![], String::new()));
    town.claim(case, &me).await.unwrap();
    // It holds again, and takes its mediator out at once.
    let anew = declare(&town, &studio, tie("mediator-13", TieBond::Relative, paper(1), None)).await.unwrap();
    assert_eq!((anew.declared_by.as_str(), anew.withdrawn_by.as_str()), ("head", ""));
    goes_on_without(&town, case, &me).await;
}

#[tokio::test]
async fn who_has_mediated_the_matter_neither_mediates_it_again_nor_acts_in_it() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    declare(&town, &me, tie("mediator-13", TieBond::SamePerson, paper(77), None)).await.unwrap();
    let first = among(&town, vec![party(&town, "p1", 1)]).await;
    let claimed = town.claim(first, &me).await.unwrap();
    town.confirm(first, &me, claimed.fence, declared()).await.unwrap();
    let second = among(&town, vec![party(&town, "q1", 1)]).await;
    let linked =
        |other: Uuid, kind: LinkKind| DisputesLinked { other_case_id: other.to_string(), kind: kind.into() };
    town.say(&town.intake, first, 3, &linked(second, LinkKind::Related)).await;
    assert_eq!(path(&town, second, "mediator-13").await.0, vec![], "related is not the same");
    town.say(&town.intake, second, 3, &linked(first, LinkKind::DuplicateOf)).await;
    town.say(&town.intake, first, 4, &linked(second, LinkKind::HasDuplicate)).await;
    assert_eq!(path(&town, second, "mediator-13").await.0, vec![], "both are still the same mediation");
    town.say(&town.intake, first, 5, &DisputeClosed::default()).await;
    let bonds = vec![TieBond::EarlierRole, TieBond::SameMatter];
    assert_eq!(path(&town, second, "mediator-13").await, (bonds, String::new()));
    assert_eq!(reason(town.claim(second, &me).await), "CONFLICT_OF_INTEREST");
    assert_eq!(town.claim(second, &mediator("mediator-14", FAMILY)).await.unwrap().holder, "mediator-14");

    // As an agent they are named, in the matter and nowhere else.
    let third = among(&town, vec![represented(&town, "r1", 5, 77)]).await;
    for (case, id) in [(first, "p1"), (second, "q1")] {
        let amended = PartyAmended { party: Some(represented(&town, id, 1, 77)) };
        town.say(&town.intake, case, 6, &amended).await;
    }
    for (case, named) in [(first, Some("p1")), (second, Some("q1")), (third, None)] {
        let said = town.said(case).await;
        let former = said.iter().find(|(kind, ..)| kind == "FormerMediatorActs");
        let former = former.map(|(_, _, letter)| FormerMediatorActs::decode(letter.as_slice()).unwrap());
        assert_eq!(former.as_ref().map(|one| one.party_id.as_str()), named);
        assert!(former.is_none_or(|one| one.account == "mediator-13"));
    }
    assert_eq!(town.quarantined().await, 0);
}

#[tokio::test]
async fn a_withdrawn_declaration_takes_away_neither_another_s_nor_what_a_case_tells() {
    let town = Town::open().await;
    let (studio, me) = (head(FAMILY), mediator("mediator-13", FAMILY));
    declare(&town, &me, tie("mediator-13", TieBond::Relative, paper(20), None)).await.unwrap();
    among(&town, vec![represented(&town, "p1", 1, 20)]).await;
    let bonds = vec![TieBond::Relative, TieBond::Representative];
    let acts_for =
        |whose: &str, with: usize| tie(whose, TieBond::Representative, paper(with), Some(paper(20)));
    // Declared by two, mistyped by one, and told by a case.
    for (whose, with) in [("mediator-13", 1), ("mediator-14", 1), ("mediator-14", 2)] {
        declare(&town, &studio, acts_for(whose, with)).await.unwrap();
    }
    let (told, mistyped) =
        (among(&town, vec![party(&town, "q1", 1)]).await, among(&town, vec![party(&town, "q2", 2)]).await);
    assert_eq!(path(&town, mistyped, "mediator-13").await, (bonds.clone(), "q2".to_owned()));
    let ask = ListTiesRequest { mediator: "mediator-14".to_owned() };
    let ties = town.client().list_ties(as_caller(&studio, "ListTies", ask)).await.unwrap().into_inner().ties;
    assert_eq!(ties.len(), 2);
    for one in ties {
        let ask = WithdrawTieRequest {
            mediator: "mediator-14".to_owned(),
            tie_id: one.tie_id.clone(),
            reason: "登记有误。".to_owned(),
            ..Default::default()
        };
        let asked = as_caller(
            &studio,
            "WithdrawTie",
            WithdrawTieRequest { mediator: "mediator-13".to_owned(), ..ask.clone() },
        );
        assert_eq!(town.client().withdraw_tie(asked).await.unwrap_err().code(), Code::NotFound, "another's");
        let gone =
            town.client().withdraw_tie(as_caller(&studio, "WithdrawTie", ask)).await.unwrap().into_inner();
        assert_eq!((gone.tie_id, gone.withdrawn_by.as_str()), (one.tie_id, "head"));
    }
    assert_eq!(path(&town, mistyped, "mediator-13").await.0, vec![]);
    assert_eq!(path(&town, told, "mediator-13").await, (bonds.clone(), "q1".to_owned()));
    let ask = WithdrawTieRequest {
        mediator: "mediator-13".to_owned(),
        bond: TieBond::Representative.into(),
        with: Some(paper(1)),
        of: Some(paper(20)),
        reason: "已不再代理。".to_owned(),
        ..Default::default()
    };
    town.client().withdraw_tie(as_caller(&studio, "WithdrawTie", ask)).await.unwrap();
    assert_eq!(path(&town, told, "mediator-13").await, (bonds, "q1".to_owned()), "the case tells it still");
}

#[tokio::test]
async fn whoever_sits_beside_the_holder_leaves_by_a_tie_too() {
    let town = Town::open().await;
    let (me, beside) = (mediator("mediator-13", FAMILY), mediator("mediator-99", town::COURT));
    town.enlist(town::COURT, [beside.account.to_string()]).await;
    let case = among(&town, vec![party(&town, "p1", 1)]).await;
    let claimed = town.claim(case, &me).await.unwrap();
    town.confirm(case, &me, claimed.fence, declared()).await.unwrap();
    let wish = RequestAssistanceRequest {
        case_id: case.to_string(),
        to_org: town::COURT.to_owned(),
        kind: AssistanceKind::JointMediation.into(),
        reason: "案情复杂，请派员共同调解。".to_owned(),
        due_date: String::new(),
    };
    let asked = as_caller(&head(FAMILY), "RequestAssistance", wish);
    let asked = town.client().request_assistance(asked).await.unwrap().into_inner();
    let answer = AnswerAssistanceRequest {
        case_id: case.to_string(),
        number: asked.assistance.unwrap().number,
        accepted: true,
        note: "已安排。".to_owned(),
        co_mediators: vec![beside.account.to_string()],
    };
    let answer = as_caller(&head(town::COURT), "AnswerAssistance", answer);
    town.client().answer_assistance(answer).await.unwrap();
    assert_eq!(town.get(case, &beside).await.unwrap().holder, "mediator-13");
    let duplicate = among(&town, vec![party(&town, "q9", 9)]).await;
    let linked = DisputesLinked { other_case_id: duplicate.to_string(), kind: LinkKind::HasDuplicate.into() };
    town.say(&town.intake, case, 3, &linked).await;
    declare(&town, &beside, tie("mediator-99", TieBond::Employer, paper(1), None)).await.unwrap();
    assert_eq!(why(town.get(case, &beside).await).0, Code::NotFound, "they see it no more");
    assert_eq!(town.get(case, &me).await.unwrap().holder, "mediator-13", "whom nothing binds stays");
    assert!(town.said(case).await.iter().any(|(kind, ..)| kind == "AssistanceEnded"));
    // Once it is over, who sat at the table has mediated the matter.
    town.say(&town.intake, case, 4, &DisputeClosed::default()).await;
    let bonds = vec![TieBond::EarlierRole, TieBond::SameMatter];
    assert_eq!(path(&town, duplicate, "mediator-99").await.0, bonds);
}

#[tokio::test]
async fn a_duty_lawyer_who_has_advised_does_not_mediate_the_dispute() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    let case = town.clock.id();
    let filed = DisputeFiled { first_receiver_org: HALL.to_owned(), ..Default::default() };
    town.say(&town.intake, case, 1, &filed).await;
    let (parties, adviser) = (vec![party(&town, "p1", 1)], "mediator-13".to_owned());
    town.say(&town.intake, case, 2, &DisputeAccepted { parties, adviser, ..town::accepted("P2") }).await;
    town.refer(case, FAMILY).await.unwrap();
    town.accept(case, FAMILY).await.unwrap();
    assert_eq!(reason(town.claim(case, &me).await), "CONFLICT_OF_INTEREST");
    assert_eq!(path(&town, case, "mediator-13").await.0, vec![TieBond::EarlierRole]);
    // Of another case of the same person that is no reason.
    let other = among(&town, vec![party(&town, "q1", 1)]).await;
    town.claim(other, &me).await.unwrap();
}

#[tokio::test]
async fn a_former_mediator_who_acts_already_is_named_when_the_cases_are_joined() {
    let town = Town::open().await;
    let me = mediator("mediator-13", FAMILY);
    declare(&town, &me, tie("mediator-13", TieBond::SamePerson, paper(77), None)).await.unwrap();
    let first = among(&town, vec![party(&town, "p1", 1)]).await;
    let claimed = town.claim(first, &me).await.unwrap();
    town.confirm(first, &me, claimed.fence, declared()).await.unwrap();
    town.say(&town.intake, first, 3, &DisputeClosed::default()).await;
    let second = among(&town, vec![represented(&town, "q1", 1, 77)]).await;
    let named = async || {
        let said = town.said(second).await;
        said.iter().filter(|(kind, ..)| kind == "FormerMediatorActs").count()
    };
    assert_eq!(named().await, 0, "nobody knows that they are one matter");
    let linked = DisputesLinked { other_case_id: first.to_string(), kind: LinkKind::DuplicateOf.into() };
    town.say(&town.intake, second, 3, &linked).await;
    assert_eq!(named().await, 1);
}
