//! What a rule may ask of a case: codes, amounts, dates and kinds. Nothing here tells who anybody is.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use lexicon::{PartyKind, coded};
use rulebook::studio::StudioKind;
use serde::{Deserialize, Serialize};

coded! {
    /// What institution takes part, where that decides who knows the trade.
    Institution {
        /// None that matters.
        None = "NONE", "无";
        /// A bank.
        Bank = "BANK", "银行";
        /// An insurer.
        Insurer = "INSURER", "保险公司";
        /// A securities, futures or fund house.
        Securities = "SECURITIES", "证券期货基金机构";
        /// A hospital or clinic.
        Hospital = "HOSPITAL", "医疗机构";
        /// A school or kindergarten.
        School = "SCHOOL", "学校";
        /// A property-management company.
        PropertyCompany = "PROPERTY_COMPANY", "物业服务企业";
        /// An authority or another public body.
        PublicBody = "PUBLIC_BODY", "机关或公共机构";
    }
}

coded! {
    /// Who has dealt with the dispute before.
    PriorBody {
        /// Nobody.
        None = "NONE", "无";
        /// The people's committee of the village or community.
        Village = "VILLAGE", "村（社区）调委会";
        /// The town: its committee or justice office.
        Town = "TOWN", "镇街调委会或司法所";
        /// The police.
        Police = "POLICE", "公安机关";
        /// A court.
        Court = "COURT", "人民法院";
        /// Labour arbitration.
        LabourArbitration = "LABOUR_ARBITRATION", "劳动仲裁";
        /// The consumer council or market regulation.
        ConsumerCouncil = "CONSUMER_COUNCIL", "消委会或市场监管";
        /// The petition office.
        PetitionOffice = "PETITION_OFFICE", "信访部门";
    }
}

coded! {
    /// The language in which the parties must be spoken to.
    Language {
        /// Standard Chinese.
        Mandarin = "MANDARIN", "普通话";
        /// Cantonese.
        Cantonese = "CANTONESE", "粤语";
        /// Hakka.
        Hakka = "HAKKA", "客家话";
        /// Min, as it is spoken in some towns of Zhongshan.
        Min = "MIN", "闽语";
        /// English.
        English = "ENGLISH", "英语";
        /// Sign language.
        Sign = "SIGN", "手语";
        /// Another one.
        Other = "OTHER", "其他";
    }
}

/// A studio that the case could go to, as it is at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Studio {
    /// Its organisation.
    pub id: String,
    /// What kind it is.
    pub kind: StudioKind,
    /// How many open cases it has.
    pub load: u32,
    /// How many its mediators may hold together.
    pub capacity: u32,
    /// Whether anybody of it can take a case now.
    pub on_duty: bool,
}

impl Studio {
    /// At or over its capacity.
    pub fn is_full(&self) -> bool {
        self.load >= self.capacity
    }

    /// Whether it has somebody, and room.
    pub fn is_free(&self) -> bool {
        self.on_duty && !self.is_full()
    }

    /// How much of its capacity is used, in tenths: a case more or less seldom changes it.
    pub fn tenths(&self) -> u32 {
        let load = u64::from(self.load) * 10;
        load.checked_div(u64::from(self.capacity)).map_or(u32::MAX, |tenths| tenths as u32)
    }
}

/// Everything that a decision is made from.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and all combinations occur")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// The day of the decision.
    pub date: NaiveDate,
    /// The code of the cause; empty when unknown.
    pub cause: String,
    /// The label of the category; empty when unknown.
    pub category: String,
    /// The code of the town; empty when unknown.
    pub town: String,
    /// The amount in controversy in fen; 0 when there is none.
    pub amount_fen: i64,
    /// What the claimants are.
    pub claimants: BTreeSet<PartyKind>,
    /// What the respondents are; a third party counts on their side.
    pub respondents: BTreeSet<PartyKind>,
    /// Somebody is hurt.
    pub injury: bool,
    /// The police were called.
    pub police: bool,
    /// A minor is concerned.
    pub minors: bool,
    /// There was violence, or it is threatened.
    pub violence: bool,
    /// What institution takes part.
    pub institution: Institution,
    /// The language.
    pub language: Language,
    /// Who dealt with it before.
    pub prior_body: PriorBody,
    /// The kind of studio that the parties wish for.
    pub wish: Option<StudioKind>,
    /// Where it could go.
    pub studios: Vec<Studio>,
}

impl Inputs {
    /// A case of which nothing is known yet.
    pub fn on(date: NaiveDate) -> Self {
        Self {
            date,
            cause: String::new(),
            category: String::new(),
            town: String::new(),
            amount_fen: 0,
            claimants: BTreeSet::new(),
            respondents: BTreeSet::new(),
            injury: false,
            police: false,
            minors: false,
            violence: false,
            institution: Institution::None,
            language: Language::Mandarin,
            prior_body: PriorBody::None,
            wish: None,
            studios: Vec::new(),
        }
    }

    /// The bytes that are kept of them: the same inputs are always the same bytes.
    pub fn bytes(&self) -> Vec<u8> {
        // Codes, numbers and lists: there is nothing in them that JSON cannot hold.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What was kept, or nothing if it is no inputs.
    pub fn kept(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}
