//! Copies of SQLite files at one point in time, while their server writes on.
//!
//! One connection takes the write lock of every file. Under it each file gets its `VACUUM INTO`, which pins what it reads
//! before it writes its first byte; when all have begun to write (or have ended), the lock is let go. So all copies show
//! the same point, and the writers wait for milliseconds, whatever the files' size.
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::{join, join_all};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};
use tokio::time::Instant;

use crate::Fault;

/// How long one try waits for the writers' locks. Less than a writer waits for its own: no commit fails for a copy.
const PATIENCE: Duration = Duration::from_secs(2);
const TRIES: u32 = 10;
const LOOK: Duration = Duration::from_millis(1);

/// What a copy cost.
#[derive(Clone, Copy, Debug)]
pub struct Copied {
    /// How long no file could be written to.
    pub pause: Duration,
}

/// Copies each file to its place beside it in `files`, all of them as they are at one point in time. The places must be
/// free; nothing there is complete before this answers.
pub async fn copy(files: &[(PathBuf, PathBuf)]) -> Result<Copied, Fault> {
    let mut sources = Vec::with_capacity(files.len());
    for (source, target) in files {
        if target.exists() {
            return Err(Fault::plain(target.display().to_string(), "there is something there already"));
        }
        sources.push(connect(source, false).await?);
    }
    let Some((first, _)) = files.first() else { return Ok(Copied { pause: Duration::ZERO }) };
    let gate = connect(first, false).await?;
    for (place, (source, _)) in files.iter().enumerate().skip(1) {
        let attach = format!("ATTACH DATABASE {} AS memory_{place}", quoted(source));
        gate.execute_unprepared(&attach).await.map_err(|error| failed("lock", source, error))?;
    }
    let begun = locked(&gate).await.map_err(|error| failed("lock", first, error))?;
    let ended: Vec<AtomicBool> = files.iter().map(|_| AtomicBool::new(false)).collect();
    let copies =
        join_all(files.iter().zip(&sources).zip(&ended).map(async |(((source, target), db), ended)| {
            let copied = db.execute_unprepared(&format!("VACUUM INTO {}", quoted(target))).await;
            ended.store(true, Ordering::Relaxed);
            copied.map(drop).map_err(|error| failed("copy", source, error))
        }));
    let lock = async {
        let pinned = |(target, ended): (&PathBuf, &AtomicBool)| {
            ended.load(Ordering::Relaxed) || std::fs::metadata(target).is_ok_and(|file| file.len() > 0)
        };
        while !files.iter().map(|(_, target)| target).zip(&ended).all(pinned) {
            tokio::time::sleep(LOOK).await;
        }
        let freed = gate.execute_unprepared("ROLLBACK").await;
        freed.map_err(|error| failed("unlock", first, error)).map(|_| begun.elapsed())
    };
    let (copies, pause) = join(copies, lock).await;
    for db in sources.into_iter().chain([gate]) {
        drop(db.close().await);
    }
    copies.into_iter().collect::<Result<Vec<()>, Fault>>()?;
    for (_, target) in files {
        let synced = tokio::fs::File::open(target).await;
        let synced = match synced {
            Ok(file) => file.sync_all().await,
            Err(error) => Err(error),
        };
        synced.map_err(|error| Fault::new(format!("flush {}", target.display()), error))?;
    }
    Ok(Copied { pause: pause? })
}

/// Opens a copy, which nobody writes to, and checks every page of it.
pub async fn open_copy(file: &Path) -> Result<DatabaseConnection, Fault> {
    let db = connect(file, true).await?;
    let asking = |error| failed("check", file, error);
    let check = Statement::from_string(db.get_database_backend(), "PRAGMA integrity_check");
    let rows = db.query_all_raw(check).await.map_err(asking)?;
    let told: Vec<String> =
        rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>().map_err(asking)?;
    if told != ["ok"] {
        return Err(Fault::plain(file.display().to_string(), "SQLite's integrity check finds damage"));
    }
    Ok(db)
}

/// Takes the lock of every attached file, one after the other; each writer has but one, so nobody waits in a circle.
/// Answers since when.
async fn locked(gate: &DatabaseConnection) -> Result<Instant, DbErr> {
    let mut tries = 1;
    loop {
        let begun = Instant::now();
        match gate.execute_unprepared("BEGIN IMMEDIATE").await {
            Ok(_) => return Ok(begun),
            Err(error) if tries == TRIES => return Err(error),
            Err(_) => tries += 1,
        }
    }
}

async fn connect(file: &Path, copy: bool) -> Result<DatabaseConnection, Fault> {
    if !file.is_file() {
        return Err(Fault::plain(file.display().to_string(), "there is no such file"));
    }
    let mut options = ConnectOptions::new(format!("sqlite://{}", file.display()));
    options
        .max_connections(1)
        .min_connections(1)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .map_sqlx_sqlite_opts(move |sqlite: SqliteConnectOptions| {
            // A copy inherits both: it is flushed here, once, after the lock, and its first pages are written soon.
            let sqlite = sqlite.synchronous(SqliteSynchronous::Off).pragma("cache_size", "64");
            sqlite.create_if_missing(false).busy_timeout(PATIENCE).read_only(copy).immutable(copy)
        });
    Database::connect(options).await.map_err(|error| failed("open", file, error))
}

fn failed(doing: &str, file: &Path, error: DbErr) -> Fault {
    Fault::new(format!("{doing} {}", file.display()), error)
}

fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "''"))
}
