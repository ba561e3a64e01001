//! What a channel of entry records beside the story: the paper that came with it, the place, how it was found. Which of it a
//! channel must have is the rule book's to say; what nobody recorded is told as such and never made up.

use chrono::NaiveDate;
use lexicon::PartyRole;
use rulebook::calendar::civil_date;
use rulebook::channels::{self, Field, Row};

use super::{Dispute, Entry, Party, Sheet};

/// What was recorded. No `Debug`: an account is about people.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The number of the paper that came with it, or empty.
    pub document_number: String,
    /// The day on which that paper was received.
    pub document_date: Option<NaiveDate>,
    /// The workstation, or empty.
    pub station: String,
    /// Where it was taken in, or empty.
    pub place: String,
    /// How it was found, or what was advised; or empty.
    pub account: String,
    /// From which list or system it is taken over, if somebody else has taken it in; or empty.
    pub imported_from: String,
    /// The account of the duty lawyer who advised, or empty.
    pub adviser: String,
}

impl Record {
    /// The same with what `other` says; what it does not say stands.
    #[must_use]
    pub fn replaced(&self, other: &Record) -> Record {
        other.clone().filled(self.clone())
    }

    /// The same with what only `other` says.
    #[must_use]
    pub fn filled(self, other: Record) -> Record {
        let of = |own: String, other: String| if own.is_empty() { other } else { own };
        Record {
            document_number: of(self.document_number, other.document_number),
            document_date: self.document_date.or(other.document_date),
            station: of(self.station, other.station),
            place: of(self.place, other.place),
            account: of(self.account, other.account),
            imported_from: of(self.imported_from, other.imported_from),
            adviser: of(self.adviser, other.adviser),
        }
    }
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Record(hidden)")
    }
}

/// What the channel records on a day and is not there.
pub fn missing(entry: &Entry, sheet: &Sheet, day: NaiveDate) -> Vec<&'static Row> {
    channels::on(entry.channel.code(), day).filter(|row| !has(entry, sheet, row.field)).collect()
}

fn has(entry: &Entry, sheet: &Sheet, field: Field) -> bool {
    let record = &entry.record;
    match field {
        Field::Phone | Field::ServiceAddress => unreached(sheet, field).is_empty(),
        Field::ExternalId => !entry.external_id.is_empty(),
        Field::ShareConsent => entry.share_with_studio,
        Field::OralNote => entry.oral.is_some(),
        Field::RequestedTime => entry.requested_at.is_some(),
        Field::Place => !record.place.is_empty(),
        Field::Station => !record.station.is_empty(),
        Field::DocumentNumber => !record.document_number.is_empty(),
        Field::DocumentTime => record.document_date.is_some(),
        Field::Account => !record.account.is_empty(),
    }
}

/// Which claimants cannot be reached by this, by their places among the parties.
pub fn unreached(sheet: &Sheet, field: Field) -> Vec<usize> {
    let lacks = |party: &Party| match field {
        Field::Phone => party.phone.is_empty(),
        Field::ServiceAddress => party.service_address.is_empty(),
        _ => false,
    };
    let claimants = sheet.parties.iter().enumerate().filter(|(_, one)| one.role == Some(PartyRole::Claimant));
    claimants.filter(|(_, one)| lacks(one)).map(|(at, _)| at).collect()
}

impl Dispute {
    /// What its channel had to record on the day of its filing and nobody did; nothing of a draft.
    pub fn not_recorded(&self) -> Vec<&'static Row> {
        self.submitted_at.map(|at| missing(&self.entry, &self.sheet, civil_date(at))).unwrap_or_default()
    }

    /// The record as far as a court is told of it.
    pub fn told_to_court(&self) -> Record {
        let day = civil_date(self.submitted_at.unwrap_or(self.updated_at));
        let told = |field| {
            channels::on(self.entry.channel.code(), day).any(|row| row.to_court && row.field == field)
        };
        let record = &self.entry.record;
        Record {
            document_number: if told(Field::DocumentNumber) {
                record.document_number.clone()
            } else {
                String::new()
            },
            document_date: record.document_date.filter(|_| told(Field::DocumentTime)),
            ..Record::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Channel;

    #[test]
    fn every_channel_of_the_table_is_one_of_ours() {
        for row in channels::all() {
            assert!(row.channel.parse::<Channel>().is_ok(), "{row:?}");
        }
    }

    #[test]
    fn what_one_does_not_say_stands_and_what_both_say_is_the_first_s() {
        let one = Record { station: "工作站3".into(), ..Record::default() };
        let other = Record { station: "工作站4".into(), place: "广场".into(), ..Record::default() };
        let filled = one.clone().filled(other.clone());
        assert_eq!((filled.station.as_str(), filled.place.as_str()), ("工作站3", "广场"));
        let replaced = one.replaced(&other);
        assert_eq!((replaced.station.as_str(), replaced.place.as_str()), ("工作站4", "广场"));
        assert_eq!(format!("{replaced:?}"), "Record(hidden)");
    }
}
