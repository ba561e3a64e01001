//! A bad road on purpose: every event 1 to 10 times, in random order, late, and some not at all.
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use crate::tasks::Tasks;
use crate::transport::{Parcel, Report, Sending, Transport};
use crate::{Envelope, Fault};

/// What the road does.
#[derive(Clone, Debug)]
pub struct Weather {
    /// Copies of an event, at most.
    pub copies: u32,
    /// Part of the events, and of the reports, that is lost altogether (0 to 1).
    pub loss: f64,
    /// The longest delay of a copy.
    pub delay: Duration,
}

impl Default for Weather {
    fn default() -> Self {
        Weather { copies: 10, loss: 0.0, delay: Duration::from_millis(20) }
    }
}

/// A transport over which the weather blows; the same seed gives the same throws of the dice.
pub struct Shaken {
    inner: Arc<dyn Transport>,
    weather: Weather,
    dice: Mutex<StdRng>,
    tasks: Tasks,
}

impl Shaken {
    /// `inner` in that weather.
    pub fn new(inner: Arc<dyn Transport>, weather: Weather, seed: u64) -> Self {
        Shaken { inner, weather, dice: Mutex::new(StdRng::seed_from_u64(seed)), tasks: Tasks::new() }
    }

    fn throw<T>(&self, roll: impl FnOnce(&mut StdRng) -> T) -> T {
        roll(&mut self.dice.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Transport for Shaken {
    async fn publish(&self, topic: &str, events: &[Envelope], sending: Sending) -> Result<(), Fault> {
        let mut copies: Vec<(Duration, Envelope)> = self.throw(|dice| {
            let mut copies = vec![];
            for event in events {
                if dice.random_bool(self.weather.loss) {
                    continue;
                }
                for _ in 0..dice.random_range(1..=self.weather.copies) {
                    copies.push((self.weather.delay.mul_f64(dice.random::<f64>()), event.clone()));
                }
            }
            copies.shuffle(dice);
            copies
        });
        // Half of the copies come at once, shuffled; the others later, each after its own delay.
        let mut late = copies.split_off(copies.len() / 2);
        for (_, event) in copies {
            self.inner.publish(topic, &[event], sending).await?;
        }
        late.sort_by_key(|(delay, _)| *delay);
        let (inner, topic) = (self.inner.clone(), topic.to_owned());
        self.tasks.spawn("shaken", async move {
            let start = tokio::time::Instant::now();
            for (delay, event) in late {
                tokio::time::sleep_until(start + delay).await;
                drop(inner.publish(&topic, &[event], sending).await);
            }
        });
        Ok(())
    }

    async fn subscribe(&self, consumer: &str, topics: &[&str]) -> Result<BoxStream<'static, Parcel>, Fault> {
        self.inner.subscribe(consumer, topics).await
    }

    async fn report(&self, report: Report) -> Result<(), Fault> {
        if self.throw(|dice| dice.random_bool(self.weather.loss)) {
            return Ok(());
        }
        self.inner.report(report).await
    }

    async fn reports(&self, topic: &str) -> Result<BoxStream<'static, Report>, Fault> {
        self.inner.reports(topic).await
    }

    async fn ready(&self, service: &str) -> Result<(), Fault> {
        self.inner.ready(service).await
    }
}
