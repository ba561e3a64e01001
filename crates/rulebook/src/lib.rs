//! The law as dated data: regimes, tracks, clocks, procedure, calendars, causes, courts, and what follows from them.
//!
//! Every rule stands in a small table under `data/`, one row a rule, with its source beside it, whether that was read, and
//! from when to when it holds, so that a lawyer can review a change without reading Rust. What the tables call `D1` or
//! `D2` is this project's decision and not law, `M1` is from memory; `verified` says no to both, and what is not
//! established must be confirmed by the centre.
//!
//! The tables are compiled in, and checked before: the build script reads the same rows and stops at an overlap, a gap, a
//! reference to nothing, a state with nobody to act or no clock, and a procedure that can trap a party ([`check`]).
//!
//! - [`regimes`] are the states of the law; a case is pinned to one and keeps it ([`regimes::regime_for`]).
//! - [`tracks`] and their [`profiles`], [`clocks`] begun by [`events`], [`procedure`] and its [`exits`] say what holds.
//! - [`deadline`] computes when a period ends from its ledger, [`explain`] says why, an [`edition`] brings new calendars.
//! - [`matters`] are what cannot be mediated or confirmed, [`jurisdiction`] finds the competent courts; [`screen`] says what
//!   danger, violence, injury and minors oblige to; [`groups`] how a side of many is represented; [`channels`] what each way in
//!   records, [`dossier`] what belongs into a file.
//! - [`difference`] tells two regimes apart; [`unlawful`] is every refusal with its reason code and article.
//!
//! Pure: no file is opened, no clock is read, nothing waits. The compiled-in tables are the edition below which no
//! installation falls.

#[macro_use]
mod told;

pub mod calendar;
pub mod case_number;
pub mod causes;
pub mod channels;
pub mod check;
pub mod clocks;
pub mod courts;
pub mod deadline;
pub mod difference;
pub mod dossier;
pub mod edition;
pub mod events;
pub mod exits;
pub mod explain;
pub mod files;
pub mod grounds;
pub mod groups;
pub mod jurisdiction;
pub mod matters;
pub mod period;
pub mod procedure;
pub mod profiles;
pub mod regimes;
pub mod screen;
pub mod sources;
pub mod studio;
pub(crate) mod table;
pub mod towns;
pub mod tracks;
pub mod unlawful;
pub mod validity;
