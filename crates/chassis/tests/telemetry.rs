//! Telemetry starts once, refuses what it cannot use, and ends also when nobody collects.
use std::time::{Duration, Instant};

use chassis::settings::{Log, LogFormat, Telemetry as Collector};
use chassis::telemetry::{Telemetry, TelemetryFault};

fn log(filter: &str) -> Log {
    Log { filter: filter.into(), format: LogFormat::Json }
}

fn collector(endpoint: &str) -> Collector {
    Collector { otlp_endpoint: endpoint.into() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn starts_once_and_ends_without_a_collector() {
    let bad = Telemetry::start(&log("chassis=loudly"), &collector(""));
    assert!(matches!(bad, Err(TelemetryFault::Filter(_))));
    let bad = Telemetry::start(&log("info"), &collector("not an endpoint"));
    assert!(matches!(bad, Err(TelemetryFault::Endpoint)));
    // Nothing listens on port 9 of this machine.
    let telemetry = Telemetry::start(&log("info"), &collector("http://127.0.0.1:9")).unwrap();
    assert!(matches!(Telemetry::start(&log("info"), &collector("")), Err(TelemetryFault::Twice)));
    tracing::info_span!("rpc", method = "test").in_scope(|| tracing::info!("inside"));
    let begun = Instant::now();
    telemetry.end();
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}
