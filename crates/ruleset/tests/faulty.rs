//! Sets that must not be used: each planted fault is found, and the rule named. The files under `faulty/` are the shipped set
//! with one thing made wrong, written as a patch: the lines after `-` are taken out, those after `+` put in their place.

use ruleset::{Fault, RuleSet, SHIPPED, shipped};

/// The shipped set with a patch, which must find its place.
fn patched(patch: &str) -> String {
    let part = |mark: char| -> String {
        let lines = patch.lines().filter_map(|line| line.strip_prefix(mark));
        lines.fold(String::new(), |text, line| text + line + "\n")
    };
    let (out, put) = (part('-'), part('+'));
    assert_eq!(SHIPPED.matches(&out).count(), 1, "the patch has its one place:\n{out}");
    SHIPPED.replacen(&out, &put, 1)
}

fn refused(patch: &str) -> Vec<Fault> {
    RuleSet::read(&patched(patch)).expect_err("the set is refused")
}

fn told(faults: &[Fault]) -> Vec<(&'static str, &str)> {
    faults.iter().map(|fault| (fault.code(), fault.rule())).collect()
}

#[test]
fn an_unreachable_rule_is_refused_by_name() {
    let faults = refused(include_str!("faulty/unreachable.patch"));
    assert_eq!(told(&faults), [("UNREACHABLE", "school")]);
    assert!(faults[0].to_string().contains("outranked by school-first"), "{}", faults[0]);
    let faults = refused(include_str!("faulty/unreachable_by_many.patch"));
    assert_eq!(
        told(&faults),
        [("UNREACHABLE", "injury-with-police")],
        "no single rule covers it, two together do"
    );
    let faults = refused(include_str!("faulty/nothing_passes.patch"));
    assert_eq!(told(&faults), [("UNREACHABLE", "large-amount")]);
    assert!(faults[0].to_string().contains("amount_from"), "{}", faults[0]);
}

#[test]
fn an_overlap_without_priority_is_refused_by_name() {
    let faults = refused(include_str!("faulty/overlap.patch"));
    assert_eq!(told(&faults), [("OVERLAP", "trade")]);
    let Fault::Overlap { other, .. } = &faults[0] else { panic!("an overlap") };
    assert_eq!(other, "consumer-sale");
}

#[test]
fn a_cause_without_even_a_group_rule_is_refused_by_name() {
    let faults = refused(include_str!("faulty/uncovered.patch"));
    assert_eq!(told(&faults), [("UNCOVERED", "P35")]);
    assert!(faults[0].to_string().contains("and"), "{}", faults[0]);
    let faults = refused(include_str!("faulty/no_last_rule.patch"));
    assert_eq!(told(&faults), [("NO_LAST_RULE", "")]);
}

#[test]
fn a_way_between_studios_without_a_state_map_is_refused_by_name() {
    let faults = refused(include_str!("faulty/no_state_map.patch"));
    assert_eq!(told(&faults), [("NO_STATE_MAP", "family-violence")]);
    assert!(faults[0].to_string().contains("FAMILY to POLICE"), "{}", faults[0]);
    let faults = refused(include_str!("faulty/two_maps.patch"));
    assert_eq!(told(&faults), [("NO_STATE_MAP", "family-violence")]);
    assert!(faults[0].to_string().contains("two maps"), "{}", faults[0]);
    let faults = refused(include_str!("faulty/half_a_map.patch"));
    let all: Vec<_> = told(&faults);
    assert_eq!(all, [("NO_STATE_MAP", "traffic"), ("NO_STATE_MAP", "c-traffic")]);
    let words = faults[0].to_string();
    assert!(
        words.contains("CONFIRMED is missing") && words.contains("ASSIGNED cannot become POOL"),
        "{words}"
    );
}

#[test]
fn words_that_do_not_exist_are_refused_by_name() {
    for (from, to, code, rule) in [
        ("causes = [\"408\"]", "causes = [\"9999\"]", "UNKNOWN_WORD", "school"),
        ("categories = [\"labour\"]", "categories = [\"work\"]", "UNKNOWN_WORD", "c-labour"),
        ("ground = \"R04\"", "ground = \"R99\"", "UNKNOWN_WORD", "special-procedure"),
        ("ground = \"R04\"", "ground = \"R04\"\nfirst = \"COURT\"", "NO_ANSWER", "special-procedure"),
        ("id = \"school\"", "id = \"traffic\"", "NAME_TWICE", "traffic"),
        ("first = \"TRAFFIC\"", "first = \"RIVER\"", "UNREADABLE", ""),
        ("violence = true", "violent = true", "UNREADABLE", ""),
        ("id = \"school\"", "id = \"override\"", "UNFIT", "override"),
        ("id = \"school\"", "id = \"\"", "UNFIT", ""),
        ("id = \"school\"", "id = \"School\"", "UNFIT", "School"),
        ("amount_from = 50000000000", "amount_below = 0", "UNFIT", "large-amount"),
        ("amount_from = 50000000000", "amount_below = -9223372036854775808", "UNFIT", "large-amount"),
        ("source = \"P22\"", "source = \"\"", "UNFIT", "large-amount"),
        ("version = \"2026.2\"", "version = \"\"", "FOREIGN", ""),
        ("format = 1", "format = 2", "FOREIGN", ""),
        ("causes = \"2025\"", "causes = \"2020\"", "FOREIGN", ""),
    ] {
        let text = SHIPPED.replacen(from, to, 1);
        assert_ne!(text, SHIPPED, "{from}");
        let faults = RuleSet::read(&text).expect_err(to);
        assert_eq!(told(&faults), [(code, rule)], "{to}: {faults:?}");
        for fault in &faults {
            assert!(!fault.chinese().is_ascii() && !fault.to_string().is_empty());
        }
    }
    let long = format!("id = \"{}\"", "x".repeat(20_000));
    let faults = RuleSet::read(&SHIPPED.replacen("id = \"school\"", &long, 1)).expect_err("a name of 20 kB");
    assert_eq!((faults[0].code(), faults[0].rule().len()), ("UNFIT", 64), "and it is not told whole");
    let story =
        RuleSet::read("{\"id\":\"7\",\"text\":\"王五欠我三万元\"}").expect_err("a file of another kind");
    assert!(
        !story[0].to_string().contains("王五") && story[0].to_string().contains("line 1"),
        "{}",
        story[0]
    );
    let knot = |n: usize| {
        let flag = |bit: usize| n >> bit & 1 == 1;
        format!(
            "[[rule]]\nid = \"knot-{n}\"\npriority = {}\namount_from = {}\ninjury = {}\nminors = {}\n\
             from = \"20{:02}-0{}-01\"\nfirst = \"COURT\"\nsecond = \"JUSTICE\"\nreason_zh = \"结\"\n\
             reason_en = \"Knot.\"\nverified = false\nsource = \"D2\"\n",
            10_000 - n,
            1_000 - n,
            flag(0),
            flag(1),
            90 - n / 9,
            1 + n % 9
        )
    };
    let knots: Vec<String> = (0..400).map(knot).collect();
    let knot = knots.concat();
    let tangled = RuleSet::read(&format!("{SHIPPED}\n{knot}")).unwrap_err();
    assert!(tangled.iter().any(|fault| fault.code() == "TOO_LARGE"), "{} faults", tangled.len());
    let long = format!("{SHIPPED}\n# {}", "x".repeat(ruleset::LONGEST));
    assert_eq!(told(&RuleSet::read(&long).unwrap_err()), [("TOO_LARGE", "")]);
    assert_eq!(RuleSet::read(SHIPPED).as_ref(), Ok(shipped()), "and the shipped set is sound");
}
