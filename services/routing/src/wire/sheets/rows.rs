//! What a row of each file says.

use std::str::FromStr;

use chrono::NaiveDate;
use contracts::routing::v1 as proto;
use lexicon::text::{Limits, clean, clean_optional};
use lexicon::{AccountId, Fault, OrgId, Violations, phone};
use rulebook::studio::StudioKind;
use rulebook::{causes, towns};
use ruleset::Language;

use super::{Cells, words};
use crate::model::{
    DutyLawyer, Hours, Level, LiaisonOfficer, Mediator, MediatorKind, Organization, RosterKind, StationKind,
};
use crate::wire::directory::{Draft, date};
use crate::wire::joint::day;

const NAME: Limits = Limits::name(50);
const UNIT: Limits = Limits::line(100);
const DUTY: Limits = Limits::line(100);
/// A number on a workstation's door.
const NUMBER: usize = 20;
const WORKSTATION: &str = "WORKSTATION";
/// A cell that another kind of organisation has.
const NOT_OF_THIS_KIND: Fault = Fault {
    reason: "NOT_OF_THIS_KIND",
    english: "An organisation of this kind has nothing here.",
    chinese: "该类单位不填此项。",
};

/// A row of a file.
pub(super) trait Row: Sized {
    /// The columns in the order of an export.
    const COLUMNS: &'static [&'static str];
    /// Those that no two rows have alike.
    const KEY: &'static [&'static str];
    /// The one that means an organisation.
    const MEANS: &'static str;
    /// So many of the first columns a file must have.
    const NEEDED: usize;
    /// Reads a row; what is wrong is noted.
    fn read(cells: &Cells<'_>, wrong: &mut Violations) -> Option<Self>;
    /// Writes a row: a cell a column.
    fn cells(&self) -> Vec<String>;
}

impl Row for Organization {
    const COLUMNS: &'static [&'static str] = &[
        "org_id",
        "name",
        "kind",
        "parent_org",
        "town_code",
        "studio_kind",
        "org_level",
        "valid_from",
        "valid_to",
        "station_kind",
        "station_number",
        "hours",
    ];
    const KEY: &'static [&'static str] = &["org_id"];
    const MEANS: &'static str = "parent_org";
    const NEEDED: usize = 3;

    fn read(cells: &Cells<'_>, wrong: &mut Violations) -> Option<Self> {
        let org_id = wrong.check("org_id", OrgId::new(cells.get("org_id")));
        let name = wrong.check("name", clean(cells.get("name"), UNIT));
        let kind = wrong.check("kind", organization_kind(cells.get("kind")));
        let parent = optional(cells.get("parent_org"), |text| OrgId::new(text).map(|org| org.to_string()));
        let parent_org = wrong.check("parent_org", parent);
        let known =
            |code: &str| towns::by_code(code).map(|town| town.code.clone()).ok_or(Fault::UNKNOWN_CODE);
        let town_code = wrong.check("town_code", optional(cells.get("town_code"), known));
        let is = |wanted: &str| kind.as_deref() == Some(wanted);
        let studio = optional(cells.get("studio_kind"), named::<StudioKind>).and_then(|told| match told {
            None if is("STUDIO") => Err(Fault::REQUIRED),
            Some(_) if !is("STUDIO") => Err(NOT_OF_THIS_KIND),
            told => Ok(told.map(|kind| kind.code().to_owned())),
        });
        let studio_kind = wrong.check("studio_kind", studio);
        let level =
            |text: &str| Level::named(text).map(|level| level.name().to_owned()).ok_or(Fault::ENUM_UNKNOWN);
        let org_level = wrong.check("org_level", optional(cells.get("org_level"), level));
        let days = days(cells, wrong);
        let of_station = |told: bool| if told && !is(WORKSTATION) { Err(NOT_OF_THIS_KIND) } else { Ok(()) };
        let station = optional(cells.get("station_kind"), named::<StationKind>);
        let station = station.and_then(|told| of_station(told.is_some()).map(|()| told));
        let station_kind = wrong.check("station_kind", station);
        let number = optional(cells.get("station_number"), station_number);
        let number = number.and_then(|told| of_station(told.is_some()).map(|()| told));
        let station_number = wrong.check("station_number", number);
        let hours = Hours::read(cells.get("hours"));
        let hours = hours.and_then(|told| of_station(!told.is_empty()).map(|()| told));
        let hours = wrong.check("hours", hours);
        let (valid_from, valid_to) = days?;
        Some(Organization {
            org_id: org_id?.to_string(),
            name: name?,
            kind: kind?,
            parent_org: parent_org?,
            town_code: town_code?,
            studio_kind: studio_kind?,
            org_level: org_level?,
            valid_from,
            valid_to,
            station_kind: station_kind?,
            station_number: station_number?,
            hours: hours?,
        })
    }

    fn cells(&self) -> Vec<String> {
        let text = |told: &Option<String>| told.clone().unwrap_or_default();
        vec![
            self.org_id.clone(),
            self.name.clone(),
            self.kind.clone(),
            text(&self.parent_org),
            text(&self.town_code),
            text(&self.studio_kind),
            text(&self.org_level),
            date(self.valid_from),
            date(self.valid_to),
            self.station_kind.map(|kind| kind.code().to_owned()).unwrap_or_default(),
            text(&self.station_number),
            Hours::text(&self.hours),
        ]
    }
}

impl Row for Mediator {
    const COLUMNS: &'static [&'static str] = &[
        "account_id",
        "name",
        "studio_org",
        "capacity",
        "kind",
        "roster",
        "inviting_court",
        "valid_from",
        "valid_to",
        "strengths",
        "languages",
        "territory",
        "on_duty",
        "suspended",
    ];
    const KEY: &'static [&'static str] = &["account_id"];
    const MEANS: &'static str = "studio_org";
    const NEEDED: usize = 4;

    fn read(cells: &Cells<'_>, wrong: &mut Violations) -> Option<Self> {
        let kind = wrong.check("kind", optional(cells.get("kind"), named::<MediatorKind>));
        let roster = wrong.check("roster", optional(cells.get("roster"), named::<RosterKind>));
        let spoken: Result<Vec<String>, Fault> = cells
            .words("languages")
            .iter()
            .map(|word| named::<Language>(word).map(|language| language.code().to_owned()))
            .collect();
        let languages = wrong.check("languages", spoken);
        let days = days(cells, wrong);
        let on_duty = wrong.check("on_duty", yes(cells.get("on_duty"), true));
        let suspended = wrong.check("suspended", yes(cells.get("suspended"), false));
        let strengths = strengths(cells);
        let capacity = match cells.get("capacity") {
            "" => Some(0),
            text => wrong.check("capacity", text.parse().map_err(|_| Fault::FORMAT)),
        };
        let draft = Draft {
            account_id: cells.get("account_id"),
            name: cells.get("name"),
            studio_org: cells.get("studio_org"),
            // A number that was none is complained of already.
            capacity: capacity.unwrap_or(1),
            strengths: &strengths,
            territory: &cells.words("territory"),
            inviting_court: cells.get("inviting_court"),
            days: days.or(Some((None, None))),
            roster: roster.flatten(),
        };
        let line = draft.read(wrong)?;
        let (valid_from, valid_to) = days?;
        Some(Mediator {
            kind: kind?,
            roster: roster?,
            languages: languages?,
            off_duty: !on_duty?,
            suspended: suspended?,
            valid_from,
            valid_to,
            ..line
        })
    }

    fn cells(&self) -> Vec<String> {
        let word = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        vec![
            self.account_id.clone(),
            self.name.clone(),
            self.studio_org.clone(),
            self.capacity.to_string(),
            self.kind.map(|kind| kind.code().to_owned()).unwrap_or_default(),
            self.roster.map(|kind| kind.code().to_owned()).unwrap_or_default(),
            self.inviting_court.clone(),
            date(self.valid_from),
            date(self.valid_to),
            self.strengths.join(" "),
            self.languages.join(" "),
            self.territory.join(" "),
            word(!self.off_duty),
            word(self.suspended),
        ]
    }
}

impl Row for LiaisonOfficer {
    const COLUMNS: &'static [&'static str] = &["org_id", "number", "name", "phone", "duty"];
    const KEY: &'static [&'static str] = &["org_id", "number"];
    const MEANS: &'static str = "org_id";
    const NEEDED: usize = 4;

    fn read(cells: &Cells<'_>, wrong: &mut Violations) -> Option<Self> {
        let org_id = wrong.check("org_id", OrgId::new(cells.get("org_id")));
        let number = match cells.get("number").parse() {
            Ok(number @ 1..=99) => Ok(number),
            Ok(_) => Err(Fault::RANGE),
            Err(_) => Err(Fault::FORMAT),
        };
        let number = wrong.check("number", number);
        let name = wrong.check("name", clean(cells.get("name"), NAME));
        let phone = wrong.check("phone", phone::normalise(cells.get("phone")));
        let duty = wrong.check("duty", clean_optional(cells.get("duty"), DUTY));
        let duty = duty?.unwrap_or_default();
        Some(LiaisonOfficer {
            org_id: org_id?.to_string(),
            number: number?,
            name: name?,
            phone: phone?,
            duty,
        })
    }

    fn cells(&self) -> Vec<String> {
        let number = self.number.to_string();
        vec![self.org_id.clone(), number, self.name.clone(), self.phone.clone(), self.duty.clone()]
    }
}

impl Row for DutyLawyer {
    const COLUMNS: &'static [&'static str] = &["day", "account_id", "org_id"];
    const KEY: &'static [&'static str] = &["day", "account_id"];
    const MEANS: &'static str = "org_id";
    const NEEDED: usize = 3;

    fn read(cells: &Cells<'_>, wrong: &mut Violations) -> Option<Self> {
        let on = day(cells.get("day")).and_then(|day| day.ok_or(Fault::REQUIRED));
        let on = wrong.check("day", on);
        let account = wrong.check("account_id", AccountId::new(cells.get("account_id")));
        let org = wrong.check("org_id", OrgId::new(cells.get("org_id")));
        Some(DutyLawyer { day: on?, account_id: account?.to_string(), org_id: org?.to_string() })
    }

    fn cells(&self) -> Vec<String> {
        vec![self.day.to_string(), self.account_id.clone(), self.org_id.clone()]
    }
}

/// Causes by code or by name; many a name holds a separator itself.
fn strengths(cells: &Cells<'_>) -> Vec<String> {
    let named = |word: &str| causes::by_name(word).map(|cause| cause.code.clone());
    let pieces = cells.get("strengths").split(|c: char| c.is_whitespace() || matches!(c, ';' | '；'));
    let read = |piece: &str| match named(piece) {
        Some(code) => vec![code],
        None => words(piece).map(|word| named(word).unwrap_or_else(|| word.to_owned())).collect(),
    };
    pieces.flat_map(read).collect()
}

/// Nothing for an empty cell.
fn optional<T>(text: &str, read: impl Fn(&str) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}

/// A word of a closed list: its code.
fn named<T: FromStr<Err = Fault>>(code: &str) -> Result<T, Fault> {
    code.parse()
}

fn organization_kind(code: &str) -> Result<String, Fault> {
    if code.is_empty() {
        return Err(Fault::REQUIRED);
    }
    match proto::OrganizationKind::from_str_name(&format!("ORGANIZATION_KIND_{code}")) {
        None | Some(proto::OrganizationKind::Unspecified) => Err(Fault::ENUM_UNKNOWN),
        Some(_) => Ok(code.to_owned()),
    }
}

fn station_number(text: &str) -> Result<String, Fault> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    match text {
        long if long.len() > NUMBER => Err(Fault::TOO_LONG),
        text if text.chars().all(fits) => Ok(text.to_owned()),
        _ => Err(Fault::MALFORMED),
    }
}

type Days = (Option<NaiveDate>, Option<NaiveDate>);

fn days(cells: &Cells<'_>, wrong: &mut Violations) -> Option<Days> {
    let from = wrong.check("valid_from", day(cells.get("valid_from")));
    let to = wrong.check("valid_to", day(cells.get("valid_to")));
    let (from, to) = from.zip(to)?;
    let is_turned = from.zip(to).is_some_and(|(from, to)| to < from);
    if is_turned {
        wrong.push("valid_to", Fault::ORDER);
        return None;
    }
    Some((from, to))
}

fn yes(text: &str, unsaid: bool) -> Result<bool, Fault> {
    match text {
        "" => Ok(unsaid),
        "yes" | "true" | "1" | "是" => Ok(true),
        "no" | "false" | "0" | "否" => Ok(false),
        _ => Err(Fault::ENUM_UNKNOWN),
    }
}
