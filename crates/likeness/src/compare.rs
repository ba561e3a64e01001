//! What is known of two disputes, weighed.
//!
//! Each piece of evidence that they are one has a weight; the score is the chance that not all of them are by accident, as though
//! they were independent. The weights are this project's own, set so that two equal sides are shown, equal words are shown, and
//! only both together, or nearly the same words, are called likely. A respondent who is provably somebody else takes two
//! fifths away: a bank sues many debtors in the same words.

use crate::Shingles;

/// From here on it is worth a clerk's look.
pub const SHOWN: f64 = 0.4;

/// From here on it is likely the same matter.
pub const LIKELY: f64 = 0.75;

const ONE_SIDE: f64 = 0.35;
const SWAPPED: f64 = 0.6;
const WORDS: f64 = 0.9;
const AMOUNT: f64 = 0.15;
const PERIOD: f64 = 0.05;
const SOMEBODY_ELSE: f64 = 0.6;

/// Only so much of a shortened text counts as of an equal one.
const SHORTENED: f64 = 0.85;
/// Less than this of the words is everybody's language.
const FEW_WORDS: f64 = 0.2;
/// Days between two that still are of one period.
const DAYS: i64 = 60;

/// Keyed digests of a person; what is not known is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Of the paper.
    pub paper: String,
    /// Of the phone.
    pub phone: String,
    /// Of the name.
    pub name: String,
}

/// What is known of a dispute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Who wants something.
    pub claimants: Vec<Person>,
    /// Of whom.
    pub respondents: Vec<Person>,
    /// What was told.
    pub words: Shingles,
    /// The amount in fen; 0 for none.
    pub amount: i64,
    /// The day it was told, counted from any day.
    pub day: i64,
}

/// Why two disputes may be one, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// A claimant is the same.
    SameClaimant,
    /// A respondent is the same.
    SameRespondent,
    /// Each side is the other's other side.
    SidesSwapped,
    /// The same words, to a share.
    SameWords,
    /// Told within sixty days.
    SamePeriod,
    /// About the same amount.
    SameAmount,
    /// The respondents are provably different persons.
    OtherRespondent,
}

/// A reason and how far it goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// Which.
    pub why: Why,
    /// 0 … 1: of words, the part that is the same; of persons, how surely they are.
    pub share: f64,
}

/// How like two disputes are.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    /// 0 … 1.
    pub score: f64,
    /// 0 … 1: the part of all words of both that is the same. A short guess that stands in a long story is little of it.
    pub whole: f64,
    /// Gravest first.
    pub reasons: Vec<Reason>,
}

/// How surely two are one person. The same phone with two papers is a family's, the same name with two papers is nothing.
fn same(one: &Person, other: &Person) -> f64 {
    let equal = |a: &str, b: &str| !a.is_empty() && a == b;
    let phones = equal(&one.phone, &other.phone);
    if !one.paper.is_empty() && !other.paper.is_empty() {
        return if one.paper == other.paper {
            1.0
        } else if phones {
            0.3
        } else {
            0.0
        };
    }
    match (phones, equal(&one.name, &other.name)) {
        (true, true) => 0.9,
        (true, false) => 0.7,
        (false, true) => 0.5,
        (false, false) => 0.0,
    }
}

fn side(one: &[Person], other: &[Person]) -> f64 {
    let pairs = one.iter().flat_map(|a| other.iter().map(|b| same(a, b)));
    pairs.fold(0.0, f64::max)
}

/// Every person of one side has a paper, and so has every one of the other.
fn papers(one: &[Person], other: &[Person]) -> bool {
    let all = |side: &[Person]| !side.is_empty() && side.iter().all(|person| !person.paper.is_empty());
    all(one) && all(other)
}

/// How like `one` and `other` are, and why. It has no direction.
pub fn compare(one: &Known, other: &Known) -> Likeness {
    let mut weighed: Vec<(f64, Reason)> = vec![];
    let mut add = |weight: f64, why, share: f64| weighed.push((weight, Reason { why, share }));
    let claimant = side(&one.claimants, &other.claimants);
    let respondent = side(&one.respondents, &other.respondents);
    let crossed = side(&one.claimants, &other.respondents).min(side(&one.respondents, &other.claimants));
    let swapped = crossed > 0.0 && crossed >= claimant.min(respondent);
    if swapped {
        add(SWAPPED * crossed, Why::SidesSwapped, crossed);
    }
    if claimant > 0.0 {
        add(ONE_SIDE * claimant, Why::SameClaimant, claimant);
    }
    if respondent > 0.0 {
        add(ONE_SIDE * respondent, Why::SameRespondent, respondent);
    }
    let whole = one.words.jaccard(&other.words);
    let words = whole.max(SHORTENED * one.words.contained(&other.words));
    if words >= FEW_WORDS {
        add(WORDS * words, Why::SameWords, words);
    }
    let something = !weighed.is_empty();
    let mut add = |weight: f64, why| weighed.push((weight, Reason { why, share: 1.0 }));
    if something && one.amount != 0 && one.amount == other.amount {
        add(AMOUNT, Why::SameAmount);
    }
    if something && (one.day - other.day).abs() <= DAYS {
        add(PERIOD, Why::SamePeriod);
    }
    let accident: f64 = weighed.iter().map(|(weight, _)| 1.0 - weight).product();
    let mut score = 1.0 - accident;
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut reasons: Vec<Reason> = weighed.into_iter().map(|(_, reason)| reason).collect();
    if something && !swapped && respondent <= 0.0 && papers(&one.respondents, &other.respondents) {
        score *= SOMEBODY_ELSE;
        reasons.push(Reason { why: Why::OtherRespondent, share: 1.0 });
    }
    Likeness { score, whole, reasons }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOLD: &str = "去年十月装修完工，尾款五万元一直不付。多次上门催要，对方总说没钱！";

    fn person(paper: &str, phone: &str, name: &str) -> Person {
        Person { paper: paper.into(), phone: phone.into(), name: name.into() }
    }

    fn known(claimant: Person, respondent: Person, told: &str) -> Known {
        let (claimants, respondents) = (vec![claimant], vec![respondent]);
        Known { claimants, respondents, words: Shingles::of(told), amount: 500, day: 0 }
    }

    fn whys(of: &Likeness) -> Vec<Why> {
        let mut whys: Vec<Why> = of.reasons.iter().map(|reason| reason.why).collect();
        whys.sort_unstable();
        whys
    }

    #[test]
    fn the_same_people_and_words_are_likely_one_and_each_reason_is_said() {
        let one = known(person("p1", "t1", "n1"), person("", "", "n2"), TOLD);
        let mut other = known(person("p1", "t9", "n1"), person("", "", "n2"), &TOLD[..60]);
        other.day = 30;
        let like = compare(&one, &other);
        assert!(like.score >= LIKELY, "{like:?}");
        assert_eq!(
            whys(&like),
            [Why::SameClaimant, Why::SameRespondent, Why::SameWords, Why::SamePeriod, Why::SameAmount]
        );
        assert_eq!(like.reasons[0].why, Why::SameWords);
    }

    #[test]
    fn both_sides_may_come_by_themselves() {
        let one = known(person("p1", "", "n1"), person("p2", "", "n2"), TOLD);
        let other =
            known(person("p2", "", "n2"), person("p1", "", "n1"), "我没有欠他钱，是他装修质量有问题要返工。");
        let like = compare(&one, &other);
        assert!(like.score >= SHOWN && like.reasons[0].why == Why::SidesSwapped, "{like:?}");
        assert!(!whys(&like).contains(&Why::OtherRespondent));
    }

    #[test]
    fn a_bank_with_a_template_is_not_one_dispute_with_many_debtors() {
        let one = known(person("bank", "", "bank"), person("p1", "", "n1"), TOLD);
        let other = known(person("bank", "", "bank"), person("p2", "", "n2"), TOLD);
        let like = compare(&one, &other);
        assert!(like.score < LIKELY && whys(&like).contains(&Why::OtherRespondent), "{like:?}");
    }

    #[test]
    fn one_side_alone_or_an_amount_alone_is_not_shown() {
        let one = known(person("p1", "", "n1"), person("p2", "", "n2"), TOLD);
        let mut other =
            known(person("p1", "", "n1"), person("p3", "", "n3"), "楼上漏水，把我家天花板都泡坏了。");
        other.amount = 7;
        assert!(compare(&one, &other).score < SHOWN);
        let stranger =
            known(person("p8", "", "n8"), person("p9", "", "n9"), "楼上漏水，把我家天花板都泡坏了。");
        let like = compare(&one, &stranger);
        assert_eq!((like.score, like.reasons.len()), (0.0, 0), "an equal amount alone is nothing");
    }

    #[test]
    fn a_paper_outweighs_a_name_and_a_phone() {
        assert_eq!(same(&person("p1", "t", "n"), &person("p2", "t", "n")).to_bits(), 0.3_f64.to_bits());
        assert_eq!(same(&person("p1", "", "n"), &person("p2", "", "n")).to_bits(), 0.0_f64.to_bits());
        assert!(same(&person("", "t", "n"), &person("p2", "t", "n")) > 0.8);
        assert_eq!(same(&Person::default(), &Person::default()).to_bits(), 0.0_f64.to_bits());
    }

    fn any_person() -> impl Strategy<Value = Person> {
        ("[ab]?", "[cd]?", "[ef]?").prop_map(|(paper, phone, name)| person(&paper, &phone, &name))
    }

    fn any_known() -> impl Strategy<Value = Known> {
        let people = || proptest::collection::vec(any_person(), 0..3);
        (people(), people(), "[甲乙丙，]{0,40}", 0..3_i64, 0..100_i64).prop_map(
            |(claimants, respondents, told, amount, day)| Known {
                claimants,
                respondents,
                words: Shingles::of(&told),
                amount,
                day,
            },
        )
    }

    proptest! {
        #[test]
        fn it_has_no_direction_and_is_a_chance(a in any_known(), b in any_known()) {
            let (there, back) = (compare(&a, &b), compare(&b, &a));
            prop_assert!((there.score - back.score).abs() < 1e-12);
            prop_assert_eq!(whys(&there), whys(&back));
            prop_assert!((0.0..1.0).contains(&there.score));
            prop_assert!(there.reasons.iter().all(|reason| (0.0..=1.0).contains(&reason.share)));
        }
    }
}
