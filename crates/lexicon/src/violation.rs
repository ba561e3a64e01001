//! Everything wrong with one request, gathered so that it is told at once.
//!
//! A violation names the field by its dotted path, such as `parties[1].id_number`, and the rule; it has no
//! place to put the value, so an identity number cannot leak into an error.

use crate::Fault;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// One field that breaks one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Dotted path with indexes, from the request's root.
    pub field: String,
    /// Stable `UPPER_SNAKE` code.
    pub reason: &'static str,
    /// What to put right, in English.
    pub english: String,
    /// What to put right, in Chinese.
    pub chinese: String,
}

/// The collector. Reading goes on after a fault: the caller hears of all of them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Violations {
    found: Vec<Violation>,
    path: String,
}

impl Violations {
    /// Nothing wrong yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes down one step of the path until the answer is dropped:
    /// `let mut party = violations.at("parties[1]"); party.push("name", Fault::REQUIRED);`
    pub fn at(&mut self, step: impl AsRef<str>) -> At<'_> {
        let length = self.path.len();
        self.path = self.join(step.as_ref());
        At { violations: self, length }
    }

    /// Notes a fault of one field below the present path. An empty field is the path itself.
    pub fn push(&mut self, field: &str, fault: Fault) {
        self.push_worded(field, fault.reason, fault.english, fault.chinese);
    }

    /// Notes a fault with words of its own, such as a limit's figure. Never put the value into them.
    pub fn push_worded(
        &mut self,
        field: &str,
        reason: &'static str,
        english: impl Into<String>,
        chinese: impl Into<String>,
    ) {
        let field = self.join(field);
        self.found.push(Violation { field, reason, english: english.into(), chinese: chinese.into() });
    }

    /// The good value, or a note of what is wrong with it.
    pub fn check<T>(&mut self, field: &str, read: Result<T, Fault>) -> Option<T> {
        read.map_err(|fault| self.push(field, fault)).ok()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// What was found, in the order it was found.
    pub fn as_slice(&self) -> &[Violation] {
        &self.found
    }

    /// What was found, to keep.
    pub fn into_vec(self) -> Vec<Violation> {
        self.found
    }

    /// Fine, or everything that is wrong.
    pub fn into_result(self) -> Result<(), Violations> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    fn join(&self, step: &str) -> String {
        match (self.path.is_empty(), step.is_empty()) {
            (true, _) => step.to_owned(),
            (false, true) => self.path.clone(),
            (false, false) => format!("{}.{step}", self.path),
        }
    }
}

/// Lists fields and reasons, never a value, so it may stand in a log.
impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.found.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{} {}", violation.field, violation.reason)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}

/// The collector one step further down; it is a [`Violations`] in every use.
#[derive(Debug)]
pub struct At<'a> {
    violations: &'a mut Violations,
    length: usize,
}

impl Deref for At<'_> {
    type Target = Violations;
    fn deref(&self) -> &Violations {
        self.violations
    }
}

impl DerefMut for At<'_> {
    fn deref_mut(&mut self) -> &mut Violations {
        self.violations
    }
}

impl Drop for At<'_> {
    fn drop(&mut self) {
        self.violations.path.truncate(self.length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_party(violations: &mut Violations) {
        violations.push("name", Fault::REQUIRED);
        violations.at("papers[0]").push("number", Fault::ID_CHECKSUM);
        violations.push("", Fault::CONFLICT_OF_PARTIES);
    }

    #[test]
    fn paths_nest_and_come_back() {
        let mut violations = Violations::new();
        assert_eq!(violations.check("amount", Err::<(), _>(Fault::RANGE)), None);
        read_party(&mut violations.at("parties[1]"));
        assert_eq!(violations.check("town", Ok(3)), Some(3));
        violations.push_worded("narrative", "TOO_LONG", "At most 9 characters.", "最多9个字。");
        assert_eq!(
            violations.to_string(),
            "amount RANGE, parties[1].name REQUIRED, parties[1].papers[0].number ID_CHECKSUM, \
             parties[1] CONFLICT_OF_PARTIES, narrative TOO_LONG"
        );
        let all = violations.into_result().unwrap_err().into_vec();
        assert_eq!(all[1].chinese, Fault::REQUIRED.chinese);
        assert_eq!(all.len(), 5);
    }

    #[test]
    fn nothing_wrong_is_fine() {
        assert_eq!(Violations::new().into_result(), Ok(()));
    }
}
