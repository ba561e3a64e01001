//! Who is calling, may they, and what may they see of it.
//!
//! Three questions, three answers, each deny by default:
//!
//! 1. *Who?* [`Tokens`] turns a bearer token into a [`Caller`]; a handler takes it from its request as a
//!    [`Call`], together with the policy row of the method that was called.
//! 2. *May they?* [`decide()`](decide::decide) is one pure function of caller, policy and the case's
//!    [`relation`] row. Lists and counts use [`visible_cases`](decide::visible_cases), the same law
//!    as a query; a test holds the two together. A case that is not the caller's answers exactly like one that does
//!    not exist.
//! 3. *What is in clear?* The [`Permit`](decide::Permit) says whether personal fields come in clear or through
//!    the [`masks`]. At rest they are sealed by the [`Vault`], each bound to its own place.
//!
//! The `case_relation` table stands in every service's database and is fed by events ([`relation::feed`]);
//! the service that owns a fact writes it in the same list as the fact itself.

pub mod call;
pub mod caller;
pub mod decide;
mod digester;
mod keys;
pub mod masks;
pub mod page;
mod public_keys;
pub mod relation;
pub mod tokens;
pub mod vault;

pub use call::Call;
pub use caller::{Account, Caller};
pub use contracts::policy::{Policy, Relation, Role};
pub use decide::{Denial, Permit};
pub use digester::Digester;
pub use keys::KeyFileFault;
pub use public_keys::PublicKeyFault;
pub use tokens::{IssueFault, TokenFault, Tokens};
pub use vault::{Place, Vault, VaultFault};
