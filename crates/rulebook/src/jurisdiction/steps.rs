//! The ten steps.

mod proposing;

use super::matter::{Fact, Kind, Matter, Place, Point};
use super::places::{Proposal, Seat, in_province};
use super::tables::{Force, holds, special_courts, threshold, venues};
use super::{Elsewhere, Finding, Opinion};
use crate::causes::{self, Cause, Causes};
use crate::courts;
use crate::matters::{self, About};
use crate::unlawful::Unlawful;
use proposing::By;

/// Labour and personnel disputes: arbitration comes first.
pub(super) const LABOUR: Causes = Causes::Groups(19, 20);
/// Contract and property disputes, whose venue can be agreed (L1 art. 35); which groups these are is our reading.
const AGREEABLE: [Causes; 2] = [Causes::Groups(4, 13), Causes::Groups(23, 34)];
/// Intellectual property and maritime matters have levels of their own.
const OWN_LEVELS: [Causes; 2] = [Causes::Groups(13, 16), Causes::Groups(22, 22)];

/// A matter under examination.
pub(super) struct Check<'a> {
    matter: &'a Matter<'a>,
    cause: Option<&'static Cause>,
    findings: Vec<Finding>,
    proposals: Vec<Proposal>,
    missing: Vec<Point>,
}

impl<'a> Check<'a> {
    /// A cause is read by the revision of the day; an unknown one is refused.
    pub(super) fn of(matter: &'a Matter<'a>) -> Result<Check<'a>, Unlawful> {
        let cause = matter.cause.map(|code| causes::on(code, matter.on)).transpose()?;
        Ok(Check { matter, cause, findings: Vec::new(), proposals: Vec::new(), missing: Vec::new() })
    }

    pub(super) fn opinion(mut self) -> Result<Opinion, Unlawful> {
        let elsewhere = self.competence()?;
        if elsewhere.is_none() {
            let intermediate = self.level();
            if !self.special_court() {
                self.venue(intermediate);
            }
        }
        let said = |step: u8| self.findings.iter().any(|finding| finding.step == step);
        for step in (1..=10).filter(|step| !said(*step)).collect::<Vec<_>>() {
            self.say(step, ("前面的步骤已经决定", "decided by an earlier step"), "L1 art. 34-36", true);
        }
        let Check { mut findings, proposals, mut missing, .. } = self;
        findings.sort_by_key(|finding| finding.step);
        missing.sort_unstable();
        missing.dedup();
        Ok(Opinion { elsewhere, proposals, missing, findings })
    }

    fn say(
        &mut self,
        step: u8,
        (chinese, english): (impl Into<String>, impl Into<String>),
        article: &str,
        verified: bool,
    ) {
        let (chinese, english, article) = (chinese.into(), english.into(), article.to_owned());
        self.findings.push(Finding { step, chinese, english, article, verified });
    }

    /// Step 1.
    fn competence(&mut self) -> Result<Option<Elsewhere>, Unlawful> {
        let matter = self.matter;
        let about = About { cause: matter.cause, category: matter.category };
        let labour = self.cause.is_some_and(|cause| LABOUR.holds(cause));
        let court = |ground, chinese, english| Some(Elsewhere { ground, chinese, english });
        let (found, article) = match matter.kind {
            Kind::Confirmation => {
                let track = matter.track.ok_or(Unlawful::UnknownTrack {})?;
                matters::may_confirm(about, track, matter.on)?;
                (None, "L1 art. 205; L2 art. 355")
            }
            _ if matter.has(Fact::FinalDecision) => {
                (court("R09", "申请再审", "the retrial route"), "L1 art. 127")
            }
            _ if matter.has(Fact::ArbitrationAgreed) => (
                court("R08", "约定的仲裁机构", "the arbitral body of the agreement"),
                "L1 art. 127; L2 art. 215",
            ),
            Kind::Suit if labour && !matter.has(Fact::LabourArbitrationDone) => {
                (court("R01", "劳动争议仲裁委员会", "labour arbitration first"), "L15 art. 5")
            }
            _ => match matters::of(about, matter.track.unwrap_or_default()).map(|row| row.id.as_str()) {
                Some("administrative") => {
                    (court("R01", "行政救济途径", "the administrative remedy"), "L1 art. 127")
                }
                Some("crime") => (court("R06", "公安机关", "the police"), "L10 art. 179; L1 art. 127"),
                _ => (None, "L1 art. 122, 127"),
            },
        };
        let told = found.as_ref().map_or_else(
            || ("属于法院主管范围".to_owned(), "the courts are competent".to_owned()),
            |to| {
                (
                    format!("不由法院直接受理，先到{}", to.chinese),
                    format!("not for a court, or not yet: {}", to.english),
                )
            },
        );
        self.say(1, told, article, true);
        Ok(found)
    }

    /// Step 2: whether it belongs to an intermediate court.
    fn level(&mut self) -> bool {
        let matter = self.matter;
        if matter.kind == Kind::PaymentOrder {
            self.say(
                2,
                (
                    "支付令不论标的额由基层法院管辖",
                    "a payment order belongs to a basic court whatever the amount",
                ),
                "L2 art. 23",
                true,
            );
            return false;
        }
        if OWN_LEVELS.iter().any(|set| self.cause.is_some_and(|cause| set.holds(cause))) {
            self.say(
                2,
                (
                    "知识产权、海事案件不适用一般级别管辖标准",
                    "intellectual property and maritime matters have levels of their own",
                ),
                "P22",
                true,
            );
            return false;
        }
        let places = || matter.plaintiffs.iter().chain(matter.defendants);
        let sides: Vec<bool> = places().filter_map(|place| in_province(*place)).collect();
        let foreign = places().any(|place| *place == Place::Abroad);
        let crossing = sides.contains(&true) && sides.contains(&false);
        let (scope, scope_zh, scope_en) = match (foreign, crossing) {
            (true, _) => ("foreign", "涉外、涉港澳台", "a foreign, Hong Kong, Macao or Taiwan matter"),
            (_, true) => ("crossing", "一方不在本省", "one side outside the province"),
            _ => ("inside", "当事人均在或均不在本省", "all parties inside or all outside the province"),
        };
        let (Some(row), Some(amount)) = (threshold(scope, matter.on), matter.amount_fen) else {
            self.say(
                2,
                ("无标的额或无该日标准，按基层法院", "no amount, or no threshold of that day: a basic court"),
                "P22",
                false,
            );
            return false;
        };
        let above = amount >= row.least_fen;
        let yuan = row.least_fen / 100;
        let (whose_zh, whose_en) = if above { ("中级", "an intermediate") } else { ("基层", "a basic") };
        let told = (
            format!("标的额与{yuan}元的标准（{scope_zh}）相比，由{whose_zh}人民法院管辖"),
            format!("against the threshold of {yuan} yuan ({scope_en}): {whose_en} court"),
        );
        self.say(2, told, &row.source, row.verified);
        above
    }

    /// Step 3.
    fn special_court(&mut self) -> bool {
        let Some(court) = special_courts().iter().find(|court| holds(&court.causes, self.cause)) else {
            self.say(3, ("不属于专门法院", "no court of special competence"), "M1", false);
            return false;
        };
        let told = (
            format!("由{}集中管辖（待核对）", court.chinese),
            format!("belongs to the {} (to be confirmed)", court.english),
        );
        self.proposals.push(Proposal {
            seat: Seat::Special(court.chinese.clone()),
            tribunal: None,
            point: None,
            basis: "SPECIAL_COURT".to_owned(),
            because_zh: told.0.clone(),
            because_en: told.1.clone(),
            article: court.source.clone(),
            verified: court.verified,
        });
        self.say(3, told, &court.source, court.verified);
        true
    }

    /// Steps 4 to 10.
    fn venue(&mut self, intermediate: bool) {
        if self.matter.kind == Kind::Confirmation {
            self.confirmation(intermediate);
        } else if !self.exclusive(intermediate) && !self.agreed(intermediate) {
            self.special(intermediate);
        }
        self.several();
    }

    /// Step 4.
    fn exclusive(&mut self, intermediate: bool) -> bool {
        let rule = venues().iter().find(|venue| venue.force == Force::Exclusive && self.speaks(venue));
        let Some(rule) = rule else {
            self.say(4, ("不属于专属管辖", "no exclusive venue"), "L1 art. 34", true);
            return false;
        };
        self.say(4, (rule.chinese.as_str(), rule.english.as_str()), &rule.source, rule.verified);
        self.propose_all(rule, intermediate);
        true
    }

    /// Step 5.
    fn agreed(&mut self, intermediate: bool) -> bool {
        let article = "L1 art. 35";
        let Some(agreed) = self.matter.agreed else {
            self.say(5, ("未约定管辖", "no venue was agreed"), article, true);
            return false;
        };
        let agreeable = self.cause.is_some_and(|cause| AGREEABLE.iter().any(|set| set.holds(cause)));
        let fault = match (agreeable, agreed.written, agreed.connected) {
            (false, _, _) => Some(("不是合同或其他财产权益纠纷", "not a contract or property dispute")),
            (_, false, _) => Some(("没有书面约定", "not in writing")),
            (_, _, false) => Some(("与争议没有实际联系", "no actual connection with the dispute")),
            _ => None,
        };
        if let Some((zh, en)) = fault {
            self.say(
                5,
                (format!("约定管辖无效：{zh}"), format!("the agreed venue does not hold: {en}")),
                article,
                true,
            );
            return false;
        }
        let (zh, en) =
            ("书面约定的与争议有实际联系的地点", "the place agreed in writing, connected with the dispute");
        self.say(5, (zh, en), article, true);
        let by = By { basis: "AGREED_35", chinese: zh, english: en, article, verified: true };
        self.propose(agreed.place, None, &by, intermediate);
        true
    }

    /// Steps 6 and 7.
    fn special(&mut self, intermediate: bool) {
        let rule = venues().iter().find(|venue| venue.force == Force::Special && self.speaks(venue));
        let Some(rule) = rule else {
            self.say(6, ("没有特别规则", "no special rule"), "L1 art. 24-33", true);
            self.general(intermediate);
            return;
        };
        self.say(6, (rule.chinese.as_str(), rule.english.as_str()), &rule.source, rule.verified);
        self.propose_all(rule, intermediate);
        self.say(7, ("特别规则已包括被告住所地或不适用", "covered by the special rule"), "L1 art. 22", true);
    }

    /// Step 7.
    fn general(&mut self, intermediate: bool) {
        let absent = self.matter.has(Fact::AbsentDefendant);
        let (point, basis, article) = if absent {
            (Point::Plaintiff, "GENERAL_23", "L1 art. 23")
        } else {
            (Point::Defendant, "GENERAL_22", "L1 art. 22")
        };
        let (zh, en) = (point.chinese(), point.english());
        self.say(7, (zh, en), article, true);
        let by = By { basis, chinese: zh, english: en, article, verified: true };
        self.propose_point(point, &by, intermediate);
    }

    /// Step 8.
    fn several(&mut self) {
        let told = match self.proposals.len() {
            0 => (
                "没有可建议的法院，请补充地点".to_owned(),
                "no court can be proposed; record the missing places".to_owned(),
            ),
            1 => ("一个法院有管辖权".to_owned(), "one court is competent".to_owned()),
            n => (
                format!("{n}个法院有管辖权，由当事人选择，最先立案的管辖"),
                format!("{n} courts are competent: the party chooses, and the first to register decides"),
            ),
        };
        self.say(8, told, "L1 art. 36", true);
        let named = |proposal: &Proposal| match &proposal.seat {
            Seat::Court(court) => Some(court.name.clone()),
            _ => None,
        };
        let here: Vec<String> = self.proposals.iter().filter_map(named).collect();
        let told = if here.is_empty() {
            ("本市没有可建议的法院".to_owned(), "no court of the city".to_owned())
        } else {
            (format!("按镇街对应：{}", here.join("、")), format!("by the map of towns: {}", here.join(", ")))
        };
        let verified = self.proposals.iter().all(|proposal| proposal.verified);
        self.say(9, told, "P20; P21", verified);
        if self.matter.kind != Kind::Confirmation {
            self.say(10, ("不是司法确认", "no confirmation is asked for"), "L1 art. 205", true);
        }
    }

    /// Step 10.
    fn confirmation(&mut self, intermediate: bool) {
        let article = "L1 art. 205; L2 art. 352";
        if let Some(court) = self.matter.invited_by.and_then(courts::by_id) {
            let (zh, en) =
                ("邀请调解组织先行调解的法院", "the court that invited the organisation to mediate");
            self.say(10, (zh, en), article, true);
            self.proposals.push(Proposal {
                seat: Seat::Court(court),
                tribunal: None,
                point: None,
                basis: "CONFIRM_205_1".to_owned(),
                because_zh: zh.to_owned(),
                because_en: en.to_owned(),
                article: article.to_owned(),
                verified: true,
            });
            return;
        }
        let told = (
            "当事人住所地、标的物所在地或调解组织所在地的法院",
            "the court of a party's domicile, of the thing, or of the organisation's seat",
        );
        self.say(10, told, article, true);
        for point in [Point::Defendant, Point::Plaintiff, Point::Object, Point::Organisation] {
            let by = By {
                basis: "CONFIRM_205_2",
                chinese: point.chinese(),
                english: point.english(),
                article,
                verified: true,
            };
            self.propose_point(point, &by, intermediate);
        }
    }
}
