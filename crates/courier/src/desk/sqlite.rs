//! SQLite as a desk's memory: how its files are opened, and the version floor.
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

use super::read_epoch;
use crate::fault::Fault;

/// The first SQLite without the WAL-reset bug, which silently loses committed writes.
const SQLITE_AT_LEAST: [u32; 3] = [3, 51, 3];
const READERS: u32 = 4;

/// Another connection for the writer. The database must be there, and still be the same.
pub(crate) async fn reopen(url: &str, epoch: u32) -> Result<DatabaseConnection, Fault> {
    let db = connect(url, Use::Write).await?;
    match read_epoch(&db).await {
        Ok(found) if found == epoch => return Ok(db),
        Ok(_) => drop(db.close().await),
        Err(error) => {
            drop(db.close().await);
            return Err(Fault::new("open the database again", error));
        }
    }
    Err(Fault::plain("open the database again", "it was replaced by another one"))
}

/// What a pool of connections is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// One connection; makes the file if there is none.
    Prepare,
    /// One connection to a file that is there.
    Write,
    /// Some connections that cannot write.
    Read,
}

pub(super) async fn connect(url: &str, purpose: Use) -> Result<DatabaseConnection, Fault> {
    let (connections, read_only) = if purpose == Use::Read { (READERS, true) } else { (1, false) };
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .acquire_timeout(Duration::from_secs(10))
        .map_sqlx_sqlite_opts(move |sqlite: SqliteConnectOptions| {
            let sqlite = sqlite
                .create_if_missing(purpose == Use::Prepare)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(5))
                .foreign_keys(true);
            if read_only { sqlite.pragma("query_only", "ON") } else { sqlite }
        });
    Database::connect(options).await.map_err(|error| Fault::new("open the database", error))
}

pub(super) async fn assert_version(db: &DatabaseConnection) -> Result<(), Fault> {
    let query = Statement::from_string(db.get_database_backend(), "SELECT sqlite_version()");
    let row = db.query_one_raw(query).await.map_err(|error| Fault::new("ask SQLite's version", error))?;
    let text: String = match row {
        Some(row) => row.try_get_by_index(0).map_err(|error| Fault::new("ask SQLite's version", error))?,
        None => String::new(),
    };
    if parse_version(&text) < Some(SQLITE_AT_LEAST) {
        return Err(Fault::plain(
            format!("this program is linked with SQLite {text}"),
            "at least 3.51.3 is needed: older ones can lose committed writes (WAL-reset bug)",
        ));
    }
    Ok(())
}

fn parse_version(text: &str) -> Option<[u32; 3]> {
    let parts: Vec<u32> = text.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    parts.get(..3)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sqlite_that_loses_writes_is_recognised() {
        assert!(parse_version("3.51.2") < Some(SQLITE_AT_LEAST));
        assert!(parse_version("3.46.0") < Some(SQLITE_AT_LEAST));
        assert!(parse_version("nonsense") < Some(SQLITE_AT_LEAST));
        assert!(parse_version("3.51.3") >= Some(SQLITE_AT_LEAST));
        assert!(parse_version("3.52.0") >= Some(SQLITE_AT_LEAST));
    }
}
