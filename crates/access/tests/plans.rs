//! How SQLite finds the cases of a list: by an index of its own for each relation, never through the whole centre.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails, and says where")]
use access::decide::{scope, visible_cases};
use access::relation::{self, Model, near_court};
use access::{Caller, Policy, Relation, Role};
use lexicon::{AccountId, CentreId, CourtId, OrgId};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

const CASES: u128 = 4000;
const ROLES: [Role; 7] = [
    Role::Clerk,
    Role::Mediator,
    Role::StudioHead,
    Role::Court,
    Role::Supervisor,
    Role::Operator,
    Role::Service,
];
const LIST: Policy = Policy { path: "/list", roles: &ROLES, relations: &[Relation::None] };

/// The table and column each role searches by, of those that can stand near a case.
const WAYS: [(&str, &str, &[Role]); 4] = [
    ("case_relation", "first_receiver_org", &[Role::Clerk]),
    ("case_relation", "studio_org", &[Role::Mediator, Role::StudioHead]),
    ("case_relation", "holder", &[Role::Mediator]),
    ("case_court", "court", &[Role::Court]),
];

fn caller(roles: &[Role]) -> Caller {
    Caller {
        account: AccountId::new("person-7").unwrap(),
        org: OrgId::new("org-7").unwrap(),
        centre: CentreId::new("442000").unwrap(),
        roles: roles.to_vec(),
        court: roles.contains(&Role::Court).then(|| CourtId::new("court-7").unwrap()),
    }
}

/// The database of a service after its migrations, with one centre of many cases. Nobody has run `ANALYZE`, as
/// nobody does in the field.
async fn centre() -> DatabaseConnection {
    let db = Database::connect("sqlite::memory:").await.unwrap();
    migrations::up("intake", &db).await.unwrap();
    let rows: Vec<_> = (0..CASES)
        .map(|n| Model {
            case_id: Uuid::from_u128(n + 1),
            centre: "442000".into(),
            first_receiver_org: Some(format!("org-{}", n % 100)),
            studio_org: Some(format!("org-{}", n % 50)),
            holder: Some(format!("person-{}", n % 200)),
            fence_epoch: Some(1),
            fence_n: Some(1),
            court: (n % 2 == 0).then(|| "court-7".to_owned()),
            excluded: None,
            guests: None,
            courts: vec![],
        })
        .map(IntoActiveModel::into_active_model)
        .collect();
    for some in rows.chunks(500) {
        relation::Entity::insert_many(some.to_vec()).exec_without_returning(&db).await.unwrap();
    }
    // Every second case is at our court; every fourth was at another before.
    let near = |n: u128, court: &str| near_court::Model {
        case_id: Uuid::from_u128(n + 1),
        court: court.to_owned(),
        centre: "442000".into(),
    };
    let ours = (0..CASES).step_by(2).map(|n| near(n, "court-7"));
    let before = (0..CASES).step_by(4).map(|n| near(n, "court-8"));
    let rows: Vec<_> = ours.chain(before).map(IntoActiveModel::into_active_model).collect();
    for some in rows.chunks(500) {
        near_court::Entity::insert_many(some.to_vec()).exec_without_returning(&db).await.unwrap();
    }
    db
}

/// The steps of SQLite's plan.
async fn plan(db: &DatabaseConnection, query: &SelectStatement) -> Vec<String> {
    let mut statement = db.get_database_backend().build(query);
    statement.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
    let steps = db.query_all_raw(statement).await.unwrap();
    steps.iter().map(|step| step.try_get("", "detail").unwrap()).collect()
}

/// What the plan must do with `case_relation` and `case_court` for a caller with these roles.
fn searches(held: &[Role]) -> Vec<String> {
    let search = |table: &str, column: &str| {
        format!("SEARCH {table} USING COVERING INDEX {table}_{column} (centre=? AND {column}=?)")
    };
    WAYS.iter()
        .filter(|(.., roles)| roles.iter().any(|role| held.contains(role)))
        .map(|(table, column, _)| search(table, column))
        .collect()
}

fn list_of_disputes(cases: SelectStatement) -> SelectStatement {
    Query::select()
        .column("case_id")
        .from("dispute")
        .and_where(Expr::col("centre").eq("442000"))
        .and_where(Expr::col("case_id").in_subquery(cases))
        .order_by("case_id", Order::Desc)
        .limit(21)
        .take()
}

#[tokio::test]
async fn every_relation_is_searched_by_its_own_index() {
    let db = centre().await;
    for set in 0..(1_u32 << ROLES.len()) {
        let held: Vec<Role> = (0..ROLES.len()).filter(|at| set >> at & 1 == 1).map(|at| ROLES[at]).collect();
        let me = caller(&held);
        let cases = visible_cases(&me, &LIST);
        let scoped = relation::Entity::find().filter(scope(&me, &LIST)).into_query();
        let everywhere = held.contains(&Role::Supervisor) || held.contains(&Role::Service);
        let expected = searches(&held);
        for query in [cases.clone(), list_of_disputes(cases), scoped] {
            let steps = plan(&db, &query).await;
            let near = |step: &&String| step.contains("case_relation") || step.contains("case_court");
            let of_relations = steps.iter().filter(near);
            assert!(of_relations.clone().all(|step| step.starts_with("SEARCH")), "{held:?}: {steps:#?}");
            if everywhere || expected.is_empty() {
                continue;
            }
            assert!(!steps.iter().any(|step| step.contains("(centre=?)")), "{held:?}: {steps:#?}");
            let found: Vec<&String> = of_relations.filter(|step| step.contains("(centre=?")).collect();
            assert_eq!(found, expected.iter().collect::<Vec<_>>(), "{held:?}: {steps:#?}");
        }
    }
}

#[tokio::test]
async fn who_sees_every_case_reads_them_from_an_index_alone() {
    let db = centre().await;
    for role in [Role::Supervisor, Role::Service] {
        let steps = plan(&db, &visible_cases(&caller(&[role]), &LIST)).await;
        assert_eq!(steps.len(), 1, "{steps:#?}");
        assert!(steps[0].contains("COVERING INDEX") && steps[0].ends_with("(centre=?)"), "{steps:#?}");
    }
}

#[tokio::test]
async fn who_stepped_aside_does_not_find_the_case() {
    let db = centre().await;
    let me = caller(&[Role::Clerk, Role::Mediator, Role::StudioHead]);
    let count = async || {
        let cases = visible_cases(&me, &LIST);
        let found = relation::Entity::find().filter(Expr::col("case_id").in_subquery(cases));
        found.all(&db).await.unwrap().len() as u128
    };
    let before = count().await;
    // Case 8 is person-7's in every relation; somebody else has stepped aside in case 58.
    for (account, case) in [("person-7", 8), ("person-8", 58)] {
        let row = relation::exclusion::Model {
            account: account.to_owned(),
            case_id: Uuid::from_u128(case),
            centre: "442000".into(),
        };
        relation::exclusion::Entity::insert(row.into_active_model()).exec(&db).await.unwrap();
    }
    assert_eq!(count().await, before - 1);
}

#[tokio::test]
async fn the_searches_find_the_cases_once_each() {
    let db = centre().await;
    for (roles, expected) in [
        (&[][..], 0),
        (&[Role::Operator][..], 0),
        (&[Role::Clerk], CASES / 100),
        (&[Role::StudioHead], CASES / 50),
        (&[Role::Mediator], CASES / 50), // what they hold is in their studio
        (&[Role::Clerk, Role::Mediator, Role::Court], CASES / 2 + CASES / 50),
        (&[Role::Supervisor], CASES),
    ] {
        let me = caller(roles);
        let cases = visible_cases(&me, &LIST);
        let found = relation::Entity::find()
            .select_only()
            .column(relation::Column::CaseId)
            .filter(Expr::col("case_id").in_subquery(cases))
            .into_tuple::<Uuid>()
            .all(&db)
            .await
            .unwrap();
        assert_eq!(found.len() as u128, expected, "{roles:?}");
    }
}
