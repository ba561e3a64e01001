//! All entries of a centre's directory at once: read for an export, and written from a file in one list, whole or not at all.
//!
//! An import adds and changes, in the columns that its files have; it ends nobody: a line ends by its last day. Of the officers of a unit and of the lawyers of a day, where
//! a file has any, it has all. A mediator's line that somebody else wrote in the meantime lets the whole be read and compared anew.

use std::collections::{HashMap, HashSet};

use access::{Call, Place};
use chassis::Denied;
use chrono::NaiveDate;
use courier::{CommitError, Fault, WriteList};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use super::roster::{LINE, TRIES};
use super::{Directory, organization_row};
use crate::model::{DutyLawyer, Entries, LiaisonOfficer, Mediator, Mentions, Misfit};
use crate::wire::sheets::filled;

/// `liaison`.
mod liaison {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "liaison")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub sealed: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// `duty_lawyer`.
mod duty_lawyer {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "duty_lawyer")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: Date,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: String,
        pub org_id: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What is sealed of an officer.
#[derive(Serialize, Deserialize)]
struct Card {
    name: String,
    phone: String,
    duty: String,
}

/// What an import does to one file's entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileTally {
    /// Entries in the file.
    pub rows: u32,
    /// Not there before.
    pub added: u32,
    /// There, and otherwise.
    pub changed: u32,
    /// Of the same unit or day, and not in the file.
    pub removed: u32,
}

/// What an import writes: organisations, mediators, officers, lawyers.
pub type Written = [FileTally; 4];

impl Directory {
    /// All entries, for a file. Who took them is audited.
    pub async fn export(&self, call: &Call) -> Result<Entries, Denied> {
        call.decide(None)?;
        let entries = self.entries(call.caller.centre.as_str()).await?;
        self.desk.commit(WriteList::new(&call.stamp(&self.desk), None)).await?;
        Ok(entries)
    }

    /// Writes these entries, or says what does not fit. With `only_checking` nothing is written.
    pub async fn import(
        &self,
        call: &Call,
        file: &Entries,
        mentions: &Mentions,
        only_checking: bool,
    ) -> Result<Result<Written, Vec<Misfit>>, Denied> {
        call.decide(None)?;
        let centre = call.caller.centre.as_str();
        for _ in 0..TRIES {
            let stored = self.entries(centre).await?;
            let file = match filled(file, mentions, &stored) {
                Ok(file) => file,
                Err(misfits) => return Ok(Err(misfits)),
            };
            let misfits = file.misfits(&stored, mentions);
            if !misfits.is_empty() {
                return Ok(Err(misfits));
            }
            let mut list = WriteList::new(&call.stamp(&self.desk), None);
            let tallies = [
                organizations(&mut list, centre, &file, &stored),
                self.write_mediators(&mut list, centre, &file, &stored)?,
                self.write_officers(&mut list, centre, &file, &stored)?,
                lawyers(&mut list, centre, &file, &stored),
            ];
            if only_checking {
                return Ok(Ok(tallies));
            }
            match self.desk.commit(list).await {
                Ok(()) => return Ok(Ok(tallies)),
                Err(CommitError::Lost(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// The officers of all units, or of one.
    pub async fn officers(&self, centre: &str, org: Option<&str>) -> Result<Vec<LiaisonOfficer>, Fault> {
        let mut query = liaison::Entity::find().filter(liaison::Column::Centre.eq(centre));
        if let Some(org) = org {
            query = query.filter(liaison::Column::OrgId.eq(org));
        }
        let query = query.order_by_asc(liaison::Column::OrgId).order_by_asc(liaison::Column::Number);
        let rows = query.all(self.desk.reader()).await;
        let rows = rows.map_err(|error| Fault::new("list liaison officers", error))?;
        rows.into_iter().map(|row| self.officer(row)).collect()
    }

    /// The lawyers who give advice from a day to another, both included; all where none is told.
    pub async fn duty_lawyers(
        &self,
        centre: &str,
        days: Option<(NaiveDate, NaiveDate)>,
    ) -> Result<Vec<DutyLawyer>, Fault> {
        use duty_lawyer::Column;
        let mut query = duty_lawyer::Entity::find().filter(Column::Centre.eq(centre));
        if let Some((from, to)) = days {
            query = query.filter(Column::Day.between(from, to));
        }
        let rows = query.order_by_asc(Column::Day).order_by_asc(Column::AccountId).all(self.desk.reader());
        let rows = rows.await.map_err(|error| Fault::new("list duty lawyers", error))?;
        let read = |row: duty_lawyer::Model| DutyLawyer {
            day: row.day,
            account_id: row.account_id,
            org_id: row.org_id,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    async fn entries(&self, centre: &str) -> Result<Entries, Fault> {
        fn unplaced<T>(rows: impl IntoIterator<Item = T>) -> Vec<(u64, T)> {
            rows.into_iter().map(|row| (0, row)).collect()
        }
        let (organizations, mediators, officers, lawyers) = tokio::try_join!(
            self.organizations(centre, None),
            self.named_mediators(centre, None),
            self.officers(centre, None),
            self.duty_lawyers(centre, None),
        )?;
        Ok(Entries {
            organizations: unplaced(organizations),
            mediators: unplaced(mediators.into_iter().map(|(line, _)| line)),
            officers: unplaced(officers),
            lawyers: unplaced(lawyers),
        })
    }

    fn write_mediators(
        &self,
        list: &mut WriteList,
        centre: &str,
        file: &Entries,
        stored: &Entries,
    ) -> Result<FileTally, Fault> {
        let known: HashMap<&str, &Mediator> =
            stored.mediators.iter().map(|(_, line)| (line.account_id.as_str(), line)).collect();
        let (mut new, mut tally) = (vec![], FileTally::of(&file.mediators));
        for (_, line) in &file.mediators {
            match known.get(line.account_id.as_str()) {
                None => new.push(self.row(centre, &Mediator { version: 1, ..line.clone() })?),
                Some(before) if before.says_the_same(line) => {}
                Some(before) => {
                    let after = Mediator { version: before.version + 1, ..line.clone() };
                    list.update(self.row(centre, &after)?, before.version, LINE);
                    tally.changed += 1;
                }
            }
        }
        tally.added = new.len() as u32;
        list.insert_new_rows(new);
        Ok(tally)
    }

    fn write_officers(
        &self,
        list: &mut WriteList,
        centre: &str,
        file: &Entries,
        stored: &Entries,
    ) -> Result<FileTally, Fault> {
        let mut tally = FileTally::of(&file.officers);
        let units: HashSet<&str> = file.officers.iter().map(|(_, one)| one.org_id.as_str()).collect();
        let mut left: HashMap<(&str, i32), &LiaisonOfficer> = stored
            .officers
            .iter()
            .filter(|(_, one)| units.contains(one.org_id.as_str()))
            .map(|(_, one)| ((one.org_id.as_str(), one.number), one))
            .collect();
        for (_, one) in &file.officers {
            match left.remove(&(one.org_id.as_str(), one.number)) {
                Some(before) if before == one => continue,
                Some(_) => tally.changed += 1,
                None => tally.added += 1,
            }
            list.upsert(self.officer_row(centre, one)?);
        }
        for (org, number) in left.into_keys() {
            tally.removed += 1;
            list.delete_where::<liaison::Entity>(vec![
                (liaison::Column::Centre, centre.into()),
                (liaison::Column::OrgId, org.into()),
                (liaison::Column::Number, number.into()),
            ]);
        }
        Ok(tally)
    }

    fn officer(&self, row: liaison::Model) -> Result<LiaisonOfficer, Fault> {
        let key = format!("{} {}", row.org_id, row.number);
        let clear = self.vault.open(&place(&row.centre, &key), &row.sealed);
        let clear = clear.map_err(|fault| Fault::new("open a liaison officer", fault))?;
        let wrong = |_| Fault::inconsistent("liaison", "sealed", &key);
        let Card { name, phone, duty } = serde_json::from_slice(&clear).map_err(wrong)?;
        Ok(LiaisonOfficer { org_id: row.org_id, number: row.number, name, phone, duty })
    }

    fn officer_row(&self, centre: &str, one: &LiaisonOfficer) -> Result<liaison::ActiveModel, Fault> {
        let key = format!("{} {}", one.org_id, one.number);
        let card = Card { name: one.name.clone(), phone: one.phone.clone(), duty: one.duty.clone() };
        let text = serde_json::to_vec(&card).map_err(|error| Fault::new("write a liaison officer", error))?;
        let sealed = self.vault.seal(&place(centre, &key), &text);
        Ok(liaison::ActiveModel {
            centre: Set(centre.to_owned()),
            org_id: Set(one.org_id.clone()),
            number: Set(one.number),
            sealed: Set(sealed.map_err(|fault| Fault::new("seal a liaison officer", fault))?),
        })
    }
}

impl FileTally {
    fn of<T>(rows: &[T]) -> Self {
        Self { rows: rows.len() as u32, ..Self::default() }
    }
}

fn organizations(list: &mut WriteList, centre: &str, file: &Entries, stored: &Entries) -> FileTally {
    let known: HashMap<&str, _> =
        stored.organizations.iter().map(|(_, one)| (one.org_id.as_str(), one)).collect();
    let (mut new, mut tally) = (vec![], FileTally::of(&file.organizations));
    for (_, one) in &file.organizations {
        match known.get(one.org_id.as_str()) {
            None => new.push(organization_row(centre, one)),
            Some(before) if *before == one => {}
            Some(_) => {
                list.upsert(organization_row(centre, one));
                tally.changed += 1;
            }
        }
    }
    tally.added = new.len() as u32;
    list.insert_new_rows(new);
    tally
}

fn lawyers(list: &mut WriteList, centre: &str, file: &Entries, stored: &Entries) -> FileTally {
    let mut tally = FileTally::of(&file.lawyers);
    let days: HashSet<NaiveDate> = file.lawyers.iter().map(|(_, one)| one.day).collect();
    let on_these = stored.lawyers.iter().filter(|(_, one)| days.contains(&one.day));
    let mut left: HashMap<(NaiveDate, &str), &DutyLawyer> =
        on_these.map(|(_, one)| ((one.day, one.account_id.as_str()), one)).collect();
    let mut new = vec![];
    for (_, one) in &file.lawyers {
        let row = duty_lawyer::ActiveModel {
            centre: Set(centre.to_owned()),
            day: Set(one.day),
            account_id: Set(one.account_id.clone()),
            org_id: Set(one.org_id.clone()),
        };
        match left.remove(&(one.day, one.account_id.as_str())) {
            None => new.push(row),
            Some(before) if before == one => {}
            Some(_) => {
                list.upsert(row);
                tally.changed += 1;
            }
        }
    }
    tally.added = new.len() as u32;
    list.insert_new_rows(new);
    for (day, account) in left.into_keys() {
        tally.removed += 1;
        list.delete_where::<duty_lawyer::Entity>(vec![
            (duty_lawyer::Column::Centre, centre.into()),
            (duty_lawyer::Column::Day, day.into()),
            (duty_lawyer::Column::AccountId, account.into()),
        ]);
    }
    tally
}

fn place<'a>(centre: &'a str, key: &'a str) -> Place<'a> {
    Place { centre, table: "liaison", row: key, field: "card" }
}
