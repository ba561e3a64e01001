//! What a service does about the events it hears: its mail slot.
use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;
use prost::{Message, Name};
use uuid::Uuid;

use crate::{Envelope, Fault, Stamp, Standing, WriteList};

/// An event, opened.
#[derive(Clone)]
pub struct Heard<M> {
    /// The letter.
    pub event: M,
    /// The event's own id.
    pub id: Uuid,
    /// The service that said it.
    pub topic: String,
    /// The case it is about.
    pub case: Uuid,
    /// The governance centre.
    pub centre: String,
    /// The version that the producer's noun has since then.
    pub version: u64,
    /// Its number within the topic.
    pub pub_seq: u64,
    /// When it happened there.
    pub at: DateTime<Utc>,
    /// Now and here: what the reaction writes carries it.
    pub stamp: Stamp,
}

/// What a handler answers. The courier adds the inbox row's "applied" and writes both in one commit.
pub enum Reaction {
    /// Write this.
    Write(WriteList),
    /// Known, and nothing to do.
    Nothing,
}

/// Why a handler cannot answer. The words end in the quarantine's reason: codes and ids only, nothing personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Try again later; after some failures the event goes to quarantine. Only its own case waits.
    Later(String),
    /// Nothing is wrong with the event: the database is away, or the writer is busy. Tried again as often as it takes.
    Away(String),
    /// No trying will help: quarantine at once.
    Poison(String),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        match fault.standing() {
            Standing::Failed => Trouble::Later(fault.to_string()),
            Standing::Closed | Standing::Away | Standing::Unknown => Trouble::Away(fault.to_string()),
        }
    }
}

type Handler = Arc<dyn Fn(Envelope, Stamp) -> BoxFuture<'static, Result<Reaction, Trouble>> + Send + Sync>;
type Steps = fn(&Envelope, &Stamp, &mut WriteList) -> Result<(), Fault>;

struct Before {
    kinds: HashSet<String>,
    steps: Steps,
}

/// The reactions of one service.
pub struct Reactions {
    service: &'static str,
    handlers: HashMap<String, Handler>,
    before: Vec<Before>,
    methods: HashMap<String, &'static str>,
}

impl Reactions {
    /// No reactions yet.
    pub fn of(service: &'static str) -> Self {
        Reactions { service, handlers: HashMap::new(), before: vec![], methods: HashMap::new() }
    }

    /// Adds `steps` to the list of every applied event of these kinds (full protobuf names), also of kinds that have no
    /// handler. This is how access keeps its relations in the same commit as the reaction.
    #[must_use]
    pub fn before<K: Into<String>>(mut self, kinds: impl IntoIterator<Item = K>, steps: Steps) -> Self {
        let kinds: HashSet<String> = kinds.into_iter().map(Into::into).collect();
        for kind in &kinds {
            self.learn(kind);
        }
        self.before.push(Before { kinds, steps });
        self
    }

    /// Calls `f` for every event `M`. It may be called again for the same event (a guard lost, a failure), but what it
    /// answers is written once. A second handler for the same kind takes the place of the first.
    #[must_use]
    pub fn on<M, F, Fut>(mut self, f: F) -> Self
    where
        M: Message + Name + Default + 'static,
        F: Fn(Heard<M>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Reaction, Trouble>> + Send + 'static,
    {
        let kind = M::full_name();
        self.learn(&kind);
        let handler: Handler = Arc::new(move |envelope, stamp| match M::decode(envelope.body.clone()) {
            Ok(event) => f(Heard {
                event,
                id: envelope.id,
                topic: envelope.topic,
                case: envelope.case,
                centre: envelope.centre,
                version: envelope.version,
                pub_seq: envelope.pub_seq,
                at: envelope.at,
                stamp,
            })
            .boxed(),
            Err(_) => std::future::ready(Err(Trouble::Poison("UNDECODABLE".to_owned()))).boxed(),
        });
        self.handlers.insert(kind, handler);
        self
    }

    /// The kinds this service does something about.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.methods.keys().map(String::as_str)
    }

    pub(crate) fn service(&self) -> &'static str {
        self.service
    }

    pub(crate) fn uses(&self, kind: &str) -> bool {
        self.methods.contains_key(kind)
    }

    /// The kind as a name that lives as long as the program: what the audit row of a reaction tells.
    pub(crate) fn method(&self, kind: &str) -> &'static str {
        self.methods.get(kind).copied().unwrap_or("unknown")
    }

    pub(crate) async fn react(&self, event: &Envelope, stamp: &Stamp) -> Result<WriteList, Trouble> {
        let reaction = match self.handlers.get(&event.kind) {
            Some(handler) => handler(event.clone(), stamp.clone()).await?,
            None => Reaction::Nothing,
        };
        let mut list = match reaction {
            Reaction::Write(list) => list,
            Reaction::Nothing => WriteList::bookkeeping(),
        };
        for before in self.before.iter().filter(|before| before.kinds.contains(&event.kind)) {
            (before.steps)(event, stamp, &mut list)?;
        }
        Ok(list)
    }

    /// Kinds are few and registered once at start, so keeping their names for ever costs nothing.
    fn learn(&mut self, kind: &str) {
        if !self.methods.contains_key(kind) {
            self.methods.insert(kind.to_owned(), Box::leak(kind.to_owned().into_boxed_str()));
        }
    }
}
