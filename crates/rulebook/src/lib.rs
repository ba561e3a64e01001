//! The law as dated data: causes, towns, courts, calendars, clocks, grounds, tracks, default routes.
//!
//! Every rule stands in a small table under `data/`, one row a rule, with its source beside it, so that a
//! lawyer can review a change without reading Rust. The modules here only look rows up and count days.
//! The tables are compiled in and read once; this is the edition below which no installation falls.
//!
//! What the tables call `D1` or `D2` is this project's decision and not law; what is marked as not established
//! (courts' codes, the towns of the first court, the length of K49) must be confirmed by the centre.

#[macro_use]
mod told;

pub mod calendar;
pub mod case_number;
pub mod causes;
pub mod check;
pub mod clocks;
pub mod courts;
pub mod deadline;
pub mod difference;
pub mod edition;
pub mod events;
pub mod exits;
pub mod explain;
pub mod files;
pub mod grounds;
pub mod jurisdiction;
pub mod matters;
pub mod period;
pub mod procedure;
pub mod profiles;
pub mod regimes;
pub mod routes;
pub mod sources;
pub mod studio;
pub(crate) mod table;
pub mod towns;
pub mod tracks;
pub mod unlawful;
pub mod validity;
