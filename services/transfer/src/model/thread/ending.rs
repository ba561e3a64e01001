//! How a case ends for whoever waits for it here: a court that commissioned is told, and what has not left the desk is taken back.

use chrono::{DateTime, Utc};
use lexicon::{Outcome, PartyId};

use super::{Moved, News, Thread};
use crate::model::codes::Stage;
use crate::model::commission::{Examined, Report, State};
use crate::model::filing::Filing;
use crate::model::handoff::Handoff;
use crate::model::refusal::No;
use crate::model::rule::Rule;

/// The ground of a mediation whose case was taken back.
const WITHDRAWN: &str = "F01";
/// The ground of a mediation that was found to be a sham.
pub(crate) const SHAM: &str = "F06";

impl Thread {
    /// Whether a court has a registered suit here (WT), signed for, and waits to be told how it ended. A court that referred the matter
    /// before filing (WP) has no suit yet: a demand opens one.
    pub(super) fn is_awaited_by_a_court(&self) -> bool {
        self.commission.as_ref().is_some_and(|one| one.content.state == State::Signed && one.track() == "WT")
    }

    /// Whether anything of it may still go to a court or another body.
    pub(super) fn goes_on(&self) -> Result<(), No> {
        if self.facts.withdrawn { Err(Rule::DisputeEnded.against("WITHDRAWN").into()) } else { Ok(()) }
    }

    /// The court that commissioned is told how it ended; a demand tells it at once.
    pub fn report(self, demanded: bool, at: DateTime<Utc>) -> Moved {
        let facts = self.facts.clone();
        let (agreed, demanded) = (facts.settled.is_some(), demanded || facts.demanded);
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
        thread.facts.withdrawn = true;
        thread.facts.no_demand();
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

    /// A party takes its demand for the court back (T58): the filing is withdrawn, unless another party's demand stands. `by` is
    /// left open where nobody says who it was; that is enough only where one party alone has demanded the court.
    pub fn take_back(mut self, by: Option<PartyId>) -> Moved {
        let state = self.filing.as_ref().map_or("", |filing| filing.state.code());
        if state != "TRANSFER_READY" {
            return self.filing(Filing::withdraw);
        }
        let is_party = by.is_some_and(|by| self.facts.knows(by));
        // A filing that a clerk has opened, or of before there were names.
        let is_known = self.facts.demanding.is_empty() && is_party;
        let demanding = &mut self.facts.demanding;
        match by {
            Some(by) if demanding.contains(&by) => demanding.retain(|party| *party != by),
            Some(_) if is_known => {}
            // It has taken its word back already, or never gave it; another's stands.
            Some(_) if is_party => return Ok(Outcome::AlreadySo(self)),
            Some(_) => return Err(Rule::UnknownParty.against(state).into()),
            None if demanding.len() > 1 => return Err(Rule::DemandStands.against(state).into()),
            None => demanding.clear(),
        }
        match by {
            Some(by) if !self.facts.demanding.is_empty() => {
                self.version += 1;
                Ok(Outcome::Changed(self, vec![News::DemandTakenBack(by)]))
            }
            _ => {
                self.facts.no_demand();
                self.filing(Filing::withdraw)
            }
        }
    }

    /// The court takes its commission back (T64), unless the parties have agreed: that is reported to it.
    pub fn recall(self, at: DateTime<Utc>) -> Moved {
        let signed = self.commission.as_ref().is_some_and(|one| one.content.state == State::Signed);
        if self.facts.settled.is_some() && signed {
            return Err(Rule::CommissionAgreed.against("SIGNED").into());
        }
        self.commission(|one| one.recall(at))
    }

    /// The court has examined a suspected sham; `of` names the suspicion that it has seen. Where the mediation has ended
    /// meanwhile, nobody else will report the sham.
    pub fn examine(self, found: Examined, of: Option<DateTime<Utc>>) -> Moved {
        let (sham, at) = (found.sham, found.at);
        let waiting = self.commission.as_ref().filter(|one| one.content.examined.is_none());
        let another =
            waiting.and_then(|one| one.content.suspected).zip(of).is_some_and(|(now, seen)| now != seen);
        if another {
            return Err(Rule::NoSuspicion.against("SIGNED").into());
        }
        let ended = self.facts.stage == Stage::Failed;
        match self.commission(|one| one.examine(found))? {
            Outcome::Changed(mut thread, mut news) if sham && ended => {
                SHAM.clone_into(&mut thread.facts.ground);
                if let Ok(Outcome::Changed(reported, said)) = thread.clone().report(false, at) {
                    thread = reported;
                    news.extend(said);
                }
                Ok(Outcome::Changed(thread, news))
            }
            moved => Ok(moved),
        }
    }

    /// It has become a commission's case. What was heard of the case before that is now the commission's: a demand, a refusal
    /// or a withdrawal is reported, and a suit that the demand opened here is not brought a second time. A court that referred the
    /// matter before filing (WP) has no suit: the party's filing goes on.
    pub fn joined(self, at: DateTime<Utc>) -> Outcome<Self, News> {
        if !self.facts.demanded && !self.facts.over {
            return Outcome::AlreadySo(self);
        }
        let (mut thread, mut news) = (self, vec![]);
        let sued = thread.commission.as_ref().is_some_and(|one| one.track() == "WT");
        if sued && let Ok(Outcome::Changed(after, said)) = thread.clone().filing(Filing::withdraw) {
            thread = after;
            news.extend(said);
        }
        if let Ok(Outcome::Changed(after, said)) = thread.clone().report(false, at) {
            thread = after;
            news.extend(said);
        }
        Outcome::Changed(thread, news)
    }
}
