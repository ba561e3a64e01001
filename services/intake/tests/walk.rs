//! Every state with every verb: what changes, what is already so, what is refused and why. The table is the reviewed law.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

#[path = "walk/again.rs"]
mod again;
#[path = "walk/demands.rs"]
mod demands;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use chrono::{DateTime, Duration, Utc};
use intake::model::{
    Acceptance, Channel, Consent, Course, Demand, Dispute, Dossier, Entry, Event, Filed, HowSaid, Origin,
    Party, Patch, Refusal, Sheet, State, Suit, Term,
};
use lexicon::{Outcome, PartyId, PartyKind, PartyRole, Refusal as _};
use rulebook::clocks::Expiry;
use rulebook::edition::Edition;
use uuid::Uuid;

fn at(minutes: i64) -> DateTime<Utc> {
    "2026-03-02T01:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes)
}

fn id(n: u128) -> PartyId {
    Uuid::from_u128(n).into()
}

const CLAIMANT: u128 = 1;
const RESPONDENT: u128 = 2;
const STRANGER: u128 = 9;

fn party(n: u128, role: PartyRole) -> Party {
    Party {
        id: id(n),
        role: Some(role),
        kind: Some(PartyKind::Person),
        name: format!("某{n}"),
        paper: None,
        phone: String::new(),
        address: String::new(),
        town: String::new(),
        service_address: String::new(),
        representatives: vec![],
        guardian: None,
        elected_for: String::new(),
        member_of: String::new(),
    }
}

fn sheet() -> Sheet {
    Sheet {
        parties: vec![party(CLAIMANT, PartyRole::Claimant), party(RESPONDENT, PartyRole::Respondent)],
        ..Sheet::default()
    }
}

fn submitted() -> Dispute {
    let origin =
        Origin { case: Uuid::from_u128(7).into(), centre: "442000".into(), first_receiver: "org-1".into() };
    Dispute::filed(origin, Entry::of(Channel::Window), sheet(), Some(term()), at(0))
}

fn term() -> Term {
    let ends = Expiry { at: at(99), date: at(99).date_naive(), provisional: false };
    Term { edition: "2026.1".into(), ends }
}

fn asked(missing: Vec<String>) -> State {
    State::Correction { missing, since: at(0), term: term(), generation: 1 }
}

fn acceptance() -> Acceptance {
    Acceptance {
        at: at(1),
        case_number: "（2026）中山调字第E1-000001号".into(),
        track: "PM".into(),
        consents: vec![Consent { party: id(CLAIMANT), at: at(0) }],
        suit: None,
    }
}

fn accept(dispute: Dispute, cause: &str, track: &str) -> Result<Outcome<Dispute, Event>, Refusal> {
    let acceptance = Acceptance { track: track.to_owned(), ..acceptance() };
    dispute.accept(cause, acceptance, Edition::compiled_in())
}

fn in_state(state: State) -> Dispute {
    let acceptance = matches!(state, State::Accepted | State::Closed | State::Archived).then(acceptance);
    let typed = matches!(state, State::Draft | State::Merged { .. } | State::Removed);
    Dispute { state, acceptance, submitted_at: (!typed).then(|| at(0)), ..submitted() }
}

fn demanded(dispute: Dispute) -> Dispute {
    Dispute { demand: Some(Demand { party: id(RESPONDENT), how: HowSaid::ByPhone, at: at(1) }), ..dispute }
}

fn on_course(course: Course, dispute: Dispute) -> Dispute {
    Dispute { beyond: dispute.beyond.after(course), ..dispute }
}

fn mediated(dispute: Dispute) -> Dispute {
    Dispute { dossier: Dossier { mediated: true, ..dispute.dossier.clone() }, ..dispute }
}

fn states() -> Vec<(&'static str, Dispute)> {
    let refused = || in_state(refused_for("R07"));
    let accepted =
        || Dispute { sheet: Sheet { cause: "108.3".into(), ..sheet() }, ..in_state(State::Accepted) };
    let draft = in_state(State::Draft);
    vec![
        ("draft", draft.clone()),
        ("draft, demanded", demanded(draft.clone())),
        ("draft, demanded, filed by the court", on_course(Course::Filed, demanded(draft))),
        ("submitted", submitted()),
        ("submitted, corrected", in_state(State::Submitted { corrected: true })),
        ("submitted, demanded", demanded(submitted())),
        ("correction", in_state(asked(vec!["身份证".into()]))),
        ("correction, demanded", demanded(in_state(asked(vec!["身份证".into()])))),
        ("advised", in_state(State::Advised { advice: "好好谈".into() })),
        ("refused", refused()),
        ("refused, demanded", demanded(refused())),
        ("refused, demanded, filed", on_course(Course::Filed, demanded(refused()))),
        ("accepted", accepted()),
        ("refused, demanded, not filed", on_course(Course::NotFiled, demanded(refused()))),
        ("submitted, demanded, not filed", on_course(Course::NotFiled, demanded(submitted()))),
        ("accepted, pool", on_course(Course::Pool, accepted())),
        ("accepted, in mediation", on_course(Course::InMediation, accepted())),
        ("accepted, agreed", on_course(Course::Agreed, accepted())),
        ("accepted, agreed, demanded", on_course(Course::Agreed, demanded(accepted()))),
        ("accepted, performing", on_course(Course::Performing, on_course(Course::Agreed, accepted()))),
        ("accepted, breached", on_course(Course::Breached, accepted())),
        ("accepted, performed", on_course(Course::Performed, accepted())),
        (
            "accepted, confirmation asked",
            on_course(Course::ConfirmApplied, on_course(Course::Agreed, accepted())),
        ),
        ("accepted, confirmed", on_course(Course::Confirmed, on_course(Course::Agreed, accepted()))),
        (
            "accepted, confirmation denied",
            on_course(Course::ConfirmDenied, on_course(Course::Agreed, accepted())),
        ),
        ("submitted, recalled by the court", on_course(Course::Reported, submitted())),
        (
            "accepted, filing taken back",
            on_course(Course::FilingWithdrawn, on_course(Course::Pool, accepted())),
        ),
        (
            "accepted, failed, filing taken back",
            on_course(Course::FilingWithdrawn, on_course(Course::Failed, accepted())),
        ),
        ("closed, agreed", on_course(Course::Agreed, in_state(State::Closed))),
        ("accepted, failed", on_course(Course::Failed, accepted())),
        ("accepted, failed, demanded", on_course(Course::Failed, demanded(accepted()))),
        ("accepted, transfer", on_course(Course::Transfer, demanded(accepted()))),
        ("accepted, at court", on_course(Course::SubmittedToCourt, demanded(accepted()))),
        ("accepted, filed", on_course(Course::Filed, demanded(accepted()))),
        ("accepted, not filed", on_course(Course::NotFiled, demanded(accepted()))),
        ("withdrawn", in_state(State::Withdrawn { by: id(CLAIMANT) })),
        ("closed", in_state(State::Closed)),
        ("closed, mediated, not recorded", mediated(in_state(State::Closed))),
        ("archived", in_state(State::Archived)),
        ("archived, agreed", on_course(Course::Agreed, in_state(State::Archived))),
        ("merged", in_state(State::Merged { into: Uuid::from_u128(8).into() })),
        ("removed", in_state(State::Removed)),
    ]
}

/// With one claimant more, where that makes a difference.
fn two_claim(mut dispute: Dispute) -> Dispute {
    if dispute.is_open() {
        dispute.sheet.parties.push(party(STRANGER, PartyRole::Claimant));
    }
    dispute
}

type Verb = (&'static str, fn(Dispute) -> Result<Outcome<Dispute, Event>, Refusal>);

fn nobody() -> Patch {
    Patch { parties: Some(vec![]), ..Patch::default() }
}

const VERBS: [Verb; 46] = [
    ("save", |d| d.save(Channel::Hotline, sheet(), at(2))),
    ("file", |d| d.file(Entry::of(Channel::Window), sheet(), None, at(2))),
    ("save without them", |d| d.save(Channel::Hotline, Sheet::default(), at(2))),
    ("file without them", |d| d.file(Entry::of(Channel::Window), Sheet::default(), None, at(2))),
    ("correct without them", |d| d.correct(&nobody(), at(2), || id(5))),
    ("ask", |d| d.request_correction(vec!["身份证".into()], term(), at(2))),
    ("ask for more", |d| d.request_correction(vec!["营业执照".into()], term(), at(2))),
    ("correct", |d| d.correct(&Patch { text: Some("补充".into()), ..Patch::default() }, at(2), || id(5))),
    ("correct nothing", |d| d.correct(&Patch::default(), at(2), || id(5))),
    ("amend", |d| {
        d.amend(Party { name: "改名".into(), ..party(CLAIMANT, PartyRole::Claimant) }, &[], at(2), || id(5))
    }),
    ("amend nothing", |d| d.amend(party(CLAIMANT, PartyRole::Claimant), &[], at(2), || id(5))),
    ("add a party", |d| d.amend(party(0, PartyRole::ThirdParty), &[], at(2), || id(5))),
    ("amend a stranger", |d| d.amend(party(STRANGER, PartyRole::Claimant), &[], at(2), || id(5))),
    ("accept", |d| accept(d, "108.3", "PM")),
    ("accept otherwise", |d| accept(d, "14", "PM")),
    ("accept on no track", |d| accept(d, "108.3", "XX")),
    ("accept on a closed track", |d| accept(d, "108.3", "WP")),
    ("accept on a track to come", |d| accept(d, "108.3", "CM")),
    ("accept before the book", |d| {
        let acceptance = Acceptance { at: at(1) - Duration::days(4000), ..acceptance() };
        d.accept("108.3", acceptance, Edition::compiled_in())
    }),
    ("accept as commissioned", |d| accept(d, "108.3", "WT")),
    ("accept for a judge", |d| accept(d, "108.3", "JM")),
    ("accept a suit for a judge", |d| {
        let suit =
            Suit { court: "court-2071".parse().unwrap(), number: "（2026）粤2071民初12号".into() };
        let acceptance = Acceptance { track: "JM".into(), suit: Some(suit), ..acceptance() };
        d.accept("108.3", acceptance, Edition::compiled_in())
    }),
    ("accept with a stranger", |d| {
        let consents = vec![Consent { party: id(STRANGER), at: at(0) }];
        d.accept("108.3", Acceptance { consents, ..acceptance() }, Edition::compiled_in())
    }),
    ("accept a procedure", |d| accept(d, "P41", "PM")),
    ("refuse", |d| d.refuse("R07", "补充", at(2))),
    ("refuse otherwise", |d| d.refuse("R01", "", at(2))),
    ("advise", |d| d.advise("好好谈", at(2))),
    ("withdraw", |d| d.withdraw(id(CLAIMANT), &[], at(2))),
    ("withdraw by the other side", |d| d.withdraw(id(RESPONDENT), &[], at(2))),
    ("withdraw, one of two", |d| two_claim(d).withdraw(id(CLAIMANT), &[], at(2))),
    ("demand court", |d| d.demand_court(Demand { party: id(RESPONDENT), how: HowSaid::AtTable, at: at(2) })),
    ("demand by a stranger", |d| {
        d.demand_court(Demand { party: id(STRANGER), how: HowSaid::AtTable, at: at(2) })
    }),
    ("close", |d| d.close(&[], at(2))),
    ("close with a stranger's word", |d| d.close(&[id(STRANGER)], at(2))),
    ("close with everybody's word", |d| d.close(&[id(CLAIMANT), id(RESPONDENT)], at(2))),
    ("archive", |d| d.archive("", at(2))),
    ("archive with a note", |d| d.archive("笔录遗失", at(2))),
    ("S17 of this generation", |d| Ok(d.put_away(0, at(2)))),
    ("S17 of an older generation", |d| Ok(d.put_away(7, at(2)))),
    ("S03 of this generation", |d| Ok(d.lapse(1, at(2)))),
    ("S03 of an older generation", |d| Ok(d.lapse(7, at(2)))),
    ("S01 of this generation", |d| Ok(d.forget(1, at(2)))),
    ("S01 of an older generation", |d| Ok(d.forget(7, at(2)))),
    ("hear of the pool", |d| Ok(d.heard(Course::Pool, at(2)))),
    ("hear of mediation", |d| Ok(d.heard(Course::InMediation, at(2)))),
    ("hear of the court", |d| Ok(d.heard(Course::CourtReview, at(2)))),
];

#[test]
fn every_state_with_every_verb() {
    let mut table = String::new();
    for (state, dispute) in states() {
        writeln!(table, "{state}").unwrap();
        for (verb, act) in VERBS {
            let told = match act(dispute.clone()) {
                Ok(Outcome::Changed(now, events)) => {
                    assert_eq!(now.version, dispute.version + 1, "{state}, {verb}");
                    assert_eq!(now.updated_at.max(at(1)), now.updated_at, "{state}, {verb}");
                    // What is announced is said; what is not announced must not be waited for.
                    let said = if events.is_empty() { dispute.said } else { now.version };
                    assert_eq!(now.said, said, "{state}, {verb}");
                    assert!(events.len() <= 1);
                    format!(
                        "→ {:?}  {}",
                        now.state,
                        events.first().map(|e| format!("{e:?}")).unwrap_or_default()
                    )
                }
                Ok(Outcome::AlreadySo(same)) => {
                    assert_eq!(same, dispute, "{state}, {verb}");
                    "= already so".to_owned()
                }
                Err(refusal) => {
                    assert!(refusal.english().is_ascii() && !refusal.chinese().is_ascii());
                    let facts = refusal.facts();
                    assert!(facts.contains(&("state", dispute.state.code().to_owned())));
                    if let Refusal::Unlawful(_, unlawful) = &refusal {
                        assert!(facts.contains(&("article", unlawful.article().to_owned())));
                    } else {
                        let variant = format!("{refusal:?}");
                        let variant = variant.split('(').next().unwrap();
                        assert_eq!(upper_snake(variant), refusal.reason());
                    }
                    format!("✗ {}", refusal.reason())
                }
            };
            writeln!(table, "  {verb:<28}{told}").unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

fn upper_snake(camel: &str) -> String {
    let mut snake = String::new();
    for letter in camel.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_uppercase());
    }
    snake
}

/// The contract's comment at each method, against what the model really refuses.
#[test]
fn the_contract_names_every_refusal_and_no_other() {
    let contract = include_str!("../../../proto/supermarket/intake/v1/intake.proto");
    let methods = [
        ("save", "SaveDraft"),
        ("file", "FileDispute"),
        ("ask", "RequestCorrection"),
        ("correct", "CorrectDispute"),
        ("am", "AmendParty"),
        ("add", "AmendParty"),
        ("accept", "AcceptDispute"),
        ("refuse", "RefuseDispute"),
        ("advise", "RecordAdvice"),
        ("withdraw", "WithdrawDispute"),
        ("demand", "DemandCourt"),
        ("close", "CloseDispute"),
        ("archive", "ArchiveDispute"),
    ];
    let mut met: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (verb, act) in VERBS {
        let Some((_, method)) = methods.iter().find(|(start, _)| verb.starts_with(start)) else {
            assert!(
                verb.starts_with("hear") || verb.starts_with("S0") || verb.starts_with("S17"),
                "{verb} is no method"
            );
            continue;
        };
        let refused = states().into_iter().filter_map(|(_, dispute)| act(dispute).err());
        met.entry(*method).or_default().extend(refused.map(|refusal| refusal.reason().to_owned()));
    }
    for (method, met) in met {
        let before = contract.split(&format!("  rpc {method}(")).next().unwrap();
        let lines = before.lines().rev().take_while(|line| line.starts_with("  //"));
        let comment = lines.collect::<Vec<_>>().into_iter().rev().map(|line| &line[4..]).collect::<String>();
        let named = comment.split("Refused: ").nth(1).unwrap();
        let words = named.split(|c: char| !c.is_ascii_uppercase() && c != '_');
        let mut named: BTreeSet<String> =
            words.filter(|word| word.contains('_')).map(str::to_owned).collect();
        // The store's own: it knows the request ids.
        named.remove("IDEMPOTENCY_KEY_REUSED");
        assert_eq!(named, met, "{method}");
    }
}

#[test]
fn after_a_courts_refusal_a_new_demand_takes_the_old_ones_place() {
    let again = Demand { party: id(CLAIMANT), how: HowSaid::InWriting, at: at(5) };
    let kinds = [submitted(), in_state(State::Accepted), in_state(refused_for("R07"))];
    for dispute in kinds.map(|dispute| on_course(Course::NotFiled, demanded(dispute))) {
        let Ok(Outcome::Changed(now, events)) = dispute.clone().demand_court(again) else {
            panic!("{:?}: nothing changed", dispute.state);
        };
        assert_eq!((now.demand, now.course()), (Some(again), Some(Course::Transfer)));
        assert_eq!((&now.state, events), (&dispute.state, vec![Event::CourtDemanded]));
        assert!(now.is_open() && now.clone().close(&[], at(6)).is_err(), "the new filing is waited for");
        // Until the court speaks again it is already so; then it is one more demand, or the end.
        assert!(matches!(now.clone().demand_court(again), Ok(Outcome::AlreadySo(_))));
        let sent = now.heard(Course::SubmittedToCourt, at(6)).into_noun();
        assert_eq!(sent.clone().withdraw(id(CLAIMANT), &[], at(7)).unwrap_err().reason(), "COURT_HAS_IT");
        let refused = sent.clone().heard(Course::NotFiled, at(7)).into_noun();
        assert!(matches!(refused.demand_court(again), Ok(Outcome::Changed(..))));
        let filed = sent.heard(Course::Filed, at(7)).into_noun();
        assert!(matches!(filed.demand_court(again), Ok(Outcome::AlreadySo(_))));
    }
}

fn refused_for(ground: &str) -> State {
    State::Refused { ground: ground.into(), redirect: "补充".into() }
}

#[test]
fn a_correction_keeps_what_it_does_not_name() {
    let mut before = in_state(asked(vec!["x".into()]));
    before.sheet.words.claims = "还款".into();
    let patch = Patch {
        text: Some("新".into()),
        parties: Some(vec![party(RESPONDENT, PartyRole::Respondent), party(STRANGER, PartyRole::Claimant)]),
        ..Patch::default()
    };
    let now = before.clone().correct(&patch, at(2), || id(77)).unwrap().into_noun();
    assert_eq!((now.sheet.words.text.as_str(), now.sheet.words.claims.as_str()), ("新", "还款"));
    let ids: Vec<PartyId> = now.sheet.parties.iter().map(|party| party.id).collect();
    assert_eq!(ids, [id(RESPONDENT), id(77)], "a known party keeps its id, nobody chooses one");
    let again = now.clone().correct(&patch, at(3), || unreachable!());
    assert!(matches!(again, Err(Refusal::NotInCorrection(_)) | Ok(Outcome::AlreadySo(_))));
}

#[test]
fn nothing_personal_prints_itself() {
    let mut dispute = submitted();
    dispute.sheet.words.text = "秘密".into();
    dispute.state = State::Advised { advice: "秘密".into() };
    let printed = format!("{dispute:?}");
    assert!(!printed.contains("秘密") && !printed.contains("某1"), "{printed}");
}
