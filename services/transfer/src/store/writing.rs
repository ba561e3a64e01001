//! Filings → write lists: the row, what is sealed beside it, the court's receipts, the relation, the events.

use access::relation;
use courier::{Fault, WriteList};
use prost::Message as _;
use sea_orm::ActiveValue::Set;
use sea_orm::Value;
use uuid::Uuid;

use super::row::{document, filing, receipt};
use super::{Store, listed};
use crate::model::{Event, Filing, Receipt, State};
use crate::packing::Packed;
use crate::{papers, wire};

impl Store {
    /// A filing that was not there. The guard is the index of open filings.
    pub(super) fn add(list: &mut WriteList, centre: &str, filing: &Filing, event: &Event) {
        let row = filing::ActiveModel {
            filing_id: Set(filing.id.as_uuid()),
            centre: Set(centre.to_owned()),
            case_id: Set(filing.case.as_uuid()),
            version: Set(filing.version as i64),
            kind: Set("COMPLAINT".to_owned()),
            state: Set(filing.state.code().to_owned()),
            first_receiver_org: Set(filing.first_receiver.to_string()),
            track: Set(filing.track.clone()),
            amendments: Set(filing.amendments as i64),
            ..Default::default()
        };
        list.insert(row, "one open filing");
        wire::post(list, filing, event);
    }

    /// A change of a filing, judged by the version and the amendments it was read with. `packed` is what a new package
    /// is made of; without a package nothing of one stays behind.
    pub(super) fn put(
        &self,
        list: &mut WriteList,
        centre: &str,
        before: (u64, u64),
        filing: &Filing,
        events: &[Event],
        packed: Option<&Packed>,
    ) -> Result<(), Fault> {
        let id = filing.id.as_uuid();
        let package = filing.state.package();
        // An amendment has no version: it is asked for beside the version.
        let (version, amendments) = before;
        list.update_where::<filing::Entity>(
            vec![(filing::Column::Amendments, (filing.amendments as i64).into())],
            vec![
                (filing::Column::FilingId, id.into()),
                (filing::Column::Amendments, (amendments as i64).into()),
            ],
            Some("amendments"),
        );
        let mut row = filing::ActiveModel {
            filing_id: Set(id),
            version: Set(filing.version as i64),
            state: Set(filing.state.code().to_owned()),
            court: Set(package.map(|p| p.venue.court.to_string())),
            jurisdiction_basis: Set(package.map(|p| p.venue.basis.code().to_owned())),
            package_sha256: Set(package.map(|p| p.sha256.clone())),
            documents: Set(package.map(|p| listed::write(&p.documents)).transpose()?),
            submit_time: Set(filing.state.sent().map(|sent| sent.at)),
            ..Default::default()
        };
        match &filing.state {
            State::Filed { number, .. } => row.court_case_number = Set(Some(number.clone())),
            State::NotFiled { reason, .. } => {
                row.refusal_reason =
                    Set(Some(self.seal(centre, "filing", id, "refusal_reason", reason.as_bytes())?));
            }
            _ => {}
        }
        if package.is_none() {
            row.complaint = Set(None);
            list.delete_where::<document::Entity>(vec![(document::Column::FilingId, Value::from(id))]);
        }
        if let Some(packed) = packed {
            let complaint = packed.complaint.encode_to_vec();
            row.complaint = Set(Some(self.seal(centre, "filing", id, "complaint", &complaint)?));
        }
        list.update(row, version, "version");
        if let Some(packed) = packed {
            self.replace_documents(list, centre, id, packed)?;
        }
        for event in events {
            match event {
                Event::Submitted => {
                    if let Some(court) = filing.state.court() {
                        relation::court(list, centre, filing.case.as_uuid(), court.as_str());
                    }
                }
                Event::Received | Event::Accepted | Event::Refused => {
                    // The latest receipt is the one that this event brings.
                    if let Some((kind, told)) = filing.state.receipts().pop() {
                        list.insert(receipt_row(centre, id, kind, told), "version");
                    }
                }
                Event::Opened | Event::Prepared | Event::Withdrawn => {}
            }
            wire::post(list, filing, event);
        }
        Ok(())
    }

    fn replace_documents(
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
