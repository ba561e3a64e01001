//! The server: every limit that tonic leaves open is set here, and routes become one door.

use std::time::Duration;

use access::Caller;
use axum::Router;
use lexicon::CentreId;
use tonic::service::Routes;
use tonic_web::GrpcWebLayer;

use crate::denied::Denied;
use crate::door::Door;
use crate::seen;
use crate::service::{Service, Site, StartFault};
use crate::settings::{Limits, Settings};

/// Everything a process serves: gRPC and gRPC-Web behind the door, pages beside it.
pub(crate) fn routes(services: &[Service], site: &Site, settings: &Settings) -> Result<Routes, StartFault> {
    let own = Routes::new(site.health.server())
        .add_service(reflection().build_v1().map_err(|_| StartFault::Contract)?)
        .add_service(reflection().build_v1alpha().map_err(|_| StartFault::Contract)?);
    let all = known(services).merge(bare(site.routes.clone())).merge(bare(own));
    let all = match &site.elsewhere {
        Some(elsewhere) => all.fallback_service(elsewhere.clone()),
        None => all.fallback(unserved),
    };
    let grpc = door(site, settings)?.around(all).layer(GrpcWebLayer::new());
    // A page is found by its own path; whatever is not a page is taken for a call.
    Ok(Routes::from(site.pages.clone().fallback_service(grpc)))
}

/// Some services behind a door, for a neighbour.
pub(crate) fn doored<'a>(
    services: impl IntoIterator<Item = &'a Service>,
    site: &Site,
    settings: &Settings,
) -> Result<Router, StartFault> {
    Ok(door(site, settings)?.around(known(services).fallback(unserved)))
}

fn known<'a>(services: impl IntoIterator<Item = &'a Service>) -> Router {
    services.into_iter().fold(Router::new(), |all, service| {
        all.merge(seen::around(bare(service.routes.clone()), service.desk.clone()))
    })
}

fn door(site: &Site, settings: &Settings) -> Result<Door, StartFault> {
    let centre = CentreId::new(settings.centre.id.as_str()).map_err(|_| StartFault::Centre)?;
    let anyone = Caller::anyone(&centre).map_err(|_| StartFault::Centre)?;
    // Reception has counted what the client sent; what it writes on top is not the client's to answer for.
    let metadata =
        (settings.limits.header_bytes as usize).saturating_add(if site.behind { ADDED_BYTES } else { 0 });
    Door::new(site.tokens.clone(), site.clock.clone(), anyone, metadata, settings.limits.request_timeout())
        .map_err(|_| StartFault::Contract)
}

/// What reception may add to a call's metadata: trace, deadline, the name of the program that sends it on.
const ADDED_BYTES: usize = 512;
/// How many clients' impatience one connection from reception may carry.
const CLIENTS: usize = 32;

/// A server with every limit set. `behind` reception a connection is shared by many clients.
pub(crate) fn limited(limits: &Limits, behind: bool) -> tonic::transport::Server {
    let resets = if behind { limits.pending_resets.saturating_mul(CLIENTS) } else { limits.pending_resets };
    tonic::transport::Server::builder()
        .accept_http1(true)
        .concurrency_limit_per_connection(limits.concurrent_requests)
        .max_concurrent_streams(limits.concurrent_streams)
        // Twice what the door lets in: it answers with words what this answers with a reset.
        .http2_max_header_list_size(limits.header_bytes.saturating_mul(2))
        .http2_keepalive_interval(Some(Duration::from_secs(limits.keep_alive_seconds)))
        .http2_keepalive_timeout(Some(Duration::from_secs(limits.keep_alive_timeout_seconds)))
        .http2_max_pending_accept_reset_streams(Some(resets))
        .http2_max_local_error_reset_streams(Some(resets))
}

/// A service's routes without tonic's own fallback: two fallbacks do not merge, and ours stands behind the door.
fn bare(routes: Routes) -> Router {
    routes.into_axum_router().reset_fallback()
}

fn reflection() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(contracts::DESCRIPTOR)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
}

/// A method of the contract that nobody serves here.
async fn unserved() -> axum::response::Response {
    crate::door::refuse(Denied::Unserved)
}
