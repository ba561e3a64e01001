//! What events tell `case_relation`, through a real desk.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails, and says where")]
use access::relation::{self, KINDS};
use contracts::intake::v1::DisputeFiled;
use contracts::lexicon::v1::Fence;
use contracts::routing::v1::{CaseClaimed, CaseReferred, ClaimEnded, GuestsChanged};
use contracts::transfer::v1::{CommissionReceived, ConfirmationApplied, FilingSubmitted};
use courier::{Actor, Clock, Desk, Envelope, WriteList};
use migrations::rehearsal::Memory;
use prost::{Message, Name};
use sea_orm::EntityTrait as _;
use uuid::Uuid;

async fn desk() -> (Desk, Memory) {
    let memory = Memory::fresh().await;
    let url = memory.prepared("intake").await;
    (Desk::open("intake", &url, Clock::system()).await.unwrap(), memory)
}

fn envelope<M: Message + Name>(desk: &Desk, case: Uuid, event: &M) -> Envelope {
    Envelope {
        id: desk.clock().id(),
        topic: "routing".into(),
        epoch: 1,
        pub_seq: 1,
        after_seq: 0,
        kind: M::full_name(),
        centre: "442000".into(),
        case,
        version: 1,
        at: desk.clock().now(),
        trace: None,
        body: event.encode_to_vec().into(),
    }
}

async fn apply(desk: &Desk, envelope: &Envelope) {
    let stamp = desk.stamp(Actor::service("intake", "442000"), "test", None);
    let mut list = WriteList::new(&stamp, Some(envelope.case));
    relation::feed(envelope, &stamp, &mut list).unwrap();
    desk.commit(list).await.unwrap();
}

#[tokio::test]
async fn each_event_sets_its_own_columns_whatever_the_order() {
    let (desk, _folder) = desk().await;
    let case = desk.clock().id();
    assert_eq!(relation::find(desk.reader(), case).await.unwrap(), None);
    let claimed = CaseClaimed {
        studio_org: "studio-1".into(),
        holder: "li".into(),
        fence: Some(Fence { epoch: 1, n: 7 }),
        ..CaseClaimed::default()
    };
    apply(&desk, &envelope(&desk, case, &claimed)).await;
    apply(
        &desk,
        &envelope(&desk, case, &CaseReferred { studio_org: "studio-1".into(), rule_id: String::new() }),
    )
    .await;
    let filed = DisputeFiled { first_receiver_org: "window-1".into(), ..Default::default() };
    apply(&desk, &envelope(&desk, case, &filed)).await;
    let submitted = FilingSubmitted { court_org: "court-2071".into(), ..Default::default() };
    apply(&desk, &envelope(&desk, case, &submitted)).await;
    let row = relation::find(desk.reader(), case).await.unwrap().unwrap();
    assert_eq!(row.centre, "442000");
    assert_eq!(row.first_receiver_org.as_deref(), Some("window-1"));
    assert_eq!(row.studio_org.as_deref(), Some("studio-1"));
    assert_eq!(row.holder.as_deref(), Some("li"));
    assert_eq!((row.fence_epoch, row.fence_n), (Some(1), Some(7)));
    assert_eq!(row.court.as_deref(), Some("court-2071"));

    let ended = ClaimEnded {
        studio_org: "studio-1".into(),
        former_holder: "li".into(),
        fence: Some(Fence { epoch: 1, n: 8 }),
        ..ClaimEnded::default()
    };
    apply(&desk, &envelope(&desk, case, &ended)).await;
    let row = relation::find(desk.reader(), case).await.unwrap().unwrap();
    assert_eq!((row.holder, row.fence_n), (None, Some(8)));
    assert_eq!(row.studio_org.as_deref(), Some("studio-1"), "the studio keeps the case");
    assert_eq!(row.excluded, None);

    // Twice, as news may come: who stepped aside is kept out, in the row and in lists; a later end lets nobody in again.
    let aside = ClaimEnded { recused_accounts: vec!["li".into(), "wang".into()], ..ended.clone() };
    for event in [&aside, &aside, &ended] {
        apply(&desk, &envelope(&desk, case, event)).await;
    }
    let row = relation::find(desk.reader(), case).await.unwrap().unwrap();
    assert!(row.excludes("li") && row.excludes("wang") && !row.excludes("l") && !row.excludes(""));
    let kept = relation::exclusion::Entity::find().all(desk.reader()).await.unwrap();
    let mut kept: Vec<String> = kept.into_iter().map(|row| row.account).collect();
    kept.sort();
    assert_eq!(kept, ["li", "wang"]);
    desk.close().await;
}

/// A suit at one court and a confirmation at another: neither takes the case from the other.
#[tokio::test]
async fn a_case_at_a_second_court_stays_at_the_first() {
    let (desk, _folder) = desk().await;
    let case = desk.clock().id();
    let applied = ConfirmationApplied { court_org: "court-2071".into(), ..Default::default() };
    let submitted = FilingSubmitted { court_org: "court-2072".into(), ..Default::default() };
    apply(&desk, &envelope(&desk, case, &applied)).await;
    // Twice, as news may come.
    for _ in 0..2 {
        apply(&desk, &envelope(&desk, case, &submitted)).await;
    }
    let row = relation::find(desk.reader(), case).await.unwrap().unwrap();
    assert_eq!(row.court.as_deref(), Some("court-2072"), "the last");
    let mut courts = row.courts.clone();
    courts.sort();
    assert_eq!(courts, ["court-2071", "court-2072"]);
    assert!(row.is_at("court-2071") && row.is_at("court-2072") && !row.is_at("court-20") && !row.is_at(""));
    desk.close().await;
}

/// What runs on a commission's own thread is seen by those who must act on it.
#[tokio::test]
async fn a_commission_has_its_window_and_its_studio() {
    let (desk, _folder) = desk().await;
    let received = |reception: &str| CommissionReceived {
        studio_org: "studio-1".into(),
        reception_org: reception.into(),
        ..Default::default()
    };
    for (told, window) in [("hall", "hall"), ("", "studio-1")] {
        let commission = desk.clock().id();
        apply(&desk, &envelope(&desk, commission, &received(told))).await;
        let row = relation::find(desk.reader(), commission).await.unwrap().unwrap();
        assert_eq!(
            (row.first_receiver_org.as_deref(), row.studio_org.as_deref()),
            (Some(window), Some("studio-1"))
        );
        assert!(row.court.is_none() && row.courts.is_empty(), "the court knows it by its own id");
    }
    desk.close().await;
}

#[tokio::test]
async fn guests_come_and_go_in_the_row_and_in_lists() {
    let (desk, _folder) = desk().await;
    let case = desk.clock().id();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let changed = |orgs: &[&str], helping: &[&str], left: &[&str]| GuestsChanged {
        orgs: names(orgs),
        co_mediators: names(helping),
        left_orgs: names(left),
        left_co_mediators: vec![],
    };
    let steps = [
        changed(&["hall-1", "police-1"], &[], &[]),
        changed(&["police-1"], &["zhao"], &["hall-1"]),
        changed(&["police-1"], &["zhao"], &["hall-1"]),
    ];
    for step in &steps {
        apply(&desk, &envelope(&desk, case, step)).await;
    }
    let row = relation::find(desk.reader(), case).await.unwrap().unwrap();
    assert!(row.invites("police-1") && !row.invites("hall-1") && !row.invites("zhao") && !row.invites(""));
    assert!(row.is_helped_by("zhao") && !row.is_helped_by("police-1") && !row.is_helped_by("zha"));
    let listed = relation::guest::Entity::find().all(desk.reader()).await.unwrap();
    let mut listed: Vec<String> = listed.into_iter().map(|row| row.guest).collect();
    listed.sort();
    assert_eq!(listed, ["account/zhao", "org/police-1"]);
    apply(
        &desk,
        &envelope(
            &desk,
            case,
            &GuestsChanged { left_co_mediators: names(&["zhao"]), ..changed(&[], &[], &["police-1"]) },
        ),
    )
    .await;
    assert_eq!(relation::find(desk.reader(), case).await.unwrap().unwrap().guests, None);
    assert!(relation::guest::Entity::find().all(desk.reader()).await.unwrap().is_empty());
    desk.close().await;
}

#[tokio::test]
async fn every_listed_kind_is_read_as_the_message_of_that_name() {
    let (desk, _folder) = desk().await;
    let stamp = desk.stamp(Actor::service("intake", "442000"), "test", None);
    let of = |kind: &str, body: &'static [u8]| {
        let filed = envelope(&desk, desk.clock().id(), &DisputeFiled::default());
        Envelope { kind: kind.into(), body: body.into(), ..filed }
    };
    for kind in KINDS {
        let mut list = WriteList::new(&stamp, None);
        assert!(relation::feed(&of(kind, b""), &stamp, &mut list).is_ok(), "{kind}");
        assert!(relation::feed(&of(kind, b"\xff"), &stamp, &mut list).is_err(), "{kind}");
    }
    let mut list = WriteList::new(&stamp, None);
    assert!(relation::feed(&of("supermarket.intake.v1.DisputeAdvised", b"\xff"), &stamp, &mut list).is_ok());
    desk.close().await;
}
