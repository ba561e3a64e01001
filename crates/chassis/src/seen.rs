//! After a command its news travels: what a caller has seen, it sees everywhere.
//!
//! The answer of a changing call says in `supermarket-seen` which version it made; clients and the reception
//! send that on with their next calls. A service that has not applied that version waits a moment for it, and
//! else says `NOT_YET_HEARD`: an older answer would contradict what the caller was told before.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use contracts::topics;
use courier::Desk;
use futures::future::join_all;
use http::HeaderMap;
use uuid::Uuid;

use crate::denied::Denied;
use crate::door::refuse;

/// The metadata's name, in both directions.
pub const SEEN: &str = "supermarket-seen";
const MOST: usize = 16;
const PATIENCE: Duration = Duration::from_secs(2);

/// One version that a caller has seen. Its text form is `service;epoch;case;version`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Whose version.
    pub service: String,
    /// The epoch of that service's memory.
    pub epoch: u32,
    /// The case.
    pub case: Uuid,
    /// The version.
    pub version: u64,
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{};{};{};{}", self.service, self.epoch, self.case, self.version)
    }
}

impl Seen {
    /// All that a request brings. `None` is malformed, or too much.
    pub fn all(headers: &HeaderMap) -> Option<Vec<Self>> {
        let mut all = Vec::new();
        for value in headers.get_all(SEEN) {
            for entry in value.to_str().ok()?.split(',') {
                all.push(Self::parse(entry.trim())?);
                if all.len() > MOST {
                    return None;
                }
            }
        }
        Some(all)
    }

    fn parse(entry: &str) -> Option<Self> {
        let mut parts = entry.split(';');
        let (service, epoch, case, version) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let named = (1..=32).contains(&service.len()) && service.bytes().all(|b| b.is_ascii_lowercase());
        let numbers = [epoch, version].iter().all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        if !named || !numbers || case.len() != 36 || parts.next().is_some() {
            return None;
        }
        Some(Self {
            service: service.to_owned(),
            epoch: epoch.parse().ok()?,
            case: Uuid::try_parse(case).ok()?,
            version: version.parse().ok()?,
        })
    }
}

/// The answer of a changing call, with what it made.
pub fn answer<T>(message: T, service: &str, epoch: u32, case: Uuid, version: u64) -> tonic::Response<T> {
    let seen = Seen { service: service.to_owned(), epoch, case, version };
    let mut response = tonic::Response::new(message);
    // Names of services, numbers and ids are always valid metadata.
    if let Ok(value) = seen.to_string().parse() {
        response.metadata_mut().insert(SEEN, value);
    }
    response
}

/// The layer around one service's routes.
pub(crate) fn around(routes: axum::Router, desk: Desk) -> axum::Router {
    routes.layer(axum::middleware::from_fn_with_state(desk, wait))
}

async fn wait(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let Some(seen) = Seen::all(request.headers()) else {
        return refuse(Denied::field(SEEN, lexicon::Fault::MALFORMED));
    };
    let here = desk.service();
    let heard = join_all(
        seen.iter()
            .filter(|seen| seen.service != here && topics::consumers_of(&seen.service).contains(&here))
            .map(|seen| desk.heard(&seen.service, seen.epoch, seen.case, seen.version, PATIENCE)),
    );
    if heard.await.into_iter().all(|heard| heard) {
        next.run(request).await
    } else {
        refuse(Denied::NotYetHeard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "routing;1;01890a5d-ac96-774b-bcce-b302099a8057;7";

    fn read(values: &[&str]) -> Option<Vec<Seen>> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(SEEN, http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        Seen::all(&headers)
    }

    #[test]
    fn goes_round() {
        assert_eq!(read(&[]), Some(vec![]));
        let seen = read(&[ONE]).unwrap().remove(0);
        assert_eq!((seen.epoch, seen.version), (1, 7));
        assert_eq!(seen.to_string(), ONE);
        let made = answer((), "routing", 1, seen.case, 7);
        assert_eq!(made.metadata().get(SEEN).unwrap(), ONE);
        assert_eq!(read(&[&format!("{ONE}, {ONE}"), ONE]).unwrap().len(), 3);
        assert_eq!(read(&[ONE; 16]).unwrap().len(), 16);
    }

    #[test]
    fn malformed_is_refused() {
        assert_eq!(read(&[ONE; 17]), None);
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        for bad in [
            "",
            "routing",
            &format!("{ONE},"),
            &format!("{ONE};1"),
            &format!("routing;;{id};7"),
            &format!("routing;-1;{id};7"),
            &format!("routing;+1;{id};7"),
            &format!("routing;4294967296;{id};7"),
            &format!("routing;1;{id};18446744073709551616"),
            &format!("Routing;1;{id};7"),
            &format!("routing;1;{};7", id.replace('-', "")),
            "路由;1;01890a5d-ac96-774b-bcce-b302099a8057;7",
        ] {
            assert_eq!(read(&[bad]), None, "{bad}");
        }
    }
}
