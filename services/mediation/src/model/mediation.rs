//! One run of mediation: its states, and what its mediator may do in each.
//!
//! `CONSENT_PENDING → IN_MEDIATION → AGREED_UNSIGNED → AGREED`, and from each of the first three to `FAILED` or
//! `WITHDRAWN`. The last three are ends; `AGREED` goes on to `PERFORMING`, `BREACHED`, `PERFORMED`. `IN_MEDIATION` may pause
//! as `APPRAISAL` (the period stands still) or `SUSPENDED` (it does not). Repeating what is already so changes nothing, so a client may always try again.
use chrono::{DateTime, TimeDelta, Utc};
use lexicon::{AccountId, AgreementId, CaseId, MediationId, OrgId, Outcome, PartyId, PartyRole};

use super::agreement::needed;
use super::begun::{Beginning, Begun};
use super::course::{Course, Instalment, Period};
use super::suspension::SHAM;
use super::{Agreement, Event, Member, Performance, Refusal, Rule, Signatory, Signature, State, Terms};

/// Clocks of clients differ from ours, and cut instants to milliseconds; closer than this is "at the same time".
pub const CLOCK_DIFFERENCE: TimeDelta = TimeDelta::seconds(5);

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mediation {
    /// Its id.
    pub id: MediationId,
    /// The case.
    pub case: CaseId,
    /// Raised by one with every change, and never below what was said about the case before.
    pub version: u64,
    /// Who sits at the head of the table; nobody between two claims.
    pub mediator: Option<AccountId>,
    /// The studio.
    pub studio: OrgId,
    /// The legal track.
    pub track: String,
    /// The parties, in the order of the file.
    pub parties: Vec<Party>,
    /// Which run of its claim it is; 0 for the first.
    pub ordinal: u32,
    /// When it opened.
    pub opened: DateTime<Utc>,
    /// What a base period may begin with.
    pub begun: Begun,
    /// Its period, its plans and its performance.
    pub course: Course,
    /// Where it stands.
    pub state: State,
}

/// A party at the table: no more than its place and its consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The party.
    pub id: PartyId,
    /// Its side.
    pub role: PartyRole,
    /// When it consented.
    pub consented: Option<DateTime<Utc>>,
    /// Its place in a group, if it has one.
    pub member: Option<Member>,
}

impl Party {
    /// Whether nothing begins without its consent, and nothing ends in agreement without its signature.
    pub fn is_required(&self) -> bool {
        matches!(self.role, PartyRole::Claimant | PartyRole::Respondent)
    }
}

/// What a verb of the holder answers.
pub type Answer = Result<Outcome<Mediation, Event>, Refusal>;

impl Mediation {
    /// The party of this id.
    pub fn party(&self, id: PartyId) -> Option<&Party> {
        self.parties.iter().find(|party| party.id == id)
    }

    /// Its mediator asks the parties from now on (K04).
    pub(super) fn asked(&self) -> Option<Event> {
        let (mediator, studio) = (self.mediator.clone()?, self.studio.clone());
        Some(Event::Opened {
            mediator,
            studio,
            track: self.track.clone(),
            generation: self.course.generation,
        })
    }

    /// A party consents; the main period begins with the last consent that is needed, but not before the run. One whose
    /// consent came to be needed during the main period may still give it then, and the period runs on.
    ///
    /// After a court has dismissed the confirmation of its agreement, a consent opens a new run under `next`.
    pub fn consent(mut self, who: PartyId, at: DateTime<Utc>, next: MediationId) -> Answer {
        let state = self.state.name();
        let Some(party) = self.parties.iter_mut().find(|party| party.id == who) else {
            return Err(Refusal::UnknownParty { state });
        };
        let shut = self.begun.demands.stands();
        if self.course.denied && !shut && self.state.is_to_be_performed() {
            return self.renew(next, who, at);
        }
        if party.consented.is_some() {
            return Ok(Outcome::AlreadySo(self));
        }
        match self.state {
            State::ConsentPending => {}
            State::InMediation { .. } if party.is_required() => {}
            _ => return Err(Refusal::NotConsentPending { state }),
        }
        party.consented = Some(at);
        let mut events = vec![Event::ConsentRecorded { party: who }];
        if self.state == State::ConsentPending
            && let Some(since) = self.all_consented()
        {
            events.extend(self.start(since));
        }
        Ok(self.changed(events))
    }

    /// A party does not want to (F02), or to sign (F07), or cannot be reached (F03).
    pub fn refuse(self, who: PartyId, unreachable: bool, at: DateTime<Utc>) -> Answer {
        if self.party(who).is_none() {
            return Err(Refusal::UnknownParty { state: self.state.name() });
        }
        if unreachable && matches!(self.state, State::Suspended { .. }) {
            return Err(self.under_examination());
        }
        let ground = match (&self.state, unreachable) {
            (State::AgreedUnsigned { .. } | State::Failed { ground: "F07", .. }, false) => "F07",
            (_, true) => "F03",
            (_, false) => "F02",
        };
        match &self.state {
            open if open.is_open() => Ok(self.fail(ground, at)),
            State::Failed { ground: already, .. } if *already == ground => Ok(Outcome::AlreadySo(self)),
            other => Err(Refusal::not_in_mediation(other)),
        }
    }

    /// Terms are put down, or put differently while nobody has signed. Nothing is agreed over the head of somebody who has
    /// not consented to mediate.
    pub fn draft(
        mut self,
        terms: Terms,
        schedule: Vec<Instalment>,
        id: AgreementId,
        at: DateTime<Utc>,
    ) -> Answer {
        let (since, id) = match &self.state {
            State::InMediation { .. } if self.all_consented().is_none() => {
                return Err(Refusal::ConsentMissing { state: self.state.name() });
            }
            State::InMediation { since } => (*since, id),
            State::AgreedUnsigned { agreement, .. }
                if agreement.terms == terms && self.course.schedule == schedule =>
            {
                return Ok(Outcome::AlreadySo(self));
            }
            State::AgreedUnsigned { since, agreement } if !agreement.is_signed() => (*since, agreement.id),
            State::AgreedUnsigned { .. } => {
                return Err(Refusal::AlreadySignedBySome { state: self.state.name() });
            }
            other => return Err(Refusal::not_in_mediation(other)),
        };
        if !adds_up(&terms, &schedule) {
            return Err(self.against(Rule::ScheduleTotalDiffers));
        }
        let agreement = Agreement { id, terms, drafted: at, signatures: vec![] };
        self.course.schedule = schedule;
        self.state = State::AgreedUnsigned { since, agreement };
        Ok(self.changed(vec![Event::AgreementDrafted { agreement: id }]))
    }

    /// Somebody signs. With the last signature that the track asks for the agreement is in effect; a signature beyond
    /// those is still recorded, and moves nothing.
    pub fn sign(mut self, by: Signatory, at: DateTime<Utc>) -> Answer {
        let state = self.state.name();
        if let Signatory::Party(party) | Signatory::Member(party) = by
            && self.party(party).is_none()
        {
            return Err(Refusal::UnknownParty { state });
        }
        if let State::AgreedUnsigned { agreement, .. } | State::Agreed { agreement, .. } = &self.state
            && !agreement.is_signed_by(by)
        {
            match by {
                Signatory::Member(who) if !self.party(who).is_some_and(|one| self.is_represented(one)) => {
                    return Err(self.against(Rule::NotRepresented));
                }
                Signatory::Party(who) if self.lacks_consent(agreement, Some(who)) => {
                    return Err(self.against(Rule::GroupConsentMissing));
                }
                _ => {}
            }
        }
        let (State::AgreedUnsigned { agreement, .. } | State::Agreed { agreement, .. }) = &mut self.state
        else {
            return Err(Refusal::NoAgreementDrafted { state });
        };
        if agreement.is_signed_by(by) {
            return Ok(Outcome::AlreadySo(self));
        }
        agreement.signatures.push(Signature { by, at: at.max(agreement.drafted) });
        let mut events = vec![Event::SignatureAdded { agreement: agreement.id }];
        events.extend(self.take_effect(None));
        Ok(self.changed(events))
    }

    /// What follows at once when a party is no longer waited for: the main period or the agreement's effect, which then begin
    /// `at` the earliest.
    pub(super) fn due(&mut self, at: DateTime<Utc>) -> Vec<Event> {
        match (&self.state, self.all_consented()) {
            (State::ConsentPending, Some(since)) => self.start(since.max(at)),
            _ => self.take_effect(Some(at)),
        }
    }

    /// An agreement under which nobody's signature is missing is in effect, since the latest of them, or since nobody else was
    /// waited for. Between two claims it waits for the next mediator: the referral is over with it, and somebody must record
    /// what becomes of it.
    fn take_effect(&mut self, due: Option<DateTime<Utc>>) -> Vec<Event> {
        let signed = self.signed_by_all().filter(|_| self.mediator.is_some());
        let (State::AgreedUnsigned { since, agreement }, Some(signed)) = (&self.state, signed) else {
            return vec![];
        };
        let effective = due.map_or(signed, |due| signed.max(due));
        let Terms { partial, amount, .. } = agreement.terms;
        let (id, since, agreement) = (agreement.id, *since, agreement.clone());
        self.state = State::Agreed { since, agreement, effective, performance: Performance::Due };
        let (generation, oral) = (self.course.tick(), self.course.oral);
        let signed = Event::AgreementSigned { agreement: id, effective, partial, amount, generation, oral };
        std::iter::once(signed).chain(self.begin_performance()).collect()
    }

    /// When the last signature that is needed was put under what waits for no other.
    pub(super) fn signed_by_all(&self) -> Option<DateTime<Utc>> {
        let State::AgreedUnsigned { agreement, .. } = &self.state else { return None };
        let signing = self.acting().map(|party| party.id);
        let last = agreement.effective(&needed(&self.track, signing))?;
        (!self.lacks_consent(agreement, None)).then_some(last)
    }

    /// The parties want no document, and the mediator writes the content down (T25): in effect at once.
    pub fn agree_orally(
        mut self,
        terms: Terms,
        schedule: Vec<Instalment>,
        id: AgreementId,
        at: DateTime<Utc>,
    ) -> Answer {
        let since = match &self.state {
            State::Agreed { agreement, .. } if self.course.oral && agreement.terms == terms => {
                return Ok(Outcome::AlreadySo(self));
            }
            State::InMediation { since } => *since,
            other => return Err(Refusal::not_in_mediation(other)),
        };
        if !may_agree_orally(&self.track) {
            return Err(self.against(Rule::OralNotOpen));
        }
        if self.all_consented().is_none() {
            return Err(Refusal::ConsentMissing { state: self.state.name() });
        }
        // What each member consents to must be there to be read.
        if self.has_represented() {
            return Err(self.against(Rule::GroupConsentMissing));
        }
        if !adds_up(&terms, &schedule) {
            return Err(self.against(Rule::ScheduleTotalDiffers));
        }
        let (effective, partial, amount) = (at.max(since), terms.partial, terms.amount);
        let agreement = Agreement { id, terms, drafted: at, signatures: vec![] };
        self.course.oral = true;
        self.course.schedule = schedule;
        self.state = State::Agreed { since, agreement, effective, performance: Performance::Due };
        let generation = self.course.tick();
        let mut events = vec![Event::AgreementSigned {
            agreement: id,
            effective,
            partial,
            amount,
            generation,
            oral: true,
        }];
        events.extend(self.begin_performance());
        Ok(self.changed(events))
    }

    /// The mediator ends the run without agreement.
    pub fn conclude(self, ground: &'static str, at: DateTime<Utc>) -> Answer {
        match &self.state {
            // A sham is found by whoever examines the suspicion, not by the mediator who has it.
            open if open.is_open() && ground == SHAM => Err(self.against(Rule::ShamNotExamined)),
            State::Suspended { .. } => Err(self.under_examination()),
            open if open.is_open() => Ok(self.fail(ground, at)),
            State::Failed { ground: already, .. } if *already == ground => Ok(Outcome::AlreadySo(self)),
            other => Err(Refusal::not_in_mediation(other)),
        }
    }

    /// The main period's beginning, if everybody who must has consented.
    pub(super) fn all_consented(&self) -> Option<DateTime<Utc>> {
        let required = self.parties.iter().filter(|party| party.is_required());
        let consents: Option<Vec<DateTime<Utc>>> = required.map(|party| self.consent_of(party)).collect();
        Some(consents?.into_iter().fold(self.opened, Ord::max))
    }

    /// The main period begins; the sittings too, unless danger waits for an answer.
    pub(super) fn start(&mut self, since: DateTime<Utc>) -> Vec<Event> {
        let period = self.period(since);
        self.course.period = Some(period.clone());
        let generation = self.course.tick();
        let started = Event::Started { at: since, period, generation };
        std::iter::once(started).chain(self.come_to_the_table(since)).collect()
    }

    /// The period as it counts by what is known now.
    pub(super) fn period(&self, since: DateTime<Utc>) -> Period {
        let run = Beginning { opened: self.opened, since, renewed: self.ordinal > 0 };
        Period::begin(&self.track, &self.begun, run)
    }

    /// An open run ends without agreement.
    pub(super) fn fail(mut self, ground: &'static str, at: DateTime<Utc>) -> Outcome<Mediation, Event> {
        let (since, agreement) = (self.state.since(), self.state.agreement().cloned());
        self.course.suspensions.clear();
        self.state = State::Failed { since, agreement, ground, at };
        let generation = self.course.tick();
        self.changed(vec![Event::Concluded { ground, generation }])
    }

    /// An open run ends because the case was taken back; `by` says who, when it was said at the table.
    pub(super) fn withdraw(mut self, by: Option<PartyId>, at: DateTime<Utc>) -> Outcome<Mediation, Event> {
        let (since, agreement) = (self.state.since(), self.state.agreement().cloned());
        self.course.suspensions.clear();
        self.state = State::Withdrawn { since, agreement, at };
        self.course.tick();
        self.changed(vec![Event::Withdrawn { by }])
    }

    pub(super) fn changed(mut self, events: Vec<Event>) -> Outcome<Mediation, Event> {
        self.version += 1;
        Outcome::Changed(self, events)
    }
}

/// A schedule of money is about all that was agreed; one of acts alone names no amount.
fn adds_up(terms: &Terms, schedule: &[Instalment]) -> bool {
    let total: i64 = schedule.iter().map(|part| part.amount).sum();
    total == 0 || total == terms.amount.get()
}

/// Whether an agreement by word is one on this track: the rule book says.
fn may_agree_orally(track: &str) -> bool {
    let rows = rulebook::procedure::transitions().iter();
    rows.filter(|row| row.verb == "RecordOralAgreement").any(|row| row.is_of(track))
}
