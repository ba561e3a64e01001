//! The contract as it was compiled, comments included, and whether it tells the truth about the code.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use prost::Message as _;
use prost_types::{FileDescriptorProto, FileDescriptorSet};

use crate::complaints::Complaints;
use crate::lexer::{Kind, places_of};
use crate::tree::{Source, sources};

/// Our part of the compiled contract.
#[derive(Debug, Default)]
pub struct Contract {
    /// Every service.
    pub services: Vec<Service>,
    /// Every message that is no part of another, of every `events.proto`.
    pub events: Vec<Described>,
}

/// A service.
#[derive(Debug)]
pub struct Service {
    /// `IntakeService`.
    pub name: String,
    /// Its rpcs.
    pub methods: Vec<Described>,
}

/// An rpc or an event, and what the contract says of it.
#[derive(Debug, Clone)]
pub struct Described {
    /// `FileDispute`, `DisputeFiled`.
    pub name: String,
    /// `intake`.
    pub context: String,
    /// The comment above it, on one line.
    pub comment: String,
    /// Where it stands.
    pub file: String,
    /// Counted from one.
    pub line: usize,
}

/// The contract.
pub fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(|| {
        let set = FileDescriptorSet::decode(contracts::DESCRIPTOR).expect("the compiled contract decodes");
        read(&set.file)
    })
}

fn read(files: &[FileDescriptorProto]) -> Contract {
    let ours = || files.iter().filter(|file| file.package().starts_with("supermarket."));
    let parts: BTreeSet<&str> = ours()
        .flat_map(|file| &file.message_type)
        .flat_map(|message| &message.field)
        .filter_map(|field| field.type_name.as_deref())
        .collect();
    let mut contract = Contract::default();
    for file in ours() {
        for (at, service) in file.service.iter().enumerate() {
            let methods = service.method.iter().enumerate();
            let methods = methods
                .map(|(m, method)| described(file, method.name(), &[6, at as i32, 2, m as i32]))
                .collect();
            contract.services.push(Service { name: service.name().to_owned(), methods });
        }
        for (at, message) in
            file.message_type.iter().enumerate().filter(|_| file.name().ends_with("/events.proto"))
        {
            if !parts.contains(format!(".{}.{}", file.package(), message.name()).as_str()) {
                contract.events.push(described(file, message.name(), &[4, at as i32]));
            }
        }
    }
    contract
}

fn described(file: &FileDescriptorProto, name: &str, path: &[i32]) -> Described {
    let places = file.source_code_info.as_ref().map(|info| info.location.as_slice()).unwrap_or_default();
    let place = places.iter().find(|place| place.path == path);
    let comment =
        place.map(|place| place.leading_comments().split_whitespace().collect::<Vec<_>>().join(" "));
    Described {
        name: name.to_owned(),
        context: file.package().split('.').nth(1).unwrap_or_default().to_owned(),
        comment: comment.unwrap_or_default(),
        file: format!("proto/{}", file.name()),
        line: place.and_then(|place| place.span.first()).map_or(0, |line| *line as usize + 1),
    }
}

/// `SUCH_A_WORD`.
fn is_code(word: &str) -> bool {
    word.len() > 2
        && word.starts_with(|letter: char| letter.is_ascii_uppercase())
        && word.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
}

/// The text without what stands in brackets.
pub fn without_asides(text: &str) -> String {
    let mut depth = 0_usize;
    let keep = |letter: &char| {
        depth = if *letter == '(' { depth + 1 } else { depth };
        let outside = depth == 0;
        depth = if *letter == ')' { depth.saturating_sub(1) } else { depth };
        outside
    };
    text.chars().filter(keep).collect()
}

/// The reasons that a comment names after "Refused": until the sentence ends, without the asides. In "Refused with
/// UNAUTHENTICATED, reason X" the first word is the status, not a reason.
pub fn refusals(comment: &str) -> Vec<String> {
    let comment = without_asides(comment);
    let mut found = Vec::new();
    for (at, _) in comment.match_indices("Refused") {
        let sentence = &comment[at..];
        let sentence = &sentence[..sentence.find(". ").unwrap_or(sentence.len())];
        let words: Vec<&str> =
            sentence.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let reasons = words
            .iter()
            .enumerate()
            .filter(|(at, word)| is_code(word) && words[at.saturating_sub(1)] != "with");
        found.extend(reasons.map(|(_, word)| (*word).to_owned()));
    }
    found
}

/// The crate that answers a service's calls.
fn home_of<'a>(service: &str, sources: &'a [Source]) -> Option<&'a str> {
    sources
        .iter()
        .find(|source| places_of(&source.code, &[service, "for"]).next().is_some())
        .map(Source::home)
}

/// Whether the service's own crate says this code, as a string or by a constant of that name, or a floor below it does
/// for every service (courier's and chassis' own refusals).
fn is_said(reason: &str, home: &str, sources: &[Source]) -> bool {
    const BELOW: [&str; 4] = ["crates/courier", "crates/access", "crates/chassis", "crates/rulebook"];
    let says = |source: &&Source, named: bool| {
        source.code.iter().any(|token| token.text == reason && (named || token.kind == Kind::Text))
    };
    let mut near = sources.iter().filter(|source| source.home() == home || BELOW.contains(&source.home()));
    near.any(|source| says(&source, source.home() == home))
}

fn unspoken(contract: &Contract, sources: &[Source]) -> Complaints {
    let mut complaints = Complaints::default();
    for service in &contract.services {
        let Some(home) = home_of(&service.name, sources) else {
            complaints.about(&service.name, "no crate implements this service");
            continue;
        };
        for method in &service.methods {
            for reason in refusals(&method.comment).iter().filter(|reason| !is_said(reason, home, sources)) {
                complaints.at(
                    &method.file,
                    method.line,
                    format!("{} names {reason}, which {home} never says", method.name),
                );
            }
        }
    }
    complaints
}

#[test]
fn every_reason_that_the_contract_names_exists_in_the_code() {
    unspoken(contract(), sources())
        .or_do("let the model refuse with that reason, or take it out of the rpc's comment");
}

/// A model's refusals that no rpc of its context mentions.
fn unmentioned(contract: &Contract, sources: &[Source]) -> Complaints {
    let mut complaints = Complaints::default();
    for source in sources.iter().filter(|source| source.room() == "model/refusal.rs") {
        let context = source.home().rsplit('/').next().unwrap_or_default();
        let methods = contract.services.iter().flat_map(|service| &service.methods);
        let named: BTreeSet<String> = methods
            .filter(|method| method.context == context)
            .flat_map(|method| refusals(&method.comment))
            .collect();
        for token in source.code.iter().filter(|token| token.kind == Kind::Text && is_code(&token.text)) {
            if !named.contains(&token.text) {
                complaints.at(&source.path, token.line, format!("no rpc of {context} names {}", token.text));
            }
        }
    }
    complaints
}

#[test]
fn every_refusal_of_a_model_is_named_by_an_rpc() {
    unmentioned(contract(), sources())
        .or_do("write the reason into the comment of the rpc that can meet it: `Refused: A, B.`");
}

fn uncommented(contract: &Contract) -> Complaints {
    let mut complaints = Complaints::default();
    for method in contract
        .services
        .iter()
        .flat_map(|service| &service.methods)
        .filter(|method| method.comment.is_empty())
    {
        complaints.at(&method.file, method.line, format!("{} has no comment", method.name));
    }
    complaints
}

#[test]
fn every_rpc_says_what_it_does() {
    assert!(contract().services.len() >= 6, "the compiled contract has lost its services");
    uncommented(contract()).or_do("say from which state to which, what is already so, and `Refused: A, B.`");
}

#[test]
fn planted_lies_in_the_contract_are_found() {
    assert_eq!(
        refusals("A → B. Refused: NOT_A, TOO_B (when C_D. E_F holds), FENCE. Others: G_H."),
        ["NOT_A", "TOO_B", "FENCE"]
    );
    assert_eq!(refusals("Refused with UNAUTHENTICATED, reason BAD_KEY, for x."), ["BAD_KEY"]);
    let method = |comment: &str| Described {
        name: "DoIt".to_owned(),
        context: "intake".to_owned(),
        comment: comment.to_owned(),
        file: "proto/a.proto".to_owned(),
        line: 7,
    };
    let of = |methods| Contract {
        services: vec![Service { name: "DoService".to_owned(), methods }],
        events: vec![],
    };
    let sources = [
        Source::new("services/intake/src/grpc.rs", "impl DoService for Door {}"),
        Source::new(
            "services/intake/src/model/refusal.rs",
            "const A: &str = \"NOT_A\"; const B: &str = \"HIDDEN\";",
        ),
        Source::new("services/routing/src/model/refusal.rs", "// \"TOO_B\"\nconst C: &str = \"NOT_C\";"),
    ];
    let planted = of(vec![method("Refused: NOT_A, NOT_C, TOO_B."), method("")]);
    assert_eq!(unspoken(&planted, &sources).count(), 2);
    assert_eq!(unspoken(&planted, &sources[1..]).count(), 1);
    assert_eq!(unmentioned(&planted, &sources[..2]).count(), 1);
    assert_eq!(uncommented(&planted).count(), 1);
}
