//! Callers who file, write down what they were answered, ask again under the same request id while they are not, and now
//! and then repeat what was answered.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use supermarket::client::{Person, describe, passing};
use tests::filing;
use tokio::task::JoinSet;

/// The longest that one caller goes on asking.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(100);
/// Every so many answers are asked for once more.
const REPEATED: usize = 5;

/// What was answered: request id → case.
pub type Acknowledged = BTreeMap<String, String>;

#[derive(Default)]
struct Book {
    answers: Mutex<Acknowledged>,
    enough: AtomicBool,
    retried: AtomicUsize,
    tries: AtomicUsize,
    repeated: AtomicUsize,
}

/// Callers at work.
pub struct Callers {
    book: Arc<Book>,
    many: usize,
    tasks: JoinSet<anyhow::Result<()>>,
}

/// What came of it.
pub struct Retried {
    /// Everything that was answered.
    pub all: Acknowledged,
    /// Requests that were not answered at the first try.
    pub requests: usize,
    /// How often these were asked again.
    pub tries: usize,
}

impl Callers {
    /// Begins to file.
    pub fn begin(clerk: &Person, callers: usize) -> Self {
        let book = Arc::new(Book::default());
        let mut tasks = JoinSet::new();
        for caller in 0..callers {
            let (clerk, book) = (clerk.clone(), Arc::clone(&book));
            tasks.spawn(async move {
                for n in 0.. {
                    if book.enough.load(Ordering::Relaxed) {
                        break;
                    }
                    one(&clerk, &book, &format!("{caller}-{n}"), n % REPEATED == 0).await?;
                }
                Ok(())
            });
        }
        Self { book, many: callers, tasks }
    }

    /// What has been answered so far.
    pub fn acknowledged(&self) -> Acknowledged {
        self.book.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fails when nobody was answered, or a caller has given up; says why.
    pub fn still_file(&mut self) -> anyhow::Result<()> {
        ensure!(!self.acknowledged().is_empty(), "nobody was answered");
        while let Some(ended) = self.tasks.try_join_next() {
            ended.context("a caller")??;
        }
        ensure!(self.tasks.len() == self.many, "a caller has ended");
        Ok(())
    }

    /// Waits for the next answer.
    pub async fn answer_again(&self) -> anyhow::Result<()> {
        let (before, begun) = (self.acknowledged().len(), Instant::now());
        while self.acknowledged().len() == before {
            ensure!(begun.elapsed() < PATIENCE, "nobody is answered any more");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Lets everybody end what he is at; answers also how many answers were asked for once more.
    pub async fn end(mut self) -> anyhow::Result<(Retried, usize)> {
        self.book.enough.store(true, Ordering::Relaxed);
        while let Some(ended) = self.tasks.join_next().await {
            ended.context("a caller")??;
        }
        let count = |number: &AtomicUsize| number.load(Ordering::Relaxed);
        let retried = Retried {
            all: self.acknowledged(),
            requests: count(&self.book.retried),
            tries: count(&self.book.tries),
        };
        Ok((retried, count(&self.book.repeated)))
    }
}

async fn one(clerk: &Person, book: &Book, name: &str, repeat: bool) -> anyhow::Result<()> {
    let (request, case) = answer(clerk, book, name).await?;
    let known = book.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(request, case.clone());
    ensure!(known.is_none(), "a request id was used twice");
    if repeat {
        let (request, again) = answer(clerk, book, name).await?;
        ensure!(case == again, "{request} was answered with {case}, and then with {again}");
        book.repeated.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Files until there is an answer.
async fn answer(clerk: &Person, book: &Book, name: &str) -> anyhow::Result<(String, String)> {
    let message = filing(name);
    let (begun, mut tries) = (Instant::now(), 0);
    loop {
        let mut request = tonic::Request::new(message.clone());
        request.set_timeout(Duration::from_secs(10));
        match IntakeServiceClient::new(clerk.line.clone()).file_dispute(request).await {
            Ok(dispute) => {
                if tries > 0 {
                    book.retried.fetch_add(1, Ordering::Relaxed);
                    book.tries.fetch_add(tries, Ordering::Relaxed);
                }
                return Ok((message.request_id, dispute.into_inner().case_id));
            }
            Err(status) if passing(&status) && begun.elapsed() < PATIENCE => {
                tries += 1;
                tokio::time::sleep(PAUSE).await;
            }
            Err(status) => bail!("{} is refused: {}", message.request_id, describe(&status)),
        }
    }
}
