//! Connections to one replica. One is enough for most; when it carries many open calls, another is opened beside it.
//!
//! A server lets only so many streams and requests run on one connection, and watchers hold theirs for hours: without a
//! second lane, some hundred people watching the pool would keep everybody else's commands waiting.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tonic::transport::{Channel, Endpoint};

/// Open calls before another lane is opened: below what a server takes on one connection (`limits.concurrent_requests`).
const CALLS: usize = 200;
const MOST_LANES: usize = 32;
/// What one call's answer may be ahead of its reader. All calls of a lane together may be as far ahead, so that a reader
/// who stands still holds up nobody else.
const AHEAD_BYTES: u32 = 256 * 1024;
const AHEAD_BYTES_TOGETHER: u32 = AHEAD_BYTES * (CALLS as u32 + 56);

/// Held while a call is open.
pub(super) type Ticket = Arc<()>;

pub(super) struct Lanes {
    endpoint: Endpoint,
    open: Mutex<Vec<Lane>>,
}

struct Lane {
    channel: Channel,
    /// Cloned for each open call.
    calls: Ticket,
}

impl Lane {
    fn open_calls(&self) -> usize {
        Arc::strong_count(&self.calls) - 1
    }
}

impl Lanes {
    pub(super) fn to(endpoint: Endpoint) -> Self {
        let endpoint = endpoint
            .connect_timeout(Duration::from_secs(2))
            .tcp_nodelay(true)
            .http2_keep_alive_interval(Duration::from_secs(5))
            .keep_alive_timeout(Duration::from_secs(5))
            .keep_alive_while_idle(true)
            .initial_stream_window_size(AHEAD_BYTES)
            .initial_connection_window_size(AHEAD_BYTES_TOGETHER);
        Self { endpoint, open: Mutex::default() }
    }

    /// The first lane with room, or a new one.
    pub(super) fn take(&self) -> (Channel, Ticket) {
        let mut open = self.open();
        let free = open.iter().position(|lane| lane.open_calls() < CALLS);
        let at = match free {
            Some(at) => at,
            None if open.len() < MOST_LANES => {
                open.push(self.lane());
                open.len() - 1
            }
            None => (0..open.len()).min_by_key(|at| open[*at].open_calls()).unwrap_or(0),
        };
        (open[at].channel.clone(), open[at].calls.clone())
    }

    /// The lane that is always there.
    pub(super) fn first(&self) -> Channel {
        let mut open = self.open();
        if open.is_empty() {
            open.push(self.lane());
        }
        open[0].channel.clone()
    }

    fn lane(&self) -> Lane {
        Lane { channel: self.endpoint.connect_lazy(), calls: Ticket::default() }
    }

    fn open(&self) -> MutexGuard<'_, Vec<Lane>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_lane_is_joined_by_another_and_used_again_once_it_has_room() {
        let lanes = Lanes::to(Endpoint::from_static("http://127.0.0.1:1"));
        let mut held: Vec<Ticket> = (0..CALLS).map(|_| lanes.take().1).collect();
        assert_eq!(lanes.open().len(), 1);
        let second = lanes.take().1;
        assert_eq!(lanes.open().len(), 2);
        held.pop();
        let third = lanes.take().1;
        assert!(Arc::ptr_eq(&third, &held[0]) && !Arc::ptr_eq(&second, &held[0]));
        let many: Vec<Ticket> = (0..CALLS * MOST_LANES).map(|_| lanes.take().1).collect();
        assert_eq!(lanes.open().len(), MOST_LANES, "there is an end to it");
        drop((many, held, second, third));
        assert!(lanes.open().iter().all(|lane| lane.open_calls() == 0));
    }
}
