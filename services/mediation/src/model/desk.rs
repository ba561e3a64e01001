//! What this service knows of a case before, between and during its runs: the fence, and whether the table is closed.
//!
//! The fence is stored here and nowhere else. A claim that ends raises it even where no run was ever opened, so a former
//! holder's late write meets it in any case. The topics of routing and intake may overtake one another: whoever demands
//! the court leaves a mark, and a confirmation that arrives after it opens nothing.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use lexicon::{AccountId, CaseId, MediationId, OrgId, Outcome, PartyId};

use super::begun::Begun;
use super::course::Course;
use super::{Event, Mediation, Party, Refusal, Rule, Seating, State, Worked, sued};

/// The number that goes with a claim; a later claim's is greater.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fence {
    /// Raised when the service that gives fences is restored.
    pub epoch: u32,
    /// Raised whenever a claim begins or ends.
    pub n: u64,
}

/// Why a case no longer comes to the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// A party wants the court.
    CourtDemanded,
    /// The claimant took it back.
    Withdrawn,
    /// The court that commissioned it took it back.
    Recalled,
}

/// A claim that its mediator has confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its fence.
    pub fence: Fence,
    /// The mediator.
    pub mediator: AccountId,
    /// The mediator's studio.
    pub studio: OrgId,
    /// The legal track.
    pub track: String,
    /// The parties, with the consents taken at the window.
    pub parties: Vec<Party>,
}

/// One case, as this service stands to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseDesk {
    /// The case.
    pub case: CaseId,
    /// The version of the last thing said about the case; the current run's version, once there is a run.
    pub version: u64,
    /// The fence in force.
    pub fence: Fence,
    /// Since when.
    pub raised: Option<DateTime<Utc>>,
    /// Why no run opens any more.
    pub taken: Option<Taken>,
    /// Those whose claim has ended.
    pub former: BTreeSet<AccountId>,
    /// The seats of the parties that intake has amended: routing's facts may be older than that.
    pub amended: BTreeMap<PartyId, Seating>,
    /// How many amendments changed something, and what took the case away. They raise no version, so every write asks for this
    /// count too.
    pub amendments: u64,
    /// What a base period may begin with.
    pub begun: Begun,
    /// The last write under the claim in force; none before its confirmation.
    pub worked: Option<Worked>,
    /// The fence under which the current run was opened; one run for each.
    pub opened_under: Option<Fence>,
    /// The current run, which may have ended.
    pub run: Option<Mediation>,
}

/// Why a holder's write does not reach the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Barred {
    /// The claim has ended.
    Passed(Refusal),
    /// The caller knows of a claim or a confirmation that is still on its way here.
    NotYetHeard,
    /// There is no table for this case.
    NoRun,
    /// The caller may not do this.
    Refused(Refusal),
}

impl CaseDesk {
    /// A case that was never heard of.
    pub fn unheard(case: CaseId) -> Self {
        CaseDesk {
            case,
            version: 0,
            fence: Fence::default(),
            raised: None,
            taken: None,
            former: BTreeSet::new(),
            amended: BTreeMap::new(),
            amendments: 0,
            begun: Begun::default(),
            worked: None,
            opened_under: None,
            run: None,
        }
    }

    /// The run, for a holder who shows this fence.
    pub fn admit(&self, shown: Fence) -> Result<&Mediation, Barred> {
        let run = self.under(shown)?;
        // Open between two claims: whoever shows this fence knows of a confirmation that is on its way.
        if run.mediator.is_none() && run.state.is_open() { Err(Barred::NotYetHeard) } else { Ok(run) }
    }

    /// The run, for whoever examines it under this fence, also while nobody has the case; never for one who has mediated it
    /// (L4 art. 18).
    pub fn admit_examiner(&self, shown: Fence, who: &AccountId) -> Result<&Mediation, Barred> {
        let run = self.under(shown)?;
        if matches!(run.state, State::Suspended { .. }) && self.former.contains(who) {
            return Err(Barred::Refused(run.against(Rule::ExaminesOwnMediation)));
        }
        Ok(run)
    }

    /// The run, if this fence is the one in force.
    fn under(&self, shown: Fence) -> Result<&Mediation, Barred> {
        if shown < self.fence {
            return Err(Barred::Passed(self.passed()));
        }
        if shown > self.fence {
            return Err(Barred::NotYetHeard);
        }
        match &self.run {
            Some(run) => Ok(run),
            None if self.taken.is_some() => Err(Barred::NoRun),
            None => Err(Barred::NotYetHeard),
        }
    }

    /// The refusal for a fence that is no longer in force.
    pub fn passed(&self) -> Refusal {
        let state = self.run.as_ref().map_or("", |run| run.state.name());
        Refusal::FencePassed { state, current: self.fence, since: self.raised }
    }

    /// A mediator has the case, and has not confirmed yet.
    pub fn claimed(mut self, fence: Fence, at: DateTime<Utc>) -> Outcome<Self, Event> {
        if self.raise(fence, at) { Outcome::Changed(self, vec![]) } else { Outcome::AlreadySo(self) }
    }

    /// The mediator has confirmed. An open run goes on under the new mediator, its period unbroken (T16); else a run
    /// opens, unless the case was taken from the table or the claim has ended meanwhile. A run that is over is the referral's
    /// last: a claim that was confirmed before routing heard of the end opens no other.
    pub fn confirmed(mut self, mut claim: Claim, id: MediationId, at: DateTime<Utc>) -> Outcome<Self, Event> {
        if claim.fence < self.fence {
            return Outcome::AlreadySo(self);
        }
        let raised = self.raise(claim.fence, at);
        if let Some(run) = self.run.as_mut().filter(|run| run.state.is_open()) {
            if run.mediator.as_ref() == Some(&claim.mediator) && !raised {
                return Outcome::AlreadySo(self);
            }
            run.mediator = Some(claim.mediator);
            run.studio = claim.studio;
            let mut events = vec![Event::FenceRaised { fence: self.fence }];
            // Whoever asks the parties now has the time for it anew (L5 art. 15).
            if run.state == State::ConsentPending {
                run.course.tick();
                events.extend(run.asked());
            }
            // What waited for nobody but a mediator.
            events.extend(run.due(at));
            self.work(at);
            return self.said(events);
        }
        if self.taken.is_some() || self.run.is_some() {
            return if raised { Outcome::Changed(self, vec![]) } else { Outcome::AlreadySo(self) };
        }
        for (party, seating) in &self.amended {
            seat(&mut claim.parties, *party, seating);
        }
        let (run, events) = open(&claim, self.case, id, &self.begun, at);
        let (run, events) = sued::opened(run, events, at);
        self.opened_under = Some(claim.fence);
        self.run = Some(run);
        self.work(at);
        self.said(events)
    }

    /// A claim ended: the fence rises and the mediator's place is empty. Said in every case, because whoever ended the
    /// claim waits for the answer.
    pub fn released(
        mut self,
        fence: Fence,
        former: Option<AccountId>,
        at: DateTime<Utc>,
    ) -> Outcome<Self, Event> {
        self.raise(fence, at);
        self.former.extend(former);
        if let Some(run) = self.run.as_mut().filter(|run| run.state.is_open()) {
            run.mediator = None;
        }
        let events = vec![Event::FenceRaised { fence: self.fence }];
        self.said(events)
    }

    /// Intake added a party or changed its side or its group. An open run goes on with the parties as they are now: usually nothing is
    /// said, and no version raised. Only where the run waited for nobody but this one, its next step is due.
    pub fn amended(mut self, party: PartyId, seating: &Seating, at: DateTime<Utc>) -> Outcome<Self, Event> {
        let mut changed = self.amended.insert(party, seating.clone()).as_ref() != Some(seating);
        let mut events = vec![];
        if let Some(run) = self.run.as_mut().filter(|run| run.state.is_open()) {
            changed |= seat(&mut run.parties, party, seating);
            events = run.due(at);
        }
        self.amendments += u64::from(changed);
        match (changed, events.is_empty()) {
            (false, true) => Outcome::AlreadySo(self),
            (_, true) => Outcome::Changed(self, events),
            (_, false) => self.said(events),
        }
    }

    /// The case was taken back: an open run ends, and no other opens.
    pub fn withdrawn(self, at: DateTime<Utc>) -> Outcome<Self, Event> {
        self.take(Taken::Withdrawn, |run| run.withdraw(None, at))
    }

    /// Something is known that a base period may begin with. It raises no version; the count of amendments keeps a write
    /// judged before it away. Where a period has begun without it, it is counted anew, and that is said.
    pub fn begins(mut self, learn: impl FnOnce(&mut Begun)) -> Outcome<Self, Event> {
        let before = self.begun.danger;
        if !self.know(learn) {
            return Outcome::AlreadySo(self);
        }
        // Danger is nothing that a period counts from.
        let anew = self.run.as_mut().filter(|run| run.begun.danger == before).map(Mediation::count_anew);
        match anew.unwrap_or_default() {
            events if events.is_empty() => Outcome::Changed(self, vec![]),
            events => self.said(events),
        }
    }

    pub(super) fn know(&mut self, learn: impl FnOnce(&mut Begun)) -> bool {
        let before = self.begun.clone();
        learn(&mut self.begun);
        let changed = self.begun != before;
        if let Some(run) = &mut self.run {
            run.begun = self.begun.clone();
        }
        self.amendments += u64::from(changed);
        changed
    }

    /// A court has dismissed the confirmation of the run's agreement: the parties may sit down again (T47), unless the case was
    /// taken from the table. While a demand for the court stands they may not; once it is taken back they may.
    pub fn denied(mut self) -> Outcome<Self, Event> {
        let agreed = |run: &&mut Mediation| run.state.is_to_be_performed() && !run.course.denied;
        match self.run.as_mut().filter(agreed) {
            Some(run) if matches!(self.taken, None | Some(Taken::CourtDemanded)) => {
                run.course.denied = true;
                self.amendments += 1;
                Outcome::Changed(self, vec![])
            }
            _ => Outcome::AlreadySo(self),
        }
    }

    /// The court that commissioned takes the case back (T64): an open run fails (F12), and no other opens. A commission that is
    /// no case yet is nothing here.
    pub fn recalled(self, at: DateTime<Utc>) -> Outcome<Self, Event> {
        if self.begun.accepted.is_none() && self.begun.signed.is_none() && self.run.is_none() {
            return Outcome::AlreadySo(self);
        }
        self.take(Taken::Recalled, |run| run.fail("F12", at))
    }

    /// A clock of the run has run out.
    pub fn expired(mut self, clock: &str, generation: u64, at: DateTime<Utc>) -> Outcome<Self, Event> {
        match self.run.take().map(|run| run.expire(clock, generation, at)) {
            Some(Outcome::Changed(run, events)) => Outcome::Changed(self.with(run), events),
            Some(Outcome::AlreadySo(run)) => {
                self.run = Some(run);
                Outcome::AlreadySo(self)
            }
            None => Outcome::AlreadySo(self),
        }
    }

    /// The desk after its run changed.
    #[must_use]
    pub fn with(self, run: Mediation) -> Self {
        CaseDesk { version: run.version, begun: run.begun.clone(), run: Some(run), ..self }
    }

    pub(super) fn take(
        mut self,
        taken: Taken,
        end: impl Fn(Mediation) -> Outcome<Mediation, Event>,
    ) -> Outcome<Self, Event> {
        // A demand may be taken back; what the claimant or the court has taken away stays away.
        let demanded = self.taken == Some(Taken::CourtDemanded) && taken != Taken::CourtDemanded;
        let first = self.taken.is_none() || demanded;
        if first {
            self.taken = Some(taken);
        }
        // The mark raises no version of its own; a write that was judged before it must not wipe it out.
        self.amendments += u64::from(first);
        // Nobody sits down again about a case that was taken away.
        if let Some(run) = self.run.as_mut().filter(|_| taken != Taken::CourtDemanded) {
            run.course.denied = false;
        }
        match self.run.take_if(|run| run.state.is_open()).map(end) {
            Some(Outcome::Changed(run, events)) => Outcome::Changed(self.with(run), events),
            Some(Outcome::AlreadySo(run)) => Outcome::AlreadySo(self.with(run)),
            None if first => Outcome::Changed(self, vec![]),
            None => Outcome::AlreadySo(self),
        }
    }

    pub(super) fn raise(&mut self, fence: Fence, at: DateTime<Utc>) -> bool {
        let higher = fence > self.fence;
        if higher {
            self.fence = fence;
            self.raised = Some(at);
            self.worked = None;
        }
        higher
    }

    /// Everything said has a version of its own, whether or not a run exists to carry it.
    pub(super) fn said(mut self, events: Vec<Event>) -> Outcome<Self, Event> {
        self.version += 1;
        if let Some(run) = &mut self.run {
            run.version = self.version;
        }
        Outcome::Changed(self, events)
    }
}

/// The party in this seat; says whether that is new. A consent stays with the party.
fn seat(parties: &mut Vec<Party>, id: PartyId, seating: &Seating) -> bool {
    let Seating { role, member } = seating.clone();
    if let Some(party) = parties.iter_mut().find(|party| party.id == id) {
        let changed = (party.role, &party.member) != (role, &member);
        (party.role, party.member) = (role, member);
        return changed;
    }
    parties.push(Party { id, role, consented: None, member });
    true
}

fn open(
    claim: &Claim,
    case: CaseId,
    id: MediationId,
    begun: &Begun,
    at: DateTime<Utc>,
) -> (Mediation, Vec<Event>) {
    let Claim { mediator, studio, track, parties, .. } = claim.clone();
    let mut run = Mediation {
        id,
        case,
        version: 0,
        mediator: Some(mediator),
        studio,
        track,
        parties,
        ordinal: 0,
        opened: at,
        begun: begun.clone(),
        course: Course { generation: 1, ..Course::default() },
        state: State::ConsentPending,
    };
    let mut events: Vec<Event> = run.asked().into_iter().collect();
    if let Some(since) = run.all_consented() {
        events.extend(run.start(since));
    }
    (run, events)
}
