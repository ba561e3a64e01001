//! What the program says of itself: log lines, and spans if somebody collects them.

use std::io::IsTerminal;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::settings::{Log, LogFormat, Telemetry as Collector};

/// Keep it until the end: what was not yet sent is sent by [`Telemetry::end`].
#[must_use]
#[derive(Debug)]
pub struct Telemetry {
    spans: Option<SdkTracerProvider>,
}

/// Why telemetry does not start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryFault {
    /// `log.filter` is not a filter.
    #[error("log.filter is not understood: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// `telemetry.otlp_endpoint` is not an endpoint.
    #[error("telemetry.otlp_endpoint is not usable")]
    Endpoint,
    /// Something else has claimed the log.
    #[error("logging was started before")]
    Twice,
}

impl Telemetry {
    /// Starts logging, and sending spans if an endpoint is set. Call it within the runtime.
    pub fn start(log: &Log, collector: &Collector) -> Result<Self, TelemetryFault> {
        let filter = EnvFilter::try_new(&log.filter)?;
        let spans = match collector.otlp_endpoint.as_str() {
            "" => None,
            endpoint => Some(exporter(endpoint)?),
        };
        let sent = spans
            .as_ref()
            .map(|spans| tracing_opentelemetry::layer().with_tracer(spans.tracer("supermarket")));
        tracing_subscriber::registry()
            .with(sent)
            .with(lines(log.format))
            .with(filter)
            .try_init()
            .map_err(|_| TelemetryFault::Twice)?;
        Ok(Self { spans })
    }

    /// Sends what is left.
    pub fn end(self) {
        if let Some(spans) = self.spans
            && spans.shutdown().is_err()
        {
            tracing::warn!("the last spans could not be sent");
        }
    }
}

fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    let human = match format {
        LogFormat::Human => true,
        LogFormat::Json => false,
        LogFormat::Auto => std::io::stderr().is_terminal(),
    };
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    if human { layer.boxed() } else { layer.json().flatten_event(true).boxed() }
}

fn exporter(endpoint: &str) -> Result<SdkTracerProvider, TelemetryFault> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()
        .map_err(|_| TelemetryFault::Endpoint)?;
    let resource = Resource::builder().with_service_name("supermarket").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}
