//! The trace of joint acts: what is kept of each, and who reads it.
//!
//! The reasons, decisions and minutes of an act are one sealed blob in its `remark`; codes, organisations and days beside them are
//! in it too, so that the trace is read from one place.

use access::relation::{Near, guest};
use access::{Call, Place, Relation, Role, relation};
use chassis::Denied;
use chrono::{DateTime, NaiveDate, Utc};
use courier::{Fault, Stamp, WriteList};
use lexicon::{AccountId, CaseId, OrgId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use super::super::Store;
use super::super::effects::Said;
use super::super::row::remark;
use crate::model::{Act, Answered, HandOver, HandOverEnd, Referral};

/// The remarks that are joint acts.
const KINDS: [&str; 12] = [
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
    ENDED,
];
const RETURNED: &str = "HAND_OVER_RETURNED";
pub(super) const ACCEPTED: &str = "ASSISTANCE_ACCEPTED";
pub(super) const DECLINED: &str = "ASSISTANCE_DECLINED";
pub(super) const ENDED: &str = "ASSISTANCE_ENDED";

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

impl Kept {
    fn without_words(self) -> Self {
        let Self { number, orgs, co_orgs, co_mediators, until, .. } = self;
        Self { number, orgs, co_orgs, co_mediators, until, ..Self::default() }
    }
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
    /// The hand-over that the caller's organisation returned, again.
    pub(in crate::store) async fn handed_back_already(
        &self,
        call: &Call,
        case: CaseId,
    ) -> Result<Referral, Denied> {
        self.acted_already(call, case, &[RETURNED]).await
    }

    /// The latest joint act of the case is the caller's, and of such a kind: already so. To everybody else the case is missing.
    pub(super) async fn acted_already(
        &self,
        call: &Call,
        case: CaseId,
        kinds: &[&str],
    ) -> Result<Referral, Denied> {
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

    /// The trace of a case, oldest first. Who is only invited reads what concerns their organisation; a mediator of the studio who
    /// neither holds the case nor sits beside reads what was done, without the words.
    pub async fn joint_acts(&self, call: &Call, case: CaseId) -> Result<Vec<Told>, Denied> {
        let near = relation::find(self.desk.reader(), case.into()).await?;
        let relation = call.decide(near.as_ref())?.relation;
        let invited = relation == Relation::Invited;
        let colleague = relation == Relation::Studio && !call.caller.is(Role::StudioHead);
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
            let mut told = self.told(row)?;
            if colleague {
                told.kept = told.kept.without_words();
            }
            let own = call.caller.org.as_str();
            let named = told.kept.orgs.iter().chain(&told.kept.co_orgs).any(|org| org == own);
            if !invited || named || told.org == own {
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
    pub(in crate::store) fn tell_joint(
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
        Act::AssistanceEnded(of, left, why) => {
            let (orgs, co_mediators) = (vec![of.to_string()], strings(left));
            (ENDED, Kept { orgs, co_mediators, text: why.clone(), ..Kept::default() })
        }
        Act::Guests(_) => return None,
    })
}

fn strings<T: ToString>(names: &[T]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
