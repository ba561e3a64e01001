//! A window to test at: a real desk on a file, a real vault, and people who call through the real door.

use migrations::rehearsal::Memory;
use std::sync::Arc;

use access::{Call, Caller, Role, Vault};
use chrono::{DateTime, Utc};
use contracts::intake::v1 as proto;
use contracts::lexicon::v1 as words;
use contracts::policy;
use courier::{Actor, Clock, Desk, Heard, Reaction};
use intake::Store;
use intake::grpc::Door;
use lexicon::{AccountId, CentreId, OrgId};
use sea_orm::{ConnectionTrait, Statement};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

pub const NOW: &str = "2026-03-02T01:00:00Z";

pub struct Stage {
    pub memory: Memory,
    pub clock: Clock,
    pub desk: Desk,
    pub store: Store,
    pub door: Arc<Door>,
}

/// One of the people at the window.
#[derive(Clone)]
pub struct Person(pub Arc<Caller>);

pub fn person(account: &str, org: &str, role: Role) -> Person {
    person_of("442000", account, org, role)
}

pub fn person_of(centre: &str, account: &str, org: &str, role: Role) -> Person {
    Person(Arc::new(Caller {
        account: AccountId::new(account).unwrap(),
        org: OrgId::new(org).unwrap(),
        centre: CentreId::new(centre).unwrap(),
        roles: vec![role],
        court: None,
    }))
}

pub fn clerk() -> Person {
    person("clerk-1", "window-1", Role::Clerk)
}

impl Person {
    /// A request of this person's, as the door hands it on.
    pub fn ask<T>(&self, method: &str, message: T) -> Request<T> {
        let policy = policy::of(&format!("/supermarket.intake.v1.IntakeService/{method}")).unwrap();
        let mut request = Request::new(message);
        request.extensions_mut().insert(Call { caller: self.0.clone(), policy, trace: None });
        request
    }
}

impl Stage {
    pub async fn new() -> Self {
        let memory = Memory::fresh().await;
        let url = memory.prepared("intake").await;
        let clock = Clock::manual(NOW.parse::<DateTime<Utc>>().unwrap());
        let desk = Desk::open("intake", &url, clock.clone()).await.unwrap();
        let vault = Arc::new(Vault::passing().unwrap());
        let store = Store::new(desk.clone(), vault);
        let door = Arc::new(Door::new(store.clone()));
        Self { memory, clock, desk, store, door }
    }

    /// A dispute filed by the clerk.
    pub async fn filed(&self, request_id: &str) -> proto::Dispute {
        use proto::intake_service_server::IntakeService;
        let filed = self.door.file_dispute(clerk().ask("FileDispute", filing(request_id))).await;
        filed.unwrap().into_inner()
    }

    /// A dispute accepted by the clerk.
    pub async fn accepted(&self, request_id: &str) -> proto::Dispute {
        use proto::intake_service_server::IntakeService;
        let dispute = self.filed(request_id).await;
        let accept = proto::AcceptDisputeRequest {
            case_id: dispute.case_id,
            cause_code: "108.3".into(),
            ..Default::default()
        };
        self.door.accept_dispute(clerk().ask("AcceptDispute", accept)).await.unwrap().into_inner()
    }

    /// News of another service as the courier hands it on.
    pub fn heard<M>(&self, topic: &str, case: &str, event: M) -> Heard<M> {
        let by = Actor::service("intake", "442000");
        Heard {
            event,
            id: self.clock.id(),
            topic: topic.to_owned(),
            case: case.parse::<Uuid>().unwrap(),
            centre: "442000".to_owned(),
            version: 1,
            pub_seq: 1,
            at: self.clock.now(),
            stamp: self.desk.stamp(by, "news", None),
        }
    }

    /// What a reaction makes of news is written.
    pub async fn write(&self, reaction: Reaction) {
        if let Reaction::Write(list) = reaction {
            self.desk.commit(list).await.unwrap();
        }
    }

    /// News of a case's course, handled and written as the courier does it.
    pub async fn hear(&self, topic: &str, case: &str, course: intake::model::Course) {
        let heard = self.heard(topic, case, ());
        self.write(self.store.change_heard(&heard, course).await.unwrap()).await;
    }

    /// Transfer's word, before that of the court's answer, that nothing of what was demanded is on its way any more.
    pub async fn demand_answered(&self, case: &str) {
        let (heard, at) = (self.heard("transfer", case, ()), self.clock.now());
        let reaction = self.store.act_heard(&heard, |dispute| Some(Ok(dispute.demand_answered(None, at))));
        self.write(reaction.await.unwrap()).await;
    }

    /// One number from the database.
    pub async fn count(&self, sql: &str) -> i64 {
        let db = self.desk.reader();
        let row =
            db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    }

    /// The last event of a case.
    pub async fn last_said<M: prost::Message + Default>(&self, case: &str) -> M {
        self.desk.number().await.unwrap();
        let db = self.desk.reader();
        let sql = "SELECT body FROM outbox WHERE case_id = $1 ORDER BY pub_seq DESC LIMIT 1";
        let case = case.parse::<Uuid>().unwrap();
        let query = Statement::from_sql_and_values(db.get_database_backend(), sql, [case.into()]);
        let row = db.query_one_raw(query).await.unwrap().unwrap();
        M::decode(row.try_get_by_index::<Vec<u8>>(0).unwrap().as_slice()).unwrap()
    }

    /// The kinds of a case's events, in order.
    pub async fn said(&self, case: &str) -> Vec<String> {
        self.desk.number().await.unwrap();
        let db = self.desk.reader();
        let sql = "SELECT kind FROM outbox WHERE case_id = $1 ORDER BY pub_seq";
        let case = case.parse::<Uuid>().unwrap();
        let query = Statement::from_sql_and_values(db.get_database_backend(), sql, [case.into()]);
        let rows = db.query_all_raw(query).await.unwrap();
        let short = |kind: String| kind.rsplit('.').next().unwrap().to_owned();
        rows.into_iter().map(|row| short(row.try_get_by_index(0).unwrap())).collect()
    }
}

pub fn claimant() -> words::Party {
    words::Party {
        role: words::PartyRole::Claimant.into(),
        kind: words::PartyKind::Person.into(),
        name: "欧阳示甲".into(),
        paper: Some(words::IdentityPaper {
            kind: words::PaperKind::ResidentId.into(),
            number: resident("001"),
        }),
        phone: "13912345678".into(),
        address: "虚构路8号".into(),
        town_code: "442000001".into(),
        ..Default::default()
    }
}

pub fn respondent() -> words::Party {
    words::Party {
        role: words::PartyRole::Respondent.into(),
        kind: words::PartyKind::Organization.into(),
        name: "示乙装饰有限公司".into(),
        ..Default::default()
    }
}

/// A resident identity number with its right check character.
pub fn resident(serial: &str) -> String {
    let body = format!("44200019800307{serial}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(b, w)| u32::from(b - b'0') * w).sum();
    format!("{body}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}

pub fn body() -> proto::DisputeBody {
    proto::DisputeBody {
        subject: "装修款".into(),
        text: "去年十月装修完工，尾款一直不付。".into(),
        claims: "支付尾款".into(),
        amount_in_controversy_fen: 5_000_000,
        town_code: "442000001".into(),
        parties: vec![claimant(), respondent()],
        cause_code: String::new(),
    }
}

pub fn filing(request_id: &str) -> proto::FileDisputeRequest {
    proto::FileDisputeRequest {
        request_id: request_id.into(),
        channel: proto::Channel::Window.into(),
        body: Some(body()),
        consents: Some(proto::DataConsents {
            process: true,
            share_with_studio: true,
            notice_version: "2026-1".into(),
        }),
        ..Default::default()
    }
}

/// The reason of a refusal.
pub fn reason(status: &Status) -> String {
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

/// The bad fields of a refused request, `path REASON` each.
pub fn bad_fields(status: &Status) -> Vec<String> {
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let details = status.get_error_details();
    let fields = &details.bad_request().unwrap().field_violations;
    fields.iter().map(|field| format!("{} {}", field.field, field.reason)).collect()
}
