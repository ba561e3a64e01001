//! The same set and inputs are the same bytes for ever, and what is said to have decided otherwise does.

mod cases;
mod random;

use std::collections::BTreeMap;

use cases::{nothing_known, of_cause};
use random::random;
use rulebook::causes;
use rulebook::studio::StudioKind;
use ruleset::{Change, Decision, First, Input, Inputs, Rehearsal, RuleSet, SHIPPED, shipped};

#[test]
fn ten_thousand_decisions_are_replayed_bit_for_bit() {
    let kept: Vec<(Vec<u8>, Vec<u8>)> = random(20_261_122, 10_000)
        .into_iter()
        .map(|inputs| (inputs.bytes(), shipped().decide(&inputs).bytes()))
        .collect();
    // Another reading of the same text, as another process would have it.
    let again = RuleSet::read(SHIPPED).unwrap();
    assert_eq!(again.digest, shipped().digest);
    let same = kept.iter().filter(|(inputs, decision)| {
        let inputs = Inputs::kept(inputs).unwrap();
        again.decide(&inputs).bytes() == *decision && inputs.bytes().len() > 100
    });
    assert_eq!(same.count(), 10_000);
    // And another build: what this program would decide otherwise than the one that kept them is a new outcome, never a silent one.
    let all: Vec<u8> = kept.iter().flat_map(|(_, decision)| decision.clone()).collect();
    assert_eq!(
        ruleset::digest(&String::from_utf8(all).unwrap()),
        include_str!("kept/outcomes.sha256").trim()
    );
    let (inputs, decision) =
        (include_str!("kept/inputs.json").trim(), include_str!("kept/outcome.json").trim());
    let told = Inputs::kept(inputs.as_bytes()).expect("a row that was kept can be read");
    assert_eq!(told.bytes(), inputs.as_bytes());
    assert_eq!(String::from_utf8(shipped().decide(&told).bytes()).unwrap(), decision);
    let other = RuleSet::read(&SHIPPED.replacen("priority = 900", "priority = 1", 1)).unwrap();
    let same = kept
        .iter()
        .filter(|(inputs, decision)| other.decide(&Inputs::kept(inputs).unwrap()).bytes() == *decision);
    assert!(same.count() < 10_000, "another set would be noticed");
    let decision = Decision::kept(&kept[0].1).unwrap();
    assert_eq!(decision.bytes(), kept[0].1, "what is kept can be read");
}

#[test]
fn of_a_thousand_cases_the_smallest_change_sends_each_elsewhere() {
    let mut inputs_changed: BTreeMap<Input, usize> = BTreeMap::new();
    for inputs in random(5, 1_000) {
        let decision = shipped().decide(&inputs);
        let otherwise = decision.otherwise.expect("ten kinds of studio: some change always moves a case");
        let told = otherwise.apply(&inputs).unwrap();
        let there = shipped().decide(&told);
        assert_ne!(there.first, decision.first, "{inputs:?}\n{:?}", otherwise.changes);
        assert_eq!(there.first, otherwise.first);
        for change in &otherwise.changes {
            assert_ne!(change.from, change.to);
            *inputs_changed.entry(change.input).or_default() += 1;
        }
        // Smallest: what is cheaper than the change named does not move the case, tried by hand.
        for lighter in by_hand(&inputs) {
            let moves = shipped().first(&lighter.apply(&inputs).unwrap()).0 != decision.first;
            let named = otherwise.changes.len() == 1
                && weight(&inputs, &otherwise.changes[0]) <= weight(&inputs, &lighter);
            assert!(!moves || named, "{lighter:?} is smaller than {:?}", otherwise.changes);
        }
    }
    assert!(inputs_changed.len() >= 5, "one input alone would be a poor test: {inputs_changed:?}");
}

#[test]
fn where_one_change_is_not_enough_two_are_named() {
    // Without a ground of refusal and with one studio of a kind, only two facts together lead elsewhere.
    let quiet = SHIPPED.replacen(
        "causes = [\"P36-P59\"]\nground = \"R04\"",
        "causes = [\"P36-P59\"]\nfirst = \"JUSTICE\"\nsecond = \"COURT\"",
        1,
    );
    let quiet = quiet.replacen("ground = \"R06\"", "first = \"JUSTICE\"\nsecond = \"COURT\"", 1);
    let quiet = quiet.replacen("ground = \"R01\"", "first = \"JUSTICE\"\nsecond = \"COURT\"", 1);
    let set = RuleSet::read(&quiet).unwrap();
    let two = |wanted: [StudioKind; 2]| -> Vec<_> {
        nothing_known().studios.into_iter().filter(|one| wanted.contains(&one.kind)).collect()
    };
    let mut inputs = Inputs { studios: two([StudioKind::Justice, StudioKind::Medical]), ..of_cause("55") };
    let medical = inputs.studios.iter_mut().find(|one| one.kind == StudioKind::Medical).unwrap();
    medical.load = medical.capacity + 5;
    let decision = set.decide(&inputs);
    let otherwise = decision.otherwise.expect("a medical case, and a medical studio that has room");
    assert_eq!(otherwise.changes.len(), 2, "{otherwise:?}");
    let there = set.decide(&otherwise.apply(&inputs).unwrap()).first;
    assert!(there == otherwise.first && there != decision.first, "{otherwise:?}");
    let alone = Inputs { studios: two([StudioKind::Justice, StudioKind::Justice]), ..of_cause("55") };
    assert_eq!(set.decide(&alone).otherwise, None, "one studio and no ground: nothing can send it elsewhere");
}

/// Every single change of a flag, an institution, a prior body, and the amount to both sides of the one cut.
fn by_hand(inputs: &Inputs) -> Vec<Change> {
    let change = |input, from: String, to: String| Change { input, studio: String::new(), from, to };
    let mut all = Vec::new();
    for (input, told) in
        [(Input::Injury, inputs.injury), (Input::Police, inputs.police), (Input::Violence, inputs.violence)]
    {
        all.push(change(input, told.to_string(), (!told).to_string()));
    }
    for other in ruleset::Institution::ALL.iter().filter(|one| **one != inputs.institution) {
        all.push(change(Input::Institution, inputs.institution.to_string(), other.to_string()));
    }
    for other in ruleset::PriorBody::ALL.iter().filter(|one| **one != inputs.prior_body) {
        all.push(change(Input::PriorBody, inputs.prior_body.to_string(), other.to_string()));
    }
    for to in [0_i64, 49_999_999_999, 50_000_000_000] {
        all.push(change(Input::Amount, inputs.amount_fen.to_string(), to.to_string()));
    }
    all
}

fn weight(inputs: &Inputs, change: &Change) -> u8 {
    match change.input {
        Input::Amount => {
            let to: i64 = change.to.parse().unwrap_or_default();
            if to.min(inputs.amount_fen) * 10 >= to.max(inputs.amount_fen) { 2 } else { 9 }
        }
        Input::Injury
        | Input::Police
        | Input::Minors
        | Input::Violence
        | Input::Institution
        | Input::Language
        | Input::PriorBody => 1,
        _ => 3,
    }
}

#[test]
fn the_change_is_one_that_people_understand() {
    let smallest = |inputs: &Inputs| {
        let otherwise = shipped().decide(inputs).otherwise.unwrap();
        let told: Vec<_> =
            otherwise.changes.iter().map(|one| (one.input, one.from.clone(), one.to.clone())).collect();
        (told, otherwise.first)
    };
    let to = |kind: &str| First::Studio(format!("studio-{kind}"));
    let one = |input, from: &str, to: &str| vec![(input, from.to_owned(), to.to_owned())];
    assert_eq!(smallest(&of_cause("55")), (one(Input::Police, "false", "true"), to("police")));
    let large = Inputs { amount_fen: 60_000_000_000, ..of_cause("14") };
    assert_eq!(smallest(&large), (one(Input::Amount, "60000000000", "49999999999"), to("family")));
    let (changes, first) = smallest(&of_cause("448"));
    assert_eq!(changes[0].0, Input::Cause, "{changes:?}");
    assert_ne!(first, First::Ground("R04".to_owned()));
    let alone = Inputs { studios: nothing_known().studios[..1].to_vec(), ..of_cause("14") };
    assert_eq!(shipped().decide(&alone).otherwise.unwrap().first, First::Ground("R04".to_owned()));
    let nowhere = Inputs { studios: vec![], ..of_cause("14") };
    assert_eq!(shipped().decide(&nowhere).otherwise.unwrap().first, First::Ground("R04".to_owned()));
}

#[test]
fn a_rehearsal_counts_who_gains_and_who_loses() {
    let cases = random(9, 2_000);
    let text = SHIPPED.replacen(
        "first = \"PROPERTY\"\nsecond = \"JUSTICE\"",
        "first = \"JUSTICE\"\nsecond = \"COURT\"",
        2,
    );
    let proposed = RuleSet::read(&text).unwrap();
    let mut rehearsal = Rehearsal::of(&proposed, 5);
    let mut moved = 0;
    for (at, inputs) in cases.iter().enumerate() {
        let before = shipped().first(inputs).0;
        moved += u64::from(proposed.first(inputs).0 != before);
        rehearsal.show(at, inputs, &before);
    }
    assert!(moved > 5);
    assert_eq!((rehearsal.seen, rehearsal.moved, rehearsal.examples.len()), (2_000, moved, 5));
    let (gained, lost) =
        rehearsal.shifts.values().fold((0, 0), |sum, shift| (sum.0 + shift.gained, sum.1 + shift.lost));
    assert_eq!((gained, lost), (moved, moved));
    for (name, shift) in &rehearsal.shifts {
        assert_eq!(shift.before + shift.gained - shift.lost, shift.after, "{name}");
    }
    assert!(rehearsal.shifts["studio-property"].lost > 0 && rehearsal.shifts["studio-justice"].gained > 0);
    assert_eq!(rehearsal.rules.values().sum::<u64>(), 2_000);
    assert_eq!(rehearsal.rules.len(), proposed.rules.len(), "a rule that never decides has its nought");
}

#[test]
fn every_cause_and_kind_can_be_decided_with_nothing_else_known() {
    for cause in causes::all() {
        let decision = shipped().decide(&of_cause(&cause.code));
        assert!(!decision.fired.is_empty() && decision.first != First::Nowhere, "{}", cause.code);
        let mut kinds: Vec<StudioKind> = decision.ranked.iter().map(|one| one.kind).collect();
        kinds.dedup();
        assert_eq!(kinds.len(), decision.ranked.len(), "{}: a kind twice", cause.code);
    }
}
