//! The tables of transfer.
use sea_orm_migration::MigrationTrait;

mod m0001_filing;
mod m0002_track;
mod m0003_nouns;
mod m0004_matter;
mod m0005_outcome;
mod m0010_matter_suit;
mod m0020_document;
mod m0021_matter_head;

/// In the order in which they are applied. A name starts with the owner, e.g. `transfer_m0001_…`.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0001_filing::Migration),
        Box::new(m0002_track::Migration),
        Box::new(m0003_nouns::Migration),
        Box::new(m0004_matter::Migration),
        Box::new(m0005_outcome::Migration),
        Box::new(m0010_matter_suit::Migration),
        Box::new(m0020_document::Migration),
        Box::new(m0021_matter_head::Migration),
    ]
}
