//! What a rule found, in a form that can be acted on: every place, and what to do about it.

use std::fmt::Display;

/// The offences against one rule.
#[derive(Debug, Default)]
pub struct Complaints(Vec<String>);

impl Complaints {
    /// Notes an offence.
    pub fn at(&mut self, path: impl Display, line: usize, what: impl Display) {
        self.0.push(format!("{path}:{line}: {what}"));
    }

    /// Notes an offence of a whole file or crate.
    pub fn about(&mut self, path: impl Display, what: impl Display) {
        self.0.push(format!("{path}: {what}"));
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Fails with the whole list, unless it is empty.
    #[track_caller]
    pub fn or_do(self, cure: &str) {
        assert!(
            self.0.is_empty(),
            "\n{}\n\n{} offence(s). What to do: {cure}\n",
            self.0.join("\n"),
            self.count()
        );
    }
}
