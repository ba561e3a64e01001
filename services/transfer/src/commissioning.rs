//! A tick: what a studio has signed for becomes a case, by intake's front door like any other filing.
//!
//! This is one of the few calls that go sideways (DESIGN 3). The commission's id is the request's id, so that a round that
//! was cut off anywhere is simply done again.

use std::sync::Arc;
use std::time::Duration;

use chassis::{Neighbour, Tick};
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{Channel, DataConsents, FileDisputeRequest};
use tonic::Code;

use crate::store::Store;
use crate::store::commissions::Signed;

/// Commissions in one round.
const ROUND: u64 = 20;
const PACE: Duration = Duration::from_millis(500);
/// The notice that a court gives when it asks the parties to consent (P1 item 2).
const NOTICE: &str = "court";

/// The tick.
pub(crate) fn tick(store: &Store, intake: Neighbour) -> Tick {
    let (store, intake) = (store.clone(), Arc::new(intake));
    Tick {
        name: "transfer.commissions",
        every: PACE,
        run: Box::new(move || {
            let (store, intake) = (store.clone(), intake.clone());
            Box::pin(async move { round(&store, &intake).await })
        }),
    }
}

async fn round(store: &Store, intake: &Neighbour) {
    let signed = match store.signed(ROUND).await {
        Ok(signed) => signed,
        Err(fault) => {
            tracing::warn!(%fault, "commissions could not be read; the next tick tries again");
            return;
        }
    };
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
                    // Its clock (S04) runs on, so that somebody sees it.
                    tracing::error!(commission = %id, code = ?status.code(), "a commission was not filed");
                }
                continue;
            }
        };
        let Ok(case) = case else {
            tracing::error!(commission = %id, "intake answered without a case");
            continue;
        };
        if let Err(fault) = store.link(&one, case).await {
            tracing::warn!(commission = %id, %fault, "a commission was filed and not linked; the next tick does it");
        }
    }
}

fn request(one: &Signed) -> FileDisputeRequest {
    FileDisputeRequest {
        request_id: one.commission.id.simple().to_string(),
        channel: Channel::CourtWt.into(),
        first_receiver_org: one.commission.content.reception.to_string(),
        body: Some(one.body.clone()),
        consents: Some(DataConsents {
            process: true,
            share_with_studio: true,
            notice_version: NOTICE.to_owned(),
        }),
        ..FileDisputeRequest::default()
    }
}
