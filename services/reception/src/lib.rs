//! Reception: the one door to everybody outside, and what a person sees who opens it in a browser.
//!
//! It keeps no data of its own: it has no desk, no table, and hears no event. What it does depends on who else is in its
//! process:
//!
//! - with the whole town it shows the start page and issues tokens for the demo accounts, and chassis' door does the rest;
//! - alone, or with some of the services, it is also the way to the others: a call that has passed the door (known method,
//!   good token, sound metadata, bounded time) goes on to a replica of the service whose method it is ([`elsewhere`]), and
//!   the delivery books to the service that the request names ([`books`]). Both directions stream; the caller's token
//!   travels on, and the service checks it again.
//!
//! ```text
//! client ──gRPC, gRPC-Web──▶ door ──▶ a service here
//!                             └─────▶ elsewhere ──HTTP/2──▶ replica 1 | replica 2 …
//! ```
//!
//! Invariants, each with a test in `tests/`:
//! 1. nothing that the door refuses reaches a service;
//! 2. a request is sent twice only if not a byte of it was sent the first time;
//! 3. whatever becomes of a replica, its caller gets a gRPC status that says whether to come back;
//! 4. a caller who leaves, or whose time is over, is gone at the service too.

pub mod accounts;
mod books;
mod elsewhere;
mod front;
pub mod pages;
pub mod token;

pub use front::FRONT;
