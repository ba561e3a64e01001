//! How fast the courier works: every size and delay of delivery in one place, so that tests can hurry it.
use std::time::Duration;

/// Sizes and delays. The default is what the house runs on.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Events a relay reads and sends at a time.
    pub page: u64,
    /// Events a relay sends ahead of the slowest listening consumer.
    pub window: u64,
    /// A consumer whose watermark stands still this long while behind is sent to again.
    pub resend_after: Duration,
    /// The longest that this delay grows.
    pub resend_cap: Duration,
    /// A consumer that has not reported this long is not waited for; its report brings it back.
    pub silent_after: Duration,
    /// Between two reports while moving, at least.
    pub report_gap: Duration,
    /// Between two reports while standing still.
    pub report_every: Duration,
    /// Cases that a service works on at the same time.
    pub cases: usize,
    /// The first delay after a failed event; it doubles.
    pub retry_base: Duration,
    /// The longest that it grows.
    pub retry_cap: Duration,
    /// Failures after which an event goes to quarantine.
    pub attempts: i32,
    /// A handler that takes longer has failed.
    pub handler_limit: Duration,
    /// While several events come between two rounds of a relay, it waits this long before the next, so that a round's own
    /// statements are shared by more of them. A quiet desk waits for nothing.
    pub gather: Duration,
    /// How soon a relay sees what another replica said; it grows eightfold while nothing is said.
    pub look: Duration,
    /// By the clock of the house: a relay that has sent everything says so this often; never, if this is [`Duration::MAX`].
    pub beat_every: Duration,
    /// How long the lease on a shared desk's post office lasts after it was renewed.
    pub lease: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Pace {
            page: 256,
            window: 4_096,
            resend_after: Duration::from_secs(1),
            resend_cap: Duration::from_secs(10),
            silent_after: Duration::from_secs(15),
            report_gap: Duration::from_millis(100),
            report_every: Duration::from_secs(1),
            cases: 32,
            retry_base: Duration::from_millis(100),
            retry_cap: Duration::from_secs(30),
            attempts: 8,
            handler_limit: Duration::from_secs(30),
            gather: Duration::from_millis(20),
            look: Duration::from_millis(20),
            beat_every: Duration::from_secs(10),
            lease: Duration::from_secs(6),
        }
    }
}

impl Pace {
    /// The delay after the given number of failures.
    pub(crate) fn retry_delay(&self, failures: i32) -> Duration {
        let doubled = 2u32.saturating_pow(u32::try_from(failures.saturating_sub(1)).unwrap_or(0));
        self.retry_base.saturating_mul(doubled).min(self.retry_cap)
    }
}
