//! The tables of routing.
use sea_orm_migration::MigrationTrait;

mod m0001_referral;
mod m0002_directory;
mod m0003_recusal;
mod m0004_rules;
mod m0005_lease;
mod m0006_assignment;
mod m0007_joint;
mod m0008_directory;
mod m0009_tie;
mod m0010_roster;
mod m0011_tie_from_cases;
mod m0012_tie_by_teller;

/// In the order in which they are applied. A name starts with the owner, e.g. `routing_m0001_…`.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0001_referral::Migration),
        Box::new(m0002_directory::Migration),
        Box::new(m0003_recusal::Migration),
        Box::new(m0004_rules::Migration),
        Box::new(m0005_lease::Migration),
        Box::new(m0006_assignment::Migration),
        Box::new(m0007_joint::Migration),
        Box::new(m0008_directory::Migration),
        Box::new(m0009_tie::Migration),
        Box::new(m0010_roster::Migration),
        Box::new(m0011_tie_from_cases::Migration),
        Box::new(m0012_tie_by_teller::Migration),
    ]
}
