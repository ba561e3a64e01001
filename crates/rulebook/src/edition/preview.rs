//! What would move if another edition's calendar were adopted: exactly these deadlines, and no other.

use super::Edition;
use crate::deadline::{Ledger, Standing};

/// A deadline that would move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move<K> {
    /// Which.
    pub key: K,
    /// How it stands.
    pub from: Standing,
    /// How it would stand.
    pub to: Standing,
}

impl<K> Move<K> {
    /// Whether a provisional date becomes a sure one.
    pub fn heals(&self) -> bool {
        let provisional = |standing: &Standing| standing.expiry().map(|expiry| expiry.provisional);
        (provisional(&self.from), provisional(&self.to)) == (Some(true), Some(false))
    }

    /// Whether the day itself changes.
    pub fn changes_the_day(&self) -> bool {
        self.from.expiry().map(|expiry| expiry.date) != self.to.expiry().map(|expiry| expiry.date)
    }
}

/// The open deadlines that stand otherwise under the second edition than under the first.
pub fn preview<'a, K>(
    from: &Edition,
    to: &Edition,
    open: impl IntoIterator<Item = (K, &'a Ledger)>,
) -> Vec<Move<K>> {
    let moves = open.into_iter().map(|(key, ledger)| Move {
        key,
        from: ledger.standing(from),
        to: ledger.standing(to),
    });
    moves.filter(|found| found.from != found.to).collect()
}
