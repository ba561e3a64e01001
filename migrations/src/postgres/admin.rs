//! What an administrator asks the database and does to it around a backup, a restore and a check-up.
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement, TryGetable};

use super::{Login, connect, lock, make_role};
use crate::SERVICES;

/// An administrator's one connection.
pub struct Admin {
    db: DatabaseConnection,
}

/// Somebody who is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// As which role.
    pub role: String,
    /// What the program calls itself.
    pub program: String,
    /// From where; empty for a socket of the same machine.
    pub from: String,
}

impl Admin {
    /// Connects.
    pub async fn connect(url: &str) -> Result<Admin, DbErr> {
        url.parse::<PgConnectOptions>().map_err(|_| super::malformed())?;
        Ok(Admin { db: connect(url, None).await? })
    }

    /// From here on until this connection closes nobody else makes this database ready, or puts a backup back into it.
    pub async fn hold(&self) -> Result<(), DbErr> {
        lock(&self.db).await
    }

    /// The connection, for questions about one schema.
    pub fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// The server's major version.
    pub async fn major(&self) -> Result<i32, DbErr> {
        let number: Option<i32> = self.one("SELECT current_setting('server_version_num')::integer").await?;
        Ok(number.unwrap_or(0) / 10_000)
    }

    /// From here on this connection sees one point in time; answers its name, for `pg_dump --snapshot`.
    pub async fn stand_still(&self) -> Result<String, DbErr> {
        self.db.execute_unprepared("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        Ok(self.one("SELECT pg_export_snapshot()").await?.unwrap_or_default())
    }

    /// Who is connected to this database as one of these roles.
    pub async fn sessions(&self, logins: &[Login]) -> Result<Vec<Session>, DbErr> {
        let roles: Vec<String> =
            logins.iter().map(|login| format!("'{}'", login.role.replace('\'', "''"))).collect();
        let sql = format!(
            "SELECT usename::text, application_name, coalesce(host(client_addr), '') FROM pg_stat_activity \
             WHERE datname = current_database() AND usename IN ({}) ORDER BY 1, 2, 3",
            roles.join(", ")
        );
        let rows = self.db.query_all_raw(Statement::from_string(self.db.get_database_backend(), sql)).await?;
        rows.iter()
            .map(|row| {
                let (role, program, from) =
                    (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
                Ok(Session { role, program, from })
            })
            .collect()
    }

    /// The schemas of services that are there.
    pub async fn schemas(&self) -> Result<Vec<&'static str>, DbErr> {
        let mut there = Vec::new();
        for schema in SERVICES {
            let found: Option<i32> =
                self.one(&format!("SELECT 1 FROM pg_namespace WHERE nspname = '{schema}'")).await?;
            there.extend(found.map(|_| schema));
        }
        Ok(there)
    }

    /// Drops the schemas of services with everything in them.
    pub async fn drop_schemas(&self) -> Result<(), DbErr> {
        let all = SERVICES.map(|schema| format!("\"{schema}\"")).join(", ");
        self.db.execute_unprepared(&format!("DROP SCHEMA IF EXISTS {all} CASCADE")).await.map(drop)
    }

    /// Makes the services' roles where they are missing.
    pub async fn make_roles(&self, logins: &[Login]) -> Result<(), DbErr> {
        for login in logins {
            make_role(&self.db, login).await?;
        }
        Ok(())
    }

    /// Closes the connection.
    pub async fn close(self) -> Result<(), DbErr> {
        self.db.close().await
    }

    async fn one<T: TryGetable>(&self, sql: &str) -> Result<Option<T>, DbErr> {
        let ask = Statement::from_string(self.db.get_database_backend(), sql);
        self.db.query_one_raw(ask).await?.map(|row| row.try_get_by_index(0)).transpose()
    }
}
