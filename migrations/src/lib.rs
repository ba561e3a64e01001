//! Every table of the house, one folder per owner.
//!
//! A service's database holds the courier's tables (outbox, inbox, watermarks, audit), access's relations, the almanac's
//! editions, and its own.
//! Each service is one [`MigratorTrait`] type that lists them in that order; [`up`] picks it by name. Migrations only ever go
//! forward: the schema builder keeps them the same text for SQLite and PostgreSQL, each runs in a transaction, and a
//! released one is never edited again.
use sea_orm::DatabaseConnection;
use sea_orm_migration::prelude::*;

mod access;
mod almanac;
mod courier;
mod intake;
mod mediation;
mod oversight;
pub mod postgres;
#[cfg(feature = "rehearsal")]
pub mod rehearsal;
mod routing;
mod transfer;

/// The tables every service has, whatever it does: its ledger of events sent and heard, and its audit rows.
pub fn courier() -> Vec<Box<dyn MigrationTrait>> {
    courier::all()
}

macro_rules! services {
    ($($(#[$doc:meta])* $name:ident => $owner:ident;)*) => {
        $(
            $(#[$doc])*
            pub struct $name;

            #[async_trait::async_trait]
            impl MigratorTrait for $name {
                fn migrations() -> Vec<Box<dyn MigrationTrait>> {
                    let mut list = courier::all();
                    list.extend(access::all());
                    list.extend(almanac::all());
                    list.extend($owner::all());
                    list
                }
            }
        )*
    };
}

services! {
    /// The tables of intake.
    Intake => intake;
    /// The tables of routing.
    Routing => routing;
    /// The tables of mediation.
    Mediation => mediation;
    /// The tables of transfer.
    Transfer => transfer;
    /// The tables of oversight.
    Oversight => oversight;
}

/// A ledger and nothing else: what the courier's own tests run on.
pub struct Ledger;

#[async_trait::async_trait]
impl MigratorTrait for Ledger {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        courier::all()
    }
}

/// The services that keep a memory; each has a database file, or a schema of this name.
pub const SERVICES: [&str; 5] = ["intake", "routing", "mediation", "transfer", "oversight"];

/// Brings the database of `service` up to date. Every service of the house is known here; any other name is an error,
/// so that a misspelt service cannot start on an empty schema.
pub async fn up(service: &str, db: &DatabaseConnection) -> Result<(), DbErr> {
    match service {
        "intake" => Intake::up(db, None).await,
        "routing" => Routing::up(db, None).await,
        "mediation" => Mediation::up(db, None).await,
        "transfer" => Transfer::up(db, None).await,
        "oversight" => Oversight::up(db, None).await,
        other => Err(DbErr::Migration(format!("no service is called {other}"))),
    }
}

/// The migrations that the database of `service` still lacks. Changes nothing.
pub async fn pending(service: &str, db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let pending = match service {
        "intake" => Intake::get_pending_migrations_read_only(db).await,
        "routing" => Routing::get_pending_migrations_read_only(db).await,
        "mediation" => Mediation::get_pending_migrations_read_only(db).await,
        "transfer" => Transfer::get_pending_migrations_read_only(db).await,
        "oversight" => Oversight::get_pending_migrations_read_only(db).await,
        other => Err(DbErr::Migration(format!("no service is called {other}"))),
    };
    Ok(pending?.iter().map(|migration| migration.name().to_owned()).collect())
}
