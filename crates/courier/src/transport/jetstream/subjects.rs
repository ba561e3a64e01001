//! What streams and subjects are called.
use crate::Envelope;

/// The names under one prefix.
#[derive(Clone, Debug)]
pub(super) struct Subjects {
    prefix: String,
}

impl Subjects {
    pub(super) fn new(prefix: &str) -> Self {
        Subjects { prefix: prefix.to_owned() }
    }

    /// The stream of a topic: `SUPERMARKET_INTAKE`.
    pub(super) fn stream(&self, topic: &str) -> String {
        format!("{}_{topic}", self.prefix).to_uppercase()
    }

    /// Everything that is said on a topic: `supermarket.intake.>`.
    pub(super) fn all_of(&self, topic: &str) -> String {
        format!("{}.{topic}.>", self.prefix)
    }

    /// Where an event is said: `supermarket.intake.v1.DisputeFiled.442000.<case>`. For whoever looks at the broker; the
    /// headers are what counts. It is always a subject of its topic's stream, whatever the event is called.
    pub(super) fn of(&self, event: &Envelope) -> String {
        let kind = event.kind.strip_prefix("supermarket.").unwrap_or(&event.kind);
        let kind = match kind.split_once('.') {
            Some((context, rest)) if context == event.topic => rest,
            _ => kind,
        };
        let kind: Vec<String> = kind.split('.').map(word).collect();
        format!("{}.{}.{}.{}.{}", self.prefix, event.topic, kind.join("."), word(&event.centre), event.case)
    }

    /// Where a consumer reports about a topic. Its own name stands in the subject, so that the broker's permissions
    /// keep one service from speaking for another.
    pub(super) fn report(&self, topic: &str, consumer: &str) -> String {
        format!("{}_report.{topic}.{consumer}", self.prefix)
    }

    /// Every report about a topic.
    pub(super) fn reports(&self, topic: &str) -> String {
        self.report(topic, "*")
    }
}

/// One word of a subject: no dots, spaces or wildcards, and never empty.
fn word(text: &str) -> String {
    if text.is_empty() {
        return "_".to_owned();
    }
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::Subjects;
    use crate::transport::jetstream::headers::tests::event;

    #[test]
    fn a_subject_is_the_name_of_the_event_its_centre_and_its_case() {
        let subjects = Subjects::new("supermarket");
        assert_eq!(subjects.stream("intake"), "SUPERMARKET_INTAKE");
        assert_eq!(
            subjects.of(&event()),
            "supermarket.intake.v1.DisputeFiled.442000.00000000-0000-0000-0000-000000000007"
        );
    }

    #[test]
    fn every_event_stays_in_its_topics_stream() {
        let subjects = Subjects::new("north");
        let mut foreign = event();
        foreign.kind = "supermarket.test.v1.Note".to_owned();
        foreign.centre = "a b.>".to_owned();
        assert_eq!(
            subjects.of(&foreign),
            "north.intake.test.v1.Note.a_b__.00000000-0000-0000-0000-000000000007"
        );
        foreign.kind = String::new();
        foreign.centre = String::new();
        assert_eq!(subjects.of(&foreign), "north.intake._._.00000000-0000-0000-0000-000000000007");
    }
}
