//! Who is calling: what a token says and nothing more.

use contracts::policy::Role;
use lexicon::{AccountId, CentreId, CourtId, OrgId};

/// A verified caller. It is also what an account is before a token is made for it, so that the two cannot
/// drift apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The person of staff, or the service, by their account.
    pub account: AccountId,
    /// The organisation they act for.
    pub org: OrgId,
    /// The governance centre; nothing of another centre is ever seen.
    pub centre: CentreId,
    /// What they may do.
    pub roles: Vec<Role>,
    /// The court they speak for, if they are a court.
    pub court: Option<CourtId>,
}

/// An account to issue a token for.
pub type Account = Caller;

impl Caller {
    /// Whether the caller has the role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The caller that a service of ours is when it calls a neighbour.
    pub fn service(name: &str, centre: &CentreId) -> Result<Self, lexicon::Fault> {
        Ok(Self {
            account: AccountId::new(format!("service:{name}"))?,
            org: OrgId::new(name)?,
            centre: centre.clone(),
            roles: vec![Role::Service],
            court: None,
        })
    }
}

impl Caller {
    /// Whoever calls a method that asks for no token.
    pub fn anyone(centre: &CentreId) -> Result<Self, lexicon::Fault> {
        Ok(Self {
            account: AccountId::new("public")?,
            org: OrgId::new("public")?,
            centre: centre.clone(),
            roles: vec![Role::Public],
            court: None,
        })
    }
}

/// A role's name in rows and logs: `clerk`, `studio_head`.
pub fn role_name(role: Role) -> String {
    role.as_str_name().trim_start_matches("ROLE_").to_lowercase()
}
