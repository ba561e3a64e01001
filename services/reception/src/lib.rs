//! Reception: what a process shows to the outside beside its services.
//!
//! One port is the gRPC and gRPC-Web door of everything (chassis puts the guards around it), a start page for whoever
//! opens it in a browser, and, in the embedded mode, the issuer of tokens for the demo accounts. Reception keeps no data
//! of its own: it has no desk, no table, and hears no event.

pub mod pages;
pub mod token;
