//! Oversight's tables.

/// One row a case.
pub mod docket {
    use sea_orm::entity::prelude::*;

    /// The head of a docket.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "docket")]
    pub struct Model {
        /// The case.
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        /// The governance centre.
        pub centre: String,
        /// How many entries there are; every entry raises it.
        pub version: i64,
        /// A party has demanded the court.
        pub court_demanded: bool,
        /// The dispute is closed.
        pub closed: bool,
        /// What its deadlines are computed from, and who holds each noun (JSON); empty for a case from before.
        pub book: String,
        /// Whether any of its nouns is waited for.
        pub open: bool,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What happened.
pub mod docket_entry {
    use sea_orm::ActiveValue::Set;
    use sea_orm::entity::prelude::*;

    /// One entry.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "docket_entry")]
    pub struct Model {
        /// The case.
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        /// 1, 2, 3 … in the case.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        /// The governance centre.
        pub centre: String,
        /// When it happened at its producer.
        pub at: DateTimeUtc,
        /// The event's full name.
        pub kind: String,
        /// The service that said it.
        pub service: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    /// A new entry.
    pub fn new(
        case: Uuid,
        number: u64,
        centre: &str,
        at: DateTimeUtc,
        kind: &str,
        service: &str,
    ) -> ActiveModel {
        ActiveModel {
            case_id: Set(case),
            number: Set(number as i64),
            centre: Set(centre.to_owned()),
            at: Set(at),
            kind: Set(kind.to_owned()),
            service: Set(service.to_owned()),
        }
    }
}

/// What threatens in a case, and what must be reported.
pub mod risk {
    use sea_orm::entity::prelude::*;

    /// One row a case in which there was any.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "risk")]
    pub struct Model {
        /// The case.
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        /// The governance centre.
        pub centre: String,
        /// An emergency waits for an answer.
        pub unanswered: bool,
        /// The emergency and the duty (JSON).
        pub content: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What was said of a risk.
pub mod risk_word {
    use sea_orm::entity::prelude::*;

    /// One text.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "risk_word")]
    pub struct Model {
        /// Its id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub word_id: Uuid,
        /// The governance centre.
        pub centre: String,
        /// The case.
        pub case_id: Uuid,
        /// When.
        pub at: DateTimeUtc,
        /// Who said it.
        pub account: String,
        /// EMERGENCY, REPORT or DROPPED.
        pub kind: String,
        /// Sealed.
        pub words: Vec<u8>,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What is due.
pub mod deadline {
    use sea_orm::entity::prelude::*;

    /// One deadline.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "deadline")]
    pub struct Model {
        /// Its id; sorts by when it was started.
        #[sea_orm(primary_key, auto_increment = false)]
        pub deadline_id: Uuid,
        /// The governance centre.
        pub centre: String,
        /// The case.
        pub case_id: Uuid,
        /// Of which noun.
        pub noun: String,
        /// Which one of its kind; empty for a deadline from before.
        pub noun_id: String,
        /// Which clock.
        pub clock: String,
        /// When it started.
        pub start_at: DateTimeUtc,
        /// The first instant at which it is overdue: an index of what the ledger says, which nobody believes.
        pub due_at: DateTimeUtc,
        /// A calendar that is not published yet may move it.
        pub provisional: bool,
        /// RUNNING, STOPPED, MET or REACHED.
        pub state: String,
        /// Who must act.
        pub holder: String,
        /// Raised by every change of the period.
        pub generation: i64,
        /// Terms, start, stops and extensions (JSON); empty for a deadline from before, and for a technical clock.
        pub ledger: String,
        /// The edition whose calendar counts its days.
        pub edition: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
