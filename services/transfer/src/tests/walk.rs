//! Every verb in every state: what changes, what is so already, what is refused and why.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use lexicon::{AccountId, CourtId, DocumentId, FilingId, OrgId, Outcome, Refusal as _};
use rulebook::tracks::Exit;
use uuid::Uuid;

use crate::model::{Answer, Basis, DocumentKind, Entry, Event, Filing, No, Package, State, Venue};

const NUMBER: &str = "（2026）粤2071民初1号";

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(minutes)
}

fn package(content: &str) -> Package {
    let venue = Venue { court: CourtId::new("court-2071").unwrap(), basis: Basis::General22 };
    let entry = Entry::of(DocumentId::from(Uuid::from_u128(1)), DocumentKind::Complaint, content.as_bytes());
    Package::of(venue, vec![entry])
}

fn opened() -> Filing {
    let org = OrgId::new("desk-1").unwrap();
    let id = FilingId::from(Uuid::from_u128(7));
    Filing::open(id, Uuid::from_u128(8).into(), org, String::new(), None).unwrap().0
}

fn changed(moved: Result<Outcome<Filing, Event>, No>) -> Filing {
    match moved.unwrap() {
        Outcome::Changed(filing, _) => filing,
        Outcome::AlreadySo(_) => panic!("nothing changed"),
    }
}

fn answer(content: &str, court_time: DateTime<Utc>) -> Answer {
    Answer { package_sha256: package(content).sha256, court_time, by: AccountId::new("court-1").unwrap() }
}

fn right() -> Answer {
    answer("a", at(1))
}

fn states() -> Vec<Filing> {
    let packed = changed(opened().pack(package("a"), 0));
    let sent = changed(packed.clone().submit(&package("a").sha256, at(0)));
    let review = changed(sent.clone().acknowledge(right(), at(1)));
    let filed = changed(review.clone().accept(right(), NUMBER.to_owned(), at(2)));
    let refused = changed(review.clone().refuse(right(), "缺材料".to_owned(), at(2)));
    let withdrawn = changed(packed.clone().withdraw());
    vec![opened(), packed, sent, review, filed, refused, withdrawn]
}

#[test]
fn every_verb_in_every_state() {
    type Verb = (&'static str, fn(Filing) -> Result<Outcome<Filing, Event>, No>);
    let verbs: [Verb; 13] = [
        ("pack", |f| f.pack(package("b"), 0)),
        ("pack what was read before an amendment", |f| f.pack(package("b"), 9)),
        ("amended", Filing::amended),
        ("submit what was packed", |f| f.submit(&package("a").sha256, at(9))),
        ("submit another package", |f| f.submit(&package("b").sha256, at(9))),
        ("withdraw", Filing::withdraw),
        ("acknowledge", |f| f.acknowledge(right(), at(9))),
        ("acknowledge another package too early", |f| f.acknowledge(answer("b", at(-6)), at(9))),
        ("accept", |f| f.accept(right(), NUMBER.to_owned(), at(9))),
        ("accept under another number", |f| f.accept(right(), "（2026）粤2071民初2号".to_owned(), at(9))),
        ("accept another package", |f| f.accept(answer("b", at(1)), NUMBER.to_owned(), at(9))),
        ("refuse", |f| f.refuse(right(), "缺材料".to_owned(), at(9))),
        ("refuse for another reason", |f| f.refuse(right(), "无管辖权".to_owned(), at(9))),
    ];
    let mut table = String::new();
    for before in states() {
        let packed = if before.state.package().is_some() { "packed" } else { "unpacked" };
        let _ = writeln!(table, "{} ({packed}), held by {}", before.state.code(), before.holder());
        for (name, verb) in verbs {
            let told = match verb(before.clone()) {
                Ok(Outcome::Changed(after, events)) => {
                    assert_eq!(
                        after.version,
                        before.version + u64::from(!events.is_empty()),
                        "said or not raised"
                    );
                    format!("→ {} {events:?}", after.state.code())
                }
                Ok(Outcome::AlreadySo(same)) => {
                    assert_eq!(same, before);
                    "already so".to_owned()
                }
                Err(No::Refused(refusal)) => {
                    assert_eq!(refusal.facts(), [("state", before.state.code().to_owned())]);
                    assert!(refusal.english().is_ascii() && !refusal.chinese().is_ascii());
                    refusal.reason().to_owned()
                }
                Err(No::Stale) => "stale".to_owned(),
                Err(No::Unlike(mismatches)) => format!("{mismatches:?}"),
            };
            let _ = writeln!(table, "    {name}: {told}");
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_demand_opens_one_filing_and_another_only_after_an_end_that_leaves_the_way_open() {
    let again = |last: &Filing| {
        let org = OrgId::new("desk-1").unwrap();
        Filing::open(Uuid::from_u128(9).into(), last.case, org, String::new(), Some(last))
            .map(|(filing, _)| filing.version)
    };
    let answers: Vec<_> = states().iter().map(|last| (last.state.code(), again(last))).collect();
    let (refused, withdrawn) = (states()[5].version, states()[6].version);
    assert_eq!(
        answers,
        [
            ("TRANSFER_READY", None),
            ("TRANSFER_READY", None),
            ("TRANSFERRED", None),
            ("COURT_REVIEW", None),
            ("FILED", None),
            ("NOT_FILED", Some(refused + 1)),
            ("WITHDRAWN", Some(withdrawn + 1)),
        ]
    );
}

#[test]
fn the_court_s_clock_is_kept_and_may_be_a_little_behind() {
    let sent = states().remove(2);
    let on_time = |minutes| sent.clone().acknowledge(answer("a", at(minutes)), at(1));
    assert!(matches!(on_time(-6), Err(No::Unlike(_))));
    for court_time in [-5, 0, 600_000] {
        match changed(on_time(court_time)).state {
            State::CourtReview { received, .. } => {
                assert_eq!((received.court_time, received.receive_time), (at(court_time), at(1)));
            }
            other => panic!("{}", other.code()),
        }
    }
}

#[test]
fn a_complaint_is_packed_only_where_the_track_leads_to_a_court() {
    for track in rulebook::tracks::all() {
        let filing = Filing { track: track.code.clone(), ..opened() };
        let Err(refusal) = filing.may_pack() else {
            assert!(matches!(track.exit, Exit::Court | Exit::CourtOrArbitration), "{}", track.code);
            continue;
        };
        let facts = refusal.facts();
        let (exit, english, chinese) = match track.code.as_str() {
            "LA" => ("LABOUR_ARBITRATION", "labour arbitration", "劳动争议仲裁"),
            "PO" => ("POLICE", "the police", "公安机关"),
            "PE" => ("PETITION_OFFICE", "the petition office", "信访工作机构"),
            other => panic!("{other} leads to a court"),
        };
        assert_eq!(refusal.reason(), "NOT_FOR_COURT");
        assert_eq!(facts, [("state", "TRANSFER_READY".to_owned()), ("exit", exit.to_owned())]);
        assert!(refusal.english().contains(english) && refusal.chinese().contains(chinese));
        assert_eq!(filing.clone().pack(package("a"), 0), Err(No::Refused(refusal)));
    }
    assert_eq!(opened().may_pack(), Ok(()), "never accepted on a track");
}
