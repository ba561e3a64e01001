//! Rows ⇄ confirmations, hand-overs and commissions. What can hold words is sealed as one blob a record.

use courier::{Fault, WriteList};
use lexicon::{CaseId, CourtId, OrgId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::row::{commission, confirmation, handoff};
use super::{Store, listed};
use crate::model::{Commission, Confirmation, Handoff, Package, Venue};
use crate::packing::Packed;

impl Store {
    pub(super) async fn confirmation_of(
        &self,
        centre: &str,
        case: CaseId,
    ) -> Result<Option<Confirmation>, Fault> {
        let row = confirmation::Entity::find()
            .filter(confirmation::Column::Centre.eq(centre))
            .filter(confirmation::Column::CaseId.eq(case.as_uuid()))
            .order_by_desc(confirmation::Column::ConfirmationId)
            .one(self.desk.reader())
            .await?;
        let Some(mut noun) = row.map(|row| self.read_confirmation(row)).transpose()? else { return Ok(None) };
        noun.content.law = self.law().await?;
        Ok(Some(noun))
    }

    fn read_confirmation(&self, row: confirmation::Model) -> Result<Confirmation, Fault> {
        let id = row.confirmation_id;
        let wrong = |column| Fault::inconsistent("confirmation", column, id);
        let court = CourtId::new(row.court).map_err(|_| wrong("court"))?;
        let basis = row.jurisdiction_basis.parse().map_err(|_| wrong("jurisdiction_basis"))?;
        let package = Package::of(Venue { court, basis }, listed::read(&row.documents, "confirmation", id)?);
        if !package.is(&row.package_sha256) {
            return Err(wrong("package_sha256"));
        }
        let content = self.open_content(&row.centre, "confirmation", id, &row.content)?;
        Ok(Confirmation { id, case: row.case_id.into(), version: row.version as u64, package, content })
    }

    pub(super) fn put_confirmation(
        &self,
        list: &mut WriteList,
        centre: &str,
        before: Option<&Confirmation>,
        now: &Confirmation,
        packed: Option<&Packed>,
    ) -> Result<(), Fault> {
        let mut row = confirmation::ActiveModel {
            confirmation_id: Set(now.id),
            version: Set(now.version as i64),
            state: Set(now.content.state.code().to_owned()),
            content: Set(self.seal_content(centre, "confirmation", now.id, &now.content)?),
            ..Default::default()
        };
        if let Some(before) = before.filter(|before| before.id == now.id) {
            list.update(row, before.version, "version");
            return Ok(());
        }
        row.centre = Set(centre.to_owned());
        row.case_id = Set(now.case.as_uuid());
        row.court = Set(now.package.venue.court.to_string());
        row.jurisdiction_basis = Set(now.package.venue.basis.code().to_owned());
        row.package_sha256 = Set(now.package.sha256.clone());
        row.documents = Set(listed::write(&now.package.documents)?);
        list.insert(row, "confirmation");
        packed.map_or(Ok(()), |packed| self.replace_documents(list, centre, now.id, packed))
    }

    pub(super) async fn handoff_of(&self, centre: &str, case: CaseId) -> Result<Option<Handoff>, Fault> {
        let row = handoff::Entity::find()
            .filter(handoff::Column::Centre.eq(centre))
            .filter(handoff::Column::CaseId.eq(case.as_uuid()))
            .order_by_desc(handoff::Column::HandoffId)
            .one(self.desk.reader())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let id = row.handoff_id;
        let wrong = |column| Fault::inconsistent("handoff", column, id);
        let mut noun = Handoff {
            id,
            case: row.case_id.into(),
            version: row.version as u64,
            first_receiver: OrgId::new(row.first_receiver_org).map_err(|_| wrong("first_receiver_org"))?,
            exit: row.exit.parse().map_err(|_| wrong("exit"))?,
            content: self.open_content(&row.centre, "handoff", id, &row.content)?,
        };
        noun.content.law = self.law().await?;
        Ok(Some(noun))
    }

    pub(super) fn put_handoff(
        &self,
        list: &mut WriteList,
        centre: &str,
        before: Option<&Handoff>,
        now: &Handoff,
    ) -> Result<(), Fault> {
        let row = handoff::ActiveModel {
            handoff_id: Set(now.id),
            centre: Set(centre.to_owned()),
            case_id: Set(now.case.as_uuid()),
            version: Set(now.version as i64),
            state: Set(now.content.state.code().to_owned()),
            first_receiver_org: Set(now.first_receiver.to_string()),
            exit: Set(now.exit.code().to_owned()),
            content: Set(self.seal_content(centre, "handoff", now.id, &now.content)?),
        };
        match before.filter(|before| before.id == now.id) {
            Some(before) => list.update(row, before.version, "version"),
            None => list.insert(row, "handoff"),
        };
        Ok(())
    }

    pub(super) async fn commission_of(
        &self,
        centre: &str,
        thread: CaseId,
    ) -> Result<Option<Commission>, Fault> {
        let row = commission::Entity::find()
            .filter(commission::Column::Centre.eq(centre))
            .filter(commission::Column::ThreadId.eq(thread.as_uuid()))
            .order_by_desc(commission::Column::CommissionId)
            .one(self.desk.reader())
            .await?;
        row.map(|row| self.read_commission(&row)).transpose()
    }

    pub(super) fn read_commission(&self, row: &commission::Model) -> Result<Commission, Fault> {
        let id = row.commission_id;
        let wrong = |column| Fault::inconsistent("commission", column, id);
        Ok(Commission {
            id,
            thread: row.thread_id.into(),
            version: row.version as u64,
            court: CourtId::new(row.court.as_str()).map_err(|_| wrong("court"))?,
            studio: OrgId::new(row.studio_org.as_str()).map_err(|_| wrong("studio_org"))?,
            content: self.open_content(&row.centre, "commission", id, &row.content)?,
        })
    }

    /// A commission that is there already; the thread's revision guards it.
    pub(super) fn put_commission(
        &self,
        list: &mut WriteList,
        centre: &str,
        now: &Commission,
    ) -> Result<(), Fault> {
        list.update_where::<commission::Entity>(
            vec![
                (commission::Column::ThreadId, now.thread.as_uuid().into()),
                (commission::Column::Version, (now.version as i64).into()),
                (commission::Column::State, now.content.state.code().into()),
                (
                    commission::Column::Content,
                    self.seal_content(centre, "commission", now.id, &now.content)?.into(),
                ),
            ],
            vec![(commission::Column::CommissionId, now.id.into())],
            Some("commission"),
        );
        Ok(())
    }

    pub(super) fn seal_content(
        &self,
        centre: &str,
        table: &str,
        id: Uuid,
        content: &impl Serialize,
    ) -> Result<Vec<u8>, Fault> {
        let clear = serde_json::to_vec(content);
        let clear = clear.map_err(|error| Fault::new(format!("write what is known of a {table}"), error))?;
        self.seal(centre, table, id, "content", &clear)
    }

    pub(super) fn open_content<C: DeserializeOwned>(
        &self,
        centre: &str,
        table: &str,
        id: Uuid,
        sealed: &[u8],
    ) -> Result<C, Fault> {
        let clear = self.unseal(centre, table, id, "content", sealed)?;
        serde_json::from_slice(&clear).map_err(|_| Fault::inconsistent(table, "content", id))
    }
}
