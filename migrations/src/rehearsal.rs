//! What tests run on: a fresh memory for a whole town, in either mode.
//!
//! `SUPERMARKET_TEST_MODE=cluster` makes every test that asks here run on the real PostgreSQL at
//! `SUPERMARKET_TEST_POSTGRES` (an administrator's URL; `tests/run` starts the server), in a database of its own that is
//! copied from a template. Otherwise it gets SQLite files in a temporary folder. The tests are the same.
use std::path::{Path, PathBuf};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};
use tempfile::TempDir;

use crate::postgres::{logins, prepare};
use crate::up;

const TEMPLATE: &str = "supermarket_rehearsal";
const LOCK: i64 = 0x7265_6865_6172_7365;

/// Whether the tests run on PostgreSQL (and, where they need a road, on NATS).
pub fn is_cluster() -> bool {
    told("SUPERMARKET_TEST_MODE").is_some_and(|mode| mode == "cluster")
}

#[expect(clippy::disallowed_methods, reason = "how tests/run says in which mode, and where its servers are")]
fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A fresh memory; its files go when it is dropped, its database when the test server does.
pub struct Memory {
    folder: PathBuf,
    _removed: Option<TempDir>,
    /// The administrator's URL of the database.
    owner: Option<String>,
}

impl Memory {
    /// A memory in the mode of this run.
    ///
    /// # Panics
    /// When the test server is not there: a test that needs one must not pass without.
    pub async fn fresh() -> Self {
        let removed = tempfile::tempdir().expect("a temporary folder");
        let folder = removed.path().to_owned();
        if !is_cluster() {
            return Self { folder, _removed: Some(removed), owner: None };
        }
        let server = told("SUPERMARKET_TEST_POSTGRES")
            .expect("SUPERMARKET_TEST_MODE is cluster, so SUPERMARKET_TEST_POSTGRES must name a server: use tests/run");
        // Lower case loses some of the folder's uniqueness; the process makes up for it.
        let name = format!("{}x{}", folder.file_name().unwrap_or_default().display(), std::process::id());
        let owner = copy(&server, &name).await.expect("a database of its own");
        Self { folder, _removed: Some(removed), owner: Some(owner) }
    }

    /// Files in a folder of somebody else's, whatever the mode.
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), _removed: None, owner: None }
    }

    /// The folder, for whatever else is kept in files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The database URL as settings have it, with `{service}` in it; empty for files in the folder.
    pub fn template(&self) -> String {
        self.owner.as_ref().map_or_else(String::new, |owner| {
            let place = owner.split_once('@').map_or(owner.as_str(), |(_, place)| place);
            format!("postgres://supermarket_{{service}}@{place}")
        })
    }

    /// Where a service's desk opens.
    pub fn url(&self, service: &str) -> String {
        match &self.owner {
            Some(_) => self.template().replace("{service}", service),
            None => format!("sqlite://{}", self.folder.join(format!("{service}.db")).display()),
        }
    }

    /// Where somebody gets in who may do everything: what damage in a test is done with.
    pub fn owner_url(&self, service: &str) -> String {
        match &self.owner {
            Some(owner) => format!("{owner}?options=-c%20search_path%3D{service}"),
            None => format!("{}?mode=rwc", self.url(service)),
        }
    }

    /// The administrator's URL of the whole database, as a backup needs it; none for files.
    pub fn admin_url(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// A connection of that somebody.
    ///
    /// # Panics
    /// When the database does not open.
    pub async fn owner(&self, service: &str) -> DatabaseConnection {
        connect(&self.owner_url(service)).await.expect("the owner gets in")
    }

    /// Brings a service's tables up to date and answers where its desk opens. On PostgreSQL they are there already.
    ///
    /// # Panics
    /// When the migrations do not run.
    pub async fn prepared(&self, service: &str) -> String {
        if self.owner.is_none() {
            let db = self.owner(service).await;
            db.execute_unprepared("PRAGMA journal_mode = WAL").await.expect("a journal");
            up(service, &db).await.expect("migrations run");
            db.close().await.expect("the database closes");
        }
        self.url(service)
    }

    /// Everything that is kept, to be searched for what must not be in clear: the files' bytes, or the tables' contents.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![];
        for file in std::fs::read_dir(&self.folder).expect("the folder") {
            bytes.extend(std::fs::read(file.expect("an entry").path()).expect("a file"));
        }
        if let Some(owner) = &self.owner {
            bytes.extend(dump(owner).await.expect("the tables read"));
        }
        bytes
    }

    /// Makes one more table in a service's memory, with the service's rights on it.
    ///
    /// # Panics
    /// When the statement does not run.
    pub async fn table(&self, service: &str, name: &str, create: &str) {
        let db = self.owner(service).await;
        db.execute_unprepared(create).await.expect("the table is made");
        if self.owner.is_some() {
            let grant = format!("GRANT ALL ON {name} TO supermarket_{service}");
            db.execute_unprepared(&grant).await.expect("rights are given");
        }
        db.close().await.expect("the database closes");
    }
}

/// Every row of every table of the database as text, and every binary column as it is.
async fn dump(owner: &str) -> Result<Vec<u8>, DbErr> {
    let db = connect(owner).await?;
    let ask = |sql: String| Statement::from_string(db.get_database_backend(), sql);
    let all = "SELECT format('%I.%I', table_schema, table_name), \
        coalesce((SELECT string_agg(format('%I', column_name), ',') FROM information_schema.columns c \
        WHERE (c.table_schema, c.table_name) = (t.table_schema, t.table_name) AND data_type = 'bytea'), '') \
        FROM information_schema.tables t WHERE table_schema NOT IN ('pg_catalog', 'information_schema')";
    let mut bytes = vec![];
    for table in db.query_all_raw(ask(all.to_owned())).await? {
        let (name, binary): (String, String) = (table.try_get_by_index(0)?, table.try_get_by_index(1)?);
        for row in db.query_all_raw(ask(format!("SELECT t::text FROM {name} t"))).await? {
            bytes.extend(row.try_get_by_index::<String>(0)?.into_bytes());
        }
        for column in binary.split(',').filter(|column| !column.is_empty()) {
            let some = format!("SELECT {column} FROM {name} WHERE {column} IS NOT NULL");
            for row in db.query_all_raw(ask(some)).await? {
                bytes.extend(row.try_get_by_index::<Vec<u8>>(0)?);
            }
        }
    }
    db.close().await?;
    Ok(bytes)
}

/// A copy of the template, which the first one to come makes.
async fn copy(server: &str, name: &str) -> Result<String, DbErr> {
    let admin = connect(server).await?;
    let postgres = admin.get_database_backend();
    let lock = |function: &str| {
        Statement::from_sql_and_values(postgres, format!("SELECT {function}($1)"), [LOCK.into()])
    };
    let (address, _) =
        server.rsplit_once('/').ok_or_else(|| DbErr::Custom("a URL with a database".to_owned()))?;
    admin.execute_raw(lock("pg_advisory_lock")).await?;
    let there = format!("SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'");
    if admin.query_one_raw(Statement::from_string(postgres, there)).await?.is_none() {
        let making = format!("{TEMPLATE}_making");
        admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {making}")).await?;
        admin.execute_unprepared(&format!("CREATE DATABASE {making}")).await?;
        let url = format!("{address}/{making}");
        prepare(&url, &logins(&format!("postgres://supermarket_{{service}}@{TEMPLATE}/x"))?).await?;
        admin.execute_unprepared(&format!("ALTER DATABASE {making} RENAME TO {TEMPLATE}")).await?;
    }
    admin.execute_raw(lock("pg_advisory_unlock")).await?;
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = format!("test_{}", name.to_lowercase());
    admin.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await?;
    admin.close().await?;
    Ok(format!("{address}/{name}"))
}

async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await
}
