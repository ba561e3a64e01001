//! How a service runs: everything between the socket and a handler, and between the operator and a process.
//!
//! A [`Service`] is a value: its RPC routes, its desk, its reactions, its ticks. [`service::run`] takes a list
//! of them and makes a process: one [`door`] with all limits set, a post office for each, ticks, health, and a
//! stop that ends in time. [`assembly`] makes such a list from [`Blueprint`]s, wherever each of them runs; [`process`] is
//! the `main` of every service; [`replicas`] are the same services in other processes. A handler says how a call ends badly as [`Denied`]; [`denied`] alone knows gRPC's
//! words for it. Settings come from [`settings`] and nowhere else.

/// The largest message that a service takes, and gives but for a court's package. More is refused by gRPC with
/// `OUT_OF_RANGE` or `RESOURCE_EXHAUSTED` before a handler sees it. It is part of the contract, not a setting.
pub const MESSAGE_BYTES: usize = 4 * 1024 * 1024;

pub mod assembly;
pub mod deadline;
pub mod denied;
pub mod door;
pub mod health;
pub mod ledger;
pub mod lifecycle;
pub mod neighbour;
pub mod open;
pub mod process;
pub mod replicas;
pub mod roads;
pub mod seen;
pub mod server;
pub mod service;
pub mod settings;
pub mod telemetry;
pub mod trace;

/// A call is many short-lived small pieces, taken on one thread and given back on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub use assembly::{Blueprint, Program};
pub use denied::Denied;
pub use lifecycle::Lifecycle;
pub use neighbour::Neighbour;
pub use replicas::Replicas;
pub use service::{Running, Service, Site, StartFault, Tick, run};
pub use settings::Settings;
pub use telemetry::Telemetry;
pub use trace::Trace;
