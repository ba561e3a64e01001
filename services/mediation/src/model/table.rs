//! What happens at the table beside consent and agreement: the period is extended or stands still, the next sitting is
//! planned, facts are put down that nobody disputes, a party leaves.

use almanac::Law;
use chrono::{DateTime, Utc};
use lexicon::{Outcome, PartyId, PartyRole};
use rulebook::calendar::civil_date;
use rulebook::unlawful::Unlawful;
use rulebook::{events, period};

use super::begun::counts_from;
use super::course::{Period, Planned, Undisputed, Will};
use super::mediation::Answer;
use super::{Event, Mediation, Refusal, Rule, SessionMode, State};

/// The track on which a court has referred a suit that it has not filed: it gives leave for an appraisal, and its papers must
/// reach whoever sits down.
pub(super) const BEFORE_FILING: &str = "WP";
/// The track of the traffic police.
const TRAFFIC: &str = "TR";

impl Mediation {
    /// The parties whose will binds: of a group that elected representatives, these.
    pub fn required(&self) -> Vec<PartyId> {
        self.acting().map(|party| party.id).collect()
    }

    /// Everybody who must has said yes.
    fn all_agree(&self, agreeing: &[PartyId]) -> bool {
        self.required().iter().all(|party| agreeing.contains(party))
    }

    /// The next sitting (T18). Whoever sat before a screen is not called elsewhere without everybody's yes.
    pub fn plan(mut self, planned: Planned, agreeing: &[PartyId]) -> Answer {
        if !matches!(self.state, State::InMediation { .. }) {
            return Err(Refusal::not_in_mediation(&self.state));
        }
        let untold = |one: Planned| Planned { told: None, ..one };
        let known = self.course.planned.filter(|before| untold(*before) == untold(planned));
        if known.is_some_and(|before| before.told == planned.told || planned.told.is_none()) {
            return Ok(Outcome::AlreadySo(self));
        }
        let by_video = self.course.planned.is_some_and(|before| before.mode == SessionMode::Online);
        if by_video && planned.mode != SessionMode::Online && !self.all_agree(agreeing) {
            return Err(self.against(Rule::ModeNeedsConsent));
        }
        if self.told_too_late(planned) && !self.all_agree(agreeing) {
            return Err(self.against(Rule::NoticeTooLate));
        }
        self.course.planned = Some(planned);
        Ok(self.changed(vec![Event::SessionScheduled { start: planned.start, told: planned.told }]))
    }

    /// The traffic police tell the parties three days before they sit (K20a; L11 art. 88).
    fn told_too_late(&self, planned: Planned) -> bool {
        let law = &self.begun.law;
        let last =
            (self.track == TRAFFIC).then(|| law.expiry("K20a", law.active().id(), planned.start)).flatten();
        planned.told.zip(last).is_some_and(|(told, last)| civil_date(told) > last.date)
    }

    /// A note of the mediator's own.
    pub fn note(self) -> Answer {
        if self.state.is_open() {
            Ok(self.changed(vec![Event::NoteRecorded]))
        } else {
            Err(Refusal::not_in_mediation(&self.state))
        }
    }

    /// Facts that nobody disputes; other words than before void the confirmations.
    pub fn put_down(mut self, digest: &str) -> Answer {
        if !matches!(self.state, State::InMediation { .. }) {
            return Err(Refusal::not_in_mediation(&self.state));
        }
        if self.course.undisputed.as_ref().is_some_and(|known| known.digest == digest) {
            return Ok(Outcome::AlreadySo(self));
        }
        self.course.undisputed = Some(Undisputed { digest: digest.to_owned(), confirmed: vec![] });
        Ok(self.changed(vec![Event::UndisputedFactsRecorded]))
    }

    /// A party confirms them.
    pub fn confirm(mut self, who: PartyId, digest: &str) -> Answer {
        if self.party(who).is_none() {
            return Err(Refusal::UnknownParty { state: self.state.name() });
        }
        let rule = match &mut self.course.undisputed {
            None => Rule::NoUndisputedFacts,
            Some(facts) if facts.digest != digest => Rule::FactsChanged,
            Some(facts) if facts.confirmed.contains(&who) => return Ok(Outcome::AlreadySo(self)),
            Some(facts) => {
                facts.confirmed.push(who);
                return Ok(self.changed(vec![Event::UndisputedFactsConfirmed { party: who }]));
            }
        };
        Err(self.against(rule))
    }

    /// Whether every side has confirmed them: only then may they travel.
    pub fn facts_are_confirmed(&self) -> bool {
        self.course.undisputed.as_ref().is_some_and(|facts| self.all_agree(&facts.confirmed))
    }

    /// The period is longer (T19), by the rule book's leave.
    pub fn extend(mut self, length: period::Period, will: Will) -> Answer {
        let (State::InMediation { since } | State::AgreedUnsigned { since, .. }, Some(period)) =
            (&self.state, &self.course.period)
        else {
            return Err(Refusal::not_in_mediation(&self.state));
        };
        // What a represented member says beside its representatives is welcome, and not needed.
        let will = match will {
            Will::Consents(mut given) => {
                given.retain(|(who, _)| !self.party(*who).is_some_and(|one| self.is_represented(one)));
                Will::Consents(given)
            }
            approved @ Will::Approval(..) => approved,
        };
        let agreed = period.is_left_to_the_parties();
        let state = self.state.name();
        let longer = period
            .extend(length, will.clone(), &self.required(), *since, &self.begun.law)
            .map_err(|unlawful| Refusal::Unlawful { state, unlawful })?;
        let clock = longer.clock().to_owned();
        let agreed = agreed.then(|| longer.clone());
        self.course.period = Some(longer);
        let generation = self.course.tick();
        Ok(self.changed(vec![Event::PeriodExtended { clock, length, will, generation, agreed }]))
    }

    /// An expert appraisal: the period stands still (T20), where the rule book lets it.
    pub fn appraise(mut self, at: DateTime<Utc>, agreeing: &[PartyId], court_leave: bool) -> Answer {
        let since = match (&self.state, &self.course.period) {
            (State::Appraisal { .. }, _) => return Ok(Outcome::AlreadySo(self)),
            (State::InMediation { since }, Some(_)) => *since,
            _ => return Err(Refusal::not_in_mediation(&self.state)),
        };
        if agreeing.iter().any(|who| self.party(*who).is_none()) {
            return Err(Refusal::UnknownParty { state: self.state.name() });
        }
        if !self.all_agree(agreeing) {
            return Err(self.against(Rule::AppraisalWithoutConsent));
        }
        if self.track == BEFORE_FILING && !court_leave {
            return Err(self.against(Rule::CourtLeaveMissing));
        }
        let clock = self.move_period(|period, law| period.stop(at, law))?;
        self.state = State::Appraisal { since };
        let generation = self.course.tick();
        Ok(self.changed(vec![Event::AppraisalStarted { clock, at, generation }]))
    }

    /// The appraisal is there, and the period goes on.
    pub fn finish_appraisal(mut self, at: DateTime<Utc>) -> Answer {
        let since = match &self.state {
            State::Appraisal { since } => *since,
            State::InMediation { .. } | State::Suspended { .. } if self.was_appraised() => {
                return Ok(Outcome::AlreadySo(self));
            }
            _ => return Err(self.against(Rule::NotInAppraisal)),
        };
        let clock = self.move_period(|period, law| period.resume(at, law))?;
        let generation = self.course.tick();
        let finished = Event::AppraisalFinished { clock, at, generation };
        let events = std::iter::once(finished).chain(self.come_to_the_table(since)).collect();
        Ok(self.changed(events))
    }

    fn was_appraised(&self) -> bool {
        let changes = self.course.period.as_ref().map(|period| period.changes.as_slice()).unwrap_or_default();
        matches!(changes.last(), Some(super::course::Change::Resumed(_)))
    }

    fn move_period(
        &mut self,
        step: impl FnOnce(&Period, &Law) -> Result<Period, Unlawful>,
    ) -> Result<String, Refusal> {
        let state = self.state.name();
        let period = self.course.period.as_ref().ok_or_else(|| Refusal::not_in_mediation(&self.state))?;
        let moved =
            step(period, &self.begun.law).map_err(|unlawful| Refusal::Unlawful { state, unlawful })?;
        let clock = moved.clock().to_owned();
        self.course.period = Some(moved);
        Ok(clock)
    }

    /// Something happened that the track's period counts from (T17b): one that runs counts anew from it, if it is the later. Or a
    /// party's time for another way runs from it, which oversight watches.
    pub fn happened(mut self, event: &'static str, at: DateTime<Utc>) -> Answer {
        let since = match &self.state {
            State::ConsentPending => None,
            State::InMediation { since } => Some(*since),
            other => return Err(Refusal::not_in_mediation(other)),
        };
        if !counts_from(&self.track, event) {
            return Err(self.against(Rule::NoStartEvent));
        }
        if self.begun.happened.insert(event.to_owned(), at) == Some(at) {
            return Ok(Outcome::AlreadySo(self));
        }
        let anew = since.map(|since| self.period(since)).filter(|anew| {
            let counted = |period: &Period| (period.clock.clone(), period.event.clone(), period.start);
            self.course.period.as_ref().map(counted) != Some(counted(anew))
        });
        if let Some(anew) = &anew {
            self.course.period = Some(anew.clone());
            self.course.tick();
        }
        let generation = self.course.generation;
        Ok(self.changed(vec![Event::StartEventRecorded { event, at, period: anew, generation }]))
    }

    /// What the period counts from was heard after it had begun without it (topics overtake one another): it is as if that had been
    /// known. One to which something has happened stays, and a suspended run's examiner is named again beside the new count.
    pub(super) fn count_anew(&mut self) -> Vec<Event> {
        let (true, Some(since), Some(before)) =
            (self.state.is_open(), self.state.since(), &self.course.period)
        else {
            return vec![];
        };
        // It keeps the terms it began with.
        let anew = Period { edition: before.edition.clone(), ..self.period(since) };
        let touched = before.agreed.is_some() || !before.changes.is_empty();
        let Some(event) = events::get(&anew.event).filter(|_| !touched && anew != *before) else {
            return vec![];
        };
        let (event, at) = (event.code.as_str(), anew.start);
        self.course.period = Some(anew.clone());
        let generation = self.course.tick();
        let counted = Event::StartEventRecorded { event, at, period: Some(anew), generation };
        std::iter::once(counted).chain(self.examiners()).collect()
    }

    /// The claimants take the case back at the table (T27): nobody gives up another's claim, also not one whom they represent.
    pub fn take_back(self, who: PartyId, joining: &[PartyId], at: DateTime<Utc>) -> Answer {
        let state = self.state.name();
        let party = self.party(who).ok_or(Refusal::UnknownParty { state })?;
        if party.role != PartyRole::Claimant {
            return Err(self.against(Rule::NotAClaimant));
        }
        let joins = |id: PartyId| id == who || joining.contains(&id);
        let all = self.parties.iter().all(|party| party.role != PartyRole::Claimant || joins(party.id));
        match &self.state {
            State::Withdrawn { .. } => Ok(Outcome::AlreadySo(self)),
            open if open.is_open() && *open != State::ConsentPending && !all => {
                Err(self.against(Rule::ClaimantsRemain))
            }
            open if open.is_open() && *open != State::ConsentPending => Ok(self.withdraw(Some(who), at)),
            other => Err(Refusal::not_in_mediation(other)),
        }
    }

    /// A party at the table wants the court (T34c): nobody else is asked.
    pub fn request_transfer(self, who: PartyId, at: DateTime<Utc>) -> Answer {
        if self.party(who).is_none() {
            return Err(Refusal::UnknownParty { state: self.state.name() });
        }
        match &self.state {
            State::Failed { ground: "F02", .. } => Ok(Outcome::AlreadySo(self)),
            open if open.is_open() => match self.fail("F02", at) {
                Outcome::Changed(run, mut events) => {
                    events.insert(0, Event::TransferRequested { party: who });
                    Ok(Outcome::Changed(run, events))
                }
                so @ Outcome::AlreadySo(_) => Ok(so),
            },
            other => Err(Refusal::not_in_mediation(other)),
        }
    }

    /// A clock of this generation has run out: nobody was reached (K04, T07b), or the base period is over (T28b). An older
    /// generation is already so.
    pub fn expire(mut self, clock: &str, generation: u64, at: DateTime<Utc>) -> Outcome<Mediation, Event> {
        if generation != self.course.generation {
            return Outcome::AlreadySo(self);
        }
        let main =
            self.course.period.as_ref().is_some_and(|period| period.clock() == clock && !clock.is_empty());
        match &self.state {
            // Between two claims nobody could ask; whoever comes next has the clock anew.
            State::ConsentPending if clock == "K04" && self.mediator.is_some() => self.fail("F03", at),
            // Nobody's signature is missing: it waits for a mediator alone, and is not undone by the end of the period.
            State::AgreedUnsigned { .. } if main && self.signed_by_all().is_some() => {
                Outcome::AlreadySo(self)
            }
            State::InMediation { .. } | State::Suspended { .. } | State::AgreedUnsigned { .. } if main => {
                self.course.unexamined = self.examining_court().is_some().then_some(at);
                self.fail("F05", at)
            }
            State::Agreed { .. } if clock == "schedule" => self.miss(at),
            _ => Outcome::AlreadySo(self),
        }
    }

    pub(super) fn against(&self, rule: Rule) -> Refusal {
        Refusal::Against { state: self.state.name(), rule }
    }
}
