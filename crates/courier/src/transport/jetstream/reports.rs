//! A consumer's report as a message: a few words, read strictly.
use async_nats::Message;

use crate::transport::Report;

/// Which form of report this is, should there ever be another.
const FORM: &str = "1";

/// `1 <epoch> <stored> <applied>`. Topic and consumer stand in the subject.
pub(super) fn encode(report: &Report) -> String {
    format!("{FORM} {} {} {}", report.epoch, report.stored, report.applied)
}

/// The report of a message about `topic`; none when it is anything else.
pub(super) fn decode(topic: &str, message: &Message) -> Option<Report> {
    let consumer = message.subject.as_str().rsplit('.').next()?;
    let text = std::str::from_utf8(&message.payload).ok()?;
    let mut words = text.split(' ');
    if words.next() != Some(FORM) {
        return None;
    }
    let report = Report {
        consumer: consumer.to_owned(),
        topic: topic.to_owned(),
        epoch: words.next()?.parse().ok()?,
        stored: words.next()?.parse().ok()?,
        applied: words.next()?.parse().ok()?,
    };
    let possible = report.applied <= report.stored && i64::try_from(report.stored).is_ok();
    (words.next().is_none() && possible).then_some(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(payload: &str) -> Message {
        Message {
            subject: "supermarket_report.intake.routing".into(),
            reply: None,
            payload: payload.to_owned().into(),
            headers: None,
            status: None,
            description: None,
            length: 0,
        }
    }

    #[test]
    fn a_report_is_read_as_it_was_written_and_nothing_else_is() {
        let report = Report {
            consumer: "routing".into(),
            topic: "intake".into(),
            epoch: 2,
            stored: 500,
            applied: 498,
        };
        assert_eq!(decode("intake", &message(&encode(&report))), Some(report));
        for other in [
            "",
            "1",
            "2 2 500 498",
            "1 2 500",
            "1 2 500 498 7",
            "1 2 500 501",
            "1 2 -1 0",
            "1 2 9223372036854775808 0",
            "1 4294967296 1 1",
            "1  2 500 498",
        ] {
            assert_eq!(decode("intake", &message(other)), None, "{other}");
        }
    }
}
