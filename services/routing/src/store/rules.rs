//! The rule sets of a centre: the one in force, those that were, and putting another in force.
//!
//! Which set is in force is one row, read with every decision, so that all replicas change over together; a text is read and
//! checked once and then kept in memory by its digest.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use access::Call;
use chassis::Denied;
use chrono::{DateTime, Utc};
use courier::{CommitError, Fault, WriteList};
use ruleset::RuleSet;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Store;
use crate::model::Unfit;
use crate::routes::Numbered;

/// Lost when another set was put in force at the same moment.
const NUMBER: &str = "number";
/// So many sets are kept in memory.
const KEPT: usize = 32;

/// `rule_text`.
pub(super) mod rule_text {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "rule_text")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub digest: String,
        pub body: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// `rule_set`.
mod rule_set {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "rule_set")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub digest: String,
        pub rule_set_id: String,
        pub version: String,
        pub activated_at: DateTimeUtc,
        pub activated_by: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The sets that were read, by digest, and which centres have their texts stored; clones share both.
#[derive(Clone, Default)]
pub(super) struct Shelf(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    sets: HashMap<String, Arc<RuleSet>>,
    /// Digests of texts that are no set of this program: a program does not learn to read.
    unread: HashSet<String>,
    stored: HashSet<(String, String)>,
}

impl Shelf {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, digest: &str) -> Option<Arc<RuleSet>> {
        self.kept().sets.get(digest).cloned()
    }

    fn put(&self, set: RuleSet) -> Arc<RuleSet> {
        let mut kept = self.kept();
        if kept.sets.len() >= KEPT {
            kept.sets.clear();
        }
        Arc::clone(kept.sets.entry(set.digest.clone()).or_insert(Arc::new(set)))
    }

    fn is_unread(&self, digest: &str) -> bool {
        self.kept().unread.contains(digest)
    }

    fn unread(&self, digest: &str) {
        let mut kept = self.kept();
        if kept.unread.len() >= KEPT * KEPT {
            kept.unread.clear();
        }
        kept.unread.insert(digest.to_owned());
    }

    fn is_stored(&self, key: &(String, String)) -> bool {
        self.kept().stored.contains(key)
    }

    fn stored(&self, key: (String, String)) {
        let mut kept = self.kept();
        if kept.stored.len() >= KEPT * KEPT {
            kept.stored.clear();
        }
        kept.stored.insert(key);
    }
}

/// A set that was put in force.
pub struct Activation {
    /// 1, 2, 3 … of the centre.
    pub number: u64,
    /// The set's name.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its digest.
    pub digest: String,
    /// When; nothing for the one that every centre begins with.
    pub at: Option<DateTime<Utc>>,
    /// By which account.
    pub by: String,
}

impl From<rule_set::Model> for Activation {
    fn from(row: rule_set::Model) -> Self {
        Self {
            number: row.number as u64,
            id: row.rule_set_id,
            version: row.version,
            digest: row.digest,
            at: Some(row.activated_at),
            by: row.activated_by,
        }
    }
}

impl Store {
    /// The set in force in a centre; the shipped one where this program cannot read that any more, until another is put in force.
    pub(super) async fn in_force(&self, centre: &str) -> Result<Numbered, Fault> {
        let last = rule_set::Entity::find()
            .filter(rule_set::Column::Centre.eq(centre))
            .order_by_desc(rule_set::Column::Number)
            .one(self.desk.reader())
            .await
            .map_err(|error| Fault::new("read the rule set in force", error))?;
        let Some(row) = last else {
            return Ok(Numbered { number: 0, set: self.shipped() });
        };
        let number = row.number as u64;
        let set = self.rule_set(centre, &row.digest).await?.unwrap_or_else(|| {
            // Put in force under a program that read it otherwise. Cases must find their way meanwhile.
            tracing::error!(
                centre,
                number,
                "this program cannot read the rule set in force: the shipped one decides"
            );
            self.shipped()
        });
        Ok(Numbered { number, set })
    }

    /// What a centre has put in force, oldest first.
    pub async fn activations(&self, centre: &str) -> Result<Vec<Activation>, Fault> {
        let rows = rule_set::Entity::find()
            .filter(rule_set::Column::Centre.eq(centre))
            .order_by_asc(rule_set::Column::Number)
            .all(self.desk.reader())
            .await;
        let rows = rows.map_err(|error| Fault::new("list rule sets", error))?;
        Ok(rows.into_iter().map(Activation::from).collect())
    }

    /// A set that a centre has used; nothing where its text is not there, or is no set of this program any more.
    pub(super) async fn rule_set(&self, centre: &str, digest: &str) -> Result<Option<Arc<RuleSet>>, Fault> {
        if digest == ruleset::shipped().digest {
            return Ok(Some(self.shipped()));
        }
        if let Some(set) = self.shelf.find(digest) {
            return Ok(Some(set));
        }
        if self.shelf.is_unread(digest) {
            return Ok(None);
        }
        let key = (centre.to_owned(), digest.to_owned());
        let row = rule_text::Entity::find_by_id(key).one(self.desk.reader()).await;
        let row = row.map_err(|error| Fault::new("read a rule set", error))?;
        let Some(row) = row else { return Ok(None) };
        let read = RuleSet::read(&row.body).ok();
        if read.is_none() {
            self.shelf.unread(digest);
        }
        Ok(read.map(|set| self.shelf.put(set)))
    }

    /// Keeps the text of a set in the list of the first decision that is made by it.
    pub(super) async fn keep_rules(
        &self,
        list: &mut WriteList,
        centre: &str,
        set: &RuleSet,
    ) -> Result<(), Fault> {
        let key = (centre.to_owned(), set.digest.clone());
        if self.shelf.is_stored(&key) {
            return Ok(());
        }
        let found = rule_text::Entity::find_by_id(key.clone())
            .select_only()
            .column(rule_text::Column::Digest)
            .into_tuple::<String>()
            .one(self.desk.reader())
            .await;
        match found.map_err(|error| Fault::new("look for a rule set's text", error))? {
            Some(_) => self.shelf.stored(key),
            None => keep_text(list, centre, set),
        }
        Ok(())
    }

    fn shipped(&self) -> Arc<RuleSet> {
        let shipped = ruleset::shipped();
        self.shelf.find(&shipped.digest).unwrap_or_else(|| self.shelf.put(shipped.clone()))
    }

    /// Puts a set in force that was simulated against the one that is.
    pub async fn activate_rules(&self, call: &Call, text: &str, digest: &str) -> Result<Activation, Denied> {
        call.decide(None)?;
        let set = read(text)?;
        let centre = call.caller.centre.as_str();
        for _ in 0..super::TRIES {
            let before = self.in_force(centre).await?;
            let stamp = call.stamp(&self.desk);
            if before.set.digest == set.digest {
                self.desk.commit(WriteList::new(&stamp, None)).await?;
                let last = self.activations(centre).await?.pop();
                return Ok(last.unwrap_or_else(|| begun_with(&set)));
            }
            if self.preview_digest(centre, &set, &before) != digest {
                return Err(Denied::refused(Unfit::Outdated));
            }
            let row = rule_set::Model {
                centre: centre.to_owned(),
                number: before.number as i64 + 1,
                digest: set.digest.clone(),
                rule_set_id: set.id.clone(),
                version: set.version.clone(),
                activated_at: stamp.now,
                activated_by: stamp.by.account.clone(),
            };
            let mut list = WriteList::new(&stamp, None);
            keep_text(&mut list, centre, &set);
            list.insert(active(row.clone()), NUMBER);
            match self.desk.commit(list).await {
                Ok(()) => return Ok(row.into()),
                Err(CommitError::Lost(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// Stands for a text, a centre and the set that it was compared with; nobody can make one without a simulation.
    pub(super) fn preview_digest(&self, centre: &str, set: &RuleSet, before: &Numbered) -> String {
        let said = format!("{centre} {} {} {}", set.digest, before.number, before.set.digest);
        self.vault.index("rule set simulated", &said)
    }

    /// Whose memory of rule sets is asked by the door.
    pub async fn rules_in_force(&self, call: &Call) -> Result<Numbered, Denied> {
        call.decide(None)?;
        Ok(self.in_force(call.caller.centre.as_str()).await?)
    }
}

/// Reads a text, or refuses it with its faults.
pub(super) fn read(text: &str) -> Result<RuleSet, Denied> {
    RuleSet::read(text).map_err(|faults| Denied::refused(Unfit::Defective(faults)))
}

/// The set that every centre begins with, as if it had been put in force.
pub fn begun_with(set: &RuleSet) -> Activation {
    Activation {
        number: 0,
        id: set.id.clone(),
        version: set.version.clone(),
        digest: set.digest.clone(),
        at: None,
        by: String::new(),
    }
}

/// Keeps a text, so that what is decided by it can be decided again.
fn keep_text(list: &mut WriteList, centre: &str, set: &RuleSet) {
    list.insert_new(rule_text::ActiveModel {
        centre: Set(centre.to_owned()),
        digest: Set(set.digest.clone()),
        body: Set(set.text.clone()),
    });
}

fn active(row: rule_set::Model) -> rule_set::ActiveModel {
    rule_set::ActiveModel {
        centre: Set(row.centre),
        number: Set(row.number),
        digest: Set(row.digest),
        rule_set_id: Set(row.rule_set_id),
        version: Set(row.version),
        activated_at: Set(row.activated_at),
        activated_by: Set(row.activated_by),
    }
}
