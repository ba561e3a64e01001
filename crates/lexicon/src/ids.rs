//! Identifiers that cannot be confused with one another.
//!
//! Records are named by UUIDs (version 7, given by `courier::Clock`); organisations, people of staff, centres,
//! courts and studios are named by short slugs that stand in settings files and tokens.

use crate::Fault;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// Slugs are keys of indexes and parts of message subjects, so they stay short.
const SLUG_LIMIT: usize = 64;

macro_rules! record_ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The bare UUID, for a database column.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Fault;
            fn from_str(text: &str) -> Result<Self, Fault> {
                hyphenated(text).map(Self)
            }
        }
    )+};
}

/// Only the 36-character form: one record must not have four spellings.
fn hyphenated(text: &str) -> Result<Uuid, Fault> {
    if text.is_empty() {
        return Err(Fault::REQUIRED);
    }
    let id = Uuid::try_parse(text).map_err(|_| Fault::MALFORMED)?;
    if text.len() != 36 || id.is_nil() { Err(Fault::MALFORMED) } else { Ok(id) }
}

record_ids! {
    /// The thread every noun of a case hangs on.
    CaseId;
    /// A party of a dispute.
    PartyId;
    /// One run of mediation.
    MediationId;
    /// One sitting of a mediation.
    SessionId;
    /// One agreement, with its versions.
    AgreementId;
    /// One filing handed to a court.
    FilingId;
    /// One document or piece of evidence.
    DocumentId;
    /// One running clock in the ledger.
    DeadlineId;
    /// One line of a docket.
    EntryId;
}

macro_rules! slug_ids {
    ($($(#[$doc:meta])* $name:ident, $extra:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the slug and keeps it as written.
            pub fn new(text: impl Into<String>) -> Result<Self, Fault> {
                slug(text.into(), $extra).map(Self)
            }

            /// The slug as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Fault;
            fn try_from(text: String) -> Result<Self, Fault> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = Fault;
            fn from_str(text: &str) -> Result<Self, Fault> {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

fn slug(text: String, extra: &str) -> Result<String, Fault> {
    if text.is_empty() {
        return Err(Fault::REQUIRED);
    }
    if text.len() > SLUG_LIMIT {
        return Err(Fault::TOO_LONG);
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || extra.contains(c);
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    if starts_well && text.chars().all(allowed) { Ok(text) } else { Err(Fault::MALFORMED) }
}

slug_ids! {
    /// An organisation of the directory.
    OrgId, "";
    /// A person of staff, as the token names them; identity providers use dots, colons and at signs.
    AccountId, ".:@";
    /// The governance centre a row belongs to, such as `442000`.
    CentreId, "";
    /// A court, such as `court-2071`.
    CourtId, "";
    /// A mediation studio of the directory.
    StudioId, "";
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    #[test]
    fn a_record_id_keeps_one_spelling() {
        let id: CaseId = TEXT.parse().unwrap();
        assert_eq!(id.to_string(), TEXT);
        assert_eq!(CaseId::from(id.as_uuid()), id);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{TEXT}\""));
        assert_eq!(TEXT.to_uppercase().parse::<CaseId>().unwrap(), id);
        for wrong in [&TEXT.replace('-', ""), &format!("{{{TEXT}}}"), &format!("urn:uuid:{TEXT}"), "x"] {
            assert_eq!(wrong.parse::<CaseId>(), Err(Fault::MALFORMED));
        }
        assert_eq!(Uuid::nil().to_string().parse::<CaseId>(), Err(Fault::MALFORMED));
        assert_eq!("".parse::<CaseId>(), Err(Fault::REQUIRED));
    }

    #[test]
    fn a_slug_is_checked_wherever_it_enters() {
        assert_eq!(CourtId::new("court-2071").unwrap().as_str(), "court-2071");
        assert_eq!(AccountId::new("wang.li@court").unwrap().to_string(), "wang.li@court");
        assert_eq!(OrgId::new("a.b"), Err(Fault::MALFORMED));
        assert_eq!(OrgId::new("-a"), Err(Fault::MALFORMED));
        assert_eq!(OrgId::new("石岐"), Err(Fault::MALFORMED));
        assert_eq!(OrgId::new(""), Err(Fault::REQUIRED));
        assert!(OrgId::new("a".repeat(64)).is_ok());
        assert_eq!(OrgId::new("a".repeat(65)), Err(Fault::TOO_LONG));
        assert!(serde_json::from_str::<OrgId>("\"a b\"").is_err());
        assert_eq!(serde_json::from_str::<OrgId>("\"ab\"").unwrap(), OrgId::new("ab").unwrap());
    }
}
