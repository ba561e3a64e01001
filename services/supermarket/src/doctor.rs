//! `supermarket doctor`: looks over everything that an installation stands on, and says what to do.
//!
//! It sees what the services see: it uses their settings and their logins, and changes nothing.

use chassis::Settings;
use serde::Serialize;

use crate::town::SERVICES;

mod broker;
mod database;
mod machine;
mod neighbours;

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// It works, and there is something to know or to mend.
    Warn,
    /// It does not work, or loses something some day.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub verdict: Verdict,
    /// What was looked at.
    pub what: String,
    /// What was seen.
    pub seen: String,
    /// What to do; empty where nothing is to be done.
    pub todo: String,
}

/// What was found, in order.
#[derive(Default)]
pub struct Findings {
    list: Vec<Finding>,
}

impl Findings {
    fn ok(&mut self, what: impl Into<String>, seen: impl Into<String>) {
        self.add(Verdict::Ok, what, seen, "");
    }

    fn warn(&mut self, what: impl Into<String>, seen: impl Into<String>, todo: impl Into<String>) {
        self.add(Verdict::Warn, what, seen, todo);
    }

    fn bad(&mut self, what: impl Into<String>, seen: impl Into<String>, todo: impl Into<String>) {
        self.add(Verdict::Bad, what, seen, todo);
    }

    fn add(
        &mut self,
        verdict: Verdict,
        what: impl Into<String>,
        seen: impl Into<String>,
        todo: impl Into<String>,
    ) {
        let finding = Finding { verdict, what: what.into(), seen: seen.into(), todo: todo.into() };
        self.list.push(finding);
    }
}

/// Looks and prints; answers whether nothing is bad.
pub async fn run(settings: &Settings, only: Option<&str>, json: bool) -> anyhow::Result<bool> {
    let list = examine(settings, only).await;
    let well = list.iter().all(|finding| finding.verdict < Verdict::Bad);
    if json {
        println!("{}", serde_json::json!({ "ok": well, "findings": list }));
        return Ok(well);
    }
    let widest = list.iter().map(|finding| finding.what.len()).max().unwrap_or(0);
    for Finding { verdict, what, seen, todo } in &list {
        let word = match verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Bad => "BAD",
        };
        println!("{word:<5} {what:<widest$}  {seen}");
        if !todo.is_empty() {
            println!("{:<5} {:<widest$}    -> {todo}", "", "");
        }
    }
    let count = |verdict| list.iter().filter(|finding| finding.verdict == verdict).count();
    println!("\n{} ok, {} to know, {} bad", count(Verdict::Ok), count(Verdict::Warn), count(Verdict::Bad));
    Ok(well)
}

/// Looks at everything that these settings name, or at what one service has of it.
pub async fn examine(settings: &Settings, only: Option<&str>) -> Vec<Finding> {
    let services: Vec<&'static str> =
        SERVICES.into_iter().filter(|service| only.is_none_or(|only| only == *service)).collect();
    let mut findings = Findings::default();
    machine::keys(settings, &mut findings);
    if settings.is_embedded() {
        machine::files(settings, &mut findings).await;
    } else {
        database::look(settings, &services, &mut findings).await;
    }
    broker::look(settings, &services, &mut findings).await;
    neighbours::look(settings, &mut findings).await;
    findings.list
}
