//! The nouns of a case beside the filing: every state with every verb.

mod again;
mod answered;
mod commissioned;
mod demand;
mod documented;
mod matter;
mod taken_back;

use std::fmt::Write as _;

use almanac::Law;
use chrono::{DateTime, TimeDelta, Utc};
use lexicon::{CourtId, DocumentId, OrgId, Outcome, PartyId, Refusal as _};
use rulebook::tracks::Exit;
use rulebook::{exits, procedure, tracks};
use uuid::Uuid;

use crate::model::commission::{self, Commission, Content, Report};
use crate::model::confirmation::{self, Ruling};
use crate::model::handoff::{self, Handoff, Said};
use crate::model::{
    CourtOutcome, DocumentKind, Entry, Facts, Kind, News, No, OutcomeKind, Package, Rule, Settled, Stage,
    Suit, Thread, Venue,
};

fn at(days: i64) -> DateTime<Utc> {
    "2026-03-02T02:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(days)
}

fn party(n: u128) -> PartyId {
    Uuid::from_u128(n).into()
}

fn org(name: &str) -> OrgId {
    OrgId::new(name).unwrap()
}

fn package() -> Package {
    let venue = Venue { court: CourtId::new("court-2071").unwrap(), basis: "CONFIRM_205_2".parse().unwrap() };
    let id = DocumentId::from(Uuid::from_u128(1));
    Package::of(venue, vec![Entry::of(id, DocumentKind::SignedAgreement, b"a")])
}

fn settled(partial: bool) -> Settled {
    Settled { agreement: Uuid::from_u128(3).into(), effective: at(0), partial, amount: 100 }
}

fn thread(track: &str, stage: Stage) -> Thread {
    let agreed = !matches!(stage, Stage::Unmediated | Stage::InMediation | Stage::Failed);
    let facts = Facts {
        first_receiver: Some(org("hall")),
        studio: Some(org("studio-1")),
        track: track.to_owned(),
        cause: "108.3".to_owned(),
        parties: vec![(party(1), true), (party(2), true), (party(3), false)],
        stage,
        settled: agreed.then(|| settled(false)),
        ..Facts::default()
    };
    Thread { version: 4, facts, ..Thread::unheard(Uuid::from_u128(8).into()) }
}

fn told<N, E: std::fmt::Debug>(
    moved: Result<Outcome<N, E>, No>,
    state: impl Fn(&N) -> &'static str,
) -> String {
    match moved {
        Ok(Outcome::Changed(after, events)) => format!("→ {} {events:?}", state(&after)),
        Ok(Outcome::AlreadySo(_)) => "already so".to_owned(),
        Err(No::Against(against)) => {
            assert!(against.english().is_ascii() && !against.chinese().is_ascii());
            format!("{} ({})", against.reason(), against.rule.article())
        }
        Err(No::Unlawful(unlawful)) => format!("{} ({})", unlawful.reason(), unlawful.article()),
        Err(no) => format!("{no:?}"),
    }
}

fn handoffs() -> Vec<Handoff> {
    let changed = |moved: Result<Outcome<Handoff, handoff::Event>, No>| moved.unwrap().into_noun();
    let open = Handoff::open(
        Uuid::from_u128(5),
        Uuid::from_u128(8).into(),
        org("hall"),
        Exit::LabourArbitration,
        1,
        Law::default(),
    );
    let addressed = changed(open.clone().address("仲裁委"));
    let handed = changed(addressed.clone().hand(at(1), "EMS 1"));
    let taken = changed(handed.clone().answer(Said::Acknowledged, at(2), ""));
    let declined = changed(handed.clone().answer(Said::Declined, at(2), "超过时效"));
    let silent = changed(handed.clone().silent("K14", handed.version, at(7)));
    let done = changed(taken.clone().answer(Said::Done, at(9), "裁决"));
    let withdrawn = changed(open.clone().withdraw());
    vec![open, addressed, handed, taken, declined, silent, done, withdrawn]
}

#[test]
fn every_verb_of_a_hand_over_in_every_state() {
    type Verb = (&'static str, fn(Handoff) -> Result<Outcome<Handoff, handoff::Event>, No>);
    let verbs: [Verb; 10] = [
        ("address", |h| h.address("仲裁委")),
        ("hand", |h| h.hand(at(1), "EMS 1")),
        ("hand on another day", |h| h.hand(at(3), "EMS 2")),
        ("acknowledged", |h| h.answer(Said::Acknowledged, at(9), "")),
        ("declined", |h| h.answer(Said::Declined, at(9), "不属受理范围")),
        ("done", |h| h.answer(Said::Done, at(9), "裁决")),
        ("K14 of this generation", |h| {
            let generation = h.version;
            h.silent("K14", generation, at(7))
        }),
        ("K14 of an older generation", |h| h.silent("K14", 1, at(7))),
        ("another clock", |h| {
            let generation = h.version;
            h.silent("S07", generation, at(7))
        }),
        ("withdraw", Handoff::withdraw),
    ];
    let mut table = String::new();
    for before in handoffs() {
        let to = before.content.receiver.as_deref().map_or("to nobody yet", |_| "addressed");
        let _ = writeln!(table, "{} ({to}), held by {}", before.content.state.code(), before.holder());
        for (name, verb) in verbs {
            let _ = writeln!(table, "    {name}: {}", told(verb(before.clone()), |h| h.content.state.code()));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn labour_arbitration_has_five_days_and_any_other_body_one_working_day() {
    let handed = |exit| {
        let open = Handoff::open(
            Uuid::from_u128(5),
            Uuid::from_u128(8).into(),
            org("hall"),
            exit,
            1,
            Law::default(),
        );
        open.address("x").unwrap().into_noun().hand(at(0), "y").unwrap().into_noun().answer_due().unwrap()
    };
    // Monday 2 March and five days: Saturday the 7th rolls to Monday the 9th, whose end is 16:00 UTC.
    assert_eq!(handed(Exit::LabourArbitration).to_rfc3339(), "2026-03-09T16:00:00+00:00");
    assert_eq!(handed(Exit::Police).to_rfc3339(), "2026-03-03T16:00:00+00:00");
}

#[test]
fn every_verb_of_a_confirmation_in_every_state() {
    type Verb = (&'static str, fn(Thread) -> Result<Outcome<Thread, crate::model::News>, No>);
    let both = [party(1), party(2)];
    let apply = move |thread: Thread, day: i64| {
        thread.apply(&both, package(), org("studio-1"), Uuid::from_u128(6), at(day))
    };
    let changed = |moved: Result<Outcome<Thread, _>, No>| moved.unwrap().into_noun();
    let applied = changed(apply(thread("PM", Stage::Agreed), 1));
    let valid = || Ruling::Valid { number: "（2026）粤2071诉前调确1号".to_owned() };
    let dismissed = || Ruling::Dismissed { reason: "内容不明确".to_owned() };
    let cases = [
        ("nothing agreed", thread("PM", Stage::InMediation)),
        ("AGREED", thread("PM", Stage::Agreed)),
        ("CONFIRM_APPLIED", applied.clone()),
        ("CONFIRMED", changed(applied.clone().rule_on_confirmation(valid(), at(9)))),
        ("CONFIRM_DENIED", changed(applied.clone().rule_on_confirmation(dismissed(), at(9)))),
        ("WITHDRAWN", changed(applied.withdraw_confirmation(party(1), at(2)))),
    ];
    let verbs: [Verb; 11] = [
        ("apply", |t| t.apply(&[party(1), party(2)], package(), org("studio-1"), Uuid::from_u128(7), at(3))),
        ("apply alone", |t| t.apply(&[party(1)], package(), org("studio-1"), Uuid::from_u128(7), at(3))),
        // 2 March and thirty days is Wednesday 1 April.
        ("apply on the last day", |t| {
            t.apply(&[party(1), party(2)], package(), org("studio-1"), Uuid::from_u128(7), at(30))
        }),
        ("apply a day late", |t| {
            t.apply(&[party(1), party(2)], package(), org("studio-1"), Uuid::from_u128(7), at(31))
        }),
        ("withdraw", |t| t.withdraw_confirmation(party(2), at(4))),
        ("withdraw on a stranger's word", |t| t.withdraw_confirmation(party(9), at(4))),
        ("apply with a stranger", |t| {
            let all = [party(1), party(2), party(9)];
            t.apply(&all, package(), org("studio-1"), Uuid::from_u128(7), at(3))
        }),
        ("the court accepts", |t| t.of_confirmation(|noun| noun.accept(at(4)))),
        ("the court accepts before it was applied for", |t| t.of_confirmation(|noun| noun.accept(at(-1)))),
        ("rule: valid", |t| {
            t.rule_on_confirmation(Ruling::Valid { number: "（2026）粤2071诉前调确1号".to_owned() }, at(9))
        }),
        ("rule: dismissed", |t| {
            t.rule_on_confirmation(Ruling::Dismissed { reason: "内容不明确".to_owned() }, at(9))
        }),
    ];
    let state = |thread: &Thread| thread.confirmation.as_ref().map_or("-", |noun| noun.content.state.code());
    let mut table = String::new();
    for (name, before) in cases {
        let _ = writeln!(table, "{name}");
        for (verb, act) in verbs {
            let moved = act(before.clone());
            if let Ok(Outcome::Changed(after, _)) = &moved {
                assert_eq!(after.version, before.version + 1, "{name} {verb}");
                assert_eq!(after.confirmation.as_ref().map(|noun| noun.version), Some(after.version));
            }
            let _ = writeln!(table, "    {verb}: {}", told(moved, state));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn an_excluded_matter_and_a_track_without_confirmation_are_refused_with_their_article() {
    let refused = |track: &str, cause: &str| {
        let mut thread = thread(track, Stage::Agreed);
        thread.facts.cause = cause.to_owned();
        let no = confirmation::may_apply(&thread.facts, &[party(1), party(2)], at(1)).unwrap_err();
        let No::Unlawful(unlawful) = no else { panic!("{no:?}") };
        (unlawful.reason(), unlawful.article().to_owned())
    };
    let (reason, article) = refused("PM", "14");
    assert_eq!(reason, "NOT_CONFIRMABLE");
    assert!(article.contains("L2 art. 355"), "{article}");
    let (reason, article) = refused("TR", "108.3");
    assert_eq!(reason, "TRACK_NOT_CONFIRMABLE");
    assert!(article.contains("L1 art. 205"), "{article}");
}

fn commissions() -> Vec<Commission> {
    let content = Content {
        number: "（2026）粤2071民初9号".to_owned(),
        origin: None,
        reception: org("hall"),
        summary: true,
        received: at(0),
        signed: None,
        refused: false,
        suspected: None,
        examined: None,
        referral: None,
        state: commission::State::Received,
    };
    let (court, studio) = (CourtId::new("court-2071").unwrap(), org("studio-1"));
    let id = Uuid::from_u128(8);
    let received = Commission { id, thread: id.into(), version: 1, court, studio, content };
    let changed = |moved: Result<Outcome<Commission, commission::Event>, No>| moved.unwrap().into_noun();
    let signed = changed(received.clone().sign(at(1)));
    let declined = changed(received.clone().decline("超出能力", at(1)));
    let failed = changed(signed.clone().report(report(false)));
    let agreed = changed(signed.clone().report(report(true)));
    let recalled = changed(signed.clone().recall(at(2)));
    let documented = changed(agreed.clone().document(document("1"), at(5)));
    let suspected = changed(signed.clone().suspect(Some(at(3))));
    let cleared = changed(suspected.clone().examine(found(false)));
    let sham = changed(suspected.clone().examine(found(true)));
    let refused = changed(signed.clone().refused());
    vec![received, signed, declined, failed, agreed, recalled, documented, suspected, cleared, sham, refused]
}

fn found(sham: bool) -> commission::Examined {
    commission::Examined { sham, reason: "经审查借款凭证".to_owned(), at: at(4) }
}

fn report(agreed: bool) -> Report {
    let ground = if agreed { String::new() } else { "F04".to_owned() };
    Report { agreed, partial: false, ground, demanded: false, at: at(4) }
}

fn document(n: &str) -> CourtOutcome {
    let on = "2026-03-20".parse().unwrap();
    CourtOutcome {
        kind: OutcomeKind::MediationDocument, on, number: format!("（2026）粤2071民初{n}号")
    }
}

#[test]
fn every_verb_of_a_commission_in_every_state() {
    type Verb = (&'static str, fn(Commission) -> Result<Outcome<Commission, commission::Event>, No>);
    let verbs: [Verb; 10] = [
        ("sign", |c| c.sign(at(6))),
        ("decline", |c| c.decline("超出能力", at(6))),
        ("report agreed", |c| c.report(report(true))),
        ("report failed", |c| c.report(report(false))),
        ("recall", |c| c.recall(at(6))),
        ("court's document", |c| c.document(document("1"), at(6))),
        ("another document", |c| c.document(document("2"), at(6))),
        ("suspected again", |c| c.suspect(Some(at(6)))),
        ("examined: clear", |c| c.examine(found(false))),
        ("examined: sham", |c| c.examine(found(true))),
    ];
    let mut table = String::new();
    for before in commissions() {
        let agreed = before
            .content
            .state
            .report()
            .map_or("", |report| if report.agreed { " (agreed)" } else { " (failed)" });
        let examined = match (&before.content.suspected, &before.content.examined) {
            (Some(_), None) => " (suspected)",
            (_, Some(found)) if found.sham => " (a sham)",
            (_, Some(_)) => " (examined, clear)",
            (None, None) => "",
        };
        let refused = if before.content.refused { " (not taken in)" } else { "" };
        let _ = writeln!(table, "{}{agreed}{examined}{refused}", before.content.state.code());
        for (name, verb) in verbs {
            let _ = writeln!(table, "    {name}: {}", told(verb(before.clone()), |c| c.content.state.code()));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn what_may_be_filed_follows_from_what_was_settled() {
    let allowed = |thread: &Thread| {
        Kind::ALL
            .iter()
            .filter(|kind| thread.facts.allows(**kind))
            .map(|kind| kind.code())
            .collect::<Vec<_>>()
    };
    let failed = thread("PM", Stage::Failed);
    assert_eq!(allowed(&failed), ["COMPLAINT"]);
    let mut agreed = thread("PM", Stage::Breached);
    assert_eq!(allowed(&agreed), ["SUIT_ON_AGREEMENT", "PAYMENT_ORDER"]);
    agreed.facts.settled = Some(settled(true));
    assert_eq!(allowed(&agreed), ["COMPLAINT", "SUIT_ON_AGREEMENT", "PAYMENT_ORDER"], "the rest is sued for");
    agreed.facts.confirmed = true;
    assert_eq!(agreed.facts.kind(), Kind::Enforcement);
    let open = failed.demand(&org("hall"), || Uuid::from_u128(77), at(3)).into_noun();
    let no = open.may_file(Some(Kind::Enforcement)).unwrap_err();
    assert_eq!(no, Rule::KindNotOpen.against("TRANSFER_READY").into());
}

#[test]
fn a_court_track_is_not_handed_over() {
    let refused = thread("PM", Stage::Failed).prepare_handoff("x", at(3), || Uuid::from_u128(2)).unwrap_err();
    assert_eq!(refused, Rule::NotForHandoff.against("FAILED").into());
    let early =
        thread("LA", Stage::InMediation).prepare_handoff("x", at(3), || Uuid::from_u128(2)).unwrap_err();
    assert_eq!(early, Rule::StillInMediation.against("IN_MEDIATION").into());
    assert!(thread("CM", Stage::Failed).prepare_handoff("x", at(3), || Uuid::from_u128(2)).is_ok());
}

/// What else moves in the case between a clock's start and its end is no new start of that clock.
#[test]
fn a_clock_runs_out_though_another_noun_moved_since() {
    let changed = |moved: Result<Outcome<Thread, crate::model::News>, No>| moved.unwrap().into_noun();
    // A hand-over to the police, and beside it the civil claim (T57b).
    let offered = thread("PO", Stage::Failed).demand(&org("hall"), || Uuid::from_u128(77), at(3)).into_noun();
    let addressed = changed(offered.prepare_handoff("x", at(3), || Uuid::from_u128(79)));
    let handed = changed(addressed.of_handoff(|one| one.hand(at(4), "y")));
    let generation = handed.handoff.as_ref().unwrap().version;
    let beside = changed(handed.pack(None, package(), 0, || Uuid::from_u128(80)));
    assert!(beside.version > generation, "the filing has moved");
    let silent = changed(beside.clone().of_handoff(|one| one.silent("S07", generation, at(20))));
    assert_eq!(silent.handoff.as_ref().unwrap().content.state.code(), "SILENT");
    assert_eq!(silent.version, beside.version + 1);
    assert_eq!(silent.handoff.as_ref().unwrap().version, silent.version);

    // And a correction that a court waits for, while the police answer.
    let sha256 = beside.filing.as_ref().unwrap().state.package().unwrap().sha256.clone();
    let answer = || crate::model::Answer {
        package_sha256: sha256.clone(),
        court_time: at(6),
        by: lexicon::AccountId::new("court-2071-filing").unwrap(),
    };
    let sent = changed(beside.filing(|filing| filing.submit(&sha256, at(5))));
    let review = changed(sent.filing(|filing| filing.acknowledge(answer(), at(6))));
    let asked =
        changed(review.filing(|filing| filing.request_correction(answer(), vec!["身份证".into()], at(7))));
    let generation = asked.filing.as_ref().unwrap().version;
    let answered = changed(asked.of_handoff(|one| one.answer(Said::Acknowledged, at(8), "")));
    let lapsed = changed(answered.filing(|filing| filing.lapse("S03", generation)));
    assert_eq!(lapsed.filing.as_ref().unwrap().state.code(), "NOT_FILED");
}
