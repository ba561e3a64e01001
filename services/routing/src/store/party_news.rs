//! What is heard of the people of a case: parties that come and who acts for them, cases that are one matter, and the end of a claim
//! whose successor they may bind.

use std::collections::BTreeSet;

use courier::{Fault, Heard, Reaction, Trouble, WriteList};
use lexicon::{AccountId, CaseId, Outcome};

use super::ties::{Edge, beyond};
use super::{Store, effects, ties};
use crate::model::conflict::{Bond, Node};
use crate::model::{Fence, Party, Referral};
use crate::wire;

impl Store {
    /// The former holder can write no more. Whoever was named to follow does not where they have left the roster, or ties
    /// bind them to a party that came meanwhile.
    pub(crate) async fn fence_heard<M>(&self, heard: &Heard<M>, stored: Fence) -> Result<Reaction, Trouble> {
        let Some(mut before) = self.load(heard.case.into()).await? else { return Ok(Reaction::Nothing) };
        let (epoch, due) = (self.desk.epoch(), self.confirm_due(heard.stamp.now).await?);
        if let Some(named) = before.aside.successor.clone() {
            let room = self.directory.room(&heard.centre, named.as_str());
            let graph = self.graph(&heard.centre, [&named], [(before.case, &before.facts)]);
            let (room, graph) = tokio::try_join!(room, graph)?;
            let follows = room.standing.is_listed() && before.unbound(&named, &graph).is_ok();
            before.aside.successor = follows.then_some(named);
        }
        self.decided(heard, before, |noun, stamp| noun.fence_stored(stored, epoch, due, stamp.now))
    }

    /// Keeps who acts for these parties, and names those of them who have mediated the matter (L4 art. 16).
    pub(super) async fn told_of_parties<M>(
        &self,
        list: &mut WriteList,
        heard: &Heard<M>,
        noun: &Referral,
        parties: &[Party],
    ) -> Result<(), Fault> {
        ties::told(list, &heard.stamp, noun.case, parties);
        for (party, account) in self.former_who_act(&heard.centre, &[noun.case], parties).await? {
            wire::conflict::post_former(list, noun, party, account);
        }
        Ok(())
    }

    /// Two cases are one matter: who has mediated the one does not mediate the other, nor act in it for a party. Who acts already
    /// is named; the other case hears of the link itself.
    pub(crate) async fn one_matter_heard<M>(
        &self,
        heard: &Heard<M>,
        other: CaseId,
    ) -> Result<Reaction, Trouble> {
        let mut list = WriteList::new(&heard.stamp, Some(heard.case));
        ties::one_matter(&mut list, &heard.stamp, heard.case.into(), other);
        if let Some(noun) = self.load(heard.case.into()).await? {
            let parties = &noun.facts.parties;
            for (party, account) in self.former_who_act(&heard.centre, &[noun.case, other], parties).await? {
                wire::conflict::post_former(&mut list, &noun, party, account);
            }
        }
        Ok(Reaction::Write(list))
    }

    /// Keeps the facts of an open referral up to date. That is no step: its version stays, and nothing is said.
    pub(crate) async fn party_heard<M>(&self, heard: &Heard<M>, party: Party) -> Result<Reaction, Trouble> {
        let Some(before) = self.load(heard.case.into()).await? else { return Ok(Reaction::Nothing) };
        let (seq, parties) = (before.facts_seq, [party.clone()]);
        let came = before.newcomer(&party);
        let noun = before.with_party(party, heard.pub_seq);
        let guests = noun.guests();
        // Whoever sits at the table and is bound to who has come sits there no more (L4 art. 15).
        let table: Vec<AccountId> = noun.at_table().cloned().collect();
        if let Some(came) = came
            && !table.is_empty()
        {
            let graph = self.graph(&heard.centre, &table, [(noun.case, &came)]).await?;
            let left = noun.clone().bound_leave(&graph, &came, self.desk.epoch(), heard.stamp.now);
            if let Ok(Outcome::Changed(noun, events)) = left {
                let (noun, events) = noun.entailed(&guests, events);
                let mut list = self.step_with_facts(&heard.stamp, &noun, &events)?;
                self.told_of_parties(&mut list, heard, &noun, &parties).await?;
                return Ok(Reaction::Write(list));
            }
        }
        let mut list = WriteList::new(&heard.stamp, Some(heard.case));
        effects::write_facts(&mut list, &noun, seq);
        self.told_of_parties(&mut list, heard, &noun, &parties).await?;
        Ok(Reaction::Write(list))
    }

    /// Who acts for one of these parties although they have mediated one of these cases or its matter (L4 art. 16): party and account.
    async fn former_who_act(
        &self,
        centre: &str,
        cases: &[CaseId],
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
        let this: BTreeSet<String> = cases.iter().map(|case| Node::Matter(*case).text()).collect();
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
