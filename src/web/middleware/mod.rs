//! What happens to every request around its handler, in one wrapper per route, because each wrapper
//! costs the hot path: host check, clock, panics, problems, headers, request id, counters, access log.

mod client;
mod headers;
mod hosts;

use std::future::{Future, Ready, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{Error, HttpRequest, HttpResponse};

use super::AppState;
use super::metrics::RouteStats;
use super::problem::Problem;
use super::routes::{Spec, Surface};
use super::site;

pub use client::{address, admit, refuse_foreign_form};
pub use headers::HeaderSet;
pub use hosts::Hosts;

/// The wrapper of one route.
#[derive(Debug, Clone)]
pub struct Edge(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Data<AppState>,
    spec: &'static Spec,
    headers: HeaderSet,
    stats: RouteStats,
}

impl Edge {
    /// For a route of the table.
    pub fn new(state: &Data<AppState>, spec: &'static Spec) -> Self {
        let headers = HeaderSet::new(spec.surface, state.secure);
        Self(Rc::new(Inner { state: state.clone(), spec, headers, stats: state.metrics.route(spec.pattern) }))
    }
}

impl<S> Transform<S, ServiceRequest> for Edge
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
    S::Future: Unpin,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type InitError = ();
    type Transform = EdgeService<S>;
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(EdgeService { service, edge: Rc::clone(&self.0) }))
    }
}

/// A route with its edge.
#[derive(Debug)]
pub struct EdgeService<S> {
    service: S,
    edge: Rc<Inner>,
}

impl<S> Service<ServiceRequest> for EdgeService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
    S::Future: Unpin,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = EdgeFuture<S::Future>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.service.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let visit = Visit { edge: Rc::clone(&self.edge), started: Instant::now(), method: request.method().clone() };
        if self.edge.spec.surface != Surface::Operators
            && !self.edge.state.hosts.allow(request.headers(), request.uri())
        {
            let (request, _) = request.into_parts();
            return EdgeFuture { visit, state: State::Refused(Some((request, Problem::Misdirected))) };
        }
        // A handle for the answer to a panic; the request itself goes with the handler.
        let request_again = request.request().clone();
        let state = match catch_unwind(AssertUnwindSafe(|| self.service.call(request))) {
            Ok(running) => State::Running { running, request: Some(request_again) },
            Err(_) => State::Refused(Some((request_again, Problem::Internal))),
        };
        EdgeFuture { visit, state }
    }
}

/// One request under way.
#[derive(Debug)]
pub struct EdgeFuture<F> {
    visit: Visit,
    state: State<F>,
}

#[derive(Debug)]
enum State<F> {
    Running { running: F, request: Option<HttpRequest> },
    Refused(Option<(HttpRequest, Problem)>),
}

impl<F> Future for EdgeFuture<F>
where
    F: Future<Output = Result<ServiceResponse<BoxBody>, Error>> + Unpin,
{
    type Output = Result<ServiceResponse<BoxBody>, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let answer = match &mut this.state {
            State::Refused(refused) => match refused.take() {
                Some((request, problem)) => ServiceResponse::from_err(problem, request),
                // Polled after it was done; nothing is waiting for this any more.
                None => return Poll::Pending,
            },
            State::Running { running, request } => {
                match catch_unwind(AssertUnwindSafe(|| Pin::new(running).poll(context))) {
                    Ok(Poll::Pending) => return Poll::Pending,
                    Ok(Poll::Ready(Ok(answer))) => answer,
                    Ok(Poll::Ready(Err(error))) => match request.take() {
                        Some(request) => ServiceResponse::from_err(error, request),
                        None => return Poll::Ready(Err(error)),
                    },
                    // The panic hook has told the operators; the public learns that we are at fault.
                    Err(_) => match request.take() {
                        Some(request) => ServiceResponse::from_err(Problem::Internal, request),
                        None => return Poll::Ready(Err(Problem::Internal.into())),
                    },
                }
            }
        };
        Poll::Ready(Ok(this.visit.finish(answer)))
    }
}

#[derive(Debug)]
struct Visit {
    edge: Rc<Inner>,
    started: Instant,
    method: Method,
}

impl Visit {
    fn finish(&self, answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        let edge = &*self.edge;
        let mut answer = match problem_of(answer.response()) {
            Some(problem) => {
                let (request, _) = answer.into_parts();
                let response = site::problem(&request, &edge.state, edge.spec.surface, &problem);
                ServiceResponse::new(request, response)
            }
            None => answer,
        };
        let id = next_id();
        edge.headers.put(answer.headers_mut());
        answer.headers_mut().insert(REQUEST_ID, id_value(id));
        let (status, took) = (answer.status(), self.started.elapsed());
        edge.stats.record(status, took);
        self.log(status, took.as_micros(), id);
        answer
    }

    /// Pattern, status and time: never a path, a query or an address. Answers that are as they should
    /// be are counted in the metrics and logged one by one only when somebody debugs.
    fn log(&self, status: StatusCode, micros: u128, id: u64) {
        let (route, code) = (self.edge.spec.pattern, status.as_u16());
        let ms = micros as f64 / 1000.0;
        let method = self.method.as_str();
        match code {
            500.. => {
                tracing::warn!(target: "hocba::access", method, route, status = code, ms, id = %format_args!("{id:016x}"))
            }
            400 | 405.. => {
                tracing::info!(target: "hocba::access", method, route, status = code, ms, id = %format_args!("{id:016x}"));
            }
            _ => {
                tracing::debug!(target: "hocba::access", method, route, status = code, ms, id = %format_args!("{id:016x}"))
            }
        }
    }
}

/// The problem behind a response that an error became, ours or the server library's.
fn problem_of(response: &HttpResponse) -> Option<Problem> {
    let error = response.error()?;
    match error.as_error::<Problem>() {
        Some(problem) => Some(problem.clone()),
        None => Some(Problem::of_status(response.status(), "it does not have the expected form".into())),
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Ids are ours alone: one that a client sends would let it write into our log.
fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    static START: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    // An odd multiplier is a bijection on 64 bits: ids differ and do not tell how many there were.
    let start = *START.get_or_init(|| getrandom::u64().unwrap_or_default());
    start ^ NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn id_value(id: u64) -> HeaderValue {
    let mut text = [0; 16];
    data_encoding::HEXLOWER.encode_mut(&id.to_be_bytes(), &mut text);
    HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("0"))
}
