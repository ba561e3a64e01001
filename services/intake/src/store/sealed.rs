//! The free text of a dispute as it is sealed: one blob a row.

use chrono::DateTime;
use lexicon::AccountId;
use prost::Message;

use crate::model::{Dispute, Screening, State, Words};
use crate::wire;

/// All free text of a dispute: one sealed blob a row.
#[derive(Clone, PartialEq, Message)]
pub struct SealedWords {
    #[prost(string, tag = "1")]
    pub subject: String,
    #[prost(string, tag = "2")]
    pub text: String,
    #[prost(string, tag = "3")]
    pub claims: String,
    #[prost(string, repeated, tag = "4")]
    pub missing: Vec<String>,
    #[prost(string, tag = "5")]
    pub advice: String,
    #[prost(string, tag = "6")]
    pub redirect: String,
    #[prost(message, optional, tag = "7")]
    pub screening: Option<SealedScreening>,
    #[prost(message, optional, tag = "8")]
    pub record: Option<contracts::intake::v1::ChannelRecord>,
    #[prost(string, tag = "9")]
    pub archive_note: String,
    #[prost(string, repeated, tag = "10")]
    pub noted: Vec<String>,
}

/// What the window has looked for.
#[derive(Clone, PartialEq, Message)]
pub struct SealedScreening {
    #[prost(string, repeated, tag = "1")]
    pub signs: Vec<String>,
    #[prost(int64, tag = "2")]
    pub at_micros: i64,
    #[prost(string, tag = "3")]
    pub by: String,
}

/// What of a dispute is sealed.
pub fn words(of: &Dispute) -> SealedWords {
    let Words { subject, text, claims } = of.sheet.words.clone();
    let screening = of.screening.as_ref().map(|seen| SealedScreening {
        signs: seen.signs.iter().map(|sign| sign.code().to_owned()).collect(),
        at_micros: seen.at.timestamp_micros(),
        by: seen.by.to_string(),
    });
    let record = wire::record::message(&of.entry.record);
    let mut words = SealedWords {
        subject,
        text,
        claims,
        screening,
        record,
        archive_note: of.dossier.note.clone(),
        noted: of.entry.noted.clone(),
        ..SealedWords::default()
    };
    match &of.state {
        State::Correction { missing, .. } => words.missing.clone_from(missing),
        State::Advised { advice } => words.advice.clone_from(advice),
        State::Refused { redirect, .. } => words.redirect.clone_from(redirect),
        _ => {}
    }
    words
}

/// What the window has looked for, read back.
pub fn screened(sealed: &SealedScreening) -> Option<Screening> {
    Some(Screening {
        signs: sealed.signs.iter().map(|code| code.parse().ok()).collect::<Option<_>>()?,
        at: DateTime::from_timestamp_micros(sealed.at_micros)?,
        by: AccountId::new(&sealed.by).ok()?,
    })
}
