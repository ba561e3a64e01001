//! Acceptance, and the number that it gives: one row a centre, year and epoch, raised in the same list, so that numbers
//! have no gaps and a lost acceptance takes none.

use access::Call;
use chassis::Denied;
use chrono::Datelike;
use courier::{CommitError, Stamp, WriteList};
use lexicon::Outcome;
use rulebook::calendar::civil_date;
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;

use super::row::case_counter;
use super::{Store, TRIES, reading};
use crate::model::{Acceptance, Dispute, Screening};
use crate::receipt;
use crate::wire::command::Decision;

/// Lost when another process took the number.
const NUMBER: &str = "number";
/// Beside the three tries for the dispute: other processes may take numbers at the same time.
const TRIES_FOR_A_NUMBER: u32 = 20;

impl Store {
    /// SUBMITTED → ACCEPTED, under the next number.
    pub async fn accept(&self, call: &Call, decision: &Decision) -> Result<Dispute, Denied> {
        let mut misses = 0;
        for _ in 0..TRIES_FOR_A_NUMBER {
            let (before, _) = self.get(call, decision.case).await?;
            let correction = self.contradicted(&before, &decision.cause).await?;
            let turn = self.numbers.lock().await;
            let (stamp, editions) = (call.stamp(&self.desk), self.editions().await?);
            let (given, case_number) = self.next_number(&stamp).await?;
            let acceptance = Acceptance {
                at: stamp.now,
                case_number,
                track: decision.track.clone(),
                consents: decision.consents.clone(),
                suit: decision.suit.clone(),
            };
            let seen = decision.signs.as_deref().map(|signs| {
                Screening::new(signs, before.entry.channel, stamp.now, call.caller.account.clone())
            });
            let (now, events) = match before.clone().accept(&decision.cause, acceptance, editions.active())? {
                Outcome::AlreadySo(dispute) => {
                    self.desk.vouch(&stamp, decision.case.into()).await?;
                    return Ok(dispute);
                }
                Outcome::Changed(dispute, events) => (dispute.screened(seen), events),
            };
            // The number's guard comes first: a number that somebody else took is a lost guard, not a double.
            let mut list = WriteList::new(&stamp, Some(decision.case.into()));
            self.take(&mut list, &stamp, given);
            self.add_changes(&mut list, &before, &now, &events)?;
            if let Some(correction) = correction {
                self.learn(&mut list, &now, correction).await?;
            }
            match self.desk.commit(list).await {
                Ok(()) => return Ok(now),
                Err(CommitError::Lost(NUMBER)) => {}
                Err(CommitError::Lost(_)) => misses += 1,
                Err(error) => return Err(error.into()),
            }
            drop(turn);
            if misses == TRIES {
                break;
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// The last number given, none in a new year, and the next as it is printed.
    async fn next_number(&self, stamp: &Stamp) -> Result<(Option<i64>, String), Denied> {
        let (centre, year, epoch) = self.counter(stamp);
        let row = case_counter::Entity::find_by_id((centre.clone(), year, epoch));
        let given = row.one(self.desk.reader()).await.map_err(reading)?.map(|row| row.last);
        let number = receipt::case_number(&centre, year, self.desk.epoch(), given.unwrap_or(0) + 1);
        Ok((given, number))
    }

    fn take(&self, list: &mut WriteList, stamp: &Stamp, given: Option<i64>) {
        use case_counter::Column;
        let (centre, year, epoch) = self.counter(stamp);
        match given {
            None => {
                let (centre, year, epoch) = (Set(centre), Set(year), Set(epoch));
                list.insert(case_counter::ActiveModel { centre, year, epoch, last: Set(1) }, NUMBER);
            }
            Some(given) => {
                list.update_where::<case_counter::Entity>(
                    vec![(Column::Last, (given + 1).into())],
                    vec![
                        (Column::Centre, centre.into()),
                        (Column::Year, year.into()),
                        (Column::Epoch, epoch.into()),
                        (Column::Last, given.into()),
                    ],
                    Some(NUMBER),
                );
            }
        }
    }

    fn counter(&self, stamp: &Stamp) -> (String, i32, i64) {
        (stamp.by.centre.clone(), civil_date(stamp.now).year(), i64::from(self.desk.epoch()))
    }
}
