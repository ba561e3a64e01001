//! What a demand leads to that finds a suit already, and when it has found its end.

use super::*;
use crate::model::facts::Beside;

fn demand(mut thread: Thread, n: u128, number: u64) -> Outcome<Thread, News> {
    thread.facts.demands.say(number);
    let moved = thread.demanded_by(Some(party(n)), &org("hall"), || Uuid::from_u128(77), at(3));
    Thread::settled(match moved {
        Outcome::AlreadySo(thread) => Outcome::Changed(thread, vec![]),
        moved @ Outcome::Changed(..) => moved,
    })
}

fn commissioned(track: &str, stage: Stage, n: usize) -> Thread {
    let thread = thread(track, stage);
    Thread { commission: Some(Commission { thread: thread.case, ..commissions().remove(n) }), ..thread }
}

fn judged() -> Thread {
    let mut thread = thread("JM", Stage::Unmediated);
    let court = CourtId::new("court-2071").unwrap();
    thread.facts.suit = Some(Suit { court, number: "（2026）粤2071民初5号".to_owned() });
    thread
}

fn letter() -> commission::Letter {
    commission::Letter {
        number: "（2026）粤2071诉前调1号".to_owned(),
        on: "2026-03-02".parse().unwrap(),
        materials: vec![],
        contact: String::new(),
    }
}

/// The court has the suit: of what it commissioned after filing, whatever became of that, and of what its judge mediates, however
/// far that has come.
#[test]
fn a_suit_that_a_court_has_is_not_brought_a_second_time() {
    let reported = demand(commissioned("WT", Stage::Unmediated, 1), 1, 5).into_noun();
    assert_eq!(reported.commission.as_ref().unwrap().content.state.code(), "REPORTED");
    let recalled = commissioned("", Stage::Unmediated, 5);
    assert_eq!(recalled.commission.as_ref().unwrap().content.state.code(), "RECALLED");
    let not_taken = commissioned("", Stage::Unmediated, 1).over("F11", at(3)).into_noun();
    for before in [reported, recalled, not_taken, judged()] {
        let Outcome::Changed(after, news) = demand(before, 2, 6) else { panic!("not heard") };
        assert!(after.filing.is_none(), "{:?}", after.filing);
        assert_eq!(news, [News::DemandAnswered]);
        assert!(!after.facts.demands.stands() && after.facts.demanding.is_empty());
    }
}

/// A judge's mediation that is agreed and not performed: who had wanted the court while it was agreed is heard anew.
#[test]
fn a_default_after_a_demand_that_opened_nothing_opens_the_court() {
    let mut agreed = judged();
    (agreed.facts.stage, agreed.facts.settled) = (Stage::Agreed, Some(settled(false)));
    let Outcome::Changed(mut after, news) = demand(agreed, 1, 5) else { panic!("not heard") };
    assert_eq!((after.filing.is_none(), news), (true, vec![News::DemandAnswered]));
    after.facts.stage = Stage::Breached;
    let again = demand(after, 1, 8).into_noun();
    assert_eq!(again.filing.unwrap().state.code(), "TRANSFER_READY");
}

/// Where a court has referred the matter before filing, no suit is there, and the party's goes on beside the referral's end.
#[test]
fn a_referral_before_filing_takes_no_filing_away_and_is_not_recalled_once_agreed() {
    let mut referral = commissions().remove(1);
    referral.content.referral = Some(letter());
    let mut before = demand(thread("", Stage::Unmediated), 1, 5).into_noun();
    before.commission = Some(Commission { thread: before.case, ..referral.clone() });
    let Outcome::Changed(after, news) = Thread::settled(before.joined(at(5))) else { panic!("not heard") };
    assert_eq!(after.filing.as_ref().unwrap().state.code(), "TRANSFER_READY");
    assert!(after.facts.demands.stands() && after.facts.demanding == [party(1)]);
    assert_eq!(news, [News::Commission(commission::Event::Reported)]);
    let mut agreed = thread("WP", Stage::Agreed);
    agreed.commission = Some(Commission { thread: agreed.case, ..referral });
    assert_eq!(agreed.recall(at(5)).unwrap_err(), Rule::CommissionAgreed.against("SIGNED").into());
}

/// A registered suit takes the place of a filing that the demand had opened: that is the demand's end, and no taking back.
#[test]
fn a_demand_that_is_reported_with_the_link_is_answered_and_not_taken_back() {
    let mut before = demand(thread("", Stage::Unmediated), 1, 5).into_noun();
    before.commission = Some(Commission { thread: before.case, ..commissions().remove(1) });
    let Outcome::Changed(after, news) = Thread::settled(before.joined(at(5))) else { panic!("not heard") };
    assert_eq!(news[0], News::DemandAnswered, "before the filing's end is said");
    assert_eq!((after.facts.demands.answered, after.facts.demands.taken_back), (5, 0));
}

/// Whoever took its word back demands no longer: nothing is reported as demanded, and no court is open by it.
#[test]
fn a_demand_that_was_taken_back_is_none() {
    let demanded = demand(thread("", Stage::Unmediated), 1, 5).into_noun();
    let back = demanded.take_back(Some(party(1))).unwrap().into_noun();
    assert!(!back.facts.demanded && !back.facts.demands.stands());
    let commission = Some(Commission { thread: back.case, ..commissions().remove(1) });
    let joined = Thread { commission, ..back };
    assert_eq!(joined.clone().joined(at(6)), Outcome::AlreadySo(joined));
    let police = demand(thread("PO", Stage::InMediation), 1, 5).into_noun();
    assert_eq!(police.facts.demanding, [party(1)]);
}

/// Once a court has the rest, what is left to sue for is the settled part, whatever was filed and taken back since.
#[test]
fn the_rest_of_a_partial_settlement_is_sued_for_once() {
    let mut before = thread("PM", Stage::Performing);
    before.facts.settled = Some(settled(true));
    let rest = again::earlier(Kind::Complaint, "FILED");
    let beside = |id: u128, kind, state: &str| Beside {
        id: Uuid::from_u128(id).into(),
        kind,
        state: state.to_owned(),
        court: None,
    };
    before.facts.filings =
        vec![beside(69, Kind::Complaint, rest.state.code()), beside(70, Kind::SuitOnAgreement, "WITHDRAWN")];
    before.filing = Some(again::earlier(Kind::SuitOnAgreement, "WITHDRAWN"));
    let after = demand(before, 1, 5).into_noun();
    assert_eq!(after.filing.unwrap().kind, Kind::SuitOnAgreement);
}

/// While another filing is on its way, the end of an earlier one answers nobody.
#[test]
fn an_earlier_filing_s_end_is_no_answer_to_a_later_demand() {
    let mut before = thread("PM", Stage::Breached);
    before.filing = Some(again::earlier(Kind::Complaint, "FILED"));
    before.facts.filings = vec![
        Beside {
            id: Uuid::from_u128(70).into(),
            kind: Kind::Complaint,
            state: "FILED".to_owned(),
            court: None,
        },
        Beside {
            id: Uuid::from_u128(71).into(),
            kind: Kind::SuitOnAgreement,
            state: "TRANSFERRED".to_owned(),
            court: None,
        },
    ];
    before.facts.demands.say(5);
    before.facts.demanding = vec![party(1)];
    let over = before.filing(|one| one.report_outcome(document("1"))).unwrap();
    let Outcome::Changed(after, news) = Thread::settled(over) else { panic!("not heard") };
    assert_eq!(news, [News::Filing(crate::model::Event::Outcome)]);
    assert!(after.facts.demands.stands());
}

/// Labour arbitration comes before the court also where nobody has accepted the matter yet (L15 art. 5).
#[test]
fn a_labour_matter_that_nobody_has_accepted_is_offered_to_arbitration() {
    let mut wages = thread("", Stage::Unmediated);
    wages.facts.cause = "205".to_owned();
    let after = demand(wages, 1, 5).into_noun();
    assert_eq!(after.handoff.as_ref().map(|one| one.exit), Some(Exit::LabourArbitration));
    assert!(after.filing.is_none() && after.may_file(None).is_err());
    // It declines: the demand is answered, and the same word opens the court.
    let handed = after.prepare_handoff("仲裁委", at(3), || Uuid::from_u128(79)).unwrap().into_noun();
    let handed = handed.of_handoff(|one| one.hand(at(4), "x")).unwrap().into_noun();
    let declined = Thread::settled(handed.of_handoff(|one| one.answer(Said::Declined, at(5), "z")).unwrap());
    let Outcome::Changed(declined, news) = declined else { panic!("not heard") };
    assert_eq!(news[0], News::DemandAnswered);
    assert_eq!(demand(declined, 1, 9).into_noun().filing.unwrap().state.code(), "TRANSFER_READY");
}
