//! Conflicts of interest (L4 art. 15, 16): whether a mediator is bound to a party of the case, over at most three ties.
//!
//! A graph of keyed digests and accounts. A tie says that two of them belong together, and how; who they are it does not say. A
//! tie counts both ways. The shortest path is the answer, and of equal ones always the same.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use chrono::{DateTime, Utc};
use lexicon::{AccountId, Outcome};

use super::facts::{Facts, Party};
use super::referral::{Answer, Referral};
use super::refusal::{Refusal, Rule};
use super::state::{Ending, State};

/// Ties of a path, at most.
pub const REACH: usize = 3;

/// How two belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bond {
    /// They are one person.
    SamePerson,
    /// Near relatives.
    Relative,
    /// One works for the other.
    Employer,
    /// One represents the other, or has done so.
    Representative,
    /// A bank whose mediator one is, or whose debtor.
    Creditor,
    /// One has mediated for the other in this matter before, or was its judge, juror or witness.
    EarlierRole,
    /// Another relation that may affect fairness.
    Other,
}

impl Bond {
    /// All of them.
    pub const ALL: [Bond; 7] = [
        Bond::SamePerson,
        Bond::Relative,
        Bond::Employer,
        Bond::Representative,
        Bond::Creditor,
        Bond::EarlierRole,
        Bond::Other,
    ];

    /// Its name in rows and refusals.
    pub const fn name(self) -> &'static str {
        match self {
            Bond::SamePerson => "SAME_PERSON",
            Bond::Relative => "RELATIVE",
            Bond::Employer => "EMPLOYER",
            Bond::Representative => "REPRESENTATIVE",
            Bond::Creditor => "CREDITOR",
            Bond::EarlierRole => "EARLIER_ROLE",
            Bond::Other => "OTHER",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bond| bond.name() == name)
    }
}

/// Somebody: a mediator by account, or a person or organisation by the keyed digest of their paper.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A mediator.
    Account(String),
    /// A person or an organisation.
    Paper(String),
}

impl Node {
    /// As it stands in rows.
    pub fn text(&self) -> String {
        match self {
            Node::Account(account) => format!("account:{account}"),
            Node::Paper(digest) => format!("paper:{digest}"),
        }
    }

    /// Read back from a row.
    pub fn read(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("account", account) => Some(Node::Account(account.to_owned())),
            ("paper", digest) => Some(Node::Paper(digest.to_owned())),
            _ => None,
        }
    }
}

/// That two belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// One.
    pub one: Node,
    /// The other.
    pub other: Node,
    /// How.
    pub bond: Bond,
}

/// How a mediator is bound to a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The party.
    pub party_id: String,
    /// The ties from the mediator to the party.
    pub path: Vec<Bond>,
}

impl Conflict {
    /// The kinds of its ties, for whoever may not see whom they bind.
    pub fn kinds(&self) -> String {
        self.path.iter().map(|bond| bond.name()).collect::<Vec<_>>().join(",")
    }
}

/// Ties, to be searched.
#[derive(Debug, Clone, Default)]
pub struct Graph(HashMap<Node, BTreeSet<(Bond, Node)>>);

impl Graph {
    /// The graph of these ties.
    pub fn of(ties: impl IntoIterator<Item = Tie>) -> Self {
        let mut graph = Self::default();
        for Tie { one, other, bond } in ties {
            graph.0.entry(one.clone()).or_default().insert((bond, other.clone()));
            graph.0.entry(other).or_default().insert((bond, one));
        }
        graph
    }

    /// How this mediator is bound to a party of the case, if over at most [`REACH`] ties.
    pub fn conflict(&self, account: &str, facts: &Facts) -> Option<Conflict> {
        let known = facts.parties.iter().filter(|party| !party.digest.is_empty());
        let parties: BTreeMap<&str, &str> =
            known.map(|party| (party.digest.as_str(), party.party_id.as_str())).collect();
        let start = Node::Account(account.to_owned());
        let (mut seen, mut open) = (BTreeSet::from([start.clone()]), VecDeque::from([(start, vec![])]));
        while let Some((node, path)) = open.pop_front() {
            if let Node::Paper(digest) = &node
                && let Some(party_id) = parties.get(digest.as_str())
            {
                return Some(Conflict { party_id: (*party_id).to_owned(), path });
            }
            if path.len() == REACH {
                continue;
            }
            for (bond, next) in self.0.get(&node).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    let path = path.iter().copied().chain([*bond]).collect();
                    open.push_back((next.clone(), path));
                }
            }
        }
        None
    }
}

impl Referral {
    /// Nothing binds this mediator to a party, or the case waits for nobody: then other rules speak.
    pub fn free_of_conflict(&self, account: &AccountId, graph: &Graph) -> Result<(), Refusal> {
        if !matches!(self.state, State::Pool(_) | State::Routed(Some(_))) {
            return Ok(());
        }
        self.unbound(account, graph)
    }

    /// Nothing binds this mediator to a party.
    pub fn unbound(&self, account: &AccountId, graph: &Graph) -> Result<(), Refusal> {
        match graph.conflict(account.as_str(), &self.facts) {
            Some(found) => Err(Refusal::of(self, Rule::Conflict { path: found.kinds() })),
            None => Ok(()),
        }
    }

    /// The facts of this party alone where it is somebody new to the case: not known yet, or known by another paper. Whatever
    /// else is amended moves nobody: the parties may have kept a holder whose relation to them is disclosed (L4 art. 15).
    pub fn newcomer(&self, party: &Party) -> Option<Facts> {
        let known = self.facts.parties.iter().find(|known| known.party_id == party.party_id);
        let is_known = known.is_some_and(|known| known.digest == party.digest);
        (!is_known).then(|| Facts { parties: vec![party.clone()], ..Facts::default() })
    }

    /// A party has come to whom ties bind the holder: the claim ends, and the holder has stepped aside.
    pub fn found_bound(self, found: &Conflict, epoch: u32, at: DateTime<Utc>) -> Answer {
        match &self.state {
            State::Assigned { to, claim, .. } | State::Confirmed { to, claim, .. } => {
                let (to, former) = (to.clone(), claim.holder.clone());
                Ok(self.claim_ended(to, former, Ending::Conflict(found.kinds()), epoch, at))
            }
            _ => Ok(Outcome::AlreadySo(self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn paper(n: usize) -> Node {
        Node::Paper(format!("digest-{n}"))
    }

    fn me() -> Node {
        Node::Account("m-1".to_owned())
    }

    fn tie(one: Node, bond: Bond, other: Node) -> Tie {
        Tie { one, other, bond }
    }

    fn case(digests: &[usize]) -> Facts {
        let party = |n: &usize| Party {
            party_id: format!("party-{n}"),
            digest: format!("digest-{n}"),
            ..Party::default()
        };
        Facts { parties: digests.iter().map(party).collect(), ..Facts::default() }
    }

    #[test]
    fn the_shortest_path_up_to_three_ties_is_found() {
        let graph = Graph::of([
            tie(me(), Bond::Relative, paper(1)),
            tie(paper(2), Bond::Employer, paper(1)),
            tie(paper(2), Bond::Representative, paper(3)),
            tie(paper(3), Bond::Relative, paper(4)),
            tie(me(), Bond::Creditor, paper(5)),
        ]);
        let found = |digests: &[usize]| {
            graph.conflict("m-1", &case(digests)).map(|one| (one.party_id.clone(), one.kinds()))
        };
        let path = |party: &str, kinds: &str| Some((party.to_owned(), kinds.to_owned()));
        assert_eq!(found(&[1]), path("party-1", "RELATIVE"));
        assert_eq!(found(&[9, 2]), path("party-2", "RELATIVE,EMPLOYER"));
        assert_eq!(found(&[3]), path("party-3", "RELATIVE,EMPLOYER,REPRESENTATIVE"));
        assert_eq!(found(&[4]), None, "four ties are too far");
        assert_eq!(found(&[3, 5]), path("party-5", "CREDITOR"), "the shortest");
        assert_eq!(found(&[9]), None);
        assert_eq!(graph.conflict("m-2", &case(&[1, 2, 3])), None, "somebody else's ties");
        let unknown = Facts { parties: vec![Party::default()], ..Facts::default() };
        assert_eq!(graph.conflict("m-1", &unknown), None, "who is not known is nobody's relative");
        for node in [me(), paper(3)] {
            assert_eq!(Node::read(&node.text()), Some(node));
        }
        assert!(Bond::ALL.into_iter().all(|bond| Bond::named(bond.name()) == Some(bond)));
    }

    proptest! {
        /// In a graph of which every distance is known by another way of counting: all that is near is found, with a path that is
        /// there, and nothing else is.
        #[test]
        fn what_is_near_is_found_and_nothing_else(
            edges in prop::collection::vec((0_usize..30, 0_usize..30), 0..40),
            parties in prop::collection::vec(1_usize..30, 1..4),
        ) {
            let node = |n: usize| if n == 0 { me() } else { paper(n) };
            let graph = Graph::of(edges.iter().map(|(one, other)| tie(node(*one), Bond::Relative, node(*other))));
            let mut distance = [usize::MAX; 30];
            distance[0] = 0;
            for _ in 0..30 {
                for (one, other) in &edges {
                    distance[*one] = distance[*one].min(distance[*other].saturating_add(1));
                    distance[*other] = distance[*other].min(distance[*one].saturating_add(1));
                }
            }
            let nearest = parties.iter().map(|party| distance[*party]).min().unwrap();
            let found = graph.conflict("m-1", &case(&parties));
            prop_assert_eq!(found.map(|one| one.path.len()), (nearest <= REACH).then_some(nearest));
        }
    }
}
