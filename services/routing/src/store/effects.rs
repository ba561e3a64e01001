//! One step of a referral as a write list: its row, who stands near the case since, the reason given, the news.

use access::Place;
use access::relation::Near;
use courier::planted::{self, Bug};
use courier::{Fault, Stamp, WriteList};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, Iterable, Value};

use super::retry::{DECLINE, LAPSE, REASSIGNED, RECUSED, RELEASE, RETURN};
use super::row::{self, referral, remark};
use super::{FACTS, Store, VERSION, decisions, ties};
use crate::model::{Act, Answered, Ending, Event, Fence, Referral};
use crate::wire;

impl Store {
    /// The whole effect of a step that led to `noun`.
    pub(super) fn step(&self, stamp: &Stamp, noun: &Referral, events: &[Event]) -> Result<WriteList, Fault> {
        let mut list = WriteList::new(stamp, Some(noun.case.into()));
        if planted::is(Bug::ClaimByReadThenWrite) {
            write_anyway(&mut list, noun);
        } else {
            list.update(row::stepped(noun), noun.version - 1, VERSION);
        }
        same_facts(&mut list, noun);
        self.tell_all(&mut list, stamp, noun, events)?;
        Ok(list)
    }

    /// What a step means beside the row; who stands near the case is written once.
    pub(super) fn tell_all(
        &self,
        list: &mut WriteList,
        stamp: &Stamp,
        noun: &Referral,
        events: &[Event],
    ) -> Result<(), Fault> {
        let mut near = Near::to(&stamp.by.centre, noun.case.as_uuid());
        for event in events {
            near = self.tell(list, near, stamp, noun, event)?;
        }
        near.write(list);
        Ok(())
    }

    /// The same where the facts changed with it: one row is written once, so both are in one update.
    pub(super) fn step_with_facts(
        &self,
        stamp: &Stamp,
        noun: &Referral,
        events: &[Event],
    ) -> Result<WriteList, Fault> {
        let mut list = WriteList::new(stamp, Some(noun.case.into()));
        let row = referral::ActiveModel {
            facts: Set(row::facts_bytes(noun)),
            facts_seq: Set(noun.facts_seq as i64),
            ..row::stepped(noun)
        };
        list.update(row, noun.version - 1, VERSION);
        self.tell_all(&mut list, stamp, noun, events)?;
        Ok(list)
    }

    /// What an event means beside the row; who stands near the case is written after all of a step's events.
    pub(super) fn tell(
        &self,
        list: &mut WriteList,
        near: Near,
        stamp: &Stamp,
        noun: &Referral,
        event: &Event,
    ) -> Result<Near, Fault> {
        let studio = noun.state.destination().map(|to| to.studio.as_str());
        let fence = (noun.fence.epoch, noun.fence.n);
        let near = match event {
            Event::Opened => near.first_receiver(noun.first_receiver.as_str()),
            Event::Referred(_) | Event::Returned { .. } => near.studio(studio),
            Event::Claimed | Event::Given(_) => {
                let holder = noun.state.claim().map(|claim| claim.holder.as_str());
                near.holder(holder, fence)
            }
            Event::Succeeded { successor, .. } => near.holder(Some(successor.as_str()), fence),
            Event::ClaimEnded { .. } => {
                let aside: Vec<String> = noun.aside.accounts.iter().map(ToString::to_string).collect();
                near.claim_ended(fence, &aside)
            }
            Event::Confirmed => {
                if let Some(claim) = noun.state.claim() {
                    ties::mediates(list, stamp, noun.case, &claim.holder);
                }
                near
            }
            // The last holder goes on seeing the case that ended with them: its agreement is still to be performed.
            Event::Pooled
            | Event::ChoiceOffered
            | Event::ChoiceLapsed
            | Event::Ended
            | Event::RecusalRequested { .. }
            | Event::RecusalDecided { .. } => near,
            Event::Joint(act) => {
                // Whoever sits at the table mediates it too (L4 art. 16).
                if let Act::Answered(_, Answered::Accepted(_, sent)) = act {
                    for account in sent {
                        ties::mediates(list, stamp, noun.case, account);
                    }
                }
                self.tell_joint(list, near, stamp, noun, act)?
            }
        };
        let said = match event {
            Event::Referred(Some(reason)) => Some(Said::by(stamp, "REFER", reason)),
            Event::Returned { reason, .. } => Some(Said::by(stamp, RETURN, reason)),
            Event::ClaimEnded { how: Ending::Released(reason), fence, .. } => {
                Some(Said { fence: Some(*fence), ..Said::by(stamp, RELEASE, reason) })
            }
            Event::ClaimEnded { how: Ending::Declined(reason), fence, .. } => {
                Some(Said { fence: Some(*fence), ..Said::by(stamp, DECLINE, reason) })
            }
            Event::ClaimEnded { how: Ending::Lapsed, former, fence } => {
                Some(Said { kind: LAPSE, account: former.as_str(), fence: Some(*fence), reason: None })
            }
            Event::ClaimEnded { how: Ending::Recused, former, fence } => {
                Some(Said { kind: RECUSED, account: former.as_str(), fence: Some(*fence), reason: None })
            }
            Event::ClaimEnded { how: Ending::Reassigned, former, fence } => {
                Some(Said { kind: REASSIGNED, account: former.as_str(), fence: Some(*fence), reason: None })
            }
            Event::ClaimEnded { how: Ending::Conflict(kinds), former, fence } => Some(Said {
                kind: RECUSED,
                account: former.as_str(),
                fence: Some(*fence),
                reason: Some(kinds.as_str()),
            }),
            Event::RecusalRequested { reason } => {
                Some(Said { fence: Some(noun.fence), ..Said::by(stamp, "RECUSAL_ASKED", reason) })
            }
            Event::RecusalDecided { reason, fence, .. } => {
                Some(Said { fence: Some(*fence), ..Said::by(stamp, "RECUSAL_DECIDED", reason) })
            }
            Event::Succeeded { reason, .. } => Some(Said::by(stamp, "SUCCESSOR", reason)),
            _ => None,
        };
        if let Event::Returned { studio, .. } = event {
            decisions::returned(list, noun, studio);
        }
        if let Some(said) = said {
            self.remark(list, stamp, noun, &said)?;
        }
        wire::post(list, noun, event);
        Ok(near)
    }

    pub(super) fn remark(
        &self,
        list: &mut WriteList,
        stamp: &Stamp,
        noun: &Referral,
        said: &Said<'_>,
    ) -> Result<(), Fault> {
        let id = stamp.id();
        let row = id.to_string();
        let place = Place { centre: &stamp.by.centre, table: "remark", row: &row, field: "text" };
        let seal = |text: &str| self.vault.seal(&place, text.as_bytes());
        let text = said.reason.map(seal).transpose().map_err(|fault| Fault::new("seal a remark", fault))?;
        list.insert(
            remark::ActiveModel {
                id: Set(id),
                centre: Set(stamp.by.centre.clone()),
                case_id: Set(noun.case.into()),
                version: Set(noun.version as i64),
                at: Set(stamp.now),
                org: Set(stamp.by.org.clone()),
                account: Set(said.account.to_owned()),
                kind: Set(said.kind.to_owned()),
                fence_epoch: Set(said.fence.map(|fence| fence.epoch as i32)),
                fence_n: Set(said.fence.map(|fence| fence.n as i64)),
                text: Set(text),
            },
            "remark",
        );
        Ok(())
    }
}

/// What a remark keeps of a step.
pub(super) struct Said<'a> {
    pub(super) kind: &'static str,
    pub(super) account: &'a str,
    /// The fence of the claim that ended, if one did.
    pub(super) fence: Option<Fence>,
    pub(super) reason: Option<&'a str>,
}

impl<'a> Said<'a> {
    /// A reason that the actor gave.
    pub(super) fn by(stamp: &'a Stamp, kind: &'static str, reason: &'a str) -> Self {
        Self { kind, account: &stamp.by.account, fence: None, reason: Some(reason) }
    }
}

/// The bug's: writes the step over whatever the row says by now.
fn write_anyway(list: &mut WriteList, noun: &Referral) {
    let row = row::stepped(noun);
    let cells = referral::Column::iter().filter_map(|column| Some((column, row.get(column).into_value()?)));
    let case = (referral::Column::CaseId, Value::from(noun.case.as_uuid()));
    list.update_where::<referral::Entity>(cells.collect(), vec![case], None);
}

/// Loses [`FACTS`] if the facts that `noun` carries are no longer those in the row.
fn same_facts(list: &mut WriteList, noun: &Referral) {
    let seq = || (referral::Column::FactsSeq, Value::from(noun.facts_seq as i64));
    let case = (referral::Column::CaseId, Value::from(noun.case.as_uuid()));
    list.update_where::<referral::Entity>(vec![seq()], vec![case, seq()], Some(FACTS));
}

/// Writes the facts of `noun` in the place of those that `before` told, and only while nothing else has moved: a claim of the same
/// moment was asked about the old parties.
pub(super) fn write_facts(list: &mut WriteList, noun: &Referral, before: u64) {
    list.update_where::<referral::Entity>(
        vec![
            (referral::Column::Facts, row::facts_bytes(noun).into()),
            (referral::Column::FactsSeq, (noun.facts_seq as i64).into()),
        ],
        vec![
            (referral::Column::CaseId, noun.case.as_uuid().into()),
            (referral::Column::FactsSeq, (before as i64).into()),
            (referral::Column::Version, (noun.version as i64).into()),
        ],
        Some(FACTS),
    );
}
