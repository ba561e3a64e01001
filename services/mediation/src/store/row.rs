//! The tables, as the database has them. Nothing outside the store sees a row.

/// One row a case.
pub(super) mod desk_fence {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "desk_fence")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        pub centre: String,
        pub epoch: i64,
        pub n: i64,
        pub raised_at: Option<DateTimeUtc>,
        pub version: i64,
        pub ended: Option<String>,
        pub former_holders: Option<String>,
        pub amended: Option<String>,
        pub amendments: i64,
        pub begun: Option<String>,
        pub worked: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// One row a run.
pub(super) mod mediation {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mediation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub mediation_id: Uuid,
        pub centre: String,
        pub case_id: Uuid,
        pub version: i64,
        pub state: String,
        pub mediator: Option<String>,
        pub studio_org: String,
        pub track: String,
        pub parties: String,
        pub opened_epoch: i64,
        pub opened_n: i64,
        pub open_at: DateTimeUtc,
        pub start_at: Option<DateTimeUtc>,
        pub end_at: Option<DateTimeUtc>,
        pub fail_ground: Option<String>,
        pub explanation: Option<Vec<u8>>,
        pub course: Option<String>,
        pub ordinal: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// One row a sitting.
pub(super) mod session {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub session_id: Uuid,
        pub centre: String,
        pub case_id: Uuid,
        pub mediation_id: Uuid,
        pub start_at: DateTimeUtc,
        pub mode: String,
        pub present: String,
        pub words: Vec<u8>,
        pub recorded_at: DateTimeUtc,
        pub request_key: String,
        pub fingerprint: String,
        pub replayed_at: Option<DateTimeUtc>,
        pub told: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// One row a note, a text of facts, a piece of evidence.
pub(super) mod entry {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry_id: Uuid,
        pub centre: String,
        pub case_id: Uuid,
        pub mediation_id: Uuid,
        pub kind: String,
        pub recorded_at: DateTimeUtc,
        pub words: Vec<u8>,
        pub request_key: Option<String>,
        pub fingerprint: Option<String>,
        pub replayed_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// One row an agreement.
pub(super) mod agreement {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "agreement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub agreement_id: Uuid,
        pub centre: String,
        pub case_id: Uuid,
        pub mediation_id: Uuid,
        pub drafted_at: DateTimeUtc,
        pub terms: Vec<u8>,
        pub digest: String,
        pub partial: bool,
        pub amount_fen: i64,
        pub signatures: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
