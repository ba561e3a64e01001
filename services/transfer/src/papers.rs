//! The documents of a package as text: each allowed kind from the facts of a filing.
//!
//! The text depends on nothing but the facts, so that packing the same facts again gives the same digests. Where a
//! form of domain.md 7 asks for something that nobody recorded, the line is left out rather than guessed.

use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset, Utc};
use contracts::intake::v1::ReadForFilingResponse as Told;
use contracts::lexicon::v1::{Party, PartyRole};
use contracts::mediation::v1::ReadForFilingResponse as Run;
use lexicon::Fen;
use rulebook::channels::Field;
use rulebook::courts::Court;
use rulebook::{grounds, tracks};

use crate::model::Kind;

mod person;

/// Text of every document.
pub const MEDIA_TYPE: &str = "text/plain; charset=utf-8";

/// What a filing is made of: what intake and mediation answer for it, and where it goes. The parties stay in the
/// contract's own form: they go to the court as they came, and a second form would be one more place to lose a field.
pub struct Facts<'a> {
    /// The complaint's facts.
    pub told: &'a Told,
    /// The mediation's dry facts.
    pub run: &'a Run,
    /// The court.
    pub court: &'a Court,
    /// Why that one, in words.
    pub because: &'a str,
    /// What is filed.
    pub purpose: Purpose,
}

/// What a package is for: it decides what of the allow-list goes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A filing.
    Filing(Kind),
    /// The confirmation of the agreement.
    Confirmation,
}

impl Purpose {
    /// Whether the signed agreement goes along.
    pub const fn needs_agreement(self) -> bool {
        !matches!(self, Self::Filing(Kind::Complaint))
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Filing(Kind::Complaint | Kind::SuitOnAgreement) => "民事起诉状",
            Self::Filing(Kind::PaymentOrder) => "支付令申请书",
            Self::Filing(Kind::Enforcement) => "强制执行申请书",
            Self::Confirmation => "司法确认申请书",
        }
    }
}

impl Facts<'_> {
    /// The parties of one side, in their order.
    pub fn side(&self, role: PartyRole) -> impl Iterator<Item = &Party> {
        self.told.parties.iter().filter(move |party| party.role() == role)
    }

    /// The claimant's own words: what it is about, then the story.
    pub fn story(&self) -> String {
        let parts = [self.told.subject.as_str(), &self.told.text];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

/// The complaint (7.19; Civil Procedure Law art. 124), or the application that takes its place.
pub(crate) fn complaint(facts: &Facts<'_>) -> String {
    let told = facts.told;
    let mut text = format!("{}\n\n", facts.purpose.heading());
    for (role, word) in SIDES {
        for party in facts.side(role) {
            line(&mut text, word, &person::particulars(party));
            for representative in &party.representatives {
                line(&mut text, "委托诉讼代理人", &person::representative(representative));
            }
        }
    }
    text.push('\n');
    line(&mut text, "案由", &told.cause_name);
    if told.amount_in_controversy_fen > 0 {
        let amount = Fen::new(told.amount_in_controversy_fen).map(|fen| fen.to_string()).unwrap_or_default();
        line(&mut text, "争议金额", &amount);
    }
    section(&mut text, "诉讼请求", &told.claims);
    section(&mut text, "事实与理由", &facts.story());
    text.push('\n');
    line(&mut text, "调解案号", &told.case_number);
    line(&mut text, "提出请求时间", &instant(told.requested_time.as_ref()));
    line(&mut text, Field::DocumentNumber.chinese(), &told.document_number);
    line(&mut text, Field::DocumentTime.chinese(), &told.document_date);
    line(&mut text, "管辖依据", facts.because);
    let _ = write!(text, "\n此致\n{}\n\n起诉人（签名或者盖章）：\n", facts.court.name);
    text
}

/// Who the parties are, so that a court need not ask for their papers again.
pub(crate) fn party_identity(facts: &Facts<'_>) -> String {
    let mut text = String::from("当事人身份信息\n");
    for (role, word) in SIDES {
        for party in facts.side(role) {
            text.push('\n');
            line(&mut text, word, &party.name);
            for (label, value) in person::identity(party) {
                line(&mut text, label, &value);
            }
        }
    }
    text
}

/// Where papers may be served (7.9); none when no party has confirmed an address.
pub(crate) fn service_address(facts: &Facts<'_>) -> Option<String> {
    let mut text = String::from("送达地址确认信息\n");
    let before = text.len();
    for (role, word) in SIDES {
        for party in facts.side(role).filter(|party| !party.service_address.is_empty()) {
            text.push('\n');
            line(&mut text, word, &party.name);
            line(&mut text, "送达地址", &party.service_address);
            line(&mut text, "联系电话", &party.phone);
        }
    }
    (text.len() > before).then_some(text)
}

/// The report on the mediation (7.18): dates, sittings, ground. Nothing that was said.
pub(crate) fn report(facts: &Facts<'_>) -> String {
    let run = facts.run;
    let mut text = String::from("调解情况报告\n\n");
    line(&mut text, "调解案号", &facts.told.case_number);
    line(&mut text, "案由", &facts.told.cause_name);
    if !run.mediated {
        text.push_str("调解情况：未进入调解程序。\n");
        return text;
    }
    line(&mut text, "调解方式", tracks::get(&run.track).map_or(run.track.as_str(), |track| &track.name_zh));
    line(&mut text, "调解开始", &instant(run.open_time.as_ref()));
    line(&mut text, "调解结束", &instant(run.end_time.as_ref()));
    line(&mut text, "调解次数", &format!("{}次", run.session_count));
    if !run.fail_ground.is_empty() {
        let words = grounds::fail(&run.fail_ground).map_or("", |ground| ground.chinese.as_str());
        line(&mut text, "未达成协议的原因", format!("{} {words}", run.fail_ground).trim_end());
    }
    text
}

/// The agreement as it was signed (7.12, 7.13): only where it is what the court is asked about.
pub(crate) fn signed_agreement(facts: &Facts<'_>) -> Option<String> {
    let run = facts.run;
    if !facts.purpose.needs_agreement() || run.agreement_terms.is_empty() {
        return None;
    }
    let mut text = String::from("调解协议书\n\n");
    line(&mut text, "调解案号", &facts.told.case_number);
    line(&mut text, "协议生效时间", &instant(run.agreement_time.as_ref()));
    section(&mut text, "协议内容", &run.agreement_terms);
    Some(text)
}

/// Facts that every side has confirmed (7.11).
pub(crate) fn undisputed_facts(facts: &Facts<'_>) -> Option<String> {
    let agreed = &facts.run.undisputed_facts;
    if agreed.is_empty() || facts.purpose == Purpose::Confirmation {
        return None;
    }
    let mut text = String::from("无争议事实记载表\n");
    section(&mut text, "各方共同确认的事实", agreed);
    Some(text)
}

/// How the sides are called before a court, in the order of a complaint.
const SIDES: [(PartyRole, &str); 3] =
    [(PartyRole::Claimant, "原告"), (PartyRole::Respondent, "被告"), (PartyRole::ThirdParty, "第三人")];

/// `label：value`, unless there is no value.
fn line(text: &mut String, label: &str, value: &str) {
    if !value.is_empty() {
        let _ = writeln!(text, "{label}：{value}");
    }
}

/// A heading with a paragraph below, unless there is none.
fn section(text: &mut String, heading: &str, paragraph: &str) {
    if !paragraph.is_empty() {
        let _ = writeln!(text, "\n{heading}：\n{paragraph}");
    }
}

/// An instant as a clock in Zhongshan shows it.
fn instant(time: Option<&prost_types::Timestamp>) -> String {
    const EIGHT_HOURS: i32 = 8 * 3600;
    let read = |time: &prost_types::Timestamp| {
        let instant = DateTime::<Utc>::from_timestamp(time.seconds, u32::try_from(time.nanos).ok()?)?;
        Some(
            instant
                .with_timezone(&FixedOffset::east_opt(EIGHT_HOURS)?)
                .format("%Y年%m月%d日 %H:%M")
                .to_string(),
        )
    };
    time.and_then(read).unwrap_or_default()
}
