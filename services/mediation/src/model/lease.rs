//! A claim is a lease: it lasts from its confirmation, and from its holder's last write, for as long as a claim may be silent
//! (S10). The desk judges it by its own last write, so that a write in time is never overrun by news of the deadline.

use chrono::{DateTime, Utc};
use lexicon::{AccountId, Outcome};
use serde::{Deserialize, Serialize};

use super::desk::Fence;
use super::{CaseDesk, Event, Refusal, State};

/// The clock of a claim's silence.
pub const SILENCE: &str = "S10";

/// When the holder of the claim in force wrote last, and by the terms of which edition the silence since is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worked {
    /// The write, or the claim's confirmation.
    pub at: DateTime<Utc>,
    /// The edition in force then.
    pub edition: String,
}

/// News of a claim that this desk has not heard of yet: it is told again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unheard;

impl CaseDesk {
    /// The holder has written, or confirmed.
    pub fn work(&mut self, at: DateTime<Utc>) {
        let edition = self.begun.law.active().id().to_owned();
        self.worked = Some(Worked { at, edition });
    }

    /// Whether the case waits for its mediator: a run that is suspended waits for whoever examines it, and its mediator may not
    /// go on; an appraisal waits for its expert. The lease begins anew when the run goes on.
    fn waits_for_holder(&self) -> bool {
        let run = self.run.as_ref().filter(|run| run.state.is_open());
        run.is_some_and(|run| !matches!(run.state, State::Suspended { .. } | State::Appraisal { .. }))
    }

    /// When the lease is over, by the calendar in force. A claim from before there were leases has none, nor has a case whose
    /// claim is over with its run: its holder goes on with the agreement, and with the run that a dismissed confirmation opened.
    pub fn lease_ends(&self) -> Option<DateTime<Utc>> {
        let under_claim = self.waits_for_holder() && self.run.as_ref().is_some_and(|run| run.ordinal == 0);
        let worked = self.worked.as_ref().filter(|_| under_claim)?;
        self.begun.law.expiry(SILENCE, &worked.edition, worked.at).map(|ends| ends.at)
    }

    /// What a holder is told whose lease is over, also while the news of that is still on its way.
    pub fn lapsed(&self, now: DateTime<Utc>) -> Option<Refusal> {
        self.lease_ends().filter(|ends| now >= *ends).map(|since| {
            let state = self.run.as_ref().map_or("", |run| run.state.name());
            Refusal::ClaimLapsed { state, since }
        })
    }

    /// The deadline of the claim with number `n` was reached. A write since then, an older claim, a run that is over or
    /// suspended: already so. Else the holder was silent, and that is said; routing ends the claim.
    pub fn silent(mut self, n: u64, due: DateTime<Utc>) -> Result<Outcome<Self, Event>, Unheard> {
        if n > self.fence.n {
            return Err(Unheard);
        }
        let held = self.waits_for_holder() && self.run.as_ref().is_some_and(|run| run.mediator.is_some());
        if n < self.fence.n || !held || self.lease_ends().is_some_and(|ends| ends > due) {
            return Ok(Outcome::AlreadySo(self));
        }
        let last = self.worked.as_ref().map(|worked| worked.at);
        let said = vec![Event::HolderSilent { fence: self.fence, last }];
        self.version += 1;
        if let Some(run) = &mut self.run {
            run.version = self.version;
        }
        Ok(Outcome::Changed(self, said))
    }

    /// An agreement has another mediator: the fence rises, and the former one can write no more.
    pub fn succeeded(
        mut self,
        fence: Fence,
        former: Option<AccountId>,
        mediator: AccountId,
        at: DateTime<Utc>,
    ) -> Outcome<Self, Event> {
        if !self.raise(fence, at) {
            return Outcome::AlreadySo(self);
        }
        self.former.remove(&mediator);
        self.former.extend(former);
        if let Some(run) = &mut self.run {
            run.mediator = Some(mediator);
        }
        let events = vec![Event::FenceRaised { fence }];
        self.said(events)
    }
}
