//! Who listens to whom. A topic is a service; a consumer reads whole topics and skips what it does not use. The lists are
//! compiled in because a producer's ledger is finished only when every consumer named here has stored its events.

/// The topic of intake.
pub const INTAKE: &str = "intake";
/// The topic of routing.
pub const ROUTING: &str = "routing";
/// The topic of mediation.
pub const MEDIATION: &str = "mediation";
/// The topic of transfer.
pub const TRANSFER: &str = "transfer";
/// The topic of oversight.
pub const OVERSIGHT: &str = "oversight";

/// Each topic with the services that store its events.
pub const CONSUMERS: &[(&str, &[&str])] = &[
    (INTAKE, &[ROUTING, MEDIATION, TRANSFER, OVERSIGHT]),
    (ROUTING, &[INTAKE, MEDIATION, TRANSFER, OVERSIGHT]),
    (MEDIATION, &[INTAKE, ROUTING, TRANSFER, OVERSIGHT]),
    (TRANSFER, &[INTAKE, ROUTING, MEDIATION, OVERSIGHT]),
    (OVERSIGHT, &[INTAKE, ROUTING, MEDIATION, TRANSFER]),
];

/// The services that store a topic's events.
pub fn consumers_of(topic: &str) -> &'static [&'static str] {
    CONSUMERS.iter().find(|(name, _)| *name == topic).map_or(&[], |(_, consumers)| consumers)
}

/// The topics that a service listens to.
pub fn topics_of(consumer: &str) -> impl Iterator<Item = &'static str> + '_ {
    CONSUMERS.iter().filter(move |(_, consumers)| consumers.contains(&consumer)).map(|(topic, _)| *topic)
}
