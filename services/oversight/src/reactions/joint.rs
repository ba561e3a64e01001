//! What several organisations do about one case: each offer, consultation and request has one who must act, until a day.

use chrono::NaiveDate;
use contracts::routing::v1 as routing;

use super::{Slot, given, named, told};
use crate::model::{Noun, Step, start};

/// The rules of routing's joint acts.
pub(super) fn of_routing<S: Clone, T: Slot<S>>(slot: T, store: &S) -> T {
    use Noun::{Assistance, Consultation, Handover};
    use Step::End;
    slot.on(told(store, |e: &routing::HandOverOffered| {
        waits(Handover, "S21", &e.to_org, &e.due_date, e.number)
    }))
    .on(told(store, |e: &routing::HandOverEnded| {
        if e.end() != routing::HandOverEnd::Accepted {
            return vec![End(Handover)];
        }
        // A run at the table goes with the case to the unit that took it; its mediator comes later. So does a consultation.
        let to = || e.to_org.clone();
        vec![Step::Hand(Noun::Mediation, to()), Step::Hand(Consultation, to()), End(Handover)]
    }))
    .on(told(store, |e: &routing::ConsultationOpened| {
        waits(Consultation, "S22", &e.convener_org, &e.due_date, e.number)
    }))
    .on(told(store, |_: &routing::ConsultationDecided| vec![End(Consultation)]))
    .on(told(store, |e: &routing::AssistanceRequested| {
        waits(Assistance, "S23", &e.to_org, &e.due_date, e.number)
    }))
    .on(told(store, |_: &routing::AssistanceAnswered| vec![End(Assistance)]))
    .on(told(store, |_: &routing::AssistanceEnded| vec![]))
    .on(told(store, |_: &routing::GuestsChanged| vec![]))
}

/// The referral has ended, and with it whatever was offered, called or asked for.
pub(super) fn over() -> Vec<Step> {
    use Noun::{Assistance, Consultation, Handover, Recusal, Referral};
    [Referral, Recusal, Handover, Consultation, Assistance].map(Step::End).to_vec()
}

fn waits(noun: Noun, clock: &str, holder: &str, due_date: &str, number: u64) -> Vec<Step> {
    let day = due_date.parse::<NaiveDate>().ok();
    let clock = start(noun, clock, named(holder)).until(day).generation(given(number));
    vec![Step::Open(noun, String::new()), clock.into()]
}
