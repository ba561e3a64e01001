//! Do the rows of one key follow each other, from a day on which a regime begins, without a gap and without an overlap?

use super::{Book, Defect, Kind, defect};
use crate::calendar::{Span, SpanKind};
use crate::clocks;
use crate::regimes::Regime;
use crate::validity::{Dated, dated};
use chrono::{Datelike, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};

dated!(clocks::Row, id);

pub(super) fn check(book: &Book) -> Vec<Defect> {
    let mut found = order(&book.regimes);
    found.extend(dated("clocks.csv", &book.clocks, &book.regimes));
    found.extend(dated("profiles.csv", &book.profiles, &book.regimes));
    found.extend(dated("transitions.csv", &book.transitions, &book.regimes));
    found.extend(dated("revisions.csv", &book.revisions, &book.regimes));
    found.extend(dated("thresholds.csv", &book.thresholds, &book.regimes));
    found.extend(dated("screen.csv", &book.screen, &book.regimes));
    found.extend(dated("groups.csv", &book.groups, &book.regimes));
    found.extend(dated("channels.csv", &book.channels, &book.regimes));
    found.extend(dated("file.csv", &book.dossier, &book.regimes));
    found.extend(spans("calendar.csv", &book.spans));
    found
}

fn order(regimes: &[Regime]) -> Vec<Defect> {
    let mut found = Vec::new();
    let wrong = |regime: &Regime, says: &str| defect(Kind::WrongDay, "regimes.csv", &regime.code, says);
    for pair in regimes.windows(2) {
        if pair[1].valid_from < pair[0].valid_from {
            found.push(wrong(&pair[1], "begins before the regime above it"));
        }
        if pair[0].also_from.is_some_and(|also| also >= pair[1].valid_from || also < pair[0].valid_from) {
            found.push(wrong(&pair[0], "its second day lies outside it"));
        }
    }
    found
}

pub(super) fn dated<T: Dated>(file: &'static str, rows: &[T], regimes: &[Regime]) -> Vec<Defect> {
    let mut found = Vec::new();
    let mut by_key: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    for row in rows {
        by_key.entry(row.key()).or_default().push(row);
        if row.valid_from().zip(row.valid_to()).is_some_and(|(first, last)| last < first) {
            found.push(defect(Kind::WrongDay, file, row.key(), "its last day is before its first"));
        }
        match (row.regime(), row.valid_from()) {
            (None, None) => {}
            (Some(code), Some(first)) => match regimes.iter().find(|regime| regime.code == code) {
                None => found.push(defect(Kind::UnknownReference, file, row.key(), format!("regime {code}"))),
                Some(regime) if regime.valid_from == first || regime.also_from == Some(first) => {}
                Some(_) => {
                    let says = format!("{first} is no day on which {code} begins");
                    found.push(defect(Kind::WrongDay, file, row.key(), says));
                }
            },
            _ => {
                found.push(defect(Kind::WrongDay, file, row.key(), "a regime and its first day go together"));
            }
        }
    }
    for (key, mut rows) in by_key {
        rows.sort_by_key(|row| row.valid_from());
        for pair in rows.windows(2) {
            found.extend(follow(file, key, pair[0].valid_to(), pair[1].valid_from()));
        }
    }
    found
}

/// Whether one row ends on the day before the other begins.
fn follow(
    file: &'static str,
    key: &str,
    ends: Option<NaiveDate>,
    begins: Option<NaiveDate>,
) -> Option<Defect> {
    let told = |day: Option<NaiveDate>| day.map_or("always".to_owned(), |day| day.to_string());
    let (Some(last), Some(first)) = (ends, begins) else {
        let says = format!("two rows hold from {} on, because the earlier one has no last day", told(begins));
        return Some(defect(Kind::Overlap, file, key, says));
    };
    if last >= first {
        Some(defect(Kind::Overlap, file, key, format!("two rows hold from {first} to {last}")))
    } else if last.succ_opt() != Some(first) {
        let (from, to) = (told(last.succ_opt()), told(first.pred_opt()));
        Some(defect(Kind::Gap, file, key, format!("no row holds from {from} to {to}")))
    } else {
        None
    }
}

/// Whether a calendar's rows are one notice a year, in a row, each day said once.
pub(super) fn spans(file: &'static str, spans: &[Span]) -> Vec<Defect> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for span in spans {
        let row = format!("{} {} {}", span.year, span.name, span.first);
        // New Year's leave may begin in the old year: the notice for 2023 begins on 2022-12-31.
        let in_its_year = span.last.year() == span.year
            && (span.first.year() == span.year
                || span.first.month() == 12 && span.first.year() + 1 == span.year);
        if span.last < span.first || !in_its_year || (span.last - span.first).num_days() > 15 {
            found.push(defect(Kind::WrongDay, file, &row, "does not lie in its year"));
            continue;
        }
        for day in span.first.iter_days().take_while(|day| *day <= span.last) {
            if !seen.insert(day) {
                found.push(defect(Kind::Overlap, file, &row, format!("{day} is said twice")));
            }
            let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
            // 2020-02-03 was a Monday given back to work by the second notice of that year.
            if span.kind == SpanKind::Work && !weekend && span.year != 2020 {
                found.push(defect(Kind::WrongDay, file, &row, format!("{day} is worked anyway")));
            }
        }
    }
    let years: BTreeSet<i32> = spans.iter().map(|span| span.year).collect();
    let whole = years.first().zip(years.last()).map(|(first, last)| *first..=*last);
    for year in whole.into_iter().flatten().filter(|year| !years.contains(year)) {
        found.push(defect(Kind::Gap, file, year.to_string(), "the notice of this year is missing"));
    }
    found
}
