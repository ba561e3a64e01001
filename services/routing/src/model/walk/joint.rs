//! Every standing with every joint act, and what can never happen to a hand-over.

use std::fmt::Write;

use chrono::NaiveDate;
use lexicon::Refusal as _;
use proptest::prelude::*;

use super::*;

fn until() -> NaiveDate {
    "2026-02-05".parse().unwrap()
}

fn receiver(name: &str, up: bool, down: bool, skipped: Vec<Level>) -> Receiver {
    Receiver { org: org(name), step: Some(Step { up, down, skipped }) }
}

fn hand(referral: Referral, by: &str, to: Receiver, kind: HandOverKind) -> Answer {
    let (by, reason) = (org(by), "why".to_owned());
    referral.hand_over(HandOverAsk { kind, by, to, until: until(), reason, skip_reason: None }, now())
}

fn escalate(referral: Referral, by: &str) -> Answer {
    hand(referral, by, receiver("centre-city", true, false, vec![]), HandOverKind::Escalate)
}

fn consult(referral: Referral, by: &str) -> Answer {
    let participants = vec![(org("police-1"), true), (org("centre-city"), true)];
    let ask = ConsultAsk { by: org(by), participants, until: until(), question: "what".to_owned() };
    referral.consult(ask, now())
}

fn decide(referral: Referral, number: u64, by: &str, lead: &str) -> Answer {
    let objections = vec![(org("police-1"), "no".to_owned())];
    let words = Minutes { decision: "it".to_owned(), minutes: "said".to_owned(), objections };
    let (by, lead, co_units) = (org(by), org(lead), vec![org("police-1")]);
    referral.decide_consultation(DecideAsk { number, by, lead, co_units, until: until(), words }, 1, now())
}

fn assist(referral: Referral, by: &str, to: &str, kind: AssistanceKind, known: Option<bool>) -> Answer {
    let (by, account, to, reason) = (org(by), account("mediator-1"), org(to), "why".to_owned());
    referral.ask_assistance(AssistAsk { kind, by, account, to, known, until: until(), reason }, now())
}

fn answer(referral: Referral, number: u64, accepted: bool, sent: &[(&str, bool)]) -> Answer {
    let co_mediators = sent.iter().map(|(name, own)| (account(name), *own)).collect();
    let ask = AnswerAsk { number, by: org("police-1"), accepted, note: Some("so".to_owned()), co_mediators };
    referral.answer_assistance(ask, now())
}

fn leave(referral: Referral, by: &str, sent: &[&str]) -> Answer {
    let (by, of, account) = (org(by), org("police-1"), account("mediator-1"));
    let co_mediators = sent.iter().map(|name| super::account(name)).collect();
    referral.end_assistance(LeaveAsk { by, account, of, co_mediators, reason: "why".to_owned() }, now())
}

/// The police help, and two of theirs sit beside the holder.
fn helped(referral: Referral) -> Answer {
    let asked =
        assist(referral, "studio-family", "police-1", AssistanceKind::Police, Some(true))?.into_noun();
    let version = asked.version - 1;
    answer(Referral { version, ..asked }, 1, true, &[("mediator-8", true), ("mediator-9", true)])
}

/// A consultation has named another lead unit.
fn promised(referral: Referral) -> Answer {
    let meeting = consult(referral, "studio-family")?.into_noun();
    let version = meeting.version - 1;
    decide(Referral { version, ..meeting }, 1, "studio-family", "centre-city")
}

fn named(name: &str) -> State {
    states().into_iter().find(|(known, _)| *known == name).unwrap().1
}

/// A standing with something beside it.
fn with(name: &str, state: &str, act: impl Fn(Referral) -> Answer) -> (String, Referral) {
    let before = in_state(named(state));
    let guests = before.guests();
    let Outcome::Changed(after, events) = act(before).unwrap() else { panic!("{name} changes nothing") };
    (name.to_owned(), after.entailed(&guests, events).0)
}

fn standings() -> Vec<(String, Referral)> {
    let plain = states().into_iter().map(|(name, state)| (name.to_owned(), in_state(state)));
    let beside = [
        with("ROUTED, escalated to centre-city", "ROUTED", |r| escalate(r, "hall-442000")),
        with("POOL, escalated to centre-city", "POOL", |r| escalate(r, "studio-family")),
        with("POOL, consulting", "POOL", |r| consult(r, "studio-family")),
        with("CONFIRMED, consulting", "CONFIRMED", |r| consult(r, "studio-family")),
        with("CONFIRMED, police asked", "CONFIRMED", |r| {
            assist(r, "studio-family", "police-1", AssistanceKind::Police, Some(true))
        }),
        with("CONFIRMED, the police help", "CONFIRMED", helped),
        with("POOL, another unit is to lead", "POOL", promised),
    ];
    plain.chain(beside).collect()
}

fn verbs() -> Vec<Verb> {
    vec![
        ("escalate, the first receiver", |r| escalate(r, "hall-442000")),
        ("escalate, the studio", |r| escalate(r, "studio-family")),
        ("escalate to nowhere", |r| {
            let to = Receiver { org: org("x"), step: None };
            hand(r, "hall-442000", to, HandOverKind::Escalate)
        }),
        ("escalate to the same level", |r| {
            hand(r, "hall-442000", receiver("other", false, false, vec![]), HandOverKind::Escalate)
        }),
        ("escalate over a level", |r| {
            let to = receiver("province", true, false, vec![Level::City]);
            hand(r, "hall-442000", to, HandOverKind::Escalate)
        }),
        ("delegate, the studio", |r| {
            hand(r, "studio-family", receiver("village", false, true, vec![]), HandOverKind::Delegate)
        }),
        ("delegate up", |r| {
            hand(r, "studio-family", receiver("province", true, false, vec![]), HandOverKind::Delegate)
        }),
        ("accept, centre-city", |r| r.accept_by(&org("centre-city"), now())),
        ("accept, studio-family", |r| r.accept_by(&org("studio-family"), now())),
        ("accept, police-1", |r| r.accept_by(&org("police-1"), now())),
        ("accept, centre-city, too late", |r| r.accept_by(&org("centre-city"), then() + Duration::days(30))),
        ("hand back, centre-city", |r| r.hand_back(&org("centre-city"), "no".to_owned(), &[], now())),
        ("hand back, police-1", |r| r.hand_back(&org("police-1"), "no".to_owned(), &[], now())),
        ("offer 1 lapses", |r| r.offer_lapsed(1, now())),
        ("offer 9 lapses", |r| r.offer_lapsed(9, now())),
        ("consult, the first receiver", |r| consult(r, "hall-442000")),
        ("consult, the studio", |r| consult(r, "studio-family")),
        ("decide: the studio leads", |r| decide(r, 1, "studio-family", "studio-family")),
        ("decide: centre-city leads", |r| decide(r, 1, "studio-family", "centre-city")),
        ("decide: a stranger leads", |r| decide(r, 1, "studio-family", "x")),
        ("decide: another consultation", |r| decide(r, 7, "studio-family", "studio-family")),
        ("assist, the mediator asks", |r| {
            assist(r, "studio-x", "partner", AssistanceKind::Unit, Some(false))
        }),
        ("assist, police of no police", |r| {
            assist(r, "studio-family", "partner", AssistanceKind::Police, Some(false))
        }),
        ("assist, an unknown unit", |r| assist(r, "studio-family", "x", AssistanceKind::Unit, None)),
        ("help, two sit beside", |r| answer(r, 1, true, &[("mediator-8", true), ("mediator-9", true)])),
        ("help, the holder sits beside", |r| answer(r, 1, true, &[("mediator-1", true)])),
        ("help, a foreign one sits beside", |r| answer(r, 1, true, &[("mediator-8", false)])),
        ("no help", |r| answer(r, 1, false, &[])),
        ("the studio ends the help", |r| leave(r, "studio-family", &[])),
        ("the mediator ends it", |r| leave(r, "studio-x", &[])),
        ("the police end it", |r| leave(r, "police-1", &[])),
        ("a stranger ends it", |r| {
            let ask = LeaveAsk {
                by: org("x"),
                account: account("mediator-x"),
                of: org("police-1"),
                co_mediators: vec![],
                reason: "why".to_owned(),
            };
            r.end_assistance(ask, now())
        }),
        ("one of two leaves", |r| leave(r, "studio-family", &["mediator-8"])),
        ("request 1 lapses", |r| r.assistance_lapsed(1, now())),
        ("claim by mediator-2", |r| take(r, "mediator-2", &room(1))),
        ("refer to studio-court until a day", |r| {
            r.refer_until(target("studio-court", true, true), None, Some(until()), now())
        }),
        ("end", |r| r.end(EndReason::Failed, now())),
    ]
}

#[test]
fn every_standing_with_every_joint_act() {
    let mut table = String::new();
    for (name, standing) in standings() {
        writeln!(table, "{name}").unwrap();
        for (verb, act) in verbs() {
            let guests = standing.guests();
            let line = match act(standing.clone()) {
                Ok(Outcome::Changed(after, events)) => {
                    let (after, events) = after.entailed(&guests, events);
                    assert_eq!(after.version, standing.version + 1, "{name}: {verb}");
                    assert!(!events.is_empty(), "{name}: {verb}: every change is said");
                    let names = events.iter().map(|event| {
                        let told = format!("{event:?}");
                        told.trim_start_matches("Joint(").split(['(', ' ']).next().unwrap().to_owned()
                    });
                    let said = names.collect::<Vec<_>>().join(" and ");
                    let orgs: Vec<String> = after.guests().orgs.iter().map(ToString::to_string).collect();
                    let holder = after.responsible().unwrap_or("-");
                    format!(
                        "-> {}, with {holder}, guests [{}], says {said}",
                        after.state.name(),
                        orgs.join(" ")
                    )
                }
                Ok(Outcome::AlreadySo(after)) => {
                    assert_eq!(after, standing);
                    "already so".to_owned()
                }
                Err(refusal) => {
                    assert!(refusal.english().is_ascii() && !refusal.chinese().is_ascii());
                    refusal.reason().to_owned()
                }
            };
            writeln!(table, "  {verb:36} {line}").unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

/// A party comes, and ties bind people of the table to it: they leave, in one step, and the others stay.
#[test]
fn whoever_of_the_table_is_bound_leaves_it() {
    let (_, confirmed) = states().into_iter().find(|(name, _)| *name == "CONFIRMED").unwrap();
    let mut table = helped(in_state(confirmed)).unwrap().into_noun();
    table.facts.parties.push(Party { party_id: "p".to_owned(), digest: "d".to_owned(), ..Party::default() });
    let tie = |name: &str| conflict::Tie {
        one: conflict::Node::Account(name.to_owned()),
        other: conflict::Node::Paper("d".to_owned()),
        bond: conflict::Bond::Relative,
    };
    let holder = table.state.claim().unwrap().holder.to_string();
    let leave = |bound: &[&str]| {
        let graph = conflict::Graph::of(bound.iter().map(|name| tie(name)));
        table.clone().bound_leave(&graph, &table.facts, 1, now()).unwrap()
    };
    assert!(!leave(&["mediator-7"]).is_changed(), "nobody of the table");
    let one = leave(&["mediator-8"]).into_noun();
    assert_eq!((one.version, one.state.name()), (table.version + 1, "CONFIRMED"));
    let beside = |noun: &Referral| {
        noun.joint.co_mediators.iter().map(|one| one.account.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(beside(&one), ["mediator-9"]);
    let alone = leave(&[&holder]).into_noun();
    assert_eq!((alone.version, alone.state.name()), (table.version + 1, "FENCING"));
    assert_eq!(beside(&alone), ["mediator-8", "mediator-9"]);
    let Outcome::Changed(all, events) = leave(&[&holder, "mediator-8", "mediator-9"]) else { panic!() };
    assert_eq!((all.version, all.state.name(), events.len()), (table.version + 1, "FENCING", 2));
    assert!(beside(&all).is_empty());
}

proptest! {
    /// Whatever comes in whatever order: the first receiver stays, one version a change, responsibility moves to another
    /// organisation only by its acceptance or back to the first receiver, and what is over waits for nobody.
    #[test]
    fn no_order_moves_a_case_that_nobody_accepted(order in prop::collection::vec(0..verbs().len(), 0..40)) {
        let verbs = verbs();
        let mut referral = in_state(State::Routed(None));
        for index in order {
            let (before, guests) = (referral.clone(), referral.guests());
            // The verbs with a number show the latest one.
            let count = before.joint.count;
            let answered = match verbs[index].0 {
                "offer 1 lapses" => before.clone().offer_lapsed(count, now()),
                "decide: centre-city leads" => decide(before.clone(), count, "studio-family", "centre-city"),
                "help, two sit beside" => answer(before.clone(), count, true, &[("mediator-8", true)]),
                _ => verbs[index].1(before.clone()),
            };
            let Ok(outcome) = answered else { continue };
            referral = match outcome {
                Outcome::Changed(noun, events) => noun.entailed(&guests, events).0,
                Outcome::AlreadySo(noun) => noun,
            };
            prop_assert_eq!(&referral.first_receiver, &before.first_receiver);
            let moved = referral.responsible_org() != before.responsible_org();
            let accepted = verbs[index].0.starts_with("accept");
            let back = referral.responsible_org() == Some(&referral.first_receiver);
            prop_assert!(!moved || accepted || back || referral.responsible_org().is_none());
            let joint = &referral.joint;
            let waits = joint.hand_over.is_some() || joint.consultation.is_some() || joint.assistance.is_some();
            prop_assert!(!waits || !matches!(referral.state, State::Ended(..)));
            if let (State::Routed(to), Some(offer)) = (&referral.state, &joint.hand_over) {
                prop_assert_eq!(to.as_ref().map(|to| &to.studio), Some(&offer.to));
            }
            prop_assert!(referral.state.claim().is_none() || joint.hand_over.is_none());
            let holder = referral.state.claim().map(|claim| &claim.holder);
            prop_assert!(joint.co_mediators.iter().all(|one| Some(&one.account) != holder));
            prop_assert!(joint.co_mediators.iter().all(|one| joint.co_units.contains(&one.of)));
        }
    }
}

/// The parties were asked in the former unit's pool; in the next one they are asked anew.
#[test]
fn a_choice_stays_behind_when_the_case_is_handed_over() {
    let offered =
        in_state(named("POOL")).offer_choice(lease(then() + Duration::days(2)), now()).unwrap().into_noun();
    assert!(offered.choice.is_some());
    let escalated = escalate(offered, "studio-family").unwrap().into_noun();
    assert!(escalated.accept_by(&org("centre-city"), now()).unwrap().into_noun().choice.is_none());
}

/// A second meeting that leaves the lead where it is takes back what the first one promised.
#[test]
fn a_later_decision_ends_an_earlier_promise() {
    let promised = promised(in_state(named("POOL"))).unwrap().into_noun();
    assert!(promised.is_promised());
    let meeting = consult(promised, "studio-family").unwrap().into_noun();
    let number = meeting.joint.consultation.as_ref().unwrap().number;
    let decided = decide(meeting, number, "studio-family", "studio-family").unwrap().into_noun();
    assert!(!decided.is_promised());
}

/// Decided while the former claim is fenced off, the case goes to the lead, not to who was to follow nor away from the pool.
#[test]
fn a_decision_in_fencing_stands_before_a_successor_and_a_decline() {
    for declined in [false, true] {
        let mut before = in_state(named("FENCING"));
        before.aside.successor = (!declined).then(|| account("mediator-2"));
        before.aside.declined = declined;
        let meeting = consult(before, "studio-family").unwrap().into_noun();
        let decided = decide(meeting, 1, "studio-family", "centre-city").unwrap().into_noun();
        assert_eq!(decided.joint.hand_over.as_ref().map(|offer| offer.to.as_str()), Some("centre-city"));
        assert_eq!((&decided.aside.successor, decided.aside.declined), (&None, false));
    }
}
