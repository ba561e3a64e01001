//! `supermarket quarantine`: events whose effect a service gave up, seen and decided over `LedgerService`.

use contracts::courier::v1::ledger_service_client::LedgerServiceClient;
use contracts::courier::v1::{
    DiscardQuarantinedRequest, ListQuarantineRequest, QuarantinedEvent, RetryQuarantinedRequest,
};
use migrations::SERVICES;

use crate::arguments::Event;
use crate::ask;
use crate::client::{Person, Thread, refused};
use crate::server::Server;

/// Lists what is in quarantine, at one service or at all of them.
pub async fn list(server: &Server, only: Option<&str>, json: bool) -> anyhow::Result<()> {
    let operator = operator(server).await?;
    let mut events = Vec::new();
    for service in SERVICES.into_iter().filter(|service| only.is_none_or(|only| only == *service)) {
        let message = ListQuarantineRequest { service: service.to_owned(), page_size: 100 };
        let answer = ask!(operator, Thread::default(), LedgerServiceClient::list_quarantine, message);
        events.extend(answer.map_err(|s| refused(&s))?.events.into_iter().map(|event| (service, event)));
    }
    if json {
        let events: Vec<_> = events.iter().map(|(service, event)| as_json(service, event)).collect();
        println!("{}", serde_json::json!({ "events": events }));
        return Ok(());
    }
    if events.is_empty() {
        println!("Nothing is in quarantine.");
        return Ok(());
    }
    println!(
        "{:<10} {:<10} {:>9} {:>5} {:<36} event and reason",
        "service", "topic", "number", "tries", "case"
    );
    for (service, event) in &events {
        let QuarantinedEvent { topic, pub_seq, attempts, case_id, kind, reason, .. } = event;
        let kind = kind.trim_start_matches("supermarket.");
        println!("{service:<10} {topic:<10} {pub_seq:>9} {attempts:>5} {case_id:<36} {kind}: {reason}");
    }
    println!("\nOnce the cause is mended: supermarket quarantine retry TOPIC NUMBER --service SERVICE");
    Ok(())
}

/// Has an event tried again.
pub async fn retry(server: &Server, event: &Event, json: bool) -> anyhow::Result<()> {
    let operator = operator(server).await?;
    let Event { topic, seq, service } = event;
    let message = RetryQuarantinedRequest { service: service.clone(), topic: topic.clone(), pub_seq: *seq };
    let decided = ask!(operator, Thread::default(), LedgerServiceClient::retry_quarantined, message);
    print(service, &decided.map_err(|s| refused(&s))?, "is tried again now", json);
    Ok(())
}

/// Gives an event up for good.
pub async fn discard(server: &Server, event: &Event, reason: &str, json: bool) -> anyhow::Result<()> {
    let operator = operator(server).await?;
    let Event { topic, seq, service } = event;
    let message = DiscardQuarantinedRequest {
        service: service.clone(),
        topic: topic.clone(),
        pub_seq: *seq,
        reason: reason.to_owned(),
    };
    let decided = ask!(operator, Thread::default(), LedgerServiceClient::discard_quarantined, message);
    print(service, &decided.map_err(|s| refused(&s))?, "is given up; its case goes on without it", json);
    Ok(())
}

async fn operator(server: &Server) -> anyhow::Result<Person> {
    Person::operator(server, "operator-1").await
}

fn print(service: &str, event: &QuarantinedEvent, what: &str, json: bool) {
    if json {
        println!("{}", as_json(service, event));
    } else {
        let QuarantinedEvent { topic, pub_seq, case_id, .. } = event;
        println!("{topic} {pub_seq} at {service}, of the case {case_id}, {what}.");
    }
}

fn as_json(service: &str, event: &QuarantinedEvent) -> serde_json::Value {
    serde_json::json!({
        "service": service, "topic": event.topic, "pub_seq": event.pub_seq, "kind": event.kind,
        "case_id": event.case_id, "reason": event.reason, "attempts": event.attempts,
        "stored": event.store_time.map(|time| time.seconds),
    })
}
