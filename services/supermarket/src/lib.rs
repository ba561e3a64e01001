//! Supermarket in one process, and the operator's command line.
//!
//! [`town`] opens every service in one process, and [`serve`] also some of them in a cluster; [`server`] finds a server to talk to. The commands are clients: they go
//! through the same gRPC door as everybody else.

pub mod accounts;
pub mod arguments;
pub mod backup;
pub mod client;
pub mod cluster;
pub mod corrections;
pub mod court;
pub mod deadline;
pub mod demo;
pub mod directory;
pub mod doctor;
pub mod import;
pub mod input;
pub mod invent;
pub mod law;
pub mod migrate;
pub mod progress;
pub mod quarantine;
pub mod restore;
pub mod rules;
pub mod seed;
pub mod serve;
pub mod server;
pub mod status;
pub mod suggest;
pub mod town;
pub mod train;
pub mod verify;
pub mod watch;
