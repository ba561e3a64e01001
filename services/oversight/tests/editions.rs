//! Editions: a preview names what moves, activating moves exactly that, provisional days become sure, and no edition changes
//! the terms of a case that was pinned before.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod office;

use access::Role;
use contracts::oversight::v1::rulebook_service_client::RulebookServiceClient;
use contracts::oversight::v1::{
    ActivateEditionRequest, CalendarNotice, ClockSetting, Edition, EditionActivated, EditionActivation,
    EditionPreview, ExplainDeadlineRequest, GetRulebookRequest, NoticeSpan, PreviewEditionRequest, Rulebook,
};
use office::{HALL, Office, asked, asked_of, at, instant};
use oversight::model::{Holder, Noun, Step, start};
use prost::{Message as _, Name as _};
use sea_orm::{ConnectionTrait as _, Statement};
use tonic::Status;
use tonic_types::StatusExt as _;
use uuid::Uuid;

/// New Year's Day of 2027 with the weekend after it.
fn new_year(id: &str) -> Edition {
    let span = NoticeSpan {
        worked: false,
        first_date: "2027-01-01".to_owned(),
        last_date: "2027-01-03".to_owned(),
        holiday: "元旦".to_owned(),
    };
    let notice = CalendarNotice {
        year: 2027,
        spans: vec![span],
        source: "P55 a test's notice".to_owned(),
        verified: true,
    };
    Edition { edition_id: id.to_owned(), notices: vec![notice], ..Edition::default() }
}

impl Office {
    async fn filed(&self, filed: &str) -> Uuid {
        let (case, at) = (self.clock.id(), at(filed));
        let holder = Holder::Named(HALL.to_owned());
        let steps = vec![
            Step::Open(Noun::Dispute, String::new()),
            start(Noun::Dispute, "S02", holder).at("SUBMITTED", Some(at)).into(),
        ];
        self.hear(case, at, steps).await;
        case
    }

    async fn preview(&self, edition: &Edition) -> Result<EditionPreview, Status> {
        let ask = PreviewEditionRequest { edition: Some(edition.clone()), page_size: 0 };
        let asked = asked_of("RulebookService/PreviewEdition", Role::Supervisor, ask);
        Ok(RulebookServiceClient::new(self.routes()).preview_edition(asked).await?.into_inner())
    }

    async fn activate(&self, edition: &Edition, digest: &str) -> Result<EditionActivation, Status> {
        let ask =
            ActivateEditionRequest { edition: Some(edition.clone()), preview_digest: digest.to_owned() };
        let asked = asked_of("RulebookService/ActivateEdition", Role::Supervisor, ask);
        Ok(RulebookServiceClient::new(self.routes()).activate_edition(asked).await?.into_inner())
    }

    async fn rulebook(&self, date: &str) -> Rulebook {
        let ask = GetRulebookRequest { date: date.to_owned() };
        let asked = asked_of("RulebookService/GetRulebook", Role::Clerk, ask);
        RulebookServiceClient::new(self.routes()).get_rulebook(asked).await.unwrap().into_inner()
    }

    /// The last day of the case's only deadline, and whether it may still move.
    async fn due(&self, case: Uuid) -> (String, bool) {
        let deadline = self.deadlines(case).await.remove(0);
        let ask =
            ExplainDeadlineRequest { case_id: case.to_string(), deadline_id: deadline.deadline_id.clone() };
        let asked = asked("ExplainDeadline", Role::Supervisor, ask);
        let told = self.client().explain_deadline(asked).await.unwrap().into_inner();
        (told.due_date, deadline.provisional)
    }
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_year_heals_what_was_provisional_and_moves_nothing_else() {
    let office = Office::open("2026-12-31T02:00:00Z").await;
    let within = office.filed("2026-12-25T02:00:00Z").await;
    let across = office.filed("2026-12-31T02:00:00Z").await;
    assert_eq!(office.due(within).await, ("2026-12-30".to_owned(), false));
    assert_eq!(office.due(across).await, ("2027-01-05".to_owned(), true), "2027 is not published");

    let edition = new_year("2027.1");
    let preview = office.preview(&edition).await.unwrap();
    assert_eq!((preview.move_count, preview.healed_count, preview.open_count), (1, 1, 2));
    let moved = &preview.moves[0];
    assert_eq!(
        (moved.case_id.clone(), moved.from_date.as_str(), moved.to_date.as_str(), moved.heals),
        (across.to_string(), "2027-01-05", "2027-01-06", true)
    );
    assert_eq!(office.due(across).await.0, "2027-01-05", "a preview changes nothing");

    // Another case comes that would move too: what was previewed is no longer what would happen.
    let late = office.filed("2026-12-31T03:00:00Z").await;
    let status = office.activate(&edition, &preview.preview_digest).await.unwrap_err();
    assert_eq!(reason(&status), "PREVIEW_OUTDATED");
    let preview = office.preview(&edition).await.unwrap();
    assert_eq!(preview.move_count, 2);
    let activated = office.activate(&edition, &preview.preview_digest).await.unwrap();
    assert_eq!((activated.number, activated.edition_id.as_str()), (1, "2027.1"));
    for case in [across, late] {
        assert_eq!(office.due(case).await, ("2027-01-06".to_owned(), false), "sure, and another day");
        let deadline = office.deadlines(case).await.remove(0);
        assert_eq!(
            (deadline.generation, deadline.edition.as_str()),
            (1, "2027.1"),
            "the owner need not know"
        );
    }
    assert_eq!(office.due(within).await, ("2026-12-30".to_owned(), false));
    let again = office.activate(&edition, "whatever").await.unwrap();
    assert_eq!(again, activated, "already so");

    // It is said once, whole.
    let sql = format!("SELECT body FROM outbox WHERE kind = '{}'", EditionActivated::full_name());
    let reader = office.workers[0].desk().reader();
    let rows =
        reader.query_all_raw(Statement::from_string(reader.get_database_backend(), sql)).await.unwrap();
    assert_eq!(rows.len(), 1);
    let body: Vec<u8> = rows[0].try_get_by_index(0).unwrap();
    let said = EditionActivated::decode(body.as_slice()).unwrap();
    assert_eq!((said.number, said.edition), (1, Some(edition)));

    // Every worker fires by it, and none by the old day.
    office.move_to(at("2027-01-06T00:00:00+08:00"));
    let mut said = 0;
    for worker in &office.workers {
        worker.catch_up().await.unwrap();
        said += worker.announce().await.unwrap();
    }
    assert_eq!(said, 1, "the one of December");
    office.move_to(at("2027-01-07T00:00:00+08:00"));
    assert_eq!(office.workers[1].announce().await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_edition_changes_the_terms_of_a_pinned_case() {
    let office = Office::open("2026-03-02T02:00:00Z").await;
    let pinned = office.filed("2026-03-02T02:00:00Z").await;
    let longer = ClockSetting {
        clock: "S02".to_owned(),
        from_date: "2026-03-01".to_owned(),
        period: "5wd".to_owned(),
        source: "D1 the centre's decision".to_owned(),
        ..ClockSetting::default()
    };
    let edition = Edition { edition_id: "centre-1".to_owned(), settings: vec![longer], ..new_year("") };
    let preview = office.preview(&edition).await.unwrap();
    assert_eq!((preview.move_count, preview.open_count), (0, 1), "also where it says it holds from before");
    office.activate(&edition, &preview.preview_digest).await.unwrap();
    assert_eq!(office.due(pinned).await.0, "2026-03-05", "three working days, as it was pinned");
    office.workers[0].catch_up().await.unwrap();
    let fresh = office.filed("2026-03-02T02:00:00Z").await;
    assert_eq!(office.due(fresh).await.0, "2026-03-09", "five for a case that begins now");

    let rulebook = office.rulebook("2026-03-02").await;
    assert_eq!((rulebook.edition_id.as_str(), rulebook.regime.as_str()), ("centre-1", "R-2026b"));
    let clock = |id: &str| rulebook.clocks.iter().find(|clock| clock.clock == id).unwrap();
    assert_eq!((clock("S02").period.as_str(), clock("K10").period.as_str()), ("5wd", "1m"));
    assert!(rulebook.calendar_years.contains(&2027));
    assert!(rulebook.tracks.iter().any(|track| track.track == "WP" && !track.open), "closed since 2025");

    // The next edition forgets nothing of it.
    let next = Edition { edition_id: "centre-2".to_owned(), ..Edition::default() };
    let preview = office.preview(&next).await.unwrap();
    office.activate(&next, &preview.preview_digest).await.unwrap();
    let rulebook = office.rulebook("").await;
    assert_eq!((rulebook.edition_id.as_str(), rulebook.date.as_str()), ("centre-2", "2026-03-02"));
    assert!(rulebook.calendar_years.contains(&2027));
    assert_eq!(rulebook.editions.len(), 2);
    assert_eq!(instant(rulebook.editions[1].activate_time), office.clock.now());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_that_does_not_fit_is_refused_with_every_fault() {
    let office = Office::open("2026-03-02T02:00:00Z").await;
    let fixed = ClockSetting {
        clock: "K27".to_owned(),
        from_date: "2026-03-01".to_owned(),
        period: "60d".to_owned(),
        source: "nobody".to_owned(),
        ..ClockSetting::default()
    };
    let mut wrong = Edition { edition_id: "2026.1".to_owned(), settings: vec![fixed], ..new_year("") };
    wrong.notices[0].spans[0].first_date = "tomorrow".to_owned();
    let status = office.preview(&wrong).await.unwrap_err();
    assert_eq!(reason(&status), "EDITION_DEFECTIVE");
    let faults = status.get_details_error_info().unwrap().metadata["faults"].clone();
    for word in ["notice of 2027", "K27", "needs a name of its own"] {
        assert!(faults.contains(word), "{word}: {faults}");
    }
    assert_eq!(reason(&office.activate(&wrong, "x").await.unwrap_err()), "EDITION_DEFECTIVE");
    let good = new_year("2027.1");
    let preview = office.preview(&good).await.unwrap();
    office.activate(&good, &preview.preview_digest).await.unwrap();
    let mut other = new_year("2027.1");
    other.notices[0].spans[0].last_date = "2027-01-01".to_owned();
    assert_eq!(reason(&office.preview(&other).await.unwrap_err()), "EDITION_KNOWN");
    let ask = asked_of("RulebookService/ActivateEdition", Role::Clerk, ActivateEditionRequest::default());
    let status = RulebookServiceClient::new(office.routes()).activate_edition(ask).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::PermissionDenied);
}
