//! The case's desk through its news: which claim is in force, which run is open, who comes to the table.

use std::fmt::Write;

use lexicon::{AccountId, CaseId, OrgId, Outcome, Refusal as _};
use mediation::model::{Barred, CaseDesk, Claim, Event, Fence, Taken};
use uuid::Uuid;

use super::{account, at, id, kinds, parties};

pub(super) fn fence(n: u64) -> Fence {
    Fence { epoch: 1, n }
}

pub(super) fn claim(n: u64, who: &str, consented: &[u128]) -> Claim {
    let (mediator, studio) = (account(who), OrgId::new("studio-1").unwrap());
    Claim { fence: fence(n), mediator, studio, track: "PM".to_owned(), parties: parties(consented) }
}

fn step(
    page: &mut String,
    desk: CaseDesk,
    verb: &str,
    act: impl FnOnce(CaseDesk) -> Outcome<CaseDesk, Event>,
) -> CaseDesk {
    let before = desk.clone();
    let (desk, said) = match act(desk) {
        Outcome::Changed(desk, events) => {
            let said = if events.is_empty() { "nothing said".to_owned() } else { kinds(&events) };
            assert_eq!(desk.version - before.version, u64::from(!events.is_empty()), "{verb}");
            (desk, said)
        }
        Outcome::AlreadySo(desk) => {
            assert_eq!(desk, before, "{verb}");
            (desk, "already so".to_owned())
        }
    };
    if let Some(run) = &desk.run {
        assert_eq!(run.version, desk.version, "{verb}");
    }
    let run = desk.run.as_ref().map_or("no run".to_owned(), |run| {
        let mediator = run.mediator.as_ref().map_or("nobody", AccountId::as_str);
        format!("run {:x} {} with {mediator}", run.id.as_uuid().as_u128(), run.state.name())
    });
    writeln!(page, "{verb:<32}{said:<28}v{} fence {} {run}", desk.version, desk.fence.n).unwrap();
    desk
}

#[test]
fn the_desk_through_its_news() {
    let mut page = String::new();
    let unheard = || CaseDesk::unheard(CaseId::from(Uuid::from_u128(8)));
    let mut desk = step(&mut page, unheard(), "claimed 1", |desk| desk.claimed(fence(1), at(0)));
    desk = step(&mut page, desk, "released 2, no run", |desk| {
        desk.released(fence(2), Some(account("a")), at(1))
    });
    desk = step(&mut page, desk, "confirmed 1, too late", |desk| {
        desk.confirmed(claim(1, "a", &[]), id(1), at(1))
    });
    desk = step(&mut page, desk, "claimed 3", |desk| desk.claimed(fence(3), at(2)));
    desk = step(&mut page, desk, "confirmed 3", |desk| desk.confirmed(claim(3, "b", &[1]), id(2), at(3)));
    desk =
        step(&mut page, desk, "confirmed 3 again", |desk| desk.confirmed(claim(3, "b", &[1]), id(3), at(3)));
    desk = step(&mut page, desk, "released 4", |desk| desk.released(fence(4), Some(account("b")), at(4)));
    desk =
        step(&mut page, desk, "released 4 again", |desk| desk.released(fence(4), Some(account("b")), at(4)));
    desk = step(&mut page, desk, "claimed 5", |desk| desk.claimed(fence(5), at(5)));
    assert_eq!(desk.admit(fence(5)), Err(Barred::NotYetHeard), "claimed, not confirmed");
    desk = step(&mut page, desk, "confirmed 5: the run goes on", |desk| {
        desk.confirmed(claim(5, "c", &[1, 2]), id(4), at(6))
    });
    assert_eq!(desk.former.iter().map(AccountId::as_str).collect::<Vec<_>>(), ["a", "b"]);
    desk = step(&mut page, desk, "the court is demanded", |desk| desk.demanded(1, at(7)));
    assert_eq!(desk.taken, Some(Taken::CourtDemanded));
    desk = step(&mut page, desk, "the court is demanded again", |desk| desk.demanded(1, at(7)));
    desk = step(&mut page, desk, "withdrawn", |desk| desk.withdrawn(at(8)));
    desk = step(&mut page, desk, "released 6", |desk| desk.released(fence(6), Some(account("c")), at(9)));
    step(&mut page, desk, "confirmed 7", |desk| desk.confirmed(claim(7, "d", &[1]), id(5), at(10)));

    page.push('\n');
    let mut desk = step(&mut page, unheard(), "the court, before anything", |desk| desk.demanded(1, at(0)));
    desk = step(&mut page, desk, "claimed 1", |desk| desk.claimed(fence(1), at(1)));
    desk = step(&mut page, desk, "confirmed 1: opens nothing", |desk| {
        desk.confirmed(claim(1, "a", &[1, 2]), id(1), at(1))
    });
    assert_eq!(desk.admit(fence(1)), Err(Barred::NoRun));
    step(&mut page, desk, "released 2", |desk| desk.released(fence(2), Some(account("a")), at(2)));

    page.push('\n');
    let mut desk = step(&mut page, unheard(), "confirmed 1, all consented", |desk| {
        desk.confirmed(claim(1, "a", &[1, 2]), id(1), at(0))
    });
    desk = step(&mut page, desk, "withdrawn", |desk| desk.withdrawn(at(1)));
    step(&mut page, desk, "withdrawn again", |desk| desk.withdrawn(at(1)));

    page.push('\n');
    let mut desk = step(&mut page, unheard(), "confirmed 1, all consented", |desk| {
        desk.confirmed(claim(1, "a", &[1, 2]), id(1), at(0))
    });
    let failed = desk.run.clone().unwrap().conclude("F04", at(1)).unwrap().into_noun();
    desk = desk.with(failed);
    desk = step(&mut page, desk, "failed, the same confirmation", |desk| {
        desk.confirmed(claim(1, "a", &[1, 2]), id(2), at(2))
    });
    step(&mut page, desk, "failed, a new claim", |desk| desk.confirmed(claim(3, "b", &[1]), id(3), at(3)));
    insta::assert_snapshot!(page);
}

#[test]
fn the_fence_that_is_shown_decides_who_comes_to_the_table() {
    let desk = CaseDesk::unheard(CaseId::from(Uuid::from_u128(8)));
    assert_eq!(desk.admit(fence(1)), Err(Barred::NotYetHeard));
    let desk = desk.confirmed(claim(4, "a", &[1]), id(1), at(0)).into_noun();
    assert!(desk.admit(fence(4)).is_ok());
    assert_eq!(desk.admit(fence(5)), Err(Barred::NotYetHeard));
    assert_eq!(desk.admit(Fence { epoch: 2, n: 1 }), Err(Barred::NotYetHeard), "the epoch comes first");
    for old in [fence(3), Fence { epoch: 0, n: 9 }, Fence::default()] {
        let Err(Barred::Passed(refusal)) = desk.admit(old) else { panic!("{old:?} was let in") };
        assert_eq!(refusal.reason(), "FENCE_PASSED");
        let facts = refusal.facts();
        assert!(
            facts.contains(&("fence_n", "4".to_owned()))
                && facts.contains(&("state", "CONSENT_PENDING".to_owned()))
        );
    }
}

/// The court takes its commission back before anybody sat down (T64): whoever confirms a claim then opens nothing.
#[test]
fn a_recalled_commission_never_comes_to_the_table() {
    let desk = CaseDesk::unheard(CaseId::from(Uuid::from_u128(8)));
    let desk = desk.begins(|begun| begun.signed = Some(at(0))).into_noun();
    let desk = desk.recalled(at(1)).into_noun();
    let desk = desk.claimed(fence(1), at(2)).into_noun();
    let desk = desk.confirmed(claim(1, "a", &[]), id(1), at(3)).into_noun();
    assert_eq!(desk.run, None);
    // What was no case here leaves nothing behind.
    let unheard = CaseDesk::unheard(CaseId::from(Uuid::from_u128(9)));
    assert_eq!(unheard.clone().recalled(at(1)), Outcome::AlreadySo(unheard));
}

/// A demand that was dropped before the window accepted is no demand any more.
#[test]
fn an_acceptance_after_a_demand_opens_the_table() {
    let desk = CaseDesk::unheard(CaseId::from(Uuid::from_u128(8))).demanded(1, at(0)).into_noun();
    let desk = desk.accepted(|begun| begun.accepted = Some(at(1))).into_noun();
    let desk = desk.claimed(fence(1), at(2)).into_noun();
    let desk = desk.confirmed(claim(1, "a", &[1, 2]), id(1), at(3)).into_noun();
    assert!(desk.run.is_some());
}

/// A court has a suit about the matter in another case (T43): an open run fails, and one that opens later.
#[test]
fn a_suit_elsewhere_ends_the_run_that_is_open_and_the_one_that_opens() {
    let unheard = || CaseDesk::unheard(CaseId::from(Uuid::from_u128(8)));
    let mut page = String::new();
    let desk = step(&mut page, unheard(), "confirmed 1", |desk| {
        desk.confirmed(claim(1, "a", &[1, 2]), id(1), at(0))
    });
    let desk = step(&mut page, desk, "sued", |desk| desk.sued(at(1)));
    let desk = step(&mut page, desk, "sued again", |desk| desk.sued(at(2)));
    step(&mut page, desk, "a new claim", |desk| desk.confirmed(claim(3, "b", &[1]), id(3), at(3)));
    let desk = step(&mut page, unheard(), "sued, before anything", |desk| desk.sued(at(0)));
    step(&mut page, desk, "confirmed 1", |desk| desk.confirmed(claim(1, "a", &[1]), id(1), at(1)));
    let lines: Vec<String> =
        page.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        lines,
        [
            "confirmed 1 Opened + Started v1 fence 1 run 1 IN_MEDIATION with a",
            "sued Concluded v2 fence 1 run 1 FAILED with a",
            "sued again already so v2 fence 1 run 1 FAILED with a",
            "a new claim nothing said v2 fence 3 run 1 FAILED with a",
            "sued, before anything nothing said v0 fence 0 no run",
            "confirmed 1 Opened + Concluded v1 fence 1 run 1 FAILED with a",
        ]
    );
}
