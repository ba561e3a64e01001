//! Filings → write lists: the row, what is sealed beside it, the court's receipts, the relation.

use access::relation;
use courier::{Fault, WriteList};
use prost::Message as _;
use sea_orm::ActiveValue::Set;
use sea_orm::Value;
use uuid::Uuid;

use super::row::{document, filing, receipt};
use super::{Store, listed};
use crate::model::{Filing, Receipt, State};
use crate::packing::Packed;
use crate::papers;

impl Store {
    /// A filing as it is now. Where it was not there before, its row is new, whole at once: one list writes a row once.
    /// `packed` is what a new package is made of; without a package nothing of one stays behind.
    pub(super) fn put(
        &self,
        list: &mut WriteList,
        centre: &str,
        before: Option<&Filing>,
        filing: &Filing,
        packed: Option<&Packed>,
    ) -> Result<(), Fault> {
        let id = filing.id.as_uuid();
        let before = before.filter(|before| before.id == filing.id);
        let package = filing.state.package();
        let mut row = filing::ActiveModel {
            filing_id: Set(id),
            version: Set(filing.version as i64),
            kind: Set(filing.kind.code().to_owned()),
            state: Set(filing.state.code().to_owned()),
            amendments: Set(filing.amendments as i64),
            court: Set(package.map(|p| p.venue.court.to_string())),
            jurisdiction_basis: Set(package.map(|p| p.venue.basis.code().to_owned())),
            package_sha256: Set(package.map(|p| p.sha256.clone())),
            documents: Set(package.map(|p| listed::write(&p.documents)).transpose()?),
            submit_time: Set(filing.state.sent().map(|sent| sent.at)),
            ..Default::default()
        };
        if before.is_none() {
            row.centre = Set(centre.to_owned());
            row.case_id = Set(filing.case.as_uuid());
            row.first_receiver_org = Set(filing.first_receiver.to_string());
            row.track = Set(filing.track.clone());
        }
        match &filing.state {
            State::Filed { number, .. } => row.court_case_number = Set(Some(number.clone())),
            State::Outcome { outcome, .. } => {
                let told = serde_json::to_vec(outcome);
                let told = told.map_err(|error| Fault::new("write an outcome", error))?;
                row.outcome_sealed = Set(Some(self.seal(centre, "filing", id, "outcome", &told)?));
            }
            State::NotFiled { reason, .. } if !reason.is_empty() => {
                row.refusal_reason =
                    Set(Some(self.seal(centre, "filing", id, "refusal_reason", reason.as_bytes())?));
            }
            _ => {}
        }
        if let Some(correction) = &filing.correction {
            let told = serde_json::to_vec(correction);
            let told = told.map_err(|error| Fault::new("write a correction", error))?;
            row.correction = Set(Some(self.seal(centre, "filing", id, "correction", &told)?));
        }
        if package.is_none() && before.is_some() {
            row.complaint = Set(None);
            list.delete_where::<document::Entity>(vec![(document::Column::FilingId, Value::from(id))]);
        }
        if let Some(packed) = packed {
            let complaint = packed.complaint.encode_to_vec();
            row.complaint = Set(Some(self.seal(centre, "filing", id, "complaint", &complaint)?));
        }
        match before {
            None => list.insert(row, "one open filing"),
            Some(before) => list.update(row, before.version, "version"),
        };
        if let Some(packed) = packed {
            self.replace_documents(list, centre, id, packed)?;
        }
        // A receipt is there for good: what was not there before is new.
        let known = before.map_or(0, |before| before.state.receipts().len());
        for (kind, told) in filing.state.receipts().into_iter().skip(known) {
            list.insert(receipt_row(centre, id, kind, told), "version");
        }
        if let Some(court) =
            filing.state.court().filter(|_| before.is_some_and(|b| b.state.court().is_none()))
        {
            relation::court(list, centre, filing.case.as_uuid(), court.as_str());
        }
        Ok(())
    }

    pub(super) fn replace_documents(
        &self,
        list: &mut WriteList,
        centre: &str,
        filing: Uuid,
        packed: &Packed,
    ) -> Result<(), Fault> {
        list.delete_where::<document::Entity>(vec![(document::Column::FilingId, Value::from(filing))]);
        for (place, (entry, content)) in packed.package.documents.iter().zip(&packed.contents).enumerate() {
            let id = entry.id.as_uuid();
            let row = document::ActiveModel {
                document_id: Set(id),
                centre: Set(centre.to_owned()),
                filing_id: Set(filing),
                place: Set(place as i32),
                media_type: Set(papers::MEDIA_TYPE.to_owned()),
                content: Set(self.seal(centre, "document", id, "content", content.as_bytes())?),
            };
            list.insert(row, "document");
        }
        Ok(())
    }
}

fn receipt_row(centre: &str, filing: Uuid, kind: &str, told: &Receipt) -> receipt::ActiveModel {
    receipt::ActiveModel {
        filing_id: Set(filing),
        kind: Set(kind.to_owned()),
        centre: Set(centre.to_owned()),
        package_sha256: Set(told.package_sha256.clone()),
        court_seconds: Set(told.court_time.timestamp()),
        court_nanos: Set(told.court_time.timestamp_subsec_nanos() as i32),
        receive_time: Set(told.receive_time),
        account: Set(told.by.to_string()),
    }
}
