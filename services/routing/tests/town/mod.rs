//! What the tests share: routing at work, with neighbours that only speak. Everything is real but the socket.
#![expect(dead_code, reason = "each test file uses its own part")]
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::Arc;
use std::time::Duration;

use access::{Call, Caller, Role, Vault};
use chrono::{DateTime, Utc};
use contracts::intake::v1::{DisputeAccepted, DisputeFiled, PartyDigest};
use contracts::lexicon::v1::{Fence, PartyKind};
use contracts::mediation::v1::FenceRaised;
use contracts::policy;
use contracts::routing::v1 as proto;
use contracts::routing::v1::directory_service_client::DirectoryServiceClient;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::rule_service_client::RuleServiceClient;
use courier::transport::inside::Inside;
use courier::{Actor, Clock, Desk, Pace, Post, Reactions, WriteList};
use lexicon::{AccountId, CentreId, OrgId};
use migrations::rehearsal::{Memory, is_cluster};
use prost::{Message, Name};
use routing::model::Mediator;
use routing::store::Directory;
use sea_orm::{ConnectionTrait, Statement};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

pub const CENTRE: &str = "442000";
pub const HALL: &str = "hall-442000";
pub const FAMILY: &str = "studio-family";
pub const COURT: &str = "studio-court";

pub struct Town {
    pub memory: Arc<Memory>,
    pub clock: Clock,
    pub desk: Desk,
    pub intake: Desk,
    pub mediation: Desk,
    pub oversight: Desk,
    pub transfer: Desk,
    pub closing: CancellationToken,
    pub vault: Arc<Vault>,
    posts: Vec<Post>,
    routes: Routes,
}

impl Town {
    pub async fn open() -> Self {
        let clock = Clock::manual("2026-03-02T09:00:00+08:00".parse::<DateTime<Utc>>().unwrap());
        Self::over(Arc::new(Memory::fresh().await), clock).await
    }

    /// Over what a town has left.
    pub async fn over(memory: Arc<Memory>, clock: Clock) -> Self {
        let intake = desk(&memory, "intake", &clock).await;
        let mediation = desk(&memory, "mediation", &clock).await;
        let oversight = desk(&memory, "oversight", &clock).await;
        let transfer = desk(&memory, "transfer", &clock).await;
        let desk = desk(&memory, "routing", &clock).await;
        let vault = Arc::new(Vault::passing().unwrap());
        routing::seed(&desk, &vault, CENTRE).await.unwrap();
        let (closing, delivering) = (CancellationToken::new(), CancellationToken::new());
        let service = routing::service(desk.clone(), vault.clone(), closing.clone());
        let road = Arc::new(Inside::new());
        let mut posts = vec![];
        let mut houses = vec![(desk.clone(), service.reactions)];
        houses.extend(
            [&intake, &mediation, &oversight, &transfer].map(|d| (d.clone(), Reactions::of(d.service()))),
        );
        for (desk, reactions) in houses {
            let table = contracts::topics::CONSUMERS;
            let pace = Pace {
                silent_after: Duration::from_millis(200),
                report_every: Duration::from_millis(50),
                ..Pace::default()
            };
            let post = Post::start_at(pace, &desk, reactions, road.clone(), table, delivering.clone());
            posts.push(post.await.unwrap());
        }
        let routes = service.routes.prepare();
        Self { memory, clock, desk, intake, mediation, oversight, transfer, closing, vault, posts, routes }
    }

    pub async fn settle(&self) {
        assert!(self.is_settled().await, "news does not settle");
    }

    /// Waits for it; no in a town that was stopped.
    pub async fn is_settled(&self) -> bool {
        let posts: Vec<&Post> = self.posts.iter().collect();
        tokio::select! {
            settled = Post::settle(&posts, Duration::from_mins(1)) => settled.is_ok(),
            () = self.closing.cancelled() => false,
        }
    }

    /// Stops in the middle of whatever is going on: first nothing is written any more.
    pub async fn stop(&self) {
        self.closing.cancel();
        for desk in [&self.desk, &self.intake, &self.mediation, &self.oversight, &self.transfer] {
            desk.close().await;
        }
        for post in &self.posts {
            post.stop().await;
        }
    }

    pub fn client(&self) -> RoutingServiceClient<Routes> {
        RoutingServiceClient::new(self.routes.clone())
    }

    pub fn directory(&self) -> DirectoryServiceClient<Routes> {
        DirectoryServiceClient::new(self.routes.clone())
    }

    pub fn rules(&self) -> RuleServiceClient<Routes> {
        RuleServiceClient::new(self.routes.clone())
    }

    /// Puts mediators on the roster of a studio.
    pub async fn enlist(&self, studio: &str, names: impl IntoIterator<Item = String>) {
        let line = |account_id| Mediator {
            name: "调解员".to_owned(),
            studio_org: studio.to_owned(),
            capacity: 2000,
            account_id,
            ..Mediator::default()
        };
        let lines: Vec<Mediator> = names.into_iter().map(line).collect();
        let directory = Directory::new(self.desk.clone(), self.vault.clone());
        directory.add(CENTRE, "enlist", &[], &lines).await.unwrap();
    }

    /// A neighbour says something about a case, and everybody hears it.
    pub async fn say<M: Message + Name>(&self, from: &Desk, case: Uuid, version: u64, event: &M) {
        let stamp = from.stamp(Actor::service(from.service(), CENTRE), "test", None);
        let mut list = WriteList::new(&stamp, Some(case));
        list.post(case, version, event);
        from.commit(list).await.unwrap();
        self.settle().await;
    }

    /// A case that intake has accepted.
    pub async fn accepted(&self, cause_code: &str) -> Uuid {
        let case = self.clock.id();
        let filed = DisputeFiled { first_receiver_org: HALL.to_owned(), ..Default::default() };
        self.say(&self.intake, case, 1, &filed).await;
        self.say(&self.intake, case, 2, &accepted(cause_code)).await;
        case
    }

    /// A case in the pool of a studio.
    pub async fn pooled(&self, studio: &str) -> Uuid {
        let case = self.accepted("P2").await;
        self.refer(case, studio).await.unwrap();
        self.accept(case, studio).await.unwrap();
        case
    }

    pub async fn refer(&self, case: Uuid, studio: &str) -> Result<proto::Referral, Status> {
        let ask = proto::ReferCaseRequest {
            case_id: case.to_string(),
            studio_org: studio.to_owned(),
            reason: "closer to the parties".to_owned(),
            circumstances: None,
            due_date: String::new(),
        };
        let asked = as_caller(&clerk(), "ReferCase", ask);
        Ok(self.client().refer_case(asked).await?.into_inner())
    }

    pub async fn accept(&self, case: Uuid, studio: &str) -> Result<proto::Referral, Status> {
        let ask = proto::AcceptReferralRequest { case_id: case.to_string() };
        let asked = as_caller(&head(studio), "AcceptReferral", ask);
        Ok(self.client().accept_referral(asked).await?.into_inner())
    }

    pub async fn claim(&self, case: Uuid, by: &Caller) -> Result<proto::Referral, Status> {
        let ask = proto::ClaimCaseRequest { case_id: case.to_string() };
        Ok(self.client().claim_case(as_caller(by, "ClaimCase", ask)).await?.into_inner())
    }

    pub async fn confirm(
        &self,
        case: Uuid,
        by: &Caller,
        fence: Option<Fence>,
        disclosure: impl Into<Option<proto::Disclosure>>,
    ) -> Result<proto::Referral, Status> {
        let disclosure = disclosure.into();
        let ask = proto::ConfirmClaimRequest { case_id: case.to_string(), fence, disclosure };
        Ok(self.client().confirm_claim(as_caller(by, "ConfirmClaim", ask)).await?.into_inner())
    }

    pub async fn release(
        &self,
        case: Uuid,
        by: &Caller,
        fence: Option<Fence>,
    ) -> Result<proto::Referral, Status> {
        let ask =
            proto::ReleaseClaimRequest { case_id: case.to_string(), fence, reason: "I fell ill".to_owned() };
        Ok(self.client().release_claim(as_caller(by, "ReleaseClaim", ask)).await?.into_inner())
    }

    pub async fn get(&self, case: Uuid, by: &Caller) -> Result<proto::Referral, Status> {
        let ask = proto::GetReferralRequest { case_id: case.to_string() };
        Ok(self.client().get_referral(as_caller(by, "GetReferral", ask)).await?.into_inner())
    }

    /// What the first receiver sees of the case.
    pub async fn state(&self, case: Uuid) -> proto::ReferralState {
        self.get(case, &clerk()).await.unwrap().state()
    }

    /// The mediation desk has stored the fence of an ended claim.
    pub async fn fence_stored(&self, case: Uuid, fence: Fence) {
        self.say(&self.mediation, case, fence.n, &FenceRaised { fence: Some(fence) }).await;
    }

    /// What routing said of a case: kind, version, letter.
    pub async fn said(&self, case: Uuid) -> Vec<(String, i64, Vec<u8>)> {
        let sql = "SELECT kind, version, body FROM outbox WHERE case_id = $1 ORDER BY pub_seq";
        let reader = self.desk.reader();
        let query = Statement::from_sql_and_values(reader.get_database_backend(), sql, [case.into()]);
        let rows = reader.query_all_raw(query).await.unwrap();
        let read = |row: &sea_orm::QueryResult| {
            let kind: String = row.try_get_by_index(0).unwrap();
            let kind = kind.trim_start_matches("supermarket.routing.v1.").to_owned();
            (kind, row.try_get_by_index(1).unwrap(), row.try_get_by_index(2).unwrap())
        };
        rows.iter().map(read).collect()
    }

    pub async fn said_kinds(&self, case: Uuid) -> Vec<(String, i64)> {
        self.said(case).await.into_iter().map(|(kind, version, _)| (kind, version)).collect()
    }

    /// What was done about a case, in the order of the commits.
    pub async fn audited(&self, case: Uuid) -> Vec<String> {
        let reader = self.desk.reader();
        let order = if is_cluster() { "pg_xact_commit_timestamp(xmin)" } else { "rowid" };
        let sql = format!("SELECT method FROM audit WHERE case_id = $1 ORDER BY {order}");
        let query = Statement::from_sql_and_values(reader.get_database_backend(), sql, [case.into()]);
        let rows = reader.query_all_raw(query).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// How many events nobody could apply.
    pub async fn quarantined(&self) -> i64 {
        let reader = self.desk.reader();
        let query = Statement::from_string(
            reader.get_database_backend(),
            "SELECT count(*) FROM inbox WHERE state NOT IN (1, 2)",
        );
        reader.query_one_raw(query).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }
}

async fn desk(memory: &Memory, service: &'static str, clock: &Clock) -> Desk {
    Desk::open(service, &memory.prepared(service).await, clock.clone()).await.unwrap()
}

pub fn accepted(cause: &str) -> DisputeAccepted {
    let party = |id: &str| PartyDigest {
        party_id: id.to_owned(),
        kind: PartyKind::Person.into(),
        digest: format!("digest of {id}"),
        ..Default::default()
    };
    DisputeAccepted {
        first_receiver_org: HALL.to_owned(),
        case_number: "（2026）中调字第1号".to_owned(),
        cause_code: cause.to_owned(),
        track: "PEOPLE".to_owned(),
        town_code: "442000001".to_owned(),
        amount_in_controversy_fen: 500_000,
        parties: vec![party("p1"), party("p2")],
        consented_party_ids: vec!["p1".to_owned()],
        ..Default::default()
    }
}

/// The request with the caller whom the door would have put there.
pub fn as_caller<T>(caller: &Caller, method: &str, message: T) -> Request<T> {
    let service = match method {
        "GetRuleSet" | "SimulateRuleSet" | "ActivateRuleSet" | "ListDecisions" => "Rule",
        "ListPool" | "ListReferrals" | "ListTies" | "ListJointActs" => "Routing",
        "RegisterMediator" | "SetDuty" | "ExportDirectory" | "ImportDirectory" => "Directory",
        list if list.starts_with("List") => "Directory",
        _ => "Routing",
    };
    let path = format!("/supermarket.routing.v1.{service}Service/{method}");
    let policy = policy::of(&path).unwrap();
    let mut request = Request::new(message);
    request.extensions_mut().insert(Call { caller: Arc::new(caller.clone()), policy, trace: None });
    request
}

pub fn caller(account: &str, org: &str, role: Role) -> Caller {
    Caller {
        account: AccountId::new(account).unwrap(),
        org: OrgId::new(org).unwrap(),
        centre: CentreId::new(CENTRE).unwrap(),
        roles: vec![role],
        court: None,
    }
}

pub fn clerk() -> Caller {
    caller("clerk-1", HALL, Role::Clerk)
}

pub fn head(studio: &str) -> Caller {
    caller("head", studio, Role::StudioHead)
}

pub fn mediator(account: &str, studio: &str) -> Caller {
    caller(account, studio, Role::Mediator)
}

/// Nothing to disclose.
pub fn declared() -> proto::Disclosure {
    proto::Disclosure { declared: true, relation_exists: false, all_parties_keep: false }
}

/// Code, reason and facts of a refusal.
pub fn why<T: std::fmt::Debug>(
    answer: Result<T, Status>,
) -> (Code, String, std::collections::HashMap<String, String>) {
    let status = answer.unwrap_err();
    let info = status.get_details_error_info().unwrap();
    (status.code(), info.reason, info.metadata)
}

/// The reason alone.
pub fn reason<T: std::fmt::Debug>(answer: Result<T, Status>) -> String {
    why(answer).1
}
