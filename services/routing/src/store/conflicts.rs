//! Ties and the conflicts that follow from them. What is asked about a case is asked in as many queries as a path has ties, whatever
//! the number of mediators.

use std::collections::BTreeSet;

use access::{Call, Denial, Role};
use chassis::Denied;
use chrono::{DateTime, Utc};
use courier::{CommitError, Fault, Stamp, WriteList};
use lexicon::{AccountId, CaseId, OrgId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Store;
use crate::model::conflict::{Bond, Conflict, Graph, Node, REACH, Tie};
use crate::model::{Facts, Refusal};

/// Ties that are read at a time.
const STRIDE: usize = 5000;
/// Ties that are listed of one mediator, at most.
const LISTED: u64 = 500;
/// Lost when the tie was declared before.
const DECLARED: &str = "declared";

/// `tie`.
mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tie")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub one: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub other: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub bond: String,
        pub account: String,
        pub declared_by: String,
        pub declared_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A tie as it was declared.
pub struct Declared {
    /// In whose name.
    pub account: String,
    /// How.
    pub bond: Bond,
    /// The mediator's own.
    pub own: bool,
    /// By whom.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A paper whose number was checked.
pub struct Paper {
    /// Kind and number, as the digest is made of them.
    pub text: String,
}

impl Store {
    /// A tie of a mediator: declared by them, or by the head of their studio. Declared before is already so.
    pub async fn declare_tie(
        &self,
        call: &Call,
        mediator: &AccountId,
        bond: Bond,
        with: &Paper,
        of: Option<&Paper>,
    ) -> Result<Declared, Denied> {
        self.may_see_ties(call, mediator).await?;
        let stamp = call.stamp(&self.desk);
        let own = Node::Account(mediator.to_string());
        let one = of.map_or(own, |paper| self.node(paper));
        let declared = Declared {
            account: mediator.to_string(),
            bond,
            own: of.is_none(),
            by: call.caller.account.to_string(),
            at: stamp.now,
        };
        let row = row::ActiveModel {
            centre: Set(call.caller.centre.to_string()),
            one: Set(one.text()),
            other: Set(self.node(with).text()),
            bond: Set(bond.name().to_owned()),
            account: Set(mediator.to_string()),
            declared_by: Set(declared.by.clone()),
            declared_at: Set(stamp.now),
        };
        let mut list = WriteList::new(&stamp, None);
        list.insert(row, DECLARED);
        match self.desk.commit(list).await {
            Ok(()) => Ok(declared),
            Err(CommitError::Lost(_)) => {
                self.vouch_for_a_tie(&call.stamp(&self.desk)).await?;
                Ok(declared)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn vouch_for_a_tie(&self, stamp: &Stamp) -> Result<(), Denied> {
        Ok(self.desk.commit(WriteList::new(stamp, None)).await?)
    }

    /// What was declared in a mediator's name.
    pub async fn ties(&self, call: &Call, mediator: &AccountId) -> Result<Vec<Declared>, Denied> {
        self.may_see_ties(call, mediator).await?;
        let rows = row::Entity::find()
            .filter(row::Column::Centre.eq(call.caller.centre.as_str()))
            .filter(row::Column::Account.eq(mediator.as_str()))
            .order_by_asc(row::Column::DeclaredAt)
            .limit(LISTED)
            .all(self.desk.reader())
            .await
            .map_err(|error| Fault::new("list ties", error))?;
        let read = |row: row::Model| {
            let bond = Bond::named(&row.bond).ok_or_else(|| Fault::plain("read a tie", "an unknown bond"))?;
            let own = matches!(Node::read(&row.one), Some(Node::Account(_)));
            Ok(Declared { account: row.account, bond, own, by: row.declared_by, at: row.declared_at })
        };
        Ok(rows.into_iter().map(read).collect::<Result<_, Fault>>()?)
    }

    /// Whether a mediator is bound to a party of the case; about others than themselves no mediator asks.
    pub async fn find_conflict(
        &self,
        call: &Call,
        case: CaseId,
        mediator: &AccountId,
    ) -> Result<Option<Conflict>, Denied> {
        let noun = self.get(call, case).await?;
        let appoints = call.caller.is(Role::StudioHead) || call.caller.is(Role::Supervisor);
        if !appoints && call.caller.account != *mediator {
            return Err(Denial::Forbidden.into());
        }
        Ok(self.conflict(call.caller.centre.as_str(), mediator, &noun.facts).await?)
    }

    /// How this account is bound to a party, if it is.
    pub(crate) async fn conflict(
        &self,
        centre: &str,
        account: &AccountId,
        facts: &Facts,
    ) -> Result<Option<Conflict>, Fault> {
        Ok(self.graph(centre, [account]).await?.conflict(account.as_str(), facts))
    }

    /// The ties around these accounts, as far as a path reaches.
    pub(super) async fn graph(
        &self,
        centre: &str,
        accounts: impl IntoIterator<Item = &AccountId>,
    ) -> Result<Graph, Fault> {
        let mut open: BTreeSet<String> =
            accounts.into_iter().map(|account| Node::Account(account.to_string()).text()).collect();
        let (mut seen, mut ties) = (open.clone(), BTreeSet::new());
        for _ in 0..REACH {
            if open.is_empty() {
                break;
            }
            let rows = self.ties_of(centre, &open).await?;
            open = rows.iter().flat_map(|row| [row.one.clone(), row.other.clone()]).collect();
            open.retain(|node| seen.insert(node.clone()));
            for row in rows {
                ties.insert((row.one, row.other, row.bond));
            }
        }
        let read = |(one, other, bond): (String, String, String)| {
            Some(Tie { one: Node::read(&one)?, other: Node::read(&other)?, bond: Bond::named(&bond)? })
        };
        let unknown = || Fault::plain("read ties", "a tie that cannot be read");
        let ties = ties.into_iter().map(|key| read(key).ok_or_else(unknown));
        Ok(Graph::of(ties.collect::<Result<Vec<_>, Fault>>()?))
    }

    /// All ties of these nodes. A bank may have more debtors than one query answers: a tie that is not read is a conflict missed.
    async fn ties_of(&self, centre: &str, nodes: &BTreeSet<String>) -> Result<Vec<row::Model>, Fault> {
        let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
        let mut ties = vec![];
        for some in nodes.chunks(STRIDE) {
            let near = || some.iter().copied();
            let either =
                Condition::any().add(row::Column::One.is_in(near())).add(row::Column::Other.is_in(near()));
            let mut pages = row::Entity::find()
                .filter(row::Column::Centre.eq(centre))
                .filter(either)
                .cursor_by((row::Column::One, row::Column::Other, row::Column::Bond));
            loop {
                let rows = pages.first(STRIDE as u64).all(self.desk.reader()).await;
                let rows = rows.map_err(|error| Fault::new("read ties", error))?;
                let is_last = rows.len() < STRIDE;
                if let Some(last) = rows.last() {
                    pages.after((last.one.clone(), last.other.clone(), last.bond.clone()));
                }
                ties.extend(rows);
                if is_last {
                    break;
                }
            }
        }
        Ok(ties)
    }

    /// A mediator's own, or a head's for the mediators of their studio.
    async fn may_see_ties(&self, call: &Call, mediator: &AccountId) -> Result<(), Denied> {
        call.decide(None)?;
        if call.caller.account == *mediator {
            return Ok(());
        }
        if !call.caller.is(Role::StudioHead) {
            return Err(Denial::Forbidden.into());
        }
        let room = self.directory.room(call.caller.centre.as_str(), mediator.as_str()).await?;
        let own: Option<&OrgId> = room.listed_in.as_ref().filter(|studio| **studio == call.caller.org);
        own.map(drop).ok_or_else(|| Denied::refused(Refusal::not_of_this_studio()))
    }

    /// The digest is made as intake makes that of a party: equal ones are the same paper.
    fn node(&self, paper: &Paper) -> Node {
        Node::Paper(self.vault.index("party-number", &paper.text))
    }
}
