//! A group at the table: its representatives act for it, and settle only with everybody's own consent to the very terms.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use chrono::{DateTime, Duration, Utc};
use lexicon::{AccountId, CaseId, Fen, OrgId, Outcome, PartyId, PartyRole, Refusal as _};
use mediation::model::course::Will;
use mediation::model::mediation::Answer;
use mediation::model::{
    CaseDesk, Claim, Fence, Mediation, Member, Party, Refusal, Seating, Signatory, State, Terms,
};
use proptest::prelude::*;
use rulebook::period::{Period, Unit};
use uuid::Uuid;

/// Who is who: two whom the group elected, its members, and the other side.
const ELECTED: [u128; 2] = [1, 2];
const MEMBERS: std::ops::RangeInclusive<u128> = 3..=5;
const OTHER: u128 = 9;

fn at(minutes: i64) -> DateTime<Utc> {
    "2026-03-02T01:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes)
}

fn id(n: u128) -> PartyId {
    Uuid::from_u128(n).into()
}

fn member(elected: bool) -> Member {
    Member { group: "owners".to_owned(), elected }
}

fn parties(consented: &[u128]) -> Vec<Party> {
    let of = |n: u128, role, member| Party {
        id: id(n),
        role,
        consented: consented.contains(&n).then(|| at(0)),
        member,
    };
    let elected = ELECTED.map(|n| of(n, PartyRole::Claimant, Some(member(true))));
    let members = MEMBERS.map(|n| of(n, PartyRole::Claimant, Some(member(false))));
    elected.into_iter().chain(members).chain([of(OTHER, PartyRole::Respondent, None)]).collect()
}

/// The case at a table where these have consented to mediate.
fn desk(consented: &[u128]) -> CaseDesk {
    let claim = Claim {
        fence: Fence { epoch: 1, n: 1 },
        mediator: AccountId::new("mediator-1").unwrap(),
        studio: OrgId::new("studio-1").unwrap(),
        track: "PM".to_owned(),
        parties: parties(consented),
    };
    let desk = CaseDesk::unheard(CaseId::from(Uuid::from_u128(8)));
    desk.confirmed(claim, Uuid::from_u128(7).into(), at(1)).into_noun()
}

fn terms(digest: &str) -> Terms {
    Terms { digest: digest.to_owned(), partial: false, amount: Fen::new(5_000).unwrap() }
}

fn drafted() -> Mediation {
    let run = desk(&[1, 2, OTHER]).run.unwrap();
    moved(run.draft(terms("a"), vec![], Uuid::from_u128(6).into(), at(2)))
}

fn moved(answer: Answer) -> Mediation {
    match answer.unwrap() {
        Outcome::Changed(run, _) => run,
        Outcome::AlreadySo(_) => panic!("nothing has changed"),
    }
}

fn reason(answer: Answer) -> &'static str {
    let refused: Refusal = answer.unwrap_err();
    refused.reason()
}

fn sign(run: Mediation, by: Signatory) -> Answer {
    run.sign(by, at(3))
}

#[test]
fn a_mediation_begins_with_the_representatives_consent_and_not_without_it() {
    let run = desk(&[1, 2, OTHER]).run.unwrap();
    assert!(matches!(run.state, State::InMediation { .. }));
    let waiting = desk(&[1, 3, 4, 5, OTHER]).run.unwrap();
    assert_eq!(waiting.state, State::ConsentPending, "who was elected consents itself");
    let acting: Vec<PartyId> = run.required();
    assert_eq!(acting, [1, 2, OTHER].map(id), "what they do at the table binds the group");
}

#[test]
fn representatives_sign_once_every_member_has_consented_to_these_terms() {
    let run = drafted();
    assert_eq!(reason(sign(run.clone(), Signatory::Party(id(1)))), "GROUP_CONSENT_MISSING");
    assert_eq!(
        reason(sign(run.clone(), Signatory::Member(id(1)))),
        "NOT_REPRESENTED",
        "it was elected itself"
    );
    assert_eq!(reason(sign(run.clone(), Signatory::Member(id(OTHER)))), "NOT_REPRESENTED");
    assert_eq!(reason(sign(run.clone(), Signatory::Member(id(77)))), "UNKNOWN_PARTY");
    let run = moved(sign(run, Signatory::Member(id(3))));
    let again = sign(run.clone(), Signatory::Member(id(3))).unwrap();
    assert!(matches!(again, Outcome::AlreadySo(_)));
    let run = moved(sign(run, Signatory::Member(id(4))));
    // The other side, the mediator and the seal do not wait for the group.
    let run = [Signatory::Party(id(OTHER)), Signatory::Mediator, Signatory::Seal]
        .into_iter()
        .fold(run, |run, by| moved(sign(run, by)));
    assert_eq!(reason(sign(run.clone(), Signatory::Party(id(2)))), "GROUP_CONSENT_MISSING");
    // The last one signs himself: that is a consent too.
    let run = moved(sign(run, Signatory::Party(id(5))));
    let run = moved(sign(run, Signatory::Party(id(1))));
    let run = moved(run.sign(Signatory::Party(id(2)), at(9)));
    let State::Agreed { effective, .. } = run.state else { panic!("{:?}", run.state) };
    assert_eq!(effective, at(9));
}

#[test]
fn other_terms_need_another_consent() {
    let run = MEMBERS.fold(drafted(), |run, n| moved(sign(run, Signatory::Member(id(n)))));
    let run = moved(run.draft(terms("b"), vec![], Uuid::from_u128(6).into(), at(4)));
    assert_eq!(reason(sign(run, Signatory::Party(id(1)))), "GROUP_CONSENT_MISSING");
}

#[test]
fn an_agreement_by_word_and_a_new_schedule_pass_over_no_member() {
    let run = desk(&[1, 2, OTHER]).run.unwrap();
    let spoken = run.agree_orally(terms("a"), vec![], Uuid::from_u128(6).into(), at(2));
    assert_eq!(reason(spoken), "GROUP_CONSENT_MISSING");
    let run = MEMBERS.fold(drafted(), |run, n| moved(sign(run, Signatory::Member(id(n)))));
    let signing = [1, 2, OTHER].map(|n| Signatory::Party(id(n)));
    let run = signing
        .into_iter()
        .chain([Signatory::Mediator, Signatory::Seal])
        .fold(run, |run, by| moved(sign(run, by)));
    let run = moved(run.breach(at(20)));
    assert_eq!(reason(run.clone().reschedule(vec![], &[1, 2, OTHER].map(id))), "SCHEDULE_WITHOUT_CONSENT");
    moved(run.reschedule(vec![], &[1, 2, 3, 4, 5, OTHER].map(id)));
}

#[test]
fn who_leaves_the_group_acts_for_itself_and_who_joins_late_is_asked() {
    let run = [3, 4].into_iter().fold(drafted(), |run, n| moved(sign(run, Signatory::Member(id(n)))));
    let open = CaseDesk { version: run.version, run: Some(run), ..desk(&[1, 2, OTHER]) };
    let alone = Seating { role: PartyRole::Claimant, member: None };
    let left = open.amended(id(5), &alone, at(4)).into_noun();
    let run = [1, 2, OTHER]
        .into_iter()
        .fold(left.run.clone().unwrap(), |run, n| moved(sign(run, Signatory::Party(id(n)))));
    let run = [Signatory::Mediator, Signatory::Seal].into_iter().fold(run, |run, by| moved(sign(run, by)));
    assert!(
        matches!(run.state, State::AgreedUnsigned { .. }),
        "nothing is agreed over the head of the one who left"
    );

    // All but the one who left have signed; somebody who joins now has consented to nothing.
    let joined = Seating { role: PartyRole::Claimant, member: Some(member(false)) };
    let held = CaseDesk { version: run.version, run: Some(run), ..left };
    let held = held.amended(id(6), &joined, at(5)).into_noun();
    let run = moved(sign(held.run.unwrap(), Signatory::Party(id(5))));
    assert!(matches!(run.state, State::AgreedUnsigned { .. }));
    let run = moved(sign(run, Signatory::Member(id(6))));
    assert!(matches!(run.state, State::Agreed { .. }));
}

#[test]
fn representatives_extend_for_all_and_a_members_own_yes_is_welcome() {
    let longer = Period::new(10, Unit::Days).unwrap();
    for consenting in [vec![1, 2, OTHER], vec![1, 2, 3, 4, 5, OTHER]] {
        let given = consenting.iter().map(|n| (id(*n), at(2))).collect();
        moved(desk(&[1, 2, OTHER]).run.unwrap().extend(longer, Will::Consents(given)));
    }
    let given = [1, 3, 4, 5, OTHER].map(|n| (id(n), at(2))).to_vec();
    let refused = desk(&[1, 2, OTHER]).run.unwrap().extend(longer, Will::Consents(given));
    assert_eq!(reason(refused), "EXTENSION_WITHOUT_CONSENT", "who was elected is asked");
}

#[test]
fn any_member_alone_leads_the_case_out() {
    for n in ELECTED.into_iter().chain(MEMBERS) {
        let run = moved(drafted().request_transfer(id(n), at(4)));
        assert!(matches!(run.state, State::Failed { ground: "F02", .. }), "{n}");
    }
}

proptest! {
    /// In whatever order signatures and consents come: in effect exactly when everybody's own will is under the terms.
    #[test]
    fn nothing_takes_effect_over_a_members_head(steps in proptest::collection::vec((0_u8..12, any::<bool>()), 0..60)) {
        let mut run = drafted();
        for (step, own) in steps {
            let who = id(u128::from(step));
            let by = match step {
                0 => Signatory::Mediator,
                10 => Signatory::Seal,
                _ if own => Signatory::Party(who),
                _ => Signatory::Member(who),
            };
            if let Ok(Outcome::Changed(next, _)) = run.clone().sign(by, at(3)) {
                run = next;
            }
            let terms = run.state.agreement().unwrap();
            let willing = |n: u128| {
                terms.is_signed_by(Signatory::Party(id(n))) || terms.is_signed_by(Signatory::Member(id(n)))
            };
            let signed = [1, 2, OTHER].into_iter().all(|n| terms.is_signed_by(Signatory::Party(id(n))));
            let whole = terms.is_signed_by(Signatory::Mediator) && terms.is_signed_by(Signatory::Seal);
            let all = MEMBERS.into_iter().all(willing);
            prop_assert_eq!(matches!(run.state, State::Agreed { .. }), signed && whole && all);
            prop_assert!(all || !ELECTED.into_iter().any(|n| terms.is_signed_by(Signatory::Party(id(n)))));
        }
    }
}
