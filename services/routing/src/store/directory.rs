//! Who there is: organisations and mediators of a centre. An example town is written once; what changes since is in [`roster`].

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use access::Vault;
use courier::{Actor, CommitError, Desk, Fault, WriteList};
use lexicon::OrgId;
use rulebook::calendar::civil_date;
use ruleset::Studio;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::row::referral;
use crate::NAME;
use crate::model::{Hours, Mediator, Organization, Room, Standing};

mod entries;
mod roster;

pub use entries::Written;

/// The states in which a mediator holds a case.
const HELD: [&str; 2] = ["ASSIGNED", "CONFIRMED"];
/// The states in which a studio has something to do about a case.
const OPEN: [&str; 5] = ["ROUTED", "POOL", "ASSIGNED", "CONFIRMED", "FENCING"];

/// `organization`.
mod organization {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "organization")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: String,
        pub name: String,
        pub kind: String,
        pub parent_org: Option<String>,
        pub town_code: Option<String>,
        pub studio_kind: Option<String>,
        pub org_level: Option<String>,
        pub valid_from: Option<Date>,
        pub valid_to: Option<Date>,
        pub station_kind: Option<String>,
        pub station_number: Option<String>,
        pub hours: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// `mediator`.
mod mediator {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mediator")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub centre: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: String,
        pub name: String,
        pub studio_org: String,
        pub capacity: i32,
        pub kind: String,
        pub strengths: String,
        pub languages: String,
        pub territory: String,
        pub inviting_court: String,
        pub valid_from: Option<Date>,
        pub valid_to: Option<Date>,
        pub on_duty: bool,
        pub roster: String,
        pub suspended: bool,
        pub sealed: Option<Vec<u8>>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The directory on a desk; clones share it.
#[derive(Clone)]
pub struct Directory {
    desk: Desk,
    vault: Arc<Vault>,
}

impl Directory {
    /// The directory of this desk.
    pub fn new(desk: Desk, vault: Arc<Vault>) -> Self {
        Self { desk, vault }
    }

    /// The organisations of a centre by id, all or of one kind.
    pub async fn organizations(&self, centre: &str, kind: Option<&str>) -> Result<Vec<Organization>, Fault> {
        let mut query = organization::Entity::find().filter(organization::Column::Centre.eq(centre));
        if let Some(kind) = kind {
            query = query.filter(organization::Column::Kind.eq(kind));
        }
        let found = query.order_by_asc(organization::Column::OrgId).all(self.desk.reader()).await;
        let found = found.map_err(|error| Fault::new("list organisations", error))?;
        found.into_iter().map(Organization::try_from).collect()
    }

    /// The studios of a centre, by id.
    pub async fn studios(&self, centre: &str) -> Result<Vec<Organization>, Fault> {
        self.organizations(centre, Some("STUDIO")).await
    }

    /// The studios of a centre that a case can be routed to today, by id, each with its day: how many open cases it has, how many its
    /// mediators may hold together to whom work may be given today, and whether there is one.
    pub async fn hall(&self, centre: &str) -> Result<Vec<(Organization, Studio)>, Fault> {
        let today = civil_date(self.desk.clock().now());
        let staff = mediator::Entity::find()
            .select_only()
            .column(mediator::Column::StudioOrg)
            .column(mediator::Column::Capacity)
            .filter(mediator::Column::Centre.eq(centre))
            .filter(roster::ready_on(today))
            .into_tuple::<(String, i32)>()
            .all(self.desk.reader());
        let load = referral::Entity::find()
            .select_only()
            .column(referral::Column::StudioOrg)
            .column_as(referral::Column::CaseId.count(), "cases")
            .filter(referral::Column::Centre.eq(centre))
            .filter(referral::Column::State.is_in(OPEN))
            .filter(referral::Column::StudioOrg.is_not_null())
            .group_by(referral::Column::StudioOrg)
            .into_tuple::<(String, i64)>()
            .all(self.desk.reader());
        let (studios, staff, load) = tokio::join!(self.studios(centre), staff, load);
        let staff = staff.map_err(|error| Fault::new("read what mediators may hold", error))?;
        let load = load.map_err(|error| Fault::new("count what studios have", error))?;
        let load: HashMap<String, i64> = load.into_iter().collect();
        let mut capacity: HashMap<String, u32> = HashMap::new();
        for (studio, most) in staff {
            let sum = capacity.entry(studio).or_default();
            *sum = sum.saturating_add(most.max(0) as u32);
        }
        let with_its_day = |studio: Organization| {
            let kind = studio.studio_kind.as_deref()?.parse().ok()?;
            let known = Studio {
                id: studio.org_id.clone(),
                kind,
                load: load.get(&studio.org_id).map_or(0, |cases| *cases as u32),
                capacity: capacity.get(&studio.org_id).copied().unwrap_or_default(),
                on_duty: capacity.contains_key(&studio.org_id),
            };
            Some((studio, known))
        };
        let there = studios?.into_iter().filter(|studio| studio.holds_on(today));
        Ok(there.filter_map(with_its_day).collect())
    }

    /// The mediators of a centre or of one studio by account, each with the number of cases held. Names stay sealed.
    pub async fn mediators(
        &self,
        centre: &str,
        studio: Option<&OrgId>,
    ) -> Result<Vec<(Mediator, u64)>, Fault> {
        self.listed(centre, studio, roster::line).await
    }

    /// The same with their names.
    pub async fn named_mediators(
        &self,
        centre: &str,
        studio: Option<&OrgId>,
    ) -> Result<Vec<(Mediator, u64)>, Fault> {
        self.listed(centre, studio, |row| self.named(row)).await
    }

    async fn listed(
        &self,
        centre: &str,
        studio: Option<&OrgId>,
        read: impl Fn(mediator::Model) -> Result<Mediator, Fault>,
    ) -> Result<Vec<(Mediator, u64)>, Fault> {
        let mut query = mediator::Entity::find().filter(mediator::Column::Centre.eq(centre));
        if let Some(studio) = studio {
            query = query.filter(mediator::Column::StudioOrg.eq(studio.as_str()));
        }
        let found = query.order_by_asc(mediator::Column::AccountId).all(self.desk.reader()).await;
        let found = found.map_err(|error| Fault::new("list mediators", error))?;
        let held = self.held(centre, None).await?;
        let with_count = |row: mediator::Model| {
            let count = held.get(&row.account_id).copied().unwrap_or(0);
            Ok((read(row)?, count))
        };
        found.into_iter().map(with_count).collect()
    }

    /// How many cases the account holds and may hold, and how it stands to new work today. Who may mediate for which studio is the
    /// token's word; the directory bounds it and may contradict it. Whom it does not have is not on the roster.
    pub async fn room(&self, centre: &str, account: &str) -> Result<Room, Fault> {
        let listed = self.row_of(centre, account).await?;
        let held = self.held(centre, Some(account)).await?.values().sum();
        let Some(row) = listed else {
            return Ok(Room { held, capacity: 0, listed_in: None, standing: Standing::Unlisted });
        };
        let wrong = |_| Fault::inconsistent("mediator", "studio_org", account);
        let listed_in = Some(OrgId::new(row.studio_org.as_str()).map_err(wrong)?);
        let capacity = row.capacity.max(0) as u64;
        let standing = roster::line(row)?.standing(civil_date(self.desk.clock().now()));
        Ok(Room { held, capacity, listed_in, standing })
    }

    /// Writes what of these is not there yet; what is there stays as it is. `method` is what the audit calls it.
    pub async fn add(
        &self,
        centre: &str,
        method: &'static str,
        organizations: &[Organization],
        mediators: &[Mediator],
    ) -> Result<(), Fault> {
        let known = self.organizations(centre, None).await?;
        let known: HashSet<&str> = known.iter().map(|one| one.org_id.as_str()).collect();
        let listed = self.mediators(centre, None).await?;
        let listed: HashSet<&str> = listed.iter().map(|(one, _)| one.account_id.as_str()).collect();
        let organizations: Vec<_> =
            organizations.iter().filter(|one| !known.contains(one.org_id.as_str())).collect();
        let mediators: Vec<_> =
            mediators.iter().filter(|one| !listed.contains(one.account_id.as_str())).collect();
        if organizations.is_empty() && mediators.is_empty() {
            return Ok(());
        }
        let stamp = self.desk.stamp(Actor::service(NAME, centre), method, None);
        let mut list = WriteList::new(&stamp, None);
        for one in organizations {
            list.insert_new(organization_row(centre, one));
        }
        let rows = mediators.iter().map(|one| self.row(centre, &Mediator { version: 1, ..(*one).clone() }));
        list.insert_new_rows(rows.collect::<Result<Vec<_>, Fault>>()?);
        self.desk.commit(list).await.map_err(|error| match error {
            CommitError::Fault(fault) => fault,
            CommitError::Busy | CommitError::Lost(_) => Fault::new("seed the directory", error),
        })
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

impl TryFrom<organization::Model> for Organization {
    type Error = Fault;

    fn try_from(row: organization::Model) -> Result<Self, Fault> {
        let org = row.org_id.clone();
        let wrong = |column: &'static str| Fault::inconsistent("organization", column, &org);
        let station_kind = row.station_kind.as_deref().map(str::parse).transpose();
        let hours = Hours::read(row.hours.as_deref().unwrap_or_default());
        Ok(Self {
            org_id: row.org_id,
            name: row.name,
            kind: row.kind,
            parent_org: row.parent_org,
            town_code: row.town_code,
            studio_kind: row.studio_kind,
            org_level: row.org_level,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            station_kind: station_kind.map_err(|_| wrong("station_kind"))?,
            station_number: row.station_number,
            hours: hours.map_err(|_| wrong("hours"))?,
        })
    }
}

fn organization_row(centre: &str, one: &Organization) -> organization::ActiveModel {
    organization::ActiveModel {
        centre: Set(centre.to_owned()),
        org_id: Set(one.org_id.clone()),
        name: Set(one.name.clone()),
        kind: Set(one.kind.clone()),
        parent_org: Set(one.parent_org.clone()),
        town_code: Set(one.town_code.clone()),
        studio_kind: Set(one.studio_kind.clone()),
        org_level: Set(one.org_level.clone()),
        valid_from: Set(one.valid_from),
        valid_to: Set(one.valid_to),
        station_kind: Set(one.station_kind.map(|kind| kind.code().to_owned())),
        station_number: Set(one.station_number.clone()),
        hours: Set(Some(Hours::text(&one.hours)).filter(|text| !text.is_empty())),
    }
}
