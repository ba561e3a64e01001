//! The editions in a service's own memory, and what is kept of them at hand.

use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::oversight::v1::{Edition as Body, EditionActivated};
use courier::{Desk, Fault, Heard, Reaction, Trouble, WriteList};
use prost::Message as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use crate::{Editions, Law, read};

/// The table.
mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "edition")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub edition_id: String,
        pub body: Vec<u8>,
        pub activated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An edition on the shelf.
#[derive(Debug, Clone, PartialEq)]
pub struct Shelved {
    /// 1, 2, 3 …
    pub number: u64,
    /// As it was activated.
    pub body: Body,
    /// When.
    pub at: DateTime<Utc>,
}

/// How often a service looks for an edition that it has kept, or that another replica has.
pub const PACE: Duration = Duration::from_secs(1);

/// What a tick runs.
pub type Look = Box<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

#[derive(Default)]
struct Held {
    editions: Arc<Editions>,
    shelf: Arc<Vec<Shelved>>,
    read: bool,
}

/// The editions a service computes by; clones share them.
#[derive(Clone, Default)]
pub struct Almanac {
    held: Arc<RwLock<Held>>,
}

impl Almanac {
    /// The editions, as they were read last; read now, if they never were.
    pub async fn editions(&self, desk: &Desk) -> Result<Arc<Editions>, Fault> {
        if !self.held.read().unwrap_or_else(PoisonError::into_inner).read {
            self.refresh(desk).await?;
        }
        Ok(self.at_hand())
    }

    /// What is at hand, without asking the memory.
    pub fn at_hand(&self) -> Arc<Editions> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner).editions)
    }

    /// Everything that was activated, oldest first, as it was read last.
    pub fn shelf(&self) -> Arc<Vec<Shelved>> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner).shelf)
    }

    /// Looks for editions that have come since; says whether any has. One statement, which finds nothing almost always.
    pub async fn refresh(&self, desk: &Desk) -> Result<bool, Fault> {
        let known = self.shelf().last().map_or(0, |last| last.number);
        let rows = row::Entity::find()
            .filter(row::Column::Number.gt(known as i64))
            .order_by_asc(row::Column::Number)
            .all(desk.reader())
            .await
            .map_err(|error| Fault::new("read the editions", error))?;
        let news = !rows.is_empty();
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.read = true;
        if !news {
            return Ok(false);
        }
        let mut all = held.shelf.to_vec();
        for row in rows {
            if all.last().is_some_and(|last: &Shelved| last.number >= row.number as u64) {
                continue;
            }
            let body =
                Body::decode(row.body.as_slice()).map_err(|error| Fault::new("read an edition", error))?;
            all.push(Shelved { number: row.number as u64, body, at: row.activated_at });
        }
        // A younger program's own book may refuse what an older one took: then its own is in force, and that is told.
        let read = |one: &Shelved| {
            let refused = |faulty| tracing::error!(number = one.number, ?faulty, "an edition is left out");
            read(&one.body).map_err(refused).ok()
        };
        held.editions = Arc::new(Editions::of(all.iter().filter_map(read).collect()));
        held.shelf = Arc::new(all);
        Ok(true)
    }
}

impl Almanac {
    /// The editions as a noun carries them.
    pub async fn law(&self, desk: &Desk) -> Result<Law, Fault> {
        self.editions(desk).await.map(Law::of)
    }

    /// A tick's work: looks for editions at the pace of [`PACE`].
    pub fn looking(&self, desk: &Desk) -> Look {
        let (almanac, desk) = (self.clone(), desk.clone());
        Box::new(move || {
            let (almanac, desk) = (almanac.clone(), desk.clone());
            Box::pin(async move {
                if let Err(fault) = almanac.refresh(&desk).await {
                    tracing::error!(%fault, "editions could not be read; the next tick tries again");
                }
            })
        })
    }
}

/// Writes an edition; a second one of this number or name loses the guard.
pub fn put(list: &mut WriteList, edition: &Shelved) {
    list.insert(active(edition), "edition");
}

fn active(edition: &Shelved) -> row::ActiveModel {
    row::ActiveModel {
        number: Set(edition.number as i64),
        edition_id: Set(edition.body.edition_id.clone()),
        body: Set(edition.body.encode_to_vec()),
        activated_at: Set(edition.at),
    }
}

/// Every service's reaction to an edition that is in force: it is kept.
pub async fn keep(heard: Heard<EditionActivated>) -> Result<Reaction, Trouble> {
    let EditionActivated { number, edition: Some(body), .. } = heard.event else {
        return Err(Trouble::Poison("NO_EDITION".to_owned()));
    };
    let mut list = WriteList::new(&heard.stamp, None);
    list.insert_new(active(&Shelved { number, body, at: heard.at }));
    Ok(Reaction::Write(list))
}
