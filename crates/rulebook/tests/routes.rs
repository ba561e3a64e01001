//! Where cases are proposed to go, and that the table of rules is sound.

use lexicon::PartyKind;
use proptest::prelude::*;
use rulebook::routes::{Inputs, Need, propose, rules};
use rulebook::studio::StudioKind::{self, *};
use rulebook::{causes, sources, towns};

fn first(inputs: &Inputs<'_>) -> (StudioKind, &'static str) {
    let best = &propose(inputs)[0];
    (best.studio_kind, best.rule_id)
}

fn of_cause(cause: &str) -> (StudioKind, &'static str) {
    first(&Inputs { cause: Some(cause), ..Inputs::default() })
}

#[test]
fn the_cause_decides() {
    for (cause, kind, rule) in [
        ("14", Family, "family"),
        ("29", Family, "family"),
        ("P2", Family, "family"),
        ("413.1", Medical, "medical"),
        ("142.4", Medical, "medical"),
        ("142.15", Consumer, "consumer"),
        ("411.1", Traffic, "traffic"),
        ("205.5", Labour, "labour"),
        ("144", Labour, "labour"),
        ("214", Labour, "labour"),
        ("108.3", Court, "private-loan"),
        ("108.1", BankInsurance, "bank"),
        ("108.6", BankInsurance, "bank"),
        ("142.22", BankInsurance, "bank"),
        ("115.2", BankInsurance, "bank"),
        ("371.5", BankInsurance, "insurance"),
        ("340", BankInsurance, "securities"),
        ("126", Property, "property-service"),
        ("55", Justice, "neighbours"),
        ("65.2", Justice, "land-compensation"),
        ("1", Police, "injury-insult"),
        ("116.2", Justice, "housing"),
        ("116.3", Justice, "rest"),
        ("298", Court, "company"),
        ("150", Court, "intellectual-property"),
        ("120.3", Court, "trade"),
        ("448", Court, "special-procedure"),
        ("88", Court, "trade"),
        ("419", Justice, "rest"),
    ] {
        assert_eq!(of_cause(cause), (kind, rule), "{cause}");
    }
}

#[test]
fn facts_beside_the_cause_change_the_way() {
    let shop = [PartyKind::Person, PartyKind::SoleTrader];
    let traders = [PartyKind::SoleTrader, PartyKind::Organization];
    let sale = Inputs { cause: Some("88"), ..Inputs::default() };
    assert_eq!(first(&Inputs { parties: &shop, ..sale }).0, Consumer);
    assert_eq!(first(&Inputs { parties: &traders, ..sale }).0, Court);
    let guarantee = Inputs { cause: Some("109"), ..Inputs::default() };
    assert_eq!(first(&Inputs { parties: &traders, ..guarantee }), (BankInsurance, "lender-is-body"));
    assert_eq!(first(&Inputs { parties: &[PartyKind::Person; 2], ..guarantee }), (Court, "loan-security"));
    let noise = Inputs { cause: Some("55"), ..Inputs::default() };
    assert_eq!(first(&Inputs { police_involved: true, ..noise }), (Police, "nuisance-police"));
    assert_eq!(first(&Inputs { amount_fen: Some(50_000_000_000), ..noise }), (Court, "large-amount"));
    assert_eq!(first(&Inputs { amount_fen: Some(49_999_999_999), ..noise }), (Justice, "neighbours"));
    let hurt = Inputs { injury: true, police_involved: true, ..Inputs::default() };
    assert_eq!(first(&hurt), (Police, "injury-with-police"));
}

#[test]
fn every_category_has_a_way() {
    for (category, kind) in [
        ("marriage_family", Family),
        ("inheritance", Family),
        ("labour", Labour),
        ("traffic_accident", Traffic),
        ("loan_debt", Court),
        ("banking_insurance", BankInsurance),
        ("housing_tenancy", Justice),
        ("property_neighbour", Property),
        ("land_requisition", Justice),
        ("consumer", Consumer),
        ("contract", Court),
        ("medical", Medical),
        ("personal_injury_public_order", Police),
        ("criminal_fraud", Police),
        ("administrative", Justice),
        ("ip_company", Court),
        ("other_unclear", Justice),
    ] {
        assert_eq!(first(&Inputs { category: Some(category), ..Inputs::default() }).0, kind, "{category}");
        assert!(causes::category(category).is_some());
    }
    assert_eq!(causes::categories().len(), 17);
}

#[test]
fn the_cause_outranks_the_category_and_nothing_known_has_an_answer() {
    let both = Inputs { cause: Some("14"), category: Some("labour"), ..Inputs::default() };
    let kinds: Vec<_> = propose(&both).into_iter().map(|proposal| proposal.studio_kind).collect();
    assert_eq!(kinds, [Family, Court, Labour, Justice]);
    assert_eq!(first(&Inputs::default()), (Justice, "rest"));
    let unknown = Inputs { cause: Some("9999"), category: Some("nonsense"), ..Inputs::default() };
    assert_eq!(propose(&unknown).iter().map(|p| p.studio_kind).collect::<Vec<_>>(), [Justice, Court]);
}

#[test]
fn a_court_proposal_names_the_towns_court() {
    let loan = Inputs { cause: Some("108.3"), town: Some("442000118"), ..Inputs::default() };
    let ranked = propose(&loan);
    assert!(ranked[0].reason_zh.contains("中山市第二人民法院"));
    assert!(!ranked[1].reason_zh.contains("人民法院辖区"));
}

#[test]
fn the_table_is_sound() {
    for (index, rule) in rules().iter().enumerate() {
        assert!(sources::of(&rule.source).count() >= 1, "{}", rule.id);
        for id in rule.source.split(';').filter_map(|part| part.split_whitespace().next()) {
            assert!(sources::by_id(id).is_some(), "{} cites {id}", rule.id);
        }
        assert_ne!(rule.first, rule.second, "{}", rule.id);
        assert!(rule.reason_en.is_ascii() && !rule.reason_zh.is_ascii(), "{}", rule.id);
        assert!(rules()[..index].iter().all(|before| before.id != rule.id), "{} twice", rule.id);
        for set in &rule.causes {
            assert!(causes::all().iter().any(|cause| set.holds(cause)), "{} {set:?} holds nothing", rule.id);
        }
        for label in &rule.categories {
            assert!(causes::category(label).is_some(), "{} {label}", rule.id);
        }
        let is_last = index + 1 == rules().len();
        assert_eq!(rule.needs == [Need::Always], is_last, "{}", rule.id);
    }
}

/// A rule nobody can reach is a mistake in the order.
#[test]
fn every_rule_can_come_first() {
    let parties: [&[PartyKind]; 3] = [
        &[],
        &[PartyKind::Person, PartyKind::Organization],
        &[PartyKind::Organization, PartyKind::SoleTrader],
    ];
    let mut unseen: Vec<&str> = rules().iter().map(|rule| rule.id.as_str()).collect();
    let codes = causes::all().iter().map(|cause| Some(cause.code.as_str())).chain([None]);
    for cause in codes {
        for category in causes::categories().iter().map(|c| c.label.as_str()) {
            for (parties, trouble) in parties.iter().flat_map(|p| [(p, false), (p, true)]) {
                let amount_fen = (trouble && cause.is_none()).then_some(90_000_000_000);
                let inputs = Inputs {
                    cause,
                    category: Some(category),
                    parties,
                    injury: trouble,
                    police_involved: trouble,
                    amount_fen: amount_fen.filter(|_| parties.is_empty()),
                    ..Inputs::default()
                };
                let (_, rule) = first(&inputs);
                unseen.retain(|id| *id != rule);
            }
        }
    }
    assert_eq!(unseen, Vec::<&str>::new());
}

proptest! {
    #[test]
    fn a_proposal_is_never_empty_and_names_each_kind_once(
        cause in proptest::option::of(0..causes::all().len()),
        category in proptest::option::of(0..17_usize),
        town in proptest::option::of(0..23_usize),
        amount_fen in proptest::option::of(any::<i64>()),
        parties in proptest::collection::vec(proptest::sample::select(PartyKind::ALL), 0..4),
        injury: bool, police_involved: bool,
    ) {
        let inputs = Inputs {
            cause: cause.map(|i| causes::all()[i].code.as_str()),
            category: category.map(|i| causes::categories()[i].label.as_str()),
            town: town.map(|i| towns::all()[i].code.as_str()),
            amount_fen, parties: &parties, injury, police_involved,
        };
        let ranked = propose(&inputs);
        let kinds: std::collections::HashSet<_> = ranked.iter().map(|proposal| proposal.studio_kind).collect();
        prop_assert!(!ranked.is_empty() && kinds.len() == ranked.len());
        prop_assert!(kinds.contains(&Justice) && kinds.contains(&Court));
    }
}
