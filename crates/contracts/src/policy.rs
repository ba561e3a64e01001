//! Who may call what: one row per method, read from the method's policy option when the contract is compiled.

pub use crate::access::v1::{Relation, Role};

/// One method's row.
#[derive(Debug)]
pub struct Policy {
    /// The method as gRPC names it: `/supermarket.intake.v1.IntakeService/FileDispute`.
    pub path: &'static str,
    /// The caller must hold one of these roles.
    pub roles: &'static [Role],
    /// And, for a method about one case, stand in one of these relations to it.
    pub relations: &'static [Relation],
}

/// Every method of the contract.
pub const POLICIES: &[Policy] = include!(concat!(env!("OUT_DIR"), "/policies.rs"));

/// The row of a gRPC path. `None` means: nobody may call it.
pub fn of(path: &str) -> Option<&'static Policy> {
    POLICIES.iter().find(|policy| policy.path == path)
}
