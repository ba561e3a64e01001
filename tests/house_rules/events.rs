//! Who says an event and who hears it: the contract's words against the code's.

use std::collections::BTreeSet;

use crate::complaints::Complaints;
use crate::contract::{Contract, Described, contract, without_asides};
use crate::lexer::places_of;
use crate::tree::{Source, sources};

const SERVICES: [&str; 5] = ["intake", "routing", "mediation", "transfer", "oversight"];

/// The service that a file belongs to, if it belongs to one.
fn service(source: &Source) -> Option<&str> {
    source.home().strip_prefix("services/")
}

/// Whether a file that posts letters builds this message: `Name {`, but not `Event::Name {`, which is the model's.
fn builds(source: &Source, event: &str) -> bool {
    let code = &source.code;
    let posts = places_of(code, &[".", "post", "("]).next().is_some();
    let built = [event, "{"];
    let mut made = places_of(code, &built).filter(|at| {
        let model = *at > 1 && code[at - 1].is("::") && code[at - 2].is("Event");
        let defined = *at > 0 && (code[at - 1].is("struct") || code[at - 1].is("enum"));
        !model && !defined
    });
    posts && made.next().is_some()
}

/// Whether the service reacts to this message.
fn hears(source: &Source, event: &str) -> bool {
    source.is_in("reactions") && source.code.iter().any(|token| token.is(event))
}

fn misposted(contract: &Contract, sources: &[Source]) -> Complaints {
    let mut complaints = Complaints::default();
    for event in &contract.events {
        let speakers = sources.iter().filter(|source| builds(source, &event.name)).filter_map(service);
        let speakers: BTreeSet<&str> = speakers.collect();
        if !speakers.contains(event.context.as_str()) {
            complaints.at(
                &event.file,
                event.line,
                format!("{} is never posted by {}", event.name, event.context),
            );
        }
        for stranger in speakers.iter().filter(|name| **name != event.context) {
            complaints.at(&event.file, event.line, format!("{} is posted by {stranger}", event.name));
        }
    }
    complaints
}

#[test]
fn every_event_is_posted_by_its_own_service_and_by_no_other() {
    assert!(contract().events.len() > 20, "the compiled contract has lost its events");
    misposted(contract(), sources()).or_do(
        "post the event where the model says that it happened, or take it out of the contract; another service's news is \
         not yours to tell",
    );
}

/// The services that the contract says hear an event; `access` for "by all for access".
fn promised(event: &Described) -> BTreeSet<String> {
    let comment = without_asides(&event.comment);
    let Some(at) = comment.find("Heard by") else { return BTreeSet::new() };
    let sentence = &comment[at..];
    let sentence = &sentence[..sentence.find(". ").unwrap_or(sentence.len())];
    let words = sentence.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| SERVICES.contains(word) || *word == "access").map(str::to_owned).collect()
}

fn unheard(contract: &Contract, sources: &[Source]) -> Complaints {
    let mut complaints = Complaints::default();
    for event in &contract.events {
        let hearers = sources.iter().filter(|source| hears(source, &event.name)).filter_map(service);
        let mut hearers: BTreeSet<&str> = hearers.filter(|name| *name != event.context).collect();
        let fed = |source: &&Source| source.home() == "crates/access" && source.is_in("relation");
        if sources.iter().filter(fed).flat_map(|source| &source.code).any(|token| token.is(&event.name)) {
            hearers.insert("access");
        }
        if hearers.is_empty() && !event.comment.contains("Heard by nobody") {
            complaints.at(&event.file, event.line, format!("nobody hears {}", event.name));
        }
        for missing in promised(event).iter().filter(|name| !hearers.contains(name.as_str())) {
            complaints.at(
                &event.file,
                event.line,
                format!("{} is said to be heard by {missing}, and is not", event.name),
            );
        }
    }
    complaints
}

#[test]
fn every_event_is_heard_by_those_whom_the_contract_names() {
    unheard(contract(), sources()).or_do(
        "react to it in reactions.rs, or correct `Heard by …` in events.proto (`Heard by nobody yet: why` where that is meant)",
    );
}

/// Names that two contexts use for different events: they could not be told apart in a docket, nor here.
fn ambiguous(contract: &Contract) -> Complaints {
    let mut complaints = Complaints::default();
    for (at, event) in contract.events.iter().enumerate() {
        if contract.events[..at].iter().any(|other| other.name == event.name) {
            complaints.at(&event.file, event.line, format!("{} is also another context's event", event.name));
        }
    }
    complaints
}

#[test]
fn no_two_events_have_the_same_name() {
    ambiguous(contract()).or_do("say what happened in the words of the context that says it");
}

#[test]
fn planted_offences_in_events_are_found() {
    let event = |name: &str, comment: &str| Described {
        name: name.to_owned(),
        context: "intake".to_owned(),
        comment: comment.to_owned(),
        file: "proto/a.proto".to_owned(),
        line: 7,
    };
    let of = |events| Contract { services: vec![], events };
    let said = |path: &str, text: &str| Source::new(path, text);
    let sources = [
        said(
            "services/intake/src/wire.rs",
            "fn f() { match e { Event::Told { .. } => list.post(c, v, &proto::Filed {}) } }",
        ),
        said("services/intake/src/model.rs", "fn f() { Silent {} }"),
        said("services/routing/src/wire.rs", "fn f() { list.post(c, v, &Stolen {}); }"),
        said("services/routing/src/reactions.rs", "fn r() { x.on(|e: Heard<intake::Filed>| y) }"),
    ];
    assert_eq!(misposted(&of(vec![event("Filed", "")]), &sources).count(), 0);
    assert_eq!(misposted(&of(vec![event("Told", ""), event("Silent", "")]), &sources).count(), 2);
    assert_eq!(misposted(&of(vec![event("Stolen", "")]), &sources).count(), 2);
    let heard = |comment: &str| unheard(&of(vec![event("Filed", comment)]), &sources).count();
    assert_eq!((heard("Heard by routing (S02)."), heard("Heard by routing and oversight.")), (0, 1));
    assert_eq!(heard("Heard by all for access. Said by mediation."), 1);
    assert_eq!(unheard(&of(vec![event("Lost", "")]), &sources).count(), 1);
    assert_eq!(unheard(&of(vec![event("Lost", "Heard by nobody yet.")]), &sources).count(), 0);
    assert_eq!(ambiguous(&of(vec![event("A", ""), event("A", "")])).count(), 1);
}
