//! An explanation as the contract shows it.

use almanac::Editions;
use contracts::oversight::v1::{ConsentNote, DayNote, DeadlineExplanation, ExtensionNote, StopNote};
use rulebook::deadline::{Extension, Grant, Ledger};
use rulebook::explain::{Explanation, Note};

use crate::model::{Counting, FENCING, Instalment, JOINT_CLOCKS};
use crate::store::timestamp;
use crate::store::views::Shown;

/// Why a deadline ends when it ends.
pub fn explanation(shown: &Shown, editions: &Editions) -> DeadlineExplanation {
    let deadline = Some(super::deadline(shown));
    let due_date = shown.expiry.map_or_else(String::new, |expiry| expiry.date.to_string());
    let ledger = match &shown.deadline.counting {
        Counting::Law(ledger) => ledger,
        Counting::Fencing(_) => {
            let seconds = FENCING.num_seconds();
            return DeadlineExplanation {
                deadline,
                due_date,
                lines: vec![format!("技术期限：认领终止后{seconds}秒内应由调解台确认，与法律期限无关")],
                lines_en: vec![format!(
                    "technical: the mediation desk must store the end of a claim within {seconds} seconds; no law sets it"
                )],
                ..DeadlineExplanation::default()
            };
        }
        Counting::Agreed(_) if JOINT_CLOCKS.contains(&shown.deadline.clock.as_str()) => {
            return DeadlineExplanation { deadline, due_date, ..set() };
        }
        Counting::Agreed(part) => return DeadlineExplanation { deadline, due_date, ..agreed(part) },
    };
    let told = ledger.explain(editions.get(ledger.edition()));
    DeadlineExplanation { deadline, due_date, ..lawful(ledger, &told) }
}

/// A day that an organisation set for another, or for those it meets with.
fn set() -> DeadlineExplanation {
    DeadlineExplanation {
        lines: vec!["由提出方指定的期限：当日24时届满，不因休息日顺延；法律未作规定".to_owned()],
        lines_en: vec![
            "a day set by whoever asked: it ends at 24:00, and no rest day moves it; no law sets it"
                .to_owned(),
        ],
        ..DeadlineExplanation::default()
    }
}

/// An instalment's day is the parties' own.
fn agreed(part: &Instalment) -> DeadlineExplanation {
    let yuan = format!("{}.{:02}", part.amount / 100, part.amount % 100);
    let (zh, en) = match part.amount {
        0 => Default::default(),
        _ => (format!("，应付{yuan}元"), format!(", {yuan} yuan due")),
    };
    DeadlineExplanation {
        article: "L3 art. 31".to_owned(),
        verified: true,
        lines: vec![format!("调解协议约定的履行日{zh}：当日24时届满，不因休息日顺延；届满未履行的即为逾期")],
        lines_en: vec![format!(
            "a day that the agreement fixes{en}: it ends at 24:00, no rest day moves it, and what is not performed by then is in default"
        )],
        ..DeadlineExplanation::default()
    }
}

fn lawful(ledger: &Ledger, told: &Explanation) -> DeadlineExplanation {
    let terms = ledger.terms();
    let days = told.days().into_iter().map(|day| DayNote {
        date: day.date.to_string(),
        counted: day.counted,
        why: day.why.to_owned(),
        holiday: day.name.unwrap_or_default(),
    });
    DeadlineExplanation {
        article: terms.article.clone(),
        verified: terms.verified,
        pinned_on: terms.pinned_on.to_string(),
        period: terms.period.to_string(),
        days: days.collect(),
        extensions: ledger.extensions().map(extension).collect(),
        stops: stops(told),
        lines: told.chinese(),
        lines_en: told.english(),
        ..DeadlineExplanation::default()
    }
}

fn extension(extension: &Extension) -> ExtensionNote {
    let (consents, approved_by) = match extension.grant() {
        Grant::Consents(consents) => (consents.all(), String::new()),
        Grant::Approval(approval) => (&[][..], approval.by.to_string()),
    };
    let consents = consents.iter().map(|consent| ConsentNote {
        party_id: consent.party.to_string(),
        consent_time: Some(timestamp(consent.at)),
    });
    ExtensionNote {
        length: extension.length().to_string(),
        grant_time: Some(timestamp(extension.at())),
        consents: consents.collect(),
        approved_by,
    }
}

/// A stop that spans rest days is told in parts, one after the other; here it is one.
fn stops(told: &Explanation) -> Vec<StopNote> {
    let mut stops: Vec<StopNote> = Vec::new();
    for note in &told.notes {
        let Note::Stopped { first, last, reason } = note else { continue };
        let last_date = last.map_or_else(String::new, |last| last.to_string());
        let follows = |held: &StopNote| {
            held.reason == reason.code()
                && first.pred_opt().is_some_and(|day| held.last_date == day.to_string())
        };
        match stops.last_mut().filter(|held| follows(held)) {
            Some(held) => held.last_date = last_date,
            None => stops.push(StopNote {
                reason: reason.code().to_owned(),
                first_date: first.to_string(),
                last_date,
            }),
        }
    }
    stops
}
