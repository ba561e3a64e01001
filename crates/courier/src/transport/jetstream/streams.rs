//! A topic's stream: made, looked over and mended by the topic's own service, and by nobody else.
//!
//! A stream that is gone is a normal event: what was in it is in the outbox, and is sent again.
use std::time::Duration;

use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};
use async_nats::jetstream::{Context, ErrorCode};

use super::refusal::Refusal;
use crate::Fault;

/// How long a repeated message id counts as a repeat. It only spares work; nothing leans on it.
const REPEATS: Duration = Duration::from_mins(2);

/// Why a stream is not as it must be.
pub(super) enum Unready {
    /// It may be in a moment.
    Later(Refusal),
    /// Somebody must do something.
    Never(Fault),
}

/// The settings of a topic's stream.
pub(super) fn wanted(name: String, subjects: String, replicas: usize, max_age: Duration) -> Config {
    mended(Config { name, max_consumers: -1, ..Config::default() }, subjects, replicas, max_age)
}

/// What was found, with everything set that delivery needs. What an operator may have added beside that stays.
fn mended(found: Config, subjects: String, replicas: usize, max_age: Duration) -> Config {
    Config {
        subjects: vec![subjects],
        // Never a work queue: with a consumer that is gone, what it had not read would be gone too.
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        num_replicas: replicas,
        // Bounded by age alone. The oldest goes, new ones always fit: this is never the only copy.
        max_age,
        max_bytes: -1,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_message_size: -1,
        discard: DiscardPolicy::Old,
        discard_new_per_subject: false,
        duplicate_window: REPEATS.min(max_age),
        no_ack: false,
        sealed: false,
        ..found
    }
}

/// Makes the stream, or mends it, where it is not as wanted.
pub(super) async fn ensure(context: &Context, wanted: &Config) -> Result<(), Unready> {
    let found = match context.get_stream(&wanted.name).await {
        Ok(stream) => stream.cached_info().config.clone(),
        Err(error) => {
            let refusal = Refusal::from(error.kind());
            if refusal.is(ErrorCode::STREAM_NOT_FOUND) {
                return create(context, wanted).await;
            }
            return Err(Unready::Later(refusal));
        }
    };
    let subjects = wanted.subjects.concat();
    let mended = mended(found.clone(), subjects, wanted.num_replicas, wanted.max_age);
    if mended == found {
        return Ok(());
    }
    match context.update_stream(&mended).await {
        Ok(_) => {
            tracing::warn!(stream = wanted.name, "a stream had other settings: mended");
            Ok(())
        }
        Err(error) => Err(match Refusal::from(error.kind()) {
            Refusal::Code(
                code @ (ErrorCode::STREAM_INVALID_CONFIG
                | ErrorCode::STREAM_UPDATE
                | ErrorCode::STREAM_SEALED),
            ) => Unready::Never(Fault::plain(
                format!("the stream {} has other settings (JetStream error {})", wanted.name, code.0),
                "they cannot be changed: delete the stream as supermarket_operator, it is made anew and filled again",
            )),
            refusal => never_here(&wanted.name, refusal),
        }),
    }
}

async fn create(context: &Context, wanted: &Config) -> Result<(), Unready> {
    match context.create_stream(wanted).await {
        Ok(_) => {
            tracing::info!(stream = wanted.name, "made the stream");
            Ok(())
        }
        Err(error) => Err(never_here(&wanted.name, Refusal::from(error.kind()))),
    }
}

/// What no waiting heals, told apart from what it does.
fn never_here(name: &str, refusal: Refusal) -> Unready {
    let never = |cause| Unready::Never(Fault::plain(format!("make the stream {name}"), cause));
    match refusal {
        Refusal::Code(ErrorCode::STREAM_SUBJECT_OVERLAP) => never(
            "another stream takes these subjects: delete that one as supermarket_operator, or use another prefix here",
        ),
        Refusal::Code(ErrorCode::STREAM_REPLICAS_NOT_SUPPORTED) => never(
            "the server stands alone: set replicas to 1, or use the three servers of deploy/nats/cluster.conf",
        ),
        refusal => Unready::Later(refusal),
    }
}
