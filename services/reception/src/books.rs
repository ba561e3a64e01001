//! Whose delivery books: `LedgerService` is one API over all services, and each request names the one it is about. Here
//! it goes to a replica of that service, or to the books in this process; `supermarket verify` sees no difference.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use chassis::Denied;
use chassis::door::refuse;
use contracts::courier::v1::SummarizeOutboxRequest;
use contracts::courier::v1::ledger_service_server::SERVICE_NAME;
use lexicon::Fault;
use prost::Message as _;
use tower::ServiceExt as _;

use crate::elsewhere::Elsewhere;

/// The largest request about books: they hold names, numbers and one short reason.
const REQUEST_BYTES: usize = 64 * 1024;
/// gRPC's framing: whether the message is compressed, and its length.
const FRAME_BYTES: usize = 5;

/// The books in this process.
#[derive(Clone)]
pub(crate) struct Own {
    pub(crate) services: Vec<&'static str>,
    pub(crate) ledger: Router,
}

/// The way to the services in other processes, with the books sorted out.
pub(crate) fn around(elsewhere: Elsewhere, own: Own) -> Router {
    Router::new().fallback(pass).with_state((elsewhere, own))
}

async fn pass(State((elsewhere, own)): State<(Elsewhere, Own)>, request: Request) -> Response {
    let about_books = request.uri().path().strip_prefix('/').and_then(|path| path.strip_prefix(SERVICE_NAME));
    if !about_books.is_some_and(|method| method.starts_with('/')) {
        return elsewhere.pass_on(request).await;
    }
    let (head, body) = request.into_parts();
    let Ok(whole) = to_bytes(body, REQUEST_BYTES).await else {
        return refuse(Denied::field("message", Fault::TOO_LONG));
    };
    let Some(service) = named(&whole) else {
        return refuse(Denied::field("message", Fault::MALFORMED));
    };
    let request = Request::from_parts(head, Body::from(whole));
    if elsewhere.knows(&service) {
        return elsewhere.pass_to(&service, request).await;
    }
    if !own.services.contains(&service.as_str()) {
        return refuse(Denied::field("service", Fault::UNKNOWN_CODE));
    }
    match own.ledger.oneshot(request).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}

/// Whom the request names. Every request of the API says it in the same field, which one type can therefore read.
fn named(request: &[u8]) -> Option<String> {
    let (frame, message) = request.split_at_checked(FRAME_BYTES)?;
    let [0, length @ ..] = frame else { return None };
    let length = u32::from_be_bytes(length.try_into().ok()?) as usize;
    SummarizeOutboxRequest::decode(message.get(..length)?).ok().map(|request| request.service)
}

#[cfg(test)]
mod tests {
    use contracts::courier::v1::DiscardQuarantinedRequest;

    use super::*;

    #[test]
    fn every_request_about_books_names_its_service_in_the_same_field() {
        let all = prost_types::FileDescriptorSet::decode(contracts::DESCRIPTOR).unwrap();
        let file = all.file.iter().find(|file| file.package() == "supermarket.courier.v1").unwrap();
        let service = file.service.iter().find(|service| SERVICE_NAME.ends_with(service.name())).unwrap();
        assert!(service.method.len() >= 6);
        for method in &service.method {
            let name = method.input_type().rsplit('.').next().unwrap();
            let message = file.message_type.iter().find(|message| message.name() == name).unwrap();
            let first = message.field.iter().find(|field| field.number() == 1).unwrap();
            assert_eq!(
                (first.name(), first.r#type()),
                ("service", prost_types::field_descriptor_proto::Type::String)
            );
            assert!(!method.client_streaming() && !method.server_streaming());
        }
    }

    #[test]
    fn the_name_is_read_from_the_first_message_alone() {
        let framed = |message: &[u8]| {
            let mut frame = vec![0];
            frame.extend((message.len() as u32).to_be_bytes());
            frame.extend(message);
            frame
        };
        let request = DiscardQuarantinedRequest {
            service: "intake".into(),
            topic: "routing".into(),
            pub_seq: 7,
            reason: "x".into(),
        };
        let whole = framed(&request.encode_to_vec());
        assert_eq!(named(&whole).as_deref(), Some("intake"));
        assert_eq!(named(&framed(b"")).as_deref(), Some(""));
        let mut compressed = whole.clone();
        compressed[0] = 1;
        for bad in [&b""[..], &whole[..4], &whole[..whole.len() - 1], &compressed, &framed(b"\xff\xff")] {
            assert_eq!(named(bad), None, "{bad:?}");
        }
    }
}
