//! Who is near a case: the table that every get, list, watch and count of a service is joined with.
use sea_orm_migration::MigrationTrait;

mod m0001_case_relation;
mod m0002_exclusion;
mod m0003_courts;
mod m0004_guest;

/// In the order in which they are applied.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0001_case_relation::Migration),
        Box::new(m0002_exclusion::Migration),
        Box::new(m0003_courts::Migration),
        Box::new(m0004_guest::Migration),
    ]
}
