//! A court's own document on an agreement: on which track, of which kind, under which number.

use super::*;

const LETTER: &str = "（2024）粤2071诉前调书7号";

fn its() -> CourtId {
    CourtId::new("court-2071").unwrap()
}

fn agreed(track: &str) -> Thread {
    let mut thread = thread(track, Stage::Agreed);
    thread.facts.suit = Some(Suit { court: its(), number: "（2024）粤2071民初5号".to_owned() });
    thread
}

fn paper(kind: OutcomeKind, on: &str, number: &str) -> CourtOutcome {
    CourtOutcome { kind, on: on.parse().unwrap(), number: number.to_owned() }
}

fn reason(moved: crate::model::thread::Moved) -> &'static str {
    match moved {
        Ok(Outcome::Changed(after, news)) => {
            assert_eq!((after.facts.documented, news.as_slice()), (true, [News::Document].as_slice()));
            "issued"
        }
        Ok(Outcome::AlreadySo(_)) => "already so",
        Err(No::Against(against)) => against.reason(),
        Err(No::Missing(what)) => what,
        Err(no) => panic!("{no:?}"),
    }
}

/// By hand from domain.md: T31b, T31c, R-2022 of 0.2, 4.3 for the number, 100 of the CPL for what a court may issue.
#[test]
fn a_court_documents_what_its_judge_mediated_and_what_it_referred() {
    use OutcomeKind::{Judgment, MediationDocument, Other, Withdrawn};
    let suit = "（2024）粤2071民初5号";
    for (track, kind, on, number, answer) in [
        ("JM", MediationDocument, "2024-03-20", suit, "issued"),
        ("JM", Withdrawn, "2024-03-20", suit, "issued"),
        ("JM", Other, "2024-03-20", suit, "issued"),
        ("JM", Judgment, "2024-03-20", suit, "DOCUMENT_KIND"),
        ("WP", MediationDocument, "2024-03-20", LETTER, "issued"),
        ("WP", MediationDocument, "2022-01-01", LETTER, "issued"),
        ("WP", MediationDocument, "2021-12-31", LETTER, "COURT_DOCUMENT_NOT_OPEN"),
        ("WP", Withdrawn, "2024-03-20", LETTER, "DOCUMENT_KIND"),
        ("WP", MediationDocument, "2024-03-20", suit, "DOCUMENT_NUMBER"),
        ("WP", MediationDocument, "2024-03-20", "（2024）粤2072诉前调书7号", "DOCUMENT_NUMBER"),
        ("WP", MediationDocument, "2024-03-20", "七号", "DOCUMENT_NUMBER"),
        ("PM", MediationDocument, "2024-03-20", suit, "COURT_DOCUMENT_NOT_OPEN"),
        ("LA", MediationDocument, "2024-03-20", suit, "COURT_DOCUMENT_NOT_OPEN"),
    ] {
        let moved = agreed(track).document_of_case(&its(), paper(kind, on, number), at(1));
        assert_eq!(reason(moved), answer, "{track} {kind:?} {on} {number}");
    }
}

#[test]
fn a_document_is_its_court_s_and_of_an_agreement_that_nobody_asked_to_confirm() {
    let paper = paper(OutcomeKind::MediationDocument, "2024-03-20", LETTER);
    let other = CourtId::new("court-2072").unwrap();
    assert_eq!(reason(agreed("WP").document_of_case(&other, paper.clone(), at(1))), "case");
    let mut nowhere = agreed("WP");
    nowhere.facts.suit = None;
    assert_eq!(reason(nowhere.document_of_case(&its(), paper.clone(), at(1))), "case");
    let mut open = agreed("WP");
    (open.facts.settled, open.facts.stage) = (None, Stage::InMediation);
    assert_eq!(reason(open.document_of_case(&its(), paper.clone(), at(1))), "COMMISSION_NOT_AGREED");

    let both = [party(1), party(2)];
    let applied = agreed("WP").apply(&both, package(), org("studio-1"), Uuid::from_u128(6), at(1));
    let applied = applied.unwrap().into_noun();
    assert_eq!(reason(applied.clone().document_of_case(&its(), paper.clone(), at(2))), "CONFIRMATION_CHOSEN");
    let back = applied.of_confirmation(|noun| noun.withdraw(party(1), at(2))).unwrap().into_noun();
    assert_eq!(reason(back.document_of_case(&its(), paper.clone(), at(3))), "issued");

    let issued = agreed("WP").document_of_case(&its(), paper.clone(), at(1)).unwrap().into_noun();
    assert_eq!(reason(issued.clone().document_of_case(&its(), paper.clone(), at(2))), "already so");
    let second = CourtOutcome { number: "（2024）粤2071诉前调书8号".to_owned(), ..paper };
    assert_eq!(reason(issued.clone().document_of_case(&its(), second, at(2))), "DOCUMENT_ISSUED");
    let late = issued.apply(&both, package(), org("studio-1"), Uuid::from_u128(6), at(3));
    assert_eq!(told(late, |_| ""), "COURT_DOCUMENT_STANDS (L1 art. 100, 205)");
}

/// A referral before filing is answered like a commission, by the number of its own track; and a demand tells the court.
#[test]
fn a_referral_ends_in_the_court_s_document_or_goes_to_the_court_with_a_report() {
    let referred = |which: usize| {
        let mut commission = commissions().remove(which);
        commission.thread = Uuid::from_u128(8).into();
        commission.content.referral = Some(commission::Letter {
            number: "（2024）委派函3号".to_owned(),
            on: "2024-03-01".parse().unwrap(),
            materials: vec!["起诉状".to_owned()],
            contact: String::new(),
        });
        Thread { commission: Some(commission), ..thread("WP", Stage::Agreed) }
    };
    let issue = |number: &str| {
        let moved = referred(4).document_of_case(
            &its(),
            paper(OutcomeKind::MediationDocument, "2024-03-20", number),
            at(5),
        );
        told(moved, |thread| thread.commission.as_ref().map_or("", |noun| noun.content.state.code()))
    };
    assert_eq!(issue(LETTER), "→ COURT_DOC [Commission(Document)]");
    assert_eq!(issue("（2024）粤2071民初5号"), "DOCUMENT_NUMBER (P4; P5)");

    let mut failed = referred(1);
    (failed.facts.settled, failed.facts.stage) = (None, Stage::Failed);
    let after = failed.demand(&org("hall"), || Uuid::from_u128(77), at(6)).into_noun();
    assert_eq!(after.filing.as_ref().map(|filing| filing.state.code()), Some("TRANSFER_READY"));
    let report = after.commission.as_ref().and_then(|noun| noun.content.state.report());
    assert!(report.is_some_and(|report| report.demanded), "{after:?}");
}
