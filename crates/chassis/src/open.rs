//! What a service has open: its own record of the nouns that wait for somebody. The operator's door lists it, and
//! `supermarket verify` compares it with what oversight watches.

use std::sync::Arc;

use courier::Fault;
use futures::future::BoxFuture;
use uuid::Uuid;

/// Which page of which kind.
#[derive(Debug, Clone)]
pub struct OpenAsk {
    /// The centre.
    pub centre: String,
    /// The kind.
    pub noun: String,
    /// What is watched, rather than what is one's own.
    pub watched: bool,
    /// Only keys after this one.
    pub after: Uuid,
    /// At most so many.
    pub most: u64,
}

/// What kind of holder a noun has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderKind {
    /// Nobody, or it is not known here.
    Unknown,
    /// An organisation.
    Organisation,
    /// An account.
    Account,
    /// A court, or another body outside.
    Outside,
}

/// An open noun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenNoun {
    /// What pages go by.
    pub key: Uuid,
    /// The case.
    pub case: Uuid,
    /// Which one of its kind.
    pub id: String,
    /// Its holder.
    pub holder: HolderKind,
    /// It waits for what comes after its end.
    pub after_its_end: bool,
}

impl OpenNoun {
    /// A noun that a case has one of.
    pub fn of_case(case: Uuid, holder: HolderKind) -> Self {
        OpenNoun { key: case, case, id: case.to_string(), holder, after_its_end: false }
    }

    /// A noun with an id of its own.
    pub fn own(id: Uuid, case: Uuid, holder: HolderKind) -> Self {
        OpenNoun { key: id, case, id: id.to_string(), holder, after_its_end: false }
    }
}

type Look = dyn Fn(OpenAsk) -> BoxFuture<'static, Result<Vec<OpenNoun>, Fault>> + Send + Sync;

/// A service's record of what it has open.
#[derive(Clone)]
pub struct OpenBook {
    /// The kinds it owns.
    pub owns: &'static [&'static str],
    /// The kinds it watches for their owners.
    pub watches: &'static [&'static str],
    look: Arc<Look>,
}

impl OpenBook {
    /// A record of these kinds, in pages by key.
    pub fn of<F, Fut>(owns: &'static [&'static str], watches: &'static [&'static str], look: F) -> Self
    where
        F: Fn(OpenAsk) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Vec<OpenNoun>, Fault>> + Send + 'static,
    {
        Self { owns, watches, look: Arc::new(move |ask| Box::pin(look(ask))) }
    }

    /// Of a service that waits for nobody.
    pub fn empty() -> Self {
        Self::of(&[], &[], |_| async { Ok(vec![]) })
    }

    /// A page.
    pub async fn page(&self, ask: OpenAsk) -> Result<Vec<OpenNoun>, Fault> {
        (self.look)(ask).await
    }
}
