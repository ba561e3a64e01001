//! A case as transfer knows it: what the others have told, and its four nouns under one version.
//!
//! What a demand for the court opens is not decided here but read in the rule book, for the case's track and the state it
//! is in: a filing, a hand-over, a report to the court that commissioned the mediation, or nothing where a court has it.

mod answered;
mod demanded;
mod documented;
mod ending;

use chrono::{DateTime, Utc};
use lexicon::{CaseId, OrgId, Outcome, PartyId};
use rulebook::tracks::Exit;
use rulebook::{exits, procedure};
use uuid::Uuid;

use super::codes::{Kind, Stage};
use super::commission::{self, Commission};
use super::confirmation::{self, Confirmation};
use super::facts::Facts;
use super::filing::{self, Filing};
use super::handoff::{self, Handoff};
use super::refusal::{No, Refusal};
use super::rule::Rule;

/// A case as this service knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// The case.
    pub case: CaseId,
    /// Raised by every change that is said.
    pub version: u64,
    /// What the others have told.
    pub facts: Facts,
    /// The latest filing.
    pub filing: Option<Filing>,
    /// The latest confirmation.
    pub confirmation: Option<Confirmation>,
    /// The latest hand-over.
    pub handoff: Option<Handoff>,
    /// The commission that it is, or came from.
    pub commission: Option<Commission>,
}

/// What happened, of whichever noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Of the filing.
    Filing(filing::Event),
    /// Of the confirmation.
    Confirmation(confirmation::Event),
    /// Of the hand-over.
    Handoff(handoff::Event),
    /// Of the commission.
    Commission(commission::Event),
    /// A court's document without a commission.
    Document,
    /// A party took its demand back, and another's stands.
    DemandTakenBack(PartyId),
    /// Nothing of a demand is on its way any more.
    DemandAnswered,
    /// A court has a suit about the same matter in another case.
    SuitFound,
}

/// What a verb answers.
pub type Moved = Result<Outcome<Thread, News>, No>;

/// One noun's verb under the thread's version: a noun's version is the thread's at its own last change, and so the generation
/// of the clock that this change began. The verb sees it as such; what has moved of other nouns since is no new start.
macro_rules! noun {
    ($(#[$doc:meta])* $name:ident: $noun:ident, $missing:literal, $event:path, $news:ident) => {
        $(#[$doc])*
        pub fn $name(
            mut self,
            act: impl FnOnce($noun) -> Result<Outcome<$noun, $event>, No>,
        ) -> Moved {
            let Some(noun) = self.$name.take() else { return Err(No::Missing($missing)) };
            match act(noun)? {
                Outcome::AlreadySo(noun) => {
                    self.$name = Some(noun);
                    Ok(Outcome::AlreadySo(self))
                }
                Outcome::Changed(noun, events) if events.is_empty() => {
                    self.$name = Some(noun);
                    Ok(Outcome::Changed(self, vec![]))
                }
                Outcome::Changed(noun, events) => {
                    self.version += 1;
                    self.$name = Some($noun { version: self.version, ..noun });
                    Ok(Outcome::Changed(self, events.into_iter().map(News::$news).collect()))
                }
            }
        }
    };
}

impl Thread {
    /// A case that was never heard of.
    pub fn unheard(case: CaseId) -> Self {
        let (filing, confirmation, handoff, commission) = (None, None, None, None);
        Self { case, version: 0, facts: Facts::default(), filing, confirmation, handoff, commission }
    }

    noun!(
        /// A verb of the filing.
        filing: Filing, "filing", filing::Event, Filing
    );
    noun!(
        /// A verb of the confirmation.
        confirmation: Confirmation, "confirmation", confirmation::Event, Confirmation
    );
    noun!(
        /// A verb of the hand-over.
        handoff: Handoff, "handoff", handoff::Event, Handoff
    );
    noun!(
        /// A verb of the commission.
        commission: Commission, "commission", commission::Event, Commission
    );

    /// One party's word, and nobody else's: what the rule book names for this track and state opens.
    pub fn demand(
        mut self,
        first_receiver: &OrgId,
        id: impl Fn() -> Uuid,
        at: DateTime<Utc>,
    ) -> Outcome<Self, News> {
        let first = !std::mem::replace(&mut self.facts.demanded, true);
        let leads_to = exits::on_demand(self.facts.way(), self.facts.standing());
        let reported = leads_to == Some("REPORTED") && self.commission.is_some();
        // A court has the suit and waits for our report, whatever is known of the case: also one that nobody has accepted yet.
        let awaited = self.is_awaited_by_a_court();
        // The body that comes first has answered or been silent: what is demanded now is the court.
        let returned = self.handoff.as_ref().is_some_and(Handoff::opens_the_court);
        let opened = match leads_to {
            _ if awaited => self.clone().report(true, at).ok(),
            // It has the suit, whether or not it still waits for our report: nothing is filed a second time.
            _ if self.is_sued_already() => None,
            Some("OFFERED") if !returned => self.clone().offer(first_receiver, &id, at),
            Some("REPORTED") if reported => self.clone().report(true, at).ok(),
            // The court has the case already, and goes on (JM).
            Some("FILED") if self.facts.is_at_a_court() => None,
            _ => self.clone().open(first_receiver, &id).map(|opened| told(opened, at)),
        };
        match opened {
            Some(Outcome::Changed(thread, news)) => Outcome::Changed(thread, news),
            _ if first => Outcome::Changed(self, vec![]),
            _ => Outcome::AlreadySo(self),
        }
    }

    fn open(mut self, first_receiver: &OrgId, id: impl Fn() -> Uuid) -> Option<Outcome<Self, News>> {
        let (track, kind) = (self.facts.track.clone(), self.kind());
        let id = id().into();
        let filing = Filing::open(id, self.case, first_receiver.clone(), track, kind, self.filing.as_ref())?;
        self.version += 1;
        self.filing = Some(Filing { version: self.version, ..filing });
        Some(Outcome::Changed(self, vec![News::Filing(filing::Event::Opened)]))
    }

    fn offer(
        mut self,
        first_receiver: &OrgId,
        id: impl Fn() -> Uuid,
        at: DateTime<Utc>,
    ) -> Option<Outcome<Self, News>> {
        if self.handoff.as_ref().is_some_and(|known| known.content.state.code() != "WITHDRAWN") {
            return None;
        }
        self.version += 1;
        let (exit, law) = (self.facts.exit(), self.facts.law.clone());
        let opened = Handoff::open(id(), self.case, first_receiver.clone(), exit, self.version, law);
        self.handoff = Some(opened.since(at));
        Some(Outcome::Changed(self, vec![News::Handoff(handoff::Event::Opened)]))
    }

    /// Whether a package of this kind may be made now, opening a filing where none is open.
    pub fn may_file(&self, kind: Option<Kind>) -> Result<Kind, No> {
        self.goes_on()?;
        let open = self.filing.as_ref().filter(|filing| filing.state.code() == "TRANSFER_READY");
        let state = self.filing.as_ref().map_or("", |filing| filing.state.code());
        if let Some(filing) = &self.filing
            && open.is_none()
            && !matches!(state, "NOT_FILED" | "WITHDRAWN")
        {
            filing.may_pack()?;
        }
        let exit = self.facts.exit();
        if !self.court_is_open() {
            let state = self.handoff.as_ref().map_or(state, |handoff| handoff.content.state.code());
            return Err(Refusal::NotForCourt { state, exit }.into());
        }
        let returned = self.handoff.as_ref().is_some_and(Handoff::opens_the_court);
        let may_open =
            state == "NOT_FILED" || returned || !matches!(exit, Exit::Court | Exit::CourtOrArbitration);
        if open.is_none() && !may_open {
            return match &self.filing {
                Some(filing) => Err(Refusal::NotReady { state: filing.state.code() }.into()),
                None => Err(No::Missing("filing")),
            };
        }
        let kind = kind.or(open.map(|filing| filing.kind)).unwrap_or_else(|| self.kind());
        let opened_so = open.is_some_and(|filing| filing.kind == kind);
        if opened_so || self.facts.allows(kind) {
            Ok(kind)
        } else {
            Err(Rule::KindNotOpen.against(state).into())
        }
    }

    /// A package of the kind, in a filing that is open or opens with it.
    pub fn pack(
        self,
        kind: Option<Kind>,
        package: super::Package,
        amendments: u64,
        id: impl Fn() -> Uuid,
    ) -> Moved {
        let kind = self.may_file(kind)?;
        let is_open = self.filing.as_ref().is_some_and(|filing| filing.state.code() == "TRANSFER_READY");
        // What it is made of was read under the filing that was there, whether or not another opens with it.
        if self.filing.as_ref().map_or(0, |filing| filing.amendments) != amendments {
            return Err(No::Stale);
        }
        let (mut thread, mut news) = (self, vec![]);
        if !is_open {
            let desk = thread.desk().ok_or(No::Missing("filing"))?;
            match thread.open(&desk, id) {
                Some(Outcome::Changed(opened, said)) => (thread, news) = (opened, said),
                _ => return Err(No::Missing("filing")),
            }
        }
        let amendments = if is_open { amendments } else { 0 };
        let packed = thread.filing(|filing| Filing { kind, ..filing }.pack(package, amendments))?;
        Ok(match packed {
            Outcome::Changed(thread, said) => {
                news.extend(said);
                Outcome::Changed(thread, news)
            }
            Outcome::AlreadySo(thread) => Outcome::AlreadySo(thread),
        })
    }

    /// Whether a court is open to the case: on most tracks always; else once the body that comes first has answered or been
    /// silent (T57), once there is an agreement to sue on (T34b), and for the civil claim beside a public-order violation as
    /// soon as the mediation has failed or the party has left it (T57b; L10 art. 185).
    fn court_is_open(&self) -> bool {
        match self.facts.exit() {
            Exit::Court | Exit::CourtOrArbitration => true,
            Exit::Police if self.facts.stage == Stage::Failed || self.facts.demanded => true,
            Exit::LabourArbitration | Exit::Police | Exit::PetitionOffice => {
                self.facts.settled.is_some() || self.handoff.as_ref().is_some_and(Handoff::opens_the_court)
            }
        }
    }

    /// A hand-over is to be made, to this body (T53).
    pub fn prepare_handoff(self, receiver: &str, at: DateTime<Utc>, id: impl Fn() -> Uuid) -> Moved {
        self.goes_on()?;
        let of_track =
            |row: &procedure::Transition| row.verb == "PrepareHandoff" && row.is_of(self.facts.way());
        if !procedure::transitions().iter().any(of_track) {
            return Err(Rule::NotForHandoff.against(self.facts.standing()).into());
        }
        let again = self.handoff.as_ref().is_none_or(|known| !known.is_under_way());
        if !again {
            return self.handoff(|handoff| handoff.address(receiver));
        }
        let stage = self.facts.stage;
        if !self.facts.demanded && !matches!(stage, Stage::Failed | Stage::Breached) {
            return Err(Rule::StillInMediation.against(self.facts.standing()).into());
        }
        let desk = self.desk().ok_or(No::Missing("handoff"))?;
        let thread = Self { handoff: None, ..self };
        match thread.offer(&desk, id, at) {
            Some(Outcome::Changed(thread, mut news)) => {
                let Outcome::Changed(thread, said) = thread.handoff(|handoff| handoff.address(receiver))?
                else {
                    return Err(No::Missing("handoff"));
                };
                news.extend(said);
                Ok(Outcome::Changed(thread, news))
            }
            _ => Err(No::Missing("handoff")),
        }
    }

    /// An application about the agreement in effect that has not found its end otherwise than by the court.
    pub fn applied(&self) -> Option<&Confirmation> {
        let ended =
            |noun: &&Confirmation| matches!(noun.content.state.code(), "WITHDRAWN" | "CONFIRM_DENIED");
        self.of_this_agreement().filter(|noun| !ended(noun))
    }

    /// What was applied for about the agreement in effect, or is still before the court about an earlier one. An agreement
    /// that followed a dismissal is another (L1 art. 206), with a window of its own.
    fn of_this_agreement(&self) -> Option<&Confirmation> {
        let agreement = self.facts.settled.as_ref().map(|settled| settled.agreement);
        self.confirmation.as_ref().filter(|noun| {
            agreement.is_none_or(|agreement| noun.content.agreement == agreement)
                || noun.content.state.code() == "CONFIRM_APPLIED"
        })
    }

    /// The parties apply jointly (T29). After a withdrawal they may apply again, within the window.
    pub fn apply(
        mut self,
        applicants: &[PartyId],
        package: super::Package,
        holder: OrgId,
        id: Uuid,
        at: DateTime<Utc>,
    ) -> Moved {
        if self.applied().is_some() {
            return Ok(Outcome::AlreadySo(self));
        }
        if self.of_this_agreement().is_some_and(|noun| noun.content.state.code() == "CONFIRM_DENIED") {
            return Err(Rule::ConfirmationDecided.against("CONFIRM_DENIED").into());
        }
        let settled = confirmation::may_apply(&self.facts, applicants, at)?;
        let law = self.facts.law.clone();
        let noun = Confirmation::apply(id, self.case, &settled, package, holder, law, at);
        self.version += 1;
        self.confirmation = Some(Confirmation { version: self.version, ..noun });
        Ok(Outcome::Changed(self, vec![News::Confirmation(confirmation::Event::Applied)]))
    }

    /// A verb of the application, which must be there.
    pub fn of_confirmation(
        self,
        act: impl FnOnce(Confirmation) -> Result<Outcome<Confirmation, confirmation::Event>, No>,
    ) -> Moved {
        if self.confirmation.is_none() {
            return Err(Rule::NoConfirmation.against(self.facts.standing()).into());
        }
        self.confirmation(act)
    }

    /// One party's word before the ruling (T30c): of a party of the case.
    pub fn withdraw_confirmation(self, by: PartyId, at: DateTime<Utc>) -> Moved {
        if !self.facts.knows(by) {
            let state =
                self.confirmation.as_ref().map_or(self.facts.standing(), |noun| noun.content.state.code());
            return Err(Rule::UnknownParty.against(state).into());
        }
        self.of_confirmation(|noun| noun.withdraw(by, at))
    }

    /// The court rules (T30); a valid agreement can be enforced.
    pub fn rule_on_confirmation(self, ruling: confirmation::Ruling, at: DateTime<Utc>) -> Moved {
        let valid = matches!(ruling, confirmation::Ruling::Valid { .. });
        let mut moved = self.of_confirmation(|noun| noun.rule(ruling, at))?;
        if let Outcome::Changed(thread, _) = &mut moved
            && thread.of_this_agreement().is_some()
        {
            thread.facts.confirmed = valid;
        }
        Ok(moved)
    }

    /// A verb of the hand-over, which must be there.
    pub fn of_handoff(
        self,
        act: impl FnOnce(Handoff) -> Result<Outcome<Handoff, handoff::Event>, No>,
    ) -> Moved {
        if self.handoff.is_none() {
            return Err(Rule::NoHandoff.against(self.facts.standing()).into());
        }
        self.handoff(act)
    }

    /// Whose transfer desk it is.
    pub fn desk(&self) -> Option<OrgId> {
        let of_filing = self.filing.as_ref().map(|filing| filing.first_receiver.clone());
        of_filing.or_else(|| self.facts.first_receiver.clone())
    }
}

/// A court that referred the matter before filing learns with the demand how its referral ended (L4 art. 26).
fn told(opened: Outcome<Thread, News>, at: DateTime<Utc>) -> Outcome<Thread, News> {
    let Outcome::Changed(thread, mut news) = opened else { return opened };
    match thread.clone().report(true, at) {
        Ok(Outcome::Changed(reported, said)) => {
            news.extend(said);
            Outcome::Changed(reported, news)
        }
        _ => Outcome::Changed(thread, news),
    }
}
