//! What is watched of an agreement that is in effect.

use super::town::{Town, day};

fn agreed() -> Town {
    let mut town = Town::seated("PM", "2026-01-05", "2026-01-05", "2026-01-05");
    town.agree(30_000, &[("2026-03-20", 10_000), ("2027-12-31", 20_000)]);
    town
}

#[test]
fn the_time_for_enforcement_counts_from_the_last_day_of_performance() {
    let mut town = agreed();
    assert_eq!(town.state(), "PERFORMING");
    assert_eq!(town.due("K40"), Some(day("2029-12-31")), "two years from the last instalment (L1 art. 250)");
    assert_eq!(town.due("K27"), Some(day("2026-02-04")), "the window for a confirmation is open beside it");
    town.until("2026-01-20");
    let now = town.now;
    town.act(|run| run.perform(10_000, false, now)).unwrap();
    town.settle();
    assert_eq!(town.due("K40"), Some(day("2029-12-31")), "a payment moves no day of the agreement");
    assert!(town.clocks().contains("K27") && town.clocks().contains("schedule"), "{:?}", town.clocks());
}

#[test]
fn a_payment_does_not_take_a_default_out_of_sight() {
    let mut town = agreed();
    town.until("2026-03-21");
    assert_eq!(town.state(), "BREACHED");
    let wanted = |town: &Town| {
        let clocks = town.clocks();
        assert!(clocks.contains("S09") && clocks.contains("K40"), "as the book says of BREACHED: {clocks:?}");
        assert!(!clocks.contains("schedule"), "a default waits for no day: {clocks:?}");
    };
    wanted(&town);
    let chosen_by = town.due("S09");
    let now = town.now;
    town.act(|run| run.perform(1_000, false, now)).unwrap();
    town.settle();
    assert_eq!(town.state(), "BREACHED");
    wanted(&town);
    assert_eq!(town.due("S09"), chosen_by);
}

/// What turns out to have been paid on its day was no default: the choice is over, and the next day is waited for.
#[test]
fn a_payment_in_time_that_is_recorded_late_brings_the_schedule_back() {
    let mut town = agreed();
    town.until("2026-03-21");
    assert_eq!(town.state(), "BREACHED");
    let on_its_day = "2026-03-20T08:00:00Z".parse().unwrap();
    town.act(|run| run.perform(10_000, false, on_its_day)).unwrap();
    town.settle();
    assert_eq!(town.state(), "PERFORMING");
    let clocks = town.clocks();
    assert!(clocks.contains("schedule") && clocks.contains("K40") && !clocks.contains("S09"), "{clocks:?}");
    assert_eq!(town.due("schedule"), Some(day("2027-12-31")));
    town.until("2028-01-01");
    assert_eq!(town.state(), "BREACHED", "the second day is one like any");
}
