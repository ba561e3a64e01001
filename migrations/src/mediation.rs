//! The tables of mediation.
use sea_orm_migration::MigrationTrait;

mod m0001_table;
mod m0002_amended;
mod m0003_course;
mod m0004_lease;
mod m0005_told;

/// In the order in which they are applied. A name starts with the owner, e.g. `mediation_m0001_…`.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0001_table::Migration),
        Box::new(m0002_amended::Migration),
        Box::new(m0003_course::Migration),
        Box::new(m0004_lease::Migration),
        Box::new(m0005_told::Migration),
    ]
}
