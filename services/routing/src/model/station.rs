//! Workstations: fixed ones and those that travel, and when they are where.

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use lexicon::text::{Limits, clean};
use lexicon::{Fault, coded};
use rulebook::towns;

/// Where a workstation stands, in words.
const PLACE: Limits = Limits::line(60);
/// Entries of one workstation, at most.
const MOST: usize = 50;
const DAYS: [(&str, Weekday); 7] = [
    ("MON", Weekday::Mon),
    ("TUE", Weekday::Tue),
    ("WED", Weekday::Wed),
    ("THU", Weekday::Thu),
    ("FRI", Weekday::Fri),
    ("SAT", Weekday::Sat),
    ("SUN", Weekday::Sun),
];

coded! {
    /// Whether a workstation stays where it is.
    StationKind {
        /// It does.
        Fixed = "FIXED", "固定工作站";
        /// A vehicle, or people who come by.
        Mobile = "MOBILE", "流动工作站";
    }
}

/// A day of every week, or one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenDay {
    /// Every week.
    Weekly(Weekday),
    /// Once.
    Once(NaiveDate),
}

/// When a workstation is open, and where it stands then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// On which day.
    pub day: OpenDay,
    /// From when.
    pub from: NaiveTime,
    /// Until when.
    pub to: NaiveTime,
    /// In which town; that of the workstation where none is told.
    pub town_code: Option<String>,
    /// Where in it.
    pub place: Option<String>,
}

impl Hours {
    /// Reads `MON 09:00-12:00 442000118 the square; 2026-03-05 14:00-17:00`: entries between semicolons; town and place may be
    /// left out.
    pub fn read(text: &str) -> Result<Vec<Hours>, Fault> {
        let entries = text.split([';', '；']).map(str::trim).filter(|entry| !entry.is_empty());
        let hours: Vec<Hours> = entries.map(Self::entry).collect::<Result<_, Fault>>()?;
        if hours.len() > MOST { Err(Fault::TOO_MANY) } else { Ok(hours) }
    }

    fn entry(text: &str) -> Result<Hours, Fault> {
        let (day, rest) = text.split_once(char::is_whitespace).ok_or(Fault::FORMAT)?;
        let (span, rest) =
            rest.trim_start().split_once(char::is_whitespace).unwrap_or((rest.trim_start(), ""));
        let weekly = DAYS.iter().find(|(name, _)| *name == day).map(|(_, day)| OpenDay::Weekly(*day));
        let day = match weekly {
            Some(day) => day,
            None => OpenDay::Once(day.parse().map_err(|_| Fault::FORMAT)?),
        };
        let (from, to) = span.split_once('-').ok_or(Fault::FORMAT)?;
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| Fault::FORMAT);
        let (from, to) = (time(from)?, time(to)?);
        if to <= from {
            return Err(Fault::ORDER);
        }
        let rest = rest.trim();
        let (first, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let is_code = first.len() == 9 && first.bytes().all(|byte| byte.is_ascii_digit());
        if is_code && towns::by_code(first).is_none() {
            return Err(Fault::UNKNOWN_CODE);
        }
        let town_code = is_code.then(|| first.to_owned());
        let place = if is_code { after } else { rest };
        let place = if place.is_empty() { None } else { Some(clean(place, PLACE)?) };
        Ok(Hours { day, from, to, town_code, place })
    }

    /// The entries as they are kept; what was read from it is the same again.
    pub fn text(hours: &[Hours]) -> String {
        hours.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    /// Whether it is one of a day's.
    pub fn is_on(&self, day: NaiveDate) -> bool {
        match self.day {
            OpenDay::Weekly(weekday) => day.weekday() == weekday,
            OpenDay::Once(once) => day == once,
        }
    }
}

impl std::fmt::Display for OpenDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OpenDay::Once(day) => write!(f, "{day}"),
            OpenDay::Weekly(day) => {
                f.write_str(DAYS.iter().find(|(_, known)| known == day).map_or("", |(name, _)| name))
            }
        }
    }
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}-{}", self.day, self.from.format("%H:%M"), self.to.format("%H:%M"))?;
        self.town_code.iter().chain(&self.place).try_for_each(|word| write!(f, " {word}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_and_written() {
        let text = "MON 09:00-12:00 442000118 小榄镇 文化广场; 2026-03-05 14:00-17:30; SAT 08:30-11:00 码头";
        let hours = Hours::read(text).unwrap();
        assert_eq!(Hours::text(&hours), text);
        assert_eq!(Hours::read(&Hours::text(&hours)).unwrap(), hours);
        assert_eq!(hours[0].place.as_deref(), Some("小榄镇 文化广场"));
        assert_eq!((hours[2].town_code.as_deref(), hours[2].place.as_deref()), (None, Some("码头")));
        let on = |day: &str| hours.iter().filter(|one| one.is_on(day.parse().unwrap())).count();
        assert_eq!(["2026-03-02", "2026-03-05", "2026-03-07", "2026-03-08"].map(on), [1, 1, 1, 0]);
        assert_eq!(Hours::read(" ; ").unwrap(), []);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (text, fault) in [
            ("MON", Fault::FORMAT),
            ("Monday 09:00-12:00", Fault::FORMAT),
            ("MON 9-12", Fault::FORMAT),
            ("MON 12:00-09:00", Fault::ORDER),
            ("MON 09:00-12:00 999999999 x", Fault::UNKNOWN_CODE),
        ] {
            assert_eq!(Hours::read(text), Err(fault), "{text}");
        }
        assert_eq!(Hours::read(&"MON 09:00-12:00;".repeat(51)), Err(Fault::TOO_MANY));
    }
}
