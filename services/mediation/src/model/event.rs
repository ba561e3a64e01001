//! What a change says, before it is put into the contract's words.
use chrono::{DateTime, Utc};
use lexicon::{AccountId, AgreementId, Fen, OrgId, PartyId, SessionId};

use super::course::{Instalment, Period, Will};
use super::{Cause, Fence};

/// News of the table. The run it is about is the one that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A run opened.
    Opened {
        /// Its mediator.
        mediator: AccountId,
        /// The mediator's studio.
        studio: OrgId,
        /// Its legal track.
        track: String,
        /// The generation of its clock.
        generation: u64,
    },
    /// A party consented.
    ConsentRecorded {
        /// Who.
        party: PartyId,
    },
    /// Everybody whose consent is needed has consented.
    Started {
        /// When the main period began.
        at: DateTime<Utc>,
        /// The base period.
        period: Period,
        /// The generation of its clock.
        generation: u64,
    },
    /// A sitting was recorded.
    SessionRecorded {
        /// Which.
        session: SessionId,
    },
    /// Terms were put down, or put differently.
    AgreementDrafted {
        /// Which agreement.
        agreement: AgreementId,
    },
    /// Somebody signed.
    SignatureAdded {
        /// Which agreement.
        agreement: AgreementId,
    },
    /// The last signature that the track asks for.
    AgreementSigned {
        /// Which agreement.
        agreement: AgreementId,
        /// When it took effect.
        effective: DateTime<Utc>,
        /// Only a part of the claims.
        partial: bool,
        /// What is to be paid.
        amount: Fen,
        /// The generation of the clock that starts.
        generation: u64,
        /// By word.
        oral: bool,
    },
    /// The run ended without agreement.
    Concluded {
        /// Why: F01–F12, F99.
        ground: &'static str,
        /// The generation of the clock that starts.
        generation: u64,
    },
    /// The case was taken back.
    Withdrawn {
        /// Who said so at the table.
        by: Option<PartyId>,
    },
    /// A sitting is planned.
    SessionScheduled {
        /// When.
        start: DateTime<Utc>,
        /// When everybody had been told.
        told: Option<DateTime<Utc>>,
    },
    /// A note was written.
    NoteRecorded,
    /// Facts that nobody disputes were put down.
    UndisputedFactsRecorded,
    /// A party confirmed them.
    UndisputedFactsConfirmed {
        /// Who.
        party: PartyId,
    },
    /// The period is longer.
    PeriodExtended {
        /// The clock.
        clock: String,
        /// By how much.
        length: rulebook::period::Period,
        /// By whose will.
        will: Will,
        /// The generation that holds now.
        generation: u64,
        /// The period itself, where the parties agreed that.
        agreed: Option<Period>,
    },
    /// The period stands still.
    AppraisalStarted {
        /// The clock.
        clock: String,
        /// From when.
        at: DateTime<Utc>,
        /// The generation that holds now.
        generation: u64,
    },
    /// The period goes on.
    AppraisalFinished {
        /// The clock.
        clock: String,
        /// From when.
        at: DateTime<Utc>,
        /// The generation that holds now.
        generation: u64,
    },
    /// Something happened that a period may count from, or that it should have counted from was heard late.
    StartEventRecorded {
        /// What.
        event: &'static str,
        /// When.
        at: DateTime<Utc>,
        /// The period that counts anew from it.
        period: Option<Period>,
        /// The generation that holds now.
        generation: u64,
    },
    /// The sittings have stopped.
    Suspended {
        /// Who examines, where no court does.
        studio: OrgId,
        /// Why.
        cause: Cause,
        /// The court that examines.
        court: Option<String>,
    },
    /// It goes on.
    Resumed {
        /// Who holds it again.
        mediator: Option<AccountId>,
    },
    /// A party at the table wants the court.
    TransferRequested {
        /// Who.
        party: PartyId,
    },
    /// A schedule runs.
    PerformanceBegan {
        /// What is still to be performed.
        left: Vec<Instalment>,
        /// The generation of its clock.
        generation: u64,
    },
    /// Something was performed.
    PerformanceRecorded {
        /// How much, in fen.
        amount: i64,
        /// What is still to be performed.
        left: Vec<Instalment>,
        /// It is in default, which this does not cure.
        breached: bool,
        /// The generation of its clock.
        generation: u64,
    },
    /// All was performed.
    AgreementPerformed,
    /// In default.
    AgreementBreached {
        /// Since when.
        at: DateTime<Utc>,
        /// The generation of the clock that starts.
        generation: u64,
    },
    /// The debtor was urged.
    PerformanceUrged,
    /// The holder has not written for as long as a claim may be silent.
    HolderSilent {
        /// The claim.
        fence: Fence,
        /// The last write.
        last: Option<DateTime<Utc>>,
    },
    /// The fence is stored.
    FenceRaised {
        /// The fence in force.
        fence: Fence,
    },
}
