//! A dispute comes in, or is taken: beside the window's clocks, what its screen saw raises an emergency and opens a duty to
//! report, in the same write (T44; L3 art. 25). It answers for that who has to answer for the case then: the first receiver.

use contracts::intake::v1::{DisputeAccepted, DisputeFiled, Screened};
use contracts::oversight::v1 as proto;
use courier::{Heard, Reaction, Trouble};
use lexicon::AccountId;
use prost::Name;

use super::{Told, instant, named, told};
use crate::model::risk::{Danger, Hand, Matter};
use crate::model::{Holder, Noun, Step, start};
use crate::store::Store;
use crate::wire::risk;

/// What a screen saw, and who answers for it.
pub struct Seen<'a> {
    screened: &'a Screened,
    receiver: &'a str,
}

impl Seen<'_> {
    /// Whether it obliges to anything.
    pub(super) fn obliges(&self) -> bool {
        !self.screened.dangers.is_empty() || !self.screened.matters.is_empty()
    }
}

/// A dispute is submitted.
pub(super) fn filed<S: Clone>(whose: &S) -> Told<S, DisputeFiled> {
    let rule = |e: &DisputeFiled| {
        vec![
            Step::Received(e.first_receiver_org.clone()),
            Step::Keep("SUBMITTED", instant(e.submit_time)),
            Step::Keep("APPLICATION_RECEIVED", instant(e.submit_time)),
            Step::Open(Noun::Dispute, String::new()),
            start(Noun::Dispute, "S02", named(&e.first_receiver_org))
                .at("SUBMITTED", instant(e.submit_time))
                .into(),
        ]
    };
    Told { seen: |e| seen(e.screening.as_ref(), &e.first_receiver_org), ..told(whose, rule) }
}

/// A dispute is taken.
pub(super) fn accepted<S: Clone>(whose: &S) -> Told<S, DisputeAccepted> {
    let rule = |e: &DisputeAccepted| {
        vec![
            Step::Received(e.first_receiver_org.clone()),
            Step::Keep("ACCEPTED", None),
            // No dispute is accepted over a demand: that was taken back, which is heard of later.
            Step::DemandsOfBefore,
            Step::Court(Noun::Dispute, e.court_org.clone()),
            start(Noun::Dispute, "S11", Holder::Same).into(),
        ]
    };
    Told { seen: |e| seen(e.screening.as_ref(), &e.first_receiver_org), ..told(whose, rule) }
}

fn seen<'a>(screened: Option<&'a Screened>, receiver: &'a str) -> Option<Seen<'a>> {
    screened.map(|screened| Seen { screened, receiver })
}

/// The event's own steps, and what its screen obliges to, in one write.
pub(super) async fn hear<M: Name>(
    store: &Store,
    heard: &Heard<M>,
    steps: Vec<Step>,
    seen: &Seen<'_>,
) -> Result<Reaction, Trouble> {
    let (kind, Seen { screened: seen, receiver }) = (M::full_name(), seen);
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
    let hand = Hand { by, at: heard.at, responsible: (*receiver).to_owned(), live: true };
    store.hear_danger(heard, &kind, steps, (dangers, matters), &hand).await
}
