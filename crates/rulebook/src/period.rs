//! A length of time as the law writes it: `30d`, `3wd`, `72h`, `6m`, `2y`.

use lexicon::Fault;
use serde::Deserialize;
use std::{fmt, str::FromStr};

/// What a length is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum Unit {
    /// Hours.
    #[serde(rename = "h")]
    Hours,
    /// Calendar days.
    #[serde(rename = "d")]
    Days,
    /// Working days.
    #[serde(rename = "wd")]
    WorkDays,
    /// Months.
    #[serde(rename = "m")]
    Months,
    /// Years.
    #[serde(rename = "y")]
    Years,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Unit; 5] = [Unit::Hours, Unit::Days, Unit::WorkDays, Unit::Months, Unit::Years];

    /// As it stands behind a number.
    pub const fn code(self) -> &'static str {
        match self {
            Unit::Hours => "h",
            Unit::Days => "d",
            Unit::WorkDays => "wd",
            Unit::Months => "m",
            Unit::Years => "y",
        }
    }

    /// The longest period anybody may ask for: a hundred years.
    pub const fn most(self) -> u32 {
        match self {
            Unit::Hours => 876_600,
            Unit::Days | Unit::WorkDays => 36_525,
            Unit::Months => 1_200,
            Unit::Years => 100,
        }
    }
}

/// From the event on, or back from it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// Within so many days after the event.
    #[default]
    Forward,
    /// At least so many days before the event.
    #[serde(rename = "back")]
    Backward,
}

/// A length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// How many.
    pub length: u32,
    /// Of what.
    pub unit: Unit,
}

impl Period {
    /// Any length of at least one, up to a hundred years.
    pub const fn new(length: u32, unit: Unit) -> Result<Period, Fault> {
        if length == 0 || length > unit.most() { Err(Fault::RANGE) } else { Ok(Period { length, unit }) }
    }

    /// So many calendar days.
    pub const fn days(length: u32) -> Period {
        Period { length, unit: Unit::Days }
    }

    /// On Chinese papers.
    pub fn chinese(self) -> String {
        let unit = match self.unit {
            Unit::Hours => "小时",
            Unit::Days => "日",
            Unit::WorkDays => "个工作日",
            Unit::Months => "个月",
            Unit::Years => "年",
        };
        format!("{}{unit}", self.length)
    }

    /// In English.
    pub fn english(self) -> String {
        let unit = match self.unit {
            Unit::Hours => "hour",
            Unit::Days => "day",
            Unit::WorkDays => "working day",
            Unit::Months => "month",
            Unit::Years => "year",
        };
        format!("{} {unit}{}", self.length, if self.length == 1 { "" } else { "s" })
    }
}

impl FromStr for Period {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Period, Fault> {
        let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = text.split_at(end);
        let unit = Unit::ALL.into_iter().find(|known| known.code() == unit).ok_or(Fault::FORMAT)?;
        if digits.is_empty() {
            return Err(Fault::FORMAT);
        }
        Period::new(digits.parse().map_err(|_| Fault::RANGE)?, unit)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.length, self.unit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_reads_as_it_is_written() {
        for (text, length, unit, chinese, english) in [
            ("30d", 30, Unit::Days, "30日", "30 days"),
            ("3wd", 3, Unit::WorkDays, "3个工作日", "3 working days"),
            ("72h", 72, Unit::Hours, "72小时", "72 hours"),
            ("1m", 1, Unit::Months, "1个月", "1 month"),
            ("100y", 100, Unit::Years, "100年", "100 years"),
        ] {
            let period: Period = text.parse().unwrap();
            assert_eq!((period.length, period.unit), (length, unit));
            assert_eq!((period.to_string().as_str(), period.chinese().as_str()), (text, chinese));
            assert_eq!(period.english(), english);
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in ["", "d", "30", "30 d", "-3d", "3.5d", "3w", "3wd ", "3D", "３d"] {
            assert_eq!(text.parse::<Period>(), Err(Fault::FORMAT), "{text}");
        }
        for text in ["0d", "101y", "1201m", "36526wd", "99999999999d"] {
            assert_eq!(text.parse::<Period>(), Err(Fault::RANGE), "{text}");
        }
    }
}
