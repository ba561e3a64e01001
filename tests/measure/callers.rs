//! Callers that file disputes: as fast as they are answered, or at a pace.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use contracts::intake::v1::FileDisputeRequest;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use supermarket::client::{Person, Thread};
use tests::{ask, filing};
use tokio::task::JoinSet;

/// What a sentence of the median real dispute is repeated to: about 750 bytes, their mean.
const SENTENCE: &str = "去年三月借给对方两万元，有借条，到期多次催要一直不还。";

/// How long calls took.
pub struct Times {
    sorted: Vec<Duration>,
    seconds: f64,
}

impl Times {
    /// Of these calls, made within `seconds`.
    pub fn of(mut times: Vec<Duration>, seconds: f64) -> Self {
        times.sort_unstable();
        Self { sorted: times, seconds }
    }

    /// How many calls there were.
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// Calls a second.
    pub fn rate(&self) -> f64 {
        self.sorted.len() as f64 / self.seconds
    }

    /// The value below which a share of the times lies, in milliseconds.
    pub fn quantile(&self, share: f64) -> f64 {
        let index = ((self.sorted.len() as f64 - 1.0) * share).round() as usize;
        self.sorted.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    }
}

/// A clerk's filing as the cluster's figures use it: words of a real dispute's length, and no identifier of a sending
/// system, which a window has none of.
pub fn typed(name: &str) -> FileDisputeRequest {
    let mut message = filing(name);
    message.external_id.clear();
    if let Some(body) = &mut message.body {
        body.text = SENTENCE.repeat(9);
    }
    message
}

/// Files for `time` with so many callers at once; `pace` bounds what all of them begin a second together.
pub async fn file(
    clerk: &Person,
    callers: usize,
    time: Duration,
    pace: Option<f64>,
    message: fn(&str) -> FileDisputeRequest,
    name: &str,
) -> Times {
    let begun = Instant::now();
    let turn = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        let (clerk, turn, name) = (clerk.clone(), Arc::clone(&turn), format!("{name}-{caller}"));
        tasks.spawn(async move {
            let mut times = Vec::new();
            while begun.elapsed() < time {
                if let Some(pace) = pace {
                    let due = turn.fetch_add(1, Ordering::Relaxed) as f64 / pace;
                    if due >= time.as_secs_f64() {
                        break;
                    }
                    tokio::time::sleep_until((begun + Duration::from_secs_f64(due)).into()).await;
                }
                let message = message(&format!("{name}-{}", times.len()));
                let one = Instant::now();
                ask!(clerk, Thread::default(), IntakeServiceClient::file_dispute, message).expect("filed");
                times.push(one.elapsed());
            }
            times
        });
    }
    let times = tasks.join_all().await.into_iter().flatten().collect();
    Times::of(times, begun.elapsed().as_secs_f64())
}
