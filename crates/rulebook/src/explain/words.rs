//! An explanation in Chinese and in English.

use super::{Explanation, Note, Why};
use crate::calendar::{civil_date, holiday_in_english};
use crate::deadline::{Extension, Grant, Standing};
use crate::period::{Period, Unit, Way};
use crate::{events, sources};
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Utc, Weekday};

impl Explanation {
    /// One line a note, in Chinese.
    pub fn chinese(&self) -> Vec<String> {
        self.notes.iter().map(chinese).collect()
    }

    /// One line a note, in English.
    pub fn english(&self) -> Vec<String> {
        self.notes.iter().map(english).collect()
    }
}

/// A citation with the sources' names.
pub fn cited(citation: &str) -> String {
    let named = |part: &str| {
        let part = part.trim();
        let (id, rest) = part.split_once(' ').unwrap_or((part, ""));
        let title = sources::by_id(id).map_or(id, |source| source.title.as_str());
        format!("{title} {rest}").trim_end().to_owned()
    };
    citation.split(';').map(named).collect::<Vec<_>>().join("；")
}

fn chinese(note: &Note) -> String {
    match note {
        Note::Rule { clock, name_zh, article, verified, pinned_on, .. } => {
            let doubt = if *verified { "" } else { "（待核对）" };
            format!("规则：{clock} {name_zh}{doubt}，依{}，适用{pinned_on}的规则", cited(article))
        }
        Note::Counting { period, way } => {
            let before = if *way == Way::Backward { "事件之前" } else { "" };
            format!("期限：{before}{}，{}", period.chinese(), counting_zh(*period, *way))
        }
        Note::Event { event, on, anew } => {
            let name = events::get(event).map_or("事件", |event| event.name_zh.as_str());
            let anew = if *anew { "，期限重新起算" } else { "" };
            format!("起算：{name} {}，当日不计{anew}（民事诉讼法第八十五条）", day_zh(*on))
        }
        Note::Repinned { on, reason } => format!("{on} 改按以上规则：{reason}"),
        Note::Rest { first, last, why } => format!("不计：{}，{}", span(*first, *last), why_zh(why)),
        Note::MadeUp { on, name } => format!("计入：{}，{name}调休上班日", day_zh(*on)),
        Note::NoEnd { first, last, why, way } => {
            let why = why.as_ref().map_or_else(|| "期限停止计算".to_owned(), why_zh);
            let moves = if *way == Way::Backward { "提前" } else { "顺延" };
            format!("不在休息日届满：{}，{why}，{moves}", span(*first, *last))
        }
        Note::Stopped { first, last: Some(last), reason } => {
            format!("停止计算：{}，{}", span(*first, *last), reason.chinese())
        }
        Note::Stopped { first, last: None, reason } => format!("停止计算：{first} 起，{}", reason.chinese()),
        Note::Extended { extension, ends } => {
            let moved = ends.map_or_else(String::new, |(from, to)| format!("，由 {from} 延至 {to}"));
            format!("延长：{}{moved}，{}", extension.length().chinese(), hands_zh(extension))
        }
        Note::Provisional { year } => {
            format!("暂定：{year}年的放假安排尚未公布，先按周末推算，公布后可能变动")
        }
        Note::End { standing: Standing::Stopped { .. }, edition, .. } => {
            format!("届满：期限停止计算中（历法版本 {edition}）")
        }
        Note::End { standing: Standing::Running(expiry), hours: true, edition } => {
            format!("届满：{}（历法版本 {edition}）", instant(expiry.at))
        }
        Note::End { standing: Standing::Running(expiry), edition, .. } => {
            format!("届满：{} 24:00（历法版本 {edition}）", day_zh(expiry.date))
        }
    }
}

fn english(note: &Note) -> String {
    match note {
        Note::Rule { clock, name_en, article, verified, pinned_on, .. } => {
            let doubt = if *verified { "" } else { " (not verified)" };
            format!("rule: {clock} {name_en}{doubt}, by {article}, as the law stood on {pinned_on}")
        }
        Note::Counting { period, way } => {
            let before = if *way == Way::Backward { " before the event" } else { "" };
            format!("period: {}{before}, {}", period.english(), counting_en(*period, *way))
        }
        Note::Event { event, on, anew } => {
            let name = events::get(event).map_or("the event", |event| event.name_en.as_str());
            let anew = if *anew { "; the period began anew with it" } else { "" };
            format!("start: {name}, {}, whose own day does not count (L1 art. 85){anew}", day_en(*on))
        }
        Note::Repinned { on, reason } => format!("moved to this rule on {on}: {reason}"),
        Note::Rest { first, last, why } => format!("not counted: {}, {}", span(*first, *last), why_en(why)),
        Note::MadeUp { on, name } => {
            format!("counted: {}, worked instead of a day of {}", day_en(*on), holiday_in_english(name))
        }
        Note::NoEnd { first, last, why, way } => {
            let why = why.as_ref().map_or_else(|| "the period stands still".to_owned(), why_en);
            let moves = if *way == Way::Backward { "back" } else { "on" };
            format!("cannot end on: {}, {why}; the end moves {moves}", span(*first, *last))
        }
        Note::Stopped { first, last: Some(last), reason } => {
            format!("stopped: {}, for {}", span(*first, *last), reason.code())
        }
        Note::Stopped { first, last: None, reason } => {
            format!("stopped: from {first} on, for {}", reason.code())
        }
        Note::Extended { extension, ends } => {
            let moved = ends.map_or_else(String::new, |(from, to)| format!(", from {from} to {to}"));
            format!("extended: by {}{moved}, {}", extension.length().english(), hands_en(extension))
        }
        Note::Provisional { year } => {
            format!(
                "provisional: the holidays of {year} are not published; weekends only, so it may still move"
            )
        }
        Note::End { standing: Standing::Stopped { .. }, edition, .. } => {
            format!("end: the period stands still (calendar of edition {edition})")
        }
        Note::End { standing: Standing::Running(expiry), hours: true, edition } => {
            format!("end: {} (calendar of edition {edition})", instant(expiry.at))
        }
        Note::End { standing: Standing::Running(expiry), edition, .. } => {
            format!("end: {} 24:00 Asia/Shanghai (calendar of edition {edition})", day_en(expiry.date))
        }
    }
}

/// C2, C4, C7 and C8 of the law reference, by unit.
fn counting_zh(period: Period, way: Way) -> &'static str {
    match (period.unit, way) {
        (Unit::WorkDays, _) => "只计工作日：周末和节假日不计，调休上班日计入",
        (Unit::Hours, _) => "按小时连续计算，事件发生的小时不计",
        (_, Way::Backward) => "向前计算，遇休息日提前到之前最近的工作日（本项目解读）",
        (Unit::Days, _) => "按日历日计算，最后一日是休息日的顺延到其后第一个工作日（民法典第二百零三条）",
        (Unit::Months | Unit::Years, _) => {
            "到期月的对应日，没有对应日的为月末，遇休息日顺延（民法典第二百零二条、第二百零三条）"
        }
    }
}

fn counting_en(period: Period, way: Way) -> &'static str {
    match (period.unit, way) {
        (Unit::WorkDays, _) => "working days only: weekends and holidays do not count, make-up days do",
        (Unit::Hours, _) => "hours run through; the hour of the event does not count",
        (_, Way::Backward) => "counted back; from a rest day to the last working day before it (our reading)",
        (Unit::Days, _) => {
            "calendar days; a last day on a rest day moves to the next working day (L20 art. 203)"
        }
        (Unit::Months | Unit::Years, _) => {
            "to the same day of the due month or its last one, then off rest days (L20 art. 202, 203)"
        }
    }
}

fn hands_zh(extension: &Extension) -> String {
    match extension.grant() {
        Grant::Approval(approval) => format!("{}于{}批准", approval.by, civil_date(approval.at)),
        Grant::Consents(consents) => {
            let one = |at: usize, when: DateTime<Utc>| format!("第{}方{}", at + 1, civil_date(when));
            let all = consents.all().iter().enumerate().map(|(at, consent)| one(at, consent.at));
            format!("各方同意：{}", all.collect::<Vec<_>>().join("，"))
        }
    }
}

fn hands_en(extension: &Extension) -> String {
    match extension.grant() {
        Grant::Approval(approval) => format!("approved by {} on {}", approval.by, civil_date(approval.at)),
        Grant::Consents(consents) => {
            let one = |at: usize, when: DateTime<Utc>| format!("party {} on {}", at + 1, civil_date(when));
            let all = consents.all().iter().enumerate().map(|(at, consent)| one(at, consent.at));
            format!("consented to by {}", all.collect::<Vec<_>>().join(", "))
        }
    }
}

fn why_zh(why: &Why) -> String {
    match why {
        Why::Weekend => "周末".to_owned(),
        Why::Holiday(name) => format!("{name}放假"),
    }
}

fn why_en(why: &Why) -> String {
    match why {
        Why::Weekend => "weekend".to_owned(),
        Why::Holiday(name) => format!("holiday of {}", holiday_in_english(name)),
    }
}

fn span(first: NaiveDate, last: NaiveDate) -> String {
    match first.cmp(&last) {
        std::cmp::Ordering::Equal => first.to_string(),
        std::cmp::Ordering::Less => format!("{first}..{last}"),
        std::cmp::Ordering::Greater => format!("{last}..{first}"),
    }
}

fn day_zh(date: NaiveDate) -> String {
    let name = match date.weekday() {
        Weekday::Mon => "星期一",
        Weekday::Tue => "星期二",
        Weekday::Wed => "星期三",
        Weekday::Thu => "星期四",
        Weekday::Fri => "星期五",
        Weekday::Sat => "星期六",
        Weekday::Sun => "星期日",
    };
    format!("{date}（{name}）")
}

fn day_en(date: NaiveDate) -> String {
    format!("{} {date}", date.format("%A"))
}

/// An instant as a clock on a wall in Shanghai shows it.
fn instant(at: DateTime<Utc>) -> String {
    let shanghai = FixedOffset::east_opt(8 * 3600);
    shanghai.map_or_else(
        || at.to_string(),
        |zone| at.with_timezone(&zone).format("%Y-%m-%d %H:%M +08:00").to_string(),
    )
}
