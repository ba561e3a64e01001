//! When a period ends, and why: one question of the command line, or one a line of standard input.
//!
//! A line is `DATE PERIOD`: a civil day or an instant, and a number with h, d, wd, m or y, counted back where a minus
//! stands before it. A line that cannot be read is answered with its number and what is wrong, and the rest goes on.

use std::io::{self, BufRead, BufReader, Read, Write};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Utc};
use lexicon::Fault;
use rulebook::calendar;
use rulebook::edition::Edition;
use rulebook::explain::{self, DayNote, Explanation};
use rulebook::period::{Period, Unit, Way};
use serde::Serialize;
use serde_json::{Value, json};

/// A line longer than this is no date and period.
const LONGEST: u64 = 256;
/// Years that dates may lie in.
const YEARS: std::ops::RangeInclusive<i32> = 1949..=2999;
const SHAPE: &str = "DATE PERIOD, such as 2026-02-13 3wd; units: h d wd m y; -3d counts back";

/// A question that could be read.
struct Asked {
    start: String,
    period: String,
    explanation: Explanation,
}

/// The answer to one question: for machines the date with every day that mattered, for people the explanation.
pub fn one(start: &str, period: &str, machine: bool, out: &mut impl Write) -> anyhow::Result<bool> {
    match (ask(start, period), machine) {
        (Ok(asked), true) => {
            writeln!(out, "{}", answer(&asked, true)?)?;
            Ok(true)
        }
        (Ok(asked), false) => {
            writeln!(out, "{} {} → {}", asked.start, asked.period, asked.date())?;
            for line in asked.explanation.chinese().iter().chain(&asked.explanation.english()) {
                writeln!(out, "  {line}")?;
            }
            Ok(true)
        }
        (Err(fault), true) => {
            writeln!(out, "{}", json!({ "error": error(fault) }))?;
            Ok(false)
        }
        (Err(fault), false) => {
            anyhow::bail!("{} {} {} ({SHAPE})", fault.reason, fault.english, fault.chinese)
        }
    }
}

/// The answers to the lines of a reader, one a line. Answers are flushed whenever no further line is waiting, so that
/// whoever asks one at a time is answered one at a time.
pub fn lines<R: Read>(mut reader: BufReader<R>, machine: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let mut line = Vec::new();
    for number in 1_u64.. {
        if !next(&mut reader, &mut line)? {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&line);
        let mut words = text.split_whitespace();
        let asked = match (words.next(), words.next(), words.next()) {
            (None, _, _) => continue,
            (Some(start), Some(period), None) => ask(start, period),
            _ => Err(Fault::FORMAT),
        };
        match (asked, machine) {
            (Ok(asked), true) => writeln!(out, "{}", answer(&asked, false)?)?,
            (Ok(asked), false) => writeln!(out, "{} {} {}", asked.start, asked.period, asked.date())?,
            (Err(fault), true) => writeln!(out, "{}", json!({ "line": number, "error": error(fault) }))?,
            (Err(fault), false) => {
                writeln!(
                    out,
                    "第{number}行 line {number}: {} {} {}",
                    fault.reason, fault.english, fault.chinese
                )?;
            }
        }
        if reader.buffer().is_empty() {
            out.flush()?;
        }
    }
    Ok(())
}

/// The next line without its end, cut where it is too long; whether there was one.
fn next<R: Read>(reader: &mut BufReader<R>, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    if reader.by_ref().take(LONGEST).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    while line.last() != Some(&b'\n') {
        // Too long, or the last line without its end: what is left of it is not kept.
        let waiting = reader.fill_buf()?;
        let Some(end) = waiting.iter().position(|byte| *byte == b'\n') else {
            let whole = waiting.len();
            if whole == 0 {
                return Ok(true);
            }
            line.extend(b" x x");
            reader.consume(whole);
            continue;
        };
        line.extend(b" x x\n");
        reader.consume(end + 1);
    }
    Ok(true)
}

fn ask(start: &str, period: &str) -> Result<Asked, Fault> {
    let (way, length) = period.strip_prefix('-').map_or((Way::Forward, period), |back| (Way::Backward, back));
    let length: Period = length.parse()?;
    let edition = Edition::compiled_in();
    let explanation = match (moment(start)?, length.unit) {
        (Moment::Instant(at), Unit::Hours) => explain::hours(edition, at, length.length, way),
        (Moment::Instant(at), _) => explain::period(edition, calendar::civil_date(at), length, way),
        (Moment::Day(day), _) => explain::period(edition, day, length, way),
    };
    Ok(Asked { start: start.to_owned(), period: period.to_owned(), explanation })
}

enum Moment {
    Day(NaiveDate),
    Instant(DateTime<Utc>),
}

fn moment(text: &str) -> Result<Moment, Fault> {
    let (moment, day) = if text.len() == 10 {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| Fault::FORMAT)?;
        (Moment::Day(day), day)
    } else {
        let at = DateTime::parse_from_rfc3339(text).map_err(|_| Fault::FORMAT)?.to_utc();
        (Moment::Instant(at), calendar::civil_date(at))
    };
    if YEARS.contains(&day.year()) { Ok(moment) } else { Err(Fault::RANGE) }
}

impl Asked {
    fn date(&self) -> String {
        let Some(expiry) = self.explanation.standing.expiry() else { return String::new() };
        let doubt = if expiry.provisional { " 暂定 provisional" } else { "" };
        format!("{}{doubt}", expiry.date)
    }
}

/// An answer for machines.
#[derive(Serialize)]
struct Answer<'a> {
    start: &'a str,
    period: &'a str,
    due: Option<NaiveDate>,
    provisional: Option<bool>,
    /// The instant from which it is over.
    ends_at: Option<String>,
    edition: &'static str,
    /// Every day that did not count or only counts because it was made up for.
    days: Vec<Day>,
    /// The explanation, where one question was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    chinese: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    english: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Day {
    date: NaiveDate,
    counted: bool,
    why: &'static str,
    name: Option<String>,
}

fn answer(asked: &Asked, in_words: bool) -> serde_json::Result<String> {
    let Asked { start, period, explanation } = asked;
    let expiry = explanation.standing.expiry();
    let shanghai =
        |at: DateTime<Utc>| FixedOffset::east_opt(8 * 3600).map(|zone| at.with_timezone(&zone).to_rfc3339());
    let days = explanation.days().into_iter();
    serde_json::to_string(&Answer {
        start,
        period,
        due: expiry.map(|expiry| expiry.date),
        provisional: expiry.map(|expiry| expiry.provisional),
        ends_at: expiry.and_then(|expiry| shanghai(expiry.at)),
        edition: Edition::compiled_in().id(),
        days: days.map(|DayNote { date, counted, why, name }| Day { date, counted, why, name }).collect(),
        chinese: in_words.then(|| explanation.chinese()),
        english: in_words.then(|| explanation.english()),
    })
}

fn error(fault: Fault) -> Value {
    json!({ "reason": fault.reason, "english": format!("{} ({SHAPE})", fault.english), "chinese": fault.chinese })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(start: &str, period: &str) -> String {
        let mut out = Vec::new();
        assert!(one(start, period, false, &mut out).unwrap());
        String::from_utf8(out).unwrap()
    }

    fn answers(text: &[u8]) -> Vec<Value> {
        let mut out = Vec::new();
        lines(BufReader::new(text), true, &mut out).unwrap();
        let told = String::from_utf8(out).unwrap();
        told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_date_is_told_with_its_explanation() {
        let told_first = told("2021-01-12", "30d");
        assert!(told_first.starts_with("2021-01-12 30d → 2021-02-18\n"), "{told_first}");
        assert!(
            told_first.contains("春节放假") && told_first.contains("holiday of Spring Festival"),
            "{told_first}"
        );
        assert!(told("2026-02-13", "3wd").contains("counted: Saturday 2026-02-14"));
        assert!(told("2026-12-20", "30d").starts_with("2026-12-20 30d → 2027-01-19 暂定 provisional\n"));
        assert!(told("2026-02-13T10:20:00+08:00", "72h").contains("2026-02-16 11:00 +08:00"));
        assert!(told("2026-03-18", "-3d").starts_with("2026-03-18 -3d → 2026-03-13\n"));
    }

    #[test]
    fn each_line_has_its_answer_and_a_bad_one_stops_nothing() {
        let long = "9".repeat(5000);
        let text = format!(
            "2021-01-12 30d\n\n2026-02-13\t3wd\r\nnonsense\n2026-02-30 3d\n2026-02-13 3 d\n{long} {long}\n2026-02-13 0d\n\
             1900-01-01 3d\n2025-01-31 1m"
        );
        let mut bytes = text.into_bytes();
        bytes.extend(b"\n\xff\xfe 3d\n2024-02-29 1y");
        let answers = answers(&bytes);
        let due = |at: usize| answers[at]["due"].as_str().unwrap_or_default();
        assert_eq!(
            (due(0), due(1), due(8), due(10)),
            ("2021-02-18", "2026-02-25", "2025-02-28", "2025-02-28")
        );
        let wrong = |at: usize| {
            (
                answers[at]["line"].as_u64().unwrap(),
                answers[at]["error"]["reason"].as_str().unwrap().to_owned(),
            )
        };
        let expected =
            [(4, "FORMAT"), (5, "FORMAT"), (6, "FORMAT"), (7, "FORMAT"), (8, "RANGE"), (9, "RANGE")];
        for (at, (line, reason)) in (2..8).zip(expected) {
            assert_eq!(wrong(at), (line, reason.to_owned()));
        }
        assert_eq!((wrong(9), answers.len()), ((11, "FORMAT".to_owned()), 11));
        assert!(answers.iter().all(|answer| !answer.to_string().contains("nonsense")), "no value is echoed");
    }

    #[test]
    fn an_answer_for_machines_names_the_days() {
        let mut out = Vec::new();
        assert!(one("2026-02-13", "3wd", true, &mut out).unwrap());
        let told: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(
            (told["due"].as_str(), told["ends_at"].as_str()),
            (Some("2026-02-25"), Some("2026-02-26T00:00:00+08:00"))
        );
        let days = told["days"].as_array().unwrap();
        assert_eq!(
            days[0],
            json!({ "date": "2026-02-14", "counted": true, "why": "make-up", "name": "春节" })
        );
        assert_eq!((days.len(), told["provisional"].as_bool()), (10, Some(false)));
        let mut out = Vec::new();
        assert!(!one("tomorrow", "3wd", true, &mut out).unwrap());
        assert!(
            one("tomorrow", "3wd", false, &mut Vec::new()).unwrap_err().to_string().starts_with("FORMAT ")
        );
    }
}
