//! What intake hears: where its cases are. A course is shown to the parties and decides what may still be withdrawn or
//! closed; the relations say who may see the case.

use access::relation;
use contracts::oversight::v1::EditionActivated;
use contracts::{mediation, routing, transfer};
use courier::{Heard, Reaction, Reactions, Trouble};

use crate::model::Course;
use crate::store::Store;

/// The mail slot.
pub fn reactions(store: &Store) -> Reactions {
    use mediation::v1::{AgreementSigned, MediationConcluded};
    use routing::v1::{CaseClaimed, CasePooled, CaseReferred, ClaimConfirmed, ClaimEnded, ReferralReturned};
    use transfer::v1::{FilingAccepted, FilingOpened, FilingReceived, FilingRefused, FilingSubmitted};

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
