//! Waiting until all news has arrived everywhere. For tests: a service never needs it.
use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use tokio::time::Instant;

use crate::post::consumers_of;
use crate::{Desk, Fault, Post};

/// Not everything arrived in time.
#[derive(Debug, thiserror::Error)]
#[error("not settled: {0}")]
pub struct Unsettled(String);

/// Stored events that still move: all but those behind a quarantined event of their case.
pub(crate) const MOVING: &str = "SELECT count(*) FROM inbox i WHERE i.topic = $1 AND i.state = 0 AND NOT EXISTS \
    (SELECT 1 FROM inbox q WHERE q.topic = i.topic AND q.case_id = i.case_id AND q.state = 3 AND q.pub_seq < i.pub_seq)";

const UNNUMBERED: &str = "SELECT count(*) FROM outbox WHERE pub_seq IS NULL";

impl Post {
    /// Waits until every event of these services is stored and applied by all its consumers among them. Events in
    /// quarantine, and those that wait behind one, are not waited for.
    pub async fn settle(posts: &[&Post], within: Duration) -> Result<(), Unsettled> {
        let deadline = Instant::now() + within;
        loop {
            let open = match unsettled(posts).await {
                Ok(None) => return Ok(()),
                Ok(Some(open)) => open,
                Err(fault) => fault.to_string(),
            };
            if Instant::now() >= deadline {
                return Err(Unsettled(open));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn unsettled(posts: &[&Post]) -> Result<Option<String>, Fault> {
    let said = said(posts).await?;
    for (producer, last) in posts.iter().zip(&said) {
        let topic = producer.desk.service();
        for consumer in consumers_of(producer.table, topic) {
            let Some(post) = posts.iter().find(|post| post.desk.service() == *consumer) else { continue };
            let stored =
                number(&post.desk, "SELECT max(stored) FROM watermark WHERE topic = $1", Some(topic)).await?;
            let moving = number(&post.desk, MOVING, Some(topic)).await?;
            if stored < *last || moving > 0 {
                return Ok(Some(format!(
                    "{consumer} has stored {stored} of {last} of {topic}, {moving} to apply"
                )));
            }
        }
    }
    // A reaction may have said something while we looked; it is written in the same commit as its "applied".
    Ok(if self::said(posts).await? == said { None } else { Some("still talking".to_owned()) })
}

async fn said(posts: &[&Post]) -> Result<Vec<i64>, Fault> {
    let mut all = Vec::with_capacity(posts.len());
    for post in posts {
        // What has no number yet is said too, and nobody has heard it.
        if post.desk.is_shared() && number(&post.desk, UNNUMBERED, None).await? > 0 {
            all.push(i64::MAX);
            continue;
        }
        all.push(number(&post.desk, "SELECT max(pub_seq) FROM outbox", None).await?);
    }
    Ok(all)
}

async fn number(desk: &Desk, sql: &str, topic: Option<&str>) -> Result<i64, Fault> {
    let read = |error| Fault::new("look whether news has settled", error);
    let values = topic.map(Into::into);
    let query = Statement::from_sql_and_values(desk.reader().get_database_backend(), sql, values);
    match desk.reader().query_one_raw(query).await.map_err(read)? {
        Some(row) => Ok(row.try_get_by_index::<Option<i64>>(0).map_err(read)?.unwrap_or(0)),
        None => Ok(0),
    }
}
