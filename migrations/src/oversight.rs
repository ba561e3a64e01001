//! The tables of oversight.
use sea_orm_migration::MigrationTrait;

mod m0001_docket;
mod m0002_ledger;
mod m0003_risk;

/// In the order in which they are applied. A name starts with the owner, e.g. `oversight_m0001_…`.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0001_docket::Migration),
        Box::new(m0002_ledger::Migration),
        Box::new(m0003_risk::Migration),
    ]
}
