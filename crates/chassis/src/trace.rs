//! W3C trace context: which story a call belongs to.
//!
//! A call that brings a `traceparent` goes on with that trace, any other begins one; each call is a span of its
//! own. The text form is what events, write lists and neighbours carry on.

use http::HeaderMap;
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

/// The header's name.
pub const TRACEPARENT: &str = "traceparent";

/// A position in a trace. Its text form is a `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    id: u128,
    span: u64,
    sampled: bool,
}

impl Trace {
    /// A new trace.
    #[expect(clippy::new_without_default, reason = "two new traces differ; a default does not")]
    pub fn new() -> Self {
        Self { id: rand::random::<u128>().max(1), span: rand::random::<u64>().max(1), sampled: true }
    }

    /// The trace that a request brings. A header that is malformed, or there twice, counts as none: a client's
    /// tracing must not decide whether its call is answered.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut all = headers.get_all(TRACEPARENT).iter();
        match (all.next(), all.next()) {
            (Some(one), None) => Self::parse(one.to_str().ok()?),
            _ => None,
        }
    }

    /// A new span of the same trace.
    #[must_use]
    pub fn child(self) -> Self {
        Self { span: rand::random::<u64>().max(1), ..self }
    }

    /// The trace's id, for logs.
    pub fn id(self) -> String {
        format!("{:032x}", self.id)
    }

    /// The same for OpenTelemetry, as somebody else's span.
    pub(crate) fn remote(self) -> SpanContext {
        let flags = if self.sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
        let (trace, span) = (TraceId::from(self.id), SpanId::from(self.span));
        SpanContext::new(trace, span, flags, true, TraceState::default())
    }

    /// Version 00 exactly; of a later version the first four fields, as the standard asks.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let version = hex(version, 2)?;
        if version == 0xff || (version == 0 && parts.next().is_some()) {
            return None;
        }
        let (id, span) = (hex(trace, 32)?, hex(span, 16)? as u64);
        let flags = hex(flags, 2)?;
        (id != 0 && span != 0).then_some(Self { id, span, sampled: flags & 1 == 1 })
    }
}

impl std::fmt::Display for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.id, self.span, u8::from(self.sampled))
    }
}

fn hex(text: &str, digits: usize) -> Option<u128> {
    let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    (text.len() == digits && text.bytes().all(lower)).then(|| u128::from_str_radix(text, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn goes_round() {
        let trace = Trace::parse(GOOD).unwrap();
        assert_eq!(trace.to_string(), GOOD);
        assert_eq!(trace.id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(trace.child().id(), trace.id());
        assert_ne!(trace.child().to_string(), GOOD);
        let new = Trace::new();
        assert_eq!(Trace::parse(&new.to_string()), Some(new));
        assert_eq!(new.remote().trace_id().to_string(), new.id());
    }

    #[test]
    fn a_later_version_is_read_as_far_as_known() {
        let later = GOOD.replacen("00", "01", 1) + "-more";
        assert_eq!(Trace::parse(&later).unwrap().id(), Trace::parse(GOOD).unwrap().id());
    }

    #[test]
    fn malformed_counts_as_none() {
        let bad = [
            "",
            "00",
            "00-0-0-0",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473+-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ];
        for text in bad {
            assert_eq!(Trace::parse(text), None, "{text}");
        }
        let mut headers = HeaderMap::new();
        headers.append(TRACEPARENT, GOOD.parse().unwrap());
        assert!(Trace::of(&headers).is_some());
        headers.append(TRACEPARENT, GOOD.parse().unwrap());
        assert_eq!(Trace::of(&headers), None);
    }
}
