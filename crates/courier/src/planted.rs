//! Bugs planted on purpose: each is a wrong way that this house must not go, at the one place where it would be gone.
//!
//! A check that was never seen to fail proves little. Tests plant a bug, put the same probe that finds nothing without it,
//! and must find it. [`is`] marks the places; only with the feature `planted`, which no shipped build has, can it ever
//! answer yes. Without, it is a constant, and the wrong ways are not compiled.

/// What can be planted, one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Bug {
    /// The receiver signs for what arrived before its inbox row is there.
    AckBeforeCommit = 1,
    /// The receiver does not remember what arrived: a repeat is news.
    NoInbox,
    /// The relay goes on behind the greatest event id it has sent, not behind a number.
    CursorById,
    /// The relay counts events as done before it sends them, and does not ask who has stored them.
    PublishedBeforeAck,
    /// What the broker calls a repeat counts as stored, and is not sent again.
    TrustDuplicate,
    /// What is sent again carries the id under which it was sent first.
    RefillWithOldId,
    /// An event's effect is written first, and that it was applied in a second write.
    EffectOutsideInbox,
    /// A commit of which nobody knows whether it was done is answered as done.
    IgnoreUnknownCommit,
    /// A claim reads that the case is free and then writes, whatever happened in between.
    ClaimByReadThenWrite,
    /// A holder's write is admitted whichever fence it shows.
    FenceUnchecked,
}

/// Whether this bug is planted: never, in a build without the feature.
#[cfg(not(feature = "planted"))]
#[must_use]
pub const fn is(_: Bug) -> bool {
    false
}

#[cfg(feature = "planted")]
pub use soil::{Planted, is, plant};

#[cfg(feature = "planted")]
mod soil {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::Bug;

    /// The bug of this process, 0 for none.
    static PLANTED: AtomicU8 = AtomicU8::new(0);

    /// Whether this bug is planted at the moment.
    #[must_use]
    pub fn is(bug: Bug) -> bool {
        PLANTED.load(Ordering::SeqCst) == bug as u8
    }

    /// Plants a bug in the whole process, until what is returned is dropped.
    ///
    /// # Panics
    /// When one is planted already: of two together nobody could tell which was found.
    #[must_use = "it is pulled out again when this is dropped"]
    pub fn plant(bug: Bug) -> Planted {
        let before = PLANTED.compare_exchange(0, bug as u8, Ordering::SeqCst, Ordering::SeqCst);
        assert!(before.is_ok(), "another bug is planted in this process");
        Planted(())
    }

    /// A bug is planted as long as this lives.
    #[derive(Debug)]
    pub struct Planted(());

    impl Drop for Planted {
        fn drop(&mut self) {
            PLANTED.store(0, Ordering::SeqCst);
        }
    }
}
