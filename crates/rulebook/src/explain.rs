//! Why a date is what it is: the rule with its article, the event, every day that did not count and why, every make-up day
//! that did, every stop, every extension with the hands that granted it.
//!
//! The notes come from the very walk that finds the date, so an explanation cannot say anything else than the date does.

mod note;
mod words;

pub use note::{DayNote, Note, Why};

use crate::calendar::{self, DayKind, Part};
use crate::clocks::{Expiry, StopReason};
use crate::deadline::standing::{Seen, Stage};
use crate::deadline::{Entry, Ledger, Standing};
use crate::edition::Edition;
use crate::period::{Period, Unit, Way};
use chrono::{DateTime, NaiveDate, Utc};

/// All that decided a date, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// How the deadline stands.
    pub standing: Standing,
    /// Why.
    pub notes: Vec<Note>,
}

/// Explains a bare period, without a rule behind it, by an edition's calendar.
pub fn period(edition: &Edition, start: NaiveDate, period: Period, way: Way) -> Explanation {
    let mut stage = Stage::new(start);
    let due = edition.calendar().walk(start, period, way, &[], &mut |day, part| stage.see(day, part));
    let at = calendar::end_of(due.date);
    let standing = Standing::Running(Expiry { at, date: due.date, provisional: due.provisional });
    let event = Note::Event { event: String::new(), on: start, anew: false };
    let mut notes = vec![Note::Counting { period, way }, event];
    notes.extend(days(&stage.seen, way, &|_| StopReason::Appraisal));
    notes.extend(stage.unknown_year.map(|year| Note::Provisional { year }));
    notes.push(Note::End { standing, hours: false, edition: edition.id().to_owned() });
    Explanation { standing, notes }
}

/// Explains hours from an instant on, or back from it.
pub fn hours(edition: &Edition, start: DateTime<Utc>, length: u32, way: Way) -> Explanation {
    let at = match way {
        Way::Forward => calendar::add_hours(start, length),
        Way::Backward => calendar::hours_before(start, length),
    };
    let standing = Standing::Running(Expiry { at, date: calendar::civil_date(at), provisional: false });
    let notes = vec![
        Note::Counting { period: Period { length, unit: Unit::Hours }, way },
        Note::Event { event: String::new(), on: calendar::civil_date(start), anew: false },
        Note::End { standing, hours: true, edition: edition.id().to_owned() },
    ];
    Explanation { standing, notes }
}

impl Ledger {
    /// Explains how it stands by an edition's calendar.
    pub fn explain(&self, edition: &Edition) -> Explanation {
        let mut notes = self.rule_told();
        let mut stages: Vec<Stage> = Vec::new();
        let hours = self.terms().period.unit == Unit::Hours;
        let standing = self.standing(edition);
        let stops = self.stops_told();
        match standing {
            Standing::Stopped { since, reason } => {
                notes.extend(stops.iter().cloned());
                notes.push(Note::Stopped { first: after(since), last: None, reason });
            }
            Standing::Running(_) if hours => notes.extend(stops.iter().cloned()),
            Standing::Running(_) => {
                self.count(edition.calendar(), &mut |stage| stages.push(stage));
            }
        }
        let reason_of = |day: NaiveDate| {
            let found = stops.iter().find_map(|note| match note {
                Note::Stopped { first, last, reason }
                    if *first <= day && last.is_none_or(|last| day <= last) =>
                {
                    Some(*reason)
                }
                _ => None,
            });
            found.unwrap_or(StopReason::Appraisal)
        };
        let mut granted = self.extensions().cloned();
        for (at, stage) in stages.iter().enumerate() {
            let extension = (at > 0).then(|| granted.next()).flatten();
            let told = |extension| Note::Extended { extension, ends: Some((stage.from, stage.last)) };
            notes.extend(extension.map(told));
            let way = if at == 0 { self.terms().way } else { Way::Forward };
            notes.extend(days(&stage.seen, way, &reason_of));
        }
        notes.extend(granted.map(|extension| Note::Extended { extension, ends: None }));
        let unknown = stages.iter().find_map(|stage| stage.unknown_year);
        notes.extend(unknown.map(|year| Note::Provisional { year }));
        notes.push(Note::End { standing, hours, edition: edition.id().to_owned() });
        Explanation { standing, notes }
    }

    /// The rule, how it is counted, and from what.
    fn rule_told(&self) -> Vec<Note> {
        let terms = self.terms();
        let rule = Note::Rule {
            clock: terms.clock.clone(),
            name_zh: terms.name_zh.clone(),
            name_en: terms.name_en.clone(),
            article: terms.article.clone(),
            verified: terms.verified,
            pinned_on: terms.pinned_on,
        };
        let began = self.began();
        let anew = self.entries().iter().any(|entry| matches!(entry, Entry::Restarted(_)));
        let event = Note::Event { event: began.event.clone(), on: calendar::civil_date(began.at), anew };
        let moved = self.entries().iter().filter_map(|entry| match entry {
            Entry::Repinned { at, reason, .. } => {
                Some(Note::Repinned { on: calendar::civil_date(*at), reason: reason.clone() })
            }
            _ => None,
        });
        let counting = Note::Counting { period: terms.period, way: terms.way };
        [rule, counting, event].into_iter().chain(moved).collect()
    }

    /// The stops of the running period that have ended, whole.
    fn stops_told(&self) -> Vec<Note> {
        let told = self.stops().into_iter().map(|(from, to, reason)| Note::Stopped {
            first: after(from),
            last: Some(calendar::civil_date(to)),
            reason,
        });
        told.filter(|note| matches!(note, Note::Stopped { first, last: Some(last), .. } if first <= last))
            .collect()
    }
}

impl Explanation {
    /// Every day that mattered, one by one.
    pub fn days(&self) -> Vec<DayNote> {
        let each = |first: &NaiveDate, last: &NaiveDate, counted, why, name: Option<&String>| {
            let (first, last) = ((*first).min(*last), (*first).max(*last));
            let days = first.iter_days().take_while(move |day| *day <= last);
            let name = name.cloned();
            days.map(move |date| DayNote { date, counted, why, name: name.clone() }).collect::<Vec<_>>()
        };
        let of_note = |note: &Note| match note {
            Note::Rest { first, last, why } | Note::NoEnd { first, last, why: Some(why), .. } => match why {
                Why::Weekend => each(first, last, false, "weekend", None),
                Why::Holiday(name) => each(first, last, false, "holiday", Some(name)),
            },
            Note::NoEnd { first, last, why: None, .. } | Note::Stopped { first, last: Some(last), .. } => {
                each(first, last, false, "stopped", None)
            }
            Note::MadeUp { on, name } => each(on, on, true, "make-up", Some(name)),
            _ => Vec::new(),
        };
        self.notes.iter().flat_map(of_note).collect()
    }
}

fn after(instant: DateTime<Utc>) -> NaiveDate {
    let day = calendar::civil_date(instant);
    day.succ_opt().unwrap_or(day)
}

/// Days in a row that meant the same become one note.
fn days(seen: &[Seen], way: Way, reason_of: &dyn Fn(NaiveDate) -> StopReason) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    for Seen { date, part, why, make_up } in seen {
        let (first, last) = (*date, *date);
        let note = match (part, why, make_up) {
            (Part::Counted, _, Some(name)) => Note::MadeUp { on: first, name: name.clone() },
            (Part::Rest, Some(why), _) => Note::Rest { first, last, why: why.clone() },
            (Part::NoEnd, why, _) => Note::NoEnd { first, last, why: why.clone(), way },
            (Part::Stopped, _, _) => Note::Stopped { first, last: Some(last), reason: reason_of(first) },
            _ => continue,
        };
        if !notes.last_mut().is_some_and(|held| grows(held, &note)) {
            notes.push(note);
        }
    }
    notes
}

/// Takes the next day in if it is the neighbour and means the same.
fn grows(held: &mut Note, next: &Note) -> bool {
    let near = |one: NaiveDate, other: NaiveDate| (one - other).num_days().abs() == 1;
    let end = match (held, next) {
        (Note::Rest { last, why, .. }, Note::Rest { first, why: other, .. })
            if why == other && near(*last, *first) =>
        {
            last
        }
        (Note::NoEnd { last, why, .. }, Note::NoEnd { first, why: other, .. })
            if why == other && near(*last, *first) =>
        {
            last
        }
        (Note::Stopped { last: Some(last), reason, .. }, Note::Stopped { first, reason: other, .. })
            if reason == other && near(*last, *first) =>
        {
            last
        }
        _ => return false,
    };
    if let Note::Rest { first, .. } | Note::NoEnd { first, .. } | Note::Stopped { first, .. } = next {
        *end = *first;
    }
    true
}

/// What the calendar says of a day, kept.
pub(crate) fn why_of(kind: DayKind<'_>) -> (Option<Why>, Option<String>) {
    match kind {
        DayKind::Weekday => (None, None),
        DayKind::Weekend => (Some(Why::Weekend), None),
        DayKind::Holiday(name) => (Some(Why::Holiday(name.to_owned())), None),
        DayKind::MakeUp(name) => (None, Some(name.to_owned())),
    }
}
