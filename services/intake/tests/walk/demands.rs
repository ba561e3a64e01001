//! Whose demands stand: several parties say it, take it back and say it again, and what transfer tells of them may be late.

use super::*;

fn of(party: u128, day: i64) -> Demand {
    Demand { party: id(party), how: HowSaid::ByPhone, at: at(day) }
}

fn said(dispute: Dispute, party: u128) -> (Dispute, u64) {
    let Ok(Outcome::Changed(dispute, events)) = dispute.demand_court(of(party, 2)) else {
        panic!("not heard")
    };
    assert_eq!(events, [Event::CourtDemanded]);
    let number = dispute.version;
    (dispute, number)
}

fn already_so(dispute: &Dispute, party: u128) -> bool {
    matches!(dispute.clone().demand_court(of(party, 3)), Ok(Outcome::AlreadySo(_)))
}

/// B demands, A demands, A takes it back, A demands again, B takes back: A's last word is on its way.
#[test]
fn a_party_that_took_its_word_back_is_heard_again_while_another_s_stands() {
    let (one, _) = said(in_state(State::Accepted), RESPONDENT);
    let (both, second) = said(one, CLAIMANT);
    assert!(already_so(&both, CLAIMANT) && already_so(&both, RESPONDENT));
    let left = both.demand_taken_back(id(CLAIMANT), Some(second), at(4)).into_noun();
    assert_eq!(left.demand.map(|demand| demand.party), Some(id(RESPONDENT)));
    assert!(!already_so(&left, CLAIMANT) && already_so(&left, RESPONDENT));
    let (again, third) = said(left, CLAIMANT);
    // The respondent's taking back had heard no more than the first two.
    let back = again.demand_taken_back(id(RESPONDENT), Some(second), at(5)).into_noun();
    assert!(already_so(&back, CLAIMANT) && third > second);
}

/// News of a filing that was taken back is nothing to a demand which transfer had not heard by then: nobody accepts over it, and a
/// refused case stays open for it.
#[test]
fn a_filing_that_was_taken_back_drops_no_later_demand() {
    let (one, first) = said(submitted(), CLAIMANT);
    let (both, second) = said(one, RESPONDENT);
    let opened = both.heard(Course::Transfer, at(3)).into_noun();
    let after = opened.clone().filing_withdrawn(Some(first), at(4)).into_noun();
    assert_eq!(after.demand.map(|demand| demand.party), Some(id(RESPONDENT)));
    assert_eq!(accept(after.clone(), "108.3", "PM").unwrap_err().reason(), "COURT_DEMANDED");
    let refused = Dispute { state: refused_for("R07"), ..after };
    assert!(refused.is_open());
    let over = refused.filing_withdrawn(Some(second), at(5)).into_noun();
    assert!(over.demand.is_none() && !over.is_open());
    // One of before names no demand.
    assert!(opened.filing_withdrawn(None, at(4)).into_noun().demand.is_none());
}

/// A judge's mediation: the demand opened nothing, was answered, and the default after it is another.
#[test]
fn a_demand_that_was_answered_is_said_anew() {
    let suit = Some(Suit { court: lexicon::CourtId::new("court-2071").unwrap(), number: "5".into() });
    let judged = Dispute {
        acceptance: Some(Acceptance { track: "JM".into(), suit, ..acceptance() }),
        ..in_state(State::Accepted)
    };
    let (demanded, number) = said(on_course(Course::Agreed, judged.clone()), CLAIMANT);
    assert!(already_so(&demanded, CLAIMANT));
    let answered = demanded.demand_answered(Some(number), at(4)).into_noun();
    let (anew, _) = said(on_course(Course::Breached, answered), CLAIMANT);
    assert!(anew.standing_demands.any());
    // Nobody is at the table yet: the court goes on with its suit, and the case can be closed.
    let (pool, number) = said(on_course(Course::Pool, judged), CLAIMANT);
    let answered = pool.demand_answered(Some(number), at(4)).into_noun();
    assert!(answered.close(&[], at(5)).unwrap().is_changed());
}

/// A filing, a hand-over and a report each go their own way: the end of one closes nothing that another has.
#[test]
fn the_word_of_one_way_out_is_not_the_end_of_another() {
    let on = |news: &[Course]| {
        let (demanded, _) = said(on_course(Course::Failed, in_state(State::Accepted)), CLAIMANT);
        news.iter().fold(demanded, |dispute, one| on_course(*one, dispute))
    };
    let closes = |dispute: &Dispute| dispute.clone().close(&[], at(9)).is_ok();
    let leaves = |dispute: &Dispute| match dispute.clone().withdraw(id(CLAIMANT), &[], at(9)) {
        Ok(_) => "",
        Err(refusal) => refusal.reason(),
    };
    // The court that referred it was told, and the filing has only begun.
    assert!(!closes(&on(&[Course::Transfer, Course::Reported])));
    // Arbitration has finished while the court examines.
    let examined =
        on(&[Course::HandoffAcknowledged, Course::Transfer, Course::CourtReview, Course::HandoffDone]);
    assert!(!closes(&examined));
    assert_eq!(leaves(&examined), "COURT_HAS_IT");
    // The civil claim was taken back while the police have the case.
    let police = on(&[Course::Handed, Course::Transfer, Course::FilingWithdrawn]);
    assert!(!closes(&police));
    assert_eq!(leaves(&police), "COURT_HAS_IT");
    // What a court has filed it has, also after a later filing was taken back.
    let filed = on(&[Course::Filed, Course::Transfer, Course::FilingWithdrawn]);
    assert_eq!((leaves(&filed), filed.course()), ("COURT_HAS_IT", Some(Course::Filed)));
}

/// A draft counts from its last save: what a demand did meanwhile is no save.
#[test]
fn a_draft_is_removed_by_its_last_save_though_a_demand_came_and_went() {
    let draft = in_state(State::Draft);
    let saved = draft.saved;
    let (demanded, number) = said(draft, CLAIMANT);
    let back = demanded.filing_withdrawn(Some(number), at(4)).into_noun();
    assert!(back.version > saved);
    let Outcome::Changed(gone, events) = back.forget(saved, at(5)) else { panic!("kept for good") };
    assert_eq!((gone.state, events), (State::Removed, vec![Event::Removed]));
}
