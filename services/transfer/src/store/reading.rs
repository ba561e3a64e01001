//! Rows → filings. Every combination of columns that no state has is an inconsistency, told by its place.

use std::collections::HashMap;

use chrono::DateTime;
use courier::Fault;
use lexicon::{AccountId, CourtId, OrgId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::row::{filing, receipt};
use super::{Store, listed};
use crate::model::filing::Correction;
use crate::model::{CourtOutcome, Filing, Package, Receipt, State, Submission, Venue};

impl Store {
    /// The filings of these rows, in their order. Receipts are only ever added, so reading them after the rows finds
    /// all that the rows speak of.
    pub(super) async fn whole(&self, rows: Vec<filing::Model>) -> Result<Vec<Filing>, Fault> {
        if rows.is_empty() {
            return Ok(vec![]);
        }
        let ids = rows.iter().map(|row| row.filing_id);
        let told = receipt::Entity::find()
            .filter(receipt::Column::FilingId.is_in(ids))
            .all(self.desk.reader())
            .await?;
        let mut receipts: HashMap<(Uuid, String), Receipt> = HashMap::new();
        for row in told {
            let key = (row.filing_id, row.kind.clone());
            receipts.insert(key, read_receipt(row)?);
        }
        rows.into_iter().map(|row| self.read_filing(row, &mut receipts)).collect()
    }

    fn read_filing(
        &self,
        row: filing::Model,
        receipts: &mut HashMap<(Uuid, String), Receipt>,
    ) -> Result<Filing, Fault> {
        let id = row.filing_id;
        let wrong = |column| Fault::inconsistent("filing", column, id);
        let package = package(&row)?;
        let sent = || {
            let package = package.clone().ok_or_else(|| wrong("package_sha256"))?;
            Ok::<_, Fault>(Submission { package, at: row.submit_time.ok_or_else(|| wrong("submit_time"))? })
        };
        let mut receipt = |kind: &str| take(receipts, id, kind);
        let state = match row.state.as_str() {
            "TRANSFER_READY" => State::TransferReady { package },
            "WITHDRAWN" => State::Withdrawn { package },
            "TRANSFERRED" => State::Transferred { sent: sent()? },
            "COURT_REVIEW" => State::CourtReview { sent: sent()?, received: receipt("RECEIVED")? },
            "COURT_CORRECTION" => State::CourtCorrection { sent: sent()?, received: receipt("RECEIVED")? },
            "OUTCOME" => State::Outcome {
                sent: sent()?,
                received: receipt("RECEIVED")?,
                accepted: receipt("ACCEPTED")?,
                number: row.court_case_number.clone().ok_or_else(|| wrong("court_case_number"))?,
                outcome: self.open_outcome(&row)?,
            },
            "FILED" => State::Filed {
                sent: sent()?,
                received: receipt("RECEIVED")?,
                accepted: receipt("ACCEPTED")?,
                number: row.court_case_number.clone().ok_or_else(|| wrong("court_case_number"))?,
            },
            "NOT_FILED" => State::NotFiled {
                sent: sent()?,
                received: receipt("RECEIVED")?,
                refused: receipts.remove(&(id, "REFUSED".to_owned())),
                reason: self.open_reason(&row)?,
            },
            _ => return Err(wrong("state")),
        };
        Ok(Filing {
            id: id.into(),
            case: row.case_id.into(),
            version: row.version as u64,
            kind: row.kind.parse().map_err(|_| wrong("kind"))?,
            correction: self.open_correction(&row)?,
            first_receiver: OrgId::new(row.first_receiver_org).map_err(|_| wrong("first_receiver_org"))?,
            track: row.track,
            amendments: row.amendments as u64,
            state,
        })
    }

    /// The court's words; none where a correction did not come.
    fn open_reason(&self, row: &filing::Model) -> Result<String, Fault> {
        let id = row.filing_id;
        let wrong = || Fault::inconsistent("filing", "refusal_reason", id);
        let Some(sealed) = &row.refusal_reason else { return Ok(String::new()) };
        let clear = self.unseal(&row.centre, "filing", id, "refusal_reason", sealed)?;
        String::from_utf8(clear).map_err(|_| wrong())
    }

    /// What the court told at the end: its number is the court's own text.
    fn open_outcome(&self, row: &filing::Model) -> Result<CourtOutcome, Fault> {
        let id = row.filing_id;
        let told = match &row.outcome_sealed {
            Some(sealed) => Some(self.unseal(&row.centre, "filing", id, "outcome", sealed)?),
            None => row.outcome.clone().map(String::into_bytes),
        };
        let read = told.and_then(|told| serde_json::from_slice(&told).ok());
        read.ok_or_else(|| Fault::inconsistent("filing", "outcome", id))
    }

    fn open_correction(&self, row: &filing::Model) -> Result<Option<Correction>, Fault> {
        let id = row.filing_id;
        let Some(sealed) = &row.correction else { return Ok(None) };
        let clear = self.unseal(&row.centre, "filing", id, "correction", sealed)?;
        let read = serde_json::from_slice(&clear);
        read.map(Some).map_err(|_| Fault::inconsistent("filing", "correction", id))
    }
}

fn take(receipts: &mut HashMap<(Uuid, String), Receipt>, filing: Uuid, kind: &str) -> Result<Receipt, Fault> {
    let found = receipts.remove(&(filing, kind.to_owned()));
    found.ok_or_else(|| Fault::inconsistent("receipt", "kind", filing))
}

/// The package of a row; none when nothing of one is there.
fn package(row: &filing::Model) -> Result<Option<Package>, Fault> {
    let wrong = |column| Fault::inconsistent("filing", column, row.filing_id);
    let (package, sha256) = match (&row.court, &row.jurisdiction_basis, &row.package_sha256, &row.documents) {
        (None, None, None, None) => return Ok(None),
        (Some(court), Some(basis), Some(sha256), Some(documents)) => {
            let court = CourtId::new(court.as_str()).map_err(|_| wrong("court"))?;
            let basis = basis.parse().map_err(|_| wrong("jurisdiction_basis"))?;
            (Package::of(Venue { court, basis }, listed::read(documents, "filing", row.filing_id)?), sha256)
        }
        _ => return Err(wrong("package_sha256")),
    };
    // What the digest is over is stored beside it: rows that were changed by other hands do not pass.
    if package.is(sha256) { Ok(Some(package)) } else { Err(wrong("package_sha256")) }
}

fn read_receipt(row: receipt::Model) -> Result<Receipt, Fault> {
    let wrong = |column| Fault::inconsistent("receipt", column, row.filing_id);
    let court_time = DateTime::from_timestamp(row.court_seconds, row.court_nanos as u32);
    Ok(Receipt {
        court_time: court_time.ok_or_else(|| wrong("court_seconds"))?,
        receive_time: row.receive_time,
        by: AccountId::new(row.account.as_str()).map_err(|_| wrong("account"))?,
        package_sha256: row.package_sha256,
    })
}
