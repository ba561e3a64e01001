//! What can go wrong inside, told without telling any value.
//!
//! An error text ends in a log, and a log is read by people who may not see the case. So a [`Fault`] keeps what failed
//! and the database's own code for it, and drops the rest at once: a source error kept "for later" is printed some day.
use sea_orm::{DbErr, RuntimeErr};

/// An internal failure. Its text never holds a value from a row or a request.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{context}: {cause}")]
pub struct Fault {
    context: String,
    cause: String,
    standing: Standing,
}

/// What a fault says about the work it interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It failed; trying again is not known to help.
    Failed,
    /// Nothing was done: the desk closes, and another process will take over.
    Closed,
    /// Nothing was done: the database, or the broker, is away, and may come back.
    Away,
    /// Whether it was done is not known. The same request, sent again, finds out.
    Unknown,
}

impl Fault {
    /// A failure of `context` (what was being done, in words) because of `source`.
    pub fn new<E: std::error::Error + 'static>(context: impl Into<String>, source: E) -> Self {
        let source: &(dyn std::error::Error + 'static) = &source;
        let mut standing = Standing::Failed;
        let cause = match source.downcast_ref::<DbErr>() {
            Some(error) => {
                if is_away(error) {
                    standing = Standing::Away;
                }
                database(error)
            }
            None => match (source.downcast_ref::<Fault>(), source.downcast_ref::<std::io::Error>()) {
                (Some(fault), _) => {
                    standing = fault.standing;
                    fault.to_string()
                }
                (_, Some(error)) => error.kind().to_string(),
                _ => "the cause is not shown, it might quote data".to_owned(),
            },
        };
        Fault { context: context.into(), cause, standing }
    }

    /// A failure that is fully described by fixed words.
    pub fn plain(context: impl Into<String>, cause: &'static str) -> Self {
        Fault { context: context.into(), cause: cause.to_owned(), standing: Standing::Failed }
    }

    /// A stored row that no model fits: the row's place, never its content.
    pub fn inconsistent(table: &str, column: &str, id: impl std::fmt::Display) -> Self {
        let (context, cause) = (format!("row {id} of {table}"), format!("{column} does not fit the model"));
        Fault { context, cause, standing: Standing::Failed }
    }

    /// The desk takes no more lists: nothing of this one was written.
    pub(crate) fn closed() -> Self {
        Fault { standing: Standing::Closed, ..Fault::plain("commit", "the desk is closed") }
    }

    /// What it says about the work it interrupted.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// The same, said of work that was not begun because the database or the broker is away.
    pub(crate) fn away(self) -> Self {
        Fault { standing: Standing::Away, ..self }
    }

    /// The same, said of work whose outcome is not known.
    pub(crate) fn unknown(self) -> Self {
        Fault { standing: Standing::Unknown, ..self }
    }
}

impl From<DbErr> for Fault {
    fn from(error: DbErr) -> Self {
        Fault::new("database", error)
    }
}

/// No connection, or one that broke: of a question nothing is lost, and the database may come back.
fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            match error.as_database_error() {
                Some(refusal) => refusal
                    .code()
                    .is_some_and(|code| code.starts_with("57P") || code == "53300" || code == "25006"),
                None => {
                    matches!(error.as_ref(), sea_orm::sqlx::Error::Io(_) | sea_orm::sqlx::Error::PoolTimedOut)
                }
            }
        }
        _ => false,
    }
}

fn database(error: &DbErr) -> String {
    let runtime = match error {
        DbErr::Conn(runtime) | DbErr::Exec(runtime) | DbErr::Query(runtime) => runtime,
        DbErr::ConnectionAcquire(_) => return "no connection was free in time".to_owned(),
        DbErr::RecordNotFound(_) => return "a row that must exist does not".to_owned(),
        DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } => {
            return "a column does not decode".to_owned();
        }
        _ => return "the database layer refused".to_owned(),
    };
    let RuntimeErr::SqlxError(error) = runtime else {
        return "the database layer failed".to_owned();
    };
    match error.as_database_error() {
        Some(refusal) => {
            let code = refusal.code().unwrap_or_default().into_owned();
            // SQLite's messages name tables and columns only; PostgreSQL's may quote a value.
            if refusal.try_downcast_ref::<sea_orm::sqlx::sqlite::SqliteError>().is_some() {
                format!("database code {code}, {}", refusal.message())
            } else {
                format!("database code {code}")
            }
        }
        None => "the connection failed".to_owned(),
    }
}

/// Why a write list was not written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// A guard was lost: somebody else was first. Nothing of the list is written.
    #[error("guard {0} lost")]
    Lost(&'static str),
    /// The writer's queue is full. Nothing of the list is written; come back later.
    #[error("the writer is busy")]
    Busy,
    /// The list could not be written.
    #[error(transparent)]
    Fault(#[from] Fault),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_tells_no_value() {
        let quoting = DbErr::Type("cannot read 440102198001011234".to_owned());
        for text in [
            Fault::new("read a party", quoting.clone()).to_string(),
            format!("{:?}", Fault::new("read a party", quoting)),
            Fault::new("open a letter", std::io::Error::other("Li Wei, 13800138000")).to_string(),
            Fault::new("parse", "x13800138000".parse::<u64>().unwrap_err()).to_string(),
        ] {
            assert!(!text.contains("4401") && !text.contains("138") && !text.contains("Li Wei"), "{text}");
        }
    }
}
