//! The editions of the rule book that are in force, in every service's memory.
use sea_orm_migration::MigrationTrait;

mod m0001_edition;

/// In the order in which they are applied.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(m0001_edition::Migration)]
}
