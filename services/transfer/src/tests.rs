//! The whole service over a real desk: intake's news arrives through the courier, people call the front doors.

use migrations::rehearsal::Memory;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use access::{Call, Caller, Role, Vault};
use contracts::intake::v1 as intake;
use contracts::lexicon::v1 as words;
use contracts::mediation::v1 as mediation;
use contracts::transfer::v1 as contract;
use contracts::transfer::v1::court_service_server::CourtService as _;
use contracts::transfer::v1::transfer_service_server::TransferService as _;
use courier::post::Consumers;
use courier::transport::inside::Inside;
use courier::{Actor, Clock, Desk, Post, WriteList};
use lexicon::{AccountId, CentreId, CourtId, OrgId};
use prost::Name as _;
use sea_orm::{ConnectionTrait, Statement};
use tonic::{Request, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::gather::{Ask, Neighbours};
use crate::grpc::{Courts, Front};
use crate::store::Store;

mod commissions;
mod court;
mod desk;
mod inbox;
mod next_door;
mod one_matter;
mod package;
mod taken_back;
mod thread;
mod two_courts;
mod walk;

const CENTRE: &str = "442000";
const TABLE: Consumers = &[("intake", &["transfer"]), ("transfer", &[])];
/// What a clerk wrote down, and what must never be found in clear on the disk.
const STORY: &str = "被告于2026年1月借款不还";
const RESIDENT: &str = "11010519491231002X";

/// Two neighbours that answer what they are told to.
#[derive(Default)]
struct Told {
    status: Option<tonic::Code>,
    mediated: bool,
    asked: AtomicUsize,
    agreements: std::sync::Mutex<Vec<String>>,
}

/// What the parties have agreed.
const TERMS: &str = "三十日内返还二万元。";

#[tonic::async_trait]
impl Neighbours for Told {
    async fn complaint(&self, _: &Ask) -> Result<intake::ReadForFilingResponse, Status> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match self.status {
            Some(code) => Err(Status::new(code, "")),
            None => Ok(complaint()),
        }
    }

    async fn run(&self, ask: &Ask) -> Result<mediation::ReadForFilingResponse, Status> {
        self.agreements.lock().unwrap().push(ask.agreement.clone());
        let agreement_terms = if ask.with_agreement { TERMS.to_owned() } else { String::new() };
        let told = mediation::ReadForFilingResponse { agreement_terms, ..run() };
        if self.mediated { Ok(told) } else { Err(Status::not_found("")) }
    }
}

fn party(role: words::PartyRole, name: &str, town: &str, address: &str) -> words::Party {
    words::Party {
        party_id: Uuid::from_u128(name.len() as u128 + 1).to_string(),
        role: role.into(),
        kind: words::PartyKind::Person.into(),
        name: name.to_owned(),
        paper: Some(words::IdentityPaper {
            kind: words::PaperKind::ResidentId.into(),
            number: RESIDENT.to_owned(),
        }),
        phone: "13800138000".to_owned(),
        address: "中山市石岐街道1号".to_owned(),
        town_code: town.to_owned(),
        service_address: address.to_owned(),
        ..Default::default()
    }
}

fn complaint() -> intake::ReadForFilingResponse {
    intake::ReadForFilingResponse {
        parties: vec![
            party(words::PartyRole::Claimant, "张三", "442000001", "中山市石岐街道2号"),
            party(words::PartyRole::Respondent, "李四光", "442000001", ""),
        ],
        subject: "借款".to_owned(),
        text: STORY.to_owned(),
        claims: "返还借款一万元".to_owned(),
        amount_in_controversy_fen: 1_000_000,
        cause_code: "9130".to_owned(),
        cause_name: "民间借贷纠纷".to_owned(),
        case_number: "（2026）中调字第7号".to_owned(),
        requested_time: Some(prost_types::Timestamp { seconds: 1_780_000_000, nanos: 0 }),
        town_code: "442000001".to_owned(),
        document_number: String::new(),
        document_date: String::new(),
    }
}

fn run() -> mediation::ReadForFilingResponse {
    mediation::ReadForFilingResponse {
        mediated: true,
        track: "PM".to_owned(),
        session_count: 2,
        open_time: Some(prost_types::Timestamp { seconds: 1_780_000_000, nanos: 0 }),
        end_time: Some(prost_types::Timestamp { seconds: 1_780_500_000, nanos: 0 }),
        fail_ground: "F02".to_owned(),
        studio_org: "studio-1".to_owned(),
        ..Default::default()
    }
}

/// A complaint, packed on the day of these tests.
fn order(chosen: &str) -> crate::packing::Order<'_> {
    crate::packing::Order {
        purpose: crate::papers::Purpose::Filing(crate::model::Kind::Complaint),
        chosen,
        on: "2026-06-09".parse().unwrap(),
        track: "PM",
        arbitration_done: false,
        ruled_by: None,
        invited_by: None,
    }
}

/// One house for one test.
struct House {
    clock: Clock,
    desk: Desk,
    front: Front,
    courts: Courts,
    told: Arc<Told>,
    intake: Desk,
    posts: Vec<Post>,
    memory: Memory,
}

async fn desk(service: &'static str, memory: &Memory, clock: &Clock) -> Desk {
    Desk::open(service, &memory.prepared(service).await, clock.clone()).await.unwrap()
}

impl House {
    async fn new() -> Self {
        Self::with(Told { mediated: true, ..Told::default() }).await
    }

    async fn with(told: Told) -> Self {
        let start = chrono::DateTime::from_timestamp(1_781_000_000, 0).unwrap();
        let (memory, clock, told) = (Memory::fresh().await, Clock::manual(start), Arc::new(told));
        let (own, intake) = (desk("transfer", &memory, &clock).await, desk("intake", &memory, &clock).await);
        let store = Store::new(own.clone(), Arc::new(Vault::passing().unwrap()));
        let front = Front { store: store.clone(), neighbours: told.clone() };
        let road = Arc::new(Inside::new());
        let mut posts = vec![];
        let hears =
            [(&own, crate::reactions::reactions(&store)), (&intake, courier::Reactions::of("intake"))];
        for (desk, reactions) in hears {
            let cancel = tokio_util::sync::CancellationToken::new();
            posts.push(Post::start(desk, reactions, road.clone(), TABLE, cancel).await.unwrap());
        }
        let courts = Courts { store: store.clone(), closing: tokio_util::sync::CancellationToken::new() };
        Self { clock, desk: own, front, courts, told, intake, posts, memory }
    }

    /// Intake says something about a case, and everybody has heard it.
    async fn says<M: prost::Message + prost::Name>(&self, case: Uuid, version: u64, event: &M) {
        let stamp = self.intake.stamp(Actor::service("intake", CENTRE), "test", None);
        let mut list = WriteList::new(&stamp, Some(case));
        list.post(case, version, event);
        self.intake.commit(list).await.unwrap();
        Post::settle(&self.posts.iter().collect::<Vec<_>>(), Duration::from_mins(1)).await.unwrap();
    }

    /// A case whose party has demanded the court.
    async fn demanded(&self) -> Uuid {
        let case = self.clock.id();
        let first_receiver_org = "desk-1".to_owned();
        let filed =
            intake::DisputeFiled { first_receiver_org: first_receiver_org.clone(), ..Default::default() };
        self.says(case, 1, &filed).await;
        self.says(case, 2, &intake::CourtDemanded { first_receiver_org, ..Default::default() }).await;
        case
    }

    /// A case in which a claimant and a respondent have agreed, on the whole or a part.
    async fn agreed(&self, partial: bool) -> (Uuid, [String; 2]) {
        let case = self.clock.id();
        let first_receiver_org = "desk-1".to_owned();
        let filed =
            intake::DisputeFiled { first_receiver_org: first_receiver_org.clone(), ..Default::default() };
        self.says(case, 1, &filed).await;
        let sides = [words::PartyRole::Claimant, words::PartyRole::Respondent];
        let parties = sides.map(|role| intake::PartyDigest {
            party_id: self.clock.id().to_string(),
            role: role.into(),
            ..Default::default()
        });
        let ids = [0, 1].map(|n| parties[n].party_id.clone());
        let accepted = intake::DisputeAccepted {
            first_receiver_org,
            track: "PM".to_owned(),
            cause_code: "108.3".to_owned(),
            parties: parties.to_vec(),
            ..Default::default()
        };
        self.says(case, 2, &accepted).await;
        let signed = mediation::AgreementSigned {
            agreement_id: self.clock.id().to_string(),
            effective_time: Some(self.now()),
            partial,
            amount_fen: 2_000_000,
            ..Default::default()
        };
        self.says(case, 3, &signed).await;
        (case, ids)
    }

    /// A party demands the court of a case, as the version.
    async fn demands(&self, case: Uuid, version: u64, party_id: &str) {
        let demand = intake::CourtDemanded {
            first_receiver_org: "desk-1".to_owned(),
            party_id: party_id.to_owned(),
            ..Default::default()
        };
        self.says(case, version, &demand).await;
    }

    async fn prepare(&self, case: Uuid, court: &str) -> Result<contract::Filing, Status> {
        let ask = contract::PrepareFilingRequest {
            case_id: case.to_string(),
            court_org: court.to_owned(),
            kind: 0,
        };
        let request = desk_call("PrepareFiling", &clerk("desk-1"), ask);
        self.front.prepare_filing(request).await.map(tonic::Response::into_inner)
    }

    async fn submit(&self, case: Uuid, sha256: &str) -> Result<contract::Filing, Status> {
        let ask =
            contract::SubmitFilingRequest { case_id: case.to_string(), package_sha256: sha256.to_owned() };
        let request = desk_call("SubmitFiling", &clerk("desk-1"), ask);
        let submitted = self.front.submit_filing(request).await.map(tonic::Response::into_inner);
        // Nobody delivers in this house: what was submitted has its place when the desk has numbered it.
        self.desk.number().await.unwrap();
        submitted
    }

    /// A case that is in the court's inbox, with the digest of its package.
    async fn submitted(&self, court: &str) -> (Uuid, String) {
        let case = self.demanded().await;
        let sha256 = self.prepare(case, court).await.unwrap().package_sha256;
        self.submit(case, &sha256).await.unwrap();
        (case, sha256)
    }

    async fn get(&self, case: Uuid, caller: &Caller) -> Result<contract::Filing, Status> {
        let request =
            desk_call("GetFiling", caller, contract::GetFilingRequest { case_id: case.to_string() });
        self.front.get_filing(request).await.map(tonic::Response::into_inner)
    }

    async fn acknowledge(&self, court: &str, case: Uuid, sha256: &str) -> Result<contract::Filing, Status> {
        let ask = contract::AcknowledgeReceiptRequest {
            case_id: case.to_string(),
            package_sha256: sha256.to_owned(),
            court_time: Some(self.now()),
        };
        let request = court_call("AcknowledgeReceipt", &court_clerk(court), ask);
        self.courts.acknowledge_receipt(request).await.map(tonic::Response::into_inner)
    }

    async fn accept(
        &self,
        court: &str,
        case: Uuid,
        sha256: &str,
        number: &str,
    ) -> Result<contract::Filing, Status> {
        let ask = contract::AcceptFilingRequest {
            case_id: case.to_string(),
            package_sha256: sha256.to_owned(),
            court_case_number: number.to_owned(),
            court_time: Some(self.now()),
        };
        let request = court_call("AcceptFiling", &court_clerk(court), ask);
        self.courts.accept_filing(request).await.map(tonic::Response::into_inner)
    }

    async fn refuse(
        &self,
        court: &str,
        case: Uuid,
        sha256: &str,
        reason: &str,
    ) -> Result<contract::Filing, Status> {
        let ask = contract::RefuseFilingRequest {
            case_id: case.to_string(),
            package_sha256: sha256.to_owned(),
            reason: reason.to_owned(),
            court_time: Some(self.now()),
        };
        let request = court_call("RefuseFiling", &court_clerk(court), ask);
        self.courts.refuse_filing(request).await.map(tonic::Response::into_inner)
    }

    fn now(&self) -> prost_types::Timestamp {
        crate::wire::timestamp(self.clock.now())
    }

    /// What this service has said of a case, in order: kind and version.
    async fn said(&self, case: Uuid) -> Vec<(String, i64)> {
        let sql = "SELECT kind, version FROM outbox WHERE case_id = $1 ORDER BY pub_seq";
        let query =
            Statement::from_sql_and_values(self.desk.reader().get_database_backend(), sql, [case.into()]);
        let rows = self.desk.reader().query_all_raw(query).await.unwrap();
        let short = |kind: String| kind.rsplit('.').next().unwrap_or_default().to_owned();
        rows.iter()
            .map(|row| (short(row.try_get_by_index(0).unwrap()), row.try_get_by_index(1).unwrap()))
            .collect()
    }

    async fn close(self) -> Memory {
        for post in &self.posts {
            post.stop().await;
        }
        self.desk.close().await;
        self.intake.close().await;
        self.memory
    }
}

fn caller(account: &str, org: &str, role: Role, court: Option<&str>) -> Caller {
    Caller {
        account: AccountId::new(account).unwrap(),
        org: OrgId::new(org).unwrap(),
        centre: CentreId::new(CENTRE).unwrap(),
        roles: vec![role],
        court: court.map(|court| CourtId::new(court).unwrap()),
    }
}

fn clerk(org: &str) -> Caller {
    caller("clerk-1", org, Role::Clerk, None)
}

fn court_clerk(court: &str) -> Caller {
    caller(&format!("{court}-filing"), court, Role::Court, Some(court))
}

fn desk_call<M>(method: &str, caller: &Caller, message: M) -> Request<M> {
    request(&format!("/supermarket.transfer.v1.TransferService/{method}"), caller, message)
}

fn court_call<M>(method: &str, caller: &Caller, message: M) -> Request<M> {
    request(&format!("/supermarket.transfer.v1.CourtService/{method}"), caller, message)
}

fn request<M>(path: &str, caller: &Caller, message: M) -> Request<M> {
    let policy = contracts::policy::of(path).unwrap();
    let mut request = Request::new(message);
    request.extensions_mut().insert(Call { caller: Arc::new(caller.clone()), policy, trace: None });
    request
}

/// How a call ended badly: its code, its reason, and each bad field with its reason.
fn bad<T: std::fmt::Debug>(answer: Result<T, Status>) -> String {
    let status = answer.unwrap_err();
    let details = status.get_error_details();
    let mut text = format!("{:?} {}", status.code(), details.error_info().map_or("", |info| &info.reason));
    for violation in details.bad_request().map(|bad| bad.field_violations.as_slice()).unwrap_or_default() {
        let _ = write!(text, " {}:{}", violation.field, violation.reason);
    }
    text
}
