//! A dispute comes in, or is taken: beside the window's clocks, what its screen saw raises an emergency and opens a duty to
//! report, in the same write (T44; L3 art. 25). It answers for that who has to answer for the case then: the first receiver.

use contracts::intake::v1::{DisputeAccepted, DisputeFiled, Screened};
use contracts::oversight::v1 as proto;
use courier::{Heard, Reaction, Trouble};
use futures::future::BoxFuture;
use lexicon::AccountId;
use prost::Name;

use super::{instant, named};
use crate::model::risk::{Danger, Hand, Matter};
use crate::model::{Holder, Noun, Step, start};
use crate::store::Store;
use crate::wire::risk;

/// A dispute is submitted.
pub(super) fn filed(
    store: &Store,
) -> impl Fn(Heard<DisputeFiled>) -> BoxFuture<'static, Result<Reaction, Trouble>> + Send + Sync + 'static {
    let store = store.clone();
    move |heard| {
        let store = store.clone();
        Box::pin(async move {
            let e = &heard.event;
            let steps = vec![
                Step::Received(e.first_receiver_org.clone()),
                Step::Keep("SUBMITTED", instant(e.submit_time)),
                Step::Keep("APPLICATION_RECEIVED", instant(e.submit_time)),
                Step::Open(Noun::Dispute, String::new()),
                start(Noun::Dispute, "S02", named(&e.first_receiver_org))
                    .at("SUBMITTED", instant(e.submit_time))
                    .into(),
            ];
            screened(&store, &heard, steps, e.screening.as_ref(), &e.first_receiver_org).await
        })
    }
}

/// A dispute is taken.
pub(super) fn accepted(
    store: &Store,
) -> impl Fn(Heard<DisputeAccepted>) -> BoxFuture<'static, Result<Reaction, Trouble>> + Send + Sync + 'static
{
    let store = store.clone();
    move |heard| {
        let store = store.clone();
        Box::pin(async move {
            let e = &heard.event;
            let steps = vec![
                Step::Received(e.first_receiver_org.clone()),
                Step::Keep("ACCEPTED", None),
                start(Noun::Dispute, "S11", Holder::Same).into(),
            ];
            screened(&store, &heard, steps, e.screening.as_ref(), &e.first_receiver_org).await
        })
    }
}

async fn screened<M: Name + Send + Sync>(
    store: &Store,
    heard: &Heard<M>,
    steps: Vec<Step>,
    seen: Option<&Screened>,
    receiver: &str,
) -> Result<Reaction, Trouble> {
    let kind = M::full_name();
    let Some(seen) = seen.filter(|seen| !seen.dangers.is_empty() || !seen.matters.is_empty()) else {
        return store.hear(heard, &kind, steps).await;
    };
    let unreadable = |what: &str| Trouble::Poison(format!("UNREADABLE {what}"));
    let dangers: Option<Vec<Danger>> = seen
        .dangers
        .iter()
        .map(|number| proto::Danger::try_from(*number).ok().and_then(risk::read_danger))
        .collect();
    let matters: Option<Vec<Matter>> = seen
        .matters
        .iter()
        .map(|number| proto::ReportMatter::try_from(*number).ok().and_then(risk::read_matter))
        .collect();
    let (dangers, matters) = dangers.zip(matters).ok_or_else(|| unreadable("screening"))?;
    let by = AccountId::new(&seen.account).map_err(|_| unreadable("screening.account"))?;
    let hand = Hand { by, at: heard.at, responsible: receiver.to_owned(), live: true };
    store.hear_danger(heard, &kind, steps, (dangers, matters), &hand).await
}
