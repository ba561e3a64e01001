//! The kinds of studio a case can be sent to.

use lexicon::coded;

coded! {
    /// What a mediation studio is run by, or is about.
    StudioKind {
        /// Court mediators.
        Court = "COURT", "法院调解";
        /// The police.
        Police = "POLICE", "公安调解";
        /// Judicial administration: the justice office of the town and its people's committees.
        Justice = "JUSTICE", "司法行政调解";
        /// Banks, insurers, securities.
        BankInsurance = "BANK_INSURANCE", "银行保险调解";
        /// Family and succession.
        Family = "FAMILY", "婚姻家庭调解";
        /// Work.
        Labour = "LABOUR", "劳动争议调解";
        /// Road accidents.
        Traffic = "TRAFFIC", "交通事故调解";
        /// Property management and owners.
        Property = "PROPERTY", "物业纠纷调解";
        /// Treatment and its harm.
        Medical = "MEDICAL", "医疗纠纷调解";
        /// Consumers.
        Consumer = "CONSUMER", "消费纠纷调解";
    }
}
