//! The deployment files: every setting in them exists and is accepted together with the others, and every service is there.

use chassis::Settings;
use supermarket::town::SERVICES;

use crate::complaints::Complaints;
use crate::tree::root;

const FOLDER: &str = "services/supermarket/deploy";
const COMPOSE: &str = "compose.yaml";
const ENVIRONMENT: &str = "systemd/supermarket.env";
const FILE: &str = "systemd/service.toml";

fn read(name: &str) -> String {
    let path = root().join(FOLDER).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The settings that a file gives by environment, without the prefix; of one that is given several times, the last.
fn given(text: &str) -> Vec<(String, String)> {
    let mut given: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let Some((name, value)) =
            line.trim_start().strip_prefix("SUPERMARKET__").and_then(|rest| rest.split_once(['=', ':']))
        else {
            continue;
        };
        given.retain(|(known, _)| known != name);
        given.push((name.to_owned(), filled(value.trim())));
    }
    given
}

/// A value as compose passes it on: `${NAME:-usual}` is its usual value, `${NAME:?what}` is for the operator to decide.
fn filled(value: &str) -> String {
    let Some((before, rest)) = value.split_once("${") else { return value.to_owned() };
    let (inside, after) = rest.split_once('}').expect("a variable ends");
    let usual = match inside.split_once('-') {
        Some((name, usual))
            if name.trim_end_matches(':').bytes().all(|b| b.is_ascii_uppercase() || b == b'_') =>
        {
            usual
        }
        _ => "decided",
    };
    format!("{before}{usual}{}", filled(after))
}

fn refused(file: Option<&std::path::Path>, name: &str, text: &str) -> Complaints {
    let (mut complaints, given) = (Complaints::default(), given(text));
    if given.len() < 10 {
        complaints.about(name, format!("only {} settings were found in it", given.len()));
    }
    if let Err(fault) = Settings::read(file, given) {
        complaints.about(name, fault);
    }
    complaints
}

#[test]
fn every_setting_of_the_deployment_files_is_accepted() {
    let cure = "name it as crates/chassis/supermarket.toml does; what is decided there is decided here";
    refused(None, COMPOSE, &read(COMPOSE)).or_do(cure);
    refused(Some(&root().join(FOLDER).join(FILE)), ENVIRONMENT, &read(ENVIRONMENT)).or_do(cure);
}

/// Two replicas by compose, one on each machine by systemd, a role and passwords for each.
fn undeployed(compose: &str, target: &str, roles: &str) -> Complaints {
    let mut complaints = Complaints::default();
    let roles: Vec<&str> = roles.split([' ', ';', '\n']).collect();
    for service in SERVICES {
        for replica in [format!("\n  {service}-1:"), format!("\n  {service}-2:")] {
            if !compose.contains(&replica) {
                complaints.about(COMPOSE, format!("lacks {}", replica.trim()));
            }
        }
        if !target.contains(&format!("supermarket@{service}.service")) {
            complaints.about("systemd/supermarket.target", format!("does not want {service}"));
        }
        if !roles.contains(&service) {
            complaints.about("postgres/roles.sh", format!("makes no role for {service}"));
        }
    }
    complaints
}

#[test]
fn every_service_is_deployed() {
    undeployed(&read(COMPOSE), &read("systemd/supermarket.target"), &read("postgres/roles.sh")).or_do(
        "a service needs two replicas in compose.yaml, a unit in supermarket.target and a role in roles.sh",
    );
}

#[test]
fn planted_offences_in_deployment_files_are_found() {
    let compose = read(COMPOSE);
    assert_eq!(refused(None, COMPOSE, &compose).count(), 0);
    for (right, wrong) in [
        ("SUPERMARKET__TRANSPORT__SERVERS", "SUPERMARKET__TRANSPORT__SERVER"),
        ("SUPERMARKET__DATABASE__POOL: 12", "SUPERMARKET__DATABASE__POOL: many"),
        ("SUPERMARKET__TRANSPORT__KIND: jetstream", "SUPERMARKET__TRANSPORT__KIND: nats"),
        ("${TOKENS_DEMO_ACCOUNTS:-false}", "${TOKENS_DEMO_ACCOUNTS:-no}"),
        ("SUPERMARKET__", "SUPERMARKT__"),
    ] {
        assert!(compose.contains(right), "{right}");
        assert_eq!(refused(None, COMPOSE, &compose.replace(right, wrong)).count(), 1, "{wrong}");
    }
    assert_eq!(filled("a${B:-c}d${E-f}${G:?h-i}"), "acdfdecided");
    let (target, roles) = (read("systemd/supermarket.target"), read("postgres/roles.sh"));
    assert_eq!(undeployed(&compose.replace("  routing-2:", "  routing-3:"), &target, &roles).count(), 1);
    assert_eq!(undeployed(&compose, &target.replace("@routing", "@route"), &roles).count(), 1);
    assert_eq!(undeployed(&compose, &target, &roles.replace(" oversight;", ";")).count(), 1);
}
