//! The broker emptied: what it holds was said in a future that is lost.

use chassis::settings::TransportKind;
use chassis::settings::operator::BROKER_PASSWORD;
use chassis::{Settings, roads};
use contracts::topics::CONSUMERS;

/// Deletes the town's streams and names them; or the words that tell the operator what to do. Nothing where there is no
/// broker.
pub(super) async fn wipe(settings: &Settings) -> Option<Result<Vec<String>, String>> {
    if settings.transport.kind == TransportKind::Inside {
        return None;
    }
    let topics: Vec<&str> = CONSUMERS.iter().map(|(topic, _)| *topic).collect();
    Some(match roads::operator(settings) {
        None => Err(by_hand(settings, &topics, "no operator's password is given")),
        Some(options) => courier::transport::jetstream::wipe(options, &topics)
            .await
            .map_err(|fault| by_hand(settings, &topics, &fault.to_string())),
    })
}

fn by_hand(settings: &Settings, topics: &[&str], why: &str) -> String {
    let (servers, prefix) = (&settings.transport.servers, settings.transport.prefix.to_uppercase());
    let delete = topics.iter().map(|topic| {
        let stream = format!("{prefix}_{}", topic.to_uppercase());
        format!("    nats --server '{servers}' --user supermarket_operator stream rm --force {stream}")
    });
    let delete: Vec<String> = delete.collect();
    format!(
        "The broker still holds the streams ({why}; it is read from {}). Receivers drop what is in them by its epoch; \
         before the services start, run:\n{}",
        BROKER_PASSWORD,
        delete.join("\n")
    )
}
