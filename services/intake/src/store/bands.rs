//! The keyed bands by which a dispute's words are found again.
//!
//! Sixteen rows in an index in no order are a third of what a filing costs a database, and nobody's receipt shall wait for them. So a
//! filing writes its bands as one row that *waits*, and a tick gives each band a row of its own, many filings at once. A search
//! looks at both: nothing is missed because it is new. Only beyond [`LOOKED_AT`] that wait, which is a tick that stands still for
//! minutes, are the oldest of them found by their people alone until it goes on.
//!
//! Two replicas may keep the same bands at once: what is there already is left. Words that change in the very moment in which their
//! bands are moved may leave the old ones behind; those cost a search one comparison, which the words themselves decide.

use std::collections::HashMap;

use courier::{Actor, Fault, WriteList};
use likeness::{BANDS, Shingles, bands};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::row::{band, waiting};
use super::{Store, reading};
use crate::model::Dispute;

/// The tick's name, and the method of its audit rows.
pub const KEEPING: &str = "intake.bands";
/// Of those that wait, a search looks at the newest.
const LOOKED_AT: u64 = 2048;
/// Read at a time.
const AT_ONCE: u64 = 256;
/// Disputes of one write list, at most: a power of two, and so are the smaller ones, so that their statements are few.
const TOGETHER: usize = 32;
/// Rows of one step whose statement is still kept.
const ROWS: usize = 8;
/// Bytes of a band.
const BYTES: usize = size_of::<i64>();

impl Store {
    /// The bands of these words, under the key of this house.
    pub(super) fn bands(&self, words: &Shingles) -> Vec<i64> {
        let digester = self.vault.digester("words");
        bands(words, |part| digester.of(part))
    }

    /// Keeps by which bands a dispute's words are found; those of `before` that are not its any more go.
    pub(super) fn find_by_words(&self, list: &mut WriteList, before: Option<&Dispute>, now: &Dispute) {
        let told = |dispute: &Dispute| self.bands(&Shingles::of(&dispute.sheet.words.text));
        if before.is_some_and(|before| before.sheet.words.text == now.sheet.words.text) {
            return;
        }
        let (old, new) = (before.map(told).unwrap_or_default(), told(now));
        let (case, centre) = (now.origin.case.as_uuid(), now.origin.centre.as_str());
        for gone in old.iter().filter(|number| !new.contains(number)) {
            list.delete_where::<band::Entity>(vec![
                (band::Column::Centre, centre.into()),
                (band::Column::Band, (*gone).into()),
                (band::Column::CaseId, case.into()),
            ]);
        }
        if new.is_empty() {
            if !old.is_empty() {
                list.delete_where::<waiting::Entity>(vec![(waiting::Column::CaseId, case.into())]);
            }
            return;
        }
        let row = waiting::ActiveModel {
            case_id: Set(case),
            centre: Set(centre.to_owned()),
            bands: Set(new.iter().flat_map(|number| number.to_be_bytes()).collect()),
        };
        if before.is_none() {
            list.insert_new(row);
        } else {
            list.upsert(row);
        }
    }

    /// Of the bands that wait, the newest cases of each of `words`, by its place there.
    pub(super) async fn waiting(
        &self,
        centre: &str,
        words: &[i64],
    ) -> Result<HashMap<i32, Vec<Uuid>>, Fault> {
        let mut cases: HashMap<i32, Vec<Uuid>> = HashMap::new();
        if words.is_empty() {
            return Ok(cases);
        }
        let rows = waiting::Entity::find()
            .filter(waiting::Column::Centre.eq(centre))
            .order_by_desc(waiting::Column::CaseId)
            .limit(LOOKED_AT)
            .all(self.desk.reader())
            .await
            .map_err(reading)?;
        for row in rows {
            let own = read(&row.bands);
            for (at, _) in (0_i32..).zip(words).filter(|(_, number)| own.contains(number)) {
                cases.entry(at).or_default().push(row.case_id);
            }
        }
        Ok(cases)
    }

    /// A tick's work: gives each band that waits a row of its own.
    pub fn keeping_bands(&self) -> almanac::Look {
        let store = self.clone();
        Box::new(move || {
            let store = store.clone();
            Box::pin(async move {
                // The next run comes anyhow; the desk has told its own faults.
                _ = store.keep_bands().await;
            })
        })
    }

    /// Keeps all that waits, the oldest first. Says how many disputes it was.
    pub async fn keep_bands(&self) -> Result<usize, Fault> {
        let mut kept = 0;
        loop {
            let rows = waiting::Entity::find()
                .order_by_asc(waiting::Column::CaseId)
                .limit(AT_ONCE)
                .all(self.desk.reader())
                .await
                .map_err(reading)?;
            for of_one in rows.chunk_by(|one, next| one.centre == next.centre) {
                let mut rest = of_one;
                while !rest.is_empty() {
                    let together = 1 << rest.len().min(TOGETHER).ilog2();
                    let (some, others) = rest.split_at(together);
                    self.keep_some(some).await?;
                    rest = others;
                }
            }
            kept += rows.len();
            if (rows.len() as u64) < AT_ONCE {
                return Ok(kept);
            }
        }
    }

    /// These of one centre. One whose words have changed meanwhile goes on waiting with its new ones.
    async fn keep_some(&self, some: &[waiting::Model]) -> Result<(), Fault> {
        let Some(first) = some.first() else { return Ok(()) };
        let stamp = self.desk.stamp(Actor::service("intake", first.centre.as_str()), KEEPING, None);
        let mut list = WriteList::new(&stamp, None);
        let mut rows: Vec<(i64, Uuid)> = some
            .iter()
            .flat_map(|row| read(&row.bands).into_iter().map(|number| (number, row.case_id)))
            .collect();
        // In the index's own order: neighbours are written together.
        rows.sort_unstable();
        for part in rows.chunks(ROWS) {
            list.insert_new_rows(part.iter().map(|(number, case)| band::ActiveModel {
                centre: Set(first.centre.clone()),
                band: Set(*number),
                case_id: Set(*case),
            }));
        }
        for row in some {
            list.delete_where::<waiting::Entity>(vec![
                (waiting::Column::CaseId, row.case_id.into()),
                (waiting::Column::Bands, row.bands.clone().into()),
            ]);
        }
        self.desk.commit(list).await.map_err(|error| Fault::new("keep bands", error))
    }
}

/// Puts what waits before what is kept: it is newer. Of each band no more than `most` stay.
pub(super) fn put_first(kept: &mut HashMap<i32, Vec<Uuid>>, waiting: HashMap<i32, Vec<Uuid>>, most: usize) {
    for (at, mut cases) in waiting {
        let known = kept.entry(at).or_default();
        known.retain(|case| !cases.contains(case));
        cases.append(known);
        cases.truncate(most);
        *known = cases;
    }
}

fn read(bytes: &[u8]) -> Vec<i64> {
    let whole = |part: &[u8]| part.try_into().map(i64::from_be_bytes).ok();
    bytes.chunks_exact(BYTES).take(BANDS).filter_map(whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_newer_and_counts_once() {
        let id = Uuid::from_u128;
        let mut kept = HashMap::from([(0, vec![id(2), id(1)]), (2, vec![id(1)])]);
        put_first(&mut kept, HashMap::from([(0, vec![id(4), id(2)]), (1, vec![id(3)])]), 2);
        assert_eq!(kept, HashMap::from([(0, vec![id(4), id(2)]), (1, vec![id(3)]), (2, vec![id(1)])]));
    }

    #[test]
    fn bands_are_read_as_they_were_written() {
        let numbers = [i64::MIN, -1, 0, 7, i64::MAX];
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        assert_eq!(read(&bytes), numbers);
    }
}
