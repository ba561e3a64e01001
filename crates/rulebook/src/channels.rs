//! What each channel of entry must record, beside what every filing has.

use crate::table;
use crate::validity::{Dated, dated};
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

told! {
    /// What is recorded.
    Field {
        /// The telephone of each claimant.
        Phone = "phone", "联系电话", "telephone";
        /// An address for service of each claimant.
        ServiceAddress = "service-address", "送达地址", "address for service";
        /// The sending system's identifier.
        ExternalId = "external-id", "外部编号", "external number";
        /// The consent to share with a studio.
        ShareConsent = "share-consent", "提供个人信息的同意", "consent to share";
        /// The note of an application by word.
        OralNote = "oral-note", "口头申请笔录", "note of an application by word";
        /// Where it was taken in.
        Place = "place", "办理地点", "place";
        /// When it was asked for.
        RequestedTime = "requested-time", "提出请求的时间", "time of the request";
        /// The workstation.
        Station = "station", "工作站编号", "workstation";
        /// The number of the paper that came with it.
        DocumentNumber = "document-number", "来文编号", "number of the paper";
        /// When that paper was received.
        DocumentTime = "document-time", "收文日期", "day of the paper";
        /// How it was found, or what was advised.
        Account = "account", "来源情况记录", "account of how it came";
    }
}

/// One thing that a channel records.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// `CH05`.
    pub id: String,
    /// The channel, by its code in the contract.
    pub channel: String,
    /// What.
    pub field: Field,
    /// In Chinese.
    pub chinese: String,
    /// In English.
    pub english: String,
    /// Whether a filing at a court names it.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub to_court: bool,
    /// The regime that brought it; none for what always held.
    pub regime: Option<String>,
    /// From which day.
    pub valid_from: Option<NaiveDate>,
    /// To which day.
    pub valid_to: Option<NaiveDate>,
    /// Whether the rule was read in its source and says this.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

dated!(Row, id);

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| table::rows("channels.csv"));

/// All rows.
pub fn all() -> &'static [Row] {
    &ROWS
}

/// What a filing by this channel records on a day, in the table's order.
pub fn on(channel: &str, day: NaiveDate) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| row.channel == channel && row.holds_on(day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn what_each_channel_records_by_the_trade() {
        let day = "2026-03-02".parse().unwrap();
        let fields = |channel| on(channel, day).map(|row| row.field).collect::<Vec<_>>();
        assert_eq!(fields("WINDOW"), [], "the identity that every filing checks, and the receipt");
        assert_eq!(fields("ONLINE"), [Field::Phone, Field::ServiceAddress]);
        assert_eq!(fields("APP_TOWN"), [Field::ExternalId, Field::ShareConsent]);
        assert_eq!(fields("HOTLINE"), [Field::OralNote]);
        assert_eq!(fields("MOBILE"), [Field::Place, Field::RequestedTime]);
        assert_eq!(fields("STATION"), [Field::Station]);
        for sent in ["COURT_WP", "COURT_WT", "POLICE", "PETITION", "REGULATOR"] {
            assert_eq!(fields(sent), [Field::DocumentNumber], "{sent}");
        }
        assert_eq!(fields("TRAFFIC"), [Field::DocumentNumber, Field::DocumentTime]);
        for found in ["LAWYER_DUTY", "PROACTIVE"] {
            assert_eq!(fields(found), [Field::Account], "{found}");
        }
    }

    #[test]
    fn a_court_is_told_what_it_can_use_and_nothing_of_how_a_party_came() {
        let told: Vec<_> = all().iter().filter(|row| row.to_court).collect();
        assert!(told.iter().all(|row| matches!(row.field, Field::DocumentNumber | Field::DocumentTime)));
        let channels: HashSet<_> = told.iter().map(|row| row.channel.as_str()).collect();
        assert_eq!(channels, ["COURT_WP", "COURT_WT", "POLICE", "TRAFFIC"].into());
    }

    #[test]
    fn no_row_is_there_twice_and_each_has_its_words() {
        let mut seen = HashSet::new();
        for row in all() {
            assert!(seen.insert((row.channel.as_str(), row.field)), "{row:?}");
            assert!(!row.chinese.is_empty() && !row.english.is_empty(), "{row:?}");
        }
    }
}
