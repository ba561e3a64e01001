//! The editions that this installation knows: the one of the program, and those that were activated since.

use chrono::{DateTime, Utc};
use rulebook::calendar::civil_date;
use rulebook::clocks::Expiry;
use rulebook::deadline::{Ledger, Start};
use rulebook::edition::Edition;

/// All of them, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Editions {
    activated: Vec<Edition>,
}

impl Editions {
    /// The program's own, and these on top.
    pub fn of(activated: Vec<Edition>) -> Self {
        Editions { activated }
    }

    /// The one in force: what was activated last.
    pub fn active(&self) -> &Edition {
        self.activated.last().unwrap_or_else(|| Edition::compiled_in())
    }

    /// The one of this name. A name that is not known was another program's own edition: this program's takes its place.
    pub fn get(&self, id: &str) -> &Edition {
        self.activated.iter().find(|edition| edition.id() == id).unwrap_or_else(|| Edition::compiled_in())
    }

    /// Whether an edition of this name is known.
    pub fn knows(&self, id: &str) -> bool {
        self.get(id).id() == id
    }

    /// When a clock that nothing has happened to runs out: its terms are those of the edition it was `pinned` to, and its days
    /// are counted by the calendar in force, as the deadline ledger does it. Nothing for a clock that no edition lets run.
    pub fn expiry(&self, clock: &str, pinned: &str, start: DateTime<Utc>) -> Option<Expiry> {
        self.expiry_at(None, clock, pinned, start)
    }

    /// The same at a court, whose own setting of the clock holds where it has made one.
    pub fn expiry_at(
        &self,
        court: Option<&str>,
        clock: &str,
        pinned: &str,
        start: DateTime<Utc>,
    ) -> Option<Expiry> {
        let terms = self.get(pinned).terms(clock, court, civil_date(start)).ok()?;
        let began = Start { event: terms.start.first().cloned().unwrap_or_default(), at: start };
        let active = self.active();
        Ledger::start(terms, began, active, 0).ok()?.standing(active).expiry()
    }

    /// Those that were activated, oldest first.
    pub fn activated(&self) -> &[Edition] {
        &self.activated
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::oversight::v1 as wire;

    fn edition(id: &str, period: &str) -> Edition {
        let span = wire::NoticeSpan {
            first_date: "2027-01-01".to_owned(),
            last_date: "2027-01-03".to_owned(),
            holiday: "元旦".to_owned(),
            worked: false,
        };
        let notice = wire::CalendarNotice {
            year: 2027,
            spans: vec![span],
            source: "P55 a test's notice".to_owned(),
            verified: true,
        };
        let set = wire::ClockSetting {
            clock: "S02".to_owned(),
            from_date: "2026-12-01".to_owned(),
            period: period.to_owned(),
            source: "D1 a test's decision".to_owned(),
            ..Default::default()
        };
        let (notices, settings) = (vec![notice], vec![set]);
        crate::read(&wire::Edition { edition_id: id.to_owned(), notices, settings, openings: vec![] })
            .unwrap()
    }

    /// An edition moves the days of a clock that runs, and the length only of those that begin after it.
    #[test]
    fn a_running_clock_keeps_its_terms_and_takes_the_calendar_in_force() {
        let start: DateTime<Utc> = "2026-12-31T02:00:00Z".parse().unwrap();
        let floor = Editions::default();
        let own = floor.active().id().to_owned();
        let before = floor.expiry("S02", &own, start).unwrap();
        assert!(before.provisional);
        let editions = Editions::of(vec![edition("2027.1", "5wd")]);
        let healed = editions.expiry("S02", &own, start).unwrap();
        assert_eq!((healed.date.to_string(), healed.provisional), ("2027-01-06".to_owned(), false));
        let longer = editions.expiry("S02", "2027.1", start).unwrap();
        assert_eq!(longer.date.to_string(), "2027-01-08");
        assert!(editions.expiry("K26", &own, start).is_none() && editions.expiry("X", &own, start).is_none());
    }

    /// What a court has set for itself holds at that court and nowhere else.
    #[test]
    fn a_court_s_own_setting_holds_at_that_court() {
        let set = wire::ClockSetting {
            clock: "K27".to_owned(),
            court: "court-2071".to_owned(),
            from_date: "2026-01-01".to_owned(),
            period: "20d".to_owned(),
            source: "D1 a test's court".to_owned(),
            ..Default::default()
        };
        let (edition_id, settings) = ("2026.court".to_owned(), vec![set]);
        let own = wire::Edition { edition_id, settings, ..Default::default() };
        let editions = Editions::of(vec![crate::read(&own).unwrap()]);
        let start: DateTime<Utc> = "2026-03-02T02:00:00Z".parse().unwrap();
        let ends = |court| editions.expiry_at(court, "K27", "2026.court", start).unwrap().date.to_string();
        assert_eq!(ends(Some("court-2071")), "2026-03-23", "twenty days end on a Sunday");
        assert_eq!(
            (ends(Some("court-2072")), ends(None)),
            ("2026-04-01".to_owned(), "2026-04-01".to_owned())
        );
    }
}
