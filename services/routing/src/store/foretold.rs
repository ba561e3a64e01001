//! An end that is heard before the referral it ends: topics overtake one another. It is kept in the referral's place, seen by
//! nobody and said to nobody, until the acceptance comes.

use access::relation::Near;
use courier::{Fault, Heard, Reaction, Trouble, WriteList};
use lexicon::Outcome;

use super::{OPENED, Store, VERSION, row};
use crate::model::{EndReason, Event, Referral};

impl Store {
    /// Ends the referral, or keeps in its place that it is over as soon as it opens.
    pub(crate) async fn end_or_foretell<M>(
        &self,
        heard: &Heard<M>,
        reason: EndReason,
    ) -> Result<Reaction, Trouble> {
        if self.look(heard.case.into()).await?.is_some() {
            return self.change_heard(heard, |noun, stamp| noun.end(reason, stamp.now)).await;
        }
        let noun = Referral::foretold(heard.case.into(), reason, self.desk.epoch(), heard.stamp.now);
        let noun = noun.map_err(|_| Fault::plain("keep an end of before its referral", "no organisation"))?;
        let mut list = WriteList::new(&heard.stamp, Some(heard.case));
        list.insert(row::opened(&heard.centre, &noun), OPENED);
        Ok(Reaction::Write(list))
    }

    /// A referral that opens and is over: both are said, so that whoever watches it knows the whole of it.
    pub(super) fn open_ended<M>(
        &self,
        heard: &Heard<M>,
        noun: Referral,
        known: &Referral,
    ) -> Result<Reaction, Trouble> {
        let Some(reason) = known.end_reason() else { return Ok(Reaction::Nothing) };
        let (opened, at) = (noun.clone(), heard.stamp.now);
        let Ok(Outcome::Changed(ended, events)) = noun.end(reason, at) else { return Ok(Reaction::Nothing) };
        let mut list = WriteList::new(&heard.stamp, Some(heard.case));
        list.update(row::opened(&heard.centre, &ended), known.version, VERSION);
        let mut near = Near::to(&heard.centre, ended.case.as_uuid());
        near = self.tell(&mut list, near, &heard.stamp, &opened, &Event::Opened)?;
        for event in &events {
            near = self.tell(&mut list, near, &heard.stamp, &ended, event)?;
        }
        near.write(&mut list);
        Ok(Reaction::Write(list))
    }
}
