//! Joint acts, and what they need of the directory and the calendar.

mod trace;

use access::{Call, Denial, Relation, Role, relation};
use chassis::Denied;
use chrono::NaiveDate;
use courier::{Fault, Stamp};
use lexicon::{AccountId, CaseId, OrgId};
use rulebook::calendar::civil_date;

use super::Store;
use crate::model::conflict::Graph;
use crate::model::{
    AnswerAsk, AssistAsk, ConsultAsk, DecideAsk, HandOverAsk, LeaveAsk, Organization, Receiver, Referral,
    step,
};
use crate::routes;
use crate::wire::joint::{Answering, Assisting, Consulting, Deciding, HandingOver, Leaving};
pub use trace::Told;
use trace::{ACCEPTED, DECLINED, ENDED};

/// The clocks, for a day that nobody set.
const HAND_OVER: &str = "S21";
const CONSULTATION: &str = "S22";
const ASSISTANCE: &str = "S23";

impl Store {
    /// The responsible unit offers the case up or down.
    pub async fn hand_over(&self, call: &Call, case: CaseId, ask: HandingOver) -> Result<Referral, Denied> {
        let all = self.there_today(call).await?;
        let until = self.day(ask.until, HAND_OVER).await?;
        let by = &call.caller.org;
        let find = |id: &OrgId| all.iter().find(|one| one.org_id == id.as_str());
        let step = find(by).zip(find(&ask.to)).map(|(from, to)| step(&all, from, to));
        self.change(call, case, |noun, stamp| {
            let to = Receiver { org: ask.to.clone(), step: step.clone() };
            let (reason, skip_reason) = (ask.reason.clone(), ask.skip_reason.clone());
            noun.hand_over(
                HandOverAsk { kind: ask.kind, by: by.clone(), to, until, reason, skip_reason },
                stamp.now,
            )
        })
        .await
    }

    /// The responsible unit calls a consultation.
    pub async fn consult(&self, call: &Call, case: CaseId, ask: Consulting) -> Result<Referral, Denied> {
        let all = self.there_today(call).await?;
        let known = |org: &OrgId| all.iter().any(|one| one.org_id == org.as_str());
        let participants: Vec<(OrgId, bool)> =
            ask.participants.iter().map(|org| (org.clone(), known(org))).collect();
        let until = self.day(ask.until, CONSULTATION).await?;
        self.change(call, case, |noun, stamp| {
            let (by, participants) = (call.caller.org.clone(), participants.clone());
            noun.consult(ConsultAsk { by, participants, until, question: ask.question.clone() }, stamp.now)
        })
        .await
    }

    /// The convener records what was decided.
    pub async fn decide_consultation(
        &self,
        call: &Call,
        case: CaseId,
        ask: Deciding,
    ) -> Result<Referral, Denied> {
        let until = self.day(ask.until, HAND_OVER).await?;
        let epoch = self.desk.epoch();
        self.change(call, case, |noun, stamp| {
            let decision = DecideAsk {
                number: ask.number,
                by: call.caller.org.clone(),
                lead: ask.lead.clone(),
                co_units: ask.co_units.clone(),
                until,
                words: ask.words.clone(),
            };
            noun.decide_consultation(decision, epoch, stamp.now)
        })
        .await
    }

    /// The responsible unit, or the holder, asks another organisation to help.
    pub async fn ask_assistance(
        &self,
        call: &Call,
        case: CaseId,
        ask: Assisting,
    ) -> Result<Referral, Denied> {
        let all = self.there_today(call).await?;
        let known = all.iter().find(|one| one.org_id == ask.to.as_str()).map(Organization::is_police);
        self.speaks_for_unit(call, case).await?;
        let until = self.day(ask.until, ASSISTANCE).await?;
        self.change(call, case, |noun, stamp| {
            let (by, account) = (call.caller.org.clone(), call.caller.account.clone());
            let (to, reason) = (ask.to.clone(), ask.reason.clone());
            noun.ask_assistance(
                AssistAsk { kind: ask.kind, by, account, to, known, until, reason },
                stamp.now,
            )
        })
        .await
    }

    /// The organisation that was asked answers.
    pub async fn answer_assistance(
        &self,
        call: &Call,
        case: CaseId,
        ask: Answering,
    ) -> Result<Referral, Denied> {
        let (centre, org) = (call.caller.centre.as_str(), &call.caller.org);
        let own = self.directory.mediators(centre, Some(org)).await?;
        let today = civil_date(self.desk.clock().now());
        let is_own = |one: &AccountId| {
            own.iter()
                .any(|(listed, _)| listed.account_id == one.as_str() && listed.standing(today).is_listed())
        };
        let co_mediators: Vec<(AccountId, bool)> =
            ask.co_mediators.iter().map(|one| (one.clone(), is_own(one))).collect();
        let act = |noun: Referral, graph: &Graph, stamp: &Stamp| {
            let (note, co_mediators) = (ask.note.clone(), co_mediators.clone());
            let (number, accepted) = (ask.number, ask.accepted);
            let answer = AnswerAsk { number, by: org.clone(), accepted, note, co_mediators };
            noun.unbound_all(&answer, graph)?;
            noun.answer_assistance(answer, stamp.now)
        };
        match self.change_knowing(call, case, &ask.co_mediators, act).await {
            Err(Denied::Missing(_)) => self.acted_already(call, case, &[ACCEPTED, DECLINED]).await,
            answer => answer,
        }
    }

    /// Assistance ends, by the word of whoever asked for it or gives it.
    pub async fn end_assistance(&self, call: &Call, case: CaseId, ask: Leaving) -> Result<Referral, Denied> {
        let act = |noun: Referral, stamp: &Stamp| {
            let (by, account) = (call.caller.org.clone(), call.caller.account.clone());
            let (of, co_mediators, reason) = (ask.of.clone(), ask.co_mediators.clone(), ask.reason.clone());
            noun.end_assistance(LeaveAsk { by, account, of, co_mediators, reason }, stamp.now)
        };
        let ended = match self.speaks_for_unit(call, case).await {
            Ok(()) => self.change(call, case, act).await,
            Err(denied) => Err(denied),
        };
        match ended {
            Err(Denied::Missing(_)) => self.acted_already(call, case, &[ENDED]).await,
            answer => answer,
        }
    }

    /// A mediator of the studio who does not hold the case has no word in who helps with it.
    async fn speaks_for_unit(&self, call: &Call, case: CaseId) -> Result<(), Denied> {
        let near = relation::find(self.desk.reader(), case.into()).await?;
        let relation = call.decide(near.as_ref())?.relation;
        if relation == Relation::Studio && !call.caller.is(Role::StudioHead) {
            return Err(Denial::Forbidden.into());
        }
        Ok(())
    }

    /// The organisations of the centre that are there today.
    async fn there_today(&self, call: &Call) -> Result<Vec<Organization>, Fault> {
        let today = civil_date(self.desk.clock().now());
        let all = self.directory.organizations(call.caller.centre.as_str(), None).await?;
        Ok(all.into_iter().filter(|one| one.holds_on(today)).collect())
    }

    /// The day that was asked for, or the one at which the clock ends.
    async fn day(&self, asked: Option<NaiveDate>, clock: &str) -> Result<NaiveDate, Fault> {
        if let Some(day) = asked {
            return Ok(day);
        }
        let editions = self.almanac.editions(&self.desk).await?;
        Ok(routes::joint_day(&editions, clock, self.desk.clock().now()))
    }
}
