//! An agreement is given to another mediator of the studio.

use access::{Call, relation};
use chassis::Denied;
use lexicon::{AccountId, CaseId, Outcome};

use super::{Store, TRIES};
use crate::model::{Referral, Refusal};

impl Store {
    /// The studio's head names who looks after an agreement from now on. Whoever did is read anew with every try: the write is
    /// guarded by the referral, whose version each naming raises.
    pub async fn hand_agreement(
        &self,
        call: &Call,
        case: CaseId,
        successor: &AccountId,
        reason: &str,
    ) -> Result<Referral, Denied> {
        let centre = call.caller.centre.as_str();
        let room = self.directory.room(centre, successor.as_str()).await?;
        for _ in 0..TRIES {
            let noun = self.get(call, case).await?;
            let near = relation::find(self.desk.reader(), case.into()).await?;
            let former = near.and_then(|near| AccountId::new(near.holder?.as_str()).ok());
            let graph = self.graph(centre, [successor], [(case, &noun.facts)]).await?;
            let stamp = call.stamp(&self.desk);
            let bound = noun.unbound(successor, &graph);
            let handed =
                noun.hand_agreement(former, successor.clone(), (&room, reason), self.desk.epoch(), stamp.now);
            match handed.map_err(Denied::refused)? {
                Outcome::AlreadySo(noun) => {
                    self.desk.vouch(&stamp, case.into()).await?;
                    return Ok(noun);
                }
                Outcome::Changed(noun, events) => {
                    bound.map_err(Denied::refused)?;
                    if let Some(refusal) = Refusal::of_standing(room.standing) {
                        return Err(Denied::refused(refusal));
                    }
                    if self.is_written(self.step(&stamp, &noun, &events)?).await? {
                        return Ok(noun);
                    }
                }
            }
        }
        Err(Denied::Stale { current: None })
    }
}
