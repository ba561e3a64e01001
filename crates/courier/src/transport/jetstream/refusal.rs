//! Why JetStream did not do what it was asked.
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{AccountErrorKind, CreateStreamErrorKind, GetStreamErrorKind};
use async_nats::jetstream::stream::{ConsumerCreateStrictErrorKind, ConsumerErrorKind};

use crate::Fault;

/// What an answer, or its absence, means to whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// JetStream answered with this error.
    Code(ErrorCode),
    /// No stream listens where the event was said: it is gone, or between two leaders.
    NobodyListens,
    /// There is no connection.
    Disconnected,
    /// No answer in time, or one that makes no sense. Whether it was done is not known.
    NoAnswer,
}

impl Refusal {
    pub(super) fn is(self, code: ErrorCode) -> bool {
        self == Refusal::Code(code)
    }

    /// As a failure of `doing`.
    pub(super) fn fault(self, doing: &str) -> Fault {
        match self {
            Refusal::Code(code) => Fault::plain(
                format!("{doing} (JetStream error {})", code.0),
                "JetStream refuses it at the moment",
            ),
            Refusal::NobodyListens => Fault::plain(doing, "no stream of this name has a leader"),
            Refusal::Disconnected => Fault::plain(doing, "there is no connection to the broker"),
            Refusal::NoAnswer => Fault::plain(
                doing,
                "the broker did not answer in time: it is overloaded, stands still, or this user may not do that",
            ),
        }
    }
}

impl From<GetStreamErrorKind> for Refusal {
    fn from(kind: GetStreamErrorKind) -> Self {
        match kind {
            GetStreamErrorKind::JetStream(error) => Refusal::Code(error.error_code()),
            _ => Refusal::NoAnswer,
        }
    }
}

impl From<CreateStreamErrorKind> for Refusal {
    fn from(kind: CreateStreamErrorKind) -> Self {
        match kind {
            CreateStreamErrorKind::JetStream(error) => Refusal::Code(error.error_code()),
            _ => Refusal::NoAnswer,
        }
    }
}

impl From<ConsumerErrorKind> for Refusal {
    fn from(kind: ConsumerErrorKind) -> Self {
        match kind {
            ConsumerErrorKind::JetStream(error) => Refusal::Code(error.error_code()),
            _ => Refusal::NoAnswer,
        }
    }
}

impl From<ConsumerCreateStrictErrorKind> for Refusal {
    fn from(kind: ConsumerCreateStrictErrorKind) -> Self {
        match kind {
            ConsumerCreateStrictErrorKind::JetStream(error) => Refusal::Code(error.error_code()),
            ConsumerCreateStrictErrorKind::AlreadyExists => Refusal::Code(ErrorCode::CONSUMER_ALREADY_EXISTS),
            _ => Refusal::NoAnswer,
        }
    }
}

impl From<AccountErrorKind> for Refusal {
    fn from(kind: AccountErrorKind) -> Self {
        match kind {
            AccountErrorKind::JetStream(error) => Refusal::Code(error.error_code()),
            _ => Refusal::NoAnswer,
        }
    }
}
