//! What is otherwise under one regime than under another: tracks, clocks, procedure, causes, thresholds.

use crate::clocks::Clock;
use crate::jurisdiction::Threshold;
use crate::procedure::Transition;
use crate::profiles::Profile;
use crate::regimes::{self, Regime};
use crate::validity::{self, Dated};
use crate::{causes, clocks, jurisdiction, procedure, profiles, tracks};

told! {
    /// A part of the book.
    Area {
        /// A track's profile.
        Track = "track", "途径", "track";
        /// A clock.
        Clock = "clock", "期限", "clock";
        /// A transition.
        Step = "step", "步骤", "step";
        /// The revision of the causes.
        Causes = "causes", "案由", "causes";
        /// The threshold of intermediate courts.
        Threshold = "threshold", "级别标准", "threshold";
    }
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where.
    pub area: Area,
    /// Which row.
    pub key: String,
    /// Which field, by its column's name.
    pub field: &'static str,
    /// Under the first regime; none where it did not know the row.
    pub before: Option<String>,
    /// Under the second; none where it no longer does.
    pub after: Option<String>,
    /// Where the later row comes from.
    pub source: String,
}

/// The changes that lie between two regimes, the second included; also when they are named the other way round.
pub fn regimes_between(from: &Regime, to: &Regime) -> &'static [Regime] {
    let (first, last) = (from.order().min(to.order()), from.order().max(to.order()));
    &regimes::all()[first..last]
}

/// Everything that is otherwise under `to` than under `from`.
pub fn between(from: &Regime, to: &Regime) -> Vec<Change> {
    let mut found = Vec::new();
    for track in tracks::all() {
        rows(&mut found, Area::Track, profiles::all(), &track.code, (from, to), profile);
    }
    for id in keys(clocks::all()) {
        rows(&mut found, Area::Clock, clocks::all(), id, (from, to), clock);
    }
    for id in keys(procedure::transitions()) {
        rows(&mut found, Area::Step, procedure::transitions(), id, (from, to), step);
    }
    rows(&mut found, Area::Causes, causes::revisions(), "causes", (from, to), |row| {
        (vec![("revision", row.code.clone())], row.source.clone())
    });
    for scope in keys(jurisdiction::thresholds()) {
        rows(&mut found, Area::Threshold, jurisdiction::thresholds(), scope, (from, to), threshold);
    }
    found
}

fn keys<T: Dated>(rows: &[T]) -> Vec<&str> {
    let mut keys: Vec<&str> = rows.iter().map(Dated::key).collect();
    keys.dedup();
    keys
}

/// A row's fields by name, and its source.
type Told = (Vec<(&'static str, String)>, String);

fn rows<T: Dated>(
    found: &mut Vec<Change>,
    area: Area,
    table: &[T],
    key: &str,
    (from, to): (&Regime, &Regime),
    tell: impl Fn(&T) -> Told,
) {
    let before = validity::under(table, key, from).map(&tell);
    let after = validity::under(table, key, to).map(&tell);
    let mut change = |field, before, after, source: &str| {
        found.push(Change { area, key: key.to_owned(), field, before, after, source: source.to_owned() });
    };
    match (before, after) {
        (Some((was, _)), Some((is, source))) => {
            for ((field, was), (_, is)) in was.into_iter().zip(is).filter(|(was, is)| was != is) {
                change(field, Some(was), Some(is), &source);
            }
        }
        (None, Some((is, source))) => change("row", None, Some(whole(&is)), &source),
        (Some((was, source)), None) => change("row", Some(whole(&was)), None, &source),
        (None, None) => {}
    }
}

/// A row that is new or gone, in one piece.
fn whole(fields: &[(&'static str, String)]) -> String {
    let told = fields.iter().filter(|(_, value)| !value.is_empty());
    told.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join("; ")
}

fn profile(row: &Profile) -> Told {
    let id = |id: &Option<String>| id.clone().unwrap_or_else(|| "-".to_owned());
    let fields = vec![
        ("status", row.status.code().to_owned()),
        ("main", id(&row.main)),
        ("summary", id(&row.summary)),
        ("opinion", id(&row.opinion)),
        ("second", id(&row.second)),
        ("publicity", row.publicity.code().to_owned()),
        ("fee", row.fee.code().to_owned()),
        ("formality", row.formality.code().to_owned()),
        ("exit", row.exit.code().to_owned()),
        ("when", row.when_en.clone()),
    ];
    (fields, row.source.clone())
}

fn clock(row: &Clock) -> Told {
    let stops: Vec<&str> = row.stops.iter().map(|reason| reason.code()).collect();
    let fields = vec![
        ("length", row.period().to_string()),
        ("start", row.start.join(" ")),
        ("extension", row.extension.to_string()),
        ("stops", stops.join(" ")),
        ("expiry", row.expiry_en.clone()),
        ("verified", row.verified.to_string()),
    ];
    (fields, row.source.clone())
}

fn step(row: &Transition) -> Told {
    let moves = format!("{} --{}--> {}", row.from.join(" "), row.verb, row.to);
    (
        vec![("moves", moves), ("tracks", row.tracks.join(" ")), ("needs", row.needs_en.clone())],
        row.source.clone(),
    )
}

fn threshold(row: &Threshold) -> Told {
    (vec![("least", format!("{} yuan", row.least_fen / 100))], row.source.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(from: &str, to: &str) -> Vec<String> {
        let regime = |code: &str| regimes::get(code).unwrap();
        let none = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
        let changes = between(regime(from), regime(to)).into_iter();
        changes
            .map(|c| {
                format!("{} {} {}: {} -> {}", c.area.code(), c.key, c.field, none(c.before), none(c.after))
            })
            .collect()
    }

    #[test]
    fn the_change_of_2025() {
        assert_eq!(
            told("R-2024", "R-2025"),
            [
                "track WP status: open -> closed",
                "track WP when: the applicant consents; received before 2025-01-01 -> no new case unless the court has opened \
                 it for itself",
                "track WT fee: unstated -> case-fee-on-failure",
                "track WT when: the suit is registered; the parties consent -> the suit is registered; the parties consent; \
                 not yet in the trial stream",
                "clock K07 extension: consent -> consent-30d",
                "clock K08 extension: consent -> consent-30d",
                "clock K52a row: none -> length 1d; start ACCEPTED; extension none; expiry warning; verified true",
                "clock K52b row: none -> length 7d; start ACCEPTED; extension none; expiry warning; verified true",
                "clock K52c row: none -> length 20d; start ACCEPTED; extension none; expiry warning; verified true",
            ]
        );
    }

    #[test]
    fn regimes_of_one_day_are_told_apart() {
        assert_eq!(told("R-2025", "R-2026a"), ["causes causes revision: 2020 -> 2025"]);
        let police = told("R-2026a", "R-2026b");
        assert!(police.len() == 1 && police[0].starts_with("track PO when: "), "{police:?}");
        assert_eq!(told("R-2026b", "R-2026b"), Vec::<String>::new());
        let back = told("R-2022", "R-2021b");
        assert!(back.iter().any(|line| line == "step T29 tracks: PM WP ME LA FI CM -> PM WP ME"), "{back:?}");
        let codes: Vec<&str> =
            regimes_between(regimes::get("R-2024").unwrap(), regimes::get("R-2026b").unwrap())
                .iter()
                .map(|regime| regime.code.as_str())
                .collect();
        assert_eq!(codes, ["R-2025", "R-2026a", "R-2026b"]);
    }
}
