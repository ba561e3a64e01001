//! The operator's door to the books of the services in this process: what they deliver and hear, and what they have open.

use access::Call;
use contracts::courier::v1 as wire;
use contracts::courier::v1::ledger_service_server::{LedgerService, LedgerServiceServer};
use courier::{CommitError, Desk, ledger};
use lexicon::{Fault, Refusal, Violations};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::denied::Denied;
use crate::open::{HolderKind, OpenAsk, OpenBook, OpenNoun};
use crate::service::Service;

/// The most events in quarantine that one answer lists.
const MOST: i32 = 1_000;
/// How many it lists unless asked for another number.
const USUAL: u64 = 100;
/// The longest reason for giving an event up, in characters.
const REASON: usize = 500;

/// Open nouns of a page, at most and usually.
const OPEN: i32 = 500;

/// The books of one service: what it delivers and hears, and what it has open.
pub struct Book {
    /// Its memory.
    pub desk: Desk,
    /// What it has open.
    pub open: OpenBook,
}

/// Serves the books of some services.
pub struct Ledgers {
    books: Vec<Book>,
}

/// The gRPC service over the books of a process.
pub fn server(books: Vec<Book>) -> LedgerServiceServer<Ledgers> {
    LedgerServiceServer::new(Ledgers { books })
}

/// The books of these services.
pub fn books(services: &[Service]) -> Vec<Book> {
    services.iter().map(|one| Book { desk: one.desk.clone(), open: one.open.clone() }).collect()
}

/// The event is not, or no longer, in quarantine.
#[derive(Debug)]
struct NotQuarantined;

impl Refusal for NotQuarantined {
    fn reason(&self) -> &'static str {
        ledger::NOT_QUARANTINED
    }

    fn english(&self) -> String {
        "This event is not in quarantine; list the quarantine again.".to_owned()
    }

    fn chinese(&self) -> String {
        "该事件不在隔离区，请重新查询。".to_owned()
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![]
    }
}

impl Ledgers {
    /// The operator's role is asked for at every method; whose books is in the request.
    fn book<T>(&self, request: &Request<T>, service: &str) -> Result<(&Book, Call), Denied> {
        let call = Call::of(request).map_err(|_| Denied::Unauthenticated("NO_DOOR"))?;
        call.decide(None)?;
        let book = self.books.iter().find(|book| book.desk.service() == service);
        Ok((book.ok_or_else(|| Denied::field("service", Fault::UNKNOWN_CODE))?, call))
    }

    fn desk<T>(&self, request: &Request<T>, service: &str) -> Result<(&Desk, Call), Denied> {
        self.book(request, service).map(|(book, call)| (&book.desk, call))
    }
}

/// Reads which page is asked for, of what this service keeps a record of.
fn open_ask(book: &Book, ask: &wire::ListOpenRequest, centre: &str) -> Result<OpenAsk, Denied> {
    let mut wrong = Violations::new();
    let known = if ask.watched { book.open.watches } else { book.open.owns };
    if !known.contains(&ask.noun.as_str()) {
        wrong.push("noun", Fault::UNKNOWN_CODE);
    }
    let most = match ask.page_size {
        0 => OPEN,
        size @ 1..=OPEN => size,
        _ => {
            wrong.push("page_size", Fault::RANGE);
            OPEN
        }
    };
    let after = match ask.after_key.as_str() {
        "" => Some(Uuid::nil()),
        text => wrong.check("after_key", text.parse().map_err(|_| Fault::MALFORMED)),
    };
    wrong.into_result()?;
    Ok(OpenAsk {
        centre: centre.to_owned(),
        noun: ask.noun.clone(),
        watched: ask.watched,
        after: after.unwrap_or_default(),
        most: most as u64,
    })
}

fn open_noun(noun: OpenNoun) -> wire::OpenNoun {
    let holder_kind = match noun.holder {
        HolderKind::Unknown => wire::HolderKind::Unspecified,
        HolderKind::Organisation => wire::HolderKind::Organisation,
        HolderKind::Account => wire::HolderKind::Account,
        HolderKind::Outside => wire::HolderKind::Outside,
    };
    wire::OpenNoun {
        case_id: noun.case.to_string(),
        noun_id: noun.id,
        holder_kind: holder_kind.into(),
        after_its_end: noun.after_its_end,
    }
}

fn decided(
    outcome: Result<ledger::QuarantinedEvent, CommitError>,
) -> Result<Response<wire::QuarantinedEvent>, Status> {
    match outcome {
        Ok(event) => Ok(Response::new(quarantined(event))),
        Err(CommitError::Lost(ledger::NOT_QUARANTINED)) => Err(Denied::refused(NotQuarantined).into()),
        Err(error) => Err(Denied::from(error).into()),
    }
}

#[tonic::async_trait]
impl LedgerService for Ledgers {
    async fn summarize_outbox(
        &self,
        request: Request<wire::SummarizeOutboxRequest>,
    ) -> Result<Response<wire::OutboxSummary>, Status> {
        let (desk, _) = self.desk(&request, &request.get_ref().service)?;
        let summary = ledger::summarize_outbox(desk).await.map_err(Denied::from)?;
        let consumers = summary.consumers.into_iter().map(|report| wire::ConsumerReport {
            consumer: report.consumer,
            stored: report.stored,
            applied: report.applied,
        });
        Ok(Response::new(wire::OutboxSummary {
            service: desk.service().to_owned(),
            epoch: summary.epoch,
            count: summary.count,
            last_seq: summary.last_seq,
            audit_rows: summary.audit_rows,
            buckets: summary.buckets.iter().map(bucket).collect(),
            consumers: consumers.collect(),
            unnumbered: summary.unnumbered,
        }))
    }

    async fn summarize_inbox(
        &self,
        request: Request<wire::SummarizeInboxRequest>,
    ) -> Result<Response<wire::InboxSummary>, Status> {
        let (desk, _) = self.desk(&request, &request.get_ref().service)?;
        let wire::SummarizeInboxRequest { topic, up_to_seq, .. } = request.get_ref().clone();
        let up_to = (up_to_seq > 0).then_some(up_to_seq);
        let summary = ledger::summarize_inbox(desk, &topic, up_to).await.map_err(Denied::from)?;
        Ok(Response::new(wire::InboxSummary {
            service: desk.service().to_owned(),
            topic,
            count: summary.count,
            last_seq: summary.last_seq,
            highest_seq: summary.highest,
            stored: summary.stored,
            applied: summary.applied,
            quarantined: summary.quarantined,
            buckets: summary.buckets.iter().map(bucket).collect(),
        }))
    }

    async fn list_gaps(
        &self,
        request: Request<wire::ListGapsRequest>,
    ) -> Result<Response<wire::ListGapsResponse>, Status> {
        let (desk, _) = self.desk(&request, &request.get_ref().service)?;
        let gaps = ledger::list_gaps(desk, &request.get_ref().topic).await.map_err(Denied::from)?;
        let gaps = gaps.into_iter().map(|gap| wire::Gap { first_seq: gap.first_seq, last_seq: gap.last_seq });
        Ok(Response::new(wire::ListGapsResponse { gaps: gaps.collect() }))
    }

    async fn list_open(
        &self,
        request: Request<wire::ListOpenRequest>,
    ) -> Result<Response<wire::ListOpenResponse>, Status> {
        let (book, call) = self.book(&request, &request.get_ref().service)?;
        let ask = open_ask(book, request.get_ref(), call.caller.centre.as_str())?;
        let most = ask.most as usize;
        let nouns = book.open.page(ask).await.map_err(Denied::from)?;
        let full = nouns.len() >= most;
        let next_key = nouns.last().filter(|_| full).map(|last| last.key.to_string()).unwrap_or_default();
        let nouns = nouns.into_iter().map(open_noun).collect();
        Ok(Response::new(wire::ListOpenResponse { nouns, next_key }))
    }

    async fn list_quarantine(
        &self,
        request: Request<wire::ListQuarantineRequest>,
    ) -> Result<Response<wire::ListQuarantineResponse>, Status> {
        let (desk, _) = self.desk(&request, &request.get_ref().service)?;
        let most = match request.get_ref().page_size {
            0 => USUAL,
            size if (1..=MOST).contains(&size) => size as u64,
            _ => return Err(Denied::field("page_size", Fault::RANGE).into()),
        };
        let events = ledger::list_quarantine(desk, most).await.map_err(Denied::from)?;
        Ok(Response::new(wire::ListQuarantineResponse {
            events: events.into_iter().map(quarantined).collect(),
        }))
    }

    async fn retry_quarantined(
        &self,
        request: Request<wire::RetryQuarantinedRequest>,
    ) -> Result<Response<wire::QuarantinedEvent>, Status> {
        let (desk, call) = self.desk(&request, &request.get_ref().service)?;
        let wire::RetryQuarantinedRequest { topic, pub_seq, .. } = request.get_ref();
        decided(ledger::retry_quarantined(desk, call.actor(), call.policy.path, topic, *pub_seq).await)
    }

    async fn discard_quarantined(
        &self,
        request: Request<wire::DiscardQuarantinedRequest>,
    ) -> Result<Response<wire::QuarantinedEvent>, Status> {
        let (desk, call) = self.desk(&request, &request.get_ref().service)?;
        let wire::DiscardQuarantinedRequest { topic, pub_seq, reason, .. } = request.get_ref();
        let reason = lexicon::text::clean(reason, lexicon::text::Limits::line(REASON))
            .map_err(|fault| Denied::field("reason", fault))?;
        decided(
            ledger::discard_quarantined(desk, call.actor(), call.policy.path, topic, *pub_seq, &reason).await,
        )
    }
}

fn bucket(bucket: &ledger::Bucket) -> wire::Bucket {
    wire::Bucket { first_seq: bucket.first_seq, count: bucket.count, digest: bucket.digest }
}

fn quarantined(event: ledger::QuarantinedEvent) -> wire::QuarantinedEvent {
    wire::QuarantinedEvent {
        topic: event.topic,
        pub_seq: event.pub_seq,
        kind: event.kind,
        case_id: event.case.to_string(),
        reason: event.reason,
        attempts: event.attempts,
        store_time: Some(prost_types::Timestamp {
            seconds: event.received_at.timestamp(),
            nanos: event.received_at.timestamp_subsec_nanos() as i32,
        }),
    }
}
