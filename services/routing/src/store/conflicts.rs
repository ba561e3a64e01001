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
    /// By what it is known to whoever may withdraw it.
    pub id: String,
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

/// Which tie is withdrawn.
pub enum Which {
    /// As it was declared.
    Told(Declaring),
    /// By its id.
    Id(String),
}

/// A tie that is withdrawn.
pub struct Withdrawing {
    /// The mediator.
    pub mediator: AccountId,
    /// Which of theirs.
    pub which: Which,
    /// Why.
    pub reason: String,
}

/// A tie's key: the centre, both ends, the bond, and who tells it.
type Key = (String, String, String, String, String);

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
                Some(row) if row.withdrawn_at.is_none() => {
                    self.desk.commit(WriteList::new(&stamp, None)).await?;
                    return Ok(self.shown(row.clone())?);
                }
                Some(row) => anew(&stamp, row),
                None => first(&stamp, &key),
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
    pub async fn withdraw_tie(&self, call: &Call, ask: &Withdrawing) -> Result<Declared, Denied> {
        call.decide(None)?;
        if call.caller.account == ask.mediator {
            return Err(Denied::refused(Refusal::decides_about_themselves()));
        }
        if !call.caller.is(Role::Supervisor) {
            self.may_see_ties(call, &ask.mediator).await?;
        }
        for _ in 0..TRIES {
            let stamp = call.stamp(&self.desk);
            let row = match &ask.which {
                Which::Told(told) => self.tie(&self.key(call, told)).await?,
                Which::Id(id) => {
                    let mut listed = self.listed(call, &ask.mediator, None).await?.into_iter();
                    listed.find(|row| self.tie_id(row) == *id)
                }
            };
            let row = row.ok_or(Denied::Missing("tie"))?;
            if row.withdrawn_at.is_some() {
                self.desk.commit(WriteList::new(&stamp, None)).await?;
                return Ok(self.shown(row)?);
            }
            let list = self.withdrawn(&stamp, &row, &ask.reason)?;
            match self.desk.commit(list).await {
                Ok(()) => return self.declared(&key_of(&row)).await,
                Err(CommitError::Lost(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Denied::Stale { current: None })
    }

    fn withdrawn(&self, stamp: &Stamp, row: &tie::Model, why: &str) -> Result<WriteList, Fault> {
        let id = [row.one.as_str(), &row.other, &row.bond].join("|");
        let place = Place { centre: &row.centre, table: "tie", row: &id, field: "withdrawn_why" };
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
        Ok(self.shown(row)?)
    }

    /// What was declared in a mediator's name.
    pub async fn ties(&self, call: &Call, mediator: &AccountId) -> Result<Vec<Declared>, Denied> {
        if !call.caller.is(Role::Supervisor) {
            self.may_see_ties(call, mediator).await?;
        }
        call.decide(None)?;
        let rows = self.listed(call, mediator, Some(LISTED)).await?;
        Ok(rows.into_iter().map(|row| self.shown(row)).collect::<Result<_, Fault>>()?)
    }

    async fn listed(
        &self,
        call: &Call,
        mediator: &AccountId,
        most: Option<u64>,
    ) -> Result<Vec<tie::Model>, Fault> {
        tie::Entity::find()
            .filter(tie::Column::Centre.eq(call.caller.centre.as_str()))
            .filter(tie::Column::Account.eq(mediator.as_str()))
            .order_by_asc(tie::Column::DeclaredAt)
            .limit(most)
            .all(self.desk.reader())
            .await
            .map_err(|error| Fault::new("list ties", error))
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

    fn shown(&self, row: tie::Model) -> Result<Declared, Fault> {
        let id = self.tie_id(&row);
        let bond = Bond::named(&row.bond).ok_or_else(|| Fault::plain("read a tie", "an unknown bond"))?;
        let own = matches!(Node::read(&row.one), Some(Node::Account(_)));
        let withdrawn = row.withdrawn_by.zip(row.withdrawn_at);
        Ok(Declared {
            id,
            account: row.account,
            bond,
            own,
            by: row.declared_by,
            at: row.declared_at,
            withdrawn,
        })
    }

    /// What a tie is known by; whom it binds cannot be guessed from it.
    fn tie_id(&self, row: &tie::Model) -> String {
        self.vault.index("tie", &[row.one.as_str(), &row.other, &row.bond, &row.account].join("|"))
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
        let (other, bond) = (self.node(&ask.with).text(), ask.bond.name().to_owned());
        (centre, one.text(), other, bond, ask.mediator.to_string())
    }

    /// The digest is made as intake makes that of a party: equal ones are the same paper, or the same phone.
    fn node(&self, paper: &Paper) -> Node {
        match paper {
            Paper::Number(text) => Node::Paper(self.vault.index("party-number", text)),
            Paper::Phone(text) => Node::Phone(self.vault.index("party-phone", text)),
        }
    }
}

/// A tie that they have not told before.
fn first(stamp: &Stamp, key: &Key) -> WriteList {
    let (centre, one, other, bond, account) = key.clone();
    let row = tie::ActiveModel {
        centre: Set(centre),
        one: Set(one),
        other: Set(other),
        bond: Set(bond),
        account: Set(account),
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

/// A tie that was withdrawn is declared again.
fn anew(stamp: &Stamp, row: &tie::Model) -> WriteList {
    let mut list = WriteList::new(stamp, None);
    list.update_where::<tie::Entity>(
        vec![
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
        (tie::Column::Account, row.account.clone().into()),
        (tie::Column::DeclaredAt, row.declared_at.into()),
        (tie::Column::WithdrawnAt, row.withdrawn_at.into()),
    ]
}

fn key_of(row: &tie::Model) -> Key {
    let of = |text: &String| text.clone();
    (of(&row.centre), of(&row.one), of(&row.other), of(&row.bond), of(&row.account))
}
