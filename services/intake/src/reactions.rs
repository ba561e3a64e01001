//! What intake hears: where its cases are. A course is shown to the parties and decides what may still be withdrawn or
//! closed; the relations say who may see the case.

use access::relation;
use chrono::{DateTime, Utc};
use contracts::oversight::v1::{DeadlineReached, EditionActivated};
use contracts::{mediation, routing, transfer};
use courier::{Heard, Reaction, Reactions, Trouble};

use crate::model::dispute::Moved;
use crate::model::{Course, Demand, Dispute, Filed, HowSaid};
use crate::store::Store;

/// The mail slot.
pub fn reactions(store: &Store) -> Reactions {
    use mediation::v1::{
        AgreementBreached, AgreementPerformed, AgreementSigned, MediationConcluded, MediationStarted,
        MediationWithdrawn, PerformanceBegan, SessionRecorded, TransferRequested,
    };
    use routing::v1::{CaseClaimed, CasePooled, CaseReferred, ClaimConfirmed, ClaimEnded, ReferralReturned};
    use transfer::v1::{
        CommissionReported, ConfirmationApplied, ConfirmationDenied, ConfirmationGranted,
        ConfirmationWithdrawn, CourtDocumentIssued, DemandAnswered, DemandTakenBack, FilingAccepted,
        FilingCorrected, FilingCorrectionRequested, FilingLapsed, FilingOpened, FilingReceived,
        FilingRefused, FilingSubmitted, FilingWithdrawn, HandoffAcknowledged, HandoffDeclined, HandoffDone,
        HandoffOpened, HandoffRecorded, HandoffSilent, HandoffWithdrawn, OutcomeReported,
    };

    Reactions::of("intake")
        .before(relation::KINDS, relation::feed)
        .on::<EditionActivated, _, _>(almanac::keep)
        .on(course::<CaseReferred>(store, Course::Routed))
        .on(course::<ReferralReturned>(store, Course::Routed))
        .on(course::<CasePooled>(store, Course::Pool))
        .on(course::<CaseClaimed>(store, Course::Claimed))
        .on(course::<ClaimConfirmed>(store, Course::InMediation))
        .on(course::<ClaimEnded>(store, Course::Pool))
        .on(course::<AgreementSigned>(store, Course::Agreed))
        .on(course::<MediationConcluded>(store, Course::Failed))
        .on(course::<FilingOpened>(store, Course::Transfer))
        .on(course::<FilingSubmitted>(store, Course::SubmittedToCourt))
        .on(course::<FilingReceived>(store, Course::CourtReview))
        .on(course::<FilingAccepted>(store, Course::Filed))
        .on(course::<FilingRefused>(store, Course::NotFiled))
        .on(course::<FilingCorrectionRequested>(store, Course::CourtCorrection))
        .on(course::<FilingCorrected>(store, Course::CourtReview))
        .on(course::<FilingLapsed>(store, Course::NotFiled))
        .on(told::<FilingWithdrawn>(store))
        .on(told::<DemandTakenBack>(store))
        .on(told::<DemandAnswered>(store))
        .on(course::<OutcomeReported>(store, Course::Outcome))
        .on(course::<HandoffOpened>(store, Course::Handoff))
        .on(course::<HandoffRecorded>(store, Course::Handed))
        .on(course::<HandoffAcknowledged>(store, Course::HandoffAcknowledged))
        .on(course::<HandoffDeclined>(store, Course::HandoffReturned))
        .on(course::<HandoffSilent>(store, Course::HandoffReturned))
        .on(course::<HandoffWithdrawn>(store, Course::HandoffReturned))
        .on(course::<HandoffDone>(store, Course::HandoffDone))
        .on(course::<ConfirmationApplied>(store, Course::ConfirmApplied))
        .on(told::<ConfirmationWithdrawn>(store))
        .on(course::<ConfirmationGranted>(store, Course::Confirmed))
        .on(course::<ConfirmationDenied>(store, Course::ConfirmDenied))
        .on(course::<PerformanceBegan>(store, Course::Performing))
        .on(course::<AgreementBreached>(store, Course::Breached))
        .on(course::<AgreementPerformed>(store, Course::Performed))
        .on(course::<CommissionReported>(store, Course::Reported))
        .on(recalled(store))
        .on(course::<CourtDocumentIssued>(store, Course::Reported))
        .on(told::<TransferRequested>(store))
        .on(told::<MediationStarted>(store))
        .on(told::<SessionRecorded>(store))
        .on(told::<MediationWithdrawn>(store))
        .on(told::<DeadlineReached>(store))
}

/// A commission may be recalled before it is a case.
fn recalled(
    store: &Store,
) -> impl Fn(
    Heard<transfer::v1::CommissionRecalled>,
) -> futures::future::BoxFuture<'static, Result<Reaction, Trouble>>
+ Send
+ Sync
+ use<> {
    let store = store.clone();
    move |heard| {
        let store = store.clone();
        Box::pin(async move { store.change_known(&heard, Course::Reported).await })
    }
}

/// What moves a dispute, in this service's words: a party's word at the table, and a day that is over.
trait Said: Send + Sync + 'static {
    /// What it does; nothing where it is not about the dispute.
    fn act(&self, dispute: Dispute, at: DateTime<Utc>) -> Option<Moved>;
}

impl Said for DeadlineReached {
    fn act(&self, dispute: Dispute, at: DateTime<Utc>) -> Option<Moved> {
        if !self.noun.eq_ignore_ascii_case("dispute") {
            return None;
        }
        match self.clock.as_str() {
            "S01" => Some(Ok(dispute.forget(self.generation, at))),
            "S03" => Some(Ok(dispute.lapse(self.generation, at))),
            "S17" => Some(Ok(dispute.put_away(self.generation, at))),
            _ => None,
        }
    }
}

impl Said for mediation::v1::TransferRequested {
    fn act(&self, dispute: Dispute, at: DateTime<Utc>) -> Option<Moved> {
        let party = self.party_id.parse().ok()?;
        Some(dispute.demand_court(Demand { party, how: HowSaid::AtTable, at }))
    }
}

impl Said for mediation::v1::MediationWithdrawn {
    fn act(&self, dispute: Dispute, at: DateTime<Utc>) -> Option<Moved> {
        // The table has asked every claimant.
        let all: Vec<_> = dispute.claimants().collect();
        Some(dispute.withdraw(self.party_id.parse().ok()?, &all, at))
    }
}

impl Said for mediation::v1::MediationStarted {
    fn act(&self, dispute: Dispute, at: DateTime<Utc>) -> Option<Moved> {
        Some(Ok(dispute.documented(Filed::Mediation, at)))
    }
}

impl Said for mediation::v1::SessionRecorded {
    fn act(&self, dispute: Dispute, at: DateTime<Utc>) -> Option<Moved> {
        Some(Ok(dispute.documented(Filed::Record, at)))
    }
}

impl Said for transfer::v1::FilingWithdrawn {
    fn act(&self, dispute: Dispute, at: DateTime<Utc>) -> Option<Moved> {
        Some(Ok(dispute.filing_withdrawn(self.demand_version, at)))
    }
}

impl Said for transfer::v1::DemandTakenBack {
    fn act(&self, dispute: Dispute, at: DateTime<Utc>) -> Option<Moved> {
        Some(Ok(dispute.demand_taken_back(self.party_id.parse().ok()?, self.demand_version, at)))
    }
}

impl Said for transfer::v1::DemandAnswered {
    fn act(&self, dispute: Dispute, at: DateTime<Utc>) -> Option<Moved> {
        Some(Ok(dispute.demand_answered(self.demand_version, at)))
    }
}

impl Said for transfer::v1::ConfirmationWithdrawn {
    fn act(&self, dispute: Dispute, at: DateTime<Utc>) -> Option<Moved> {
        Some(Ok(dispute.unasked(at)))
    }
}

/// A refusal has come too late and changes nothing.
fn told<M: Said>(
    store: &Store,
) -> impl Fn(Heard<M>) -> futures::future::BoxFuture<'static, Result<Reaction, Trouble>> + Send + Sync + use<M>
{
    let store = store.clone();
    move |heard| {
        let store = store.clone();
        Box::pin(async move {
            let at = heard.at;
            store.act_heard(&heard, |dispute| heard.event.act(dispute, at)).await
        })
    }
}

/// Every one of them means the same here: the case is now there.
fn course<M: Send + Sync + 'static>(
    store: &Store,
    course: Course,
) -> impl Fn(Heard<M>) -> futures::future::BoxFuture<'static, Result<Reaction, Trouble>> + Send + Sync + use<M>
{
    let store = store.clone();
    move |heard| {
        let store = store.clone();
        Box::pin(async move { store.change_heard(&heard, course).await })
    }
}
