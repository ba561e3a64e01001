//! What the `source` column of every other table points to.
//!
//! A citation is written `L4 art. 27; L5 art. 24, 26`: parts between semicolons, each led by a source's id.

use crate::table;
use serde::Deserialize;
use std::sync::LazyLock;

/// A law, a page, or a decision of this project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Source {
    /// Id: L = law, P = public page or file, C = unconfirmed table, D = our own decision.
    pub id: String,
    /// Its name, as it is printed on papers.
    pub title: String,
}

impl Source {
    /// Whether this is a text of law rather than a page or a decision of ours.
    pub fn is_law(&self) -> bool {
        self.id.starts_with('L')
    }
}

static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| table::rows("sources.csv"));

/// All sources.
pub fn all() -> &'static [Source] {
    &SOURCES
}

/// The source of this id.
pub fn by_id(id: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.id == id)
}

/// The sources a citation names, in its order; unknown ids are left out (a test forbids them).
pub fn of(citation: &str) -> impl Iterator<Item = &'static Source> {
    ids(citation).filter_map(by_id)
}

pub(crate) fn ids(citation: &str) -> impl Iterator<Item = &str> {
    citation.split(';').filter_map(|part| part.split_whitespace().next())
}

/// Asserts that a row has a source and that each part of it resolves.
#[cfg(test)]
pub(crate) fn assert_cited(row: &str, citation: &str) {
    assert!(ids(citation).count() > 0, "{row} has no source");
    for id in ids(citation) {
        assert!(by_id(id).is_some(), "{row} cites {id}, which sources.csv does not have");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_are_unique_and_citations_resolve() {
        let ids: HashSet<_> = all().iter().map(|source| &source.id).collect();
        assert_eq!(ids.len(), all().len());
        let found: Vec<_> = of("L4 art. 27; L5 art. 24, 26").map(|source| source.id.as_str()).collect();
        assert_eq!(found, ["L4", "L5"]);
        assert!(by_id("L1").is_some_and(Source::is_law) && !by_id("D1").is_some_and(Source::is_law));
        assert_eq!(by_id("L99"), None);
    }

    #[test]
    #[should_panic(expected = "cites L99")]
    fn the_check_sees_a_dangling_source() {
        assert_cited("row", "L4; L99");
    }

    #[test]
    #[should_panic(expected = "has no source")]
    fn the_check_sees_a_missing_source() {
        assert_cited("row", " ");
    }
}
