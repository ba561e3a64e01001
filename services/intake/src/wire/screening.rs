//! The screen at the window: which signs were seen, and what the rule book says of them.

use contracts::intake::v1 as proto;
use contracts::oversight::v1 as oversight;
use lexicon::{Fault, Violations};
use rulebook::screen::{About, Consequence, Row, Sign};

use super::field::timestamp;
use crate::model::Screening;

/// Reads what was seen: nothing where nobody has looked.
pub fn signs(violations: &mut Violations, given: Option<&proto::Screening>) -> Option<Vec<Sign>> {
    let given = given?;
    let mut violations = violations.at("screening");
    if given.signs.len() > 2 * Sign::ALL.len() {
        violations.push("signs", Fault::TOO_MANY);
        return None;
    }
    if given.screen_time.is_some() {
        violations.push_worded(
            "screen_time",
            "RANGE",
            "The service says when the window looked; leave it empty.",
            "筛查时间由系统记录，请勿填写。",
        );
    }
    let mut signs = Vec::with_capacity(given.signs.len());
    for (at, number) in given.signs.iter().enumerate() {
        signs.extend(violations.check(&format!("signs[{at}]"), sign(*number)));
    }
    Some(signs)
}

/// A sign by its number in the contract.
pub fn sign(number: i32) -> Result<Sign, Fault> {
    let name = proto::ScreenSign::try_from(number).map_err(|_| Fault::ENUM_UNKNOWN)?.as_str_name();
    let name = name.trim_start_matches("SCREEN_SIGN_").to_lowercase().replace('_', "-");
    name.parse().map_err(|_| Fault::ENUM_UNKNOWN)
}

/// A sign's number in the contract.
pub fn sign_number(sign: Sign) -> i32 {
    let name = format!("SCREEN_SIGN_{}", sign.code().to_uppercase().replace('-', "_"));
    proto::ScreenSign::from_str_name(&name).unwrap_or_default().into()
}

/// What was seen, as a message.
pub fn screening(of: &Screening) -> proto::Screening {
    let signs = of.signs.iter().map(|sign| sign_number(*sign)).collect();
    proto::Screening { signs, screen_time: Some(timestamp(of.at)) }
}

/// What that means.
pub fn findings(of: &Screening) -> Vec<proto::ScreenFinding> {
    of.findings().into_iter().map(finding).collect()
}

fn finding(row: &Row) -> proto::ScreenFinding {
    let consequence = match row.consequence {
        Consequence::Advise => proto::ScreenConsequence::Advise,
        Consequence::ShowPolice => proto::ScreenConsequence::ShowPolice,
        Consequence::Report => proto::ScreenConsequence::Report,
        Consequence::Emergency => proto::ScreenConsequence::Emergency,
    };
    proto::ScreenFinding {
        code: row.id.clone(),
        consequence: consequence.into(),
        danger: row.about.and_then(danger).unwrap_or_default().into(),
        matter: row.about.and_then(matter).unwrap_or_default().into(),
        refuse_ground: row.ground.clone(),
        article: row.source.clone(),
        text: row.chinese.clone(),
        text_en: row.english.clone(),
        verified: row.verified,
    }
}

/// What others may know of it: what threatens and what must be reported, each once, who looked, and which rules spoke.
pub fn obliges(of: &Screening) -> proto::Screened {
    let findings = of.findings();
    let about = || findings.iter().filter_map(|row| row.about);
    let (mut dangers, mut matters): (Vec<i32>, Vec<i32>) = (vec![], vec![]);
    for one in about().filter_map(danger).map(i32::from) {
        if !dangers.contains(&one) {
            dangers.push(one);
        }
    }
    for one in about().filter_map(matter).map(i32::from) {
        if !matters.contains(&one) {
            matters.push(one);
        }
    }
    let findings = findings.iter().map(|row| row.id.clone()).collect();
    proto::Screened { dangers, matters, account: of.by.to_string(), findings }
}

fn danger(about: About) -> Option<oversight::Danger> {
    match about {
        About::Violence => Some(oversight::Danger::Violence),
        About::SelfHarm => Some(oversight::Danger::SelfHarm),
        About::MassIncident => Some(oversight::Danger::MassIncident),
        About::MinorHarmed | About::Crime | About::PublicOrder => None,
    }
}

fn matter(about: About) -> Option<oversight::ReportMatter> {
    match about {
        About::MinorHarmed => Some(oversight::ReportMatter::MinorHarmed),
        About::Crime => Some(oversight::ReportMatter::Crime),
        About::PublicOrder => Some(oversight::ReportMatter::PublicOrder),
        About::Violence | About::SelfHarm | About::MassIncident => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_of_the_rule_book_is_one_of_the_contract_and_back() {
        for known in Sign::ALL {
            assert_eq!(sign(sign_number(*known)), Ok(*known), "{known:?}");
        }
        let highest = Sign::ALL.iter().map(|sign| sign_number(*sign)).max().unwrap();
        assert_eq!(highest as usize, Sign::ALL.len());
        for unknown in [0, -1, highest + 1] {
            assert_eq!(sign(unknown), Err(Fault::ENUM_UNKNOWN), "{unknown}");
        }
    }
}
