//! Whether two disputes are one, how surely, and why.
//!
//! The same matter comes in twice: at two windows, by telephone and in person, from husband and wife, or from both sides. A
//! clerk should see that before saving. Two things tell: the people, by keyed digests of their papers, phones and names,
//! and the words, which are never quite the same twice.
//!
//! Words are compared by their [`Shingles`]: every run of three characters inside a clause, so that a sentence that is left out
//! or told earlier changes little. To find the few texts that are worth a comparison among very many, each text has some
//! [`bands`]: numbers that two texts share the likelier the more shingles they share (min-wise and locality-sensitive hashing).
//! Every shingle goes through the caller's keyed digest first, so a table of bands says nothing without the key; and there are
//! always the same number of them, however long the text.
//!
//! [`compare`] weighs what is known of both and says each reason. Nothing here decides: a person looks and links, or does not.
//!
//! `cargo run --release -p likeness --example measure_twins -- DIR` prints recall and precision over planted near-duplicates of the real
//! rows in DIR.

mod bands;
mod compare;
mod shingles;

pub use bands::{BANDS, bands};
pub use compare::{Known, LIKELY, Likeness, Person, Reason, SHOWN, Why, compare};
pub use shingles::{FEWEST, Shingles};
