//! The set that every centre begins with: what it says of known causes, and that its words exist.

mod cases;

use cases::{hall, nothing_known, of_cause};
use lexicon::PartyKind::{self, Organization, Person, SoleTrader};
use rulebook::studio::StudioKind::{self, *};
use rulebook::{causes, sources};
use ruleset::{Answer, First, Inputs, Institution, Language, PriorBody, RuleSet, SHIPPED, Studio, shipped};

/// The kind of the first studio, or the ground, and the rule that decides.
fn first(inputs: &Inputs) -> (String, String) {
    let decision = shipped().decide(inputs);
    let rule = decision.rule().to_owned();
    match decision.first {
        First::Studio(_) => (decision.ranked[0].kind.code().to_owned(), rule),
        other => (other.name().to_owned(), rule),
    }
}

fn sides(claimant: PartyKind, respondent: PartyKind, inputs: Inputs) -> Inputs {
    Inputs { claimants: [claimant].into(), respondents: [respondent].into(), ..inputs }
}

#[test]
fn the_cause_decides_and_inherits_its_groups_rule() {
    for (cause, kind, rule) in [
        ("14", "FAMILY", "family"),
        ("29", "FAMILY", "family"),
        ("P2", "FAMILY", "family"),
        ("413.1", "MEDICAL", "medical"),
        ("142.4", "MEDICAL", "medical"),
        ("142.15", "CONSUMER", "consumer"),
        ("411.1", "TRAFFIC", "traffic"),
        ("205.5", "LABOUR", "labour"),
        ("144", "LABOUR", "work-beside-labour-law"),
        ("214", "LABOUR", "work-in-new-forms"),
        ("108.3", "COURT", "private-loan"),
        ("371.5", "BANK_INSURANCE", "insurance"),
        ("340", "BANK_INSURANCE", "securities"),
        ("125.1", "BANK_INSURANCE", "entrusted-finance"),
        ("126", "PROPERTY", "property-service"),
        ("55", "JUSTICE", "neighbours"),
        ("65.2", "JUSTICE", "land-compensation"),
        ("1", "POLICE", "injury-insult"),
        ("2", "JUSTICE", "personality"),
        ("298", "COURT", "company"),
        ("150", "COURT", "intellectual-property"),
        ("120.3", "COURT", "trade"),
        ("88", "COURT", "trade"),
        ("127", "JUSTICE", "contracts"),
        ("419", "JUSTICE", "torts"),
        ("", "JUSTICE", "rest"),
    ] {
        assert_eq!(first(&of_cause(cause)), (kind.to_owned(), rule.to_owned()), "{cause}");
    }
}

#[test]
fn the_bank_row_reads_as_the_issue_says_and_housing_goes_to_property_and_justice() {
    let bank = [
        "108.1", "108.2", "108.4", "108.5", "108.6", "109", "110", "111", "113", "114", "115", "117", "118",
        "142.22",
    ];
    for cause in causes::all() {
        let code = cause.code.as_str();
        let third = code.split('.').next().unwrap_or_default();
        let (_, rule) = first(&of_cause(code));
        let in_row = bank.contains(&code) || (third != "108" && bank.contains(&third));
        assert_eq!(rule == "bank", in_row, "{code} {rule}");
        let of_homes = ["95", "96", "97", "116", "128"].contains(&third);
        assert_eq!(rule == "housing", of_homes, "{code} {rule}");
        let group: u32 = cause.group.trim_start_matches('P').parse().unwrap();
        assert_eq!(first(&of_cause(code)).0 == "R04", group >= 36, "{code}");
    }
    let kinds = |code: &str| -> Vec<StudioKind> {
        shipped().decide(&of_cause(code)).ranked.iter().map(|one| one.kind).take(2).collect()
    };
    assert_eq!(kinds("116.2"), [Property, Justice]);
    assert_eq!(kinds("419"), [Justice, Court]);
    assert_eq!(kinds(""), [Justice, Court], "the last rule");
    assert!(
        shipped().decide(&of_cause("448")).ranked.is_empty(),
        "no studio mediates what is not for a mediator"
    );
}

#[test]
fn facts_beside_the_cause_change_the_way() {
    let kind = |inputs: &Inputs| first(inputs).0;
    assert_eq!(kind(&sides(Person, SoleTrader, of_cause("88"))), "CONSUMER");
    assert_eq!(kind(&sides(SoleTrader, Organization, of_cause("88"))), "COURT");
    assert_eq!(first(&sides(Organization, Person, of_cause("108"))).1, "lender-is-body");
    assert_eq!(first(&sides(Person, Person, of_cause("108"))).1, "loan");
    let recourse = Inputs { institution: Institution::Insurer, ..of_cause("147") };
    assert_eq!(first(&recourse), ("BANK_INSURANCE".to_owned(), "financial-institution".to_owned()));
    assert_eq!(kind(&Inputs { police: true, ..of_cause("55") }), "POLICE");
    assert_eq!(kind(&Inputs { prior_body: PriorBody::Village, ..of_cause("55") }), "COURT");
    assert_eq!(kind(&Inputs { amount_fen: 50_000_000_000, ..of_cause("55") }), "COURT");
    assert_eq!(kind(&Inputs { amount_fen: 49_999_999_999, ..of_cause("55") }), "JUSTICE");
    assert_eq!(kind(&Inputs { injury: true, police: true, ..nothing_known() }), "POLICE");
    let hurt = |cause: &str| kind(&Inputs { injury: true, police: true, ..of_cause(cause) });
    assert_eq!(
        [hurt("419"), hurt("2"), hurt("413"), hurt("14")],
        ["POLICE", "POLICE", "MEDICAL", "FAMILY"],
        "beside a rule of the cause itself the situation is silent"
    );
    let patent = Inputs { amount_fen: 60_000_000_000, ..of_cause("150") };
    assert_eq!(first(&patent).1, "intellectual-property", "its level is not a matter of the amount (P22)");
    let violent = shipped().decide(&Inputs { violence: true, ..of_cause("14") });
    assert_eq!((violent.ranked[0].kind, violent.ranked[1].kind), (Family, Police));
    let wish = Inputs { wish: Some(Court), ..of_cause("14") };
    assert_eq!(first(&wish), ("COURT".to_owned(), "family".to_owned()), "it is ranked anyway");
    assert_eq!(kind(&Inputs { wish: Some(Medical), ..of_cause("14") }), "FAMILY", "it is not ranked");
    let both = Inputs { category: "labour".to_owned(), ..of_cause("14") };
    let kinds: Vec<_> = shipped().decide(&both).ranked.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [Family, Court, Labour, Justice], "the cause outranks the category");
}

#[test]
fn a_set_may_ask_for_the_day_the_town_the_language_and_the_wish_as_well() {
    let conditions = "causes = [\"408\"]\nfrom = \"2026-09-01\"\nto = \"2027-01-31\"\ntowns = [\"442000001\", \"442000118\"]\n\
                      languages = [\"CANTONESE\"]\nwishes = [\"JUSTICE\"]\nminors = true\namount_below = 100";
    let set = RuleSet::read(&SHIPPED.replacen("causes = [\"408\"]", conditions, 1)).unwrap();
    let inside = Inputs {
        date: "2027-01-31".parse().unwrap(),
        town: "442000118".to_owned(),
        language: Language::Cantonese,
        wish: Some(Justice),
        minors: true,
        amount_fen: 99,
        ..of_cause("408")
    };
    let speaks = |inputs: &Inputs| set.decide(inputs).fired[0] == "school";
    assert!(speaks(&inside));
    assert!(speaks(&Inputs { date: "2026-09-01".parse().unwrap(), ..inside.clone() }));
    for outside in [
        Inputs { date: "2026-08-31".parse().unwrap(), ..inside.clone() },
        Inputs { date: "2027-02-01".parse().unwrap(), ..inside.clone() },
        Inputs { town: "442000002".to_owned(), ..inside.clone() },
        Inputs { language: Language::Mandarin, ..inside.clone() },
        Inputs { wish: Some(Court), ..inside.clone() },
        Inputs { minors: false, ..inside.clone() },
        Inputs { amount_fen: 100, ..inside.clone() },
        Inputs { cause: "409".to_owned(), ..inside.clone() },
    ] {
        assert!(!speaks(&outside), "{outside:?}");
    }
}

#[test]
fn every_category_has_a_way() {
    for (category, ground) in [("criminal_fraud", "R06"), ("administrative", "R01")] {
        let inputs = Inputs { category: category.to_owned(), ..nothing_known() };
        assert_eq!(first(&inputs).0, ground, "{category}: as the words themselves are answered");
        let civil = Inputs { cause: "14".to_owned(), ..inputs };
        assert_eq!(first(&civil).0, "FAMILY", "a clerk's cause outranks it");
    }
    for (category, kind) in [
        ("marriage_family", Family),
        ("inheritance", Family),
        ("labour", Labour),
        ("traffic_accident", Traffic),
        ("loan_debt", Court),
        ("banking_insurance", BankInsurance),
        ("housing_tenancy", Property),
        ("property_neighbour", Property),
        ("land_requisition", Justice),
        ("consumer", Consumer),
        ("contract", Court),
        ("medical", Medical),
        ("personal_injury_public_order", Police),
        ("ip_company", Court),
        ("other_unclear", Justice),
    ] {
        let inputs = Inputs { category: category.to_owned(), ..nothing_known() };
        assert_eq!(first(&inputs).0, kind.code(), "{category}");
    }
}

#[test]
fn who_is_free_and_has_least_to_do_comes_first() {
    let family =
        |id: &str, load, on_duty| Studio { id: id.to_owned(), kind: Family, load, capacity: 10, on_duty };
    let ranked = |studios: Vec<Studio>| -> Vec<String> {
        let all = studios.into_iter().chain(hall().into_iter().filter(|one| one.kind == Court)).collect();
        let inputs = Inputs { studios: all, ..of_cause("14") };
        shipped().decide(&inputs).ranked.into_iter().map(|one| one.studio).collect()
    };
    assert_eq!(ranked(vec![family("a", 5, true), family("b", 2, true)]), ["b", "a", "studio-court"]);
    assert_eq!(ranked(vec![family("a", 25, true), family("b", 2, false)]), ["studio-court", "b", "a"]);
    assert_eq!(ranked(vec![]), ["studio-court"], "kinds without a studio are passed over");
    let only = Inputs { studios: vec![Studio { kind: Medical, ..family("m", 0, true) }], ..of_cause("14") };
    let alone = shipped().decide(&only);
    assert_eq!(alone.first, First::Studio("m".to_owned()), "the hall's only studio");
    let (zh, en) = shipped().reason(&alone.ranked[0].rule, Medical, "");
    assert!(zh.contains("没有规则所指类型") && en.contains("no studio of the kinds"), "{zh} {en}");
    assert_eq!(shipped().decide(&Inputs { studios: vec![], ..only }).first, First::Nowhere);

    let two = Inputs { studios: vec![family("a", 5, true), family("b", 2, true)], ..of_cause("14") };
    let decision = shipped().decide(&two);
    assert!(shipped().is_equal_first(&two, &decision, "a") && shipped().is_equal_first(&two, &decision, "b"));
    let full = Inputs { studios: vec![family("a", 10, true), family("b", 2, true)], ..two };
    let decision = shipped().decide(&full);
    assert!(!shipped().is_equal_first(&full, &decision, "a"), "it has no room");
}

#[test]
fn every_rule_has_its_source_and_its_words() {
    for rule in &shipped().rules {
        let written = &rule.written;
        assert!(sources::of(&written.source).count() >= 1, "{}", written.id);
        for id in written.source.split(';').filter_map(|part| part.split_whitespace().next()) {
            assert!(sources::by_id(id).is_some(), "{} cites {id}", written.id);
        }
        assert!(written.reason_en.is_ascii() && !written.reason_zh.is_ascii(), "{}", written.id);
        if let Answer::Studios { first, .. } = rule.answer {
            let (zh, en) = shipped().reason(&written.id, first, "442000118");
            assert_eq!(zh.contains("中山市第二人民法院"), first == Court, "{}", written.id);
            assert!(en.starts_with(&written.reason_en));
        }
    }
    assert_eq!(shipped().digest.len(), 64);
}
