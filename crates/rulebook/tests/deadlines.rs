//! The ledger of a deadline: what it lets in, what it refuses, when it ends, and what it says about that.

#[path = "deadlines/editions.rs"]
mod editions;
mod slow;

use chrono::{DateTime, Days, NaiveDate, Utc};
use lexicon::{OrgId, PartyId, Refusal as _};
use rulebook::calendar::{self, Span, SpanKind};
use rulebook::clocks::StopReason;
use rulebook::deadline::{Approval, Consent, Consents, Entry, Extension, Ledger, Standing, Start, Terms};
use rulebook::edition::{Edition, Opening, Override, preview};
use rulebook::explain::{self, Note};
use rulebook::period::{Period, Unit, Way};
use rulebook::profiles::Course;
use rulebook::regimes;
use slow::{Dice, Slow, cases};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse::<DateTime<chrono::FixedOffset>>().expect("an instant").to_utc()
}

/// Ten in the morning in Zhongshan.
fn morning(text: &str) -> DateTime<Utc> {
    at(&format!("{text}T10:00:00+08:00"))
}

fn party(n: u8) -> PartyId {
    format!("01900000-0000-7000-8000-0000000000{n:02}").parse().expect("an id")
}

fn floor() -> &'static Edition {
    Edition::compiled_in()
}

fn start(event: &str, when: DateTime<Utc>) -> Start {
    Start { event: event.to_owned(), at: when }
}

/// A ledger of a clock as the law stood on a day, begun on that day.
fn ledger(clock: &str, event: &str, on: &str) -> Ledger {
    let terms = floor().terms(clock, None, day(on)).expect("a clock");
    Ledger::start(terms, start(event, morning(on)), floor(), 1).expect("a ledger")
}

fn due(ledger: &Ledger) -> String {
    ledger.standing(floor()).expiry().expect("it runs").date.to_string()
}

fn both(when: &str) -> Consents {
    let parties = [party(1), party(2)];
    Consents::of_all(&parties, &parties.map(|party| Consent { party, at: morning(when) })).expect("both")
}

#[test]
fn an_extension_without_every_consent_cannot_be_made() {
    let parties = [party(1), party(2), party(3)];
    let yes = |n| Consent { party: party(n), at: morning("2026-01-10") };
    let refused = |given: &[Consent]| Consents::of_all(&parties, given).unwrap_err();
    let one_missing = refused(&[yes(1), yes(2)]);
    assert_eq!(
        (one_missing.reason(), one_missing.article()),
        ("EXTENSION_WITHOUT_CONSENT", "L4 art. 27; L5 art. 24; P1 item 3")
    );
    assert!(one_missing.facts().contains(&("missing", "1".to_owned())));
    assert_eq!(
        refused(&[yes(1), yes(1), yes(1)]).facts()[0],
        ("missing", "2".to_owned()),
        "three times the same"
    );
    assert_eq!(refused(&[yes(1), yes(2), yes(3), yes(4)]).reason(), "CONSENT_OF_A_STRANGER");
    assert_eq!(Consents::of_all(&[], &[]).unwrap_err().reason(), "EXTENSION_WITHOUT_CONSENT");
    assert_eq!(
        Consents::of_all(&[party(1), party(1)], &[yes(1)]).unwrap_err().reason(),
        "EXTENSION_WITHOUT_CONSENT"
    );
    assert_eq!(Consents::of_all(&parties, &[yes(3), yes(1), yes(2)]).unwrap().all().len(), 3);
}

#[test]
fn a_commission_is_extended_by_thirty_days_at_most_since_2025() {
    let mut ledger = ledger("K07", "MATERIAL_SIGNED", "2025-03-03");
    assert_eq!(due(&ledger), "2025-03-18");
    let twenty = Extension::agreed(Period::days(20), both("2025-03-10"));
    assert_eq!(ledger.extend(twenty, floor()), Ok(2));
    assert_eq!(due(&ledger), "2025-04-07", "from the old last day; Tomb-Sweeping Day lies there");
    let eleven = Extension::agreed(Period::days(11), both("2025-03-11"));
    let over = ledger.extend(eleven, floor()).unwrap_err();
    assert_eq!(
        (over.reason(), over.article()),
        ("EXTENSION_OVER_THE_CAP", "P1 item 3; L4 art. 27; L5 art. 24, 26")
    );
    let months = Extension::agreed("1m".parse().unwrap(), both("2025-03-11"));
    assert_eq!(ledger.extend(months, floor()).unwrap_err().reason(), "EXTENSION_IN_ANOTHER_UNIT");
    assert_eq!(ledger.extend(Extension::agreed(Period::days(10), both("2025-03-11")), floor()), Ok(3));
    assert_eq!((ledger.generation(), ledger.extensions().count()), (3, 2));
}

#[test]
fn before_2025_there_was_no_cap() {
    let mut ledger = ledger("K07", "MATERIAL_SIGNED", "2024-12-02");
    assert_eq!(ledger.extend(Extension::agreed(Period::days(90), both("2024-12-10")), floor()), Ok(2));
    assert_eq!(due(&ledger), "2025-03-17", "the law of the day it was pinned on");
}

#[test]
fn an_extension_counts_only_if_the_last_consent_came_in_time() {
    let ledger = ledger("K05", "MATERIAL_SIGNED", "2024-03-01");
    assert_eq!(due(&ledger), "2024-04-01");
    let with = |last: &str| {
        let given = [
            Consent { party: party(1), at: morning("2024-03-05") },
            Consent { party: party(2), at: at(last) },
        ];
        let consents = Consents::of_all(&[party(1), party(2)], &given).unwrap();
        ledger.clone().extend(Extension::agreed(Period::days(15), consents), floor())
    };
    assert_eq!(with("2024-04-01T23:59:59+08:00"), Ok(2));
    let late = with("2024-04-02T00:00:00+08:00").unwrap_err();
    assert_eq!((late.reason(), late.facts()[0].1.as_str()), ("EXTENSION_AFTER_THE_END", "2024-04-01"));
}

#[test]
fn who_may_extend_is_the_clocks_own_rule() {
    let approved = |days| {
        let approval = Approval { by: OrgId::new("petition-office").unwrap(), at: morning("2026-03-10") };
        Extension::approved(Period::days(days), approval)
    };
    let mut petition = ledger("K46", "ACCEPTED", "2026-03-02");
    assert_eq!(
        petition
            .extend(Extension::agreed(Period::days(5), both("2026-03-10")), floor())
            .unwrap_err()
            .reason(),
        "WRONG_HAND_EXTENDS"
    );
    assert_eq!(petition.extend(approved(31), floor()).unwrap_err().reason(), "EXTENSION_OVER_THE_CAP");
    assert_eq!(petition.extend(approved(30), floor()), Ok(2));
    let mut labour = ledger("K12", "APPLICATION_RECEIVED", "2026-03-02");
    let refused = labour.extend(Extension::agreed(Period::days(1), both("2026-03-10")), floor()).unwrap_err();
    assert_eq!((refused.reason(), refused.article()), ("NOT_EXTENDABLE", "L15 art. 14"));
    let mut ours = ledger("K07", "MATERIAL_SIGNED", "2026-03-02");
    assert_eq!(ours.extend(approved(5), floor()).unwrap_err().reason(), "WRONG_HAND_EXTENDS");
}

#[test]
fn an_appraisal_takes_its_days_out() {
    let mut ledger = ledger("K05", "MATERIAL_SIGNED", "2024-03-01");
    assert_eq!(ledger.stop(morning("2024-03-11"), StopReason::Appraisal), Ok(2));
    assert_eq!(
        ledger.standing(floor()),
        Standing::Stopped { since: morning("2024-03-11"), reason: StopReason::Appraisal }
    );
    assert_eq!(
        ledger.stop(morning("2024-03-12"), StopReason::Appraisal).unwrap_err().reason(),
        "ALREADY_STOPPED"
    );
    assert_eq!(ledger.resume(morning("2024-03-10")).unwrap_err().reason(), "OUT_OF_ORDER");
    assert_eq!(ledger.resume(morning("2024-03-25")), Ok(3));
    // Ten days ran, fourteen were left out, twenty were left on the 25th.
    assert_eq!(due(&ledger), "2024-04-15", "14 April is a Sunday");
    assert_eq!(ledger.resume(morning("2024-03-26")).unwrap_err().reason(), "NOT_STOPPED");
    assert_eq!(
        ledger.stop(morning("2024-03-26"), StopReason::Hearing).unwrap_err().reason(),
        "STOP_NOT_ALLOWED"
    );
    let medical = |stopped: bool| {
        let mut ledger = self::ledger("K15", "ACCEPTED", "2025-01-02");
        if stopped {
            ledger.stop(morning("2025-01-06"), StopReason::Appraisal).unwrap();
            ledger.resume(morning("2025-01-10")).unwrap();
        }
        due(&ledger)
    };
    assert_eq!(
        (medical(false), medical(true)),
        ("2025-02-19".to_owned(), "2025-02-25".to_owned()),
        "four working days"
    );
}

#[test]
fn hours_run_through_and_a_correction_begins_the_period_anew() {
    let mut order = ledger("K43a", "PROTECTION_APPLICATION_ACCEPTED", "2026-02-13");
    let Standing::Running(expiry) = order.standing(floor()) else { panic!("it runs") };
    assert_eq!(expiry.at, at("2026-02-16T11:00:00+08:00"), "through the Spring Festival");
    assert_eq!(
        order.restart(start("ACCEPTED", morning("2026-02-14"))).unwrap_err().reason(),
        "NOT_A_START_EVENT"
    );
    let mut filing = ledger("K34", "COMPLAINT_RECEIVED", "2026-03-02");
    assert_eq!(due(&filing), "2026-03-09");
    assert_eq!(filing.restart(start("CORRECTION_RECEIVED", morning("2026-03-06"))), Ok(2));
    assert_eq!((due(&filing).as_str(), filing.generation()), ("2026-03-13", 2));
}

#[test]
fn moving_a_case_is_an_act_with_a_reason_and_everything_else_stays() {
    let mut ledger = ledger("K07", "MATERIAL_SIGNED", "2024-12-30");
    let today = floor().terms("K07", None, day("2025-01-10")).unwrap();
    assert_eq!(
        ledger.repin(morning("2025-01-10"), today.clone(), "  ").unwrap_err().reason(),
        "REASON_MISSING"
    );
    assert_eq!(ledger.terms().pinned_on, day("2024-12-30"));
    assert_eq!(ledger.repin(morning("2025-01-10"), today, "法院来函要求适用新规定"), Ok(2));
    assert_eq!(ledger.terms().pinned_on, day("2025-01-10"));
    let long = Extension::agreed(Period::days(45), both("2025-01-10"));
    assert_eq!(ledger.extend(long, floor()).unwrap_err().reason(), "EXTENSION_OVER_THE_CAP");
}

#[test]
fn what_was_stored_comes_back_and_a_forged_entry_does_not() {
    let mut written = ledger("K07", "MATERIAL_SIGNED", "2025-03-03");
    written.stop(morning("2025-03-05"), StopReason::Appraisal).unwrap();
    written.resume(morning("2025-03-12")).unwrap();
    written.extend(Extension::agreed(Period::days(30), both("2025-03-13")), floor()).unwrap();
    let parts = || (written.terms().clone(), written.began().clone(), written.entries().to_vec());
    let (terms, began, entries) = parts();
    assert_eq!(Ledger::recall(terms, began, floor(), 1, entries), Ok(written.clone()));
    let (terms, began, mut entries) = parts();
    entries.push(Entry::Extended(Extension::agreed(Period::days(1), both("2025-03-14"))));
    assert_eq!(
        Ledger::recall(terms, began, floor(), 1, entries).unwrap_err().reason(),
        "EXTENSION_OVER_THE_CAP"
    );
}

#[test]
fn clocks_that_are_not_there_are_refused_each_in_its_own_way() {
    let terms = |clock: &str, court: Option<&str>, on: &str| {
        floor().terms(clock, court, day(on)).unwrap_err().reason()
    };
    assert_eq!(terms("K99", None, "2026-01-05"), "UNKNOWN_CLOCK");
    assert_eq!(terms("K44", None, "2022-04-30"), "CLOCK_NOT_IN_FORCE");
    assert_eq!(terms("K26", None, "2026-01-05"), "LENGTH_NOT_FIXED");
    assert_eq!(terms("K05", Some("court-9"), "2024-01-05"), "UNKNOWN_COURT");
    let pin = regimes::regime_for("CM", "MEDIATION_AGREED", day("2026-05-06")).unwrap();
    let agreed = floor().main_terms(&pin, Course::Ordinary, None).unwrap_err();
    assert_eq!((agreed.reason(), agreed.article()), ("PERIOD_IS_AGREED", "P32"));
    let own = Terms::agreed(&pin, Period::days(60));
    let ledger = Ledger::start(own, start("MEDIATION_AGREED", morning("2026-05-06")), floor(), 1).unwrap();
    assert_eq!(due(&ledger), "2026-07-06");
}

#[test]
fn an_explanation_names_every_day_that_did_not_count() {
    let told = |start: &str, period: &str| {
        explain::period(floor(), day(start), period.parse().unwrap(), Way::Forward)
    };
    let working = told("2026-02-13", "3wd");
    assert_eq!(working.standing.expiry().unwrap().date, day("2026-02-25"));
    assert_eq!(
        working.chinese(),
        [
            "期限：3个工作日，只计工作日：周末和节假日不计，调休上班日计入",
            "起算：事件 2026-02-13（星期五），当日不计（民事诉讼法第八十五条）",
            "计入：2026-02-14（星期六），春节调休上班日",
            "不计：2026-02-15..2026-02-23，春节放假",
            "届满：2026-02-25（星期三） 24:00（历法版本 2026.1）",
        ]
    );
    assert_eq!(
        working.english()[2..],
        [
            "counted: Saturday 2026-02-14, worked instead of a day of Spring Festival",
            "not counted: 2026-02-15..2026-02-23, holiday of Spring Festival",
            "end: Wednesday 2026-02-25 24:00 Asia/Shanghai (calendar of edition 2026.1)",
        ]
    );
    assert_eq!(working.days().len(), 10);
    let calendar = told("2021-01-12", "30d").chinese();
    assert_eq!(calendar[2], "不在休息日届满：2021-02-11..2021-02-17，春节放假，顺延");
    let provisional = told("2026-12-20", "30d").english();
    assert!(
        provisional[2].starts_with("provisional: the holidays of 2027 are not published"),
        "{provisional:?}"
    );
    let saturday = told("2023-09-04", "30d");
    assert!(saturday.days().last().is_some_and(|day| day.counted && day.why == "make-up"), "{saturday:?}");
    let back = explain::period(floor(), day("2026-03-18"), Period::days(3), Way::Backward).english();
    assert_eq!(back[2], "cannot end on: 2026-03-14..2026-03-15, weekend; the end moves back");
}

#[test]
fn an_explanation_names_stops_extensions_and_hands() {
    let mut ledger = ledger("K07", "MATERIAL_SIGNED", "2025-03-03");
    ledger.stop(morning("2025-03-05"), StopReason::Appraisal).unwrap();
    assert!(ledger.explain(floor()).chinese().iter().any(|line| line == "停止计算：2025-03-06 起，鉴定评估"));
    ledger.resume(morning("2025-03-12")).unwrap();
    ledger.extend(Extension::agreed(Period::days(10), both("2025-03-20")), floor()).unwrap();
    let told = ledger.explain(floor());
    assert_eq!(
        told.chinese(),
        [
            "规则：K07 立案后委托调解（普通程序），依最高人民法院关于严格依法规范民事案件立案与调解工作的意见（2024-12-27，\
             网页转载） item 3；最高人民法院关于人民法院特邀调解的规定 法释〔2016〕14号 art. 27；人民法院在线调解规则 \
             法释〔2021〕23号 art. 24, 26，适用2025-03-03的规则",
            "期限：15日，按日历日计算，最后一日是休息日的顺延到其后第一个工作日（民法典第二百零三条）",
            "起算：签收材料 2025-03-03（星期一），当日不计（民事诉讼法第八十五条）",
            "停止计算：2025-03-06..2025-03-12，鉴定评估",
            "延长：10日，由 2025-03-25 延至 2025-04-07，各方同意：第1方2025-03-20，第2方2025-03-20",
            "不在休息日届满：2025-04-04..2025-04-06，清明节放假，顺延",
            "届满：2025-04-07（星期一） 24:00（历法版本 2026.1）",
        ]
    );
    assert_eq!(
        told.english()[4],
        "extended: by 10 days, from 2025-03-25 to 2025-04-07, consented to by party 1 on 2025-03-20, party 2 on 2025-03-20"
    );
    assert_eq!(told.standing, ledger.standing(floor()));
    let stopped = told.days().into_iter().filter(|day| day.why == "stopped").count();
    assert_eq!(stopped, 7);
}

#[test]
fn random_ledgers_end_where_the_slow_count_ends() {
    let slow = Slow::new();
    let mut dice = Dice(42);
    let (first, last) = (slow.place(2021, 1, 4), slow.place(2026, 6, 30));
    let name = |at: usize| slow.name(at);
    for case in 0..cases() / 10 {
        let begin = first + dice.below((last - first) as u64) as usize;
        let (clock, event, length, unit) = match dice.below(3) {
            0 => ("K05", "MATERIAL_SIGNED", 30, "d"),
            1 => ("K15", "ACCEPTED", 30, "wd"),
            _ => ("K07", "MATERIAL_SIGNED", 15, "d"),
        };
        let mut ours = ledger(clock, event, &name(begin));
        let mut theirs = slow.count(begin, length, unit, 1, &[]);
        let mut stopped = Vec::new();
        if dice.below(2) == 0 {
            let from = begin + dice.below(12) as usize;
            let until = from + dice.below(30) as usize;
            ours.stop(morning(&name(from)), StopReason::Appraisal).unwrap();
            ours.resume(morning(&name(until))).unwrap();
            stopped.extend((until > from).then_some((from + 1, until)));
            theirs = slow.count(begin, length, unit, 1, &stopped);
        }
        if dice.below(2) == 0 {
            let days = 1 + dice.below(30) as u32;
            let agreed = day(&name(theirs.at)) - Days::new(dice.below(5));
            let consents = both(&agreed.to_string());
            ours.extend(Extension::agreed(Period::days(days), consents), floor()).unwrap();
            let more = slow.count(theirs.at, days, "d", 1, &stopped);
            theirs = slow::Answer { provisional: theirs.provisional || more.provisional, ..more };
        }
        let expiry = ours.standing(floor()).expiry().unwrap();
        assert_eq!(
            (expiry.date.to_string(), expiry.provisional),
            (name(theirs.at), theirs.provisional),
            "case {case}: {clock} from {} with {:?}",
            name(begin),
            ours.entries()
        );
        assert_eq!(expiry.at, calendar::end_of(expiry.date));
        assert_eq!(ours.explain(floor()).standing.expiry(), Some(expiry));
        assert_eq!(ours.terms().period.unit == Unit::WorkDays, unit == "wd");
    }
}
