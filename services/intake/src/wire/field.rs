//! Single fields: what they must look like, and their normal form.

use chrono::{DateTime, Duration, DurationRound, TimeDelta, Utc};
use contracts::intake::v1 as proto;
use contracts::lexicon::v1 as words;
use lexicon::identity::PaperKind;
use lexicon::text::{self, Limits};
use lexicon::{Fault, PartyKind, PartyRole, Violations, Warning};
use prost_types::Timestamp;
use rulebook::towns;

use crate::model::link::LinkKind;
use crate::model::{Channel, Course, HowSaid, OralConfirmation, Scope};

/// Clocks of stations and apps differ from ours.
const CLOCK_DIFFERENCE: Duration = Duration::seconds(5);
/// 1900-01-01T00:00:00Z: nobody asks for anything before that.
const EARLIEST_SECONDS: i64 = -2_208_988_800;
const REQUEST_ID: usize = 64;

/// Makes the two directions between an enum of ours and the contract's. Zero and unknown numbers do not pass.
macro_rules! codes {
    ($($(#[$doc:meta])* $read:ident / $write:ident: $model:ty = $wire:ty, $prefix:literal;)+) => {$(
        $(#[$doc])*
        pub fn $read(number: i32) -> Result<$model, Fault> {
            let name = <$wire>::try_from(number).map_err(|_| Fault::ENUM_UNKNOWN)?.as_str_name();
            name.strip_prefix($prefix).unwrap_or(name).parse()
        }

        /// The same as a number of the contract.
        pub fn $write(value: $model) -> i32 {
            let name = format!(concat!($prefix, "{}"), value.code());
            <$wire>::from_str_name(&name).unwrap_or_default().into()
        }
    )+};
}

codes! {
    /// How a dispute came in.
    channel / channel_number: Channel = proto::Channel, "CHANNEL_";
    /// How an applicant confirmed what was read back.
    oral_confirmation / oral_confirmation_number: OralConfirmation = proto::OralConfirmation, "ORAL_CONFIRMATION_";
    /// How a party said it.
    how_said / how_said_number: HowSaid = proto::HowSaid, "HOW_SAID_";
    /// Where a case is beyond intake.
    course / course_number: Course = proto::Course, "COURSE_";
    /// What one dispute is to another.
    link_kind / link_kind_number: LinkKind = proto::LinkKind, "LINK_KIND_";
    /// On which side.
    role / role_number: PartyRole = words::PartyRole, "PARTY_ROLE_";
    /// What a party is.
    kind / kind_number: PartyKind = words::PartyKind, "PARTY_KIND_";
    /// Which paper.
    paper_kind / paper_kind_number: PaperKind = words::PaperKind, "PAPER_KIND_";
    /// How far a power goes.
    scope / scope_number: Scope = words::RepresentationScope, "REPRESENTATION_SCOPE_";
}

/// A text that must be there.
pub fn required(violations: &mut Violations, field: &str, given: &str, limits: Limits) -> String {
    violations.check(field, text::clean(given, limits)).unwrap_or_default()
}

/// A text that may be empty.
pub fn optional(violations: &mut Violations, field: &str, given: &str, limits: Limits) -> String {
    violations.check(field, text::clean_optional(given, limits)).flatten().unwrap_or_default()
}

/// A text that only a draft may lack.
pub fn needed(
    violations: &mut Violations,
    field: &str,
    given: &str,
    limits: Limits,
    complete: bool,
) -> String {
    if complete {
        required(violations, field, given, limits)
    } else {
        optional(violations, field, given, limits)
    }
}

/// An id that must be there.
pub fn id<T: std::str::FromStr<Err = Fault>>(
    violations: &mut Violations,
    field: &str,
    given: &str,
) -> Option<T> {
    violations.check(field, given.parse())
}

/// The key that makes repeating harmless.
pub fn request_id(violations: &mut Violations, given: &str) {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if given.is_empty() {
        violations.push("request_id", Fault::REQUIRED);
    } else if given.len() > REQUEST_ID {
        violations.push("request_id", Fault::TOO_LONG);
    } else if !given.bytes().all(allowed) {
        violations.push("request_id", Fault::MALFORMED);
    }
}

/// A town of the centre by its present or a former code; the present one is kept.
pub fn town(violations: &mut Violations, field: &str, given: &str) -> String {
    if given.is_empty() {
        return String::new();
    }
    let known = towns::successor_of(given).map(|town| town.code.clone()).ok_or(Fault::UNKNOWN_CODE);
    violations.check(field, known).unwrap_or_default()
}

/// A cause of the list in force, or empty.
pub fn cause(violations: &mut Violations, field: &str, given: &str) -> String {
    if given.is_empty() {
        return String::new();
    }
    let known = rulebook::causes::by_code(given).map(|cause| cause.code.clone()).ok_or(Fault::UNKNOWN_CODE);
    violations.check(field, known).unwrap_or_default()
}

/// When something happened: an instant between 1900 and now, cut to microseconds.
pub fn fact_time(given: &Timestamp, now: DateTime<Utc>) -> Result<DateTime<Utc>, Fault> {
    let nanos = u32::try_from(given.nanos).ok().filter(|nanos| *nanos < 1_000_000_000).ok_or(Fault::RANGE)?;
    if given.seconds < EARLIEST_SECONDS {
        return Err(Fault::RANGE);
    }
    let at = DateTime::from_timestamp(given.seconds, nanos).ok_or(Fault::RANGE)?;
    if at > now + CLOCK_DIFFERENCE {
        return Err(Fault::RANGE);
    }
    Ok(at.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(at).min(now))
}

/// An instant as a message.
pub fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp { seconds: at.timestamp(), nanos: at.timestamp_subsec_nanos() as i32 }
}

/// Warnings that the clerk confirms, by their codes.
pub fn warnings(violations: &mut Violations, given: &[String]) -> Vec<&'static str> {
    if given.len() > 2 * Warning::ALL.len() {
        violations.push("confirmed_warnings", Fault::TOO_MANY);
        return vec![];
    }
    let mut confirmed = vec![];
    for (at, code) in given.iter().enumerate() {
        match Warning::ALL.iter().find(|warning| warning.reason == code) {
            Some(warning) => confirmed.push(warning.reason),
            None => violations.push(&format!("confirmed_warnings[{at}]"), Fault::UNKNOWN_CODE),
        }
    }
    confirmed
}
