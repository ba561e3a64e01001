//! Health by `grpc.health.v1`: one line a service of ours, and the empty name for the whole process.
//!
//! A service is serving once its post office runs, because before that its answers would not become news. The
//! whole is serving once all are, and stops serving first when the process stops, so that a balancer looks
//! elsewhere while the last calls end.

use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

/// Tells how the services are.
#[derive(Debug, Clone, Default)]
pub struct Health {
    reporter: HealthReporter,
}

impl Health {
    /// A process in which nothing serves yet.
    pub async fn starting(services: &[&str]) -> Self {
        let health = Self::default();
        for service in services.iter().chain(&[""]) {
            health.reporter.set_service_status(*service, ServingStatus::NotServing).await;
        }
        health
    }

    /// The service serves; the empty name is the whole process.
    pub async fn serving(&self, service: &str) {
        self.reporter.set_service_status(service, ServingStatus::Serving).await;
    }

    /// Nothing serves any longer.
    pub async fn stopping(&self, services: &[&str]) {
        for service in [""].iter().chain(services) {
            self.reporter.set_service_status(*service, ServingStatus::NotServing).await;
        }
    }

    /// The gRPC service that answers.
    pub fn server(&self) -> HealthServer<HealthService> {
        HealthServer::new(HealthService::from_health_reporter(self.reporter.clone()))
    }
}
