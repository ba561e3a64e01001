//! The rows of a referral, and the only place that knows how they fit the model.

use contracts::routing::v1::CaseFacts;
use courier::Fault;
use lexicon::{AccountId, OrgId};
use prost::Message;
use sea_orm::ActiveValue::{NotSet, Set};

use crate::model::{
    Aside, Choice, Claim, Destination, EndReason, Facts, Fence, Joint, Lease, Referral, State,
};
use crate::wire;

/// `referral`.
pub mod referral {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "referral")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        pub centre: String,
        pub version: i64,
        pub state: String,
        pub state_at: DateTimeUtc,
        pub opened_at: DateTimeUtc,
        pub first_receiver_org: String,
        pub studio_org: Option<String>,
        pub rule_id: Option<String>,
        pub holder: Option<String>,
        pub claimed_at: Option<DateTimeUtc>,
        pub confirm_due_at: Option<DateTimeUtc>,
        pub claim_edition: String,
        pub relation_disclosed: Option<bool>,
        pub fence_epoch: i32,
        pub fence_n: i64,
        pub return_count: i32,
        pub end_reason: Option<String>,
        pub facts: Vec<u8>,
        pub facts_seq: i64,
        pub aside: Option<String>,
        pub choice: Option<String>,
        pub joint: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// `remark`: the reasons people gave, sealed, and which claim ended by them. A claim that lapsed has one too, without a
/// reason and in the name of its holder.
pub mod remark {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "remark")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub centre: String,
        pub case_id: Uuid,
        pub version: i64,
        pub at: DateTimeUtc,
        pub org: String,
        pub account: String,
        pub kind: String,
        pub fence_epoch: Option<i32>,
        pub fence_n: Option<i64>,
        pub text: Option<Vec<u8>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl TryFrom<referral::Model> for Referral {
    type Error = Fault;

    fn try_from(row: referral::Model) -> Result<Self, Fault> {
        let case = row.case_id;
        let wrong = |column: &str| Fault::inconsistent("referral", column, case);
        let to = match (&row.studio_org, &row.rule_id) {
            (Some(studio), Some(rule)) => {
                let studio = OrgId::new(studio.as_str()).map_err(|_| wrong("studio_org"))?;
                Some(Destination { studio, rule: rule.clone() })
            }
            (None, None) => None,
            _ => return Err(wrong("rule_id")),
        };
        let claim = match (&row.holder, row.claimed_at) {
            (Some(holder), Some(since)) => {
                let holder = AccountId::new(holder.as_str()).map_err(|_| wrong("holder"))?;
                Some(Claim { holder, since })
            }
            (None, None) => None,
            _ => return Err(wrong("claimed_at")),
        };
        let reason = match row.end_reason.as_deref() {
            None => None,
            Some(name) => Some(end_reason(name).ok_or_else(|| wrong("end_reason"))?),
        };
        let state = match (row.state.as_str(), to, claim, row.confirm_due_at, row.relation_disclosed, reason)
        {
            ("ROUTED", to, None, None, None, None) => State::Routed(to),
            ("POOL", Some(to), None, None, None, None) => State::Pool(to),
            ("ASSIGNED", Some(to), Some(claim), Some(due), None, None) => {
                State::Assigned { to, claim, confirm: Lease { due, edition: row.claim_edition.clone() } }
            }
            ("CONFIRMED", Some(to), Some(claim), None, Some(relation_disclosed), None) => {
                State::Confirmed { to, claim, relation_disclosed }
            }
            ("FENCING", Some(to), None, None, None, None) => State::Fencing(to),
            ("ENDED", to, None, None, None, Some(reason)) => State::Ended(to, reason),
            _ => return Err(wrong("state")),
        };
        Ok(Referral {
            case: case.into(),
            version: row.version as u64,
            opened: row.opened_at,
            state_since: row.state_at,
            first_receiver: OrgId::new(row.first_receiver_org).map_err(|_| wrong("first_receiver_org"))?,
            fence: Fence { epoch: row.fence_epoch as u32, n: row.fence_n as u64 },
            returns: row.return_count as u32,
            facts: facts(&row.facts).map_err(|_| wrong("facts"))?,
            facts_seq: row.facts_seq as u64,
            aside: aside(row.aside.as_deref()).map_err(|_| wrong("aside"))?,
            choice: choice(row.choice.as_deref()).map_err(|_| wrong("choice"))?,
            joint: joint(row.joint.as_deref()).map_err(|_| wrong("joint"))?,
            state,
        })
    }
}

/// The row of a referral that opens.
pub fn opened(centre: &str, noun: &Referral) -> referral::ActiveModel {
    referral::ActiveModel {
        centre: Set(centre.to_owned()),
        opened_at: Set(noun.opened),
        first_receiver_org: Set(noun.first_receiver.to_string()),
        facts: Set(facts_bytes(noun)),
        facts_seq: Set(noun.facts_seq as i64),
        ..stepped(noun)
    }
}

/// The row of a referral that took a step: all that a step can change, and nothing else.
pub fn stepped(noun: &Referral) -> referral::ActiveModel {
    let claim = noun.state.claim();
    let to = noun.state.destination();
    let (due, disclosed, reason) = match &noun.state {
        State::Assigned { confirm, .. } => (Some(confirm), None, None),
        State::Confirmed { relation_disclosed, .. } => (None, Some(*relation_disclosed), None),
        State::Ended(_, reason) => (None, None, Some(reason_name(*reason).to_owned())),
        State::Routed(_) | State::Pool(_) | State::Fencing(_) => (None, None, None),
    };
    referral::ActiveModel {
        case_id: Set(noun.case.into()),
        centre: NotSet,
        version: Set(noun.version as i64),
        state: Set(noun.state.name().to_owned()),
        state_at: Set(noun.state_since),
        opened_at: NotSet,
        first_receiver_org: NotSet,
        studio_org: Set(to.map(|to| to.studio.to_string())),
        rule_id: Set(to.map(|to| to.rule.clone())),
        holder: Set(claim.map(|claim| claim.holder.to_string())),
        claimed_at: Set(claim.map(|claim| claim.since)),
        confirm_due_at: Set(due.map(|confirm| confirm.due)),
        claim_edition: Set(due.map(|confirm| confirm.edition.clone()).unwrap_or_default()),
        relation_disclosed: Set(disclosed),
        fence_epoch: Set(noun.fence.epoch as i32),
        fence_n: Set(noun.fence.n as i64),
        return_count: Set(noun.returns as i32),
        end_reason: Set(reason),
        facts: NotSet,
        facts_seq: NotSet,
        aside: Set(aside_text(&noun.aside)),
        choice: Set(noun.choice.as_ref().and_then(|choice| serde_json::to_string(choice).ok())),
        joint: Set(joint_text(&noun.joint)),
    }
}

fn choice(text: Option<&str>) -> Result<Option<Choice>, serde_json::Error> {
    text.map(serde_json::from_str).transpose()
}

fn aside(text: Option<&str>) -> Result<Aside, serde_json::Error> {
    text.map_or(Ok(Aside::default()), serde_json::from_str)
}

fn joint(text: Option<&str>) -> Result<Joint, serde_json::Error> {
    text.map_or(Ok(Joint::default()), serde_json::from_str)
}

fn joint_text(joint: &Joint) -> Option<String> {
    // Codes, organisations, accounts and days: there is nothing in it that JSON cannot hold.
    (*joint != Joint::default()).then(|| serde_json::to_string(joint).unwrap_or_default())
}

fn aside_text(aside: &Aside) -> Option<String> {
    // Codes, accounts and instants: there is nothing in it that JSON cannot hold.
    (*aside != Aside::default()).then(|| serde_json::to_string(aside).unwrap_or_default())
}

/// The facts in a row are the message that mediation will be told.
pub fn facts_bytes(noun: &Referral) -> Vec<u8> {
    wire::facts::told(noun).encode_to_vec()
}

fn facts(bytes: &[u8]) -> Result<Facts, prost::DecodeError> {
    CaseFacts::decode(bytes).map(wire::facts::kept)
}

const END_REASONS: [(EndReason, &str); 6] = [
    (EndReason::Agreed, "AGREED"),
    (EndReason::Failed, "FAILED"),
    (EndReason::CourtDemanded, "COURT_DEMANDED"),
    (EndReason::Withdrawn, "WITHDRAWN"),
    (EndReason::Closed, "CLOSED"),
    (EndReason::Recalled, "RECALLED"),
];

fn end_reason(name: &str) -> Option<EndReason> {
    END_REASONS.iter().find(|(_, known)| *known == name).map(|(reason, _)| *reason)
}

fn reason_name(reason: EndReason) -> &'static str {
    END_REASONS.iter().find(|(known, _)| *known == reason).map_or("", |(_, name)| name)
}
