//! The notice for the next year is published: the supervisor previews the edition that brings it, puts it in force, and every
//! service counts by it, while what was decided before stays.

use chrono::{DateTime, Utc};
use contracts::oversight::v1::oversight_service_client::OversightServiceClient;
use contracts::oversight::v1::rulebook_service_client::RulebookServiceClient;
use contracts::oversight::v1::{
    ActivateEditionRequest, CalendarNotice, Deadline, Edition, GetRulebookRequest, ListDeadlinesRequest,
    NoticeSpan, PreviewEditionRequest,
};
use contracts::routing::v1::routing_service_client::RoutingServiceClient;
use contracts::routing::v1::{
    ClaimCaseRequest, ConfirmClaimRequest, Disclosure, GetReferralRequest, ReferralState,
};
use supermarket::client::{Person, Thread, reason};
use tests::{Case, World, ask, file, pool};

fn instant(at: Option<prost_types::Timestamp>) -> String {
    let at = at.unwrap();
    DateTime::<Utc>::from_timestamp(at.seconds, 0).unwrap().to_rfc3339()
}

async fn deadline(person: &Person, case: &mut Case, clock: &str) -> Deadline {
    let message = ListDeadlinesRequest { case_id: case.id.clone() };
    let all = ask!(person, case.thread, OversightServiceClient::list_deadlines, message).unwrap().deadlines;
    all.into_iter().find(|found| found.clock == clock).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_year_is_published_and_every_service_counts_by_it() {
    let world = World::open().await;
    let (clerk, supervisor) = (world.person("clerk-1").await, world.person("supervisor-1").await);
    let new_years_eve: DateTime<Utc> = "2026-12-31T02:00:00Z".parse().unwrap();
    world.clock.advance(new_years_eve - world.clock.now());
    let mut filed = file(&clerk, "eve").await;
    let first = pool(&world, &clerk, "claimed-before", "studio-family").await;
    let second = pool(&world, &clerk, "claimed-after", "studio-family").await;
    world.settle().await;
    let mediator = world.mediators("studio-family").await.remove(0);
    let claim = async |case: Case| {
        let (mut thread, message) = (case.thread, ClaimCaseRequest { case_id: case.id });
        ask!(mediator, thread, RoutingServiceClient::claim_case, message).unwrap()
    };
    let before = claim(first).await;
    assert_eq!(
        instant(before.confirm_due_time),
        "2027-01-05T16:00:00+00:00",
        "only weekends are known of 2027"
    );
    world.settle().await;
    let eve = deadline(&clerk, &mut filed, "S02").await;
    assert!(eve.provisional);

    let span = NoticeSpan {
        first_date: "2027-01-01".to_owned(),
        last_date: "2027-01-03".to_owned(),
        holiday: "元旦".to_owned(),
        worked: false,
    };
    let source = "P55 a story's notice".to_owned();
    let notices = vec![CalendarNotice { year: 2027, spans: vec![span], source, verified: true }];
    let edition =
        Some(Edition { edition_id: "2027.1".to_owned(), notices, settings: vec![], openings: vec![] });
    let mut thread = Thread::default();
    let message = PreviewEditionRequest { edition: edition.clone(), page_size: 500 };
    let preview = ask!(supervisor, thread, RulebookServiceClient::preview_edition, message).unwrap();
    assert!(preview.moves.iter().any(|found| found.deadline_id == eve.deadline_id && found.heals));
    assert_eq!(preview.move_count, preview.moves.len() as u64);
    let stale = ActivateEditionRequest { edition: edition.clone(), preview_digest: "another".to_owned() };
    let status = ask!(supervisor, thread, RulebookServiceClient::activate_edition, stale).unwrap_err();
    assert_eq!(reason(&status).as_deref(), Some("PREVIEW_OUTDATED"));
    let message = ActivateEditionRequest { edition: edition.clone(), preview_digest: preview.preview_digest };
    let activated = ask!(supervisor, thread, RulebookServiceClient::activate_edition, message).unwrap();
    assert_eq!(activated.number, 1);
    world.settle().await;

    let healed = deadline(&clerk, &mut filed, "S02").await;
    assert_eq!(
        (instant(healed.due_time), healed.provisional),
        ("2027-01-06T16:00:00+00:00".to_owned(), false)
    );
    // The claim from before counts anew as well, as soon as routing has heard: it looks once a second. A claim itself cannot
    // be tried until it counts right.
    let get = GetReferralRequest { case_id: before.case_id.clone() };
    let mut healed = String::new();
    for _ in 0..200 {
        let read = ask!(mediator, thread, RoutingServiceClient::get_referral, get.clone()).unwrap();
        healed = instant(read.confirm_due_time);
        if healed == "2027-01-06T16:00:00+00:00" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(healed, "2027-01-06T16:00:00+00:00", "its holder may confirm as long as the ledger says");
    let after = claim(second).await;
    assert_eq!(instant(after.confirm_due_time), "2027-01-06T16:00:00+00:00", "routing has heard of it");
    let rulebook = ask!(clerk, thread, RulebookServiceClient::get_rulebook, GetRulebookRequest::default());
    assert_eq!(rulebook.unwrap().edition_id, "2027.1");
    let late: DateTime<Utc> = "2027-01-06T02:00:00Z".parse().unwrap();
    world.clock.advance(late - world.clock.now());
    let mediator = world.mediators("studio-family").await.remove(0);
    let confirm = ConfirmClaimRequest {
        case_id: before.case_id.clone(),
        fence: before.fence,
        disclosure: Some(Disclosure { declared: true, ..Disclosure::default() }),
    };
    let confirmed = ask!(mediator, thread, RoutingServiceClient::confirm_claim, confirm).unwrap();
    assert_eq!(confirmed.state(), ReferralState::Confirmed);
    world.close().await;
}
