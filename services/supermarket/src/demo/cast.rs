//! The people of the demo: each signs in once, when first needed.

use std::collections::HashMap;

use courier::Clock;
use tokio::sync::Mutex;
use tonic::Status;
use tonic::transport::Channel;

use crate::accounts::{Account, Accounts};
use crate::client::Person;

/// Everybody who plays.
pub struct Cast {
    /// The clerk at the window.
    pub clerk: Person,
    /// Sees every case of the centre.
    pub supervisor: Person,
    accounts: Accounts,
    channel: Channel,
    clock: Clock,
    signed_in: Mutex<HashMap<String, Person>>,
}

impl Cast {
    /// Signs the clerk and the supervisor in; the others follow when they are needed.
    pub async fn gather(channel: Channel, accounts: Accounts, clock: Clock) -> anyhow::Result<Self> {
        let clerk = Person::sign_in(&channel, accounts.get("clerk-1")?).await?;
        let supervisor = Person::sign_in(&channel, accounts.get("supervisor-1")?).await?;
        Ok(Self { clerk, supervisor, accounts, channel, clock, signed_in: Mutex::default() })
    }

    /// The courts' people, without the accounts of courts that somebody else plays.
    pub async fn courts(&self, without: &[String]) -> anyhow::Result<Vec<Person>> {
        let is_court =
            |name: &&String| self.accounts.with("COURT", None).any(|court| court.account == **name);
        if let Some(name) = without.iter().find(|name| !is_court(name)) {
            let known: Vec<&str> = self.accounts.with("COURT", None).map(|a| a.account.as_str()).collect();
            anyhow::bail!("{name} is not the account of a court; these are: {}", known.join(", "));
        }
        let mut courts = Vec::new();
        for account in self.accounts.with("COURT", None).filter(|court| !without.contains(&court.account)) {
            courts.push(Person::sign_in(&self.channel, account).await?);
        }
        Ok(courts)
    }

    /// A studio's head.
    pub async fn head(&self, studio: &str) -> Result<Person, Status> {
        let mut heads = self.all("STUDIO_HEAD", studio).await?;
        heads.pop().ok_or_else(|| Status::internal(format!("{studio} has no head among the accounts")))
    }

    /// A studio's mediators.
    pub async fn mediators(&self, studio: &str) -> Result<Vec<Person>, Status> {
        let mediators = self.all("MEDIATOR", studio).await?;
        if mediators.is_empty() {
            return Err(Status::internal(format!("{studio} has no mediator among the accounts")));
        }
        Ok(mediators)
    }

    /// The present instant, as a client's own clock tells it.
    pub fn now(&self) -> prost_types::Timestamp {
        let now = self.clock.now();
        prost_types::Timestamp { seconds: now.timestamp(), nanos: now.timestamp_subsec_nanos() as i32 }
    }

    async fn all(&self, role: &str, org: &str) -> Result<Vec<Person>, Status> {
        let accounts: Vec<Account> = self.accounts.with(role, Some(org)).cloned().collect();
        let mut people = Vec::with_capacity(accounts.len());
        let mut signed_in = self.signed_in.lock().await;
        for account in accounts {
            if let Some(person) = signed_in.get(&account.account) {
                people.push(person.clone());
                continue;
            }
            let person = Person::sign_in(&self.channel, &account)
                .await
                .map_err(|e| Status::unavailable(format!("{e:#}")))?;
            signed_in.insert(account.account, person.clone());
            people.push(person);
        }
        Ok(people)
    }
}
