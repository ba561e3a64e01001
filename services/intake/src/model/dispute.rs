//! The dispute, and the verbs of taking it in: save, file, amend, accept, refuse, advise. What is missing and comes later is in
//! [`correction`](super::correction); how it ends is in [`ending`](super::ending).

use chrono::{DateTime, Utc};
use lexicon::{CaseId, Outcome, PartyId};
use rulebook::calendar::civil_date;
use rulebook::edition::Edition;
use rulebook::matters::{self, About};
use rulebook::tracks;
use rulebook::unlawful::Unlawful;

use super::link::LinkKind;
use super::refusal::Standing;
use super::{
    Acceptance, Beyond, Channel, Course, Demand, Demanding, Dossier, Entry, Origin, Party, Refusal,
    Screening, Sheet, State, Term,
};

/// A dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Whose it is.
    pub origin: Origin,
    /// Raised by one with every change.
    pub version: u64,
    /// The version of the last change that was announced: what another service can have heard of.
    pub said: u64,
    /// How it came in.
    pub entry: Entry,
    /// What it is about.
    pub sheet: Sheet,
    /// Where it stands.
    pub state: State,
    /// The receipt's instant; none while it was only a draft.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Until when the window answers whether it takes the dispute, as it was promised with the receipt.
    pub answered_by: Option<Term>,
    /// What acceptance settled.
    pub acceptance: Option<Acceptance>,
    /// Where the case is beyond intake.
    pub beyond: Beyond,
    /// The last word of a party that wants the court, unless it is taken back.
    pub demand: Option<Demand>,
    /// Whose demands stand; nothing of one from before they were counted.
    pub standing_demands: Demanding,
    /// The version in which the draft was saved last: what the time of a draft is compared with.
    pub saved: u64,
    /// What the window has looked for, the last time it did.
    pub screening: Option<Screening>,
    /// What is known of its file.
    pub dossier: Dossier,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What to announce; the particulars are the dispute's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A draft was saved.
    DraftSaved,
    /// It has its receipt.
    Filed,
    /// Something is missing.
    CorrectionRequested,
    /// What was missing has come.
    Corrected,
    /// This party's particulars changed, or it was added.
    PartyAmended(PartyId),
    /// Taken.
    Accepted,
    /// Not taken.
    Refused,
    /// Not taken, because what was missing did not come in time.
    Lapsed,
    /// Closed with advice.
    Advised,
    /// Taken back.
    Withdrawn,
    /// A party wants the court.
    CourtDemanded,
    /// Done.
    Closed,
    /// Its file is put away.
    Archived,
    /// It is this to the other one.
    Linked(CaseId, LinkKind),
    /// A draft's content went into this one.
    Merged(CaseId),
    /// A draft's content is gone.
    Removed,
}

/// A command's answer.
pub type Moved = Result<Outcome<Dispute, Event>, Refusal>;

impl Dispute {
    /// A new draft.
    pub fn draft(origin: Origin, channel: Channel, sheet: Sheet, at: DateTime<Utc>) -> Self {
        Self {
            origin,
            version: 1,
            said: 1,
            entry: Entry::of(channel),
            sheet,
            state: State::Draft,
            submitted_at: None,
            answered_by: None,
            acceptance: None,
            beyond: Beyond::default(),
            demand: None,
            standing_demands: Demanding::default(),
            saved: 1,
            screening: None,
            dossier: Dossier::default(),
            updated_at: at,
        }
    }

    /// A new dispute that was never a draft.
    pub fn filed(
        origin: Origin,
        entry: Entry,
        sheet: Sheet,
        answered_by: Option<Term>,
        at: DateTime<Utc>,
    ) -> Self {
        let submitted = State::Submitted { corrected: false };
        Self {
            entry,
            state: submitted,
            submitted_at: Some(at),
            answered_by,
            ..Self::draft(origin, Channel::Window, sheet, at)
        }
    }

    /// DRAFT → DRAFT.
    pub fn save(mut self, channel: Channel, sheet: Sheet, at: DateTime<Utc>) -> Moved {
        match self.state {
            State::Draft => {
                self.keeps_who_demands(&sheet)?;
                self.entry.channel = channel;
                self.sheet = sheet;
                Ok(self.changed(at, Event::DraftSaved))
            }
            State::Merged { .. } | State::Removed => Err(Refusal::DisputeEnded(self.standing())),
            _ => Err(Refusal::AlreadySubmitted(self.standing())),
        }
    }

    /// DRAFT → SUBMITTED (T01).
    pub fn file(mut self, entry: Entry, sheet: Sheet, answered_by: Option<Term>, at: DateTime<Utc>) -> Moved {
        match self.state {
            State::Draft => {
                self.keeps_who_demands(&sheet)?;
                let adviser = std::mem::take(&mut self.entry.record.adviser);
                self.entry = entry;
                self.advised_by(adviser);
                self.sheet = sheet;
                self.state = State::Submitted { corrected: false };
                self.submitted_at = Some(at);
                self.answered_by = answered_by;
                Ok(self.changed(at, Event::Filed))
            }
            State::Merged { .. } | State::Removed => Err(Refusal::DisputeEnded(self.standing())),
            _ => Err(Refusal::NotADraft(self.standing())),
        }
    }

    /// Who has advised before has done so whatever is typed since.
    pub fn advised_by(&mut self, before: String) {
        if !before.is_empty() {
            self.entry.record.adviser = before;
        }
    }

    /// Replaces a party, or adds one under a new id when it has none.
    pub fn amend(
        mut self,
        mut party: Party,
        warnings: &[&'static str],
        at: DateTime<Utc>,
        new_id: impl FnOnce() -> PartyId,
    ) -> Moved {
        if !self.is_open() {
            return Err(Refusal::DisputeEnded(self.standing()));
        }
        if party.id.as_uuid().is_nil() {
            party.id = new_id();
            self.sheet.parties.push(party.clone());
        } else {
            let Some(before) = self.sheet.parties.iter_mut().find(|known| known.id == party.id) else {
                return Err(Refusal::UnknownParty(self.standing()));
            };
            if *before == party {
                return Ok(Outcome::AlreadySo(self));
            }
            before.clone_from(&party);
        }
        self.confirm(warnings);
        // Of a draft it is one more save, from which its time counts anew; where the court was demanded the filing follows it.
        let saved = self.state == State::Draft && self.demand.is_none();
        Ok(self.changed(at, if saved { Event::DraftSaved } else { Event::PartyAmended(party.id) }))
    }

    /// SUBMITTED → ACCEPTED (T05). Accepting again for the same cause and track is already so.
    pub fn accept(mut self, cause: &str, acceptance: Acceptance, edition: &Edition) -> Moved {
        match (&self.state, &self.acceptance) {
            // Who wants the court is not sent to a mediator; after the court's answer they may file anew.
            (State::Submitted { .. }, _) if self.demand.is_some() => {
                Err(Refusal::CourtDemanded(self.standing()))
            }
            // The court has taken its commission back: nobody mediates it any more.
            (State::Submitted { .. }, _) if self.beyond.commission.is_some() => {
                Err(Refusal::NotSubmitted(self.standing()))
            }
            (State::Submitted { .. }, _) => {
                let unlawful = |unlawful| Refusal::Unlawful(self.standing(), unlawful);
                self.may_enter(cause, &acceptance, edition).map_err(unlawful)?;
                if acceptance.consents.iter().any(|consent| self.sheet.party(consent.party).is_none()) {
                    return Err(Refusal::UnknownParty(self.standing()));
                }
                let at = acceptance.at;
                cause.clone_into(&mut self.sheet.cause);
                self.acceptance = Some(acceptance);
                self.state = State::Accepted;
                Ok(self.changed(at, Event::Accepted))
            }
            (State::Accepted, Some(before))
                if self.sheet.cause == cause && before.track == acceptance.track =>
            {
                Ok(Outcome::AlreadySo(self))
            }
            _ => Err(Refusal::NotSubmitted(self.standing())),
        }
    }

    /// Whether a matter of this cause may enter the track: mediable on it, and open to this case on the day that the law names.
    fn may_enter(&self, cause: &str, acceptance: &Acceptance, edition: &Edition) -> Result<(), Unlawful> {
        let track = tracks::get(&acceptance.track).ok_or(Unlawful::UnknownTrack {})?;
        matters::may_mediate(About { cause: Some(cause), category: None }, &track.code)?;
        let accepted = civil_date(acceptance.at);
        // A court refers what it has received: its letter's day is the latest on which it had (P1).
        let letter = self.entry.record.document_date.filter(|_| self.entry.channel == Channel::CourtWp);
        let day = match track.pin.as_str() {
            "SUIT_RECEIVED" if letter.is_some() => letter.unwrap_or(accepted),
            "SUIT_RECEIVED" | "APPLICATION_RECEIVED" | "COMMISSIONED" => {
                self.submitted_at.map_or(accepted, civil_date)
            }
            _ => accepted,
        };
        let court = acceptance.suit.as_ref().map(|suit| suit.court.as_str());
        edition.pin(&track.code, &track.pin, day, court)?;
        // The two tracks that begin at a court take only what a court has: register first, mediate after (P1).
        let filed_before = track.entry == "FILED";
        let by_commission = filed_before && track.code == "WT";
        match (by_commission, &acceptance.suit) {
            (true, _) if self.entry.channel != Channel::CourtWt => Err(Unlawful::NotCommissioned {}),
            (false, None) if filed_before => Err(Unlawful::SuitNotRegistered { track: track.code.clone() }),
            (false, Some(suit)) if filed_before && suit.number.is_empty() => {
                Err(Unlawful::SuitNotRegistered { track: track.code.clone() })
            }
            _ => Ok(()),
        }
    }

    /// SUBMITTED or CORRECTION → REFUSED (T04).
    pub fn refuse(mut self, ground: &str, redirect: &str, at: DateTime<Utc>) -> Moved {
        match &self.state {
            State::Submitted { .. } | State::Correction { .. } => {
                self.state = State::Refused { ground: ground.to_owned(), redirect: redirect.to_owned() };
                Ok(self.changed(at, Event::Refused))
            }
            State::Refused { ground: before, .. } if before == ground => Ok(Outcome::AlreadySo(self)),
            _ => Err(Refusal::NotSubmitted(self.standing())),
        }
    }

    /// SUBMITTED → ADVISED (T45).
    pub fn advise(mut self, advice: &str, at: DateTime<Utc>) -> Moved {
        match &self.state {
            State::Submitted { .. } => {
                self.state = State::Advised { advice: advice.to_owned() };
                Ok(self.changed(at, Event::Advised))
            }
            State::Advised { advice: before } if before == advice => Ok(Outcome::AlreadySo(self)),
            _ => Err(Refusal::NotSubmitted(self.standing())),
        }
    }

    /// Where the case is beyond intake, in one word.
    pub fn course(&self) -> Option<Course> {
        self.beyond.shown()
    }

    /// What a refused caller may know of it.
    pub fn standing(&self) -> Standing {
        Standing::of(&self.state, self.course(), self.demand.is_some())
    }

    pub(super) fn changed(mut self, at: DateTime<Utc>, event: Event) -> Outcome<Dispute, Event> {
        self.version += 1;
        self.said = self.version;
        if event == Event::DraftSaved {
            self.saved = self.version;
        }
        self.updated_at = at;
        Outcome::Changed(self, vec![event])
    }
}
