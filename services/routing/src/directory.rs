//! Who there is: organisations and mediators of a centre. It is read; the example town is written once by `seed`.

use std::collections::HashMap;

use courier::{Desk, Fault};
use lexicon::OrgId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::model::Room;
use crate::store::referral;

/// What a mediator may hold who has a token but no line in the directory: as many as the example's.
pub const CAPACITY: u64 = 2000;
/// The states in which a mediator holds a case.
const HELD: [&str; 2] = ["ASSIGNED", "CONFIRMED"];

/// `organization`.
pub mod organization {
    use sea_orm::entity::prelude::*;

    /// One organisation.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "organization")]
    pub struct Model {
        /// The governance centre.
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        /// Its stable id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: String,
        /// Its name.
        pub name: String,
        /// `COURT`, `HALL`, `STUDIO`, `WORKSTATION` or `PARTNER`.
        pub kind: String,
        /// The one above it.
        pub parent_org: Option<String>,
        /// The town it sits in.
        pub town_code: Option<String>,
        /// For studios, what kind.
        pub studio_kind: Option<String>,
    }

    /// It stands alone.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// `mediator`.
pub mod mediator {
    use sea_orm::entity::prelude::*;

    /// One mediator.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mediator")]
    pub struct Model {
        /// The governance centre.
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        /// The account.
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: String,
        /// The name that staff see.
        pub name: String,
        /// The studio.
        pub studio_org: String,
        /// How many cases may be held at once.
        pub capacity: i32,
    }

    /// It stands alone.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The directory on a desk; clones share it.
#[derive(Clone)]
pub struct Directory {
    desk: Desk,
}

impl Directory {
    /// The directory of this desk.
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// The organisations of a centre by id, all or of one kind.
    pub async fn organizations(
        &self,
        centre: &str,
        kind: Option<&str>,
    ) -> Result<Vec<organization::Model>, Fault> {
        let mut query = organization::Entity::find().filter(organization::Column::Centre.eq(centre));
        if let Some(kind) = kind {
            query = query.filter(organization::Column::Kind.eq(kind));
        }
        let found = query.order_by_asc(organization::Column::OrgId).all(self.desk.reader()).await;
        found.map_err(|error| Fault::new("list organisations", error))
    }

    /// The studios of a centre, by id.
    pub async fn studios(&self, centre: &str) -> Result<Vec<organization::Model>, Fault> {
        self.organizations(centre, Some("STUDIO")).await
    }

    /// The mediators of a centre or of one studio by account, each with the number of cases held.
    pub async fn mediators(
        &self,
        centre: &str,
        studio: Option<&OrgId>,
    ) -> Result<Vec<(mediator::Model, u64)>, Fault> {
        let mut query = mediator::Entity::find().filter(mediator::Column::Centre.eq(centre));
        if let Some(studio) = studio {
            query = query.filter(mediator::Column::StudioOrg.eq(studio.as_str()));
        }
        let found = query.order_by_asc(mediator::Column::AccountId).all(self.desk.reader()).await;
        let found = found.map_err(|error| Fault::new("list mediators", error))?;
        let held = self.held(centre, None).await?;
        let count = |mediator: &mediator::Model| held.get(&mediator.account_id).copied().unwrap_or(0);
        Ok(found
            .into_iter()
            .map(|mediator| (count(&mediator), mediator))
            .map(|(held, m)| (m, held))
            .collect())
    }

    /// How many cases the account holds and may hold. Who may mediate for which studio is the token's word; the directory
    /// bounds it and may contradict it.
    pub async fn room(&self, centre: &str, account: &str) -> Result<Room, Fault> {
        let key = (centre.to_owned(), account.to_owned());
        let listed = mediator::Entity::find_by_id(key).one(self.desk.reader()).await;
        let listed = listed.map_err(|error| Fault::new("read a mediator", error))?;
        let listed_in = match &listed {
            Some(row) => {
                let wrong = |_| Fault::inconsistent("mediator", "studio_org", account);
                Some(OrgId::new(row.studio_org.as_str()).map_err(wrong)?)
            }
            None => None,
        };
        let held = self.held(centre, Some(account)).await?.values().sum();
        Ok(Room { held, capacity: listed.map_or(CAPACITY, |row| row.capacity.max(0) as u64), listed_in })
    }

    async fn held(&self, centre: &str, account: Option<&str>) -> Result<HashMap<String, u64>, Fault> {
        use referral::Column;
        let mut query = referral::Entity::find()
            .select_only()
            .column(Column::Holder)
            .column_as(Column::CaseId.count(), "held")
            .filter(Column::Centre.eq(centre))
            .filter(Column::State.is_in(HELD))
            .group_by(Column::Holder);
        query = match account {
            Some(account) => query.filter(Column::Holder.eq(account)),
            None => query.filter(Column::Holder.is_not_null()),
        };
        let counts: Result<Vec<(String, i64)>, _> = query.into_tuple().all(self.desk.reader()).await;
        let counts = counts.map_err(|error| Fault::new("count what mediators hold", error))?;
        Ok(counts.into_iter().map(|(holder, held)| (holder, held as u64)).collect())
    }
}
