//! The tables as sea-orm sees them. Private to the store.

/// A dispute.
pub mod dispute {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "dispute")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        pub centre: String,
        pub first_receiver_org: String,
        pub state: String,
        pub version: i64,
        pub said_version: i64,
        pub channel: String,
        pub external_id: Option<String>,
        pub words: Vec<u8>,
        pub amount_fen: i64,
        pub town_code: String,
        pub cause_code: String,
        pub case_number: Option<String>,
        pub track: Option<String>,
        pub mediation_consents: String,
        pub requested_at: Option<DateTimeUtc>,
        pub submitted_at: Option<DateTimeUtc>,
        pub submit_edition: String,
        pub accepted_at: Option<DateTimeUtc>,
        pub correction_at: Option<DateTimeUtc>,
        pub correction_due_at: Option<DateTimeUtc>,
        pub correction_generation: i64,
        pub correction_edition: String,
        pub corrected: bool,
        pub refuse_ground: Option<String>,
        pub withdrawn_by: Option<Uuid>,
        pub course: Option<String>,
        pub ruling: Option<String>,
        pub court_course: Option<String>,
        pub court_parts: Option<String>,
        pub demands: Option<String>,
        pub is_open: Option<bool>,
        pub saved_version: Option<i64>,
        pub court_org: Option<String>,
        pub court_case_number: String,
        pub demanded_by: Option<Uuid>,
        pub demanded_how: Option<String>,
        pub demanded_at: Option<DateTimeUtc>,
        pub confirmed_warnings: String,
        pub notice_version: String,
        pub share_with_studio: bool,
        pub oral_read_back_at: Option<DateTimeUtc>,
        pub oral_confirmation: Option<String>,
        pub oral_call_id: String,
        pub merged_into: Option<Uuid>,
        pub batch: Option<String>,
        pub code_index: Option<String>,
        pub file_known: String,
        pub closed_generation: i64,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A party.
pub mod party {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "party")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: Uuid,
        pub case_id: Uuid,
        pub centre: String,
        pub position: i32,
        pub role: Option<String>,
        pub kind: Option<String>,
        pub sealed: Vec<u8>,
        pub name_index: Option<String>,
        pub number_index: Option<String>,
        pub phone_index: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A command that made or filed a dispute.
pub mod request {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "request")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub request_key: String,
        pub case_id: Uuid,
        pub fingerprint: String,
        pub answered_at: DateTimeUtc,
        pub replayed_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a sending system calls a dispute.
pub mod external_reference {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "external_reference")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub org: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub channel: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub external_id: String,
        pub case_id: Uuid,
        pub fingerprint: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The last case number given.
pub mod case_counter {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_counter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub year: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub epoch: i64,
        pub last: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A number by which a dispute's words are found.
pub mod band {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "likeness")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub band: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The numbers of a dispute's words, until each is kept by itself.
pub mod waiting {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "likeness_waiting")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        pub centre: String,
        pub bands: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What one dispute is to another, as the first sees it.
pub mod link {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub other_id: Uuid,
        pub centre: String,
        pub kind: String,
        pub linked_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a clerk corrected of a suggestion.
pub mod training_row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "training_row")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        pub centre: String,
        pub version: i64,
        pub sealed: Vec<u8>,
        pub kept_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
