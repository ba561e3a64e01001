//! Our own clocks promise nothing that nobody does: each either calls for supervision, or has a step of its own in the procedure.

use rulebook::{clocks, procedure};

/// Who acts without a step of the procedure: oversight itself hands an emergency up a level.
const BY_OVERSIGHT: &str = "S14";

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
        let acts = steps.contains(&clock.id.as_str()) || clock.id == BY_OVERSIGHT;
        assert!(watched || acts, "{} promises: {}", clock.id, clock.expiry_en);
        acting += usize::from(acts);
    }
    assert_eq!(acting, 5, "S01, S03, S07 (a receiver's silence), S10 and S14 act");
}
