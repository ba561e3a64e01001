//! Supermarket in one process, and the operator's command line.
//!
//! [`town`] opens every service in one process; [`server`] finds a server to talk to. The commands are clients: they go
//! through the same gRPC door as everybody else.

pub mod accounts;
pub mod arguments;
pub mod client;
pub mod court;
pub mod demo;
pub mod import;
pub mod input;
pub mod invent;
pub mod law;
pub mod progress;
pub mod serve;
pub mod server;
pub mod status;
pub mod town;
pub mod verify;
pub mod watch;
