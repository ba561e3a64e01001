//! What the answers to the intake screen mean: an emergency, a duty to report, a matter for the police, or advice.
//!
//! A screen tells; it decides nothing about the dispute. No row keeps a party from the window or from the court.

use crate::table;
use crate::validity::{Dated, dated};
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

told! {
    /// What was seen or said at the window.
    Sign {
        /// Violence was used.
        Violence = "violence", "发生暴力", "violence was used";
        /// Somebody is hurt, slightly or not yet assessed.
        Injury = "injury", "有人受伤", "somebody is hurt";
        /// The injury may be more than slight.
        InjurySerious = "injury-serious", "伤情较重", "the injury may be more than slight";
        /// Somebody has died.
        Death = "death", "有人死亡", "somebody has died";
        /// A weapon is carried or was used.
        Weapon = "weapon", "凶器", "a weapon";
        /// A minor is a party or was there.
        MinorInvolved = "minor-involved", "涉及未成年人", "a minor is involved";
        /// A minor was harmed.
        MinorHarmed = "minor-harmed", "未成年人受害", "a minor was harmed";
        /// Somebody's life is threatened.
        LifeThreatened = "life-threatened", "生命受到威胁", "a life is threatened";
        /// Somebody may hurt themselves.
        SelfHarm = "self-harm", "自伤风险", "self-harm threatens";
        /// A crowd may gather.
        Crowd = "crowd", "群体性风险", "a mass incident threatens";
        /// Public order was violated, or may be.
        PublicOrder = "public-order", "扰乱治安", "public order is violated";
        /// Violence in a family.
        FamilyViolence = "family-violence", "家庭暴力", "family violence";
        /// Hired violence, a gang fight, provocation.
        HiredOrGang = "hired-or-gang", "雇凶、结伙、寻衅滋事", "hired violence, a gang or provocation";
        /// Who did it has done so before.
        Repeated = "repeated", "屡次违反", "a repeat offender";
        /// The suspect has fled.
        SuspectFled = "suspect-fled", "嫌疑人逃跑", "the suspect has fled";
        /// Another crime is suspected.
        Crime = "crime", "涉嫌犯罪", "a crime is suspected";
        /// The police know of it already.
        PoliceTold = "police-told", "公安机关已知情", "the police know";
    }
}

told! {
    /// What follows from a row.
    Consequence {
        /// Something to tell the parties.
        Advise = "advise", "提示", "advice";
        /// For the police and not for a mediator.
        ShowPolice = "show-police", "移送公安", "for the police";
        /// A duty to report (S15).
        Report = "report", "应当报告", "a duty to report";
        /// An emergency (S14).
        Emergency = "emergency", "紧急情况", "an emergency";
    }
}

told! {
    /// What threatens, or what is reported.
    About {
        /// Violence threatens.
        Violence = "violence", "暴力", "violence";
        /// Self-harm threatens.
        SelfHarm = "self-harm", "自伤", "self-harm";
        /// A mass incident threatens.
        MassIncident = "mass-incident", "群体性事件", "a mass incident";
        /// Harm to a minor is reported.
        MinorHarmed = "minor-harmed", "未成年人受害", "harm to a minor";
        /// A suspected crime is reported.
        Crime = "crime", "涉嫌犯罪", "a suspected crime";
        /// A violation of public order is reported.
        PublicOrder = "public-order", "治安违法", "a violation of public order";
    }
}

impl About {
    /// Whether it threatens (an emergency is about it) rather than being reported.
    pub fn threatens(self) -> bool {
        matches!(self, About::Violence | About::SelfHarm | About::MassIncident)
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// `PS07`.
    pub id: String,
    /// What must all have been seen.
    #[serde(deserialize_with = "table::parsed_words")]
    pub signs: Vec<Sign>,
    /// Of which nothing may have been seen.
    #[serde(deserialize_with = "table::parsed_words")]
    pub unless: Vec<Sign>,
    /// What follows.
    pub consequence: Consequence,
    /// What threatens or is reported; nothing for advice.
    pub about: Option<About>,
    /// The ground of refusal that fits; empty where there is none.
    pub ground: String,
    /// In Chinese.
    pub chinese: String,
    /// In English.
    pub english: String,
    /// The regime that brought it; none for what always held.
    pub regime: Option<String>,
    /// From which day.
    pub valid_from: Option<NaiveDate>,
    /// To which day.
    pub valid_to: Option<NaiveDate>,
    /// Whether the rule was read in its source and says this.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

dated!(Row, id);

impl Row {
    /// What is wrong with a row as such, if anything: an emergency threatens, a report is due, and only the police's has a ground.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let fits = match self.consequence {
            Consequence::Emergency => self.about.is_some_and(About::threatens),
            Consequence::Report => self.about.is_some_and(|about| !about.threatens()),
            Consequence::ShowPolice | Consequence::Advise => self.about.is_none(),
        };
        let grounded = (self.consequence == Consequence::ShowPolice) != self.ground.is_empty();
        match (fits, grounded, self.signs.is_empty()) {
            (false, ..) => Some("what it is about does not fit its consequence"),
            (_, false, _) => {
                Some("a ground of refusal goes with what is for the police, and with nothing else")
            }
            (.., true) => Some("nothing has to be seen for it"),
            _ => None,
        }
    }

    fn speaks(&self, seen: &[Sign], day: NaiveDate) -> bool {
        self.holds_on(day)
            && self.signs.iter().all(|sign| seen.contains(sign))
            && !self.unless.iter().any(|sign| seen.contains(sign))
    }
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| table::rows("screen.csv"));

/// All rows, in their order.
pub fn all() -> &'static [Row] {
    &ROWS
}

/// The signs with what they imply, each once, in the order of the list: who is seriously hurt is hurt, a harmed minor is involved.
pub fn whole(seen: &[Sign]) -> Vec<Sign> {
    let has = |sign| seen.contains(&sign);
    let implied = |sign: Sign| match sign {
        Sign::Injury => has(Sign::InjurySerious),
        Sign::MinorInvolved => has(Sign::MinorHarmed),
        Sign::Violence => has(Sign::FamilyViolence) || has(Sign::HiredOrGang),
        _ => false,
    };
    Sign::ALL.iter().copied().filter(|sign| has(*sign) || implied(*sign)).collect()
}

/// What the law says on a day about what was seen, the gravest first.
pub fn findings(seen: &[Sign], day: NaiveDate) -> Vec<&'static Row> {
    let seen = whole(seen);
    let mut found: Vec<&Row> = ROWS.iter().filter(|row| row.speaks(&seen, day)).collect();
    found.sort_by_key(|row| std::cmp::Reverse(row.consequence));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(seen: &[Sign]) -> Vec<&'static str> {
        findings(seen, "2026-03-02".parse().unwrap()).iter().map(|row| row.id.as_str()).collect()
    }

    /// By hand from domain.md (L3 art. 25; L5 art. 3, 23; L10 art. 178-179; L21 art. 28), not from the table.
    #[test]
    fn what_was_seen_means_what_the_law_says() {
        use Sign::{
            Crime, Crowd, Death, FamilyViolence, HiredOrGang, Injury, InjurySerious, LifeThreatened,
            MinorHarmed, MinorInvolved, PoliceTold, PublicOrder, Repeated, SelfHarm, SuspectFled, Violence,
            Weapon,
        };
        let table: &[(&[Sign], &[&str])] = &[
            (&[], &[]),
            (&[Injury], &["PS20"]),
            (&[MinorInvolved], &["PS23"]),
            (&[Violence], &["PS11", "PS19"]),
            (&[Violence, Injury], &["PS11", "PS19", "PS20"]),
            (&[Violence, PoliceTold], &["PS19", "PS24"]),
            (&[InjurySerious], &["PS07", "PS14", "PS20"]),
            (&[InjurySerious, PoliceTold], &["PS14", "PS20", "PS24"]),
            (&[Violence, InjurySerious], &["PS07", "PS11", "PS14", "PS20"]),
            (&[Death], &["PS21"]),
            (&[Death, Violence], &["PS08", "PS11", "PS15"]),
            (&[HiredOrGang], &["PS10", "PS11", "PS16"]),
            (&[Violence, Repeated], &["PS11", "PS17"]),
            (&[Repeated], &[]),
            (&[SuspectFled], &["PS18"]),
            (&[Crime], &["PS09", "PS13"]),
            (&[PublicOrder], &["PS12"]),
            (&[Weapon], &["PS02"]),
            (&[LifeThreatened, Weapon], &["PS01", "PS02"]),
            (&[SelfHarm], &["PS03"]),
            (&[Crowd, PoliceTold], &["PS04", "PS24"]),
            (&[MinorHarmed], &["PS05", "PS23"]),
            (&[MinorHarmed, PoliceTold], &["PS05", "PS23", "PS24"]),
            (&[FamilyViolence], &["PS11", "PS19", "PS22"]),
            (&[FamilyViolence, MinorInvolved], &["PS06", "PS11", "PS19", "PS22", "PS23"]),
        ];
        for (seen, expected) in table {
            assert_eq!(of(seen), *expected, "{seen:?}");
        }
    }

    #[test]
    fn every_row_fits_its_consequence_and_every_sign_is_asked_for_something() {
        for row in all() {
            assert_eq!(row.fault(), None, "{}", row.id);
            assert!(row.english.is_ascii() && !row.chinese.is_ascii(), "{}", row.id);
            assert!(row.ground.is_empty() || crate::grounds::refuse(&row.ground).is_some(), "{}", row.id);
        }
        for sign in Sign::ALL {
            assert!(all().iter().any(|row| row.signs.contains(sign)), "{sign:?} means nothing");
        }
        assert_eq!(findings(&[], "1990-01-01".parse().unwrap()).len(), 0);
    }

    #[test]
    fn a_row_holds_only_in_its_time() {
        let row = Row {
            valid_from: "2026-01-01".parse().ok(),
            valid_to: "2026-06-30".parse().ok(),
            ..all()[0].clone()
        };
        let speaks = |day: &str| row.speaks(&[Sign::LifeThreatened], day.parse().unwrap());
        assert!(
            !speaks("2025-12-31") && speaks("2026-01-01") && speaks("2026-06-30") && !speaks("2026-07-01")
        );
    }
}
