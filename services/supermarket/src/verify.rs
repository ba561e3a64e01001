//! `supermarket verify`: proves that what was recorded was delivered and took effect, and that nothing open is forgotten.
//!
//! For the first it asks the services' delivery books (`LedgerService`) and nothing else, names every gap, and fails while
//! anything is in quarantine. For the second it asks oversight for open nouns without a holder or a clock, and compares what
//! oversight watches with what the owners themselves have open.

mod owners;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use contracts::courier::v1::ledger_service_client::LedgerServiceClient;
use contracts::courier::v1::{
    InboxSummary, ListGapsRequest, ListQuarantineRequest, OutboxSummary, SummarizeInboxRequest,
    SummarizeOutboxRequest,
};
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::{ListUnwatchedRequest, Unwatched, UnwatchedNoun};
use contracts::topics::CONSUMERS;
use serde::Serialize;
use tonic::Status;

use crate::ask;
use crate::client::{Person, Thread, refused};
use crate::server::Server;

/// News may be on its way while we look: look again this often before a difference counts.
const LOOKS: u32 = 40;
const PAUSE: Duration = Duration::from_millis(250);

/// One topic at one consumer.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// Who says it.
    pub topic: &'static str,
    /// Who hears it.
    pub consumer: &'static str,
    recorded: u64,
    delivered: u64,
    applied: u64,
    quarantined: u64,
    /// What is wrong, in words; empty when nothing is.
    pub wrong: Vec<String>,
}

/// What the monitor of open nouns says.
#[derive(Debug, Clone, Serialize)]
pub struct Watch {
    /// Open nouns.
    pub open: u64,
    /// Those that nobody holds or nothing waits for, clocks that wait for nothing, and nouns that their owner has open and
    /// oversight does not watch, or the reverse: in words.
    pub unwatched: Vec<String>,
}

/// Verifies; answers whether all is well.
pub async fn run(server: &Server, json: bool) -> anyhow::Result<bool> {
    let lines = examine(server, LOOKS).await?;
    let watch = watch(server, LOOKS).await?;
    let delivered = lines.iter().all(|line| line.wrong.is_empty());
    let well = delivered && watch.unwatched.is_empty();
    if json {
        let told = serde_json::json!({
            "ok": well, "ledgers": lines, "open": watch.open, "unwatched": watch.unwatched
        });
        println!("{}", serde_json::to_string(&told)?);
        return Ok(well);
    }
    println!(
        "{:<10} {:<10} {:>9} {:>9} {:>9} {:>11}",
        "topic", "consumer", "recorded", "delivered", "applied", "quarantined"
    );
    for line in &lines {
        let Line { topic, consumer, recorded, delivered, applied, quarantined, wrong } = line;
        println!("{topic:<10} {consumer:<10} {recorded:>9} {delivered:>9} {applied:>9} {quarantined:>11}");
        for wrong in wrong {
            println!("    {wrong}");
        }
    }
    println!(
        "{}",
        if delivered { "recorded = delivered = applied" } else { "NOT in order: see the indented lines" }
    );
    println!("{} open, {} of them unwatched", watch.open, watch.unwatched.len());
    for wrong in &watch.unwatched {
        println!("    {wrong}");
    }
    Ok(well)
}

/// Asks which open nouns nobody watches, and asks again as often as this while there is one: a case that moves may look
/// wrong for a moment.
pub async fn watch(server: &Server, again: u32) -> anyhow::Result<Watch> {
    let operator = Person::operator(server, "operator-1").await?;
    let mut looks = 0;
    let mut differing: Option<BTreeSet<String>> = None;
    loop {
        let ask = ListUnwatchedRequest::default();
        let found = ask!(operator, Thread::default(), OversightServiceClient::list_unwatched, ask)
            .map_err(|s| refused(&s))?;
        // What moves differs for a moment, and something always moves: a difference counts that every look has seen.
        let now = owners::differences(&operator).await.map_err(|s| refused(&s))?;
        let lasting = match differing {
            None => now,
            Some(before) => before.intersection(&now).cloned().collect(),
        };
        if (found.nouns.is_empty() && lasting.is_empty()) || looks == again {
            let unwatched = found.nouns.iter().map(unwatched).chain(lasting).collect();
            return Ok(Watch { open: found.open_count, unwatched });
        }
        differing = Some(lasting);
        looks += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

fn unwatched(noun: &UnwatchedNoun) -> String {
    let wrong = match noun.fault() {
        Unwatched::NoHolder => "is open, and nobody is responsible",
        Unwatched::TwoHolders => "is open, and its clocks name different holders",
        Unwatched::NoClock => "is open, and no clock runs",
        Unwatched::NotOpen => "is not open, and a clock runs",
        Unwatched::Unspecified => "is not watched",
    };
    format!("the {} of case {} {wrong}", noun.noun, noun.case_id)
}

/// Looks, and looks again as often as this while anything is wrong.
pub async fn examine(server: &Server, again: u32) -> anyhow::Result<Vec<Line>> {
    let operator = Person::operator(server, "operator-1").await?;
    let mut said = HashMap::new();
    let mut lines = look(&operator, &mut said).await.map_err(|s| refused(&s))?;
    for _ in 0..again {
        if lines.iter().all(|line| line.wrong.is_empty()) {
            break;
        }
        tokio::time::sleep(PAUSE).await;
        lines = look(&operator, &mut said).await.map_err(|s| refused(&s))?;
    }
    Ok(lines)
}

/// What a service has said, as it was when first asked, and what its outbox lacks.
struct Said {
    outbox: OutboxSummary,
    lacks: Vec<String>,
    /// Events that had no number then and have none now.
    unnumbered: u64,
}

/// Compares every outbox with its inboxes. An outbox is read once: what is said later, on a busy system always something,
/// is not part of the comparison, and what was said by then must arrive.
async fn look(operator: &Person, said: &mut HashMap<&'static str, Said>) -> Result<Vec<Line>, Status> {
    let mut lines = Vec::new();
    let mut thread = Thread::default();
    for (topic, consumers) in CONSUMERS {
        // An empty outbox has no number to compare up to: it is read again.
        if said.get(topic).is_none_or(|said| said.outbox.last_seq == 0) {
            let summary = SummarizeOutboxRequest { service: (*topic).to_owned() };
            let outbox = ask!(operator, thread, LedgerServiceClient::summarize_outbox, summary)?;
            let lacks = gaps(operator, topic, topic).await?;
            let unnumbered = outbox.unnumbered;
            said.insert(topic, Said { outbox, lacks, unnumbered });
        } else if let Some(said) = said.get_mut(topic).filter(|said| said.unnumbered > 0) {
            let summary = SummarizeOutboxRequest { service: (*topic).to_owned() };
            let now = ask!(operator, thread, LedgerServiceClient::summarize_outbox, summary)?;
            // Numbers are given in the order in which events were said.
            let given = now.last_seq.saturating_sub(said.outbox.last_seq);
            said.unnumbered = said.outbox.unnumbered.saturating_sub(given).min(now.unnumbered);
        }
        let Some(Said { outbox, lacks, unnumbered }) = said.get(topic) else { continue };
        for consumer in *consumers {
            let summary = SummarizeInboxRequest {
                service: (*consumer).to_owned(),
                topic: (*topic).to_owned(),
                up_to_seq: outbox.last_seq,
            };
            let inbox = ask!(operator, thread, LedgerServiceClient::summarize_inbox, summary)?;
            let mut wrong: Vec<String> =
                lacks.iter().map(|gap| format!("the outbox of {topic} lacks {gap}")).collect();
            if *unnumbered > 0 {
                wrong.push(format!(
                    "{unnumbered} events of {topic} have no number: no replica of it delivers, or it cannot write"
                ));
            }
            wrong.extend(compare(outbox, &inbox));
            if !wrong.is_empty() {
                let missing = gaps(operator, consumer, topic).await?;
                wrong.extend(missing.iter().map(|gap| format!("the inbox of {consumer} lacks {gap}")));
            }
            if inbox.quarantined > 0 {
                wrong.extend(quarantine(operator, consumer, topic).await?);
            }
            lines.push(Line {
                topic,
                consumer,
                recorded: outbox.last_seq,
                delivered: inbox.count,
                applied: inbox.applied,
                quarantined: inbox.quarantined,
                wrong,
            });
        }
    }
    Ok(lines)
}

fn compare(outbox: &OutboxSummary, inbox: &InboxSummary) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut differ = |what: &str, recorded: u64, found: u64| {
        if recorded != found {
            wrong.push(format!("{what}: {recorded} recorded, {found} found"));
        }
    };
    differ("rows of the outbox", outbox.last_seq, outbox.count);
    differ("events delivered", outbox.count, inbox.count);
    differ("highest number", outbox.last_seq, inbox.last_seq);
    differ("events applied", outbox.count, inbox.applied);
    // It may be ahead: more was said since the outbox was read.
    if inbox.stored < outbox.last_seq {
        wrong.push(format!("stored watermark: {} recorded, {} found", outbox.last_seq, inbox.stored));
    }
    if inbox.stored > inbox.highest_seq {
        wrong.push(format!(
            "stored watermark: {} found, but the highest number stored is {}: what lies between would be dropped",
            inbox.stored, inbox.highest_seq
        ));
    }
    for (said, heard) in outbox.buckets.iter().zip(&inbox.buckets) {
        if said != heard {
            wrong.push(format!("the events from number {} on differ in number or identity", said.first_seq));
        }
    }
    if let Some(report) = outbox.consumers.iter().find(|report| report.consumer == inbox.service)
        && report.stored > inbox.stored
    {
        wrong.push(format!(
            "the producer was told that {} are stored, the consumer has {}",
            report.stored, inbox.stored
        ));
    }
    wrong
}

async fn gaps(operator: &Person, service: &str, topic: &str) -> Result<Vec<String>, Status> {
    let ask = ListGapsRequest { service: service.to_owned(), topic: topic.to_owned() };
    let gaps = ask!(operator, Thread::default(), LedgerServiceClient::list_gaps, ask)?.gaps;
    Ok(gaps.iter().map(|gap| format!("{}–{}", gap.first_seq, gap.last_seq)).collect())
}

async fn quarantine(operator: &Person, service: &str, topic: &str) -> Result<Vec<String>, Status> {
    let ask = ListQuarantineRequest { service: service.to_owned(), page_size: 100 };
    let events = ask!(operator, Thread::default(), LedgerServiceClient::list_quarantine, ask)?.events;
    let here = events.into_iter().filter(|event| event.topic == topic);
    Ok(here
        .map(|e| format!("in quarantine: {} {} of case {}: {}", e.pub_seq, e.kind, e.case_id, e.reason))
        .collect())
}
