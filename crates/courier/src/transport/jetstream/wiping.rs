//! Every stream of a town deleted, by the operator: after a restore the broker holds a future that is lost.
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::DeleteStreamErrorKind;

use super::refusal::Refusal;
use super::{JetStream, Options};
use crate::Fault;

/// Deletes the streams of these topics; answers which were there. Their services make them anew and fill them again.
pub async fn wipe(options: Options, topics: &[&str]) -> Result<Vec<String>, Fault> {
    let road = JetStream::connect(options).await?;
    let mut deleted = Vec::new();
    for topic in topics {
        let stream = road.subjects.stream(topic);
        match road.context.delete_stream(&stream).await {
            Ok(_) => deleted.push(stream),
            Err(error) => match error.kind() {
                DeleteStreamErrorKind::JetStream(told)
                    if told.error_code() == ErrorCode::STREAM_NOT_FOUND => {}
                DeleteStreamErrorKind::JetStream(told) => {
                    return Err(
                        Refusal::Code(told.error_code()).fault(&format!("delete the stream {stream}"))
                    );
                }
                _ => return Err(Refusal::NoAnswer.fault(&format!("delete the stream {stream}"))),
            },
        }
    }
    Ok(deleted)
}
