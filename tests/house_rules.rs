//! The rules of the house, read from the workspace itself: who may lean on whom, what belongs into which room, what a
//! file looks like, and that the contract says what the code does.
//!
//! Each rule is one test whose name is the rule. A failure lists every place and says what to do. Beside each group
//! stands one test that plants offences in memory and sees them found: a rule that cannot fail would be a decoration.

#[path = "house_rules/complaints.rs"]
mod complaints;
#[path = "house_rules/contract.rs"]
mod contract;
#[path = "house_rules/deploy.rs"]
mod deploy;
#[path = "house_rules/events.rs"]
mod events;
#[path = "house_rules/files.rs"]
mod files;
#[path = "house_rules/floors.rs"]
mod floors;
#[path = "house_rules/lexer.rs"]
mod lexer;
#[path = "house_rules/manifests.rs"]
mod manifests;
#[path = "house_rules/rooms.rs"]
mod rooms;
#[path = "house_rules/sideways.rs"]
mod sideways;
#[path = "house_rules/tree.rs"]
mod tree;
