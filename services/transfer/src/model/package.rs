//! A package: which documents go to which court, each with the digest of its content, and one digest over all.
//!
//! **The package's digest** is SHA-256 over one line a document, in the order of the package, each
//!
//! ```text
//! KIND:SHA256\n
//! ```
//!
//! where `KIND` is the document's kind without `DOCUMENT_KIND_` (such as `COMPLAINT`), `SHA256` the lower-case hex
//! SHA-256 of the document's content, and `\n` one line feed, also after the last line. A court recomputes it from
//! the contents it was given; that is how it knows that it saw the whole package and nothing else.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use lexicon::{AccountId, DocumentId};
use sha2::{Digest as _, Sha256};

use super::allow_list::DocumentKind;
use super::venue::Venue;

/// What goes to a court, without the contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The court, and why that one.
    pub venue: Venue,
    /// The documents in order.
    pub documents: Vec<Entry>,
    /// The digest over all, lower-case hex.
    pub sha256: String,
}

/// One document, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// Its title.
    pub title: String,
    /// Bytes.
    pub size: u64,
    /// The digest of its content, lower-case hex.
    pub sha256: String,
}

/// A court's answer, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The digest of what the court saw.
    pub package_sha256: String,
    /// The court's clock, untouched.
    pub court_time: DateTime<Utc>,
    /// Ours.
    pub receive_time: DateTime<Utc>,
    /// The court's account.
    pub by: AccountId,
}

impl Package {
    /// A package of these documents.
    pub fn of(venue: Venue, documents: Vec<Entry>) -> Self {
        let mut lines = String::new();
        for entry in &documents {
            let _ = writeln!(lines, "{}:{}", entry.kind.code(), entry.sha256);
        }
        Self { venue, documents, sha256: sha256(lines.as_bytes()) }
    }

    /// Whether the digest is this package's. Hex is read in either case.
    pub fn is(&self, package_sha256: &str) -> bool {
        self.sha256.eq_ignore_ascii_case(package_sha256)
    }
}

impl Entry {
    /// The entry of a content.
    pub fn of(id: DocumentId, kind: DocumentKind, content: &[u8]) -> Self {
        Self { id, kind, title: kind.title().to_owned(), size: content.len() as u64, sha256: sha256(content) }
    }
}

/// SHA-256 in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_one_a_court_computes() {
        let entry =
            |kind, content: &[u8]| Entry::of(DocumentId::from(uuid::Uuid::from_u128(7)), kind, content);
        let venue = Venue {
            court: lexicon::CourtId::new("court-2071").unwrap(),
            basis: "GENERAL_22".parse().unwrap(),
        };
        let documents = vec![entry(DocumentKind::Complaint, b"abc"), entry(DocumentKind::Report, b"")];
        // printf 'COMPLAINT:%s\nREPORT:%s\n' $(printf abc | sha256sum) … | sha256sum
        assert_eq!(documents[0].sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(documents[1].sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let package = Package::of(venue.clone(), documents.clone());
        assert_eq!(package.sha256, "57d38e62b665f8970770b16442f2a8b4e1bc007d3fbc3c938332e484e7f36c4a");
        assert!(package.is(&package.sha256.to_uppercase()) && !package.is(""));
        let turned = Package::of(venue, documents.into_iter().rev().collect());
        assert_ne!(turned.sha256, package.sha256);
    }
}
