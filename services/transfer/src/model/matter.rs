//! Whether two cases are about one matter, as far as this service can tell: the same people by their keyed digests, each known,
//! and the same cause. A suit on it ends a traffic or medical mediation wherever that runs (T43).

use lexicon::{CourtId, Outcome};
use rulebook::procedure;

use super::codes::{Kind, Stage};
use super::facts::{Elsewhere, Facts};
use super::package::sha256;
use super::thread::{News, Thread};

/// What equal matters share; nothing where somebody on either side is not known by a digest, or the cause is not.
pub fn of(facts: &Facts) -> Option<String> {
    let known = |party| facts.digests.get(&party).filter(|digest| !digest.is_empty()).map(String::as_str);
    let mut people: Vec<&str> = facts.required().map(known).collect::<Option<_>>()?;
    if people.len() < 2 || facts.cause.is_empty() {
        return None;
    }
    people.sort_unstable();
    Some(sha256(format!("{}|{}", facts.cause, people.join("|")).as_bytes()))
}

impl Thread {
    /// The court that has a suit about this case: that filed it, commissioned its mediation, or is known to the window. A matter that
    /// a court referred before filing is no suit yet, and enforcement is none.
    pub fn suing_at(&self) -> Option<&CourtId> {
        let sues = |kind, state: &str| kind != Kind::Enforcement && matches!(state, "FILED" | "OUTCOME");
        let own = self.filing.as_ref();
        let filed = own.filter(|filing| sues(filing.kind, filing.state.code()));
        // Of several filings an earlier one may be the suit.
        let beside = self.facts.filings.iter().filter(|one| own.is_none_or(|own| own.id != one.id));
        let earlier = beside.filter(|one| sues(one.kind, &one.state)).find_map(|one| one.court.as_ref());
        let commission = self.commission.as_ref();
        let commissioned = commission.filter(|one| one.content.referral.is_none() && one.case().is_some());
        let told = self.facts.suit.as_ref().filter(|suit| !suit.number.is_empty());
        let told = told.filter(|_| self.facts.track != "WP" && commission.is_none());
        let by_filing = filed.and_then(|filing| filing.state.court());
        by_filing.or(earlier).or(commissioned.map(|one| &one.court)).or(told.map(|suit| &suit.court))
    }

    /// Whether it would learn of a suit in another case (T43): the rule book lets the track end by it, somebody may still be
    /// mediating, and nobody has told it yet.
    pub fn may_learn(&self) -> bool {
        let mut rows = procedure::transitions().iter().filter(|row| row.verb == "EndForSuitElsewhere");
        let ends = rows.any(|row| row.is_of(&self.facts.track));
        let facts = &self.facts;
        let open = matches!(facts.stage, Stage::Unmediated | Stage::InMediation);
        let gone = facts.over || facts.demanded || facts.elsewhere.is_some();
        ends && open && !gone && self.suing_at().is_none()
    }

    /// A court has a suit about this matter in another case (T43): said once.
    pub fn sued_elsewhere(mut self, suit: Elsewhere) -> Outcome<Self, News> {
        if !self.may_learn() {
            return Outcome::AlreadySo(self);
        }
        self.facts.elsewhere = Some(suit);
        self.version += 1;
        Outcome::Changed(self, vec![News::SuitFound])
    }
}
