//! The roster: the row of a mediator's line, who is put on it, who is on duty, and to whom work may be given today.
//!
//! A name is sealed; it is opened for whoever may list mediators, which the law has published (L5 art. 5). A line has a version, so
//! that of two who write it at once neither undoes the other's unseen.

use std::str::FromStr;

use access::{Call, Caller, Denial, Place, Role};
use chassis::Denied;
use chrono::NaiveDate;
use courier::{CommitError, Fault, WriteList};
use lexicon::AccountId;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, EntityTrait};

use super::mediator::{self, Column};
use super::{Directory, organization};
use crate::model::Mediator;

/// Lost when somebody wrote the line in the meantime.
pub(super) const LINE: &str = "line";
/// A lost guard is retried twice.
pub(super) const TRIES: u32 = 3;

impl Directory {
    /// Puts a mediator on the roster, or writes their line anew. Duty stays as it is; who is new is on duty.
    pub async fn register(&self, call: &Call, one: &Mediator) -> Result<Mediator, Denied> {
        call.decide(None)?;
        let (caller, centre) = (&call.caller, call.caller.centre.as_str());
        for _ in 0..TRIES {
            let before = self.named_line(centre, &one.account_id).await?;
            let orgs = before.iter().map(|line| &line.studio_org).chain([&one.studio_org]);
            if !orgs.into_iter().all(|org| is_over(caller, org)) {
                return Err(Denial::Forbidden.into());
            }
            if !self.has(centre, &one.studio_org).await? {
                return Err(Denied::field("mediator.studio_org", lexicon::Fault::UNKNOWN_CODE));
            }
            let off_duty = before.as_ref().is_some_and(|line| line.off_duty);
            if let Some(line) = self.written(call, before, Mediator { off_duty, ..one.clone() }).await? {
                return Ok(line);
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// A mediator comes on duty, or goes off it.
    pub async fn set_duty(
        &self,
        call: &Call,
        account: &AccountId,
        on_duty: bool,
    ) -> Result<Mediator, Denied> {
        call.decide(None)?;
        let caller = &call.caller;
        for _ in 0..TRIES {
            let before = self.named_line(caller.centre.as_str(), account.as_str()).await?;
            let Some(line) =
                before.filter(|line| is_over(caller, &line.studio_org) || caller.account == *account)
            else {
                // Whether somebody else's mediator is there is not told.
                let denied = if caller.is(Role::Supervisor) {
                    Denied::Missing("mediator")
                } else {
                    Denial::Forbidden.into()
                };
                return Err(denied);
            };
            let after = Mediator { off_duty: !on_duty, ..line.clone() };
            if let Some(line) = self.written(call, Some(line), after).await? {
                return Ok(line);
            }
        }
        Err(Denied::Stale { current: None })
    }

    /// The line that an account has, without the name.
    pub(crate) async fn line(&self, centre: &str, account: &str) -> Result<Option<Mediator>, Fault> {
        self.row_of(centre, account).await?.map(line).transpose()
    }

    async fn named_line(&self, centre: &str, account: &str) -> Result<Option<Mediator>, Fault> {
        self.row_of(centre, account).await?.map(|row| self.named(row)).transpose()
    }

    pub(super) async fn row_of(&self, centre: &str, account: &str) -> Result<Option<mediator::Model>, Fault> {
        let key = (centre.to_owned(), account.to_owned());
        let row = mediator::Entity::find_by_id(key).one(self.desk.reader()).await;
        row.map_err(|error| Fault::new("read a mediator", error))
    }

    async fn has(&self, centre: &str, org: &str) -> Result<bool, Fault> {
        let key = (centre.to_owned(), org.to_owned());
        let row = organization::Entity::find_by_id(key).one(self.desk.reader()).await;
        Ok(row.map_err(|error| Fault::new("read an organisation", error))?.is_some())
    }

    /// Writes a line in the place of the one that was read, with an audit row whether or not anything is new. Nothing if somebody
    /// else wrote it in the meantime.
    async fn written(
        &self,
        call: &Call,
        before: Option<Mediator>,
        after: Mediator,
    ) -> Result<Option<Mediator>, Denied> {
        let stamp = call.stamp(&self.desk);
        let mut list = WriteList::new(&stamp, None);
        let version = before.as_ref().map_or(0, |line| line.version);
        let line = match before {
            Some(line) if line.says_the_same(&after) => line,
            _ => {
                let line = Mediator { version: version + 1, ..after };
                let row = self.row(call.caller.centre.as_str(), &line)?;
                if version == 0 {
                    list.insert(row, LINE);
                } else {
                    list.update(row, version, LINE);
                }
                line
            }
        };
        match self.desk.commit(list).await {
            Ok(()) => Ok(Some(line)),
            Err(CommitError::Lost(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A row as a line, its name opened.
    pub(super) fn named(&self, row: mediator::Model) -> Result<Mediator, Fault> {
        let (centre, account, sealed) = (row.centre.clone(), row.account_id.clone(), row.sealed.clone());
        let mut line = line(row)?;
        if let Some(sealed) = sealed {
            let clear = self.vault.open(&place(&centre, &account), &sealed);
            let clear = clear.map_err(|fault| Fault::new("open a mediator's name", fault))?;
            let wrong = |_| Fault::inconsistent("mediator", "sealed", &account);
            line.name = String::from_utf8(clear).map_err(wrong)?;
        }
        Ok(line)
    }

    /// A line as its row.
    pub(super) fn row(&self, centre: &str, one: &Mediator) -> Result<mediator::ActiveModel, Fault> {
        let sealed = self.vault.seal(&place(centre, &one.account_id), one.name.as_bytes());
        let sealed = sealed.map_err(|fault| Fault::new("seal a mediator's name", fault))?;
        Ok(mediator::ActiveModel {
            centre: Set(centre.to_owned()),
            account_id: Set(one.account_id.clone()),
            name: Set(String::new()),
            studio_org: Set(one.studio_org.clone()),
            capacity: Set(one.capacity),
            kind: Set(one.kind.map(|kind| kind.code().to_owned()).unwrap_or_default()),
            strengths: Set(one.strengths.join(" ")),
            languages: Set(one.languages.join(" ")),
            territory: Set(one.territory.join(" ")),
            inviting_court: Set(one.inviting_court.clone()),
            valid_from: Set(one.valid_from),
            valid_to: Set(one.valid_to),
            on_duty: Set(!one.off_duty),
            roster: Set(one.roster.map(|kind| kind.code().to_owned()).unwrap_or_default()),
            suspended: Set(one.suspended),
            sealed: Set(Some(sealed)),
            version: Set(one.version as i64),
        })
    }
}

/// A supervisor is over the centre, a head over their organisation.
fn is_over(caller: &Caller, org: &str) -> bool {
    caller.is(Role::Supervisor) || (caller.is(Role::StudioHead) && caller.org.as_str() == org)
}

/// A row as a line; a sealed name stays closed.
pub(super) fn line(row: mediator::Model) -> Result<Mediator, Fault> {
    let account = row.account_id.clone();
    let wrong = |column: &'static str| Fault::inconsistent("mediator", column, &account);
    Ok(Mediator {
        kind: coded(&row.kind).map_err(|()| wrong("kind"))?,
        roster: coded(&row.roster).map_err(|()| wrong("roster"))?,
        account_id: row.account_id,
        name: row.name,
        studio_org: row.studio_org,
        capacity: row.capacity,
        strengths: words(&row.strengths),
        languages: words(&row.languages),
        territory: words(&row.territory),
        off_duty: !row.on_duty,
        suspended: row.suspended,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        inviting_court: row.inviting_court,
        version: row.version as u64,
    })
}

/// The mediators to whom work may be given on a day, as [`Mediator::standing`] has it.
pub(super) fn ready_on(day: NaiveDate) -> Condition {
    let from = Condition::any().add(Column::ValidFrom.is_null()).add(Column::ValidFrom.lte(day));
    let to = Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gte(day));
    Condition::all().add(Column::OnDuty.eq(true)).add(Column::Suspended.eq(false)).add(from).add(to)
}

fn place<'a>(centre: &'a str, account: &'a str) -> Place<'a> {
    Place { centre, table: "mediator", row: account, field: "name" }
}

/// A code as its column has it; empty for none.
fn coded<T: FromStr>(code: &str) -> Result<Option<T>, ()> {
    if code.is_empty() { Ok(None) } else { code.parse().map(Some).map_err(|_| ()) }
}

/// A list as its column has it.
fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
