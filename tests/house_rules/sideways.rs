//! Calls go down, news goes sideways: the few calls from service to service are listed here, and no other exists.

use std::collections::BTreeSet;

use crate::complaints::Complaints;
use crate::contract::{Contract, contract};
use crate::lexer::places_of;
use crate::tree::{Source, sources};

/// Who calls which method of whom. Two are read-only and answer from the allow-list of what a court may see; the third files
/// what a court commissioned, from a tick, under the commission's own id.
const ALLOWED: [(&str, &str, &str); 3] = [
    ("transfer", "IntakeService", "ReadForFiling"),
    ("transfer", "MediationService", "ReadForFiling"),
    ("transfer", "IntakeService", "FileDispute"),
];

/// `ReadForFiling` → `read_for_filing`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (at, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// Every use of a generated client below the command line. A client whose method cannot be told is `?`.
fn calls(sources: &[Source], contract: &Contract) -> Vec<(String, String, String, String, usize)> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| !source.test_only) {
        let home = source.home();
        if home == "services/supermarket" || !(home.starts_with("services/") || home.starts_with("crates/")) {
            continue;
        }
        let name = home.rsplit('/').next().unwrap_or_default();
        for service in &contract.services {
            let (kind, module) =
                (format!("{}Client", service.name), format!("{}_client", snake(&service.name)));
            let named = source.code.iter().find(|token| token.is(&kind) || token.is(&module));
            let Some(named) = named else { continue };
            let methods = service.methods.iter().filter(|method| {
                let snake = snake(&method.name);
                places_of(&source.code, &[".", &snake, "("]).next().is_some()
                    || places_of(&source.code, &[&kind, "::", &snake]).next().is_some()
            });
            let mut methods: Vec<&str> = methods.map(|method| method.name.as_str()).collect();
            if methods.is_empty() {
                methods.push("?");
            }
            found.extend(methods.into_iter().map(|method| {
                (name.to_owned(), service.name.clone(), method.to_owned(), source.path.clone(), named.line)
            }));
        }
    }
    found
}

fn unlisted(sources: &[Source], contract: &Contract) -> Complaints {
    let mut complaints = Complaints::default();
    for (from, service, method, path, line) in calls(sources, contract) {
        if !ALLOWED.contains(&(from.as_str(), service.as_str(), method.as_str())) {
            complaints.at(path, line, format!("{from} calls {service}/{method}"));
        }
    }
    complaints
}

#[test]
fn the_calls_that_go_sideways_are_exactly_these() {
    let found = calls(sources(), contract());
    let mut complaints = unlisted(sources(), contract());
    let listed: BTreeSet<_> =
        found.iter().map(|(a, b, c, ..)| (a.as_str(), b.as_str(), c.as_str())).collect();
    for (from, service, method) in ALLOWED.iter().filter(|allowed| !listed.contains(allowed)) {
        complaints.about(
            "tests/house_rules/sideways.rs",
            format!("nobody makes the call {from} → {service}/{method}"),
        );
    }
    complaints.or_do(
        "let an event carry what is needed; a new sideways call is a decision of DESIGN 3, and one that is gone leaves this list",
    );
}

#[test]
fn planted_sideways_calls_are_found() {
    let at = |path: &str, text: &str| vec![Source::new(path, text)];
    let read = "use c::intake_service_client::IntakeServiceClient;\nfn f() { IntakeServiceClient::new(x).read_for_filing(y) }";
    let write = "fn f() { IntakeServiceClient::new(x).read_for_filing(y); c.accept_dispute(z) }";
    for (path, text, found) in [
        ("services/transfer/src/gather.rs", read, 0),
        ("services/routing/src/gather.rs", read, 1),
        ("services/transfer/src/gather.rs", write, 1),
        ("services/transfer/src/gather.rs", "use contracts::routing::v1::routing_service_client as r;", 1),
        ("crates/chassis/src/a.rs", "fn f(c: LedgerServiceClient<C>) {}", 1),
        ("services/supermarket/src/demo.rs", write, 0),
    ] {
        assert_eq!(unlisted(&at(path, text), contract()).count(), found, "{path}: {text}");
    }
}
