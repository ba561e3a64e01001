//! The commands of the directory, each dropped at every point and then sent again (P15): whole or nothing, and once.

use contracts::intake::v1::intake_service_client::IntakeServiceClient;
use contracts::intake::v1::{ListLegalAdviceRequest, OpenDraftFromAdviceRequest, RecordLegalAdviceRequest};
use contracts::routing::v1::directory_service_client::DirectoryServiceClient;
use contracts::routing::v1::{
    DirectoryFile, ExportDirectoryRequest, ImportDirectoryRequest, ListMediatorsRequest, Mediator,
    RegisterMediatorRequest, SetDutyRequest,
};
use supermarket::client::Thread;
use tests::{World, ask, filing};

use crate::every_other_command::step;

#[tokio::test(flavor = "multi_thread")]
async fn every_directory_command_is_whole_or_nothing() {
    let world = World::open().await;
    let (head, supervisor) = (world.head("studio-family").await, world.person("supervisor-1").await);
    let clerk = world.person("clerk-1").await;
    let mut dropped = 0;
    for n in 1..=6 {
        let account_id = format!("mediator-n{n}");
        let line = Mediator {
            account_id: account_id.clone(),
            name: "调解员".to_owned(),
            studio_org: "studio-family".to_owned(),
            capacity: 5,
            ..Mediator::default()
        };
        let put = RegisterMediatorRequest { mediator: Some(line) };
        let method = "routing.v1.DirectoryService/RegisterMediator";
        dropped += usize::from(step(&world, &head, method, &put, n).await);
        let off = SetDutyRequest { account_id: account_id.clone(), on_duty: false };
        dropped += usize::from(step(&world, &head, "routing.v1.DirectoryService/SetDuty", &off, n).await);
        let text = format!(
            "account_id,name,studio_org,capacity,on_duty\n{account_id},调解员,studio-family,6,no\n\
             mediator-m{n},调解员,studio-family,5,yes\n"
        );
        let files = vec![DirectoryFile { name: "mediators.csv".to_owned(), text, row_count: 0 }];
        let import = ImportDirectoryRequest { files, validate_only: false };
        let method = "routing.v1.DirectoryService/ImportDirectory";
        dropped += usize::from(step(&world, &supervisor, method, &import, n).await);
        let export = ExportDirectoryRequest {};
        let method = "routing.v1.DirectoryService/ExportDirectory";
        dropped += usize::from(step(&world, &supervisor, method, &export, n).await);
        let record = RecordLegalAdviceRequest {
            request_id: format!("talk-{n}"),
            lawyer: "lawyer-1".to_owned(),
            body: filing(&format!("talk-{n}")).body,
            advice: "先催告。".to_owned(),
            ..RecordLegalAdviceRequest::default()
        };
        let method = "intake.v1.IntakeService/RecordLegalAdvice";
        dropped += usize::from(step(&world, &clerk, method, &record, n).await);
        let page = ListLegalAdviceRequest::default();
        let page = ask!(clerk, Thread::default(), IntakeServiceClient::list_legal_advice, page).unwrap();
        assert_eq!(page.records.len(), n, "each talk once");
        let open = OpenDraftFromAdviceRequest { advice_id: page.records[0].advice_id.clone() };
        let method = "intake.v1.IntakeService/OpenDraftFromAdvice";
        dropped += usize::from(step(&world, &clerk, method, &open, n).await);
        let list = ListMediatorsRequest { studio_org: "studio-family".to_owned() };
        let listed = ask!(head, Thread::default(), DirectoryServiceClient::list_mediators, list).unwrap();
        let of = |name: &str| {
            let found: Vec<_> = listed.mediators.iter().filter(|one| one.account_id == name).collect();
            assert_eq!(found.len(), 1, "{name}");
            (found[0].capacity, found[0].on_duty)
        };
        assert_eq!((of(&account_id), of(&format!("mediator-m{n}"))), ((6, false), (5, true)));
    }
    assert!(dropped > 12, "only {dropped} drops");
    world.close().await;
}
