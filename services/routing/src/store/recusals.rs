//! A mediator is asked to step aside, and somebody decides on it.

use access::{Call, Denial, Relation, Role, relation};
use chassis::Denied;
use lexicon::CaseId;

use super::Store;
use crate::model::{Asker, Decision, Ground, Recusal, Referral};
use crate::wire::recusal::RecusalDecision;

impl Store {
    /// Somebody asks that the mediator step aside. Whose word it can be follows from how the caller stands to the case.
    pub async fn ask_recusal(
        &self,
        call: &Call,
        case: CaseId,
        ground: Ground,
        party: Option<String>,
        why: String,
    ) -> Result<Referral, Denied> {
        let near = relation::find(self.desk.reader(), case.into()).await?;
        let head = call.caller.is(Role::StudioHead);
        let asker = match (call.decide(near.as_ref())?.relation, party) {
            // A colleague of the mediator's studio is no voice in this.
            (Relation::Studio, _) if !head => return Err(Denial::Forbidden.into()),
            (_, Some(party)) => Asker::Party(party),
            (Relation::Holder, None) => Asker::Mediator,
            (Relation::Studio, None) => Asker::Head,
            (_, None) => Asker::Nobody,
        };
        let by = &call.caller.account;
        self.change(call, case, |noun, stamp| {
            let ask = Recusal { ground, asker: asker.clone(), by: by.clone(), at: stamp.now };
            noun.ask_recusal(ask, why.clone(), stamp.now)
        })
        .await
    }

    /// The studio's head, or a supervisor, decides on it.
    pub async fn decide_recusal(
        &self,
        call: &Call,
        case: CaseId,
        asked: &RecusalDecision,
    ) -> Result<Referral, Denied> {
        let (centre, by) = (call.caller.centre.as_str(), &call.caller.account);
        let successor = match &asked.successor {
            Some(account) => Some((account.clone(), self.directory.room(centre, account.as_str()).await?)),
            None => None,
        };
        let epoch = self.desk.epoch();
        self.change_knowing(call, case, asked.successor.as_slice(), |noun, graph, stamp| {
            // Decided before is already so, whoever has come meanwhile.
            if noun.aside.pending.is_some()
                && let Some((account, _)) = &successor
            {
                noun.unbound(account, graph)?;
            }
            let decision = Decision {
                fence: asked.fence,
                by: by.clone(),
                verdict: asked.verdict,
                keeping: asked.keeping.clone(),
                successor: successor.clone(),
                reason: asked.reason.clone(),
            };
            noun.decide_recusal(decision, epoch, stamp.now)
        })
        .await
    }
}
