//! Joint acts: what they need of the directory and the calendar, what is kept of them, and their trace.
//!
//! The reasons, decisions and minutes of an act are one sealed blob in its `remark`; codes, organisations and days beside them are
//! in it too, so that the trace is read from one place.

use access::relation::{Near, guest};
use access::{Call, Place, Relation, relation};
use chassis::Denied;
use chrono::{DateTime, NaiveDate, Utc};
use courier::{Fault, Stamp, WriteList};
use lexicon::{AccountId, CaseId, OrgId};
use rulebook::calendar::civil_date;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use super::Store;
use super::effects::Said;
use super::row::remark;
use crate::model::{
    Act, AnswerAsk, Answered, AssistAsk, ConsultAsk, DecideAsk, HandOver, HandOverAsk, HandOverEnd,
    Organization, Receiver, Referral, step,
};
use crate::routes;
use crate::wire::joint::{Answering, Assisting, Consulting, Deciding, HandingOver};

/// The clocks, for a day that nobody set.
const HAND_OVER: &str = "S21";
const CONSULTATION: &str = "S22";
const ASSISTANCE: &str = "S23";

/// The remarks that are joint acts.
const KINDS: [&str; 11] = [
    "HAND_OVER_OFFERED",
    "HAND_OVER_ACCEPTED",
    RETURNED,
    "HAND_OVER_LAPSED",
    "HAND_OVER_DROPPED",
    "CONSULTATION_OPENED",
    "CONSULTATION_DECIDED",
    "ASSISTANCE_REQUESTED",
    ACCEPTED,
    DECLINED,
    "ASSISTANCE_SILENT",
];
const RETURNED: &str = "HAND_OVER_RETURNED";
const ACCEPTED: &str = "ASSISTANCE_ACCEPTED";
const DECLINED: &str = "ASSISTANCE_DECLINED";

/// What is kept, sealed, of an act.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Which one of the case.
    pub number: u64,
    /// Whom it concerns.
    pub orgs: Vec<String>,
    /// Who helps since.
    pub co_orgs: Vec<String>,
    /// Who sits beside the holder since.
    pub co_mediators: Vec<String>,
    /// The day that was set.
    pub until: Option<NaiveDate>,
    /// In words.
    pub text: String,
    /// Why a level was passed over.
    pub skip_reason: String,
    /// What was said.
    pub minutes: String,
    /// Who objected, and to what.
    pub objections: Vec<(String, String)>,
}

/// An act as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What.
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Of which organisation.
    pub org: String,
    /// By whom.
    pub account: String,
    /// The rest.
    pub kept: Kept,
}

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
        let is_own = |one: &AccountId| own.iter().any(|(listed, _)| listed.account_id == one.as_str());
        let co_mediators: Vec<(AccountId, bool)> =
            ask.co_mediators.iter().map(|one| (one.clone(), is_own(one))).collect();
        let act = |noun: Referral, stamp: &Stamp| {
            let (note, co_mediators) = (ask.note.clone(), co_mediators.clone());
            let (number, accepted) = (ask.number, ask.accepted);
            noun.answer_assistance(
                AnswerAsk { number, by: org.clone(), accepted, note, co_mediators },
                stamp.now,
            )
        };
        match self.change(call, case, act).await {
            Err(Denied::Missing(_)) => self.acted_already(call, case, &[ACCEPTED, DECLINED]).await,
            answer => answer,
        }
    }

    /// The hand-over that the caller's organisation returned, again.
    pub(super) async fn handed_back_already(&self, call: &Call, case: CaseId) -> Result<Referral, Denied> {
        self.acted_already(call, case, &[RETURNED]).await
    }

    /// The latest joint act of the case is the caller's, and of such a kind: already so. To everybody else the case is missing.
    async fn acted_already(&self, call: &Call, case: CaseId, kinds: &[&str]) -> Result<Referral, Denied> {
        let latest = remark::Entity::find()
            .filter(remark::Column::CaseId.eq(case.as_uuid()))
            .filter(remark::Column::Centre.eq(call.caller.centre.as_str()))
            .filter(remark::Column::Kind.is_in(KINDS))
            .order_by_desc(remark::Column::Version)
            .one(self.desk.reader())
            .await
            .map_err(|error| Fault::new("read the latest joint act", error))?;
        let own = latest.is_some_and(|row| {
            let caller = &call.caller;
            kinds.contains(&row.kind.as_str())
                && row.account == caller.account.as_str()
                && row.org == caller.org.as_str()
        });
        if !own {
            return Err(Denied::Missing("referral"));
        }
        self.desk.vouch(&call.stamp(&self.desk), case.into()).await?;
        self.load(case).await?.ok_or(Denied::Missing("referral"))
    }

    /// The trace of a case, oldest first. Who is only invited reads what concerns their organisation.
    pub async fn joint_acts(&self, call: &Call, case: CaseId) -> Result<Vec<Told>, Denied> {
        let near = relation::find(self.desk.reader(), case.into()).await?;
        let invited = call.decide(near.as_ref())?.relation == Relation::Invited;
        let rows = remark::Entity::find()
            .filter(remark::Column::CaseId.eq(case.as_uuid()))
            .filter(remark::Column::Centre.eq(call.caller.centre.as_str()))
            .filter(remark::Column::Kind.is_in(KINDS))
            .order_by_asc(remark::Column::Version)
            .order_by_asc(remark::Column::Id)
            .all(self.desk.reader())
            .await
            .map_err(|error| Fault::new("list joint acts", error))?;
        let mut acts = Vec::with_capacity(rows.len());
        for row in rows {
            let told = self.told(row)?;
            let own = call.caller.org.as_str();
            let concerns = told.org == own || told.kept.orgs.iter().any(|org| org == own);
            if !invited || concerns {
                acts.push(told);
            }
        }
        Ok(acts)
    }

    fn told(&self, row: remark::Model) -> Result<Told, Fault> {
        let id = row.id.to_string();
        let place = Place { centre: &row.centre, table: "remark", row: &id, field: "text" };
        let sealed = row.text.as_deref().unwrap_or_default();
        let clear = self.vault.open(&place, sealed).map_err(|fault| Fault::new("open a joint act", fault))?;
        let wrong = |_| Fault::inconsistent("remark", "text", row.id);
        let kept = serde_json::from_slice(&clear).map_err(wrong)?;
        Ok(Told { kind: row.kind, at: row.at, org: row.org, account: row.account, kept })
    }

    /// What a joint act means beside the row.
    pub(super) fn tell_joint(
        &self,
        list: &mut WriteList,
        near: Near,
        stamp: &Stamp,
        noun: &Referral,
        act: &Act,
    ) -> Result<Near, Fault> {
        if let Some((kind, kept)) = kept(act) {
            let text =
                serde_json::to_string(&kept).map_err(|error| Fault::new("write a joint act", error))?;
            self.remark(list, stamp, noun, &Said::by(stamp, kind, &text))?;
        }
        Ok(match act {
            Act::OfferEnded(_, HandOverEnd::Accepted) => {
                near.studio(noun.state.destination().map(|to| to.studio.as_str()))
            }
            Act::Guests(left) => {
                let now = noun.guests();
                let names =
                    |orgs: &[OrgId], accounts: &[AccountId]| guest::names(&strings(orgs), &strings(accounts));
                near.guests(names(&now.orgs, &now.accounts), names(&left.orgs, &left.accounts))
            }
            _ => near,
        })
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

/// What is kept of an act, and as what.
fn kept(act: &Act) -> Option<(&'static str, Kept)> {
    let of = |offer: &HandOver, text: &str| Kept {
        number: offer.number,
        orgs: vec![offer.to.to_string()],
        until: Some(offer.until),
        text: text.to_owned(),
        ..Kept::default()
    };
    let words = |text: &Option<String>| text.clone().unwrap_or_default();
    Some(match act {
        Act::Offered(offer, why, skip) => {
            let kept = Kept { skip_reason: words(skip), ..of(offer, &words(why)) };
            ("HAND_OVER_OFFERED", kept)
        }
        Act::OfferEnded(offer, how) => match how {
            HandOverEnd::Accepted => ("HAND_OVER_ACCEPTED", of(offer, "")),
            HandOverEnd::Returned(why) => (RETURNED, of(offer, why)),
            HandOverEnd::Lapsed => ("HAND_OVER_LAPSED", of(offer, "")),
            HandOverEnd::Replaced | HandOverEnd::Claimed | HandOverEnd::CaseOver => {
                ("HAND_OVER_DROPPED", of(offer, ""))
            }
        },
        Act::Consulted(meeting, question) => {
            let kept = Kept {
                number: meeting.number,
                orgs: strings(&meeting.participants),
                until: Some(meeting.until),
                text: question.clone(),
                ..Kept::default()
            };
            ("CONSULTATION_OPENED", kept)
        }
        Act::Decided(number, lead, co_units, said) => {
            let objection = |(org, text): &(OrgId, String)| (org.to_string(), text.clone());
            let kept = Kept {
                number: *number,
                orgs: vec![lead.to_string()],
                co_orgs: strings(co_units),
                text: said.decision.clone(),
                minutes: said.minutes.clone(),
                objections: said.objections.iter().map(objection).collect(),
                ..Kept::default()
            };
            ("CONSULTATION_DECIDED", kept)
        }
        Act::Asked(asked, why) => {
            let orgs = vec![asked.to.to_string()];
            let (number, until) = (asked.number, Some(asked.until));
            ("ASSISTANCE_REQUESTED", Kept { number, orgs, until, text: why.clone(), ..Kept::default() })
        }
        Act::Answered(asked, how) => {
            let kept = Kept { number: asked.number, orgs: vec![asked.to.to_string()], ..Kept::default() };
            match how {
                Answered::Accepted(note, sent) => {
                    (ACCEPTED, Kept { text: words(note), co_mediators: strings(sent), ..kept })
                }
                Answered::Declined(why) => (DECLINED, Kept { text: why.clone(), ..kept }),
                Answered::Silent => ("ASSISTANCE_SILENT", kept),
            }
        }
        Act::Guests(_) => return None,
    })
}

fn strings<T: ToString>(names: &[T]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
