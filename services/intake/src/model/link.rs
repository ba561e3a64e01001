//! What a person says of two disputes, and how two drafts become one.
//!
//! A link is said of both sides at once and seen from each in its own words. Of two drafts of one organisation one goes on with
//! everything that either knew; the other keeps only where it went.

use chrono::{DateTime, Utc};
use lexicon::{CaseId, Outcome, PartyId};

use super::{Dispute, Event, Guardian, Party, Record, Refusal, Sheet, State, Words};

/// So many a case may have.
pub const MOST_LINKS: usize = 100;

/// What a dispute may hold, as the contract says.
const MOST_PARTIES: usize = 100;
const LONGEST_TEXT: usize = 20_000;
const LONGEST_CLAIMS: usize = 5_000;
const LONGEST_NOTES: usize = 20_000;
const LONGEST_ACCOUNT: usize = 2_000;

codes! {
    /// What one dispute is to another.
    LinkKind {
        /// Of one matter, neighbourhood or time.
        Related = "RELATED";
        /// The same matter, and the other one goes on.
        DuplicateOf = "DUPLICATE_OF";
        /// The same matter, and this one goes on.
        HasDuplicate = "HAS_DUPLICATE";
        /// A draft whose content went into the other.
        MergedInto = "MERGED_INTO";
        /// A draft that took up the other's content.
        MergedFrom = "MERGED_FROM";
    }
}

impl LinkKind {
    /// The same, seen from the other side.
    #[must_use]
    pub const fn reversed(self) -> LinkKind {
        match self {
            LinkKind::Related => LinkKind::Related,
            LinkKind::DuplicateOf => LinkKind::HasDuplicate,
            LinkKind::HasDuplicate => LinkKind::DuplicateOf,
            LinkKind::MergedInto => LinkKind::MergedFrom,
            LinkKind::MergedFrom => LinkKind::MergedInto,
        }
    }
}

/// A link as one side sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The other side.
    pub other: CaseId,
    /// What this one is to it.
    pub kind: LinkKind,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// Two disputes after a step that changed both: the first event is the first one's, the second the other's.
pub type Both = Outcome<(Dispute, Dispute), Event>;

/// Says what `one` is to `other`; `before` is what was said already. A relation may become a duplicate, nothing else changes.
/// Drafts are merged instead.
pub fn link(
    one: Dispute,
    other: Dispute,
    before: Option<LinkKind>,
    kind: LinkKind,
    at: DateTime<Utc>,
) -> Result<Both, Refusal> {
    for side in [&one, &other] {
        if side.submitted_at.is_none() {
            return Err(Refusal::StillADraft(side.standing()));
        }
    }
    match before {
        Some(before) if before == kind => return Ok(Outcome::AlreadySo((one, other))),
        None | Some(LinkKind::Related) => {}
        Some(_) => return Err(Refusal::LinkedOtherwise(one.standing())),
    }
    let (here, there) = (one.origin.case, other.origin.case);
    let (said, answered) = (Event::Linked(there, kind), Event::Linked(here, kind.reversed()));
    let one = one.changed(at, said).into_noun();
    let other = other.changed(at, answered).into_noun();
    Ok(Outcome::Changed((one, other), vec![said, answered]))
}

/// DRAFT and DRAFT → DRAFT and MERGED.
pub fn merge(
    mut kept: Dispute,
    mut gone: Dispute,
    at: DateTime<Utc>,
    mut new_id: impl FnMut() -> PartyId,
) -> Result<Both, Refusal> {
    let into = kept.origin.case;
    if gone.state == (State::Merged { into }) {
        return Ok(Outcome::AlreadySo((kept, gone)));
    }
    for side in [&kept, &gone] {
        if side.state != State::Draft {
            return Err(Refusal::NotADraft(side.standing()));
        }
    }
    // A filing is on its way under the other's name.
    if gone.demand.is_some() {
        return Err(Refusal::CourtDemanded(gone.standing()));
    }
    // Where they differ nothing is lost, and a person sorts it out. It is no part of the story: that goes to courts.
    kept.entry.noted.append(&mut gone.entry.noted);
    let (here, there) = (kept.sheet, std::mem::take(&mut gone.sheet));
    kept.sheet = together(here, there, &mut kept.entry.noted, &mut new_id);
    let (here, there) = (kept.entry.record, std::mem::take(&mut gone.entry.record));
    kept.entry.record = recorded(here, there, &mut kept.entry.noted);
    let Sheet { words, parties, .. } = &kept.sheet;
    let long = |text: &str, most| text.chars().count() > most;
    let notes: usize = kept.entry.noted.iter().map(|note| note.chars().count()).sum();
    if notes > LONGEST_NOTES
        || parties.len() > MOST_PARTIES
        || long(&words.text, LONGEST_TEXT)
        || long(&words.claims, LONGEST_CLAIMS)
        || long(&kept.entry.record.account, LONGEST_ACCOUNT)
    {
        return Err(Refusal::MergedTooLarge(kept.standing()));
    }
    gone.state = State::Merged { into };
    let (saved, merged) = (Event::DraftSaved, Event::Merged(into));
    let kept = kept.changed(at, saved).into_noun();
    let gone = gone.changed(at, merged).into_noun();
    Ok(Outcome::Changed((kept, gone), vec![saved, merged]))
}

impl Dispute {
    /// DRAFT → REMOVED: nobody has filed it in its time (S01), and what was typed is not kept any longer. Of another save than
    /// the last, or where a party has demanded the court of it: already so.
    pub fn forget(mut self, generation: u64, at: DateTime<Utc>) -> Outcome<Dispute, Event> {
        if self.state != State::Draft || self.demand.is_some() || self.saved != generation {
            return Outcome::AlreadySo(self);
        }
        self.sheet = Sheet::default();
        self.entry.noted.clear();
        self.entry.record = Record::default();
        self.state = State::Removed;
        self.changed(at, Event::Removed)
    }
}

/// Everything that either says; what the other says otherwise is noted.
fn together(
    kept: Sheet,
    other: Sheet,
    noted: &mut Vec<String>,
    new_id: &mut impl FnMut() -> PartyId,
) -> Sheet {
    let amount = if kept.amount == lexicon::Fen::ZERO { other.amount } else { kept.amount };
    if other.amount != lexicon::Fen::ZERO && other.amount != amount {
        noted.push(format!("争议金额{}分", other.amount.get()));
    }
    let town = one_of(kept.town, other.town, "镇街代码", noted);
    let cause = one_of(kept.cause, other.cause, "案由代码", noted);
    let mut parties = kept.parties;
    // Two of one draft are two people, whatever they are called: each meets one of the other's at most.
    let mut unmet: Vec<usize> = (0..parties.len()).collect();
    for party in other.parties {
        match unmet.iter().position(|at| is_same(&parties[*at], &party)) {
            Some(place) => {
                let known = &mut parties[unmet.remove(place)];
                *known = person(known.clone(), party, noted);
            }
            None => parties.push(Party { id: new_id(), ..party }),
        }
    }
    let subject = one_of(kept.words.subject, other.words.subject, "标题", noted);
    let text = longer(kept.words.text, other.words.text);
    let words = Words { subject, text, claims: longer(kept.words.claims, other.words.claims) };
    Sheet { words, amount, town, cause, parties }
}

/// What either channel has recorded; what the other says otherwise is noted.
fn recorded(kept: Record, mut other: Record, noted: &mut Vec<String>) -> Record {
    let account = longer(kept.account.clone(), std::mem::take(&mut other.account));
    for (what, own, its) in [
        ("来文编号", &kept.document_number, &other.document_number),
        ("工作站编号", &kept.station, &other.station),
        ("办理地点", &kept.place, &other.place),
    ] {
        one_of(own.clone(), its.clone(), what, noted);
    }
    Record { account, ..kept.filled(other) }
}

/// One of them where they say the same or only one says anything; otherwise the first, and the other is noted.
fn one_of(kept: String, other: String, what: &str, noted: &mut Vec<String>) -> String {
    if kept.is_empty() {
        return other;
    }
    if !other.is_empty() && other != kept {
        noted.push(format!("{what}：{other}"));
    }
    kept
}

/// Both texts; one alone where it holds the other.
fn longer(kept: String, other: String) -> String {
    if kept.contains(&other) {
        kept
    } else if other.contains(&kept) {
        other
    } else {
        format!("{kept}\n\n{other}")
    }
}

/// The same side, and the same paper; without papers on both, the same name.
fn is_same(known: &Party, other: &Party) -> bool {
    let number = |party: &Party| {
        party
            .paper
            .as_ref()
            .filter(|paper| !paper.number.is_empty())
            .map(|paper| (paper.kind, paper.number.clone()))
    };
    let sides = known.role.is_none() || other.role.is_none() || known.role == other.role;
    sides
        && match (number(known), number(other)) {
            (Some(one), Some(two)) => one == two,
            _ => !known.name.is_empty() && known.name == other.name,
        }
}

/// A party by what two drafts know of it.
fn person(kept: Party, other: Party, noted: &mut Vec<String>) -> Party {
    let of = |what: &str| format!("{}的{what}", if kept.name.is_empty() { &other.name } else { &kept.name });
    let (phone, address, service) = (of("电话"), of("地址"), of("送达地址"));
    if let (Some(kind), Some(its)) = (kept.kind, other.kind)
        && kind != its
    {
        noted.push(format!("{}：{its}", of("主体类型")));
    }
    if let (Some(guardian), Some(its)) = (&kept.guardian, &other.guardian)
        && guardian != its
    {
        let Guardian { name, phone, relation } = its;
        noted.push(format!("{}：{name}，{phone}，{relation}", of("法定代理人")));
    }
    let mut representatives = kept.representatives;
    let more = other.representatives.into_iter().filter(|one| !representatives.contains(one));
    let more: Vec<_> = more.collect();
    representatives.extend(more);
    Party {
        id: kept.id,
        role: kept.role.or(other.role),
        kind: kept.kind.or(other.kind),
        name: one_of(kept.name, other.name, "当事人姓名", noted),
        paper: kept.paper.filter(|paper| !paper.number.is_empty()).or(other.paper),
        phone: one_of(kept.phone, other.phone, &phone, noted),
        address: one_of(kept.address, other.address, &address, noted),
        town: one_of(kept.town, other.town, "当事人镇街代码", noted),
        service_address: one_of(kept.service_address, other.service_address, &service, noted),
        representatives,
        guardian: kept.guardian.or(other.guardian),
        elected_for: one_of(kept.elected_for, other.elected_for, "推选其为代表的群体", noted),
        member_of: one_of(kept.member_of, other.member_of, "所属群体", noted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Channel, Origin, Paper};
    use lexicon::identity::PaperKind;
    use lexicon::{Fen, PartyRole};

    fn id(n: u128) -> PartyId {
        uuid::Uuid::from_u128(n).into()
    }

    fn party(name: &str, paper: &str, role: PartyRole) -> Party {
        let paper = (!paper.is_empty()).then(|| Paper { kind: PaperKind::Passport, number: paper.into() });
        Party {
            id: id(1),
            role: Some(role),
            kind: None,
            name: name.into(),
            paper,
            phone: String::new(),
            address: String::new(),
            town: String::new(),
            service_address: String::new(),
            representatives: vec![],
            guardian: None,
            elected_for: String::new(),
            member_of: String::new(),
        }
    }

    fn draft(n: u128, text: &str, parties: Vec<Party>) -> Dispute {
        let case = CaseId::from(uuid::Uuid::from_u128(n));
        let origin = Origin { case, centre: "442000".into(), first_receiver: "window-1".into() };
        let words = Words { text: text.into(), ..Words::default() };
        let sheet = Sheet { words, parties, ..Sheet::default() };
        Dispute::draft(origin, Channel::Window, sheet, DateTime::UNIX_EPOCH)
    }

    fn merged(kept: Dispute, gone: Dispute) -> (Dispute, Dispute) {
        merge(kept, gone, DateTime::UNIX_EPOCH, || id(99)).unwrap().into_noun()
    }

    #[test]
    fn nothing_that_either_knew_is_lost_and_the_other_keeps_only_where_it_went() {
        let mut kept = draft(1, "尾款不付。", vec![party("甲", "E1", PartyRole::Claimant)]);
        kept.sheet.amount = Fen::new(100).unwrap();
        let mut again = party("甲甲", "E1", PartyRole::Claimant);
        again.phone = "13900000000".into();
        let mut gone = draft(2, "合同在微信里。", vec![again, party("乙", "", PartyRole::Respondent)]);
        gone.sheet.amount = Fen::new(200).unwrap();
        gone.sheet.town = "442000001".into();
        let (kept, gone) = merged(kept, gone);
        let sheet = &kept.sheet;
        assert_eq!(sheet.words.text, "尾款不付。\n\n合同在微信里。");
        assert_eq!(kept.entry.noted, ["争议金额200分", "当事人姓名：甲甲"]);
        assert_eq!((sheet.amount.get(), sheet.town.as_str()), (100, "442000001"));
        let known: Vec<(&str, &str, PartyId)> =
            sheet.parties.iter().map(|one| (one.name.as_str(), one.phone.as_str(), one.id)).collect();
        assert_eq!(known, [("甲", "13900000000", id(1)), ("乙", "", id(99))]);
        assert_eq!(gone.sheet, Sheet::default());
        assert_eq!(gone.state, State::Merged { into: kept.origin.case });
        // Again it is already so, and the other way round it is no draft.
        let again = merge(kept.clone(), gone.clone(), DateTime::UNIX_EPOCH, || id(7)).unwrap();
        assert!(!again.is_changed());
        assert!(merge(gone, kept, DateTime::UNIX_EPOCH, || id(7)).is_err());
    }

    #[test]
    fn namesakes_stay_two_and_what_is_said_otherwise_of_a_person_is_noted() {
        let guarded = |name: &str, by: &str| Party {
            guardian: Some(Guardian { name: by.into(), phone: String::new(), relation: "父".into() }),
            ..party(name, "", PartyRole::Respondent)
        };
        let (namesake, with_paper) =
            (party("张伟", "", PartyRole::Respondent), party("张伟", "E2", PartyRole::Respondent));
        let gone = draft(2, "", vec![namesake, with_paper, guarded("小李", "老李")]);
        let (kept, _) = merged(draft(1, "", vec![guarded("小李", "大李")]), gone);
        let names: Vec<&str> = kept.sheet.parties.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["小李", "张伟", "张伟"]);
        assert_eq!(kept.entry.noted, ["小李的法定代理人：老李，，父"]);
        assert!(kept.sheet.words.text.is_empty());
    }

    #[test]
    fn a_text_within_the_other_is_not_said_twice() {
        let (kept, _) = merged(draft(1, "不付。", vec![]), draft(2, "尾款不付。催过。", vec![]));
        assert_eq!(kept.sheet.words.text, "尾款不付。催过。");
    }

    #[test]
    fn a_draft_is_forgotten_once_and_only_as_it_was_when_its_time_began() {
        let saved = draft(1, "尾款不付。", vec![party("甲", "E1", PartyRole::Claimant)]);
        assert!(!saved.clone().forget(7, DateTime::UNIX_EPOCH).is_changed(), "another save's");
        let gone = saved.forget(1, DateTime::UNIX_EPOCH).into_noun();
        assert_eq!((&gone.state, &gone.sheet), (&State::Removed, &Sheet::default()));
        assert!(!gone.forget(2, DateTime::UNIX_EPOCH).is_changed());
    }

    #[test]
    fn a_link_is_said_of_both_and_only_a_relation_changes() {
        let at = DateTime::UNIX_EPOCH;
        let filed = |n| Dispute {
            submitted_at: Some(at),
            state: State::Submitted { corrected: false },
            ..draft(n, "", vec![])
        };
        let say = |before, kind| link(filed(1), filed(2), before, kind, at);
        let Outcome::Changed((one, other), events) = say(None, LinkKind::DuplicateOf).unwrap() else {
            panic!("nothing was said")
        };
        assert_eq!((one.version, other.version), (2, 2));
        let (here, there) = (one.origin.case, other.origin.case);
        assert_eq!(
            events,
            [Event::Linked(there, LinkKind::DuplicateOf), Event::Linked(here, LinkKind::HasDuplicate)]
        );
        assert!(say(Some(LinkKind::Related), LinkKind::DuplicateOf).unwrap().is_changed());
        assert!(!say(Some(LinkKind::DuplicateOf), LinkKind::DuplicateOf).unwrap().is_changed());
        for said in [LinkKind::DuplicateOf, LinkKind::HasDuplicate] {
            assert!(say(Some(said), LinkKind::Related).is_err(), "{said:?}");
        }
        assert!(
            link(draft(1, "", vec![]), filed(2), None, LinkKind::Related, at).is_err(),
            "drafts are merged"
        );
        for kind in LinkKind::ALL {
            assert_eq!(kind.reversed().reversed(), *kind);
        }
    }
}
