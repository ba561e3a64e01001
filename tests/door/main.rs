//! Reception as the door in front of services in other processes, over real sockets: what it passes on and how, what it
//! says when a service is gone, how a replica is replaced under load, and the whole town in pieces.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails, and says where")]

mod cable;
mod failing;
mod office;
mod passing;
mod restarting;
mod stage;
mod town;
