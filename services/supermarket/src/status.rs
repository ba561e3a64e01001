//! `supermarket status`: what is open, what is overdue, what has happened, and how the services are.

use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{GetStatisticsRequest, ListOverdueRequest, Statistics};

use crate::ask;
use crate::client::{Person, Thread, refused};
use crate::server::Server;

/// Shows it.
pub async fn run(server: &Server, json: bool) -> anyhow::Result<()> {
    let supervisor = Person::operator(server, "supervisor-1").await?;
    let mut thread = Thread::default();
    let statistics =
        ask!(supervisor, thread, OversightServiceClient::get_statistics, GetStatisticsRequest {});
    let Statistics { running, events } = statistics.map_err(|s| refused(&s))?;
    let ask = ListOverdueRequest { page_size: 10, ..ListOverdueRequest::default() };
    let overdue = ask!(supervisor, thread, OversightServiceClient::list_overdue, ask)
        .map_err(|s| refused(&s))?
        .deadlines;
    if json {
        let running: Vec<_> = running
            .iter()
            .map(|c| serde_json::json!({"noun": c.noun, "clock": c.clock, "running": c.running_count, "overdue": c.overdue_count}))
            .collect();
        let events: serde_json::Map<_, _> = events.iter().map(|e| (e.kind.clone(), e.count.into())).collect();
        println!(
            "{}",
            serde_json::json!({ "address": server.address, "running": running, "events": events })
        );
        return Ok(());
    }
    println!("Server  {}\nData    {}\n", server.address, server.folder().display());
    println!("{:<10} {:<8} {:>8} {:>8}", "open noun", "clock", "running", "overdue");
    for count in &running {
        println!(
            "{:<10} {:<8} {:>8} {:>8}",
            count.noun, count.clock, count.running_count, count.overdue_count
        );
    }
    println!("\n{:<48} {:>8}", "what happened", "times");
    for event in &events {
        println!("{:<48} {:>8}", event.kind.trim_start_matches("supermarket."), event.count);
    }
    if !overdue.is_empty() {
        println!("\nlongest overdue");
        for deadline in &overdue {
            println!(
                "  {} {:<10} {:<8} {}",
                deadline.case_id, deadline.noun, deadline.clock, deadline.holder
            );
        }
    }
    Ok(())
}
