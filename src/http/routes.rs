//! Which path goes where.

use std::sync::Arc;

use warp::Filter;
use warp::Rejection;
use warp::filters::BoxedFilter;
use warp::filters::path::FullPath;
use warp::http::{HeaderMap, Method, StatusCode};
use warp::reply::Response;

use super::Handlers;
use super::answer;
use super::arrival::Arrival;
use super::client_address::Proxies;
use super::monitoring::metrics::MetricsEndpoint;
use super::monitoring::readiness::CachedReadiness;
use super::provisioning::endpoint::{Head, ProvisioningEndpoint};
use super::server::WriteDeadline;
use super::setup_mistakes::SetupMistakes;
use super::updates::{UpdateEndpoint, UpdateRequest};
use super::wrong_path::WrongPath;
use crate::model::config;

/// All paths of the service. What nothing answers is 404.
pub(super) fn routes(
    settings: &config::Http,
    limits: &config::Limits,
    handlers: Handlers,
    mistakes: &Arc<SetupMistakes>,
) -> BoxedFilter<(Response,)> {
    let readiness = Arc::new(CachedReadiness::new(handlers.clone()));
    let proxies = Arc::new(Proxies::new(settings, Arc::clone(mistakes)));
    let channel = handlers.updates().map(|channel| {
        Arc::new(UpdateEndpoint::new(settings, channel, Arc::clone(&proxies), Arc::clone(handlers.metrics())))
    });
    let readable = Arc::new(MetricsEndpoint::new(settings, Arc::clone(handlers.metrics()), Arc::clone(&proxies)));
    let paths: Vec<&str> = ["/provision"].into_iter().chain(settings.paths.iter().map(String::as_str)).collect();
    let nothing = Arc::new(WrongPath::new(&paths, Arc::clone(&proxies), Arc::clone(mistakes)));
    let endpoint = Arc::new(ProvisioningEndpoint::new(settings, limits, proxies, handlers));
    provision(&paths, endpoint)
        .or(health())
        .unify()
        .or(ready(readiness))
        .unify()
        .or(updates(channel))
        .unify()
        .or(metrics(readable))
        .unify()
        .or(wrong_path(nothing))
        .unify()
        .boxed()
}

fn provision(paths: &[&str], endpoint: Arc<ProvisioningEndpoint>) -> BoxedFilter<(Response,)> {
    at(paths)
        .and(warp::ext::get::<Arrival>())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .and(warp::query::raw().or(warp::any().map(String::new)).unify())
        .and(warp::body::stream())
        .then(move |arrival, method, headers, query, body| {
            let endpoint = Arc::clone(&endpoint);
            async move { endpoint.answer(Head { arrival, method, headers, query }, body).await }
        })
        .boxed()
}

fn health() -> BoxedFilter<(Response,)> {
    at(&["/healthz"])
        .and(warp::method())
        .map(|method: Method| match method {
            Method::GET | Method::HEAD => answer::line(StatusCode::OK, "ok", false),
            _ => answer::method_not_allowed("This path is asked with GET.", "GET, HEAD"),
        })
        .boxed()
}

fn ready(readiness: Arc<CachedReadiness>) -> BoxedFilter<(Response,)> {
    at(&["/readyz"])
        .and(warp::ext::get::<Arrival>())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .then(move |arrival: Arrival, method: Method, headers: HeaderMap| {
            let readiness = Arc::clone(&readiness);
            async move {
                match method {
                    Method::GET | Method::HEAD => readiness.answer(arrival.peer.ip(), &headers).await,
                    _ => answer::method_not_allowed("This path is asked with GET.", "GET, HEAD"),
                }
            }
        })
        .boxed()
}

/// All that lies below `/updates`, where there is a channel.
fn updates(channel: Option<Arc<UpdateEndpoint>>) -> BoxedFilter<(Response,)> {
    warp::path::full()
        .and_then(move |asked: FullPath| {
            let mut path = segments(asked.as_str()).map(str::to_owned);
            let channel = channel.clone().filter(|_| path.next().as_deref() == Some("updates"));
            let found = channel.map(|channel| (channel, path.collect()));
            std::future::ready(found.ok_or_else(warp::reject::not_found))
        })
        .untuple_one()
        .and(warp::ext::get::<Arrival>())
        .and(warp::ext::get::<WriteDeadline>())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .then(|channel: Arc<UpdateEndpoint>, path, arrival, deadline, method, headers| async move {
            channel.answer(UpdateRequest { arrival, method, headers, path, deadline }).await
        })
        .boxed()
}

fn metrics(readable: Arc<MetricsEndpoint>) -> BoxedFilter<(Response,)> {
    at(&["/metrics"])
        .and(warp::ext::get::<Arrival>())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .map(move |arrival: Arrival, method: Method, headers: HeaderMap| match method {
            Method::GET | Method::HEAD => readable.answer(arrival.peer.ip(), &headers),
            _ => answer::method_not_allowed("This path is asked with GET.", "GET, HEAD"),
        })
        .boxed()
}

/// Everything else.
fn wrong_path(nothing: Arc<WrongPath>) -> BoxedFilter<(Response,)> {
    warp::path::full()
        .and(warp::ext::get::<Arrival>())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .map(move |path: FullPath, arrival: Arrival, method: Method, headers: HeaderMap| {
            nothing.answer(arrival, &method, path.as_str(), &headers)
        })
        .boxed()
}

/// Lets a request through whose path is one of these, whatever the slashes: a redirect to the right spelling would
/// lose the form, and the client's versions collapse double slashes each in its own way.
fn at(paths: &[&str]) -> impl Filter<Extract = (), Error = Rejection> + Clone + use<> {
    let paths: Arc<[Vec<String>]> = paths.iter().map(|path| segments(path).map(str::to_owned).collect()).collect();
    warp::path::full()
        .and_then(move |asked: FullPath| {
            let known = paths.iter().any(|path| segments(asked.as_str()).eq(path.iter().map(String::as_str)));
            std::future::ready(if known { Ok(()) } else { Err(warp::reject::not_found()) })
        })
        .untuple_one()
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}
