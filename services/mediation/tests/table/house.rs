//! A house around the service: neighbours that speak over the real courier, callers with the contract's own policies.
use migrations::rehearsal::Memory;
use std::sync::Arc;
use std::time::Duration;

use access::{Call, Caller, Role, Vault};
use chrono::{DateTime, Utc};
use contracts::intake::v1::PartyDigest;
use contracts::lexicon::v1::{Fence, PartyKind, PartyRole};
use contracts::mediation::v1 as proto;
use contracts::mediation::v1::mediation_service_server::MediationService;
use contracts::policy;
use contracts::routing::v1::{CaseClaimed, CaseFacts, CaseReferred, ClaimConfirmed, ClaimEnded};
use courier::transport::inside::Inside;
use courier::{Actor, Clock, Desk, Post, Reactions, WriteList};
use lexicon::{AccountId, CentreId, OrgId};
use mediation::grpc::Front;
use mediation::reactions::reactions;
use mediation::store::Store;
use prost::{Message, Name};
use prost_types::Timestamp;
use sea_orm::{ConnectionTrait, Statement};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

pub const CENTRE: &str = "442000";
const TABLE: &[(&str, &[&str])] = &[
    ("routing", &["mediation"]),
    ("intake", &["mediation"]),
    ("transfer", &["mediation"]),
    ("oversight", &["mediation"]),
];

/// The service at work between its neighbours.
pub struct House {
    pub front: Arc<Front>,
    pub desk: Desk,
    pub clock: Clock,
    pub memory: Memory,
    routing: Desk,
    intake: Desk,
    transfer: Desk,
    oversight: Desk,
    posts: Vec<Post>,
}

/// A case with its parties.
#[derive(Clone, Copy)]
pub struct Case {
    pub id: Uuid,
    pub claimant: Uuid,
    pub respondent: Uuid,
    pub third: Uuid,
}

pub fn start_of_time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_770_000_000, 123_456_000).unwrap()
}

impl House {
    pub async fn build() -> House {
        let memory = Memory::fresh().await;
        let clock = Clock::manual(start_of_time());
        let open = async |name: &'static str| {
            Desk::open(name, &memory.prepared(name).await, clock.clone()).await.unwrap()
        };
        let (desk, routing, intake) = (open("mediation").await, open("routing").await, open("intake").await);
        let (transfer, oversight) = (open("transfer").await, open("oversight").await);
        let store = Store::new(desk.clone(), Arc::new(Vault::passing().unwrap()));
        let road = Arc::new(Inside::new());
        let mut posts = vec![];
        for (desk, reactions) in [
            (&desk, reactions(&store)),
            (&routing, Reactions::of("routing")),
            (&intake, Reactions::of("intake")),
            (&transfer, Reactions::of("transfer")),
            (&oversight, Reactions::of("oversight")),
        ] {
            let until = CancellationToken::new();
            posts.push(Post::start(desk, reactions, road.clone(), TABLE, until).await.unwrap());
        }
        let front = Arc::new(Front { store });
        House { front, desk, clock, memory, routing, intake, transfer, oversight, posts }
    }

    pub fn case(&self) -> Case {
        let id = || self.clock.id();
        Case { id: id(), claimant: id(), respondent: id(), third: id() }
    }

    /// What intake says.
    pub async fn intake<M: Message + Name>(&self, case: Case, event: &M) {
        say(&self.intake, case.id, event).await;
        self.settle().await;
    }

    /// Intake adds a party, or changes its side.
    pub async fn amended(&self, case: Case, party: Uuid, role: PartyRole) {
        let party = PartyDigest { party_id: party.to_string(), role: role.into(), ..Default::default() };
        let event = contracts::intake::v1::PartyAmended { party: Some(party) };
        self.intake(case, &event).await;
    }

    /// What routing says.
    pub async fn routing<M: Message + Name>(&self, case: Case, event: &M) {
        say(&self.routing, case.id, event).await;
        self.settle().await;
    }

    /// What transfer says.
    pub async fn transfer<M: Message + Name>(&self, case: Case, event: &M) {
        say(&self.transfer, case.id, event).await;
        self.settle().await;
    }

    /// What oversight says.
    pub async fn oversight<M: Message + Name>(&self, case: Case, event: &M) {
        say(&self.oversight, case.id, event).await;
        self.settle().await;
    }

    /// Nothing travels any more between anybody.
    pub async fn stop_the_bus(&self) {
        for post in &self.posts {
            post.stop().await;
        }
    }

    /// One of the neighbours falls silent; the others go on.
    pub async fn stop(&self, service: &str) {
        for post in self.posts.iter().filter(|post| post.desk().service() == service) {
            post.stop().await;
        }
    }

    /// Said, but not waited for.
    pub async fn release_at_once(&self, case: Case, who: &str, n: u64) {
        say(&self.routing, case.id, &ended(who, n)).await;
    }

    pub async fn settle(&self) {
        let posts: Vec<&Post> = self.posts.iter().collect();
        Post::settle(&posts, Duration::from_secs(20)).await.unwrap();
    }

    pub async fn claimed(&self, case: Case, who: &str, n: u64) {
        let referred = CaseReferred { studio_org: "studio-1".into(), rule_id: "r".into() };
        self.routing(case, &referred).await;
        let filed =
            contracts::intake::v1::DisputeFiled { first_receiver_org: "hall-1".into(), ..Default::default() };
        self.intake(case, &filed).await;
        let claimed = CaseClaimed {
            studio_org: "studio-1".into(),
            holder: who.into(),
            fence: fence(n),
            ..CaseClaimed::default()
        };
        self.routing(case, &claimed).await;
    }

    pub async fn confirmed(&self, case: Case, who: &str, n: u64, consented: &[Uuid]) {
        let digest = |id: Uuid, role: PartyRole| PartyDigest {
            party_id: id.to_string(),
            role: role.into(),
            kind: PartyKind::Person.into(),
            digest: String::new(),
            ..PartyDigest::default()
        };
        let facts = CaseFacts {
            track: "PM".into(),
            parties: vec![
                digest(case.claimant, PartyRole::Claimant),
                digest(case.respondent, PartyRole::Respondent),
                digest(case.third, PartyRole::ThirdParty),
            ],
            consented_party_ids: consented.iter().map(ToString::to_string).collect(),
            ..CaseFacts::default()
        };
        let studio_org = "studio-1".into();
        let event = ClaimConfirmed { studio_org, holder: who.into(), fence: fence(n), facts: Some(facts) };
        self.routing(case, &event).await;
    }

    pub async fn released(&self, case: Case, who: &str, n: u64) {
        self.routing(case, &ended(who, n)).await;
    }

    /// A case at the table: claimed and confirmed under fence 1 by mediator-1, everybody consented.
    pub async fn at_the_table(&self) -> Case {
        let case = self.case();
        self.claimed(case, "mediator-1", 1).await;
        self.confirmed(case, "mediator-1", 1, &[case.claimant, case.respondent]).await;
        case
    }

    /// Events said about a case: version and name, in order.
    pub async fn said(&self, case: Case) -> Vec<(i64, String)> {
        let sql = "SELECT version, kind FROM outbox WHERE case_id = $1 ORDER BY pub_seq";
        let rows = self.rows(sql, vec![case.id.into()]).await;
        let read = |row: &sea_orm::QueryResult| {
            let kind: String = row.try_get_by_index(1).unwrap();
            (row.try_get_by_index(0).unwrap(), kind.rsplit('.').next().unwrap().to_owned())
        };
        rows.iter().map(read).collect()
    }

    pub async fn number(&self, sql: &str) -> i64 {
        self.rows(sql, vec![]).await[0].try_get_by_index(0).unwrap()
    }

    async fn rows(&self, sql: &str, values: Vec<sea_orm::Value>) -> Vec<sea_orm::QueryResult> {
        let db = self.desk.reader();
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values))
            .await
            .unwrap()
    }

    pub fn now(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        Some(Timestamp { seconds: now.timestamp(), nanos: now.timestamp_subsec_nanos() as i32 })
    }

    pub async fn session(
        &self,
        who: &Caller,
        case: Case,
        n: u64,
        key: &str,
        text: &str,
    ) -> Result<proto::Mediation, Status> {
        let ask = self.sitting(case, n, key, text);
        self.front.record_session(request(who, "RecordSession", ask)).await.map(tonic::Response::into_inner)
    }

    pub fn sitting(&self, case: Case, n: u64, key: &str, text: &str) -> proto::RecordSessionRequest {
        proto::RecordSessionRequest {
            request_id: key.into(),
            case_id: case.id.to_string(),
            fence: fence(n),
            start_time: self.now(),
            mode: proto::SessionMode::Onsite.into(),
            present_party_ids: vec![case.claimant.to_string()],
            text: text.into(),
            rights_told: true,
            identities_checked: true,
            sham_warned: true,
            address_confirmed_party_ids: vec![],
        }
    }

    pub async fn draft(
        &self,
        who: &Caller,
        case: Case,
        n: u64,
        terms: &str,
    ) -> Result<proto::Mediation, Status> {
        let ask = proto::DraftAgreementRequest {
            case_id: case.id.to_string(),
            fence: fence(n),
            terms: terms.into(),
            partial: true,
            amount_fen: 120_000,
            schedule: vec![],
        };
        self.front.draft_agreement(request(who, "DraftAgreement", ask)).await.map(tonic::Response::into_inner)
    }

    pub async fn sign(
        &self,
        who: &Caller,
        case: Case,
        signatory: proto::Signatory,
        party: Option<Uuid>,
    ) -> Result<proto::Mediation, Status> {
        let ask = proto::SignAgreementRequest {
            case_id: case.id.to_string(),
            fence: fence(1),
            signatory: signatory.into(),
            party_id: party.map(|id| id.to_string()).unwrap_or_default(),
            sign_time: self.now(),
        };
        self.front.sign_agreement(request(who, "SignAgreement", ask)).await.map(tonic::Response::into_inner)
    }

    pub async fn conclude(
        &self,
        who: &Caller,
        case: Case,
        ground: &str,
        words: &str,
    ) -> Result<proto::Mediation, Status> {
        let ask = proto::ConcludeWithoutAgreementRequest {
            case_id: case.id.to_string(),
            fence: fence(1),
            ground: ground.into(),
            explanation: words.into(),
        };
        let asked = request(who, "ConcludeWithoutAgreement", ask);
        self.front.conclude_without_agreement(asked).await.map(tonic::Response::into_inner)
    }

    pub async fn consent(&self, who: &Caller, case: Case, party: Uuid) -> Result<proto::Mediation, Status> {
        let ask = proto::RecordConsentRequest {
            case_id: case.id.to_string(),
            fence: fence(1),
            party_id: party.to_string(),
            consent_time: self.now(),
        };
        self.front.record_consent(request(who, "RecordConsent", ask)).await.map(tonic::Response::into_inner)
    }

    pub async fn get(&self, who: &Caller, case: Uuid) -> Result<proto::Mediation, Status> {
        let ask = proto::GetMediationRequest { case_id: case.to_string() };
        self.front.get_mediation(request(who, "GetMediation", ask)).await.map(tonic::Response::into_inner)
    }

    pub async fn list(
        &self,
        who: &Caller,
        ask: proto::ListMediationsRequest,
    ) -> Result<proto::ListMediationsResponse, Status> {
        self.front.list_mediations(request(who, "ListMediations", ask)).await.map(tonic::Response::into_inner)
    }

    pub async fn for_filing(&self, who: &Caller, case: Case) -> Result<proto::ReadForFilingResponse, Status> {
        let ask = proto::ReadForFilingRequest { case_id: case.id.to_string(), ..Default::default() };
        self.front.read_for_filing(request(who, "ReadForFiling", ask)).await.map(tonic::Response::into_inner)
    }
}

fn ended(who: &str, n: u64) -> ClaimEnded {
    ClaimEnded {
        studio_org: "studio-1".into(),
        former_holder: who.into(),
        fence: fence(n),
        ..ClaimEnded::default()
    }
}

async fn say<M: Message + Name>(desk: &Desk, case: Uuid, event: &M) {
    let stamp = desk.stamp(Actor::service(desk.service(), CENTRE), "test", None);
    let mut list = WriteList::new(&stamp, Some(case));
    list.post(case, 1, event);
    desk.commit(list).await.unwrap();
}

pub fn fence(n: u64) -> Option<Fence> {
    Some(Fence { epoch: 1, n })
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

pub fn mediator(account: &str) -> Caller {
    caller(account, "studio-1", Role::Mediator)
}

/// A request as it comes in behind the door.
pub fn request<T>(who: &Caller, method: &str, message: T) -> Request<T> {
    let path = format!("/supermarket.mediation.v1.MediationService/{method}");
    let mut request = Request::new(message);
    let call = Call { caller: Arc::new(who.clone()), policy: policy::of(&path).unwrap(), trace: None };
    request.extensions_mut().insert(call);
    request
}

pub fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

pub fn fact(status: &Status, name: &str) -> String {
    let info = status.get_details_error_info().unwrap();
    info.metadata.get(name).cloned().unwrap_or_default()
}

/// Field and reason of every violation.
pub fn violations(status: &Status) -> Vec<(String, String)> {
    let bad = status.get_details_bad_request().unwrap();
    bad.field_violations.into_iter().map(|one| (one.field, one.reason)).collect()
}

/// What was said, to compare.
pub fn names(said: &[(i64, String)]) -> Vec<(i64, &str)> {
    said.iter().map(|(version, name)| (*version, name.as_str())).collect()
}
