//! `supermarket deadline CASE`: every deadline of a case that is waited for, and why it ends when it ends.

use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{
    Deadline, DeadlineExplanation, DeadlineState, ExplainDeadlineRequest, ListDeadlinesRequest,
};

use crate::ask;
use crate::client::{Person, Thread, refused};
use crate::server::Server;

/// Shows them.
pub async fn run(server: &Server, case: &str, json: bool) -> anyhow::Result<()> {
    let supervisor = Person::operator(server, "supervisor-1").await?;
    let mut thread = Thread::default();
    let message = ListDeadlinesRequest { case_id: case.to_owned() };
    let deadlines = ask!(supervisor, thread, OversightServiceClient::list_deadlines, message)
        .map_err(|s| refused(&s))?
        .deadlines;
    for deadline in deadlines.into_iter().filter(|found| found.state() != DeadlineState::Met) {
        let message =
            ExplainDeadlineRequest { case_id: case.to_owned(), deadline_id: deadline.deadline_id.clone() };
        let told = ask!(supervisor, thread, OversightServiceClient::explain_deadline, message)
            .map_err(|s| refused(&s))?;
        if json {
            println!("{}", machine(&deadline, &told));
            continue;
        }
        let Deadline { noun, clock, clock_name, holder, .. } = &deadline;
        println!("{noun} {clock} {clock_name} → {} ({holder})", told.due_date);
        for line in told.lines.iter().chain(&told.lines_en) {
            println!("  {line}");
        }
    }
    Ok(())
}

fn machine(deadline: &Deadline, told: &DeadlineExplanation) -> serde_json::Value {
    let state = deadline.state().as_str_name().trim_start_matches("DEADLINE_STATE_");
    serde_json::json!({
        "deadline": deadline.deadline_id, "noun": deadline.noun, "clock": deadline.clock, "state": state,
        "holder": deadline.holder, "generation": deadline.generation, "due": told.due_date,
        "provisional": deadline.provisional, "article": told.article, "edition": deadline.edition,
        "lines": told.lines, "lines_en": told.lines_en,
    })
}
