//! The roster: what a mediator's line says, and whether work may be given to them on a day (L4 art. 5-8; L5 art. 5; L3 art. 8-10).

use chrono::NaiveDate;
use lexicon::coded;
use serde::Deserialize;

use super::next::Profile;

coded! {
    /// What a mediator is.
    MediatorKind {
        /// A full-time mediator of a court.
        CourtFullTime = "COURT_FULL_TIME", "法院专职调解员";
        /// A part-time mediator.
        PartTime = "PART_TIME", "兼职调解员";
        /// An invited individual.
        InvitedIndividual = "INVITED_INDIVIDUAL", "特邀调解员";
        /// A member of an invited organisation.
        OrgMember = "ORG_MEMBER", "特邀调解组织成员";
        /// A lawyer.
        Lawyer = "LAWYER", "律师";
        /// A judge.
        Judge = "JUDGE", "法官";
        /// A judge's assistant.
        AssistantJudge = "ASSISTANT_JUDGE", "法官助理";
        /// A police officer.
        PoliceOfficer = "POLICE_OFFICER", "民警";
        /// A full-time people's mediator.
        PeoplesFullTime = "PEOPLES_FULL_TIME", "专职人民调解员";
        /// A part-time people's mediator.
        PeoplesPartTime = "PEOPLES_PART_TIME", "兼职人民调解员";
        /// An expert of a trade.
        IndustryExpert = "INDUSTRY_EXPERT", "行业专家";
    }
}

coded! {
    /// The list that a mediator is on.
    RosterKind {
        /// A court's roster of invited mediators.
        CourtInvited = "COURT_INVITED", "特邀调解员名册";
        /// People's mediators.
        Peoples = "PEOPLES", "人民调解员名册";
        /// A trade's or a profession's.
        Industry = "INDUSTRY", "行业性专业性调解员名册";
        /// A commercial mediation organisation's.
        Commercial = "COMMERCIAL", "商事调解员名册";
        /// The unit's own staff.
        Unit = "UNIT", "本单位调解人员名单";
    }
}

impl RosterKind {
    /// Where the law has the list from.
    pub const fn article(self) -> &'static str {
        match self {
            RosterKind::CourtInvited => "L4 art. 5-8; L5 art. 5",
            RosterKind::Peoples => "L3 art. 8-10, 14",
            RosterKind::Industry | RosterKind::Commercial | RosterKind::Unit => "L5 art. 5",
        }
    }
}

/// How a mediator stands to new work on a day. Whatever it is, what they hold stays theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Work may be given to them.
    Ready,
    /// On the roster, and off duty.
    OffDuty,
    /// The directory has no line of theirs.
    Unlisted,
    /// Their line is suspended.
    Suspended(RosterKind),
    /// Their first day is still to come.
    NotYet(RosterKind),
    /// Their last day has passed.
    Expired(RosterKind),
}

impl Standing {
    /// Whether they are on the roster, on duty or not.
    pub const fn is_listed(self) -> bool {
        matches!(self, Standing::Ready | Standing::OffDuty)
    }

    /// The word for it in a refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Standing::Ready => "READY",
            Standing::OffDuty => "OFF_DUTY",
            Standing::Unlisted => "UNLISTED",
            Standing::Suspended(_) => "SUSPENDED",
            Standing::NotYet(_) => "NOT_YET",
            Standing::Expired(_) => "EXPIRED",
        }
    }

    /// The list that they are not on.
    pub const fn roster(self) -> Option<RosterKind> {
        match self {
            Standing::Suspended(kind) | Standing::NotYet(kind) | Standing::Expired(kind) => Some(kind),
            Standing::Ready | Standing::OffDuty | Standing::Unlisted => None,
        }
    }
}

/// One mediator.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Mediator {
    /// The account.
    pub account_id: String,
    /// The name that staff see.
    pub name: String,
    /// The studio.
    pub studio_org: String,
    /// How many cases may be held at once.
    pub capacity: i32,
    /// What they are, where that was told.
    pub kind: Option<MediatorKind>,
    /// The causes or groups of causes that they are strong in, by code.
    #[serde(skip)]
    pub strengths: Vec<String>,
    /// The codes of the languages that they speak.
    #[serde(skip)]
    pub languages: Vec<String>,
    /// The towns that they work in, by code; none for all.
    #[serde(skip)]
    pub territory: Vec<String>,
    /// Whether they are off duty.
    pub off_duty: bool,
    /// The list that they are on, where that was told.
    pub roster: Option<RosterKind>,
    /// Taken off the work.
    pub suspended: bool,
    /// The first day on the roster.
    pub valid_from: Option<NaiveDate>,
    /// The last.
    pub valid_to: Option<NaiveDate>,
    /// The court that invited them; empty for none.
    pub inviting_court: String,
    /// How often the line was written.
    #[serde(skip)]
    pub version: u64,
}

impl Mediator {
    /// How they stand to new work on a day.
    pub fn standing(&self, day: NaiveDate) -> Standing {
        let list = self.roster.unwrap_or(RosterKind::Unit);
        if self.suspended {
            Standing::Suspended(list)
        } else if self.valid_from.is_some_and(|first| day < first) {
            Standing::NotYet(list)
        } else if self.valid_to.is_some_and(|last| last < day) {
            Standing::Expired(list)
        } else if self.off_duty {
            Standing::OffDuty
        } else {
            Standing::Ready
        }
    }

    /// What of them can fit a case. Who names no town is nearest to the one that their studio sits in.
    pub fn profile(&self, studio_town: Option<&str>) -> Profile {
        let near = || studio_town.map(str::to_owned).into_iter().collect();
        Profile {
            strengths: self.strengths.clone(),
            languages: self.languages.clone(),
            territory: if self.territory.is_empty() { near() } else { self.territory.clone() },
        }
    }

    /// The same line, whatever its version.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let version = self.version;
        *self == Self { version, ..other.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_roster_is_from_its_first_day_to_its_last() {
        let line = Mediator {
            roster: Some(RosterKind::CourtInvited),
            valid_from: Some(day("2026-03-01")),
            valid_to: Some(day("2026-03-31")),
            ..Mediator::default()
        };
        let court = RosterKind::CourtInvited;
        let on = [
            ("2026-02-28", Standing::NotYet(court)),
            ("2026-03-01", Standing::Ready),
            ("2026-03-31", Standing::Ready),
            ("2026-04-01", Standing::Expired(court)),
        ];
        for (at, standing) in on {
            assert_eq!(line.standing(day(at)), standing, "{at}");
        }
        let off = Mediator { off_duty: true, ..line.clone() };
        assert_eq!(off.standing(day("2026-03-02")), Standing::OffDuty);
        assert_eq!(off.standing(day("2026-04-02")), Standing::Expired(court), "the roster is asked first");
        let suspended = Mediator { suspended: true, ..off };
        assert_eq!(suspended.standing(day("2026-03-02")), Standing::Suspended(court));
        assert_eq!(Mediator::default().standing(day("1990-01-01")), Standing::Ready, "no days are always");
    }

    #[test]
    fn who_names_no_town_has_that_of_the_studio() {
        let line = Mediator { strengths: vec!["12".to_owned()], ..Mediator::default() };
        assert_eq!(line.profile(Some("442000001")).territory, ["442000001"]);
        assert_eq!(line.profile(None).territory, [""; 0]);
        let there = Mediator { territory: vec!["442000118".to_owned()], ..line };
        assert_eq!(there.profile(Some("442000001")).territory, ["442000118"]);
    }
}
