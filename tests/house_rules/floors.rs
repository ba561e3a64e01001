//! The dependency law: a crate leans only on the floors below it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use crate::complaints::Complaints;
use crate::lexer::places_of;
use crate::tree::{Source, closing, root, sources};

const SERVICES: [&str; 6] = ["intake", "routing", "mediation", "transfer", "oversight", "reception"];

/// What each crate may build on, of ours. A service may use everything below the services.
const FLOORS: [(&str, &[&str]); 11] = [
    ("lexicon", &[]),
    ("rulebook", &["lexicon"]),
    ("suggest", &["lexicon", "rulebook"]),
    ("ruleset", &["lexicon", "rulebook"]),
    ("likeness", &["lexicon", "rulebook", "suggest"]),
    ("contracts", &["lexicon"]),
    ("courier", &["lexicon", "contracts"]),
    ("almanac", &["lexicon", "rulebook", "contracts", "courier"]),
    ("access", &["lexicon", "contracts", "courier"]),
    ("chassis", &["lexicon", "contracts", "courier", "access"]),
    ("migrations", &[]),
];

/// The crates that must stay free of waiting, storing and wiring, also by way of others.
const PURE: [&str; 5] = ["lexicon", "rulebook", "suggest", "ruleset", "likeness"];
const IMPURE: [&str; 16] = [
    "tokio",
    "async-std",
    "smol",
    "futures",
    "futures-util",
    "async-trait",
    "sea-orm",
    "sea-query",
    "sqlx",
    "sqlx-core",
    "rusqlite",
    "libsqlite3-sys",
    "tonic",
    "prost",
    "hyper",
    "async-nats",
];

/// The workspace as this machine builds it: what only another platform needs is left out.
fn metadata() -> Metadata {
    let rustc = Command::new("rustc").arg("-vV").output().expect("rustc tells its host");
    let told = String::from_utf8(rustc.stdout).expect("rustc speaks UTF-8");
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc tells its host");
    let options = ["--filter-platform", host].map(str::to_owned);
    let read = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).other_options(options).exec();
    read.expect("cargo metadata reads the workspace")
}

/// A crate of ours, and which of ours it names.
struct Edge {
    from: String,
    to: String,
    dev: bool,
}

fn edges(metadata: &Metadata) -> Vec<Edge> {
    let ours: BTreeSet<&str> = metadata.workspace_packages().iter().map(|p| p.name.as_str()).collect();
    let mut edges = Vec::new();
    for package in metadata.workspace_packages() {
        let named = package.dependencies.iter().filter(|dependency| ours.contains(dependency.name.as_str()));
        edges.extend(named.map(|dependency| Edge {
            from: package.name.to_string(),
            to: dependency.name.clone(),
            dev: dependency.kind == DependencyKind::Development,
        }));
    }
    edges
}

/// Whether the law lets `from` name `to`. Tests may also set up tables, and a crate may name itself to add features.
fn lawful(from: &str, to: &str, dev: bool) -> bool {
    let floor = |name: &str| FLOORS.iter().find(|(known, _)| *known == name).map(|(_, below)| *below);
    if dev && (to == "migrations" || to == from) {
        return true;
    }
    match from {
        "tests" => to != "tests",
        "supermarket" => to != "tests" && to != "supermarket",
        service if SERVICES.contains(&service) => floor(to).is_some(),
        other => floor(other).is_some_and(|below| below.contains(&to)),
    }
}

fn unlawful(edges: &[Edge]) -> Complaints {
    let mut complaints = Complaints::default();
    for Edge { from, to, dev } in edges.iter().filter(|edge| !lawful(&edge.from, &edge.to, edge.dev)) {
        complaints.about(from, format!("names {to}{}", if *dev { " (for its tests)" } else { "" }));
    }
    complaints
}

#[test]
fn a_crate_leans_only_on_the_floors_below_it() {
    unlawful(&edges(&metadata())).or_do(
        "take what you need from a lower floor, or by an event; a service never names another service's crate, and only \
         services/supermarket and tests name services (HOUSE: lexicon < rulebook < suggest < likeness; rulebook < ruleset; lexicon < contracts < courier \
         < almanac, access < chassis < services < supermarket < tests)",
    );
}

fn homeless<'a>(crates: impl Iterator<Item = &'a str>) -> Complaints {
    let mut complaints = Complaints::default();
    for name in crates {
        let known = FLOORS.iter().any(|(floor, _)| *floor == name) || SERVICES.contains(&name);
        if !known && !["supermarket", "tests"].contains(&name) {
            complaints.about(name, "stands on no floor");
        }
    }
    complaints
}

#[test]
fn every_crate_has_a_floor() {
    homeless(metadata().workspace_packages().iter().map(|package| package.name.as_str())).or_do(
        "write in tests/house_rules/floors.rs what the new crate may build on, and its line in the README",
    );
}

#[test]
fn the_pure_crates_neither_wait_nor_store_nor_wire() {
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().expect("cargo metadata resolves");
    let names: BTreeMap<_, _> = metadata.packages.iter().map(|p| (&p.id, p.name.as_str())).collect();
    let mut complaints = Complaints::default();
    for pure in
        metadata.workspace_packages().into_iter().filter(|package| PURE.contains(&package.name.as_str()))
    {
        let (mut seen, mut next) = (BTreeSet::new(), vec![&pure.id]);
        while let Some(id) = next.pop() {
            let node = resolve.nodes.iter().find(|node| node.id == *id).expect("every package is resolved");
            let normal = |dep: &&cargo_metadata::NodeDep| {
                dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal)
            };
            next.extend(node.deps.iter().filter(normal).map(|dep| &dep.pkg).filter(|id| seen.insert(*id)));
        }
        for id in seen {
            if IMPURE.contains(&names[id]) {
                complaints.about(&pure.name, format!("reaches {}", names[id]));
            }
        }
    }
    complaints.or_do(
        "keep lexicon, rulebook, suggest, ruleset and likeness pure: what waits, stores or wires belongs to a higher floor",
    );
}

fn databases<'a>(dependencies: impl Iterator<Item = &'a str>) -> Complaints {
    let mut complaints = Complaints::default();
    for name in dependencies.filter(|name| ["sea-orm", "sqlx", "migrations"].contains(name)) {
        complaints.about("reception", format!("names {name}"));
    }
    complaints
}

#[test]
fn reception_has_no_database() {
    let metadata = metadata();
    let reception =
        metadata.workspace_packages().into_iter().find(|package| package.name.as_str() == "reception");
    let reception = reception.expect("services/reception is a member");
    databases(reception.dependencies.iter().map(|dependency| dependency.name.as_str()))
        .or_do("reception only passes calls on; what must be kept belongs to a service that owns a noun");
}

/// The names of ours that a file of courier takes from the contract.
fn contract_modules(source: &Source) -> Vec<(usize, String)> {
    let code = &source.code;
    let mut found = Vec::new();
    for at in places_of(code, &["contracts", "::"]) {
        let after = at + 2;
        if !code.get(after).is_some_and(|token| token.is("{")) {
            found.extend(code.get(after).map(|token| (token.line, token.text.clone())));
            continue;
        }
        let end = closing(code, after).unwrap_or(code.len());
        let mut depth = 0_usize;
        for (place, token) in code.iter().enumerate().take(end).skip(after) {
            if token.is("{") {
                depth += 1;
            } else if token.is("}") {
                depth -= 1;
            } else if depth == 1 && (code[place - 1].is("{") || code[place - 1].is(",")) {
                found.push((token.line, token.text.clone()));
            }
        }
    }
    found
}

fn meddling(sources: &[Source]) -> Complaints {
    let mut complaints = Complaints::default();
    for source in sources.iter().filter(|source| source.home() == "crates/courier") {
        for (line, module) in contract_modules(source) {
            if SERVICES.contains(&module.as_str()) || module == "access" || module == "policy" {
                complaints.at(&source.path, line, format!("contracts::{module}"));
            }
        }
    }
    complaints
}

#[test]
fn courier_knows_no_contract_but_its_own() {
    meddling(sources())
        .or_do("courier carries any message that knows its name; what a message means is the service's");
}

#[test]
fn planted_offences_against_the_floors_are_found() {
    let edge = |from: &str, to: &str, dev| Edge { from: from.to_owned(), to: to.to_owned(), dev };
    let planted = [
        edge("transfer", "intake", false),
        edge("transfer", "intake", true),
        edge("lexicon", "rulebook", false),
        edge("courier", "access", false),
        edge("chassis", "supermarket", false),
        edge("access", "migrations", false),
        edge("newcomer", "lexicon", false),
    ];
    assert_eq!(unlawful(&planted).count(), planted.len());
    let sound = [
        edge("transfer", "chassis", false),
        edge("courier", "migrations", true),
        edge("tests", "intake", false),
    ];
    assert_eq!(unlawful(&sound).count(), 0);

    assert_eq!(homeless(["lexicon", "intake", "tests", "newcomer"].into_iter()).count(), 1);
    assert_eq!(databases(["tonic", "sea-orm"].into_iter()).count(), 1);

    let text = "//! x\nuse contracts::{courier::v1 as own, intake::v1::{DisputeFiled, routing}};\nfn f(_: contracts::policy::Role) {}\n";
    assert_eq!(meddling(&[Source::new("crates/courier/src/a.rs", text)]).count(), 2);
    assert_eq!(meddling(&[Source::new("crates/access/src/a.rs", text)]).count(), 0);
}
