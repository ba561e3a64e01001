//! Where no news comes, a holder's writes end a minute after the last: an idle town is not silent, and a party is never kept.

use chrono::Duration;
use contracts::mediation::v1 as proto;
use contracts::mediation::v1::mediation_service_server::MediationService;
use courier::OUT_OF_TOUCH;
use tonic::Code;
use tonic_types::StatusExt;

use crate::house::{House, fence, mediator, reason, request};

const SAID: &str = "第一次调解，双方到场。";

#[tokio::test]
async fn an_idle_town_is_in_touch_however_long_nothing_is_said() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    for n in 0..3 {
        house.clock.advance(OUT_OF_TOUCH + Duration::hours(1));
        house.session(&me, case, 1, &format!("s-{n}"), SAID).await.unwrap();
    }
}

#[tokio::test]
async fn without_a_bus_a_holder_writes_for_a_minute_after_the_last_news_and_a_party_for_ever() {
    let house = House::build().await;
    let (case, other) = (house.at_the_table().await, house.at_the_table().await);
    let me = mediator("mediator-1");
    let first = house.session(&me, case, 1, "s-1", SAID).await.unwrap();
    house.stop_the_bus().await;
    house.clock.advance(OUT_OF_TOUCH);
    let in_time = house.sitting(case, 1, "s-2", SAID);
    let sit = async || house.front.record_session(request(&me, "RecordSession", in_time.clone())).await;
    let second = sit().await.unwrap().into_inner();
    assert_eq!(second.version, first.version + 1, "a minute is a minute");
    let said = house.said(case).await.len();
    house.clock.advance(Duration::microseconds(1));
    let late = house.session(&me, case, 1, "s-3", SAID).await.unwrap_err();
    assert_eq!((late.code(), reason(&late).as_str()), (Code::Unavailable, "OUT_OF_TOUCH"));
    let details = late.get_error_details();
    assert!(details.retry_info().is_some() && details.localized_message().unwrap().message.contains("起诉"));
    // What was written in time is still answered as written, and read.
    assert_eq!(sit().await.unwrap().into_inner().version, second.version);
    assert_eq!(house.get(&me, case.id).await.unwrap().version, second.version);
    assert_eq!(house.said(case).await.len(), said, "nothing was written");

    // A party that leaves the table, or wants the court, has said so, whoever holds the case.
    let demand = proto::RequestTransferRequest {
        case_id: case.id.to_string(),
        fence: fence(1),
        party_id: case.claimant.to_string(),
    };
    house.front.request_transfer(request(&me, "RequestTransfer", demand)).await.unwrap();
    let leave = proto::WithdrawMediationRequest {
        case_id: other.id.to_string(),
        fence: fence(1),
        party_id: other.claimant.to_string(),
        joining_party_ids: vec![],
    };
    house.front.withdraw_mediation(request(&me, "WithdrawMediation", leave)).await.unwrap();
}

/// The end of a claim that cannot come is the reason for all this.
#[tokio::test]
async fn the_holder_of_a_claim_that_ended_out_of_hearing_writes_no_more() {
    let house = House::build().await;
    let (case, me) = (house.at_the_table().await, mediator("mediator-1"));
    house.stop("routing").await;
    house.release_at_once(case, "mediator-1", 2).await;
    house.clock.advance(OUT_OF_TOUCH + Duration::seconds(1));
    let late = house.session(&me, case, 1, "s-1", SAID).await.unwrap_err();
    assert_eq!(reason(&late), "OUT_OF_TOUCH");
}
