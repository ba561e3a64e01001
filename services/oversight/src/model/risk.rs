//! What threatens in a case and what must be reported (T44): one emergency and one duty to report at a time.
//!
//! ```text
//! RAISED ──somebody else answers──▶ ACKNOWLEDGED        DUE ──▶ REPORTED (authority, receipt)
//!   └─ S14 runs out: level 2 (centre), 3 (committee)      └──▶ DROPPED (a supervisor, with the reason)
//! ```

use chrono::{DateTime, Utc};
use lexicon::{AccountId, Outcome};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Refusal;

/// The clock of an unanswered emergency.
pub const ANSWER_CLOCK: &str = "S14";
/// The clock of a duty to report.
pub const REPORT_CLOCK: &str = "S15";
/// The highest level: nobody is above the committee.
pub const TOP: u8 = 3;

/// What threatens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Danger {
    /// Violence.
    Violence,
    /// Somebody may hurt themselves.
    SelfHarm,
    /// A mass incident.
    MassIncident,
}

/// What is to be reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Matter {
    /// What an emergency is about.
    Danger,
    /// Harm to a minor.
    MinorHarmed,
    /// A suspected crime.
    Crime,
    /// A violation of public order.
    PublicOrder,
}

/// To whom one reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authority {
    /// The police.
    Police,
    /// The protection of minors.
    ChildProtection,
    /// Another department.
    Department,
}

/// Somebody has answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Who.
    pub by: AccountId,
    /// When.
    pub at: DateTime<Utc>,
    /// On which level.
    pub level: u8,
}

/// An emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    /// Its id.
    pub id: Uuid,
    /// What threatens.
    pub dangers: Vec<Danger>,
    /// Who raised it first.
    pub by: AccountId,
    /// When: the time for an answer runs from here, whatever joins.
    pub at: DateTime<Utc>,
    /// Who else added a danger: nobody who raised one answers it.
    #[serde(default)]
    pub joined: Vec<AccountId>,
    /// 1 the studio, 2 the centre, 3 the committee.
    pub level: u8,
    /// Who must answer.
    pub holder: String,
    /// It waits for an answer.
    pub open: bool,
    /// Who has answered.
    pub answers: Vec<Answer>,
}

/// A duty to report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Its id.
    pub id: Uuid,
    /// What.
    pub matters: Vec<Matter>,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Who must report.
    pub holder: String,
    /// How it ended.
    pub end: Option<End>,
}

/// How a duty to report ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// To whom it was reported; nobody where it was dropped.
    pub to: Option<Authority>,
    /// The receipt's number; nothing where it was dropped.
    #[serde(default)]
    pub receipt: Receipt,
    /// Who reported or dropped it.
    pub by: AccountId,
    /// When.
    pub at: DateTime<Utc>,
}

/// The number of an authority's receipt, as it is kept: free text, so it is sealed, with a keyed digest to tell it by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Receipt {
    /// Equal digests are the same number.
    pub digest: String,
    /// The number, sealed.
    pub sealed: Vec<u8>,
}

/// A receipt in its row; until it was sealed it was its number alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Clear(String),
    Sealed { digest: String, sealed: Vec<u8> },
}

impl From<Kept> for Receipt {
    fn from(kept: Kept) -> Self {
        match kept {
            // From before receipts were sealed: the number stands where now its digest does.
            Kept::Clear(digest) => Self { digest, sealed: vec![] },
            Kept::Sealed { digest, sealed } => Self { digest, sealed },
        }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// An emergency was raised, or has a danger more.
    Raised,
    /// It has gone up.
    Escalated,
    /// Somebody answered.
    Acknowledged,
    /// Something must be reported.
    DutyOpened,
    /// It was.
    Reported,
    /// It need not be.
    Dropped,
}

/// The risk of one case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// The last emergency.
    pub emergency: Option<Emergency>,
    /// The last duty to report.
    pub duty: Option<Duty>,
    /// The version under which its last news was said. The docket's own rises with everybody's news, and is not waited for.
    #[serde(default)]
    pub said: u64,
}

/// Who does something, when, and who answers for the case.
#[derive(Debug, Clone)]
pub struct Hand {
    /// The account.
    pub by: AccountId,
    /// When.
    pub at: DateTime<Utc>,
    /// The studio, else the first receiver.
    pub responsible: String,
    /// Something of the case is waited for.
    pub live: bool,
}

/// What a verb answers.
pub type Moved = Result<Outcome<Risk, Event>, Refusal>;

impl Risk {
    /// Whether an emergency waits for an answer.
    pub fn is_unanswered(&self) -> bool {
        self.emergency.as_ref().is_some_and(|emergency| emergency.open)
    }

    /// Danger. It must be answered, and reported.
    pub fn raise(mut self, danger: Danger, hand: &Hand, id: impl Fn() -> Uuid) -> Moved {
        if !hand.live {
            return Err(Refusal::CaseNotLive);
        }
        match self.emergency.as_mut().filter(|emergency| emergency.open) {
            // Whoever raises it too has raised it: they answer it no more than the first.
            Some(open)
                if open.dangers.contains(&danger)
                    && (open.by == hand.by || open.joined.contains(&hand.by)) =>
            {
                return Ok(Outcome::AlreadySo(self));
            }
            Some(open) => {
                if !open.dangers.contains(&danger) {
                    open.dangers.push(danger);
                }
                if open.by != hand.by && !open.joined.contains(&hand.by) {
                    open.joined.push(hand.by.clone());
                }
            }
            None => {
                self.emergency = Some(Emergency {
                    id: id(),
                    dangers: vec![danger],
                    by: hand.by.clone(),
                    at: hand.at,
                    joined: vec![],
                    level: 1,
                    holder: hand.responsible.clone(),
                    open: true,
                    answers: vec![],
                });
            }
        }
        let mut events = vec![Event::Raised];
        events.extend(self.owe(Matter::Danger, hand, id));
        Ok(Outcome::Changed(self, events))
    }

    /// Somebody takes notice and acts.
    pub fn acknowledge(mut self, emergency: Uuid, hand: &Hand, supervisor: bool) -> Moved {
        let Some(found) = self.emergency.as_mut().filter(|found| found.id == emergency) else {
            return Err(Refusal::NoEmergency);
        };
        if !found.open && found.answers.iter().any(|answer| answer.by == hand.by) {
            return Ok(Outcome::AlreadySo(self));
        }
        if found.by == hand.by || found.joined.contains(&hand.by) {
            return Err(Refusal::OwnEmergency);
        }
        if found.open && found.level > 1 && !supervisor {
            return Err(Refusal::AnsweredAbove);
        }
        found.open = false;
        found.answers.push(Answer { by: hand.by.clone(), at: hand.at, level: found.level });
        Ok(Outcome::Changed(self, vec![Event::Acknowledged]))
    }

    /// Nobody answered in time.
    pub fn escalate(mut self) -> Outcome<Self, Event> {
        match self.emergency.as_mut().filter(|emergency| emergency.open && emergency.level < TOP) {
            Some(open) => {
                open.level += 1;
                if open.level == TOP { "committee" } else { "centre" }.clone_into(&mut open.holder);
                Outcome::Changed(self, vec![Event::Escalated])
            }
            None => Outcome::AlreadySo(self),
        }
    }

    /// Something must be reported.
    pub fn open_duty(mut self, matter: Matter, hand: &Hand, id: impl Fn() -> Uuid) -> Moved {
        if !hand.live {
            return Err(Refusal::CaseNotLive);
        }
        Ok(match self.owe(matter, hand, id) {
            Some(event) => Outcome::Changed(self, vec![event]),
            None => Outcome::AlreadySo(self),
        })
    }

    /// What the window saw: everything that threatens and everything that must be reported, each told of once.
    pub fn see(self, dangers: &[Danger], matters: &[Matter], hand: &Hand, id: impl Fn() -> Uuid) -> Moved {
        let (mut risk, mut events) = (self, Vec::new());
        let mut take = |moved: Outcome<Risk, Event>| match moved {
            Outcome::AlreadySo(risk) => risk,
            Outcome::Changed(risk, news) => {
                events.extend(news);
                risk
            }
        };
        for danger in dangers {
            risk = take(risk.raise(*danger, hand, &id)?);
        }
        for matter in matters {
            risk = take(risk.open_duty(*matter, hand, &id)?);
        }
        let all = [Event::Raised, Event::DutyOpened];
        let said: Vec<Event> = all.into_iter().filter(|event| events.contains(event)).collect();
        Ok(if said.is_empty() { Outcome::AlreadySo(risk) } else { Outcome::Changed(risk, said) })
    }

    /// Whether a report is due.
    pub fn is_report_due(&self) -> bool {
        self.duty.as_ref().is_some_and(|duty| duty.end.is_none())
    }

    /// It was reported.
    pub fn report(self, to: Authority, receipt: Receipt, reported: DateTime<Utc>, by: &AccountId) -> Moved {
        let end = End { to: Some(to), receipt, by: by.clone(), at: reported };
        self.finish(end, Event::Reported)
    }

    /// It proved to be nothing.
    pub fn drop_duty(self, hand: &Hand) -> Moved {
        if self.is_unanswered() {
            return Err(Refusal::EmergencyUnanswered);
        }
        let end = End { to: None, receipt: Receipt::default(), by: hand.by.clone(), at: hand.at };
        self.finish(end, Event::Dropped)
    }

    fn owe(&mut self, matter: Matter, hand: &Hand, id: impl Fn() -> Uuid) -> Option<Event> {
        match self.duty.as_mut().filter(|duty| duty.end.is_none()) {
            Some(due) if due.matters.contains(&matter) => return None,
            Some(due) => due.matters.push(matter),
            None => {
                let (at, holder) = (hand.at, hand.responsible.clone());
                self.duty = Some(Duty { id: id(), matters: vec![matter], at, holder, end: None });
            }
        }
        Some(Event::DutyOpened)
    }

    fn finish(mut self, end: End, event: Event) -> Moved {
        match self.duty.as_mut() {
            Some(duty) if duty.end.is_none() => {
                duty.end = Some(end);
                Ok(Outcome::Changed(self, vec![event]))
            }
            Some(duty)
                if duty.end.as_ref().is_some_and(|known| {
                    known.to == end.to && known.receipt.digest == end.receipt.digest
                }) =>
            {
                Ok(Outcome::AlreadySo(self))
            }
            _ => Err(Refusal::NoReportDue),
        }
    }
}
