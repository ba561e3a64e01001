//! What holds on a track while a regime lasts: periods, publicity, fees, formalities, the way out.

use crate::clocks::{self, Clock};
use crate::table;
use crate::tracks::{Exit, Formality};
use crate::validity::dated;
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

told! {
    /// Whether a track takes new cases.
    Status {
        /// It does.
        Open = "open", "开放", "open";
        /// It does not, unless a court has opened it for itself.
        Closed = "closed", "不再接收新案", "closed";
    }
}

/// Which of a track's periods applies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Course {
    /// The base period.
    #[default]
    Ordinary,
    /// The suit runs in summary procedure.
    Summary,
    /// An expert opinion on injury or value had to be waited for.
    Opinion,
    /// A second round after the first mediation.
    Second,
}

told! {
    /// Who may listen.
    Publicity {
        /// As the parties choose.
        PartiesChoose = "parties-choose", "由当事人选择", "as the parties choose";
        /// Nobody else.
        Closed = "closed", "不公开", "closed";
        /// Nobody else, unless all parties agree to it.
        ClosedUnlessAgreed = "closed-unless-agreed", "不公开，当事人同意公开的除外", "closed unless the parties agree otherwise";
        /// Anybody, with exceptions.
        OpenWithExceptions = "open-with-exceptions", "公开，有例外", "open, with exceptions";
        /// Anybody, unless a party asks otherwise.
        OpenUnlessAsked = "open-unless-asked", "公开，当事人要求不公开的除外", "open unless a party asks otherwise";
        /// As agreed.
        ByAgreement = "by-agreement", "由当事人约定", "by agreement";
        /// Nobody else, and what was said stays secret.
        Confidential = "confidential", "保密", "confidential";
        /// As the department's rule says.
        ByRule = "by-rule", "依该部门规定", "by the department's rule";
        /// The sources that were read do not say.
        Unstated = "unstated", "未见规定", "not stated";
    }
}

told! {
    /// What it costs.
    Fee {
        /// Nothing.
        Free = "free", "不收费", "free";
        /// Nothing to the parties.
        FreeToParty = "free-to-party", "不向当事人收费", "free to the parties";
        /// Nothing to the consumer, as a rule.
        FreeToConsumer = "free-to-consumer", "通常不向消费者收费", "usually free to the consumer";
        /// The suit's fee, only after failure.
        CaseFeeOnFailure = "case-fee-on-failure", "调解不成转入审理前才交案件受理费", "case fee only after failure, before the trial stream";
        /// Half the suit's fee.
        Half = "half", "减半收取案件受理费", "half the case fee";
        /// By a published tariff.
        Tariff = "tariff", "可按公示标准收费", "may charge by a published tariff";
        /// The sources that were read do not say.
        Unstated = "unstated", "未见规定", "not stated";
    }
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Profile {
    /// The track's code.
    pub track: String,
    /// The regime that brought it.
    pub regime: String,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// Its last day, if it was replaced.
    pub valid_to: Option<NaiveDate>,
    /// Whether the track takes new cases.
    pub status: Status,
    /// The clock of the base period; none where the parties agree it.
    pub main: Option<String>,
    /// The clock in summary procedure, where it differs.
    pub summary: Option<String>,
    /// The clock where an opinion had to be waited for, where it differs.
    pub opinion: Option<String>,
    /// The clock of a second round, where the law gives one.
    pub second: Option<String>,
    /// Who may listen.
    pub publicity: Publicity,
    /// What it costs.
    pub fee: Fee,
    /// When an agreement is formed.
    pub formality: Formality,
    /// Where it leads when it fails.
    pub exit: Exit,
    /// When a case may run on the track, in Chinese.
    pub when_zh: String,
    /// When a case may run on the track, in English.
    pub when_en: String,
    /// Whether the row was read in its source.
    #[serde(deserialize_with = "table::yes_or_no")]
    pub verified: bool,
    /// Where the row comes from.
    pub source: String,
}

impl Profile {
    /// The id of the clock that applies.
    pub fn main_id(&self, course: Course) -> Option<&str> {
        let own = match course {
            Course::Ordinary => None,
            Course::Summary => self.summary.as_deref(),
            Course::Opinion => self.opinion.as_deref(),
            Course::Second => self.second.as_deref(),
        };
        own.or(self.main.as_deref())
    }

    /// The clock that applies, as it was on the day the case was pinned.
    pub fn main_clock(&self, course: Course, pinned_on: NaiveDate) -> Option<&'static Clock> {
        self.main_id(course).and_then(|id| clocks::on(id, pinned_on))
    }
}

dated!(Profile, track);

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| table::rows("profiles.csv"));

/// All rows.
pub fn all() -> &'static [Profile] {
    &PROFILES
}

/// The rows of a track, oldest first.
pub fn of(track: &str) -> impl DoubleEndedIterator<Item = &'static Profile> {
    PROFILES.iter().filter(move |profile| profile.track == track)
}
