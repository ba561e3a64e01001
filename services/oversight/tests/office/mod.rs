//! What the tests share: oversight over a real memory in the mode of the run, with a clock that is moved by hand. Other
//! services' news is given to it as the courier would, one commit an event.
#![expect(dead_code, reason = "each test file uses its own part")]
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::Arc;

use access::{Call, Caller, Role, Vault, relation};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{Deadline, DeadlineReached, ListDeadlinesRequest};
use contracts::policy;
use courier::{Actor, Clock, CommitError, Desk, Heard, Reaction};
use lexicon::{AccountId, CentreId, OrgId};
use migrations::rehearsal::{Memory, is_cluster};
use oversight::model::Step;
use oversight::store::Store;
use prost::Message as _;
use sea_orm::{ConnectionTrait as _, Statement};
use tonic::Request;
use tonic::service::Routes;
use uuid::Uuid;

pub const CENTRE: &str = "442000";
pub const HALL: &str = "hall-442000";

/// Oversight at work.
pub struct Office {
    pub memory: Memory,
    pub clock: Clock,
    /// Two workers over one memory; in a cluster each has a desk of its own, as replicas have.
    pub workers: [Store; 2],
    routes: Routes,
}

impl Office {
    pub async fn open(now: &str) -> Self {
        let memory = Memory::fresh().await;
        let clock = Clock::manual(at(now));
        let url = memory.prepared("oversight").await;
        let desk = Desk::open("oversight", &url, clock.clone()).await.unwrap();
        let second = if is_cluster() {
            Desk::open("oversight", &url, clock.clone()).await.unwrap()
        } else {
            desk.clone()
        };
        let service = oversight::service(desk.clone(), Arc::new(Vault::passing().unwrap()));
        let workers = [Store::new(desk), Store::new(second)];
        Self { memory, clock, workers, routes: service.routes.prepare() }
    }

    pub fn move_to(&self, instant: DateTime<Utc>) {
        self.clock.advance(instant - self.clock.now());
    }

    /// One event and what it does.
    pub async fn hear(&self, case: Uuid, at: DateTime<Utc>, steps: Vec<Step>) {
        assert_eq!(self.try_hear(case, at, steps).await, Ok(()));
    }

    /// The same; what the courier would put into quarantine is its reason.
    pub async fn try_hear(&self, case: Uuid, at: DateTime<Utc>, steps: Vec<Step>) -> Result<(), String> {
        let store = &self.workers[0];
        loop {
            let stamp = store.desk().stamp(Actor::service("oversight", CENTRE), "test", None);
            let heard = Heard {
                event: (),
                id: stamp.id(),
                topic: "test".to_owned(),
                case,
                centre: CENTRE.to_owned(),
                version: 1,
                pub_seq: 1,
                at,
                stamp,
            };
            let mut list = match store.hear(&heard, "supermarket.test.v1.News", steps.clone()).await {
                Ok(Reaction::Write(list)) => list,
                Ok(Reaction::Nothing) => return Ok(()),
                Err(trouble) => return Err(format!("{trouble:?}")),
            };
            relation::first_receiver(&mut list, CENTRE, case, HALL);
            match store.desk().commit(list).await {
                Ok(()) => return Ok(()),
                Err(CommitError::Lost(_) | CommitError::Busy) => tokio::task::yield_now().await,
                Err(error) => return Err(format!("{error:?}")),
            }
        }
    }

    pub fn client(&self) -> OversightServiceClient<Routes> {
        OversightServiceClient::new(self.routes.clone())
    }

    pub async fn deadlines(&self, case: Uuid) -> Vec<Deadline> {
        let ask = ListDeadlinesRequest { case_id: case.to_string() };
        let asked = asked("ListDeadlines", Role::Supervisor, ask);
        self.client().list_deadlines(asked).await.unwrap().into_inner().deadlines
    }

    /// Everything that was announced: event id, case, what.
    pub async fn announced(&self) -> Vec<(Uuid, Uuid, DeadlineReached)> {
        let reader = self.workers[0].desk().reader();
        let sql = "SELECT event_id, case_id, body FROM outbox ORDER BY event_id";
        let rows = reader.query_all_raw(Statement::from_string(reader.get_database_backend(), sql)).await;
        let read = |row: sea_orm::QueryResult| {
            let body: Vec<u8> = row.try_get_by_index(2).unwrap();
            let reached = DeadlineReached::decode(body.as_slice()).unwrap();
            (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap(), reached)
        };
        rows.unwrap().into_iter().map(read).collect()
    }
}

/// The request with the caller whom the door would have put there.
pub fn asked<T>(method: &str, role: Role, message: T) -> Request<T> {
    let path = format!("/supermarket.oversight.v1.OversightService/{method}");
    let caller = Caller {
        account: AccountId::new("somebody").unwrap(),
        org: OrgId::new(HALL).unwrap(),
        centre: CentreId::new(CENTRE).unwrap(),
        roles: vec![role],
        court: None,
    };
    let mut request = Request::new(message);
    let call = Call { caller: Arc::new(caller), policy: policy::of(&path).unwrap(), trace: None };
    request.extensions_mut().insert(call);
    request
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn seconds(seconds: i64) -> TimeDelta {
    TimeDelta::seconds(seconds)
}

/// An instant of a message.
pub fn instant(at: Option<prost_types::Timestamp>) -> DateTime<Utc> {
    let at = at.unwrap();
    DateTime::from_timestamp(at.seconds, at.nanos as u32).unwrap()
}
