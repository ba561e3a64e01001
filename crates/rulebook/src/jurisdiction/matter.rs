//! What is asked about: facts of the matter, as codes and places.

use chrono::NaiveDate;

told! {
    /// A place that can found jurisdiction.
    Point {
        /// Where a defendant lives or has its seat.
        Defendant = "defendant", "被告住所地", "the defendant's domicile";
        /// Where the plaintiff lives, where art. 23 lets that count.
        Plaintiff = "plaintiff", "原告住所地", "the plaintiff's domicile";
        /// Where the immovable or the insured thing is.
        Object = "object", "标的物所在地", "where the thing is";
        /// Where the contract is performed.
        Performance = "performance", "合同履行地", "the place of performance";
        /// Where the leased thing is used.
        Use = "use", "租赁物使用地", "where the thing is used";
        /// Where goods were received, or the buyer's domicile where delivered online.
        Receipt = "receipt", "收货地或买受人住所地", "the place of receipt, or the buyer's domicile";
        /// Where the act was done.
        Act = "act", "侵权行为实施地", "where the act was done";
        /// Where its result came about.
        Result = "result", "侵权结果发生地", "where its result came about";
        /// Where the victim lives.
        Victim = "victim", "被侵权人住所地", "the victim's domicile";
        /// Where the accident was.
        Accident = "accident", "事故发生地", "where the accident was";
        /// Where the vehicle first arrived.
        FirstArrival = "first-arrival", "车辆最先到达地", "where the vehicle first arrived";
        /// Where a vehicle is registered.
        Registration = "registration", "运输工具登记注册地", "where the vehicle is registered";
        /// Where transport began.
        Departure = "departure", "运输始发地", "where the transport began";
        /// Where it led.
        Destination = "destination", "运输目的地", "where the transport led";
        /// Where the insured person lives.
        InsuredDomicile = "insured-domicile", "被保险人住所地", "the insured's domicile";
        /// Where a bill is paid.
        Payment = "payment", "票据支付地", "where the bill is paid";
        /// Where the company has its seat.
        CompanySeat = "company-seat", "公司住所地", "the company's seat";
        /// The port.
        Port = "port", "港口所在地", "the port";
        /// Where the deceased last lived.
        LastDomicile = "last-domicile", "被继承人死亡时住所地", "the last domicile of the deceased";
        /// Where the main estate is.
        Estate = "estate", "主要遗产所在地", "where the main estate is";
        /// Where the mediating organisation has its seat.
        Organisation = "organisation", "调解组织所在地", "the seat of the mediating organisation";
    }
}

/// A place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// A town of the city, by its nine-digit code, current or former.
    Town(&'a str),
    /// Any other division of the mainland, by its code of two digits or more.
    Division(&'a str),
    /// Abroad, Hong Kong, Macao or Taiwan.
    Abroad,
    /// Not recorded.
    Unknown,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// A suit.
    #[default]
    Suit,
    /// A payment order.
    PaymentOrder,
    /// Confirmation of an agreement.
    Confirmation,
}

/// A fact that changes who is competent, or where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// There is a written arbitration agreement.
    ArbitrationAgreed,
    /// Labour arbitration has decided, refused, or been silent for its five days.
    LabourArbitrationDone,
    /// A final judgment or mediation document exists.
    FinalDecision,
    /// A status suit against somebody who is abroad, missing or detained.
    AbsentDefendant,
    /// Made or done over the internet.
    Online,
}

/// A venue the parties agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgreedVenue<'a> {
    /// The place.
    pub place: Place<'a>,
    /// Whether it was agreed in writing.
    pub written: bool,
    /// Whether it has an actual connection with the dispute.
    pub connected: bool,
}

/// The facts. What is left out is unknown.
#[derive(Debug, Clone, Copy)]
pub struct Matter<'a> {
    /// What is asked for.
    pub kind: Kind,
    /// The day on which it would be filed.
    pub on: NaiveDate,
    /// The track it was mediated on; needed for a confirmation.
    pub track: Option<&'a str>,
    /// The code of the cause.
    pub cause: Option<&'a str>,
    /// The label of the category.
    pub category: Option<&'a str>,
    /// The amount in dispute.
    pub amount_fen: Option<i64>,
    /// Where the plaintiffs, or applicants, live.
    pub plaintiffs: &'a [Place<'a>],
    /// Where the defendants live.
    pub defendants: &'a [Place<'a>],
    /// Other places that are recorded.
    pub points: &'a [(Point, Place<'a>)],
    /// What else is known.
    pub facts: &'a [Fact],
    /// A venue the parties agreed.
    pub agreed: Option<AgreedVenue<'a>>,
    /// The id of the court that invited the organisation to mediate before filing.
    pub invited_by: Option<&'a str>,
}

impl Matter<'_> {
    /// A suit of a day about which nothing else is known.
    pub const fn on(day: NaiveDate) -> Self {
        Matter {
            kind: Kind::Suit,
            on: day,
            track: None,
            cause: None,
            category: None,
            amount_fen: None,
            plaintiffs: &[],
            defendants: &[],
            points: &[],
            facts: &[],
            agreed: None,
            invited_by: None,
        }
    }

    /// Whether a fact is known.
    pub fn has(&self, fact: Fact) -> bool {
        self.facts.contains(&fact)
    }
}
