//! May this caller do this to that case? One pure function, and the same law as a query for lists.
//!
//! A caller needs a role of the policy and, for a method about one case, a relation of the policy. A relation
//! is always stood in *as* something: an organisation's clerk is its reception window, its mediators and its
//! studio head are its studio. So a mediator who gave a case back keeps no clear view of it by working for the
//! organisation that took it in. Wrong role is "forbidden"; a foreign case is "missing", like one that is not.

use contracts::policy::{Policy, Relation, Role};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition, EntityName};

use crate::caller::Caller;
use crate::relation::{self, Column, exclusion, guest, near_court};

/// What a caller was allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permit {
    /// The role that was decisive.
    pub role: Role,
    /// The relation that was decisive; [`Relation::None`] for a method that asks for none, and for a
    /// supervisor or a service of ours, who need none.
    pub relation: Relation,
    /// Whether personal fields come in clear; otherwise they come masked.
    pub clear: bool,
}

/// Why a caller was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// Not there, or not theirs: they must not learn which.
    #[error("there is no such record here")]
    Missing,
    /// No role of theirs may call this.
    #[error("this needs another role")]
    Forbidden,
}

/// From the one that sees most to the one that sees least.
const BY_SIGHT: [(Relation, bool); 6] = [
    (Relation::Holder, true),
    (Relation::CoHolder, true),
    (Relation::FirstReceiver, true),
    (Relation::Court, false),
    (Relation::Studio, false),
    (Relation::Invited, false),
];

/// In which roles one can stand in a relation.
pub(crate) fn roles_of(relation: Relation) -> &'static [Role] {
    match relation {
        Relation::FirstReceiver => &[Role::Clerk],
        Relation::Studio => &[Role::Mediator, Role::StudioHead],
        Relation::Holder | Relation::CoHolder => &[Role::Mediator],
        Relation::Invited => &[Role::Clerk, Role::StudioHead],
        Relation::Court => &[Role::Court],
        Relation::None | Relation::Unspecified => &[],
    }
}

/// Decides one call. `case` is the relation row of the case that the call is about, if there is one.
pub fn decide(caller: &Caller, policy: &Policy, case: Option<&relation::Model>) -> Result<Permit, Denial> {
    let role = acting(caller, policy).ok_or(Denial::Forbidden)?;
    if case.is_some_and(|row| row.centre != caller.centre.as_str()) {
        return Err(Denial::Missing);
    }
    // Only a service of ours reads in clear without standing near the case: what it reads it passes on sealed.
    let served = policy.roles.contains(&Role::Service) && caller.is(Role::Service);
    if policy.relations.contains(&Relation::None) {
        return Ok(Permit { role, relation: Relation::None, clear: served });
    }
    let row = case.ok_or(Denial::Missing)?;
    // Who has stepped aside (L4 art. 15) stands in no relation to the case any more, whatever else they are.
    let aside = row.excludes(caller.account.as_str());
    for (relation, clear) in BY_SIGHT {
        let clear = clear || served;
        if !aside
            && policy.relations.contains(&relation)
            && let Some(role) = standing(caller, policy, relation, row)
        {
            return Ok(Permit { role, relation, clear });
        }
    }
    match everywhere(caller, policy) {
        Some(role) => Ok(Permit { role, relation: Relation::None, clear: served }),
        None => Err(Denial::Missing),
    }
}

/// The cases that the caller may see in a list, as a condition on `case_relation`.
pub fn scope(caller: &Caller, policy: &Policy) -> Condition {
    let all = Condition::all();
    match everywhere(caller, policy) {
        Some(_) => all.add(Column::Centre.eq(caller.centre.as_str())),
        None => all.add(Column::CaseId.in_subquery(visible_cases(caller, policy))),
    }
}

/// The cases that the caller may see in a list, as `SELECT case_id …` for `column.in_subquery(…)`.
///
/// One select a relation, joined by `UNION ALL`, not one select with `OR`: for an `OR` SQLite walks every case of
/// the centre, while each of these reads only its own cases from its own index (`tests/plans.rs`). A case may
/// come twice, which `IN` does not mind. A case in which the caller has stepped aside does not come. Take it whole: a condition added to it would bind the first select only.
pub fn visible_cases(caller: &Caller, policy: &Policy) -> SelectStatement {
    let here = || {
        Query::select()
            .column((relation::Entity, Column::CaseId))
            .from(relation::Entity.table_ref())
            .and_where(Column::Centre.eq(caller.centre.as_str()))
            .take()
    };
    if everywhere(caller, policy).is_some() {
        return here();
    }
    let aside = Query::select()
        .column(exclusion::Column::CaseId)
        .from(exclusion::Entity.table_ref())
        .and_where(exclusion::Column::Account.eq(caller.account.as_str()))
        .take();
    let relations =
        ways(caller, policy).into_iter().map(|(column, value)| here().and_where(column.eq(value)).take());
    let guests = guests(caller, policy).into_iter().map(|name| {
        Query::select()
            .column((guest::Entity, guest::Column::CaseId))
            .from(guest::Entity.table_ref())
            .and_where(guest::Column::Guest.eq(name))
            .and_where(guest::Column::Centre.eq(caller.centre.as_str()))
            .and_where(guest::Column::CaseId.not_in_subquery(aside.clone()))
            .take()
    });
    let kept = |mut way: SelectStatement| way.and_where(Column::CaseId.not_in_subquery(aside.clone())).take();
    // A case may be at several courts: they have a table of their own.
    let court = caller.court.as_ref().filter(|_| usable(caller, policy, Relation::Court).is_some());
    let at_court = court.map(|court| {
        Query::select()
            .column(near_court::Column::CaseId)
            .from(near_court::Entity.table_ref())
            .and_where(near_court::Column::Centre.eq(caller.centre.as_str()))
            .and_where(near_court::Column::Court.eq(court.as_str()))
            .and_where(near_court::Column::CaseId.not_in_subquery(aside.clone()))
            .take()
    });
    let mut ways = relations.map(kept).chain(guests).chain(at_court);
    match ways.next() {
        Some(mut first) => first.unions(ways.map(|way| (UnionType::All, way))).take(),
        None => here().and_where(Expr::val(1).eq(0)).take(),
    }
}

/// The columns by which the caller can stand near a case, each with the value it must have.
fn ways<'a>(caller: &'a Caller, policy: &Policy) -> Vec<(Column, &'a str)> {
    let org = caller.org.as_str();
    let all = [
        (Relation::FirstReceiver, Column::FirstReceiverOrg, org),
        (Relation::Studio, Column::StudioOrg, org),
        (Relation::Holder, Column::Holder, caller.account.as_str()),
    ];
    all.into_iter()
        .filter(|(relation, ..)| usable(caller, policy, *relation).is_some())
        .map(|(_, column, value)| (column, value))
        .collect()
}

/// The names by which the caller can be a guest of a case.
fn guests(caller: &Caller, policy: &Policy) -> Vec<String> {
    let all = [
        (Relation::Invited, format!("{}{}", guest::ORG, caller.org)),
        (Relation::CoHolder, format!("{}{}", guest::ACCOUNT, caller.account)),
    ];
    let usable = all.into_iter().filter(|(relation, _)| usable(caller, policy, *relation).is_some());
    usable.map(|(_, name)| name).collect()
}

/// The role in which the caller may call the method at all: the first of the policy's that they hold.
pub fn acting(caller: &Caller, policy: &Policy) -> Option<Role> {
    policy.roles.iter().copied().find(|role| *role == Role::Public || caller.is(*role))
}

/// A role that reaches every case of its centre.
fn everywhere(caller: &Caller, policy: &Policy) -> Option<Role> {
    [Role::Supervisor, Role::Service].into_iter().find(|role| policy.roles.contains(role) && caller.is(*role))
}

/// A role of the caller and the policy in which one can stand in the relation.
fn usable(caller: &Caller, policy: &Policy, relation: Relation) -> Option<Role> {
    roles_of(relation).iter().copied().find(|role| policy.roles.contains(role) && caller.is(*role))
}

fn standing(caller: &Caller, policy: &Policy, relation: Relation, row: &relation::Model) -> Option<Role> {
    let stands = match relation {
        Relation::FirstReceiver => row.first_receiver_org.as_deref() == Some(caller.org.as_str()),
        Relation::Studio => row.studio_org.as_deref() == Some(caller.org.as_str()),
        Relation::Holder => row.is_held_by(caller.account.as_str()),
        // One of the courts that have received something: each method looks at its own filing or application.
        Relation::Court => caller.court.as_ref().is_some_and(|court| row.is_at(court.as_str())),
        Relation::Invited => row.invites(caller.org.as_str()),
        Relation::CoHolder => row.is_helped_by(caller.account.as_str()),
        Relation::None | Relation::Unspecified => false,
    };
    usable(caller, policy, relation).filter(|_| stands)
}
