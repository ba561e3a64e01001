//! One step of a referral as a write list: its row, who stands near the case since, the reason given, the news.

use access::{Place, relation};
use courier::{Fault, Stamp, WriteList};
use prost::Message;
use sea_orm::ActiveValue::Set;
use sea_orm::Value;

use super::row::{self, referral, remark};
use super::{FACTS, Store, VERSION};
use crate::model::{Event, Referral};
use crate::wire;

impl Store {
    /// The whole effect of a step that led to `noun`.
    pub(super) fn step(&self, stamp: &Stamp, noun: &Referral, events: &[Event]) -> Result<WriteList, Fault> {
        let mut list = WriteList::new(stamp, Some(noun.case.into()));
        list.update(row::stepped(noun), noun.version - 1, VERSION);
        same_facts(&mut list, noun);
        for event in events {
            self.tell(&mut list, stamp, noun, event)?;
        }
        Ok(list)
    }

    /// What an event means beside the row.
    pub(super) fn tell(
        &self,
        list: &mut WriteList,
        stamp: &Stamp,
        noun: &Referral,
        event: &Event,
    ) -> Result<(), Fault> {
        let (centre, case) = (stamp.by.centre.as_str(), noun.case.as_uuid());
        let studio = noun.state.destination().map(|to| to.studio.as_str());
        let fence = (noun.fence.epoch, noun.fence.n);
        match event {
            Event::Opened => relation::first_receiver(list, centre, case, noun.first_receiver.as_str()),
            Event::Referred(_) | Event::Returned { .. } => relation::studio(list, centre, case, studio),
            Event::Claimed => {
                let holder = noun.state.claim().map(|claim| claim.holder.as_str());
                relation::holder(list, centre, case, holder, fence);
            }
            Event::ClaimEnded { .. } => relation::holder(list, centre, case, None, fence),
            // The last holder goes on seeing the case that ended with them: its agreement is still to be performed.
            Event::Pooled | Event::Confirmed | Event::Ended => {}
        }
        let said = match event {
            Event::Referred(Some(reason)) => Some(("REFER", reason)),
            Event::Returned { reason, .. } => Some(("RETURN", reason)),
            Event::ClaimEnded { reason: Some(reason), .. } => Some(("RELEASE", reason)),
            _ => None,
        };
        if let Some((kind, reason)) = said {
            self.remark(list, stamp, noun, kind, reason)?;
        }
        wire::post(list, noun, event);
        Ok(())
    }

    fn remark(
        &self,
        list: &mut WriteList,
        stamp: &Stamp,
        noun: &Referral,
        kind: &str,
        text: &str,
    ) -> Result<(), Fault> {
        let id = stamp.id();
        let row = id.to_string();
        let place = Place { centre: &stamp.by.centre, table: "remark", row: &row, field: "text" };
        let text =
            self.vault.seal(&place, text.as_bytes()).map_err(|fault| Fault::new("seal a remark", fault))?;
        list.insert(
            remark::ActiveModel {
                id: Set(id),
                centre: Set(stamp.by.centre.clone()),
                case_id: Set(noun.case.into()),
                version: Set(noun.version as i64),
                at: Set(stamp.now),
                account: Set(stamp.by.account.clone()),
                kind: Set(kind.to_owned()),
                text: Set(text),
            },
            "remark",
        );
        Ok(())
    }
}

/// Loses [`FACTS`] if the facts that `noun` carries are no longer those in the row.
fn same_facts(list: &mut WriteList, noun: &Referral) {
    let seq = || (referral::Column::FactsSeq, Value::from(noun.facts_seq as i64));
    let case = (referral::Column::CaseId, Value::from(noun.case.as_uuid()));
    list.update_where::<referral::Entity>(vec![seq()], vec![case, seq()], Some(FACTS));
}

/// Writes the facts of `noun` in the place of those that `before` told.
pub(super) fn write_facts(list: &mut WriteList, noun: &Referral, before: u64) {
    list.update_where::<referral::Entity>(
        vec![
            (referral::Column::Facts, noun.facts.encode_to_vec().into()),
            (referral::Column::FactsSeq, (noun.facts_seq as i64).into()),
        ],
        vec![
            (referral::Column::CaseId, noun.case.as_uuid().into()),
            (referral::Column::FactsSeq, (before as i64).into()),
        ],
        Some(FACTS),
    );
}
