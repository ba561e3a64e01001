//! An event as a NATS message: `CloudEvents` attributes in the headers, the letter as the body.
//!
//! Whatever an event holds can be written: a character that a header cannot carry is percent-encoded, as the
//! `CloudEvents` binding has it, so that no event can stop its topic. What cannot be read is refused whole.
use std::fmt::Write as _;
use std::str::FromStr;

use async_nats::HeaderMap;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use crate::Envelope;

const SOURCE: &str = "/supermarket/";
const BODY: &str = "application/protobuf";

/// Which header is missing or makes no sense. Never what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Undecodable(pub(super) &'static str);

/// The headers of an event.
pub(super) fn encode(event: &Envelope) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("ce-specversion", "1.0");
    headers.insert("ce-id", event.id.to_string());
    headers.insert("ce-source", escape(&format!("{SOURCE}{}", event.topic)));
    headers.insert("ce-type", escape(&event.kind));
    headers.insert("ce-time", event.at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    headers.insert("ce-subject", event.case.to_string());
    headers.insert("ce-centre", escape(&event.centre));
    headers.insert("ce-epoch", event.epoch.to_string());
    headers.insert("ce-pubseq", event.pub_seq.to_string());
    headers.insert("ce-afterseq", event.after_seq.to_string());
    headers.insert("ce-caseversion", event.version.to_string());
    if let Some(trace) = &event.trace {
        headers.insert("traceparent", escape(trace));
    }
    headers.insert("content-type", BODY);
    headers
}

/// The event of a message that came on `topic`.
pub(super) fn decode(topic: &str, headers: Option<&HeaderMap>, body: Bytes) -> Result<Envelope, Undecodable> {
    let headers = headers.ok_or(Undecodable("every header"))?;
    if text(headers, "ce-specversion")? != "1.0" {
        return Err(Undecodable("ce-specversion"));
    }
    if text(headers, "ce-source")?.strip_prefix(SOURCE) != Some(topic) {
        return Err(Undecodable("ce-source"));
    }
    if text(headers, "content-type")? != BODY {
        return Err(Undecodable("content-type"));
    }
    let at = DateTime::parse_from_rfc3339(&text(headers, "ce-time")?).map_err(|_| Undecodable("ce-time"))?;
    let event = Envelope {
        id: value::<Uuid>(headers, "ce-id")?,
        topic: topic.to_owned(),
        epoch: value(headers, "ce-epoch")?,
        pub_seq: number(headers, "ce-pubseq")?,
        after_seq: number(headers, "ce-afterseq")?,
        kind: text(headers, "ce-type")?,
        centre: text(headers, "ce-centre")?,
        case: value::<Uuid>(headers, "ce-subject")?,
        version: number(headers, "ce-caseversion")?,
        at: at.with_timezone(&Utc),
        trace: headers.get("traceparent").map(|_| text(headers, "traceparent")).transpose()?,
        body,
    };
    if event.after_seq >= event.pub_seq && !event.is_beat() {
        return Err(Undecodable("ce-afterseq"));
    }
    Ok(event)
}

fn text(headers: &HeaderMap, name: &'static str) -> Result<String, Undecodable> {
    headers.get(name).and_then(|value| unescape(value.as_str())).ok_or(Undecodable(name))
}

fn value<T: FromStr>(headers: &HeaderMap, name: &'static str) -> Result<T, Undecodable> {
    text(headers, name)?.parse().map_err(|_| Undecodable(name))
}

/// A number that a column of the ledger can hold.
fn number(headers: &HeaderMap, name: &'static str) -> Result<u64, Undecodable> {
    let number: u64 = value(headers, name)?;
    if i64::try_from(number).is_ok() { Ok(number) } else { Err(Undecodable(name)) }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' && byte != b'"' {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    // PostgreSQL keeps no NUL: one message could hold up all that come with it.
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn event() -> Envelope {
        Envelope {
            id: Uuid::from_u128(1),
            topic: "intake".to_owned(),
            epoch: 3,
            pub_seq: 12,
            after_seq: 11,
            kind: "supermarket.intake.v1.DisputeFiled".to_owned(),
            centre: "442000".to_owned(),
            case: Uuid::from_u128(7),
            version: 2,
            at: DateTime::from_timestamp_micros(1_790_000_000_123_456).unwrap(),
            trace: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
            body: Bytes::from_static(b"\x08\x01"),
        }
    }

    fn told(headers: &HeaderMap) -> Result<Envelope, Undecodable> {
        decode("intake", Some(headers), event().body)
    }

    #[test]
    fn what_is_written_is_read() {
        let mut odd = event();
        assert_eq!(told(&encode(&odd)).unwrap(), odd);
        odd.trace = None;
        odd.kind = "dispute \"filed\"\r\n100 %25".to_owned();
        odd.centre = "中山".to_owned();
        odd.at = DateTime::from_timestamp(1_790_000_000, 123_456_789).unwrap();
        assert_eq!(told(&encode(&odd)).unwrap(), odd);
        odd.centre = String::new();
        assert_eq!(told(&encode(&odd)).unwrap(), odd);
        assert!(encode(&odd).get("ce-type").unwrap().as_str().is_ascii());
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_the_name_of_its_header() {
        let refused = |name: &'static str, with: &str| {
            let mut headers = encode(&event());
            headers.insert(name, with);
            assert_eq!(told(&headers), Err(Undecodable(name)), "{name}: {with}");
        };
        for (name, values) in [
            ("ce-specversion", ["0.3", "", "1"]),
            ("ce-id", ["", "7", "not-a-uuid"]),
            ("ce-source", ["/supermarket/routing", "intake", ""]),
            ("ce-time", ["yesterday", "2026-13-01T00:00:00Z", ""]),
            ("ce-subject", ["", "7", "%"]),
            ("ce-epoch", ["-1", "4294967296", "one"]),
            ("ce-pubseq", ["-1", "9223372036854775808", ""]),
            ("ce-afterseq", ["12", "13", "x"]),
            ("ce-caseversion", ["-2", "18446744073709551616", "1.5"]),
            ("ce-type", ["%", "%0", "%FF"]),
            ("content-type", ["text/plain", "", "application/json"]),
        ] {
            for value in values {
                refused(name, value);
            }
        }
        assert_eq!(decode("intake", None, Bytes::new()), Err(Undecodable("every header")));
        let mut bare = HeaderMap::new();
        bare.insert("ce-specversion", "1.0");
        assert_eq!(told(&bare), Err(Undecodable("ce-source")));
    }
}
