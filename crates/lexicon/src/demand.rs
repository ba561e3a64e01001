//! What a demand for the court means, for every service alike.
//!
//! - **Who demands.** A party, by one word of its own; intake announces each with `CourtDemanded`, and the version of the case in
//!   which it does is the demand's number: a later word has a higher one, whosever it is.
//! - **What takes it back.** The party's own word at the transfer desk, before anything was submitted (T58). Transfer says
//!   `DemandTakenBack` while another party's demand keeps the filing, and `FilingWithdrawn` with the last. The window's acceptance
//!   takes back whatever was left of before.
//! - **What ends it.** Transfer says `DemandAnswered` as soon as nothing of it is on its way any more: a court has filed or refused
//!   it, the body that comes first has taken it, declined it or been silent, the court that commissioned was told, or the court had
//!   the suit all along. What the party says afterwards is another demand.
//! - **What such news has heard.** Each of the three names the last demand that transfer knew. It is nothing to a later one, which is
//!   on its way there: that stands, and transfer opens what it leads to.
//!
//! So topics may overtake one another: whoever keeps these three numbers, and compares, comes to the same in any order.

use serde::{Deserialize, Serialize};

/// The demands for the court in one case, by their numbers. What is 0 has not been.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Demands {
    /// The last that was said.
    pub said: u64,
    /// All up to this one are taken back.
    pub taken_back: u64,
    /// All up to this one have been answered.
    pub answered: u64,
}

impl Demands {
    /// A demand was said.
    pub fn say(&mut self, number: u64) {
        self.said = self.said.max(number);
    }

    /// All up to this one are taken back; one of before names none, and means all that were said.
    pub fn take_back(&mut self, up_to: Option<u64>) {
        self.taken_back = self.taken_back.max(up_to.unwrap_or(self.said));
    }

    /// All up to this one are answered; one of before names none, and means all that were said.
    pub fn answer(&mut self, up_to: Option<u64>) {
        self.answered = self.answered.max(up_to.unwrap_or(self.said));
    }

    /// Whether this one is neither taken back nor answered.
    pub const fn leaves(&self, number: u64) -> bool {
        number > self.taken_back && number > self.answered
    }

    /// Whether any demand stands.
    pub const fn stands(&self) -> bool {
        self.leaves(self.said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_of_an_earlier_demand_is_nothing_to_a_later_one() {
        let mut one = Demands::default();
        assert!(!one.stands());
        one.say(3);
        one.say(7);
        one.take_back(Some(3));
        assert!(one.stands() && !one.leaves(3));
        one.answer(Some(7));
        assert!(!one.stands());
        one.say(9);
        assert!(one.stands());
        // One of before names none.
        one.take_back(None);
        assert!(!one.stands());
    }

    #[test]
    fn the_order_in_which_the_topics_are_heard_is_nothing() {
        let (mut early, mut late) = (Demands::default(), Demands::default());
        early.say(4);
        early.take_back(Some(4));
        late.take_back(Some(4));
        late.say(4);
        assert_eq!(early, late);
        assert!(!late.stands());
    }
}
