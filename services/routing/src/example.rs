//! The example town: the directory of Zhongshan as two tables of data, and the accounts that follow from it.
//!
//! The tables under `data/zhongshan/` say in their first lines what in them is fact and what is invented.

use std::sync::{Arc, LazyLock};

use access::Vault;
use contracts::policy::Role;
use courier::{Desk, Fault};
use serde::de::DeserializeOwned;

use crate::model::{Mediator, Organization};
use crate::store::Directory;

static ORGANIZATIONS: LazyLock<Vec<Organization>> =
    LazyLock::new(|| rows("organizations", include_str!("../data/zhongshan/organizations.csv")));
static MEDIATORS: LazyLock<Vec<Mediator>> =
    LazyLock::new(|| rows("mediators", include_str!("../data/zhongshan/mediators.csv")));

/// Writes what of the example's directory is not there yet; what is there stays as it is.
pub async fn seed_zhongshan(desk: &Desk, vault: &Arc<Vault>, centre: &str) -> Result<(), Fault> {
    Directory::new(desk.clone(), vault.clone())
        .add(centre, "seed_zhongshan", &ORGANIZATIONS, &MEDIATORS)
        .await
}

/// The staff of the example's studios and workstations: account, organisation, roles. Each studio has its mediators and one head, whose
/// account is `head-` and the studio's kind in lower case.
pub fn example_accounts() -> Vec<(String, String, Vec<Role>)> {
    let mediators =
        MEDIATORS.iter().map(|one| (one.account_id.clone(), one.studio_org.clone(), vec![Role::Mediator]));
    let heads = ORGANIZATIONS.iter().filter_map(|one| {
        let kind = one.studio_kind.as_ref()?;
        Some((format!("head-{}", kind.to_lowercase()), one.org_id.clone(), vec![Role::StudioHead]))
    });
    mediators.chain(heads).collect()
}

/// The rows of a table that is part of the program.
///
/// # Panics
/// When the table does not fit its type: then the build itself is broken, and the tests say so first.
fn rows<T: DeserializeOwned>(name: &str, text: &str) -> Vec<T> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let rows: Result<Vec<T>, csv::Error> = reader.deserialize().collect();
    rows.unwrap_or_else(|error| panic!("data/zhongshan/{name}.csv: {error}"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use lexicon::{AccountId, OrgId};
    use rulebook::studio::StudioKind;
    use rulebook::{courts, towns};

    use super::*;

    #[test]
    fn the_example_is_a_whole_town() {
        let of = |kind: &str| ORGANIZATIONS.iter().filter(|one| one.kind == kind).count();
        assert_eq!(
            (of("COURT"), of("HALL"), of("STUDIO"), of("WORKSTATION"), of("PARTNER")),
            (3, 1, 10, 10, 6)
        );
        assert_eq!(MEDIATORS.len(), 31);
        for kind in StudioKind::ALL {
            assert!(
                ORGANIZATIONS.iter().any(|one| one.studio_kind.as_deref() == Some(kind.code())),
                "{kind}"
            );
        }
        for one in ORGANIZATIONS.iter() {
            assert!(OrgId::new(one.org_id.as_str()).is_ok());
            assert!(one.town_code.iter().all(|town| towns::by_code(town).is_some()), "{}", one.org_id);
            assert!(
                one.parent_org.iter().all(|parent| ORGANIZATIONS.iter().any(|other| other.org_id == *parent))
            );
            assert_eq!(one.kind == "STUDIO", one.studio_kind.is_some());
            if one.kind == "COURT" {
                assert_eq!(one.name, courts::by_id(&one.org_id).unwrap().name);
            }
            if one.kind == "WORKSTATION" {
                let town = towns::by_code(one.town_code.as_deref().unwrap()).unwrap();
                assert_eq!(
                    (one.org_id.clone(), &one.name),
                    (format!("station-{}", town.code), &format!("{}诉前联调工作站", town.name))
                );
            }
        }
    }

    #[test]
    fn every_studio_has_three_mediators_and_a_head() {
        let accounts = example_accounts();
        assert_eq!(accounts.len(), 41);
        let mut names = HashSet::new();
        for (account, org, roles) in &accounts {
            assert!(AccountId::new(account.as_str()).is_ok() && names.insert(account));
            let has_staff = ["STUDIO", "WORKSTATION"];
            assert!(
                ORGANIZATIONS.iter().any(|one| one.org_id == *org && has_staff.contains(&one.kind.as_str()))
            );
            assert_eq!(roles.len(), 1);
        }
        for studio in ORGANIZATIONS.iter().filter(|one| one.kind == "STUDIO") {
            let here = accounts.iter().filter(|(_, org, _)| *org == studio.org_id);
            let (mediators, heads): (Vec<_>, Vec<_>) =
                here.partition(|(_, _, roles)| roles[..] == [Role::Mediator]);
            assert_eq!((mediators.len(), heads.len()), (3, 1));
        }
        assert!(
            names.contains(&"head-bank_insurance".to_owned()) && names.contains(&"mediator-01".to_owned())
        );
    }
}
