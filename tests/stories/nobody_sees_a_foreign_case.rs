//! Deny by default: no method without a token, none with a wrong role, and a foreign case does not exist.

use contracts::DESCRIPTOR;
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{GetDisputeRequest, ListDisputesRequest};
use contracts::mediation::v1::GetMediationRequest;
use contracts::mediation::v1::mediation_service_client::MediationServiceClient;
use contracts::oversight::v1::GetDocketRequest;
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::policy::{POLICIES, Role};
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{ClaimCaseRequest, GetReferralRequest, ListPoolRequest};
use prost::Message as _;
use supermarket::client::{Person, Thread};
use tests::{World, ask, file, hold, pool};
use tonic::Code;

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_case_answers_like_none() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let mut case = pool(&world, &clerk, "foreign", "studio-family").await;
    hold(&world.mediators("studio-family").await[0], &mut case).await;
    world.settle().await;
    let unknown = uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001).to_string();
    let strangers = [
        world.person("station-clerk-1").await,
        world.mediators("studio-labour").await.remove(0),
        world.head("studio-labour").await,
    ];
    for stranger in &strangers {
        for id in [&case.id, &unknown] {
            for (what, status) in everything(stranger, id).await {
                assert!(
                    matches!(status.code(), Code::NotFound | Code::PermissionDenied),
                    "{} {what} {id}: {status:?}",
                    stranger.account.account
                );
            }
        }
        let (foreign, none) = (everything(stranger, &case.id).await, everything(stranger, &unknown).await);
        for ((what, foreign), (_, none)) in foreign.into_iter().zip(none) {
            assert_eq!(
                (foreign.code(), foreign.message()),
                (none.code(), none.message()),
                "{what} can be told apart"
            );
        }
    }
    let listed = async |person: &Person| {
        ask!(person, Thread::default(), IntakeServiceClient::list_disputes, ListDisputesRequest::default())
            .unwrap()
            .disputes
    };
    assert!(listed(&strangers[0]).await.is_empty());
    let supervised = listed(&world.person("supervisor-1").await).await;
    assert_eq!(supervised.len(), 1);
    assert!(supervised[0].parties.iter().all(|p| p.name.contains('*')), "names are masked in lists");
    assert!(supervised[0].text.is_empty());
    world.close().await;
}

/// Every method about one case that a stranger might try, with its refusal.
async fn everything(who: &Person, case_id: &str) -> Vec<(&'static str, tonic::Status)> {
    let id = || case_id.to_owned();
    let mut thread = Thread::default();
    vec![
        (
            "GetDispute",
            ask!(who, thread, IntakeServiceClient::get_dispute, GetDisputeRequest { case_id: id() })
                .unwrap_err(),
        ),
        (
            "GetReferral",
            ask!(who, thread, RoutingServiceClient::get_referral, GetReferralRequest { case_id: id() })
                .unwrap_err(),
        ),
        (
            "ClaimCase",
            ask!(who, thread, RoutingServiceClient::claim_case, ClaimCaseRequest { case_id: id() })
                .unwrap_err(),
        ),
        (
            "GetMediation",
            ask!(who, thread, MediationServiceClient::get_mediation, GetMediationRequest { case_id: id() })
                .unwrap_err(),
        ),
        (
            "GetDocket",
            ask!(who, thread, OversightServiceClient::get_docket, GetDocketRequest { case_id: id() })
                .unwrap_err(),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_method_answers_without_a_token() {
    let world = World::open().await;
    let channel = supermarket::client::channel(&world.address).unwrap();
    let mut tried = 0;
    for policy in POLICIES.iter().filter(|policy| !policy.roles.contains(&Role::Public)) {
        let mut client = tonic::client::Grpc::new(channel.clone());
        client.ready().await.unwrap();
        let path = policy.path.parse().unwrap();
        let codec = tonic_prost::ProstCodec::<(), ()>::default();
        let status = client.unary(tonic::Request::new(()), path, codec).await.unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated, "{}", policy.path);
        tried += 1;
    }
    let files = prost_types::FileDescriptorSet::decode(DESCRIPTOR).unwrap().file;
    let ours = files.iter().filter(|file| file.package().starts_with("supermarket."));
    let methods: usize = ours.flat_map(|file| &file.service).map(|service| service.method.len()).sum();
    assert_eq!(methods, POLICIES.len(), "every method has a policy row");
    assert!(tried > 40 && tried == methods - 2, "only IssueToken and GetStatusByCode are open to anybody");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_role_is_forbidden() {
    let world = World::open().await;
    let clerk = world.person("clerk-1").await;
    let case = file(&clerk, "role").await;
    let operator = world.person("operator-1").await;
    let message = GetDisputeRequest { case_id: case.id.clone() };
    let refused = ask!(operator, Thread::default(), IntakeServiceClient::get_dispute, message).unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied, "an operator sees no case");
    let refused = ask!(clerk, Thread::default(), RoutingServiceClient::list_pool, ListPoolRequest::default());
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    world.close().await;
}
