//! One edition over another: what the upper one does not name stays as the lower one has it.

use contracts::oversight::v1::Edition;

/// `upper` with all of `lower` that it does not replace: a notice by its year, a clock's setting by clock, court and day, an
/// opening by court, track and day.
#[must_use]
pub fn with(lower: &Edition, upper: &Edition) -> Edition {
    let mut both = upper.clone();
    let notices = lower.notices.iter().filter(|old| upper.notices.iter().all(|new| new.year != old.year));
    both.notices.extend(notices.cloned());
    both.notices.sort_by_key(|notice| notice.year);
    let settings = lower.settings.iter().filter(|old| {
        upper
            .settings
            .iter()
            .all(|new| (&new.clock, &new.court, &new.from_date) != (&old.clock, &old.court, &old.from_date))
    });
    both.settings.extend(settings.cloned());
    let openings = lower.openings.iter().filter(|old| {
        upper
            .openings
            .iter()
            .all(|new| (&new.track, &new.court, &new.from_date) != (&old.track, &old.court, &old.from_date))
    });
    both.openings.extend(openings.cloned());
    both
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::oversight::v1::{CalendarNotice, ClockSetting};

    #[test]
    fn nothing_is_forgotten_and_the_newer_word_holds() {
        let notice =
            |year, source: &str| CalendarNotice { year, source: source.to_owned(), ..Default::default() };
        let set = |clock: &str, period: &str| ClockSetting {
            clock: clock.to_owned(),
            period: period.to_owned(),
            ..Default::default()
        };
        let lower = Edition {
            edition_id: "one".to_owned(),
            notices: vec![notice(2027, "old"), notice(2028, "old")],
            settings: vec![set("S02", "3wd"), set("S05", "2wd")],
            openings: vec![],
        };
        let upper = Edition {
            edition_id: "two".to_owned(),
            notices: vec![notice(2027, "new")],
            settings: vec![set("S02", "5wd")],
            openings: vec![],
        };
        let both = with(&lower, &upper);
        assert_eq!(both.edition_id, "two");
        assert_eq!(both.notices, [notice(2027, "new"), notice(2028, "old")]);
        assert_eq!(both.settings, [set("S02", "5wd"), set("S05", "2wd")]);
    }
}
