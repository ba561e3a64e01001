//! Between the contract and the model: requests are read with every fault at once, answers are masked for whom they must be.
//!
//! - [`field`] single fields: texts, ids, instants, codes, towns;
//! - [`party`] (and its `group`), [`filing`], [`screening`] and [`record`] what a clerk fills in; [`command`] the other requests;
//! - [`answer`] disputes as messages, [`status`] what a party sees, [`news`] the events, [`advice`] suggestions,
//!   [`training`] their corrections, [`batch`] many filings from one stream, [`link`] what two are to each other, [`twins`] disputes like the one that is typed.

pub mod advice;
pub mod answer;
pub mod batch;
pub mod command;
pub mod field;
pub mod filing;
mod group;
pub mod legal_advice;
pub mod link;
pub mod news;
pub mod party;
pub mod record;
pub mod screening;
pub mod status;
pub mod training;
pub mod twins;
