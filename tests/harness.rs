//! The tests' world: the whole town in this process over real SQLite files and a real socket, with a clock that tests
//! move by hand and `settle()`, which waits until all news has been delivered and has taken effect.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chassis::settings::{Secret, TransportKind};
use chassis::{Lifecycle, Settings, roads};
use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{
    AcceptDisputeRequest, Channel, DataConsents, Dispute, DisputeBody, FileDisputeRequest, MediationConsent,
};
use contracts::lexicon::v1::PartyRole;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    AcceptReferralRequest, ClaimCaseRequest, ConfirmClaimRequest, Disclosure, ReferCaseRequest, Referral,
};
use courier::{Clock, Post, Transport};
use migrations::rehearsal::{Memory, is_cluster};
use supermarket::client::{Person, Thread, channel};
use supermarket::invent::{Dice, parties};
use supermarket::server::Server;
use supermarket::town::{Surroundings, Town, program};
use supermarket::verify;

/// The instant at which every story begins: a Monday morning in Zhongshan.
pub const BEGIN: &str = "2026-03-02T01:00:00Z";

pub use supermarket::ask;

/// A town with everything around it.
pub struct World {
    /// The clock of the house.
    pub clock: Clock,
    /// Where it listens.
    pub address: String,
    /// The town.
    pub town: Town,
    /// Where the services keep what they know.
    pub memory: Memory,
}

impl World {
    /// A fresh town with a manual clock.
    pub async fn open() -> Self {
        Self::build(None, Clock::manual(BEGIN.parse().expect("an instant"))).await
    }

    /// A fresh town at another time.
    pub async fn open_at(instant: &str) -> Self {
        Self::build(None, Clock::manual(instant.parse().expect("an instant"))).await
    }

    /// A fresh town over a transport and a clock.
    pub async fn with(transport: Arc<dyn Transport>, clock: Clock) -> Self {
        Self::build(Some(transport), clock).await
    }

    async fn build(transport: Option<Arc<dyn Transport>>, clock: Clock) -> Self {
        let memory = Memory::fresh().await;
        if is_cluster() {
            supermarket::seed::run(&settings(&memory)).await.expect("the town is seeded");
        }
        Self::over(memory, transport, clock).await
    }

    /// The town on a memory that it left before.
    pub async fn again(memory: Memory, clock: Clock) -> Self {
        Self::over(memory, None, clock).await
    }

    async fn over(memory: Memory, transport: Option<Arc<dyn Transport>>, clock: Clock) -> Self {
        let settings = settings(&memory);
        let transport = match transport {
            Some(transport) => transport,
            None => roads::of(&program(&[]), &settings).await.expect("the roads open"),
        };
        let life = Lifecycle::new(Duration::from_secs(1), Duration::from_secs(3));
        let around = Surroundings { clock: clock.clone(), life, transport };
        let town = Town::open(&settings, around).await.expect("the town opens");
        let address = town.running.address.to_string();
        Self { clock, address, town, memory }
    }

    /// Where the town keeps its files.
    pub fn folder(&self) -> &Path {
        self.memory.folder()
    }

    /// One of the services' database files.
    pub fn database(&self, service: &str) -> PathBuf {
        self.memory.folder().join(format!("{service}.db"))
    }

    /// Signs an account in.
    pub async fn person(&self, account: &str) -> Person {
        let channel = channel(&self.address).expect("the address is a URI");
        let account = self.town.accounts.get(account).expect("the account exists");
        Person::sign_in(&channel, account).await.expect("the account may sign in")
    }

    /// The mediators of a studio, signed in.
    pub async fn mediators(&self, studio: &str) -> Vec<Person> {
        let names: Vec<String> = self
            .town
            .accounts
            .with("MEDIATOR", Some(studio))
            .map(|account| account.account.clone())
            .collect();
        let mut people = Vec::new();
        for name in names {
            people.push(self.person(&name).await);
        }
        people
    }

    /// A studio's head, signed in.
    pub async fn head(&self, studio: &str) -> Person {
        let name =
            self.town.accounts.with("STUDIO_HEAD", Some(studio)).next().expect("a head").account.clone();
        self.person(&name).await
    }

    /// Waits until everything said has been delivered and has taken effect.
    pub async fn settle(&self) {
        let posts: Vec<&Post> = self.town.running.posts.iter().map(AsRef::as_ref).collect();
        Post::settle(&posts, Duration::from_secs(20)).await.expect("news settles");
    }

    /// Ends a story: once its news has settled, every open noun must have a holder and a clock (`supermarket verify`).
    /// Then everything stops; the files stay until the answer is dropped.
    pub async fn close(self) -> Memory {
        self.settle().await;
        let server = Server::at(&self.address, self.folder());
        let watch = verify::watch(&server, 40).await.expect("oversight answers");
        assert_eq!(watch.unwatched, Vec::<String>::new(), "open, and not watched");
        self.abandon().await
    }

    /// Stops everything, in whatever state it is: for stories of damage, after which nothing settles.
    pub async fn abandon(self) -> Memory {
        self.town.running.stop();
        self.town.running.ended().await;
        self.memory
    }

    /// The present instant as the contract writes it.
    pub fn now(&self) -> prost_types::Timestamp {
        let now = self.clock.now();
        prost_types::Timestamp { seconds: now.timestamp(), nanos: now.timestamp_subsec_nanos() as i32 }
    }
}

/// The settings of a town on this memory, in the mode of this run. In a cluster every town has subjects and streams of its
/// own on the one broker.
#[must_use]
pub fn settings(memory: &Memory) -> Settings {
    let mut settings = Settings::read(None, vec![]).expect("the defaults");
    memory.folder().clone_into(&mut settings.data.dir);
    settings.listen.address = "127.0.0.1:0".parse().expect("an address");
    if is_cluster() {
        settings.database.url = Secret::new(memory.template());
        settings.database.pool = 8;
        settings.transport.kind = TransportKind::JetStream;
        settings.transport.servers = broker();
        let name = memory.folder().file_name().expect("a folder with a name").to_string_lossy();
        settings.transport.prefix = format!("town{}", name.replace(|c: char| !c.is_ascii_alphanumeric(), ""));
    }
    settings
}

#[expect(clippy::disallowed_methods, reason = "how tests/run says where its servers are")]
fn broker() -> String {
    std::env::var("SUPERMARKET_TEST_NATS").expect("SUPERMARKET_TEST_NATS names a server: use tests/run")
}

/// A filing that nothing is wrong with; a name makes it different from others.
pub fn filing(name: &str) -> FileDisputeRequest {
    FileDisputeRequest {
        request_id: format!("test-{name}"),
        channel: Channel::Window.into(),
        external_id: name.to_owned(),
        body: Some(DisputeBody {
            subject: "借款不还".to_owned(),
            text: "去年三月借给对方两万元，有借条，到期多次催要一直不还。".to_owned(),
            claims: "返还借款二万元。".to_owned(),
            amount_in_controversy_fen: 2_000_000,
            town_code: "442000001".to_owned(),
            parties: parties(&mut Dice::new(1, name)),
            ..DisputeBody::default()
        }),
        consents: Some(DataConsents {
            process: true,
            share_with_studio: true,
            notice_version: "2026-1".to_owned(),
        }),
        ..FileDisputeRequest::default()
    }
}

/// A case on its way, with what its people have seen.
pub struct Case {
    /// The case.
    pub id: String,
    /// The dispute as the clerk last saw it.
    pub dispute: Dispute,
    /// What has been seen.
    pub thread: Thread,
}

/// Files a dispute.
pub async fn file(clerk: &Person, name: &str) -> Case {
    let mut thread = Thread::default();
    let dispute = ask!(clerk, thread, IntakeServiceClient::file_dispute, filing(name)).expect("filed");
    Case { id: dispute.case_id.clone(), dispute, thread }
}

/// Files and accepts; every party has consented at the window.
pub async fn accept(world: &World, clerk: &Person, name: &str) -> Case {
    let mut case = file(clerk, name).await;
    let consent_time = Some(world.now());
    let consents = case.dispute.parties.iter();
    let mediation_consents =
        consents.map(|p| MediationConsent { party_id: p.party_id.clone(), consent_time }).collect();
    let message = AcceptDisputeRequest {
        case_id: case.id.clone(),
        cause_code: "108.3".to_owned(),
        mediation_consents,
        ..AcceptDisputeRequest::default()
    };
    case.dispute = ask!(clerk, case.thread, IntakeServiceClient::accept_dispute, message).expect("accepted");
    case
}

/// Files, accepts, and puts the case into the pool of a studio.
pub async fn pool(world: &World, clerk: &Person, name: &str, studio: &str) -> Case {
    let mut case = accept(world, clerk, name).await;
    let message = ReferCaseRequest {
        case_id: case.id.clone(),
        studio_org: studio.to_owned(),
        reason: "test".to_owned(),
        circumstances: None,
        due_date: String::new(),
    };
    ask!(clerk, case.thread, RoutingServiceClient::refer_case, message).expect("referred");
    let head = world.head(studio).await;
    let message = AcceptReferralRequest { case_id: case.id.clone() };
    ask!(head, case.thread, RoutingServiceClient::accept_referral, message).expect("pooled");
    case
}

/// Claims and confirms.
pub async fn hold(mediator: &Person, case: &mut Case) -> Referral {
    let message = ClaimCaseRequest { case_id: case.id.clone() };
    let claimed = ask!(mediator, case.thread, RoutingServiceClient::claim_case, message).expect("claimed");
    let disclosure = Some(Disclosure { declared: true, ..Disclosure::default() });
    let message = ConfirmClaimRequest { case_id: case.id.clone(), fence: claimed.fence, disclosure };
    ask!(mediator, case.thread, RoutingServiceClient::confirm_claim, message).expect("confirmed")
}

/// The party on a side.
pub fn party(dispute: &Dispute, role: PartyRole) -> String {
    dispute.parties.iter().find(|p| p.role() == role).expect("a party of that role").party_id.clone()
}
