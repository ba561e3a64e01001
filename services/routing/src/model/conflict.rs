//! Conflicts of interest (L4 art. 15, 16): whether a mediator is bound to a party of the case, over at most three ties.
//!
//! A graph of keyed digests, accounts and matters. A tie says that two of them belong together, and how; who they are it does not
//! say. Ties are declared, or come from the cases themselves: who acts for a party, which disputes are one matter, and who has mediated
//! it. A tie counts both ways. The shortest path is the answer, and of equal ones always the same.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use chrono::{DateTime, Utc};
use lexicon::{AccountId, CaseId, Outcome};

use super::facts::{Agent, Facts, Party};
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
    /// Two disputes are one matter.
    SameMatter,
}

impl Bond {
    /// All of them.
    pub const ALL: [Bond; 8] = [
        Bond::SamePerson,
        Bond::Relative,
        Bond::Employer,
        Bond::Representative,
        Bond::Creditor,
        Bond::EarlierRole,
        Bond::Other,
        Bond::SameMatter,
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
            Bond::SameMatter => "SAME_MATTER",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bond| bond.name() == name)
    }
}

/// Somebody: a mediator by account, a person or organisation by a keyed digest; or a matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A mediator.
    Account(String),
    /// A person or an organisation, by their paper.
    Paper(String),
    /// A person, by their phone.
    Phone(String),
    /// A party of whom neither is known.
    Party(String),
    /// The matter of a case.
    Matter(CaseId),
}

impl Node {
    /// As it stands in rows.
    pub fn text(&self) -> String {
        match self {
            Node::Account(account) => format!("account:{account}"),
            Node::Paper(digest) => format!("paper:{digest}"),
            Node::Phone(digest) => format!("phone:{digest}"),
            Node::Party(id) => format!("party:{id}"),
            Node::Matter(case) => format!("case:{case}"),
        }
    }

    /// Read back from a row.
    pub fn read(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            // Who has mediated a case is kept under another name, so that a mediator's own ties are few.
            ("account" | "mediator", account) => Some(Node::Account(account.to_owned())),
            ("paper", digest) => Some(Node::Paper(digest.to_owned())),
            ("phone", digest) => Some(Node::Phone(digest.to_owned())),
            ("party", id) => Some(Node::Party(id.to_owned())),
            ("case", id) => id.parse().ok().map(Node::Matter),
            _ => None,
        }
    }

    /// By what this person is known: a paper, a phone, both or neither.
    fn known(paper: &str, phone: &str) -> impl Iterator<Item = Node> {
        let paper = (!paper.is_empty()).then(|| Node::Paper(paper.to_owned()));
        let phone = (!phone.is_empty()).then(|| Node::Phone(phone.to_owned()));
        paper.into_iter().chain(phone)
    }
}

impl Agent {
    /// By what an agent is known.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        Node::known(&self.digest, &self.phone)
    }
}

impl Party {
    /// By what a party is known; always by being this party.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        Node::known(&self.digest, &self.phone).chain([Node::Party(self.party_id.clone())])
    }

    /// That its agents act for it: what is kept of it holds in other cases of the same party too.
    pub fn represented(&self) -> impl Iterator<Item = Tie> {
        let own = self.nodes().next();
        let agents = self.agents.iter().flat_map(Agent::nodes);
        let tie = |(one, other)| Tie { one, other, bond: Bond::Representative };
        agents
            .filter_map(move |agent| Some((agent, own.clone()?)))
            .filter(|(one, other)| one != other)
            .map(tie)
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
    /// The party; empty where it is the matter itself that they have mediated before.
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

    /// How this mediator is bound to a party of the case or to its matter, if over at most [`REACH`] ties. Having had this very
    /// case before binds nobody: it may be taken up again.
    pub fn conflict(&self, account: &str, case: CaseId, facts: &Facts) -> Option<Conflict> {
        let matter = Node::Matter(case);
        let known =
            facts.parties.iter().flat_map(|party| party.nodes().map(|node| (node, party.party_id.as_str())));
        let ends: BTreeMap<Node, &str> = known.chain([(matter.clone(), "")]).collect();
        let start = Node::Account(account.to_owned());
        let mut open = VecDeque::from([(start.clone(), vec![])]);
        let mut seen = BTreeSet::from([start.clone()]);
        while let Some((node, path)) = open.pop_front() {
            if let Some(party_id) = ends.get(&node) {
                return Some(Conflict { party_id: (*party_id).to_owned(), path });
            }
            if path.len() == REACH {
                continue;
            }
            for (bond, next) in self.0.get(&node).into_iter().flatten() {
                let had = node == start && *next == matter;
                if !had && seen.insert(next.clone()) {
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

    /// Nothing has been found since the claim that binds its holder; of one that is confirmed already other rules speak.
    pub fn still_free_of_conflict(&self, account: &AccountId, graph: &Graph) -> Result<(), Refusal> {
        match &self.state {
            State::Assigned { claim, .. } if claim.holder == *account => self.unbound(account, graph),
            _ => Ok(()),
        }
    }

    /// Nothing binds this mediator to a party.
    pub fn unbound(&self, account: &AccountId, graph: &Graph) -> Result<(), Refusal> {
        match graph.conflict(account.as_str(), self.case, &self.facts) {
            Some(found) => Err(Refusal::of(self, Rule::Conflict { path: found.kinds() })),
            None => Ok(()),
        }
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
    use crate::model::Party;

    fn paper(n: usize) -> Node {
        Node::Paper(format!("digest-{n}"))
    }

    fn me() -> Node {
        Node::Account("m-1".to_owned())
    }

    fn tie(one: Node, bond: Bond, other: Node) -> Tie {
        Tie { one, other, bond }
    }

    fn matter(n: u128) -> CaseId {
        CaseId::from(uuid::Uuid::from_u128(n))
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
            graph.conflict("m-1", matter(1), &case(digests)).map(|one| (one.party_id.clone(), one.kinds()))
        };
        let path = |party: &str, kinds: &str| Some((party.to_owned(), kinds.to_owned()));
        assert_eq!(found(&[1]), path("party-1", "RELATIVE"));
        assert_eq!(found(&[9, 2]), path("party-2", "RELATIVE,EMPLOYER"));
        assert_eq!(found(&[3]), path("party-3", "RELATIVE,EMPLOYER,REPRESENTATIVE"));
        assert_eq!(found(&[4]), None, "four ties are too far");
        assert_eq!(found(&[3, 5]), path("party-5", "CREDITOR"), "the shortest");
        assert_eq!(found(&[9]), None);
        assert_eq!(graph.conflict("m-2", matter(1), &case(&[1, 2, 3])), None, "somebody else's ties");
        let unknown = Facts { parties: vec![Party::default()], ..Facts::default() };
        assert_eq!(graph.conflict("m-1", matter(1), &unknown), None, "who is not known is nobody's relative");
        let others = [Node::Phone("p".to_owned()), Node::Party("q".to_owned()), Node::Matter(matter(7))];
        for node in [me(), paper(3)].into_iter().chain(others) {
            assert_eq!(Node::read(&node.text()), Some(node));
        }
        assert!(Bond::ALL.into_iter().all(|bond| Bond::named(bond.name()) == Some(bond)));
    }

    #[test]
    fn who_acts_for_a_party_binds_like_a_declared_tie() {
        let agent = Agent { digest: "digest-7".to_owned(), phone: "phone-7".to_owned() };
        let party = Party { party_id: "party-1".to_owned(), agents: vec![agent], ..Party::default() };
        let facts = Facts { parties: vec![party], ..Facts::default() };
        let phone = Node::Phone("phone-7".to_owned());
        for known in [paper(7), phone] {
            let own = facts.parties.iter().flat_map(Party::represented);
            let graph = Graph::of(own.chain([tie(me(), Bond::Relative, known)]));
            let found = graph.conflict("m-1", matter(1), &facts).unwrap();
            assert_eq!(
                (found.party_id.as_str(), found.kinds().as_str()),
                ("party-1", "RELATIVE,REPRESENTATIVE")
            );
        }
    }

    #[test]
    fn the_same_matter_is_not_mediated_twice_and_ones_own_case_may_be_taken_up_again() {
        let (this, before) = (Node::Matter(matter(1)), Node::Matter(matter(2)));
        let had = tie(this.clone(), Bond::EarlierRole, me());
        assert_eq!(Graph::of([had.clone()]).conflict("m-1", matter(1), &Facts::default()), None);
        let linked = tie(before.clone(), Bond::SameMatter, this);
        let graph = Graph::of([had, linked, tie(before, Bond::EarlierRole, me())]);
        let found = graph.conflict("m-1", matter(1), &Facts::default()).unwrap();
        assert_eq!((found.party_id.as_str(), found.kinds().as_str()), ("", "EARLIER_ROLE,SAME_MATTER"));
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
            let found = graph.conflict("m-1", matter(1), &case(&parties));
            prop_assert_eq!(found.map(|one| one.path.len()), (nearest <= REACH).then_some(nearest));
        }
    }
}
