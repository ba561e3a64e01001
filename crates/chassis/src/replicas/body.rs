//! Bodies on their way through: a request's that can be had back while it is whole, and an answer's that ends in words.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use http::HeaderMap;
use http_body::{Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;

use super::lane::Ticket;
use crate::denied::Denied;

/// A request's body, kept until a connection looks into it.
pub(super) struct Loan {
    kept: Arc<Kept>,
}

#[derive(Default)]
struct Kept {
    body: Mutex<Option<Body>>,
    broken: AtomicBool,
}

impl Kept {
    fn take(&self) -> Option<Body> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Loan {
    pub(super) fn of(body: Body) -> Self {
        Self { kept: Arc::new(Kept { body: Mutex::new(Some(body)), broken: AtomicBool::new(false) }) }
    }

    /// The body for one attempt; `None` when an earlier one has begun to read it.
    pub(super) fn lend(&self) -> Option<Lent> {
        self.is_whole().then(|| Lent { kept: self.kept.clone(), mine: None })
    }

    /// Whether nobody has looked into it: then not a byte of it has been sent.
    pub(super) fn is_whole(&self) -> bool {
        self.kept.body.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Whether whoever sends it has given up.
    pub(super) fn is_broken(&self) -> bool {
        self.kept.broken.load(Ordering::Relaxed)
    }
}

/// The body as a connection gets it. The first look takes it for good.
pub(super) struct Lent {
    kept: Arc<Kept>,
    mine: Option<Body>,
}

impl http_body::Body for Lent {
    type Data = bytes::Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let me = self.get_mut();
        if me.mine.is_none() {
            me.mine = me.kept.take();
        }
        let Some(body) = &mut me.mine else { return Poll::Ready(None) };
        let frame = std::task::ready!(Pin::new(body).poll_frame(cx));
        if matches!(frame, Some(Err(_))) {
            me.kept.broken.store(true, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    // Not even an empty body is told to be at its end before somebody looks: the look is what counts.
    fn is_end_stream(&self) -> bool {
        self.mine.as_ref().is_some_and(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

/// An answer's body. When it breaks off, it ends with a status that says so, where the caller would else see no more than
/// a broken stream. Holds the call's place in its lane.
pub(super) struct Answer {
    body: Body,
    ticket: Option<Ticket>,
    service: &'static str,
}

impl Answer {
    pub(super) fn new(body: Body, ticket: Ticket, service: &'static str) -> Body {
        // Kept also around a body that is at its end: that is how `Body::new` makes it nothing.
        Body::new(Self { body, ticket: Some(ticket), service })
    }
}

impl http_body::Body for Answer {
    type Data = bytes::Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let me = self.get_mut();
        if me.ticket.is_none() {
            return Poll::Ready(None);
        }
        let frame = std::task::ready!(Pin::new(&mut me.body).poll_frame(cx));
        match frame {
            Some(Ok(frame)) => return Poll::Ready(Some(Ok(frame))),
            None => me.ticket = None,
            Some(Err(error)) => {
                me.ticket = None;
                tracing::warn!(service = me.service, %error, "an answer broke off");
                let mut trailers = HeaderMap::new();
                if Status::from(Denied::Unreachable(me.service)).add_header(&mut trailers).is_ok() {
                    return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
                }
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.ticket.is_none() || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body::Body as _;
    use http_body_util::BodyExt as _;
    use tonic_types::StatusExt as _;

    use super::*;

    fn pieces(pieces: Vec<Result<&'static [u8], Status>>) -> Body {
        let frames = pieces.into_iter().map(|piece| piece.map(|b| Frame::data(bytes::Bytes::from_static(b))));
        Body::new(http_body_util::StreamBody::new(futures::stream::iter(frames)))
    }

    #[tokio::test]
    async fn a_body_can_be_lent_again_until_somebody_looks_into_it() {
        for body in [Body::empty(), pieces(vec![Ok(b"ab"), Ok(b"cd")])] {
            let loan = Loan::of(body);
            drop(loan.lend().unwrap());
            let second = loan.lend().unwrap();
            assert!(!second.is_end_stream() && loan.is_whole());
            second.collect().await.unwrap();
            assert!(!loan.is_whole() && loan.lend().is_none() && !loan.is_broken());
        }
        let loan = Loan::of(pieces(vec![Ok(b"ab"), Err(Status::cancelled("x"))]));
        assert!(loan.lend().unwrap().collect().await.is_err() && loan.is_broken());
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_ends_with_words_and_lets_its_lane_go() {
        let ticket = Ticket::default();
        let broken = pieces(vec![Ok(b"ab"), Err(Status::internal("secret of ours"))]);
        let answer = Answer::new(broken, ticket.clone(), "intake").collect().await.unwrap();
        let status = Status::from_header_map(answer.trailers().unwrap()).unwrap();
        assert_eq!(status.code(), tonic::Code::Unavailable);
        assert_eq!(status.get_details_error_info().unwrap().metadata["service"], "intake");
        assert!(!format!("{status:?}").contains("secret"));
        assert_eq!(answer.to_bytes(), "ab");
        assert_eq!(Arc::strong_count(&ticket), 1);

        let whole = Answer::new(pieces(vec![Ok(b"ab")]), ticket.clone(), "intake").collect().await.unwrap();
        assert!(whole.trailers().is_none());
        assert_eq!(Arc::strong_count(&ticket), 1);
    }
}
