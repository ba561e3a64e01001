//! What intake tells of parties while a referral is open and after: who they are, who acts for them, and which cases are one matter.

use std::collections::BTreeSet;

use courier::{Fault, Heard, Reaction, Trouble, WriteList};
use lexicon::{CaseId, Outcome};

use super::ties::{self, Edge, beyond};
use super::{Store, effects};
use crate::model::conflict::{Bond, Node};
use crate::model::{Party, Referral};
use crate::wire;

impl Store {
    /// Keeps who acts for these parties, and names those of them who have mediated the matter (L4 art. 16).
    pub(super) async fn told_of_parties<M>(
        &self,
        list: &mut WriteList,
        heard: &Heard<M>,
        noun: &Referral,
        parties: &[Party],
    ) -> Result<(), Fault> {
        ties::told(list, &heard.stamp, noun.case, parties);
        for (party, account) in self.former_who_act(&heard.centre, noun.case, parties).await? {
            wire::conflict::post_former(list, noun, party, account);
        }
        Ok(())
    }

    /// Two cases are one matter: who has mediated the one does not mediate the other, nor act in it for a party.
    pub(crate) fn one_matter_heard<M>(heard: &Heard<M>, other: CaseId) -> Reaction {
        let mut list = WriteList::new(&heard.stamp, Some(heard.case));
        ties::one_matter(&mut list, &heard.stamp, heard.case.into(), other);
        Reaction::Write(list)
    }

    /// Keeps the facts of an open referral up to date. That is no step: its version stays, and nothing is said.
    pub(crate) async fn party_heard<M>(&self, heard: &Heard<M>, party: Party) -> Result<Reaction, Trouble> {
        let Some(before) = self.load(heard.case.into()).await? else { return Ok(Reaction::Nothing) };
        let (seq, parties) = (before.facts_seq, [party.clone()]);
        let noun = before.with_party(party, heard.pub_seq);
        // Whoever holds the case and is bound to who has come holds it no more (L4 art. 15).
        let holder = noun.state.claim().map(|claim| claim.holder.clone());
        let graph = self.graph(&heard.centre, &holder, [(noun.case, &noun.facts)]).await?;
        let found = holder.and_then(|holder| graph.conflict(holder.as_str(), noun.case, &noun.facts));
        if let Some(found) = found {
            let ended = noun.found_bound(&found, self.desk.epoch(), heard.stamp.now);
            let Ok(Outcome::Changed(noun, events)) = ended else { return Ok(Reaction::Nothing) };
            let mut list = self.step_with_facts(&heard.stamp, &noun, &events)?;
            self.told_of_parties(&mut list, heard, &noun, &parties).await?;
            return Ok(Reaction::Write(list));
        }
        let mut list = WriteList::new(&heard.stamp, Some(heard.case));
        effects::write_facts(&mut list, &noun, seq);
        self.told_of_parties(&mut list, heard, &noun, &parties).await?;
        Ok(Reaction::Write(list))
    }

    /// Who acts for one of these parties although they have mediated the matter (L4 art. 16): party and account.
    async fn former_who_act(
        &self,
        centre: &str,
        case: CaseId,
        parties: &[Party],
    ) -> Result<Vec<(String, String)>, Fault> {
        let agents: BTreeSet<String> = parties
            .iter()
            .flat_map(|party| &party.agents)
            .flat_map(|one| one.nodes().map(|node| node.text()))
            .collect();
        let same = |(_, _, bond): &Edge| Bond::named(bond) == Some(Bond::SamePerson);
        let known: Vec<Edge> = self.touching(centre, &agents).await?.into_iter().filter(same).collect();
        if known.is_empty() {
            return Ok(vec![]);
        }
        let this = BTreeSet::from([Node::Matter(case).text()]);
        let mut edges = self.touching(centre, &this).await?;
        let linked: BTreeSet<String> =
            beyond(&edges, &this).into_iter().filter(|node| node.starts_with("case:")).collect();
        edges.extend(self.touching(centre, &linked).await?);
        let former: BTreeSet<&str> =
            edges.iter().filter_map(|(_, other, _)| other.strip_prefix("mediator:")).collect();
        let acts = |party: &Party, account: &str| {
            let nodes: Vec<String> =
                party.agents.iter().flat_map(|one| one.nodes().map(|node| node.text())).collect();
            known
                .iter()
                .any(|(one, other, _)| one.strip_prefix("account:") == Some(account) && nodes.contains(other))
        };
        let pairs = parties.iter().flat_map(|party| former.iter().map(move |account| (party, *account)));
        let acting = pairs.filter(|(party, account)| acts(party, account));
        Ok(acting.map(|(party, account)| (party.party_id.clone(), account.to_owned())).collect())
    }
}
