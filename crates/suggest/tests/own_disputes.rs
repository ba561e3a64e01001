//! The invented disputes of `tests/data` get the disposition, the category and the cause they were invented for.

use suggest::{Disposition, suggest};

/// Kind (the id after its number), disposition's short form, category, cause ("" where none is asked for).
const EXPECTED: [(&str, char, &str, &str); 30] = [
    ("loan", 'm', "loan_debt", "108.3"),
    ("wages", 'm', "labour", "205.5"),
    ("noise", 'm', "property_neighbour", "55.6"),
    ("divorce-property", 'm', "marriage_family", "15"),
    ("traffic", 'm', "traffic_accident", "411"),
    ("bank-card", 'm', "banking_insurance", "115.2"),
    ("insurance-refusal", 'm', "banking_insurance", "372.3"),
    ("medical", 'm', "medical", "413.1"),
    ("tenancy-deposit", 'm', "housing_tenancy", "116.2"),
    ("property-fee", 'm', "property_neighbour", "126"),
    ("training-refund", 'm', "consumer", "142.15"),
    ("contract", 'm', "contract", "119"),
    ("inheritance", 'm', "inheritance", "29"),
    ("fight-injury", 'm', "personal_injury_public_order", "1"),
    ("e-commerce", 'm', "consumer", "88.8"),
    ("construction-wages", 'm', "labour", "205.5"),
    ("fraud", 'n', "criminal_fraud", ""),
    ("administrative-penalty", 'n', "administrative", ""),
    ("too-little-1", 'a', "other_unclear", ""),
    ("too-little-2", 'a', "other_unclear", ""),
    ("dog-bite", 'm', "personal_injury_public_order", "419"),
    ("school-injury", 'm', "personal_injury_public_order", "408"),
    ("land-boundary", 'm', "property_neighbour", "68"),
    ("supplies", 'm', "contract", "88"),
    ("housekeeping", 'm', "consumer", "142.16"),
    ("online-tutor", 'm', "consumer", "142.15"),
    ("gym-card", 'm', "consumer", "142"),
    ("used-car", 'm', "consumer", "88"),
    ("renovation", 'm', "contract", "120.7"),
    ("company-share", 'm', "ip_company", "296"),
];

#[test]
fn each_is_seen_for_what_it_is() {
    let file = include_str!("../../../tests/data/disputes.jsonl");
    let mut wrong = Vec::new();
    let mut rows = 0;
    for (line, (kind, disposition, category, cause)) in file.lines().zip(EXPECTED) {
        rows += 1;
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(row["id"].as_str().unwrap().ends_with(kind), "{row}");
        let answer = suggest(row["text"].as_str().unwrap(), row["subject"].as_str());
        let given = match answer.disposition {
            Disposition::Mediable => 'm',
            Disposition::NotForAMediator => 'n',
            Disposition::AskBack => 'a',
        };
        let by_label = answer.categories.iter().map(|c| (c.label.code(), c.confidence)).collect::<Vec<_>>();
        let by_cause = answer.causes.iter().map(|c| (c.code, c.confidence)).collect::<Vec<_>>();
        let among = cause.is_empty() || answer.causes.iter().take(3).any(|c| c.code == cause);
        if (given, answer.categories[0].label.code()) != (disposition, category) || !among {
            wrong.push(format!("{kind}: {given} {by_label:?} {by_cause:?}"));
        }
    }
    assert_eq!(rows, 30);
    assert!(wrong.is_empty(), "{wrong:#?}");
}
