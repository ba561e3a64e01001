//! What a channel of entry records: read, asked for as a whole with the articles, and told again.

use chrono::NaiveDate;
use contracts::intake::v1 as proto;
use lexicon::text::Limits;
use lexicon::{AccountId, Fault, Violations};
use rulebook::channels::{Field, Row};

use super::field;
use crate::model::record::{missing, unreached};
use crate::model::{Entry, Record, Sheet};

const NUMBER: Limits = Limits::name(100);
const PLACE: Limits = Limits::line(200);
const ACCOUNT: Limits = Limits::long(2_000);

/// Reads what was recorded; nothing of it must be there.
pub fn record(violations: &mut Violations, given: Option<&proto::ChannelRecord>, today: NaiveDate) -> Record {
    let Some(given) = given else { return Record::default() };
    let mut violations = violations.at("record");
    let date = match given.document_date.as_str() {
        "" => None,
        text => {
            let read = text.parse::<NaiveDate>().map_err(|_| Fault::MALFORMED);
            let past = read.and_then(|day| if day <= today { Ok(day) } else { Err(Fault::RANGE) });
            violations.check("document_date", past)
        }
    };
    Record {
        document_number: field::optional(&mut violations, "document_number", &given.document_number, NUMBER),
        document_date: date,
        station: field::optional(&mut violations, "station_id", &given.station_id, NUMBER),
        place: field::optional(&mut violations, "place", &given.place, PLACE),
        account: field::optional(&mut violations, "account", &given.account, ACCOUNT),
        imported_from: field::optional(&mut violations, "imported_from", &given.imported_from, NUMBER),
        adviser: match given.adviser.as_str() {
            "" => String::new(),
            account => {
                let account = violations.check("adviser", AccountId::new(account));
                account.map(|account| account.to_string()).unwrap_or_default()
            }
        },
    }
}

/// Tells everything that the channel must record on this day and that is not there, each with its article. What was given and is
/// wrong has been told already. Who takes a dispute over from elsewhere makes nothing up: what was not recorded there is no fault,
/// but it must be found again there.
pub fn ask(violations: &mut Violations, entry: &Entry, sheet: &Sheet, today: NaiveDate) {
    if !entry.record.imported_from.is_empty() {
        if entry.external_id.is_empty() && !is_told(violations, "external_id") {
            violations.push_worded(
                "external_id",
                "REQUIRED",
                "What is taken over from elsewhere has the number under which it is found there.",
                "从其他系统导入的，应当填写其在原系统中的编号。",
            );
        }
        return;
    }
    for row in missing(entry, sheet, today) {
        for path in paths(sheet, row.field) {
            if !is_told(violations, &path) {
                violations.push_worded(
                    &path,
                    "REQUIRED",
                    format!("Required by this channel: {} ({}).", row.english, row.source),
                    format!("{}（{}）。", row.chinese, row.source),
                );
            }
        }
    }
}

fn is_told(violations: &Violations, path: &str) -> bool {
    let below = format!("{path}.");
    violations.as_slice().iter().any(|told| told.field == path || told.field.starts_with(&below))
}

/// Where a filing has it.
fn paths(sheet: &Sheet, field: Field) -> Vec<String> {
    let of_claimants = |name: &str| -> Vec<String> {
        unreached(sheet, field).into_iter().map(|at| format!("body.parties[{at}].{name}")).collect()
    };
    let at = |path: &str| vec![path.to_owned()];
    match field {
        Field::Phone => of_claimants("phone"),
        Field::ServiceAddress => of_claimants("service_address"),
        Field::ExternalId => at("external_id"),
        Field::ShareConsent => at("consents.share_with_studio"),
        Field::OralNote => at("oral"),
        Field::RequestedTime => at("requested_time"),
        Field::Place => at("record.place"),
        Field::Station => at("record.station_id"),
        Field::DocumentNumber => at("record.document_number"),
        Field::DocumentTime => at("record.document_date"),
        Field::Account => at("record.account"),
    }
}

/// What was recorded, as a message; nothing where nothing was.
pub fn message(of: &Record) -> Option<proto::ChannelRecord> {
    (*of != Record::default()).then(|| proto::ChannelRecord {
        document_number: of.document_number.clone(),
        document_date: date(of.document_date),
        station_id: of.station.clone(),
        place: of.place.clone(),
        account: of.account.clone(),
        imported_from: of.imported_from.clone(),
        adviser: of.adviser.clone(),
    })
}

/// The same backwards, as we stored it. `None` where a day is none.
pub fn stored(given: Option<proto::ChannelRecord>) -> Option<Record> {
    let given = given.unwrap_or_default();
    let document_date = match given.document_date.as_str() {
        "" => None,
        text => Some(text.parse().ok()?),
    };
    Some(Record {
        document_number: given.document_number,
        document_date,
        station: given.station_id,
        place: given.place,
        account: given.account,
        imported_from: given.imported_from,
        adviser: given.adviser,
    })
}

/// A day in the contract's form; empty for none.
pub fn date(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// What nobody recorded.
pub fn not_recorded(row: &Row) -> proto::NotRecorded {
    proto::NotRecorded {
        field: row.field.code().to_owned(),
        article: row.source.clone(),
        text: row.chinese.clone(),
        text_en: row.english.clone(),
    }
}
