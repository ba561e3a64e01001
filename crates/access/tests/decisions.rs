//! The law of access: its whole matrix as a reviewed page, and proofs that hold beyond the page.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails, and says where")]
use access::decide::{decide, scope, visible_cases};
use access::relation::{self, Model};
use access::{Caller, Denial, Permit, Policy, Relation, Role};
use contracts::policy::POLICIES;
use lexicon::{AccountId, CentreId, CourtId, OrgId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, Database, EntityTrait, IntoActiveModel, QueryFilter,
    Schema,
};
use std::fmt::Write;
use uuid::Uuid;

const ROLES: [Role; 7] = [
    Role::Clerk,
    Role::Mediator,
    Role::StudioHead,
    Role::Court,
    Role::Supervisor,
    Role::Operator,
    Role::Service,
];

fn caller(roles: &[Role]) -> Caller {
    Caller {
        account: AccountId::new("me_1").unwrap(),
        org: OrgId::new("our-org").unwrap(),
        centre: CentreId::new("442000").unwrap(),
        roles: roles.to_vec(),
        court: roles.contains(&Role::Court).then(|| CourtId::new("our-court").unwrap()),
    }
}

/// How a case can lie to the caller.
fn situations() -> Vec<(&'static str, Option<Model>)> {
    let text = |value: &str| Some(value.to_owned());
    let foreign = Model {
        case_id: Uuid::nil(),
        centre: "442000".into(),
        first_receiver_org: text("their-org"),
        studio_org: text("their-studio"),
        holder: text("they"),
        fence_epoch: Some(1),
        fence_n: Some(1),
        court: text("their-court"),
        excluded: None,
        courts: vec![],
        guests: text("org/their-partner account/they_2"),
    };
    let bare = Model {
        first_receiver_org: None,
        studio_org: None,
        holder: None,
        court: None,
        guests: None,
        ..foreign.clone()
    };
    let ours = Model {
        first_receiver_org: text("our-org"),
        studio_org: text("our-org"),
        holder: text("me_1"),
        court: text("our-court"),
        guests: text("org/our-org account/me_1"),
        ..foreign.clone()
    };
    vec![
        ("no such case", None),
        ("case of another centre, else ours", Some(Model { centre: "440100".into(), ..ours.clone() })),
        ("case nobody is near", Some(bare)),
        ("case of others", Some(foreign.clone())),
        ("we took it in", Some(Model { first_receiver_org: text("our-org"), ..foreign.clone() })),
        ("our studio has it", Some(Model { studio_org: text("our-org"), ..foreign.clone() })),
        ("I hold it", Some(Model { holder: text("me_1"), ..foreign.clone() })),
        ("somebody with a like name holds it", Some(Model { holder: text("meX1"), ..foreign.clone() })),
        ("our court has it", Some(Model { court: text("our-court"), ..foreign.clone() })),
        ("we are invited", Some(Model { guests: text("org/their-org org/our-org"), ..foreign.clone() })),
        ("I help its holder", Some(Model { guests: text("account/me_1"), ..foreign.clone() })),
        (
            "like names are guests",
            Some(Model { guests: text("org/me_1 account/our-org"), ..foreign.clone() }),
        ),
        (
            "our court has it, and theirs since",
            Some(Model { courts: vec!["our-court".into(), "their-court".into()], ..foreign.clone() }),
        ),
        ("all of it ours", Some(Model { excluded: text("meX1 they"), ..ours.clone() })),
        ("all of it ours, and I stepped aside", Some(Model { excluded: text("they me_1"), ..ours })),
    ]
}

fn told(answer: Result<Permit, Denial>) -> String {
    match answer {
        Ok(permit) => {
            let how = if permit.relation == Relation::None { "any" } else { permit.relation.as_str_name() };
            let sight = if permit.clear { "clear" } else { "masked" };
            format!("{} {sight}", how.trim_start_matches("RELATION_").to_lowercase())
        }
        Err(Denial::Missing) => "missing".into(),
        Err(Denial::Forbidden) => "forbidden".into(),
    }
}

/// One line a role: every answer with the situations that get it, in the order of the situations.
fn answers(policy: &Policy, role: Role) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for (name, row) in situations() {
        let answer = told(decide(&caller(&[role]), policy, row.as_ref()));
        match groups.iter_mut().find(|(known, _)| *known == answer) {
            Some((_, names)) => names.push(name),
            None => groups.push((answer, vec![name])),
        }
    }
    let most = groups.iter().map(|(_, names)| names.len()).max();
    let told = groups.iter().map(|(answer, names)| {
        let otherwise = most == Some(names.len()) && names.len() > 3;
        let names = if otherwise { "otherwise".to_owned() } else { names.join("; ") };
        format!("{answer} [{names}]")
    });
    told.collect::<Vec<_>>().join(", ")
}

/// After a change of the contract: `INSTA_UPDATE=always cargo test -p access --test decisions`, and read the diff.
#[test]
fn the_whole_matrix_is_as_reviewed() {
    let mut page =
        String::from("How every method answers every role in every situation (tests/decisions.rs).\n");
    for policy in POLICIES {
        let _ = write!(page, "\n{}\n", policy.path);
        for role in ROLES {
            let _ = writeln!(page, "  {:<12}{}", access::caller::role_name(role), answers(policy, role));
        }
    }
    page = page.replace("forbidden [otherwise]", "forbidden");
    insta::with_settings!({ snapshot_path => "golden", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("matrix", page);
    });
}

#[test]
fn every_row_of_the_contract_can_be_used() {
    for policy in POLICIES {
        for relation in policy.relations.iter().filter(|relation| **relation != Relation::None) {
            let one =
                Policy { path: policy.path, roles: policy.roles, relations: std::slice::from_ref(relation) };
            let usable = ROLES.iter().any(|role| {
                situations().iter().any(|(_, row)| {
                    decide(&caller(&[*role]), &one, row.as_ref())
                        .is_ok_and(|permit| permit.relation == *relation)
                })
            });
            assert!(usable, "{}: nobody can stand in {relation:?}", policy.path);
        }
        for role in policy.roles.iter().filter(|role| **role != Role::Public) {
            let usable =
                situations().iter().any(|(_, row)| decide(&caller(&[*role]), policy, row.as_ref()).is_ok());
            assert!(usable, "{}: {role:?} is listed and can never pass", policy.path);
        }
    }
}

#[test]
fn more_roles_never_mean_less() {
    let rank = |answer: &Result<Permit, Denial>| match answer {
        Err(Denial::Forbidden) => 0,
        Err(Denial::Missing) => 1,
        Ok(permit) => 2 + i32::from(permit.clear),
    };
    for policy in POLICIES {
        for (name, row) in situations() {
            for first in ROLES {
                for second in ROLES {
                    let one = decide(&caller(&[first]), policy, row.as_ref());
                    let both = decide(&caller(&[first, second]), policy, row.as_ref());
                    // A court's caller differs by its court as well, so only compare what stays the same.
                    assert!(rank(&both) >= rank(&one), "{} {name} {first:?}+{second:?}", policy.path);
                }
            }
        }
    }
}

#[test]
fn a_foreign_case_answers_like_no_case() {
    let all = situations();
    let named = |wanted: &str| all.iter().find(|(name, _)| *name == wanted).unwrap().1.clone();
    for policy in POLICIES.iter().filter(|policy| !policy.relations.contains(&Relation::None)) {
        for role in ROLES {
            let me = caller(&[role]);
            let none = decide(&me, policy, None);
            assert_eq!(decide(&me, policy, named("case of another centre, else ours").as_ref()), none);
            if role != Role::Supervisor && role != Role::Service {
                assert_eq!(
                    decide(&me, policy, named("case of others").as_ref()),
                    none,
                    "{} {role:?}",
                    policy.path
                );
            }
        }
    }
}

#[test]
fn who_gave_a_case_back_sees_no_clear_field() {
    let mediator = caller(&[Role::Mediator, Role::StudioHead]);
    let (_, row) = situations().into_iter().find(|(name, _)| *name == "all of it ours").unwrap();
    let given_back = Model { holder: None, guests: None, ..row.unwrap() };
    for policy in POLICIES {
        if let Ok(permit) = decide(&mediator, policy, Some(&given_back)) {
            assert!(!permit.clear, "{}", policy.path);
        }
    }
}

/// Lists obey the same law as single reads: for every set of roles the database finds exactly the cases that
/// `decide` would let the caller read.
#[tokio::test]
async fn lists_show_exactly_what_may_be_read() {
    let db = Database::connect("sqlite::memory:").await.unwrap();
    let schema = Schema::new(db.get_database_backend());
    db.execute(&schema.create_table_from_entity(relation::Entity)).await.unwrap();
    db.execute(&schema.create_table_from_entity(relation::exclusion::Entity)).await.unwrap();
    db.execute(&schema.create_table_from_entity(relation::guest::Entity)).await.unwrap();
    db.execute(&schema.create_table_from_entity(relation::near_court::Entity)).await.unwrap();
    let mut rows = Vec::new();
    for (at, row) in situations().into_iter().enumerate() {
        if let Some(mut row) = row.1 {
            row.case_id = Uuid::from_u128(at as u128 + 1);
            let insert = row.clone().into_active_model();
            insert.insert(&db).await.unwrap();
            for court in row.court.iter().filter(|court| !row.courts.contains(court)).chain(&row.courts) {
                let (court, centre) = (court.clone(), row.centre.clone());
                let near = relation::near_court::Model { case_id: row.case_id, court, centre };
                near.into_active_model().insert(&db).await.unwrap();
            }
            for account in row.excluded.as_deref().unwrap_or_default().split_whitespace() {
                let (account, centre) = (account.to_owned(), row.centre.clone());
                let aside = relation::exclusion::Model { account, case_id: row.case_id, centre };
                aside.into_active_model().insert(&db).await.unwrap();
            }
            for guest in row.guests.as_deref().unwrap_or_default().split_whitespace() {
                let (guest, centre) = (guest.to_owned(), row.centre.clone());
                let invited = relation::guest::Model { guest, case_id: row.case_id, centre };
                invited.into_active_model().insert(&db).await.unwrap();
            }
            rows.push(row);
        }
    }
    let relations = [
        Relation::FirstReceiver,
        Relation::Studio,
        Relation::Holder,
        Relation::Court,
        Relation::Invited,
        Relation::CoHolder,
    ];
    let roles: &'static [Role] = &ROLES;
    let read = Policy { path: "/read", roles, relations: Box::leak(Box::new(relations)) };
    let list = Policy { path: "/list", roles, relations: &[Relation::None] };
    let mut shown = 0;
    for set in 0..(1_u32 << ROLES.len()) {
        let held: Vec<Role> = (0..ROLES.len()).filter(|at| set >> at & 1 == 1).map(|at| ROLES[at]).collect();
        let me = caller(&held);
        let mut expected: Vec<Uuid> =
            rows.iter().filter(|row| decide(&me, &read, Some(row)).is_ok()).map(|row| row.case_id).collect();
        let found = relation::Entity::find()
            .filter(relation::Column::CaseId.in_subquery(visible_cases(&me, &list)))
            .all(&db)
            .await
            .unwrap();
        let mut found: Vec<Uuid> = found.into_iter().map(|row| row.case_id).collect();
        let scoped = relation::Entity::find().filter(scope(&me, &list)).all(&db).await.unwrap();
        let mut scoped: Vec<Uuid> = scoped.into_iter().map(|row| row.case_id).collect();
        expected.sort_unstable();
        found.sort_unstable();
        scoped.sort_unstable();
        assert_eq!(found, expected, "{held:?}");
        assert_eq!(scoped, expected, "{held:?}");
        shown += found.len();
    }
    assert!(shown > 100);
}
