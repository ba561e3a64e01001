//! What the course of a mediation beyond its beginning and end, and the ways out beside a filing, do to the ledger.

use contracts::mediation::v1 as mediation;
use contracts::transfer::v1 as transfer;
use courier::Reactions;

use super::{named, start_at, told, worked};
use crate::model::{Holder, Noun, Step};
use crate::store::Store;

/// News of the table.
pub(super) fn of_mediation(reactions: Reactions, store: &Store) -> Reactions {
    use Noun::Mediation;
    reactions
        .on(told(store, |_: &mediation::SessionScheduled| worked()))
        .on(told(store, |_: &mediation::NoteRecorded| worked()))
        .on(told(store, |_: &mediation::UndisputedFactsRecorded| worked()))
        .on(told(store, |_: &mediation::UndisputedFactsConfirmed| worked()))
        .on(told(store, |_: &mediation::PeriodExtended| worked()))
        .on(told(store, |_: &mediation::AppraisalStarted| worked()))
        .on(told(store, |_: &mediation::AppraisalFinished| worked()))
        .on(told(store, |_: &mediation::MediationSuspended| worked()))
        .on(told(store, |_: &mediation::MediationResumed| worked()))
        .on(told(store, |_: &mediation::TransferRequested| worked()))
        .on(told(store, |_: &mediation::PerformanceBegan| vec![]))
        .on(told(store, |_: &mediation::PerformanceRecorded| vec![]))
        .on(told(store, |e: &mediation::AgreementBreached| {
            vec![start_at(Mediation, "S09", Holder::Same, e.generation)]
        }))
        .on(told(store, |_: &mediation::PerformanceUrged| vec![]))
        .on(told(store, |_: &mediation::AgreementPerformed| vec![Step::End(Mediation)]))
}

/// News of the ways out.
pub(super) fn of_transfer(reactions: Reactions, store: &Store) -> Reactions {
    use Noun::{Commission, Confirmation, Filing, Handoff};
    reactions
        .on(told(store, |e: &transfer::FilingCorrectionRequested| {
            vec![start_at(Filing, "S03", named(&e.first_receiver_org), e.generation)]
        }))
        .on(told(store, |e: &transfer::FilingCorrected| {
            vec![start_at(Filing, "K34", named(&e.court_org), e.generation)]
        }))
        .on(told(store, |_: &transfer::FilingLapsed| vec![Step::End(Filing)]))
        .on(told(store, |_: &transfer::OutcomeReported| vec![Step::End(Filing)]))
        .on(told(store, |e: &transfer::ConfirmationApplied| {
            vec![start_at(Confirmation, "K29", named(&e.court_org), e.generation)]
        }))
        .on(told(store, |_: &transfer::ConfirmationWithdrawn| vec![Step::End(Confirmation)]))
        .on(told(store, |_: &transfer::ConfirmationGranted| vec![Step::End(Confirmation)]))
        .on(told(store, |_: &transfer::ConfirmationDenied| vec![Step::End(Confirmation)]))
        .on(told(store, |e: &transfer::HandoffOpened| {
            vec![start_at(Handoff, "S06", named(&e.first_receiver_org), e.generation)]
        }))
        .on(told(store, |_: &transfer::HandoffPrepared| vec![]))
        .on(told(store, |e: &transfer::HandoffRecorded| {
            vec![start_at(Handoff, &e.clock, named(&e.exit), e.generation)]
        }))
        .on(told(store, |e: &transfer::HandoffAcknowledged| {
            vec![start_at(Handoff, "S08", Holder::Same, e.generation)]
        }))
        .on(told(store, |e: &transfer::HandoffDeclined| {
            vec![start_at(Handoff, "S09", named(&e.first_receiver_org), e.generation)]
        }))
        .on(told(store, |e: &transfer::HandoffSilent| {
            vec![start_at(Handoff, "S09", named(&e.first_receiver_org), e.generation)]
        }))
        .on(told(store, |_: &transfer::HandoffDone| vec![Step::End(Handoff)]))
        .on(told(store, |_: &transfer::HandoffWithdrawn| vec![Step::End(Handoff)]))
        .on(told(store, |e: &transfer::CommissionReceived| {
            vec![start_at(Commission, "K03", named(&e.studio_org), e.generation)]
        }))
        .on(told(store, |e: &transfer::CommissionSigned| {
            vec![start_at(Commission, "S04", named(&e.studio_org), e.generation)]
        }))
        .on(told(store, |_: &transfer::CommissionDeclined| vec![Step::End(Commission)]))
        .on(told(store, |_: &transfer::CommissionFiled| vec![Step::End(Commission)]))
        .on(told(store, |_: &transfer::CommissionLinked| vec![]))
        .on(told(store, |_: &transfer::CommissionReported| vec![]))
        .on(told(store, |_: &transfer::CommissionRecalled| vec![Step::End(Commission)]))
        .on(told(store, |_: &transfer::CourtDocumentIssued| vec![]))
}
