//! Every state with every verb: the whole law of the table as one reviewed page. `desk` has that of the case's desk.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails, and says where")]
use std::fmt::Write;

use chrono::{DateTime, Duration, Utc};
use lexicon::{AccountId, Fen, OrgId, Outcome, PartyId, PartyRole, Refusal as _};
use mediation::model::course::{Instalment, Period, Planned, Undisputed, Will};
use mediation::model::{
    Agreement, Begun, CaseDesk, Cause, Course, Event, Mediation, Party, Performance, Refusal, Session,
    SessionMode, Signatory, Signature, State, Suspension, Terms, Told,
};
use rulebook::period::{Period as Length, Unit};
use uuid::Uuid;

mod agreed;
mod begun;
mod desk;
mod effect;
mod suspended;
mod taken;

type Answer = Result<Outcome<Mediation, Event>, Refusal>;

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_770_000_000, 0).unwrap() + Duration::minutes(minutes)
}

fn party(n: u128) -> PartyId {
    Uuid::from_u128(n).into()
}

fn account(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}

fn id(n: u128) -> lexicon::MediationId {
    Uuid::from_u128(n).into()
}

fn parties(consented: &[u128]) -> Vec<Party> {
    [(1, PartyRole::Claimant), (2, PartyRole::Respondent), (3, PartyRole::ThirdParty)]
        .map(|(n, role)| Party {
            id: party(n),
            role,
            consented: consented.contains(&n).then(|| at(0)),
            member: None,
        })
        .to_vec()
}

fn terms(digest: &str) -> Terms {
    Terms { digest: digest.to_owned(), partial: false, amount: Fen::new(5_000).unwrap() }
}

fn agreement(signed: &[Signatory]) -> Agreement {
    let signatures = signed.iter().map(|by| Signature { by: *by, at: at(20) }).collect();
    Agreement { id: Uuid::from_u128(9).into(), terms: terms("same"), drafted: at(20), signatures }
}

fn run(state: State) -> Mediation {
    Mediation {
        id: Uuid::from_u128(7).into(),
        case: Uuid::from_u128(8).into(),
        version: 3,
        mediator: Some(AccountId::new("mediator-1").unwrap()),
        studio: OrgId::new("studio-1").unwrap(),
        track: "PM".to_owned(),
        parties: if state == State::ConsentPending { parties(&[1]) } else { parties(&[1, 2]) },
        ordinal: 0,
        opened: at(0),
        begun: Begun::default(),
        course: course(),
        state,
    }
}

/// A run in its second generation, with a period of the track PM and facts that one side has confirmed.
fn course() -> Course {
    Course {
        generation: 2,
        period: Some(Period::begin("PM", &Begun::default(), at(10))),
        planned: Some(Planned { start: at(60), mode: SessionMode::Online, told: None }),
        undisputed: Some(Undisputed { digest: "facts".to_owned(), confirmed: vec![party(1)] }),
        ..Course::default()
    }
}

const FULL: [Signatory; 2] = [Signatory::Mediator, Signatory::Seal];

fn states() -> Vec<(&'static str, State)> {
    let since = at(10);
    let (one, two) = (Signatory::Party(party(1)), Signatory::Party(party(2)));
    let all = [one, two, FULL[0], FULL[1]];
    let ended = |ground| State::Failed { since: Some(since), agreement: None, ground, at: at(30) };
    vec![
        ("CONSENT_PENDING", State::ConsentPending),
        ("IN_MEDIATION", State::InMediation { since }),
        ("AGREED_UNSIGNED", State::AgreedUnsigned { since, agreement: agreement(&[]) }),
        ("AGREED_UNSIGNED, one to go", State::AgreedUnsigned { since, agreement: agreement(&all[1..]) }),
        ("APPRAISAL", State::Appraisal { since }),
        ("SUSPENDED", State::Suspended { since }),
        ("SUSPENDED for danger", State::Suspended { since }),
        ("AGREED", agreed(Performance::Due)),
        ("PERFORMING", agreed(Performance::Performing)),
        ("BREACHED", agreed(Performance::Breached)),
        ("PERFORMED", agreed(Performance::Performed)),
        ("FAILED F02", ended("F02")),
        ("FAILED F06", ended("F06")),
        ("FAILED F07", ended("F07")),
        ("WITHDRAWN", State::Withdrawn { since: None, agreement: None, at: at(30) }),
    ]
}

fn agreed(performance: Performance) -> State {
    let all = [Signatory::Party(party(1)), Signatory::Party(party(2)), FULL[0], FULL[1]];
    State::Agreed { since: at(10), agreement: agreement(&all), effective: at(20), performance }
}

type Verb = Box<dyn Fn(Mediation) -> Answer>;

fn consents(parties: &[u128]) -> Will {
    Will::Consents(parties.iter().map(|n| (party(*n), at(31))).collect())
}

fn days(length: u32) -> Length {
    Length { length, unit: Unit::Days }
}

fn parts(amount: i64) -> Vec<Instalment> {
    vec![Instalment { due: "2026-04-01".parse().unwrap(), amount }]
}

fn verbs() -> Vec<(&'static str, Verb)> {
    let sitting = |minutes| Session {
        id: Uuid::from_u128(5).into(),
        start: at(minutes),
        mode: SessionMode::Phone,
        present: vec![party(1)],
        told: Told { rights: true, identities: true, sham: true, addresses: vec![] },
    };
    let (early, late) = (sitting(9), sitting(11));
    let untold = Session { told: Told { sham: false, ..late.told.clone() }, ..sitting(11) };
    vec![
        ("consent of the other", Box::new(|run| run.consent(party(2), at(31), id(77)))),
        ("consent again", Box::new(|run| run.consent(party(1), at(31), id(77)))),
        ("consent of a third party", Box::new(|run| run.consent(party(3), at(31), id(77)))),
        ("consent of a stranger", Box::new(|run| run.consent(party(4), at(31), id(77)))),
        ("refuse", Box::new(|run| run.refuse(party(1), false, at(31)))),
        ("refuse, unreachable", Box::new(|run| run.refuse(party(2), true, at(31)))),
        ("refuse, a stranger", Box::new(|run| run.refuse(party(4), false, at(31)))),
        ("sit", Box::new(move |run| run.sit(&late))),
        ("sit before the start", Box::new(move |run| run.sit(&early))),
        ("sit, nobody warned", Box::new(move |run| run.sit(&untold))),
        (
            "draft the same",
            Box::new(|run| run.draft(terms("same"), vec![], Uuid::from_u128(6).into(), at(31))),
        ),
        (
            "draft other terms",
            Box::new(|run| run.draft(terms("other"), vec![], Uuid::from_u128(6).into(), at(31))),
        ),
        ("sign, party 1", Box::new(|run| run.sign(Signatory::Party(party(1)), at(31)))),
        ("sign, party 2", Box::new(|run| run.sign(Signatory::Party(party(2)), at(31)))),
        ("sign, third party", Box::new(|run| run.sign(Signatory::Party(party(3)), at(31)))),
        ("sign, a stranger", Box::new(|run| run.sign(Signatory::Party(party(4)), at(31)))),
        ("sign, seal", Box::new(|run| run.sign(Signatory::Seal, at(31)))),
        ("conclude F07", Box::new(|run| run.conclude("F07", at(31)))),
        (
            "plan, by video",
            Box::new(|run| run.plan(Planned { start: at(90), mode: SessionMode::Online, told: None }, &[])),
        ),
        (
            "plan, leave video",
            Box::new(|run| run.plan(Planned { start: at(90), mode: SessionMode::Onsite, told: None }, &[])),
        ),
        (
            "plan, leave video, agreed",
            Box::new(|run| {
                run.plan(
                    Planned { start: at(90), mode: SessionMode::Onsite, told: None },
                    &[party(1), party(2)],
                )
            }),
        ),
        ("note", Box::new(Mediation::note)),
        ("facts, the same", Box::new(|run| run.put_down("facts"))),
        ("facts, others", Box::new(|run| run.put_down("others"))),
        ("confirm facts", Box::new(|run| run.confirm(party(2), "facts"))),
        ("confirm facts again", Box::new(|run| run.confirm(party(1), "facts"))),
        ("confirm other facts", Box::new(|run| run.confirm(party(2), "others"))),
        ("extend, all consent", Box::new(|run| run.extend(days(15), consents(&[1, 2])))),
        ("extend, one consents", Box::new(|run| run.extend(days(15), consents(&[1])))),
        ("extend, a stranger too", Box::new(|run| run.extend(days(15), consents(&[1, 2, 4])))),
        ("appraisal, all agree", Box::new(|run| run.appraise(at(31), &[party(1), party(2)], false))),
        ("appraisal, one agrees", Box::new(|run| run.appraise(at(31), &[party(1)], false))),
        ("finish the appraisal", Box::new(|run| run.finish_appraisal(at(60)))),
        ("the treatment ended", Box::new(|run| run.happened("TREATMENT_ENDED", at(31)))),
        ("suspend", Box::new(|run| run.suspend(at(31)))),
        ("resume, the head", Box::new(|run| run.resume(&account("head-1")))),
        ("resume, the mediator", Box::new(|run| run.resume(&account("mediator-1")))),
        ("confirm a sham", Box::new(|run| run.confirm_sham(&account("head-1"), at(31)))),
        ("confirm it, the mediator", Box::new(|run| run.confirm_sham(&account("mediator-1"), at(31)))),
        ("conclude F06", Box::new(|run| run.conclude("F06", at(31)))),
        (
            "agree by word",
            Box::new(|run| run.agree_orally(terms("same"), vec![], Uuid::from_u128(6).into(), at(31))),
        ),
        ("take back, claimant", Box::new(|run| run.take_back(party(1), &[], at(31)))),
        ("take back, respondent", Box::new(|run| run.take_back(party(2), &[], at(31)))),
        ("request the court", Box::new(|run| run.request_transfer(party(2), at(31)))),
        ("request, a stranger", Box::new(|run| run.request_transfer(party(4), at(31)))),
        ("perform a part", Box::new(|run| run.perform(1_000, false, at(31)))),
        ("perform the rest", Box::new(|run| run.perform(5_000, false, at(31)))),
        ("perform, whole", Box::new(|run| run.perform(0, true, at(31)))),
        ("breach", Box::new(|run| run.breach(at(31)))),
        ("urge", Box::new(Mediation::urge)),
        ("reschedule, all agree", Box::new(|run| run.reschedule(parts(5_000), &[party(1), party(2)]))),
        ("reschedule, one agrees", Box::new(|run| run.reschedule(parts(5_000), &[party(1)]))),
        ("K04 of this generation", Box::new(|run| Ok(run.expire("K04", 2, at(31))))),
        ("K10 of this generation", Box::new(|run| Ok(run.expire("K10", 2, at(31))))),
        ("K10 of an older one", Box::new(|run| Ok(run.expire("K10", 1, at(31))))),
        ("schedule, this generation", Box::new(|run| Ok(run.expire("schedule", 2, at(31))))),
    ]
}

fn kinds(events: &[Event]) -> String {
    let names = events.iter().map(|event| {
        let text = format!("{event:?}");
        text.split([' ', '{']).next().unwrap().to_owned()
    });
    names.collect::<Vec<_>>().join(" + ")
}

#[test]
fn every_verb_in_every_state() {
    let mut page = String::new();
    for (name, state) in states() {
        writeln!(page, "{name}").unwrap();
        for (verb, act) in verbs() {
            let mut before = run(state.clone());
            if name.ends_with("danger") {
                before.course.suspensions = vec![Suspension { cause: Cause::Emergency, since: at(25) }];
                before.begun.danger = Some(at(25));
            }
            let answer = match act(before.clone()) {
                Ok(Outcome::Changed(after, events)) => {
                    assert_eq!(after.version, before.version + 1, "{name} {verb}");
                    assert!(!events.is_empty(), "{name} {verb}: every version is said");
                    format!("→ {} ({})", after.state.name(), kinds(&events))
                }
                Ok(Outcome::AlreadySo(after)) => {
                    assert_eq!(after, before, "{name} {verb}");
                    "already so".to_owned()
                }
                Err(refusal) => {
                    let facts = refusal.facts();
                    assert!(facts.contains(&("state", before.state.name().to_owned())), "{name} {verb}");
                    assert!(refusal.english().is_ascii() && !refusal.chinese().is_ascii());
                    refusal.reason().to_owned()
                }
            };
            writeln!(page, "  {verb:<26}{answer}").unwrap();
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn danger_stops_a_run_at_the_table_until_it_is_answered() {
    let desk = |state| CaseDesk { run: Some(run(state)), ..CaseDesk::unheard(Uuid::from_u128(8).into()) };
    let since = at(10);
    let stopped = desk(State::InMediation { since }).endangered(at(30));
    let Outcome::Changed(stopped, events) = stopped else { panic!("already so") };
    assert!(matches!(&events[..], [Event::Suspended { cause: Cause::Emergency, .. }]));
    let again = stopped.clone().endangered(at(31));
    assert!(!again.is_changed(), "danger is danger");
    let resume = |desk: &CaseDesk| desk.run.clone().unwrap().resume(&account("head-1"));
    assert_eq!(resume(&stopped).unwrap_err().reason(), "EMERGENCY_UNANSWERED");
    let before = stopped.amendments;
    let answered = stopped.answered().into_noun();
    assert_eq!(answered.amendments, before + 1, "a write judged before it is judged anew");
    assert!(resume(&answered).is_ok());
    let worse = answered.endangered(at(40)).into_noun();
    assert!(resume(&worse).is_err(), "another danger is to be answered too");
    for state in [State::ConsentPending, State::Appraisal { since }, agreed(Performance::Due)] {
        let Outcome::Changed(remembered, said) = desk(state).endangered(at(30)) else { panic!("forgotten") };
        assert!(said.is_empty() && remembered.begun.danger == Some(at(30)), "no sitting to stop");
    }
}

#[test]
fn the_last_consent_begins_the_period_when_it_was_given_but_not_before_the_run() {
    let begin = |minutes| match run(State::ConsentPending).consent(party(2), at(minutes), id(77)).unwrap() {
        Outcome::Changed(after, _) => after.state.since().unwrap(),
        Outcome::AlreadySo(_) => panic!("already so"),
    };
    assert_eq!(begin(5), at(5));
    assert_eq!(begin(-5), at(0));
}

#[test]
fn an_agreement_takes_effect_with_its_latest_signature_and_not_its_last_recorded() {
    let sign = |run: Mediation, by, minutes| run.sign(by, at(minutes)).unwrap().into_noun();
    for (track, seal_needed) in [("PM", true), ("LA", true), ("XX", true), ("WP", false), ("TR", false)] {
        let mut table = run(State::AgreedUnsigned { since: at(10), agreement: agreement(&[]) });
        table.track = track.to_owned();
        table = sign(table, Signatory::Party(party(1)), 40);
        table = sign(table, Signatory::Party(party(2)), 30);
        assert_eq!(table.state.name() == "AGREED", !seal_needed, "{track}");
        table = sign(table, Signatory::Mediator, 35);
        table = sign(table, Signatory::Seal, 25);
        let State::Agreed { effective, agreement, .. } = table.state else { panic!("{track}: not agreed") };
        assert_eq!((effective, agreement.signatures.len()), (at(40), 4), "{track}");
    }
}

#[test]
fn a_suspicion_of_a_courts_commission_is_the_courts_to_examine() {
    let desk = |court: Option<&str>, state| {
        let mut run = run(state);
        run.begun.court = court.map(str::to_owned);
        CaseDesk { run: Some(run), ..CaseDesk::unheard(Uuid::from_u128(8).into()) }
    };
    let since = at(10);
    let stop = |desk: CaseDesk| match desk.run.clone().unwrap().suspend(at(20)).unwrap() {
        Outcome::Changed(run, events) => (desk.with(run), events),
        Outcome::AlreadySo(_) => panic!("already so"),
    };
    let (ours, events) = stop(desk(None, State::InMediation { since }));
    assert!(matches!(&events[..], [Event::Suspended { court: None, .. }]));
    assert!(ours.run.clone().unwrap().resume(&account("head-1")).is_ok());
    let (theirs, events) = stop(desk(Some("court-2071"), State::InMediation { since }));
    assert!(matches!(&events[..], [Event::Suspended { court: Some(court), .. }] if court == "court-2071"));
    let head = account("head-1");
    for refused in
        [theirs.run.clone().unwrap().resume(&head), theirs.run.clone().unwrap().confirm_sham(&head, at(30))]
    {
        let refusal = refused.unwrap_err();
        assert_eq!(refusal.reason(), "EXAMINED_BY_COURT");
        assert!(refusal.facts().contains(&("article", "L4 art. 18".to_owned())));
    }
    let cleared = theirs.clone().examined(false, at(30)).into_noun().run.unwrap();
    assert_eq!((cleared.state, cleared.course.suspensions), (State::InMediation { since }, vec![]));
    let sham = theirs.clone().examined(true, at(30)).into_noun().run.unwrap();
    assert!(matches!(sham.state, State::Failed { ground: "F06", .. }));
    // A party that leaves meanwhile is not fetched back, and danger waits for no court.
    let theirs_again = theirs.clone();
    let left = theirs.demanded(1, at(25)).into_noun();
    assert!(!left.examined(false, at(30)).is_changed());
    let danger = desk(Some("court-2071"), State::InMediation { since }).endangered(at(20)).into_noun();
    assert!(!danger.clone().examined(false, at(30)).is_changed());
    assert!(danger.answered().into_noun().run.unwrap().resume(&head).is_ok());
    // Danger that joined a suspicion outlives the court's answer, and is the studio's head's to lift.
    let both = theirs_again.endangered(at(22)).into_noun();
    let Outcome::Changed(left, events) = both.answered().into_noun().examined(false, at(30)) else {
        panic!("the court has answered")
    };
    assert!(matches!(events[..], [Event::Suspended { cause: Cause::Emergency, court: None, .. }]));
    assert!(left.run.unwrap().resume(&head).is_ok());
}
