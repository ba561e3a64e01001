//! What an operator needs to copy memories and to go on from a copy: consistent copies of files, the state of delivery in
//! a copy, and a new epoch.
//!
//! All memories of a town are copied at one point in time, and so no consumer holds an event that its producer's copy
//! lacks: then delivery goes on from a copy as it does from a restart. [`contradictions`] proves that of a set of copies.
//! What was said after the point is lost, and its numbers are given again; the raised epoch tells the two apart. The relay
//! sends everything under the epoch of its desk, and a receiver drops what carries an older one, so that nothing of the
//! lost future that may still be on the road is taken for what has its number now.
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement, TransactionTrait, Value};

use crate::{Clock, Fault};

mod files;

pub use files::{Copied, copy, open_copy};

/// How far delivery is in one memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The memory's epoch.
    pub epoch: u32,
    /// The last number given.
    pub last_seq: u64,
    /// Events said that have no number yet.
    pub unnumbered: u64,
    /// The highest number heard and the highest stored without a gap, of each topic read here.
    pub heard: Vec<(String, u64, u64)>,
}

/// Reads how far delivery is; `schema` is where the tables are, `main` in a file.
pub async fn progress(db: &DatabaseConnection, schema: &str) -> Result<Progress, Fault> {
    let asking = |error: DbErr| Fault::new(format!("read how far delivery is in {schema}"), error);
    let ask = |sql: String| Statement::from_string(db.get_database_backend(), sql);
    let one = async |sql: String| -> Result<i64, Fault> {
        let row = db.query_one_raw(ask(sql)).await.map_err(asking)?;
        let row = row.ok_or_else(|| asking(DbErr::RecordNotFound(String::new())))?;
        row.try_get_by_index::<i64>(0).map_err(asking)
    };
    let epoch = one(format!("SELECT epoch FROM \"{schema}\".epoch WHERE id = 1")).await?;
    let next = one(format!("SELECT next_pub_seq FROM \"{schema}\".counter WHERE id = 1")).await?;
    let unnumbered = one(format!("SELECT count(*) FROM \"{schema}\".outbox WHERE pub_seq IS NULL")).await?;
    let heard = format!(
        "SELECT w.topic, coalesce((SELECT max(i.pub_seq) FROM \"{schema}\".inbox i WHERE i.topic = w.topic), 0), w.stored \
         FROM \"{schema}\".watermark w ORDER BY w.topic"
    );
    let heard = db.query_all_raw(ask(heard)).await.map_err(asking)?.into_iter().map(|row| {
        let (topic, highest, stored): (String, i64, i64) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        Ok((topic, highest as u64, stored as u64))
    });
    Ok(Progress {
        epoch: epoch as u32,
        last_seq: next.saturating_sub(1) as u64,
        unnumbered: unnumbered as u64,
        heard: heard.collect::<Result<_, DbErr>>().map_err(asking)?,
    })
}

/// What these memories cannot have been at one point in time: every consumer that heard more than its producer said.
pub fn contradictions(memories: &[(&str, Progress)]) -> Vec<String> {
    let mut found = Vec::new();
    for (consumer, progress) in memories {
        for (topic, highest, stored) in &progress.heard {
            let Some((_, said)) = memories.iter().find(|(service, _)| service == topic) else {
                found.push(format!("{consumer} reads {topic}, of which there is no memory"));
                continue;
            };
            let heard = *highest.max(stored);
            if heard > said.last_seq {
                found.push(format!(
                    "{consumer} has heard {topic} up to {heard}, {topic} has said {}",
                    said.last_seq
                ));
            }
        }
    }
    found
}

/// Begins an epoch in a memory that was put back, and writes down that it was. Whole or not at all.
pub async fn begin_epoch(
    db: &DatabaseConnection,
    schema: &str,
    epoch: u32,
    centre: &str,
) -> Result<(), Fault> {
    let failed = |error: DbErr| Fault::new(format!("begin the epoch {epoch} in {schema}"), error);
    let clock = Clock::system();
    let backend = db.get_database_backend();
    let transaction = db.begin().await.map_err(failed)?;
    for table in ["epoch", "watermark"] {
        let sql = format!("UPDATE \"{schema}\".{table} SET epoch = $1");
        let update = Statement::from_sql_and_values(backend, sql, [i64::from(epoch).into()]);
        transaction.execute_raw(update).await.map_err(failed)?;
    }
    let sql = format!(
        "INSERT INTO \"{schema}\".audit (id, at, centre, org, account, role, method, case_id) \
         VALUES ($1, $2, $3, 'supermarket', 'operator', 'operator', 'supermarket restore', NULL)"
    );
    let values: [Value; 3] = [clock.id().into(), clock.now().into(), centre.into()];
    transaction.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::{Progress, contradictions};

    fn memory(last_seq: u64, heard: &[(&str, u64, u64)]) -> Progress {
        let heard =
            heard.iter().map(|(topic, highest, stored)| ((*topic).to_owned(), *highest, *stored)).collect();
        Progress { epoch: 1, last_seq, unnumbered: 0, heard }
    }

    #[test]
    fn a_consumer_that_knows_more_than_its_producer_said_is_named() {
        let sound =
            [("intake", memory(7, &[("routing", 3, 3)])), ("routing", memory(3, &[("intake", 7, 5)]))];
        assert!(contradictions(&sound).is_empty());
        for (highest, stored) in [(8, 5), (7, 8)] {
            let torn = [sound[0].clone(), ("routing", memory(3, &[("intake", highest, stored)]))];
            assert_eq!(contradictions(&torn), ["routing has heard intake up to 8, intake has said 7"]);
        }
        assert_eq!(contradictions(&sound[..1]).len(), 1, "routing's memory is missing");
    }
}
