//! The documents of a case's file, without which it is not put away.

use crate::table;
use crate::validity::{Dated, dated};
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

told! {
    /// What belongs into the file.
    Document {
        /// The application.
        Application = "application", "调解申请书", "application";
        /// The note of an application by word.
        OralNote = "oral-note", "口头申请笔录", "note of an application by word";
        /// The form of acceptance.
        Acceptance = "acceptance", "受理登记表", "form of acceptance";
        /// The record of the mediation.
        MediationRecord = "mediation-record", "调解笔录", "record of the mediation";
        /// The agreement.
        Agreement = "agreement", "调解协议书", "agreement";
    }
}

told! {
    /// When it does.
    When {
        /// Where something was submitted.
        Submitted = "submitted", "已提交申请", "submitted";
        /// Where the channel asks for a note.
        ByWord = "by-word", "口头申请", "told by word";
        /// Where it was accepted.
        Accepted = "accepted", "已受理", "accepted";
        /// Where everybody had consented to mediation.
        Mediated = "mediated", "已开展调解", "mediated";
        /// Where an agreement was reached.
        Agreed = "agreed", "已达成协议", "agreed";
    }
}

/// One document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// `FD04`.
    pub id: String,
    /// Which.
    pub document: Document,
    /// When it belongs into the file.
    pub when: When,
    /// In Chinese.
    pub chinese: String,
    /// In English.
    pub english: String,
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

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| table::rows("file.csv"));

/// All rows.
pub fn all() -> &'static [Row] {
    &ROWS
}

/// Those that hold on a day, in the table's order.
pub fn on(day: NaiveDate) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| row.holds_on(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_stands_in_the_table_once_and_on_every_day() {
        for document in Document::ALL {
            let on_day = |day: &str| on(day.parse().unwrap()).filter(|row| row.document == *document).count();
            assert_eq!((on_day("2016-01-01"), on_day("2026-03-02")), (1, 1), "{document:?}");
        }
    }
}
