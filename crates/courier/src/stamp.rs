//! Who does a unit of work, when, and on whose behalf: the one "now" that all its rows and events share.
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::Clock;

/// Who acts. Codes only: never a name, never a number of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The governance centre, e.g. `442000`.
    pub centre: String,
    /// The organisation the account belongs to.
    pub org: String,
    /// The account.
    pub account: String,
    /// The role in which it acts.
    pub role: String,
}

impl Actor {
    /// A service itself, in a reaction or a tick.
    pub fn service(service: &str, centre: impl Into<String>) -> Self {
        Actor {
            centre: centre.into(),
            org: "supermarket".to_owned(),
            account: service.to_owned(),
            role: "service".to_owned(),
        }
    }
}

/// The instant and the actor of one unit of work.
#[derive(Clone)]
pub struct Stamp {
    /// The instant that every row and event of the unit carries.
    pub now: DateTime<Utc>,
    /// Who acts.
    pub by: Actor,
    /// What is done: the RPC's full name, the event's kind, or the tick's name.
    pub method: &'static str,
    /// The W3C trace parent, if the work came with one.
    pub trace: Option<String>,
    clock: Clock,
}

impl Stamp {
    pub(crate) fn new(clock: &Clock, by: Actor, method: &'static str, trace: Option<String>) -> Self {
        Stamp { now: clock.now(), by, method, trace, clock: clock.clone() }
    }

    /// A new id.
    pub fn id(&self) -> Uuid {
        self.clock.id()
    }
}
