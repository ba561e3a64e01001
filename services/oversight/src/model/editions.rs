//! The editions that this installation knows: the one of the program, and those that were activated since.

use rulebook::edition::Edition;

/// All of them, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Editions {
    activated: Vec<Edition>,
}

impl Editions {
    /// The program's own, and these on top.
    pub fn of(activated: Vec<Edition>) -> Self {
        Editions { activated }
    }

    /// The one in force: what was activated last.
    pub fn active(&self) -> &Edition {
        self.activated.last().unwrap_or_else(|| Edition::compiled_in())
    }

    /// The one of this name. A name that is not known was another program's own edition: this program's takes its place.
    pub fn get(&self, id: &str) -> &Edition {
        self.activated.iter().find(|edition| edition.id() == id).unwrap_or_else(|| Edition::compiled_in())
    }

    /// Whether an edition of this name is known.
    pub fn knows(&self, id: &str) -> bool {
        self.get(id).id() == id
    }

    /// Those that were activated, oldest first.
    pub fn activated(&self) -> &[Edition] {
        &self.activated
    }
}
