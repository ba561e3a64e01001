//! How long a call may still take: read from the client, kept while the call is answered, told to whoever is asked on.
//!
//! gRPC clients say how long they will wait (`grpc-timeout`), but nothing hands the rest of that time to the next hop. The
//! door keeps it with the task that answers; a neighbour and reception send what is left of it on, a little shortened, so
//! that the answer "too late" still comes back in time.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use tokio::time::Instant;

use crate::denied::Denied;

/// The header's name.
pub const GRPC_TIMEOUT: &str = "grpc-timeout";
const LONGEST: Duration = Duration::from_hours(1);
/// What one hop keeps for itself, at most.
const MARGIN: Duration = Duration::from_millis(10);

tokio::task_local! {
    static UNTIL: Instant;
}

/// Answers a call that has to end at `until`.
pub(crate) async fn within<F: Future>(until: Option<Instant>, answering: F) -> F::Output {
    match until {
        Some(until) => UNTIL.scope(until, answering).await,
        None => answering.await,
    }
}

/// What is left for the call that this task answers; `None` if it may take as long as it likes.
pub fn left() -> Option<Duration> {
    UNTIL.try_with(|until| until.saturating_duration_since(Instant::now())).ok()
}

/// Whether nothing worth mentioning is left: the next hop's answer "too late" counts as ours.
pub(crate) fn is_over() -> bool {
    left().is_some_and(|left| left <= MARGIN + Duration::from_millis(5))
}

/// What may be told to the next hop when this much is left.
pub fn forward(left: Duration) -> HeaderValue {
    let told = left.saturating_sub((left / 10).min(MARGIN));
    // At most eight digits are allowed: below 100 seconds they are spent on precision.
    let text = match u64::try_from(told.as_micros()) {
        Ok(micros) if micros < 100_000_000 => format!("{micros}u"),
        _ => format!("{}m", told.as_millis().min(99_999_999)),
    };
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("0n"))
}

/// The client's deadline. tonic ignores one it cannot read, and so would wait for nobody.
pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Duration>, Denied> {
    let malformed = || Denied::field(GRPC_TIMEOUT, lexicon::Fault::FORMAT);
    let mut all = headers.get_all(GRPC_TIMEOUT).iter();
    let Some(value) = all.next() else { return Ok(None) };
    let text =
        value.to_str().ok().filter(|text| all.next().is_none() && text.is_ascii()).ok_or_else(malformed)?;
    let (digits, unit) = text.split_at_checked(text.len().wrapping_sub(1)).ok_or_else(malformed)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(malformed());
    }
    let count: u64 = digits.parse().map_err(|_| malformed())?;
    let deadline = match unit {
        "H" => Duration::from_secs(count * 3600),
        "M" => Duration::from_secs(count * 60),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return Err(malformed()),
    };
    if deadline > LONGEST {
        return Err(Denied::field(GRPC_TIMEOUT, lexicon::Fault::RANGE));
    }
    // tonic's own timer runs outside ours, started a moment earlier, and would answer CANCELLED.
    Ok(Some(deadline.saturating_sub((deadline / 10).min(Duration::from_millis(5)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeout(text: &str) -> Result<Option<Duration>, Denied> {
        let mut headers = HeaderMap::new();
        headers.insert(GRPC_TIMEOUT, HeaderValue::from_bytes(text.as_bytes()).unwrap());
        of(&headers)
    }

    #[test]
    fn deadlines_are_read_or_refused() {
        assert_eq!(timeout("1H").unwrap(), Some(Duration::from_hours(1) - Duration::from_millis(5)));
        assert_eq!(timeout("10m").unwrap(), Some(Duration::from_millis(9)));
        assert_eq!(timeout("0n").unwrap(), Some(Duration::ZERO));
        for bad in
            ["", "S", "1", "1s", "1 S", "-1S", "+1S", "1.5S", "999999999n", "61M", "99999999H", "1S,1S", "١S"]
        {
            assert!(matches!(timeout(bad), Err(Denied::Invalid(_))), "{bad}");
        }
        let mut twice = HeaderMap::new();
        twice.append(GRPC_TIMEOUT, "1S".parse().unwrap());
        twice.append(GRPC_TIMEOUT, "2S".parse().unwrap());
        assert!(of(&twice).is_err());
        assert_eq!(of(&HeaderMap::new()).unwrap(), None);
    }

    #[test]
    fn what_is_told_on_is_less_and_can_be_read() {
        for millis in [0, 1, 50, 1_000, 30_000, 99_999, 100_500, 3_600_000] {
            let left = Duration::from_millis(millis);
            let told = forward(left);
            let read = timeout(told.to_str().unwrap()).unwrap().unwrap();
            assert!(read <= left && left <= read + Duration::from_millis(16), "{millis}: {read:?}");
            assert!(millis == 0 || read < left);
        }
    }

    #[tokio::test]
    async fn what_is_left_is_known_to_the_task_that_answers_and_to_no_other() {
        assert_eq!(left(), None);
        let until = Instant::now() + Duration::from_secs(5);
        let inside = within(Some(until), async { left().unwrap() }).await;
        assert!(inside <= Duration::from_secs(5) && inside > Duration::from_secs(4));
        assert_eq!(within(None, async { left() }).await, None);
    }
}
