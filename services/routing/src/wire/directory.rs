//! The directory in the contract's words.

use chrono::NaiveDate;
use contracts::routing::v1 as proto;
use lexicon::text::{Limits, clean};
use lexicon::{AccountId, Fault, OrgId, Violations};
use rulebook::{causes, courts, towns};

use super::{all_good, joint};
use crate::model::{DutyLawyer, File, Hours, Level, LiaisonOfficer, Mediator, Organization, RosterKind};
use crate::store::Written;

const NAME: Limits = Limits::name(50);
const MOST_CASES: u32 = 10_000;
/// Codes in one list of a line.
const MOST_CODES: usize = 100;
/// A year of duty lawyers.
const MOST_DAYS: i64 = 366;

/// An organisation as it is told.
pub fn organization(row: Organization) -> proto::Organization {
    let kind = proto::OrganizationKind::from_str_name(&format!("ORGANIZATION_KIND_{}", row.kind));
    let station = row.station_kind.map(|kind| format!("STATION_KIND_{kind}")).unwrap_or_default();
    proto::Organization {
        level: level(row.level()).into(),
        valid_from: date(row.valid_from),
        valid_to: date(row.valid_to),
        org_id: row.org_id,
        name: row.name,
        kind: kind.unwrap_or_default().into(),
        parent_org: row.parent_org.unwrap_or_default(),
        town_code: row.town_code.unwrap_or_default(),
        studio_kind: row.studio_kind.unwrap_or_default(),
        station_kind: proto::StationKind::from_str_name(&station).unwrap_or_default().into(),
        station_number: row.station_number.unwrap_or_default(),
        hours: row.hours.iter().map(hours).collect(),
    }
}

fn hours(one: &Hours) -> proto::StationHours {
    proto::StationHours {
        day: one.day.to_string(),
        from: one.from.format("%H:%M").to_string(),
        to: one.to.format("%H:%M").to_string(),
        town_code: one.town_code.clone().unwrap_or_default(),
        place: one.place.clone().unwrap_or_default(),
    }
}

/// A liaison officer as they are told.
pub fn officer(one: LiaisonOfficer) -> proto::LiaisonOfficer {
    let LiaisonOfficer { org_id, number, name, phone, duty } = one;
    proto::LiaisonOfficer { org_id, number: number.max(0) as u32, name, phone, duty }
}

/// The unit that a list of officers is narrowed to.
pub fn officers(ask: &proto::ListLiaisonOfficersRequest) -> Result<Option<OrgId>, Violations> {
    let mut wrong = Violations::new();
    let org = match ask.org_id.as_str() {
        "" => Some(None),
        org => wrong.check("org_id", OrgId::new(org).map(Some)),
    };
    all_good(org, wrong)
}

/// A duty lawyer as they are told.
pub fn lawyer(one: DutyLawyer) -> proto::DutyLawyer {
    proto::DutyLawyer { day: one.day.to_string(), account_id: one.account_id, org_id: one.org_id }
}

/// From which day to which.
pub fn lawyers(
    ask: &proto::ListDutyLawyersRequest,
    today: NaiveDate,
) -> Result<(NaiveDate, NaiveDate), Violations> {
    let mut wrong = Violations::new();
    let from = wrong.check("from_date", joint::day(&ask.from_date)).map(|day| day.unwrap_or(today));
    let to = wrong.check("to_date", joint::day(&ask.to_date));
    let days = from.zip(to).map(|(from, to)| (from, to.unwrap_or(from)));
    match days {
        Some((from, to)) if to < from => wrong.push("to_date", Fault::ORDER),
        Some((from, to)) if (to - from).num_days() > MOST_DAYS => wrong.push("to_date", Fault::RANGE),
        _ => {}
    }
    all_good(days, wrong)
}

/// The day on which a workstation is to be open.
pub fn open_date(ask: &proto::ListWorkstationsRequest) -> Result<Option<NaiveDate>, Violations> {
    let mut wrong = Violations::new();
    let day = wrong.check("open_date", joint::day(&ask.open_date));
    all_good(day, wrong)
}

/// What an import does, as it is told: of the files that there were.
pub fn imported(written: &Written, files: &[File]) -> Vec<proto::DirectoryFileChange> {
    let told = super::sheets::FILES.iter().zip(written).filter(|((_, file), _)| files.contains(file));
    told.map(|((name, _), tally)| proto::DirectoryFileChange {
        name: (*name).to_owned(),
        row_count: tally.rows,
        added_count: tally.added,
        changed_count: tally.changed,
        removed_count: tally.removed,
    })
    .collect()
}

fn level(level: Level) -> proto::OrgLevel {
    match level {
        Level::Province => proto::OrgLevel::Province,
        Level::City => proto::OrgLevel::City,
        Level::County => proto::OrgLevel::County,
        Level::Town => proto::OrgLevel::Town,
        Level::Village => proto::OrgLevel::Village,
    }
}

/// A mediator as they are told, with how many cases they hold.
pub fn mediator(row: Mediator, held: u64) -> proto::Mediator {
    let kind = row.kind.map(|kind| format!("MEDIATOR_KIND_{kind}")).unwrap_or_default();
    let roster = row.roster.map(|kind| format!("ROSTER_KIND_{kind}")).unwrap_or_default();
    let language = |code: &String| proto::Language::from_str_name(&format!("LANGUAGE_{code}"));
    proto::Mediator {
        account_id: row.account_id,
        name: row.name,
        studio_org: row.studio_org,
        capacity: row.capacity.max(0) as u32,
        held_count: held as u32,
        kind: proto::MediatorKind::from_str_name(&kind).unwrap_or_default().into(),
        strengths: row.strengths,
        languages: row.languages.iter().filter_map(language).map(Into::into).collect(),
        territory: row.territory,
        on_duty: !row.off_duty,
        valid_from: date(row.valid_from),
        valid_to: date(row.valid_to),
        inviting_court: row.inviting_court,
        roster: proto::RosterKind::from_str_name(&roster).unwrap_or_default().into(),
        suspended: row.suspended,
    }
}

/// The line of a mediator; every bad field is told at once.
pub fn register(ask: &proto::RegisterMediatorRequest) -> Result<Mediator, Violations> {
    let mut wrong = Violations::new();
    let Some(told) = &ask.mediator else {
        wrong.push("mediator", Fault::REQUIRED);
        return Err(wrong);
    };
    let line = {
        let mut wrong = wrong.at("mediator");
        let kind = proto::MediatorKind::try_from(told.kind).map_err(|_| Fault::ENUM_UNKNOWN);
        let kind = wrong.check("kind", kind.and_then(|kind| code(kind.as_str_name(), "MEDIATOR_KIND_")));
        let roster = proto::RosterKind::try_from(told.roster).map_err(|_| Fault::ENUM_UNKNOWN);
        let roster = wrong.check("roster", roster.and_then(|kind| code(kind.as_str_name(), "ROSTER_KIND_")));
        let languages = wrong.check("languages", languages(&told.languages));
        let from = wrong.check("valid_from", joint::day(&told.valid_from));
        let to = wrong.check("valid_to", joint::day(&told.valid_to));
        let draft = Draft {
            account_id: &told.account_id,
            name: &told.name,
            studio_org: &told.studio_org,
            capacity: told.capacity,
            strengths: &told.strengths,
            territory: &told.territory,
            inviting_court: &told.inviting_court,
            days: from.zip(to),
            roster: roster.flatten(),
        };
        let read = draft.read(&mut wrong);
        read.zip(kind).zip(roster).zip(languages).map(|(((line, kind), roster), languages)| Mediator {
            kind,
            roster,
            languages,
            suspended: told.suspended,
            ..line
        })
    };
    all_good(line, wrong)
}

/// A line of which the closed lists are read already.
pub(super) struct Draft<'a> {
    pub account_id: &'a str,
    pub name: &'a str,
    pub studio_org: &'a str,
    pub capacity: u32,
    pub strengths: &'a [String],
    pub territory: &'a [String],
    pub inviting_court: &'a str,
    pub days: Option<(Option<NaiveDate>, Option<NaiveDate>)>,
    pub roster: Option<RosterKind>,
}

impl Draft<'_> {
    /// The line, with what is wrong noted.
    pub fn read(self, wrong: &mut Violations) -> Option<Mediator> {
        let account = wrong.check("account_id", AccountId::new(self.account_id));
        let name = wrong.check("name", clean(self.name, NAME));
        let studio = wrong.check("studio_org", OrgId::new(self.studio_org));
        let capacity = match self.capacity {
            0 => Err(Fault::REQUIRED),
            1..=MOST_CASES => Ok(self.capacity as i32),
            _ => Err(Fault::RANGE),
        };
        let capacity = wrong.check("capacity", capacity);
        let strengths = codes(self.strengths, |code| causes::by_code(code).is_some());
        let strengths = wrong.check("strengths", strengths);
        let territory = codes(self.territory, |code| towns::by_code(code).is_some());
        let territory = wrong.check("territory", territory);
        let (valid_from, valid_to) = self.days?;
        if let (Some(from), Some(to)) = (valid_from, valid_to)
            && to < from
        {
            wrong.push("valid_to", Fault::ORDER);
        }
        let invited = self.roster == Some(RosterKind::CourtInvited);
        let court = match self.inviting_court {
            "" if invited => Err(Fault::REQUIRED),
            "" => Ok(String::new()),
            court if courts::by_id(court).is_some() => Ok(court.to_owned()),
            _ => Err(Fault::UNKNOWN_CODE),
        };
        let court = wrong.check("inviting_court", court);
        Some(Mediator {
            account_id: account?.to_string(),
            name: name?,
            studio_org: studio?.to_string(),
            capacity: capacity?,
            strengths: strengths?,
            territory: territory?,
            valid_from,
            valid_to,
            inviting_court: court?,
            ..Mediator::default()
        })
    }
}

/// Whose duty.
pub fn account(account_id: &str) -> Result<AccountId, Violations> {
    let mut wrong = Violations::new();
    let account = wrong.check("account_id", AccountId::new(account_id));
    all_good(account, wrong)
}

/// The code that a value of the contract stands for; nothing for the one that is not set.
fn code<T: std::str::FromStr>(name: &str, prefix: &str) -> Result<Option<T>, Fault> {
    match name.trim_start_matches(prefix) {
        "UNSPECIFIED" => Ok(None),
        code => code.parse().map(Some).map_err(|_| Fault::ENUM_UNKNOWN),
    }
}

/// Each known, each once.
fn codes(words: &[String], known: impl Fn(&str) -> bool) -> Result<Vec<String>, Fault> {
    if words.len() > MOST_CODES {
        return Err(Fault::TOO_MANY);
    }
    let mut read: Vec<String> = Vec::with_capacity(words.len());
    for code in words {
        if !known(code) {
            return Err(Fault::UNKNOWN_CODE);
        }
        if !read.contains(code) {
            read.push(code.clone());
        }
    }
    Ok(read)
}

fn languages(told: &[i32]) -> Result<Vec<String>, Fault> {
    let name = |one: &i32| match proto::Language::try_from(*one) {
        Ok(proto::Language::Unspecified) | Err(_) => Err(Fault::ENUM_UNKNOWN),
        Ok(named) => Ok(named.as_str_name().trim_start_matches("LANGUAGE_").to_owned()),
    };
    if told.len() > MOST_CODES { Err(Fault::TOO_MANY) } else { told.iter().map(name).collect() }
}

/// A day as it is told; empty for none.
pub(super) fn date(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
