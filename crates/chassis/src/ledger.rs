//! The operator's door to the delivery books of the services in this process.

use access::Call;
use contracts::courier::v1 as wire;
use contracts::courier::v1::ledger_service_server::{LedgerService, LedgerServiceServer};
use courier::{CommitError, Desk, ledger};
use lexicon::{Fault, Refusal};
use tonic::{Request, Response, Status};

use crate::denied::Denied;

/// The most events in quarantine that one answer lists.
const MOST: i32 = 1_000;
/// How many it lists unless asked for another number.
const USUAL: u64 = 100;
/// The longest reason for giving an event up, in characters.
const REASON: usize = 500;

/// Serves the books of some desks.
pub struct Ledgers {
    desks: Vec<Desk>,
}

/// The gRPC service over the desks of a process.
pub fn server(desks: Vec<Desk>) -> LedgerServiceServer<Ledgers> {
    LedgerServiceServer::new(Ledgers { desks })
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
    fn desk<T>(&self, request: &Request<T>, service: &str) -> Result<(&Desk, Call), Denied> {
        let call = Call::of(request).map_err(|_| Denied::Unauthenticated("NO_DOOR"))?;
        call.decide(None)?;
        let desk = self.desks.iter().find(|desk| desk.service() == service);
        Ok((desk.ok_or_else(|| Denied::field("service", Fault::UNKNOWN_CODE))?, call))
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
