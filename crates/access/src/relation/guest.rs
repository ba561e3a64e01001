//! `case_guest`: who was invited to which case, searched by guest. An organisation is invited by a hand-over that is offered to
//! it, a consultation that it takes part in, or assistance that it is asked for or gives; a co-mediator helps the holder.

use sea_orm::entity::prelude::*;

/// Before an organisation's id.
pub const ORG: &str = "org/";
/// Before an account.
pub const ACCOUNT: &str = "account/";

/// One guest of one case.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_guest")]
pub struct Model {
    /// The organisation or the account, with its prefix.
    #[sea_orm(primary_key, auto_increment = false)]
    pub guest: String,
    /// The case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub case_id: Uuid,
    /// The governance centre.
    pub centre: String,
}

/// A guest stands alone.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Organisations and accounts as guests.
pub fn names(orgs: &[String], accounts: &[String]) -> Vec<String> {
    let orgs = orgs.iter().map(|org| format!("{ORG}{org}"));
    orgs.chain(accounts.iter().map(|account| format!("{ACCOUNT}{account}"))).collect()
}
