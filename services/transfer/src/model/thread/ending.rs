//! How a case ends for whoever waits for it here: a court that commissioned is told, and what has not left the desk is taken back.

use chrono::{DateTime, Utc};
use lexicon::Outcome;

use super::{Moved, News, Thread};
use crate::model::codes::Stage;
use crate::model::commission::Report;
use crate::model::filing::Filing;
use crate::model::handoff::Handoff;
use crate::model::rule::Rule;

/// The ground of a mediation whose case was taken back.
const WITHDRAWN: &str = "F01";

impl Thread {
    /// The court that commissioned is told how it ended; a demand tells it at once.
    pub fn report(self, demanded: bool, at: DateTime<Utc>) -> Moved {
        let facts = self.facts.clone();
        let agreed = facts.settled.is_some();
        self.commission(|commission| {
            let over = agreed || facts.over || facts.stage == Stage::Failed || demanded;
            if commission.content.state.code() == "SIGNED" && !over {
                return Err(Rule::StillInMediation.against("SIGNED").into());
            }
            let partial = facts.settled.as_ref().is_some_and(|settled| settled.partial);
            let ground = if demanded && facts.ground.is_empty() { "F02".to_owned() } else { facts.ground };
            commission.report(Report { agreed, partial, ground, demanded, at })
        })
    }

    /// The claimant takes the whole case back: what has not left our desk ends, and a court that commissioned the mediation is
    /// told at once, for nobody will conclude it any more.
    pub fn withdraw(self, at: DateTime<Utc>) -> Outcome<Self, News> {
        let (mut thread, mut news) = (self, vec![]);
        for verb in [(|thread: Self| thread.filing(Filing::withdraw)) as fn(Self) -> Moved, |thread: Self| {
            thread.handoff(Handoff::withdraw)
        }] {
            if let Ok(Outcome::Changed(after, said)) = verb(thread.clone()) {
                thread = after;
                news.extend(said);
            }
        }
        match thread.over(WITHDRAWN, at) {
            Outcome::Changed(after, said) => {
                news.extend(said);
                Outcome::Changed(after, news)
            }
            Outcome::AlreadySo(after) if news.is_empty() => Outcome::AlreadySo(after),
            Outcome::AlreadySo(after) => Outcome::Changed(after, news),
        }
    }

    /// It was taken back or not taken in: no mediator will say how it ended, so a court that commissioned it is told now.
    pub fn over(mut self, ground: &str, at: DateTime<Utc>) -> Outcome<Self, News> {
        if self.facts.over {
            return Outcome::AlreadySo(self);
        }
        self.facts.over = true;
        if self.facts.settled.is_none() && self.facts.ground.is_empty() {
            ground.clone_into(&mut self.facts.ground);
        }
        match self.clone().report(false, at) {
            Ok(reported @ Outcome::Changed(..)) => reported,
            _ => Outcome::Changed(self, vec![]),
        }
    }
}
