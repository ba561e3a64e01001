//! The contract as Rust: messages, clients and servers generated from `proto/`, the policy of every method, and who
//! listens to whom. Nothing here is written by hand but the two tables in [`policy`] and [`topics`].

pub mod policy;
pub mod topics;

/// The compiled descriptors of the whole contract, comments included: for reflection and for tests that walk it.
pub const DESCRIPTOR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor.bin"));

/// Generated code follows prost's habits, not ours.
macro_rules! context {
    ($(#[doc = $doc:literal] $name:ident = $package:literal),+ $(,)?) => { $(
        #[doc = $doc]
        pub mod $name {
            /// Version 1 of the package.
            #[expect(
                clippy::pedantic,
                clippy::allow_attributes,
                reason = "generated; the proto files carry the documentation"
            )]
            pub mod v1 {
                tonic::include_proto!($package);
            }
        }
    )+ };
}

context! {
    /// Policies and tokens.
    access = "supermarket.access.v1",
    /// The books of delivery.
    courier = "supermarket.courier.v1",
    /// The reception window.
    intake = "supermarket.intake.v1",
    /// Where a case belongs and who holds it.
    routing = "supermarket.routing.v1",
    /// At the table.
    mediation = "supermarket.mediation.v1",
    /// To the court, and the courts' door.
    transfer = "supermarket.transfer.v1",
    /// The record of every case and its deadlines.
    oversight = "supermarket.oversight.v1",
}

/// Words that every context shares: messages only.
pub mod lexicon {
    /// Version 1 of the package.
    #[expect(clippy::pedantic, reason = "generated; the proto files carry the documentation")]
    pub mod v1 {
        tonic::include_proto!("supermarket.lexicon.v1");
    }
}
