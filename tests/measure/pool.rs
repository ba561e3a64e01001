//! The way of a case into a studio's pool, as a mediator who watches it sees it.

use std::time::{Duration, Instant};

use contracts::intake::v1::AcceptDisputeRequest;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AcceptReferralRequest, PoolChangeKind, ProposeRoutesRequest, ReferCaseRequest, WatchPoolRequest,
};
use supermarket::accounts::Accounts;
use supermarket::client::{Person, Thread};
use tests::{ask, filing};
use tokio_stream::StreamExt as _;

/// How long it took until each case was seen.
#[derive(Default)]
pub struct Watched {
    /// Since its filing was sent.
    pub filed: Vec<Duration>,
    /// Since the studio's acceptance was sent, which is the last of five calls.
    pub pooled: Vec<Duration>,
}

/// Takes cases to a studio one after another and watches its pool.
pub async fn into_it(
    line: &tonic::transport::Channel,
    accounts: &Accounts,
    clerk: &Person,
    cases: usize,
) -> Watched {
    let person = async |account: &str| {
        Person::sign_in(line, accounts.get(account).expect("the account")).await.expect("signs in")
    };
    let head = person("head-court").await;
    let mediator =
        accounts.with("MEDIATOR", Some("studio-court")).next().expect("a mediator").account.clone();
    let mediator = person(&mediator).await;
    let mut changes =
        ask!(mediator, Thread::default(), RoutingServiceClient::watch_pool, WatchPoolRequest::default())
            .expect("a watch");
    while changes.next().await.expect("a change").expect("a change").kind() != PoolChangeKind::CaughtUp {}
    let mut watched = Watched::default();
    for n in 0..cases {
        let mut thread = Thread::default();
        let message = filing(&format!("bench-pool-{n}"));
        let filed = Instant::now();
        let case_id = ask!(clerk, thread, IntakeServiceClient::file_dispute, message).expect("filed").case_id;
        let (id, cause_code) = (case_id.clone(), "108.3".to_owned());
        let accept =
            AcceptDisputeRequest { case_id: id.clone(), cause_code, ..AcceptDisputeRequest::default() };
        ask!(clerk, thread, IntakeServiceClient::accept_dispute, accept).expect("accepted");
        let propose = ProposeRoutesRequest { case_id: id.clone(), circumstances: None };
        ask!(clerk, thread, RoutingServiceClient::propose_routes, propose).expect("proposed");
        let (studio_org, reason) = ("studio-court".to_owned(), "bench".to_owned());
        let refer = ReferCaseRequest {
            case_id: id.clone(),
            studio_org,
            reason,
            circumstances: None,
            due_date: String::new(),
        };
        ask!(clerk, thread, RoutingServiceClient::refer_case, refer).expect("referred");
        let pooled = Instant::now();
        ask!(head, thread, RoutingServiceClient::accept_referral, AcceptReferralRequest { case_id: id })
            .expect("pooled");
        loop {
            let change = changes.next().await.expect("a change").expect("a change");
            if change.referral.is_some_and(|referral| referral.case_id == case_id) {
                watched.filed.push(filed.elapsed());
                watched.pooled.push(pooled.elapsed());
                break;
            }
        }
    }
    watched
}
