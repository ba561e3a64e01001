//! Our own clocks promise nothing that nobody does: each either calls for supervision, or has a step of its own in the procedure.

use rulebook::{clocks, procedure};

/// Who acts without a step of the procedure: oversight itself hands an emergency up a level, and routing lets a hand-over that nobody
/// accepted and a request that nobody answered go back, beside the state of the case.
const BESIDE: [&str; 3] = ["S14", "S21", "S23"];

#[test]
fn a_service_clock_calls_for_supervision_or_has_a_step() {
    let steps: Vec<&str> = procedure::transitions()
        .iter()
        .filter(|row| row.verb == "DeadlineReached")
        .filter_map(|row| row.answer.as_deref())
        .collect();
    let mut acting = 0;
    for clock in clocks::all().iter().filter(|clock| clock.is_service_clock()) {
        let watched = ["supervision", "urging"].contains(&clock.expiry_en.as_str());
        let acts = steps.contains(&clock.id.as_str()) || BESIDE.contains(&clock.id.as_str());
        assert!(watched || acts, "{} promises: {}", clock.id, clock.expiry_en);
        acting += usize::from(acts);
    }
    assert_eq!(acting, 7, "S01, S03, S07 (a receiver's silence), S10, S14, S21 and S23 act");
}
