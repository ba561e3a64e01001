//! Ways between studios: for every kind that a rule names first, and every kind that it names next, the set must say in which
//! state a case goes on that comes back from the one and goes to the other. What is offered may be offered at once or be
//! accepted anew; what somebody has claimed is fenced off first, for no claim is good in two studios.

use rulebook::studio::StudioKind;

use crate::fault::Fault;
use crate::set::{Answer, Rule};
use crate::written::Move;

/// In which states a studio can have a case, and in which it can go on.
pub(crate) const STATES: [(&str, &[&str]); 5] = [
    ("ROUTED", &["ROUTED"]),
    ("POOL", &["ROUTED", "POOL"]),
    ("ASSIGNED", &["FENCING"]),
    ("CONFIRMED", &["FENCING"]),
    ("FENCING", &["FENCING"]),
];

pub(crate) fn check(rules: &[Rule], moves: &[Move], faults: &mut Vec<Fault>) {
    for rule in rules {
        if let Answer::Studios { first, second } = rule.answer {
            faults.extend(unmapped(rule, first, second, moves));
        }
    }
}

fn unmapped(rule: &Rule, from: StudioKind, to: StudioKind, moves: &[Move]) -> Option<Fault> {
    let mut found = moves.iter().filter(|one| one.from.contains(&from) && one.to.contains(&to));
    let wrong: Vec<String> = match (found.next(), found.next()) {
        (None, _) => vec!["there is no map".to_owned()],
        (Some(_), Some(_)) => vec!["there are two maps".to_owned()],
        (Some(map), None) => {
            let missing = STATES.iter().filter_map(|(state, may)| match map.states.get(*state) {
                None => Some(format!("{state} is missing")),
                Some(next) if !may.contains(&next.as_str()) => Some(format!("{state} cannot become {next}")),
                Some(_) => None,
            });
            let strange = map.states.keys().filter(|state| STATES.iter().all(|(known, _)| known != state));
            missing.chain(strange.map(|state| format!("{state} is no state"))).collect()
        }
    };
    (!wrong.is_empty()).then(|| Fault::NoStateMap {
        rule: rule.written.id.clone(),
        way: format!("{from} to {to}"),
        states: wrong.join(", "),
    })
}
