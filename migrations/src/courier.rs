//! The courier's tables: in every service's database, next to the service's own.
use sea_orm_migration::MigrationTrait;

mod m0001_ledger;
mod m0002_many_writers;
mod m0003_lean_outbox;
mod m0004_heard_until;

/// In the order in which they are applied.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0001_ledger::Migration),
        Box::new(m0002_many_writers::Migration),
        Box::new(m0003_lean_outbox::Migration),
        Box::new(m0004_heard_until::Migration),
    ]
}
