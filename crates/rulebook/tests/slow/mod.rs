//! A second, slow way to count days, written from the law reference and sharing nothing with the crate: its own table of
//! holidays (typed from domain.md 3.2; 2020 from the notices), its own civil calendar, and one step a day.

/// Month and day ranges off, month and days worked.
const NOTICES: [(i32, &str, &str); 7] = [
    (
        2020,
        "01-01 01-24..02-02 04-04..06 05-01..05 06-25..27 10-01..08",
        "01-19 02-03 04-26 05-09 06-28 09-27 10-10",
    ),
    (
        2021,
        "01-01..03 02-11..17 04-03..05 05-01..05 06-12..14 09-19..21 10-01..07",
        "02-07 02-20 04-25 05-08 09-18 09-26 10-09",
    ),
    (
        2022,
        "01-01..03 01-31..02-06 04-03..05 04-30..05-04 06-03..05 09-10..12 10-01..07 12-31",
        "01-29 01-30 04-02 04-24 05-07 10-08 10-09",
    ),
    (
        2023,
        "01-01..02 01-21..27 04-05 04-29..05-03 06-22..24 09-29..10-06",
        "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    ),
    (
        2024,
        "01-01 02-10..17 04-04..06 05-01..05 06-10 09-15..17 10-01..07",
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    (2025, "01-01 01-28..02-04 04-04..06 05-01..05 05-31..06-02 10-01..08", "01-26 02-08 04-27 09-28 10-11"),
    (
        2026,
        "01-01..03 02-15..23 04-04..06 05-01..05 06-19..21 09-25..27 10-01..07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
];

/// The first day of the table is 1 January of this year, a Sunday.
const FIRST_YEAR: i32 = 2006;
const LAST_YEAR: i32 = 2045;

#[derive(Clone, Copy)]
pub struct Date {
    pub year: i32,
    pub month: u32,
    pub day: u32,
    pub worked: bool,
    pub known: bool,
}

/// Every day of 40 years in a row.
pub struct Slow {
    pub days: Vec<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub at: usize,
    pub provisional: bool,
}

fn month_length(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Slow {
    pub fn new() -> Slow {
        let mut days = Vec::new();
        let mut weekday = 0; // Sunday
        for year in FIRST_YEAR..=LAST_YEAR {
            let notice = NOTICES.iter().find(|notice| notice.0 == year);
            for month in 1..=12 {
                for day in 1..=month_length(year, month) {
                    let is = |list: &str| list.split(' ').any(|range| holds(range, month, day));
                    let weekend = weekday == 0 || weekday == 6;
                    let worked = match notice {
                        Some((_, off, work)) => is(work) || (!weekend && !is(off)),
                        None => !weekend,
                    };
                    days.push(Date { year, month, day, worked, known: notice.is_some() });
                    weekday = (weekday + 1) % 7;
                }
            }
        }
        Slow { days }
    }

    pub fn place(&self, year: i32, month: u32, day: u32) -> usize {
        let is = |date: &Date| (date.year, date.month, date.day) == (year, month, day);
        self.days.iter().position(is).expect("a day of the table")
    }

    pub fn name(&self, at: usize) -> String {
        let Date { year, month, day, .. } = self.days[at];
        format!("{year}-{month:02}-{day:02}")
    }

    /// `unit` is `d`, `wd`, `m` or `y`; `step` is 1 or -1; places from one of a pair of `stopped` to the other do not count.
    pub fn count(&self, start: usize, n: u32, unit: &str, step: isize, stopped: &[(usize, usize)]) -> Answer {
        let mut at = start;
        let mut provisional = false;
        let stands = |at: usize| stopped.iter().any(|(from, until)| *from <= at && at <= *until);
        let move_on = |at: &mut usize| *at = at.checked_add_signed(step).expect("inside the table");
        if unit == "wd" {
            let mut left = n;
            while left > 0 {
                move_on(&mut at);
                provisional |= !self.days[at].known;
                if self.days[at].worked && !stands(at) {
                    left -= 1;
                }
            }
            return Answer { at, provisional };
        }
        let mut left = match unit {
            "d" => n as usize,
            "m" => self.months(start, n, step),
            "y" => self.months(start, n * 12, step),
            other => panic!("{other}"),
        };
        while left > 0 {
            move_on(&mut at);
            if !stands(at) {
                left -= 1;
            }
        }
        provisional |= !self.days[at].known;
        while !self.days[at].worked || stands(at) {
            move_on(&mut at);
            provisional |= !self.days[at].known;
        }
        Answer { at, provisional }
    }

    /// How many days it is to the same day of the due month, or to the last one.
    fn months(&self, start: usize, n: u32, step: isize) -> usize {
        let from = self.days[start];
        let (mut year, mut month) = (from.year, from.month);
        for _ in 0..n {
            month = if step > 0 { month % 12 + 1 } else { (month + 10) % 12 + 1 };
            year += match (step > 0, month) {
                (true, 1) => 1,
                (false, 12) => -1,
                _ => 0,
            };
        }
        let wanted = from.day.min(month_length(year, month));
        let mut at = start;
        loop {
            let date = self.days[at];
            if (date.year, date.month, date.day) == (year, month, wanted) {
                return at.abs_diff(start);
            }
            at = at.checked_add_signed(step).expect("inside the table");
        }
    }
}

/// `01-24..02-02`, `04-04..06` or `04-05`.
fn holds(range: &str, month: u32, day: u32) -> bool {
    let (first, last) = range.split_once("..").unwrap_or((range, range));
    let first_month = &first[..2];
    let last = if last.len() == 2 { format!("{first_month}-{last}") } else { last.to_owned() };
    let this = format!("{month:02}-{day:02}");
    first <= this.as_str() && this.as_str() <= last.as_str()
}

/// Numbers that look random and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// How many random cases: 100,000, or what `tests/full law` asks for.
pub fn cases() -> u64 {
    let asked = std::env::var_os("RULEBOOK_CASES").and_then(|count| count.to_str()?.parse().ok());
    asked.unwrap_or(100_000)
}
