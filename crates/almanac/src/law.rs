//! The editions of the rule book that are in force, as a noun is judged by them.

use std::sync::Arc;

use crate::Editions;

/// The editions at hand, carried by a noun that is judged by them and never stored. Two nouns are the same whatever edition is in
/// force, so no two laws differ.
#[derive(Debug, Clone, Default)]
pub struct Law(Arc<Editions>);

impl Law {
    /// These editions.
    pub fn of(editions: Arc<Editions>) -> Self {
        Law(editions)
    }
}

impl std::ops::Deref for Law {
    type Target = Editions;

    fn deref(&self) -> &Editions {
        &self.0
    }
}

impl PartialEq for Law {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Law {}
