//! One run of mediation: its states, and what its mediator may do in each.
//!
//! `CONSENT_PENDING → IN_MEDIATION → AGREED_UNSIGNED → AGREED`, and from each of the first three to `FAILED` or
//! `WITHDRAWN`. The last three are ends. Repeating what is already so changes nothing, so a client may always try again.
use chrono::{DateTime, TimeDelta, Utc};
use lexicon::{AccountId, AgreementId, CaseId, MediationId, OrgId, Outcome, PartyId, PartyRole, SessionId};

use super::agreement::needed;
use super::{Agreement, Event, Refusal, Signatory, Signature, Terms};

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
    /// When it opened.
    pub opened: DateTime<Utc>,
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
}

impl Party {
    /// Whether nothing begins without its consent, and nothing ends in agreement without its signature.
    pub fn is_required(&self) -> bool {
        matches!(self.role, PartyRole::Claimant | PartyRole::Respondent)
    }
}

/// Where a run stands. `since` is the beginning of the main period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The parties are being asked.
    ConsentPending,
    /// At the table.
    InMediation {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// Terms fixed, signatures missing.
    AgreedUnsigned {
        /// The main period's beginning.
        since: DateTime<Utc>,
        /// What waits for signatures.
        agreement: Agreement,
    },
    /// In effect.
    Agreed {
        /// The main period's beginning.
        since: DateTime<Utc>,
        /// What was signed.
        agreement: Agreement,
        /// When it took effect; the run's end.
        effective: DateTime<Utc>,
    },
    /// Ended without agreement.
    Failed {
        /// The main period's beginning, if it had begun.
        since: Option<DateTime<Utc>>,
        /// A draft that was not signed by all.
        agreement: Option<Agreement>,
        /// F01–F12, F99.
        ground: &'static str,
        /// When.
        at: DateTime<Utc>,
    },
    /// The case was taken back.
    Withdrawn {
        /// The main period's beginning, if it had begun.
        since: Option<DateTime<Utc>>,
        /// A draft that was not signed by all.
        agreement: Option<Agreement>,
        /// When.
        at: DateTime<Utc>,
    },
}

impl State {
    /// The name in the contract.
    pub fn name(&self) -> &'static str {
        match self {
            State::ConsentPending => "CONSENT_PENDING",
            State::InMediation { .. } => "IN_MEDIATION",
            State::AgreedUnsigned { .. } => "AGREED_UNSIGNED",
            State::Agreed { .. } => "AGREED",
            State::Failed { .. } => "FAILED",
            State::Withdrawn { .. } => "WITHDRAWN",
        }
    }

    /// Whether it is none of the ends.
    pub fn is_open(&self) -> bool {
        matches!(self, State::ConsentPending | State::InMediation { .. } | State::AgreedUnsigned { .. })
    }

    /// When the main period began.
    pub fn since(&self) -> Option<DateTime<Utc>> {
        match self {
            State::ConsentPending => None,
            State::InMediation { since }
            | State::AgreedUnsigned { since, .. }
            | State::Agreed { since, .. } => Some(*since),
            State::Failed { since, .. } | State::Withdrawn { since, .. } => *since,
        }
    }

    /// When the run ended.
    pub fn ended(&self) -> Option<DateTime<Utc>> {
        match self {
            State::ConsentPending | State::InMediation { .. } | State::AgreedUnsigned { .. } => None,
            State::Agreed { effective, .. } => Some(*effective),
            State::Failed { at, .. } | State::Withdrawn { at, .. } => Some(*at),
        }
    }

    /// The agreement, from its draft on.
    pub fn agreement(&self) -> Option<&Agreement> {
        match self {
            State::ConsentPending | State::InMediation { .. } => None,
            State::AgreedUnsigned { agreement, .. } | State::Agreed { agreement, .. } => Some(agreement),
            State::Failed { agreement, .. } | State::Withdrawn { agreement, .. } => agreement.as_ref(),
        }
    }
}

/// How a sitting was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionMode {
    /// All in one room.
    Onsite,
    /// By video.
    Online,
    /// By telephone.
    Phone,
    /// Some in the room, some not.
    Hybrid,
    /// One after another.
    Async,
}

/// A sitting, without what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// When it began.
    pub start: DateTime<Utc>,
    /// How it was held.
    pub mode: SessionMode,
    /// Who of the parties was there.
    pub present: Vec<PartyId>,
}

/// What a verb of the holder answers.
pub type Answer = Result<Outcome<Mediation, Event>, Refusal>;

impl Mediation {
    /// The party of this id.
    pub fn party(&self, id: PartyId) -> Option<&Party> {
        self.parties.iter().find(|party| party.id == id)
    }

    /// A party consents; the main period begins with the last consent that is needed, but not before the run. One whose
    /// consent came to be needed during the main period may still give it then, and the period runs on.
    pub fn consent(mut self, who: PartyId, at: DateTime<Utc>) -> Answer {
        let state = self.state.name();
        let Some(party) = self.parties.iter_mut().find(|party| party.id == who) else {
            return Err(Refusal::UnknownParty { state });
        };
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
            events.push(self.start(since));
        }
        Ok(self.changed(events))
    }

    /// A party does not want to (F02), or cannot be reached (F03).
    pub fn refuse(self, who: PartyId, unreachable: bool, at: DateTime<Utc>) -> Answer {
        if self.party(who).is_none() {
            return Err(Refusal::UnknownParty { state: self.state.name() });
        }
        let ground = if unreachable { "F03" } else { "F02" };
        match &self.state {
            State::ConsentPending | State::InMediation { .. } => Ok(self.fail(ground, at)),
            State::Failed { ground: already, .. } if *already == ground => Ok(Outcome::AlreadySo(self)),
            other => Err(Refusal::not_in_mediation(other)),
        }
    }

    /// A sitting was held.
    pub fn sit(self, session: &Session) -> Answer {
        match &self.state {
            State::ConsentPending => Err(Refusal::SessionBeforeConsent { state: self.state.name() }),
            State::InMediation { since } if session.start + CLOCK_DIFFERENCE < *since => {
                Err(Refusal::SessionBeforeConsent { state: self.state.name() })
            }
            State::InMediation { .. } => {
                let session = session.id;
                Ok(self.changed(vec![Event::SessionRecorded { session }]))
            }
            other => Err(Refusal::not_in_mediation(other)),
        }
    }

    /// Terms are put down, or put differently while nobody has signed. Nothing is agreed over the head of somebody who has
    /// not consented to mediate.
    pub fn draft(mut self, terms: Terms, id: AgreementId, at: DateTime<Utc>) -> Answer {
        let (since, id) = match &self.state {
            State::InMediation { .. } if self.all_consented().is_none() => {
                return Err(Refusal::ConsentMissing { state: self.state.name() });
            }
            State::InMediation { since } => (*since, id),
            State::AgreedUnsigned { agreement, .. } if agreement.terms == terms => {
                return Ok(Outcome::AlreadySo(self));
            }
            State::AgreedUnsigned { since, agreement } if agreement.signatures.is_empty() => {
                (*since, agreement.id)
            }
            State::AgreedUnsigned { .. } => {
                return Err(Refusal::AlreadySignedBySome { state: self.state.name() });
            }
            other => return Err(Refusal::not_in_mediation(other)),
        };
        let agreement = Agreement { id, terms, drafted: at, signatures: vec![] };
        self.state = State::AgreedUnsigned { since, agreement };
        Ok(self.changed(vec![Event::AgreementDrafted { agreement: id }]))
    }

    /// Somebody signs. With the last signature that the track asks for the agreement is in effect; a signature beyond
    /// those is still recorded, and moves nothing.
    pub fn sign(mut self, by: Signatory, at: DateTime<Utc>) -> Answer {
        let state = self.state.name();
        if let Signatory::Party(party) = by
            && self.party(party).is_none()
        {
            return Err(Refusal::UnknownParty { state });
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
        events.extend(self.take_effect());
        Ok(self.changed(events))
    }

    /// What follows at once when a party is no longer waited for: the main period, which then begins `at` the earliest,
    /// or the agreement's effect.
    pub(super) fn due(&mut self, at: DateTime<Utc>) -> Vec<Event> {
        match (&self.state, self.all_consented()) {
            (State::ConsentPending, Some(since)) => vec![self.start(since.max(at))],
            _ => self.take_effect().into_iter().collect(),
        }
    }

    /// An agreement under which nobody's signature is missing is in effect.
    fn take_effect(&mut self) -> Option<Event> {
        let State::AgreedUnsigned { since, agreement } = &self.state else { return None };
        let required = self.parties.iter().filter(|party| party.is_required()).map(|party| party.id);
        let effective = agreement.effective(&needed(&self.track, required))?;
        let Terms { partial, amount, .. } = agreement.terms;
        let event = Event::AgreementSigned { agreement: agreement.id, effective, partial, amount };
        self.state = State::Agreed { since: *since, agreement: agreement.clone(), effective };
        Some(event)
    }

    /// The mediator ends the run without agreement.
    pub fn conclude(self, ground: &'static str, at: DateTime<Utc>) -> Answer {
        match &self.state {
            State::ConsentPending | State::InMediation { .. } | State::AgreedUnsigned { .. } => {
                Ok(self.fail(ground, at))
            }
            State::Failed { ground: already, .. } if *already == ground => Ok(Outcome::AlreadySo(self)),
            other => Err(Refusal::not_in_mediation(other)),
        }
    }

    /// The main period's beginning, if everybody who must has consented.
    pub(super) fn all_consented(&self) -> Option<DateTime<Utc>> {
        let required = self.parties.iter().filter(|party| party.is_required());
        let consents: Option<Vec<DateTime<Utc>>> = required.map(|party| party.consented).collect();
        Some(consents?.into_iter().fold(self.opened, Ord::max))
    }

    /// The main period begins.
    pub(super) fn start(&mut self, since: DateTime<Utc>) -> Event {
        self.state = State::InMediation { since };
        Event::Started { at: since, track: self.track.clone() }
    }

    /// An open run ends without agreement.
    pub(super) fn fail(mut self, ground: &'static str, at: DateTime<Utc>) -> Outcome<Mediation, Event> {
        let (since, agreement) = (self.state.since(), self.state.agreement().cloned());
        self.state = State::Failed { since, agreement, ground, at };
        self.changed(vec![Event::Concluded { ground }])
    }

    /// An open run ends because the case was taken back.
    pub(super) fn withdraw(mut self, at: DateTime<Utc>) -> Outcome<Mediation, Event> {
        let (since, agreement) = (self.state.since(), self.state.agreement().cloned());
        self.state = State::Withdrawn { since, agreement, at };
        self.changed(vec![Event::Withdrawn])
    }

    fn changed(mut self, events: Vec<Event>) -> Outcome<Mediation, Event> {
        self.version += 1;
        Outcome::Changed(self, events)
    }
}
