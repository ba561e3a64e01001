//! A service's durable consumer on another's stream: found, mended or made.
//!
//! It begins with what is new. What a fresh one has missed its producer sends again, from the watermark that the service
//! itself reports: the broker's memory of how far anybody is counts for nothing.
use std::time::Duration;

use async_nats::jetstream::consumer::{
    AckPolicy, DeliverPolicy, FromConsumer, PullConsumer, ReplayPolicy, pull,
};
use async_nats::jetstream::stream::ConsumerErrorKind;
use async_nats::jetstream::{Context, ErrorCode};

use super::refusal::Refusal;

/// A message not signed for in this time comes again.
const ACK_WAIT: Duration = Duration::from_secs(30);
/// Messages out with a service at a time. Few would let one slow commit hold up everything.
const ACK_PENDING: i64 = 4_096;
/// Messages asked for at a time.
const BATCH: usize = 256;
/// How long one request for messages stands.
const STANDS: Duration = Duration::from_secs(30);
/// Between signs of life; after twice this in silence the consumer counts as gone.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Everything that delivery needs, put over what was found; what the server filled in stays.
fn mended(found: pull::Config, service: &str) -> pull::Config {
    pull::Config {
        durable_name: Some(service.to_owned()),
        deliver_policy: DeliverPolicy::New,
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        // For ever: what to do with an event that nobody can use is decided in the inbox.
        max_deliver: -1,
        max_ack_pending: ACK_PENDING,
        // The whole stream: numbers are dense only over a whole topic.
        filter_subject: String::new(),
        filter_subjects: vec![],
        replay_policy: ReplayPolicy::Instant,
        headers_only: false,
        max_batch: 0,
        max_bytes: 0,
        max_expires: Duration::ZERO,
        inactive_threshold: Duration::ZERO,
        memory_storage: false,
        backoff: vec![],
        priority_groups: vec![],
        pause_until: None,
        ..found
    }
}

/// The consumer of `service` on `stream`. One with other settings is made anew: what it had under way comes again.
pub(super) async fn find_or_make(
    context: &Context,
    stream: &str,
    service: &str,
) -> Result<PullConsumer, Refusal> {
    match context.get_consumer_from_stream::<pull::Config, _, _>(service, stream).await {
        Ok(found) => {
            let config = pull::Config::try_from_consumer_config(found.cached_info().config.clone());
            if config.is_ok_and(|config| mended(config.clone(), service) == config) {
                return Ok(found);
            }
        }
        // It pushes: nobody here could read it.
        Err(error) if error.kind() == ConsumerErrorKind::InvalidConsumerType => {}
        Err(error) => {
            let refusal = Refusal::from(error.kind());
            if refusal.is(ErrorCode::CONSUMER_NOT_FOUND) {
                return make(context, stream, service).await;
            }
            return Err(refusal);
        }
    }
    tracing::warn!(stream, consumer = service, "a consumer had other settings: made anew");
    remake(context, stream, service).await
}

/// Deletes the consumer, if it is there, and makes it.
pub(super) async fn remake(context: &Context, stream: &str, service: &str) -> Result<PullConsumer, Refusal> {
    match context.delete_consumer_from_stream(service, stream).await {
        Ok(_) => {}
        Err(error) => {
            let refusal = Refusal::from(error.kind());
            if !refusal.is(ErrorCode::CONSUMER_NOT_FOUND) {
                return Err(refusal);
            }
        }
    }
    make(context, stream, service).await
}

/// Strictly new: where another replica was faster, this is refused, and the next look finds what that one made.
async fn make(context: &Context, stream: &str, service: &str) -> Result<PullConsumer, Refusal> {
    let config = mended(pull::Config::default(), service);
    let made = context.create_consumer_strict_on_stream(config, stream).await;
    made.map_err(|error| Refusal::from(error.kind()))
}

/// What arrives, until the consumer is gone.
pub(super) async fn messages(consumer: &PullConsumer) -> Result<pull::Stream, Refusal> {
    let asked = consumer.stream().max_messages_per_batch(BATCH).expires(STANDS).heartbeat(HEARTBEAT);
    asked.messages().await.map_err(|_| Refusal::NoAnswer)
}
