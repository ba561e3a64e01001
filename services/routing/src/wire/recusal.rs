//! Recusals in the contract's words.

use contracts::routing::v1 as proto;
use courier::WriteList;
use lexicon::text::clean;
use lexicon::{AccountId, CaseId, Fault, Violations};

use super::{REASON, all_good, fence, fence_shown, instant};
use crate::model::{Asker, Fence, Ground, Referral, Verdict};

/// A decision that is asked for.
pub struct RecusalDecision {
    /// About which claim.
    pub fence: Fence,
    /// How.
    pub verdict: Verdict,
    /// Who knows and keeps the mediator.
    pub keeping: Vec<String>,
    /// In words.
    pub reason: String,
    /// Who follows.
    pub successor: Option<AccountId>,
}

/// Which case, why, whose word, and in words.
pub fn asked(
    ask: &proto::RequestRecusalRequest,
) -> Result<(CaseId, Ground, Option<String>, String), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let ground = wrong.check("ground", ground(ask.ground()));
    let reason = wrong.check("reason", clean(&ask.reason, REASON));
    let party = Some(ask.party_id.clone()).filter(|party| !party.is_empty());
    let read = || Some((case?, ground?, party, reason?));
    all_good(read(), wrong)
}

/// Which case, and the decision.
pub fn decided(ask: &proto::DecideRecusalRequest) -> Result<(CaseId, RecusalDecision), Violations> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse());
    let shown = wrong.check("fence", ask.fence.ok_or(Fault::REQUIRED));
    let verdict = wrong.check("decision", verdict(ask.decision()));
    let reason = wrong.check("reason", clean(&ask.reason, REASON));
    let successor = match ask.successor.as_str() {
        "" => Some(None),
        account => wrong.check("successor", AccountId::new(account).map(Some)),
    };
    let keeping = ask.keeping_party_ids.clone();
    let read = || {
        let (verdict, reason, successor) = (verdict?, reason?, successor?);
        let successor = successor.filter(|_| verdict == Verdict::Granted);
        Some((case?, RecusalDecision { fence: fence_shown(shown?), verdict, keeping, reason, successor }))
    };
    all_good(read(), wrong)
}

/// The recusal that waits.
pub fn pending(noun: &Referral) -> Option<proto::Recusal> {
    noun.aside.pending.as_ref().map(|pending| proto::Recusal {
        ground: ground_message(pending.ground).into(),
        party_id: party(&pending.asker),
        requested_by: pending.by.to_string(),
        request_time: Some(instant(pending.at)),
        fence: Some(fence(noun.fence)),
    })
}

/// The news that one was asked for; the referral has it pending.
pub fn post_requested<'a>(list: &'a mut WriteList, noun: &Referral) -> &'a mut WriteList {
    let Some(pending) = &noun.aside.pending else { return list };
    let said = proto::RecusalRequested {
        studio_org: studio(noun),
        holder: noun.state.claim().map(|claim| claim.holder.to_string()).unwrap_or_default(),
        ground: ground_message(pending.ground).into(),
        party_id: party(&pending.asker),
        fence: Some(fence(noun.fence)),
    };
    list.post(noun.case.into(), noun.version, &said)
}

/// The news that it was decided.
pub fn post_decided<'a>(
    list: &'a mut WriteList,
    noun: &Referral,
    verdict: Verdict,
    of: Fence,
) -> &'a mut WriteList {
    let decision = match verdict {
        Verdict::Granted => proto::RecusalDecision::Granted,
        Verdict::Kept => proto::RecusalDecision::Kept,
        Verdict::Unfounded => proto::RecusalDecision::Unfounded,
    };
    let said =
        proto::RecusalDecided { studio_org: studio(noun), decision: decision.into(), fence: Some(fence(of)) };
    list.post(noun.case.into(), noun.version, &said)
}

fn studio(noun: &Referral) -> String {
    noun.state.destination().map(|to| to.studio.to_string()).unwrap_or_default()
}

fn verdict(decision: proto::RecusalDecision) -> Result<Verdict, Fault> {
    match decision {
        proto::RecusalDecision::Unspecified => Err(Fault::REQUIRED),
        proto::RecusalDecision::Granted => Ok(Verdict::Granted),
        proto::RecusalDecision::Kept => Ok(Verdict::Kept),
        proto::RecusalDecision::Unfounded => Ok(Verdict::Unfounded),
    }
}

fn ground(ground: proto::RecusalGround) -> Result<Ground, Fault> {
    match ground {
        proto::RecusalGround::Unspecified => Err(Fault::REQUIRED),
        proto::RecusalGround::Relative => Ok(Ground::Relative),
        proto::RecusalGround::Interest => Ok(Ground::Interest),
        proto::RecusalGround::OtherRelation => Ok(Ground::OtherRelation),
        proto::RecusalGround::Replacement => Ok(Ground::Replacement),
    }
}

fn ground_message(ground: Ground) -> proto::RecusalGround {
    match ground {
        Ground::Relative => proto::RecusalGround::Relative,
        Ground::Interest => proto::RecusalGround::Interest,
        Ground::OtherRelation => proto::RecusalGround::OtherRelation,
        Ground::Replacement => proto::RecusalGround::Replacement,
    }
}

fn party(asker: &Asker) -> String {
    match asker {
        Asker::Party(id) => id.clone(),
        Asker::Mediator | Asker::Head | Asker::Nobody => String::new(),
    }
}
