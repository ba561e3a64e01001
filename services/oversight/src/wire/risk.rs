//! Emergencies and duties to report in the contract's words.

use access::{Place, Vault};
use chassis::Denied;
use chrono::{DateTime, Utc};
use contracts::oversight::v1 as proto;
use courier::WriteList;
use lexicon::text::{Limits, clean};
use lexicon::{CaseId, Fault, Violations};
use uuid::Uuid;

use crate::model::risk::{Authority, Danger, Duty, Emergency, Event, Matter, Receipt, Risk};
use crate::store::risk::Text;
use crate::store::timestamp;

const WORDS: Limits = Limits::long(2_000);
const RECEIPT: Limits = Limits::line(100);

/// A case, and what is said of it. No `Debug`.
pub struct Asked<T> {
    /// The case.
    pub case: Uuid,
    /// What.
    pub what: T,
    /// In words.
    pub words: String,
}

/// Reads a danger.
pub fn danger(ask: &proto::RaiseEmergencyRequest) -> Result<Asked<Danger>, Denied> {
    let what = read_danger(ask.danger()).ok_or(Fault::REQUIRED);
    asked(&ask.case_id, ("danger", what), ("text", &ask.text))
}

/// Reads what must be reported.
pub fn matter(ask: &proto::OpenReportDutyRequest) -> Result<Asked<Matter>, Denied> {
    let what = match ask.matter() {
        proto::ReportMatter::Unspecified => Err(Fault::REQUIRED),
        matter => read_matter(matter).ok_or(Fault::RANGE),
    };
    asked(&ask.case_id, ("matter", what), ("text", &ask.text))
}

/// A danger of the contract.
pub fn read_danger(danger: proto::Danger) -> Option<Danger> {
    match danger {
        proto::Danger::Unspecified => None,
        proto::Danger::Violence => Some(Danger::Violence),
        proto::Danger::SelfHarm => Some(Danger::SelfHarm),
        proto::Danger::MassIncident => Some(Danger::MassIncident),
    }
}

/// A matter of the contract that is reported by itself; danger is not, an emergency brings it.
pub fn read_matter(matter: proto::ReportMatter) -> Option<Matter> {
    match matter {
        proto::ReportMatter::Unspecified | proto::ReportMatter::Danger => None,
        proto::ReportMatter::MinorHarmed => Some(Matter::MinorHarmed),
        proto::ReportMatter::Crime => Some(Matter::Crime),
        proto::ReportMatter::PublicOrder => Some(Matter::PublicOrder),
    }
}

/// Reads why nothing is reported.
pub fn dropped(ask: &proto::DropReportDutyRequest) -> Result<Asked<()>, Denied> {
    asked(&ask.case_id, ("case_id", Ok(())), ("reason", &ask.reason))
}

/// Reads which emergency is answered.
pub fn answered(ask: &proto::AcknowledgeEmergencyRequest) -> Result<(Uuid, Uuid), Denied> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse::<CaseId>());
    let id = wrong.check("emergency_id", ask.emergency_id.parse::<Uuid>().map_err(|_| Fault::MALFORMED));
    read(case.zip(id).map(|(case, id)| (case.as_uuid(), id)), wrong)
}

/// Reads a report: which case, to whom, when, and its receipt.
pub fn reported(
    ask: &proto::RecordReportRequest,
    now: DateTime<Utc>,
) -> Result<(Uuid, Authority, DateTime<Utc>, String), Denied> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", ask.case_id.parse::<CaseId>());
    let to = match ask.authority() {
        proto::ReportAuthority::Unspecified => Err(Fault::REQUIRED),
        proto::ReportAuthority::Police => Ok(Authority::Police),
        proto::ReportAuthority::ChildProtection => Ok(Authority::ChildProtection),
        proto::ReportAuthority::Department => Ok(Authority::Department),
    };
    let to = wrong.check("authority", to);
    let at = match ask.report_time.as_ref() {
        None => Err(Fault::REQUIRED),
        Some(at) => DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).unwrap_or_default())
            .filter(|at| *at <= now)
            .ok_or(Fault::RANGE),
    };
    let at = wrong.check("report_time", at);
    let receipt = wrong.check("receipt", clean(&ask.receipt, RECEIPT));
    let all = || Some((case?.as_uuid(), to?, at?, receipt?));
    read(all(), wrong)
}

fn asked<T>(
    case: &str,
    (field, what): (&str, Result<T, Fault>),
    (of, words): (&str, &str),
) -> Result<Asked<T>, Denied> {
    let mut wrong = Violations::new();
    let case = wrong.check("case_id", case.parse::<CaseId>());
    let what = wrong.check(field, what);
    let words = wrong.check(of, clean(words, WORDS));
    let all = || Some(Asked { case: case?.as_uuid(), what: what?, words: words? });
    read(all(), wrong)
}

fn read<T>(all: Option<T>, wrong: Violations) -> Result<T, Denied> {
    match all {
        Some(all) if wrong.is_empty() => Ok(all),
        _ => Err(Denied::from(wrong)),
    }
}

/// The risk of a case.
pub fn risk(vault: &Vault, centre: &str, case: Uuid, risk: &Risk) -> Result<proto::CaseRisk, Denied> {
    let mut report_duty = risk.duty.as_ref().map(duty);
    if let Some((told, end)) = report_duty.as_mut().zip(risk.duty.as_ref().and_then(|duty| duty.end.as_ref()))
    {
        told.receipt = open(vault, centre, case, &end.receipt)?;
    }
    Ok(proto::CaseRisk {
        case_id: case.to_string(),
        emergency: risk.emergency.as_ref().map(emergency),
        report_duty,
        texts: vec![],
    })
}

/// The number of a receipt as it is kept.
pub fn seal(vault: &Vault, centre: &str, case: Uuid, number: &str) -> Result<Receipt, Denied> {
    let row = case.to_string();
    let sealed = vault.seal(&place(centre, &row), number.as_bytes());
    let sealed = sealed.map_err(|fault| courier::Fault::new("seal a receipt", fault))?;
    Ok(Receipt { digest: vault.index("risk-receipt", number), sealed })
}

fn open(vault: &Vault, centre: &str, case: Uuid, kept: &Receipt) -> Result<String, Denied> {
    if kept.sealed.is_empty() {
        // Dropped, or from before receipts were sealed.
        return Ok(kept.digest.clone());
    }
    let row = case.to_string();
    let clear = vault.open(&place(centre, &row), &kept.sealed);
    let clear = clear.map_err(|fault| courier::Fault::new("open a receipt", fault))?;
    Ok(String::from_utf8(clear).map_err(|error| courier::Fault::new("read a receipt", error))?)
}

const fn place<'a>(centre: &'a str, row: &'a str) -> Place<'a> {
    Place { centre, table: "risk", row, field: "receipt" }
}

/// What was said of it.
pub fn text(text: Text) -> proto::RiskText {
    proto::RiskText { text_time: Some(timestamp(text.at)), account: text.by, text: text.words }
}

fn emergency(noun: &Emergency) -> proto::Emergency {
    let state = if noun.open { proto::EmergencyState::Raised } else { proto::EmergencyState::Acknowledged };
    let acknowledgements = noun.answers.iter().map(|answer| proto::Acknowledgement {
        account: answer.by.to_string(),
        acknowledge_time: Some(timestamp(answer.at)),
        level: answer.level.into(),
    });
    proto::Emergency {
        emergency_id: noun.id.to_string(),
        state: state.into(),
        dangers: dangers(noun),
        raised_by: noun.by.to_string(),
        raise_time: Some(timestamp(noun.at)),
        level: noun.level.into(),
        holder: noun.holder.clone(),
        acknowledgements: acknowledgements.collect(),
    }
}

fn duty(noun: &Duty) -> proto::ReportDuty {
    let end = noun.end.as_ref();
    let state = match end.map(|end| end.to) {
        None => proto::ReportState::Due,
        Some(Some(_)) => proto::ReportState::Reported,
        Some(None) => proto::ReportState::Dropped,
    };
    proto::ReportDuty {
        report_id: noun.id.to_string(),
        state: state.into(),
        matters: matters(noun),
        open_time: Some(timestamp(noun.at)),
        holder: noun.holder.clone(),
        authority: end.and_then(|end| end.to).map_or(proto::ReportAuthority::Unspecified, authority).into(),
        end_time: end.map(|end| timestamp(end.at)),
        receipt: String::new(),
        ended_by: end.map(|end| end.by.to_string()).unwrap_or_default(),
    }
}

/// Says what has happened.
pub fn post(list: &mut WriteList, case: Uuid, version: u64, risk: &Risk, event: Event) {
    let of_emergency = || risk.emergency.as_ref();
    let of_duty = || risk.duty.as_ref();
    match event {
        Event::Raised => of_emergency().map(|noun| {
            let (emergency_id, holder) = (noun.id.to_string(), noun.holder.clone());
            let (dangers, level) = (dangers(noun), noun.level.into());
            list.post(case, version, &proto::EmergencyRaised { emergency_id, dangers, holder, level })
        }),
        Event::Escalated => of_emergency().map(|noun| {
            let (emergency_id, holder) = (noun.id.to_string(), noun.holder.clone());
            let level = noun.level.into();
            list.post(case, version, &proto::EmergencyEscalated { emergency_id, level, holder })
        }),
        Event::Acknowledged => of_emergency().map(|noun| {
            let (emergency_id, level) = (noun.id.to_string(), noun.level.into());
            list.post(case, version, &proto::EmergencyAcknowledged { emergency_id, level })
        }),
        Event::DutyOpened => of_duty().map(|noun| {
            let (report_id, holder, matters) = (noun.id.to_string(), noun.holder.clone(), matters(noun));
            list.post(case, version, &proto::ReportDutyOpened { report_id, matters, holder })
        }),
        Event::Reported => of_duty().map(|noun| {
            let to = noun.end.as_ref().and_then(|end| end.to);
            let authority = to.map_or(proto::ReportAuthority::Unspecified, authority).into();
            list.post(case, version, &proto::ReportRecorded { report_id: noun.id.to_string(), authority })
        }),
        Event::Dropped => of_duty().map(|noun| {
            list.post(case, version, &proto::ReportDutyDropped { report_id: noun.id.to_string() })
        }),
    };
}

fn dangers(noun: &Emergency) -> Vec<i32> {
    let of = |danger: &Danger| match danger {
        Danger::Violence => proto::Danger::Violence,
        Danger::SelfHarm => proto::Danger::SelfHarm,
        Danger::MassIncident => proto::Danger::MassIncident,
    };
    noun.dangers.iter().map(|danger| of(danger).into()).collect()
}

fn matters(noun: &Duty) -> Vec<i32> {
    let of = |matter: &Matter| match matter {
        Matter::Danger => proto::ReportMatter::Danger,
        Matter::MinorHarmed => proto::ReportMatter::MinorHarmed,
        Matter::Crime => proto::ReportMatter::Crime,
        Matter::PublicOrder => proto::ReportMatter::PublicOrder,
    };
    noun.matters.iter().map(|matter| of(matter).into()).collect()
}

fn authority(to: Authority) -> proto::ReportAuthority {
    match to {
        Authority::Police => proto::ReportAuthority::Police,
        Authority::ChildProtection => proto::ReportAuthority::ChildProtection,
        Authority::Department => proto::ReportAuthority::Department,
    }
}
