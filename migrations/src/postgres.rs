//! PostgreSQL made ready: a schema and a role per service, and every table, by one job under one lock.
//!
//! A service's role owns nothing. It may read and write its own schema's rows and no other's; of what is only ever added
//! to (the outbox, the inbox, the audit) it may delete nothing, and of the audit change nothing.
use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};

use crate::{SERVICES, up};

mod admin;
mod seen;

pub use admin::{Admin, Session};
pub use seen::{Seen, look_over};

/// Nobody else migrates this database while this advisory lock is held: the first eight letters of "supermarket" as a number.
const LOCK: i64 = 0x7375_7065_726d_6172;
/// How long the job waits for another one, and for a table that somebody holds: a change of a table that waits for one long
/// transaction holds up everybody behind it.
const PATIENCE: &str = "60s";

/// A service's login.
#[derive(Clone)]
pub struct Login {
    /// The service, which is also the schema.
    pub service: &'static str,
    /// The role.
    pub role: String,
    /// Its password, if the role has to be made; a role that is there keeps its own.
    pub password: Option<String>,
}

/// The logins that a database URL with `{service}` in it names.
pub fn logins(template: &str) -> Result<Vec<Login>, DbErr> {
    SERVICES
        .into_iter()
        .map(|service| {
            let url = template.replace("{service}", service);
            let options: PgConnectOptions = url.parse().map_err(|_| malformed())?;
            let authority =
                url.split("://").nth(1).and_then(|rest| rest.split('@').next()).unwrap_or_default();
            // sqlx keeps the password to itself.
            let password = authority.split_once(':').map(|(_, password)| {
                percent_encoding::percent_decode_str(password).decode_utf8_lossy().into_owned()
            });
            Ok(Login { service, role: options.get_username().to_owned(), password })
        })
        .collect()
}

fn malformed() -> DbErr {
    DbErr::Custom("the database URL is not one of PostgreSQL".to_owned())
}

/// Brings every schema up to date, with its role and its rights. `admin` is the URL of a role that may create both.
/// Run it as often as you like; two at once wait for each other.
pub async fn prepare(admin: &str, logins: &[Login]) -> Result<(), DbErr> {
    let locked = connect(admin, None).await?;
    lock(&locked).await?;
    let done = prepare_all(admin, &locked, logins).await;
    // The lock goes with the connection, also where this fails.
    locked.close().await?;
    done
}

/// Waits for the one lock under which a database is made ready; it goes with the connection.
async fn lock(db: &DatabaseConnection) -> Result<(), DbErr> {
    let lock = Statement::from_sql_and_values(
        db.get_database_backend(),
        "SELECT pg_advisory_lock($1)",
        [LOCK.into()],
    );
    db.execute_raw(lock).await.map(drop)
}

async fn prepare_all(admin: &str, db: &DatabaseConnection, logins: &[Login]) -> Result<(), DbErr> {
    for login in logins {
        let schema = login.service;
        make_role(db, login).await?;
        db.execute_unprepared(&format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\"")).await?;
        let own = connect(admin, Some(schema)).await?;
        up(schema, &own).await?;
        own.close().await?;
        for sql in rights(schema, &name(&login.role)) {
            db.execute_unprepared(&sql).await?;
        }
    }
    Ok(())
}

async fn make_role(db: &DatabaseConnection, login: &Login) -> Result<(), DbErr> {
    let ask = Statement::from_sql_and_values(
        db.get_database_backend(),
        "SELECT 1 FROM pg_roles WHERE rolname = $1",
        [login.role.as_str().into()],
    );
    if db.query_one_raw(ask).await?.is_some() {
        return Ok(());
    }
    let password = match &login.password {
        Some(password) => format!(" PASSWORD '{}'", password.replace('\'', "''")),
        None => String::new(),
    };
    let sql =
        format!("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE{password}", name(&login.role));
    // The statement holds a password: what the server says about it is not repeated.
    let failed = |_| DbErr::Migration(format!("the role {} cannot be created", login.role));
    db.execute_unprepared(&sql).await.map(drop).map_err(failed)
}

fn rights(schema: &str, role: &str) -> Vec<String> {
    vec![
        format!("REVOKE ALL ON SCHEMA \"{schema}\" FROM PUBLIC"),
        format!("GRANT USAGE ON SCHEMA \"{schema}\" TO {role}"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \"{schema}\" TO {role}"),
        format!("GRANT USAGE ON ALL SEQUENCES IN SCHEMA \"{schema}\" TO {role}"),
        format!("REVOKE UPDATE, DELETE ON \"{schema}\".audit FROM {role}"),
        format!("REVOKE DELETE ON \"{schema}\".outbox, \"{schema}\".inbox FROM {role}"),
        format!("REVOKE UPDATE ON \"{schema}\".outbox FROM {role}"),
        format!("GRANT UPDATE (pub_seq, after_seq) ON \"{schema}\".outbox TO {role}"),
        format!("REVOKE INSERT, UPDATE, DELETE ON \"{schema}\".seaql_migrations FROM {role}"),
        format!("ALTER ROLE {role} SET search_path = \"{schema}\""),
    ]
}

/// A role's name as SQL writes it.
fn name(role: &str) -> String {
    format!("\"{}\"", role.replace('"', "\"\""))
}

/// One connection; `schema` is where its unqualified names are.
async fn connect(url: &str, schema: Option<&'static str>) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .min_connections(1)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .map_sqlx_postgres_opts(move |options: PgConnectOptions| {
            let options = options.options([("lock_timeout", PATIENCE)]);
            match schema {
                Some(schema) => options.options([("search_path", schema)]),
                None => options,
            }
        });
    Database::connect(options).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_names_a_login_a_service() {
        let all = logins("postgres://supermarket_{service}:p%40ss%20word@db.example:5432/town").unwrap();
        assert_eq!(all.len(), 5);
        assert_eq!(all[0].role, "supermarket_intake");
        assert_eq!(all[0].password.as_deref(), Some("p@ss word"));
        assert_eq!(logins("postgres://{service}@h/t").unwrap()[1].password, None);
        assert!(logins("mysql://x").is_err() || logins("nonsense").is_err());
    }
}
