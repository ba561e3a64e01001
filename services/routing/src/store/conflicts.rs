//! What mediators declare of themselves, and what follows from it for a case: declared, withdrawn, listed, looked for.

use access::{Call, Denial, Place, Role};
use chassis::Denied;
use chrono::{DateTime, Utc};
use courier::{CommitError, Fault, Stamp, WriteList};
use lexicon::{AccountId, CaseId, OrgId};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Value};

use super::ties::tie;
use super::{Store, TRIES};
use crate::model::Refusal;
use crate::model::conflict::{Bond, Conflict, Node};

/// Ties that are listed of one mediator, at most.
const LISTED: u64 = 500;
/// Lost when the tie was declared before.
const DECLARED: &str = "declared";
/// Lost when the tie was declared anew or withdrawn meanwhile.
const CHANGED: &str = "tie";

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
    /// By whom it was withdrawn, and when.
    pub withdrawn: Option<(String, DateTime<Utc>)>,
}

/// A person whose number was checked, as the digest is made of it.
pub enum Paper {
    /// Kind and number of a paper.
    Number(String),
    /// A phone.
    Phone(String),
}

/// A tie that is declared or withdrawn: whose, how, with whom, and through whom.
pub struct Declaring {
    /// The mediator.
    pub mediator: AccountId,
    /// How.
    pub bond: Bond,
    /// With whom.
    pub with: Paper,
    /// Whose tie it is when it is not the mediator's own.
    pub of: Option<Paper>,
}

/// A tie's key.
type Key = (String, String, String, String);

impl Store {
    /// A tie of a mediator: declared by them, or by the head of their studio. Whoever it binds to a party of a case that they hold
    /// has stepped aside in it when this returns; should this process end in between, a tick finds it.
    pub async fn declare_tie(&self, call: &Call, ask: &Declaring) -> Result<Declared, Denied> {
        self.may_see_ties(call, &ask.mediator).await?;
        let key = self.key(call, ask);
        for _ in 0..TRIES {
            let stamp = call.stamp(&self.desk);
            let known = self.tie(&key).await?;
            let list = match &known {
                Some(row) if row.withdrawn_at.is_none() && !row.account.is_empty() => {
                    self.desk.commit(WriteList::new(&stamp, None)).await?;
                    return Ok(read(row.clone())?);
                }
                Some(row) => anew(&stamp, ask, row),
                None => first(&stamp, ask, &key),
            };
            match self.desk.commit(list).await {
                Ok(()) => {
                    if let Err(fault) = self.check_ties().await {
                        tracing::warn!(%fault, "a tie is declared and not looked at yet; a tick does it");
                    }
                    return self.declared(&key).await;
                }
                Err(CommitError::Lost(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// A tie holds no more. It stays on record with the reason, and what it has decided stays decided.
    pub async fn withdraw_tie(&self, call: &Call, ask: &Declaring, why: &str) -> Result<Declared, Denied> {
        call.decide(None)?;
        if call.caller.account == ask.mediator {
            return Err(Denied::refused(Refusal::decides_about_themselves()));
        }
        if call.role() != Role::Supervisor {
            self.may_see_ties(call, &ask.mediator).await?;
        }
        let key = self.key(call, ask);
        for _ in 0..TRIES {
            let stamp = call.stamp(&self.desk);
            let row = self.tie(&key).await?.filter(|row| row.account == ask.mediator.as_str());
            let row = row.ok_or(Denied::Missing("tie"))?;
            if row.withdrawn_at.is_some() {
                self.desk.commit(WriteList::new(&stamp, None)).await?;
                return Ok(read(row)?);
            }
            let list = self.withdrawn(&stamp, &key, &row, why)?;
            match self.desk.commit(list).await {
                Ok(()) => return self.declared(&key).await,
                Err(CommitError::Lost(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current: None })
    }

    fn withdrawn(&self, stamp: &Stamp, key: &Key, row: &tie::Model, why: &str) -> Result<WriteList, Fault> {
        let id = [key.1.as_str(), &key.2, &key.3].join("|");
        let place = Place { centre: &key.0, table: "tie", row: &id, field: "withdrawn_why" };
        let sealed = self.vault.seal(&place, why.as_bytes());
        let sealed = sealed.map_err(|fault| Fault::new("seal why a tie is withdrawn", fault))?;
        let mut list = WriteList::new(stamp, None);
        list.update_where::<tie::Entity>(
            vec![
                (tie::Column::WithdrawnAt, stamp.now.into()),
                (tie::Column::WithdrawnBy, stamp.by.account.clone().into()),
                (tie::Column::WithdrawnWhy, sealed.into()),
            ],
            matching(row),
            Some(CHANGED),
        );
        Ok(list)
    }

    async fn tie(&self, key: &Key) -> Result<Option<tie::Model>, Fault> {
        let row = tie::Entity::find_by_id(key.clone()).one(self.desk.reader()).await;
        row.map_err(|error| Fault::new("read a tie", error))
    }

    async fn declared(&self, key: &Key) -> Result<Declared, Denied> {
        let row = self.tie(key).await?.ok_or(Denied::Missing("tie"))?;
        Ok(read(row)?)
    }

    /// What was declared in a mediator's name.
    pub async fn ties(&self, call: &Call, mediator: &AccountId) -> Result<Vec<Declared>, Denied> {
        self.may_see_ties(call, mediator).await?;
        let rows = tie::Entity::find()
            .filter(tie::Column::Centre.eq(call.caller.centre.as_str()))
            .filter(tie::Column::Account.eq(mediator.as_str()))
            .order_by_asc(tie::Column::DeclaredAt)
            .limit(LISTED)
            .all(self.desk.reader())
            .await
            .map_err(|error| Fault::new("list ties", error))?;
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
        let graph = self.graph(call.caller.centre.as_str(), [mediator], [(case, &noun.facts)]).await?;
        Ok(graph.conflict(mediator.as_str(), case, &noun.facts))
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

    fn key(&self, call: &Call, ask: &Declaring) -> Key {
        let own = Node::Account(ask.mediator.to_string());
        let one = ask.of.as_ref().map_or(own, |paper| self.node(paper));
        let centre = call.caller.centre.to_string();
        (centre, one.text(), self.node(&ask.with).text(), ask.bond.name().to_owned())
    }

    /// The digest is made as intake makes that of a party: equal ones are the same paper, or the same phone.
    fn node(&self, paper: &Paper) -> Node {
        match paper {
            Paper::Number(text) => Node::Paper(self.vault.index("party-number", text)),
            Paper::Phone(text) => Node::Phone(self.vault.index("party-phone", text)),
        }
    }
}

/// A tie that nobody has told before.
fn first(stamp: &Stamp, ask: &Declaring, key: &Key) -> WriteList {
    let (centre, one, other, bond) = key.clone();
    let row = tie::ActiveModel {
        centre: Set(centre),
        one: Set(one),
        other: Set(other),
        bond: Set(bond),
        account: Set(ask.mediator.to_string()),
        declared_by: Set(stamp.by.account.clone()),
        declared_at: Set(stamp.now),
        case_id: NotSet,
        checked: Set(false),
        withdrawn_at: NotSet,
        withdrawn_by: NotSet,
        withdrawn_why: NotSet,
    };
    let mut list = WriteList::new(stamp, None);
    list.insert(row, DECLARED);
    list
}

/// A tie that was withdrawn, or that a case told: it is declared now.
fn anew(stamp: &Stamp, ask: &Declaring, row: &tie::Model) -> WriteList {
    let mut list = WriteList::new(stamp, None);
    list.update_where::<tie::Entity>(
        vec![
            (tie::Column::Account, ask.mediator.as_str().into()),
            (tie::Column::DeclaredBy, stamp.by.account.clone().into()),
            (tie::Column::DeclaredAt, stamp.now.into()),
            (tie::Column::Checked, false.into()),
            (tie::Column::WithdrawnAt, None::<DateTime<Utc>>.into()),
        ],
        matching(row),
        Some(CHANGED),
    );
    list
}

/// The row as it was read.
fn matching(row: &tie::Model) -> Vec<(tie::Column, Value)> {
    vec![
        (tie::Column::Centre, row.centre.clone().into()),
        (tie::Column::One, row.one.clone().into()),
        (tie::Column::Other, row.other.clone().into()),
        (tie::Column::Bond, row.bond.clone().into()),
        (tie::Column::DeclaredAt, row.declared_at.into()),
        (tie::Column::WithdrawnAt, row.withdrawn_at.into()),
    ]
}

fn read(row: tie::Model) -> Result<Declared, Fault> {
    let bond = Bond::named(&row.bond).ok_or_else(|| Fault::plain("read a tie", "an unknown bond"))?;
    let own = matches!(Node::read(&row.one), Some(Node::Account(_)));
    let withdrawn = row.withdrawn_by.zip(row.withdrawn_at);
    Ok(Declared { account: row.account, bond, own, by: row.declared_by, at: row.declared_at, withdrawn })
}
