//! The editions of the rule book that are in force, in the memory of every service.
//!
//! Oversight puts an edition in force and says so (`EditionActivated`); every service keeps it by [`keep`] and computes by
//! the last one it has heard of ([`Almanac`]). [`read`] turns the contract's edition into the rule book's and says all that
//! is wrong with it; [`with`] lays one over another, so that no edition forgets what an earlier one brought. The edition of
//! the program is the floor under them all.

mod editions;
mod law;
mod layers;
mod reading;
mod shelf;

pub use editions::Editions;
pub use law::Law;
pub use layers::with;
pub use reading::{Faulty, read};
pub use shelf::{Almanac, Look, PACE, Shelved, keep, put};
