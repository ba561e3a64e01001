//! What a service's own login can see of the server and of its own rights.
use std::time::Instant;

use sea_orm::{ConnectionTrait, DbErr, Statement, TryGetable};

use super::connect;
use crate::{SERVICES, pending};

/// What was seen.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The server's major version.
    pub major: i32,
    /// The settings on which it depends that nothing acknowledged is lost, with their values.
    pub settings: Vec<(String, String)>,
    /// How many connections services can have, all together.
    pub connections: i32,
    /// The role.
    pub role: String,
    /// Rights that a service must not have, in words.
    pub excess: Vec<String>,
    /// Migrations that its schema lacks.
    pub pending: Vec<String>,
    /// The database's clock minus this machine's, in milliseconds.
    pub clock_apart: i64,
}

const CONNECTIONS: &str = "SELECT current_setting('max_connections')::integer \
    - current_setting('superuser_reserved_connections')::integer";

/// Looks at the server and the schema of `service` through its own login; `now` is this machine's clock in milliseconds
/// since 1970. Changes nothing.
pub async fn look_over(url: &str, service: &'static str, now: impl Fn() -> i64) -> Result<Seen, DbErr> {
    let db = connect(url, None).await?;
    let backend = db.get_database_backend();
    let number: i32 = one(&db, "SELECT current_setting('server_version_num')::integer").await?;
    let mut settings = Vec::new();
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        settings.push((setting.to_owned(), one(&db, &format!("SELECT current_setting('{setting}')")).await?));
    }
    let mut excess = Vec::new();
    for (right, sql) in rights(service) {
        if one::<bool>(&db, &sql).await? {
            excess.push(right);
        }
    }
    let before = Instant::now();
    let here = now();
    let there =
        Statement::from_string(backend, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
    let there: i64 = db.query_one_raw(there).await?.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    let half = before.elapsed().as_millis() as i64 / 2;
    let seen = Seen {
        major: number / 10_000,
        settings,
        connections: one(&db, CONNECTIONS).await?,
        role: one(&db, "SELECT current_user::text").await?,
        excess,
        pending: pending(service, &db).await?,
        clock_apart: there - (here + half),
    };
    db.close().await?;
    Ok(seen)
}

/// What a service's role must not be or may not do, and how to ask for it.
fn rights(service: &str) -> Vec<(String, String)> {
    let attribute = |column: &str| format!("SELECT {column} FROM pg_roles WHERE rolname = current_user");
    let owned = |catalog: &str, owner: &str| {
        format!(
            "SELECT EXISTS (SELECT 1 FROM {catalog} WHERE {owner} = (SELECT oid FROM pg_roles WHERE rolname = current_user))"
        )
    };
    let may =
        |table: &str, right: &str| format!("SELECT has_table_privilege('\"{service}\".{table}', '{right}')");
    let mut all = vec![
        ("it is a superuser".to_owned(), attribute("rolsuper")),
        ("it may make databases".to_owned(), attribute("rolcreatedb")),
        ("it may make roles".to_owned(), attribute("rolcreaterole")),
        ("it owns tables".to_owned(), owned("pg_class", "relowner")),
        ("it owns a schema".to_owned(), owned("pg_namespace", "nspowner")),
        ("it may change the audit".to_owned(), may("audit", "UPDATE")),
        ("it may delete the audit".to_owned(), may("audit", "DELETE")),
        ("it may delete what it said".to_owned(), may("outbox", "DELETE")),
        ("it may delete what it heard".to_owned(), may("inbox", "DELETE")),
    ];
    all.extend(SERVICES.into_iter().filter(|other| *other != service).map(|other| {
        let sql = format!(
            "SELECT coalesce((SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = '{other}'), false)"
        );
        (format!("it may look into {other}"), sql)
    }));
    all
}

async fn one<T: TryGetable>(db: &sea_orm::DatabaseConnection, sql: &str) -> Result<T, DbErr> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    row.ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))?.try_get_by_index(0)
}
