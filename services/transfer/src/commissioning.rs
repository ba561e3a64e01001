//! A tick: what a studio has signed for becomes a case, by intake's front door like any other filing.
//!
//! This is one of the few calls that go sideways (DESIGN 3). The commission's id is the request's id, so that a round that
//! was cut off anywhere is simply done again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chassis::{Neighbour, Tick};
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{Channel, ChannelRecord, DataConsents, FileDisputeRequest};
use tonic::Code;
use uuid::Uuid;

use crate::store::Store;
use crate::store::commissions::Signed;

/// Commissions in one round.
const ROUND: u64 = 20;
const PACE: Duration = Duration::from_millis(500);
/// The notice that a court gives when it asks the parties to consent (P1 item 2).
const NOTICE: &str = "court";

/// The tick.
pub(crate) fn tick(store: &Store, intake: Neighbour) -> Tick {
    let (store, intake, last) = (store.clone(), Arc::new(intake), Arc::new(Mutex::new(None)));
    Tick {
        name: "transfer.commissions",
        every: PACE,
        run: Box::new(move || {
            let (store, intake, last) = (store.clone(), intake.clone(), last.clone());
            Box::pin(async move {
                let after = last.lock().map_or(None, |last| *last);
                let next = round(&store, &intake, after).await;
                if let Ok(mut last) = last.lock() {
                    *last = next;
                }
            })
        }),
    }
}

/// Files those that come after this one; answers after which the next round goes on. One that intake refuses for good is tried
/// again only when all others have had their turn.
async fn round(store: &Store, intake: &Neighbour, after: Option<Uuid>) -> Option<Uuid> {
    let signed = match store.signed(ROUND, after).await {
        Ok(signed) => signed,
        Err(fault) => {
            tracing::warn!(%fault, "commissions could not be read; the next tick tries again");
            return after;
        }
    };
    let next = signed.last().filter(|_| signed.len() as u64 == ROUND).map(|last| last.commission.id);
    for one in signed {
        let id = one.commission.id;
        let filed = IntakeServiceClient::new(intake.within(None)).file_dispute(request(&one)).await;
        let case = match filed {
            Ok(answer) => answer.into_inner().case_id.parse(),
            Err(status) => {
                let passing = matches!(
                    status.code(),
                    Code::Unavailable | Code::Aborted | Code::Cancelled | Code::DeadlineExceeded
                );
                if !passing {
                    // Its clock (S04) runs on, and its studio sees it there and may give it back to the court.
                    tracing::error!(commission = %id, code = ?status.code(), "a commission was not filed");
                    if let Err(fault) = store.refuse(&one).await {
                        tracing::warn!(commission = %id, %fault, "that was not kept; the next round does it");
                    }
                }
                continue;
            }
        };
        let Ok(case) = case else {
            tracing::error!(commission = %id, "intake answered without a case");
            continue;
        };
        if let Err(fault) = store.link(&one, case, || ()).await {
            tracing::warn!(commission = %id, %fault, "a commission was filed and not linked; the next round does it");
        }
    }
    next
}

fn request(one: &Signed) -> FileDisputeRequest {
    let content = &one.commission.content;
    // Of a referral its letter, of a commission the suit's own number (channels.csv).
    let (channel, document_number, document_date) = match &content.referral {
        Some(letter) => (Channel::CourtWp, letter.number.clone(), letter.on.to_string()),
        None => (Channel::CourtWt, content.number.clone(), String::new()),
    };
    FileDisputeRequest {
        request_id: one.commission.id.simple().to_string(),
        channel: channel.into(),
        first_receiver_org: one.commission.content.reception.to_string(),
        body: Some(one.body.clone()),
        consents: Some(DataConsents {
            process: true,
            share_with_studio: true,
            notice_version: NOTICE.to_owned(),
        }),
        record: Some(ChannelRecord { document_number, document_date, ..ChannelRecord::default() }),
        ..FileDisputeRequest::default()
    }
}
