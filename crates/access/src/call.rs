//! What a handler knows of the call it answers: who, under which policy, on which trace.

use std::sync::Arc;

use contracts::policy::{Policy, Role};
use courier::{Actor, Desk, Stamp};
use sea_orm::Condition;

use crate::caller::{Caller, role_name};
use crate::decide::{self, Denial, Permit};
use crate::relation;

/// A call that has passed the door.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who calls.
    pub caller: Arc<Caller>,
    /// The row of the method that is called.
    pub policy: &'static Policy,
    /// The W3C trace parent to hand on.
    pub trace: Option<String>,
}

impl Call {
    /// The call behind a request. Only the door puts one there, so a request without one did not pass it.
    pub fn of<T>(request: &tonic::Request<T>) -> Result<Self, tonic::Status> {
        let call = request.extensions().get::<Self>().cloned();
        call.ok_or_else(|| tonic::Status::unauthenticated("this call did not come through the door"))
    }

    /// The role in which the caller acts here.
    pub fn role(&self) -> Role {
        decide::acting(&self.caller, self.policy).unwrap_or_default()
    }

    /// Who acts, for rows and events.
    pub fn actor(&self) -> Actor {
        Actor {
            centre: self.caller.centre.to_string(),
            org: self.caller.org.to_string(),
            account: self.caller.account.to_string(),
            role: role_name(self.role()),
        }
    }

    /// The stamp of a unit of work that starts now.
    pub fn stamp(&self, desk: &Desk) -> Stamp {
        desk.stamp(self.actor(), self.policy.path, self.trace.clone())
    }

    /// May the caller do this to the case?
    pub fn decide(&self, case: Option<&relation::Model>) -> Result<Permit, Denial> {
        decide::decide(&self.caller, self.policy, case)
    }

    /// The cases that the caller may see in a list.
    pub fn scope(&self) -> Condition {
        decide::scope(&self.caller, self.policy)
    }
}
