//! The tables of intake.
use sea_orm_migration::MigrationTrait;

mod m0001_dispute;
mod m0002_terms;
mod m0003_oral;
mod m0004_beyond;
mod m0005_training_row;
mod m0006_likeness;
mod m0007_links;
mod m0008_archive;
mod m0020_likeness_waiting;
mod m0022_legal_advice;
mod m0030_demands;

/// In the order in which they are applied. A name starts with the owner, e.g. `intake_m0001_…`.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0001_dispute::Migration),
        Box::new(m0002_terms::Migration),
        Box::new(m0003_oral::Migration),
        Box::new(m0004_beyond::Migration),
        Box::new(m0005_training_row::Migration),
        Box::new(m0006_likeness::Migration),
        Box::new(m0007_links::Migration),
        Box::new(m0008_archive::Migration),
        Box::new(m0020_likeness_waiting::Migration),
        Box::new(m0022_legal_advice::Migration),
        Box::new(m0030_demands::Migration),
    ]
}
