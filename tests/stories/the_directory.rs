//! The directory at work (domain.md 1, rows 2, 5, 20, 25, 27): taken out and in by the operator's command, and what it says decides who
//! takes in, who is offered what and who is told why not.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{Channel, ChannelRecord, FileDisputeRequest};
use contracts::routing::v1::directory_service_client::DirectoryServiceClient;
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    ClaimCaseRequest, Fit, ListDutyLawyersRequest, ListLiaisonOfficersRequest, ListMediatorsRequest,
    ListWorkstationsRequest, Mediator, OrgLevel, RegisterMediatorRequest, SetDutyRequest, StationKind,
    TakeNextCaseRequest,
};
use supermarket::client::{Person, Thread, reason};
use supermarket::directory;
use supermarket::server::Server;
use tests::{World, ask, filing, pool};
use tonic::Code;

const STUDIO: &str = "studio-family";

async fn listed(who: &Person, account: &str) -> Mediator {
    let list = ListMediatorsRequest::default();
    let all = ask!(who, Thread::default(), DirectoryServiceClient::list_mediators, list).unwrap().mediators;
    all.into_iter().find(|one| one.account_id == account).unwrap()
}

async fn register(who: &Person, line: Mediator) -> Result<Mediator, tonic::Status> {
    let message = RegisterMediatorRequest { mediator: Some(line) };
    ask!(who, Thread::default(), DirectoryServiceClient::register_mediator, message)
}

async fn duty(who: &Person, account: &str, on_duty: bool) -> Result<Mediator, tonic::Status> {
    let message = SetDutyRequest { account_id: account.to_owned(), on_duty };
    ask!(who, Thread::default(), DirectoryServiceClient::set_duty, message)
}

/// Rows 2 and 25: 98 workstations, ten of them on wheels, partner units with officers, duty lawyers; a dispute taken in on the road.
#[tokio::test(flavor = "multi_thread")]
async fn the_whole_directory_goes_out_and_in_and_a_mobile_station_takes_a_dispute_in() {
    let world = World::open().await;
    let server = Server::at(&world.address, world.folder());
    let folder = world.folder().join("directory");
    directory::export(&server, &folder, false, true).await.unwrap();
    let mode = fs::metadata(folder.join("mediators.csv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "names are for the owner's eyes");
    assert!(directory::export(&server, &folder, false, true).await.is_err(), "what is there stays");
    directory::export(&server, &folder, true, true).await.unwrap();
    let read = || {
        ["organizations", "mediators", "liaison", "lawyers"]
            .map(|name| fs::read_to_string(folder.join(format!("{name}.csv"))).unwrap())
    };
    let before = read();
    let paths = [folder.clone()];
    assert!(directory::import(&server, &paths, false, true).await.unwrap(), "a re-import is good");
    directory::export(&server, &folder, true, true).await.unwrap();
    assert_eq!(read(), before, "and changed nothing");

    let mut stations = before[0].clone();
    let there = stations.matches(",WORKSTATION,").count();
    for n in there + 1..=98 {
        let (kind, hours) =
            if n > 88 { ("MOBILE", "MON 09:00-12:00 442000118 广场") } else { ("FIXED", "") };
        writeln!(stations, "joint-{n},第{n}工作站,WORKSTATION,hall-442000,,,TOWN,,,{kind},{n},{hours}")
            .unwrap();
    }
    fs::write(folder.join("organizations.csv"), &stations).unwrap();
    let officers = "org_id,number,name,phone\npartner-union,1,联络员,13800138000\n";
    fs::write(folder.join("liaison.csv"), officers).unwrap();
    let lawyers =
        "day,account_id,org_id\n2026-03-02,lawyer-1,partner-lawyers\n2026-03-02,lawyer-2,partner-lawyers\n";
    fs::write(folder.join("lawyers.csv"), lawyers).unwrap();
    // One bad cell, and nothing at all is written.
    let mediators = format!("{}mediator-99,调解员,studio-nowhere,5,,,,,,,,,,\n", before[1]);
    fs::write(folder.join("mediators.csv"), mediators).unwrap();
    assert!(!directory::import(&server, &paths, false, true).await.unwrap());
    let clerk = world.person("clerk-1").await;
    let stations = async |open_date: &str| {
        let message = ListWorkstationsRequest { open_date: open_date.to_owned() };
        ask!(clerk, Thread::default(), DirectoryServiceClient::list_workstations, message)
            .unwrap()
            .workstations
    };
    assert_eq!(stations("").await.len(), there);
    fs::write(folder.join("mediators.csv"), &before[1]).unwrap();
    assert!(directory::import(&server, &paths, true, true).await.unwrap());
    assert_eq!(stations("").await.len(), there, "--check writes nothing");
    assert!(directory::import(&server, &paths, false, true).await.unwrap());
    let all = stations("").await;
    assert_eq!(all.len(), 98);
    assert!(all.iter().all(|one| one.level() == OrgLevel::Town));
    let monday = stations("2026-03-02").await;
    assert_eq!(monday.len(), 10);
    assert!(monday.iter().all(|one| one.station_kind() == StationKind::Mobile && one.hours.len() == 1));
    assert_eq!(stations("2026-03-03").await.len(), 0);
    let message = ListLiaisonOfficersRequest { org_id: "partner-union".to_owned() };
    let officers = ask!(clerk, Thread::default(), DirectoryServiceClient::list_liaison_officers, message);
    assert_eq!(officers.unwrap().officers[0].phone, "13800138000");
    let message = ListDutyLawyersRequest::default();
    let lawyers = ask!(clerk, Thread::default(), DirectoryServiceClient::list_duty_lawyers, message);
    assert_eq!(lawyers.unwrap().lawyers.len(), 2, "two each working day");

    // On the road, without a network, an hour ago: the app's own id makes sending it twice harmless.
    let mut asked = world.now();
    asked.seconds -= 3600;
    let offline = FileDisputeRequest {
        channel: Channel::Mobile.into(),
        requested_time: Some(asked),
        record: Some(ChannelRecord { place: "442000118 广场".to_owned(), ..ChannelRecord::default() }),
        ..filing("on-the-road")
    };
    let station = world.person("station-clerk-1").await;
    let first = ask!(station, Thread::default(), IntakeServiceClient::file_dispute, offline.clone()).unwrap();
    let again = ask!(station, Thread::default(), IntakeServiceClient::file_dispute, offline).unwrap();
    assert_eq!(first.case_id, again.case_id);
    world.close().await;
}

/// A mediator is put on the roster, is offered what they are good at, goes off duty, is suspended, and keeps what they hold.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_on_the_roster_is_offered_what_they_are_good_at() {
    let world = World::open().await;
    let (clerk, head, supervisor) =
        (world.person("clerk-1").await, world.head(STUDIO).await, world.person("supervisor-1").await);
    let me = world.mediators(STUDIO).await.remove(0);
    let account = me.account.account.as_str();
    let line = listed(&clerk, account).await;
    let refused = register(&clerk, line.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied, "a clerk writes no roster");
    let foreign = world.head("studio-court").await;
    let refused = register(&foreign, line.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied, "nor does another unit's head");
    let strong = Mediator {
        strengths: vec!["108.3".to_owned()],
        territory: vec!["442000001".to_owned()],
        valid_to: "2026-03-31".to_owned(),
        ..line
    };
    let strong = register(&head, strong).await.unwrap();

    let mut older = pool(&world, &clerk, "older", STUDIO).await;
    let mut other = pool(&world, &clerk, "other", STUDIO).await;
    let take = async |id: &str| {
        let message = TakeNextCaseRequest { request_id: id.to_owned() };
        ask!(me, Thread::default(), RoutingServiceClient::take_next_case, message)
    };
    let taken = take("first").await.unwrap();
    let why = taken.why.clone().unwrap();
    assert_eq!(taken.referral.unwrap().case_id, older.id, "of two that fit the older one");
    assert_eq!(why.fits().collect::<Vec<_>>(), [Fit::Strength, Fit::Territory]);
    assert!(why.text.contains("专长") && why.text_en.contains("strength"), "{why:?}");

    assert!(!duty(&me, account, false).await.unwrap().on_duty);
    assert_eq!(reason(&take("second").await.unwrap_err()).as_deref(), Some("OFF_DUTY"));
    duty(&head, account, true).await.unwrap();
    register(&supervisor, Mediator { suspended: true, ..strong.clone() }).await.unwrap();
    let claim = |id: &str| ClaimCaseRequest { case_id: id.to_owned() };
    let other_id = other.id.clone();
    let refused = ask!(me, other.thread, RoutingServiceClient::claim_case, claim(&other_id)).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_ON_ROSTER"));
    let older_id = older.id.clone();
    let again = ask!(me, older.thread, RoutingServiceClient::claim_case, claim(&older_id)).unwrap();
    assert_eq!(again.holder, account, "what is held stays held");
    register(&supervisor, strong).await.unwrap();
    ask!(me, other.thread, RoutingServiceClient::claim_case, claim(&other_id)).unwrap();
    // April comes, and the roster is over.
    world.settle().await;
    let mut late = pool(&world, &clerk, "late", STUDIO).await;
    world.clock.advance(chrono::TimeDelta::days(30));
    let late_id = late.id.clone();
    let refused = ask!(me, late.thread, RoutingServiceClient::claim_case, claim(&late_id)).unwrap_err();
    assert_eq!(reason(&refused).as_deref(), Some("NOT_ON_ROSTER"));
    world.close().await;
}
