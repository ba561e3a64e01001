//! The tables as rows. Private: nobody outside the store sees one.

pub(super) mod filing {
    //! `filing`: one row a filing.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "filing")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub filing_id: Uuid,
        pub centre: String,
        pub case_id: Uuid,
        pub version: i64,
        pub kind: String,
        pub state: String,
        pub first_receiver_org: String,
        pub court: Option<String>,
        pub jurisdiction_basis: Option<String>,
        pub package_sha256: Option<String>,
        pub documents: Option<String>,
        pub complaint: Option<Vec<u8>>,
        pub submit_time: Option<DateTimeUtc>,
        pub court_case_number: Option<String>,
        pub refusal_reason: Option<Vec<u8>>,
        pub track: String,
        pub amendments: i64,
        pub correction: Option<Vec<u8>>,
        /// In clear, in a row of before.
        pub outcome: Option<String>,
        pub outcome_sealed: Option<Vec<u8>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod document {
    //! `document`: one row a document of a package, with its content.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "document")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub document_id: Uuid,
        pub centre: String,
        pub filing_id: Uuid,
        pub place: i32,
        pub media_type: String,
        pub content: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod receipt {
    //! `receipt`: one row a court's answer.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "receipt")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub filing_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        pub centre: String,
        pub package_sha256: String,
        pub court_seconds: i64,
        pub court_nanos: i32,
        pub receive_time: DateTimeUtc,
        pub account: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod thread {
    //! `thread`: one row a case.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "thread")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        pub centre: String,
        pub revision: i64,
        pub version: i64,
        pub facts: String,
        pub document_sealed: Option<Vec<u8>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod confirmation {
    //! `confirmation`: one row an application.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "confirmation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub confirmation_id: Uuid,
        pub centre: String,
        pub case_id: Uuid,
        pub version: i64,
        pub state: String,
        pub court: String,
        pub jurisdiction_basis: String,
        pub package_sha256: String,
        pub documents: String,
        pub content: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod handoff {
    //! `handoff`: one row a hand-over.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "handoff")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub handoff_id: Uuid,
        pub centre: String,
        pub case_id: Uuid,
        pub version: i64,
        pub state: String,
        pub first_receiver_org: String,
        pub exit: String,
        pub content: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod commission {
    //! `commission`: one row a commission.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "commission")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub commission_id: Uuid,
        pub centre: String,
        pub thread_id: Uuid,
        pub version: i64,
        pub state: String,
        pub court: String,
        pub studio_org: String,
        pub content: Vec<u8>,
        pub body: Vec<u8>,
        pub request_key: String,
        pub fingerprint: String,
        pub replayed_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod matter {
    //! `matter`: one row a case, found by what cases about one matter share.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "matter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        pub centre: String,
        pub shared: String,
        pub court: Option<String>,
        pub may_learn: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod matter_head {
    //! `matter_head`: one row a matter, raised by every case that looks for others about it.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "matter_head")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub shared: String,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod outbox {
    //! `outbox`: what this service has said, in its order. The courier writes it; the inbox of a court reads it.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_id: Uuid,
        /// None until the relay has numbered it.
        pub pub_seq: Option<i64>,
        pub kind: String,
        pub centre: String,
        pub case_id: Uuid,
        pub body: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
