//! Which path goes where. The only file that knows the router.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, Method, Request, StatusCode};
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use warp::Filter;
use warp::Rejection;
use warp::filters::BoxedFilter;
use warp::filters::path::FullPath;

use super::admin::{AdminEndpoint, PageHead};
use super::answer::{self, Response};
use super::arrival::Arrival;
use super::client_address::Proxies;
use super::monitoring::{MetricsEndpoint, ReadinessEndpoint};
use super::provisioning::{Head, ProvisioningEndpoint};
use super::services::Services;
use super::setup_mistakes::SetupMistakes;
use super::updates::{UpdateEndpoint, UpdateRequest};
use super::write_deadline::WriteDeadline;
use super::wrong_path::WrongPath;
use crate::model::config::Config;

/// Which path goes where. Clones are cheap.
#[derive(Clone)]
pub(super) struct Routes(BoxedFilter<(Response,)>);

impl Routes {
    /// All paths of the service; those of the administrators' pages only where these have no listener of their own. For every
    /// other path there is a 404.
    pub(super) fn new(config: &Config, services: Services, mistakes: &Arc<SetupMistakes>) -> Self {
        let (settings, limits) = (&config.http, &config.limits);
        let metrics = Arc::clone(&services.metrics);
        let proxies = Arc::new(Proxies::new(settings, Arc::clone(mistakes)));
        let channel = Some(services.provisioner.updates()).filter(|channel| channel.settings().folder.is_some());
        let channel = channel.map(|channel| {
            let (settings, recorder) = (services.settings.clone(), services.recorder.clone());
            Arc::new(UpdateEndpoint::new(settings, channel.clone(), Arc::clone(&proxies), recorder))
        });
        let readiness = Arc::new(ReadinessEndpoint::new(services.clone()));
        let numbers = MetricsEndpoint::new(settings, metrics, services.recorder.clone(), Arc::clone(&proxies));
        let paths: Vec<&str> = ["/provision"].into_iter().chain(settings.paths.iter().map(String::as_str)).collect();
        let nothing = Arc::new(WrongPath::new(&paths, Arc::clone(&proxies), Arc::clone(mistakes)));
        let pages = Some(&services).filter(|_| config.admin.listen.is_none());
        let pages = pages.and_then(|services| pages_endpoint(config, services, &proxies));
        let endpoint = Arc::new(ProvisioningEndpoint::new(settings, limits, proxies, services));
        let all = provision(&paths, endpoint)
            .or(health())
            .unify()
            .or(options())
            .unify()
            .or(ready(readiness))
            .unify()
            .or(updates(channel))
            .unify()
            .or(metrics_path(Arc::new(numbers)))
            .unify()
            .or(pages_paths(pages))
            .unify()
            .or(wrong_path(nothing))
            .unify();
        Self(all.boxed())
    }

    /// The administrators' pages, `/healthz`, `OPTIONS /`, and a 404 for every other path.
    pub(super) fn for_pages(config: &Config, services: &Services, mistakes: &Arc<SetupMistakes>) -> Self {
        let proxies = Arc::new(Proxies::new(&config.http, Arc::clone(mistakes)));
        let pages = pages_endpoint(config, services, &proxies);
        let nothing = Arc::new(WrongPath::new(&["/admin"], proxies, Arc::clone(mistakes)));
        let all = pages_paths(pages).or(health()).unify().or(options()).unify().or(wrong_path(nothing)).unify();
        Self(all.boxed())
    }

    /// Every path goes to one answer, such as that to plain HTTP on a port that speaks TLS.
    pub(super) fn to_one_answer(
        answer: impl Fn(Arrival, &HeaderMap) -> Response + Clone + Send + Sync + 'static,
    ) -> Self {
        let all = warp::ext::get::<Arrival>()
            .and(warp::header::headers_cloned())
            .map(move |arrival: Arrival, headers: HeaderMap| answer(arrival, &headers));
        Self(all.boxed())
    }

    /// Answers the requests of one connection. None may have a target without a path: the router panics at one.
    pub(super) fn service(
        &self,
    ) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + use<>
    {
        TowerToHyperService::new(warp::service(self.0.clone()))
    }
}

#[cfg(test)]
impl From<BoxedFilter<(Response,)>> for Routes {
    fn from(filter: BoxedFilter<(Response,)>) -> Self {
        Self(filter)
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Routes")
    }
}

fn provision(paths: &[&str], endpoint: Arc<ProvisioningEndpoint>) -> BoxedFilter<(Response,)> {
    at(paths)
        .and(warp::ext::get::<Arrival>())
        .and(warp::ext::get::<WriteDeadline>())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .and(warp::query::raw().or(warp::any().map(String::new)).unify())
        .and(warp::body::stream())
        .then(move |arrival, deadline: WriteDeadline, method, headers, query, body| {
            let endpoint = Arc::clone(&endpoint);
            async move { endpoint.answer(Head { arrival, method, headers, query }, deadline.body(body)).await }
        })
        .boxed()
}

fn health() -> BoxedFilter<(Response,)> {
    at(&["/healthz"])
        .and(warp::method())
        .map(|method: Method| refused_method(&method).unwrap_or_else(|| answer::line(StatusCode::OK, "ok", false)))
        .boxed()
}

/// `OPTIONS /`: HAProxy asks it to find out whether a server is up, unless its configuration names another request. It says
/// no more than that the process answers.
fn options() -> BoxedFilter<(Response,)> {
    at(&["/"]).and(warp::options()).map(answer::options).boxed()
}

fn ready(readiness: Arc<ReadinessEndpoint>) -> BoxedFilter<(Response,)> {
    at(&["/readyz"])
        .and(warp::ext::get::<Arrival>())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .then(move |arrival: Arrival, method: Method, headers: HeaderMap| {
            let readiness = Arc::clone(&readiness);
            async move {
                match refused_method(&method) {
                    Some(refusal) => refusal,
                    None => readiness.answer(arrival.peer.ip(), &headers).await,
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

/// The pages, if there are any.
fn pages_endpoint(config: &Config, services: &Services, proxies: &Arc<Proxies>) -> Option<Arc<AdminEndpoint>> {
    let administration = services.administration.clone()?;
    let settings = (&config.admin, &config.http, &config.limits);
    match AdminEndpoint::new(settings, Arc::clone(proxies), services.clone(), administration) {
        Ok(endpoint) => Some(Arc::new(endpoint)),
        Err(error) => {
            tracing::error!(target: "openfire_provisioner::http", "internal error: the administrators' pages cannot be made: {error:#}");
            None
        }
    }
}

/// Everything below `/admin`.
fn pages_paths(pages: Option<Arc<AdminEndpoint>>) -> BoxedFilter<(Response,)> {
    warp::path::full()
        .and_then(move |path: FullPath| {
            let is_page = segments(path.as_str()).next() == Some("admin");
            let pages = pages.clone().filter(|_| is_page);
            std::future::ready(pages.map(|pages| (pages, path)).ok_or_else(warp::reject::not_found))
        })
        .untuple_one()
        .and(warp::ext::get::<Arrival>())
        .and(warp::ext::get::<WriteDeadline>())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .and(warp::query::raw().or(warp::any().map(String::new)).unify())
        .and(warp::body::stream())
        .then(
            |pages: Arc<AdminEndpoint>,
             path: FullPath,
             arrival,
             deadline: WriteDeadline,
             method,
             headers,
             query,
             body| {
                let path = path.as_str().to_owned();
                let head = PageHead { arrival, method, headers, path, query };
                async move { pages.answer(head, deadline.body(body)).await }
            },
        )
        .boxed()
}

fn metrics_path(numbers: Arc<MetricsEndpoint>) -> BoxedFilter<(Response,)> {
    at(&["/metrics"])
        .and(warp::ext::get::<Arrival>())
        .and(warp::method())
        .and(warp::header::headers_cloned())
        .then(move |arrival: Arrival, method: Method, headers: HeaderMap| {
            let numbers = Arc::clone(&numbers);
            async move {
                match refused_method(&method) {
                    Some(refusal) => refusal,
                    None => numbers.answer(arrival.peer.ip(), &headers).await,
                }
            }
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

/// The answer to a method with which the paths for monitoring are not served.
fn refused_method(method: &Method) -> Option<Response> {
    let is_served = *method == Method::GET || *method == Method::HEAD;
    (!is_served).then(|| answer::method_not_allowed("This path is asked with GET.", "GET, HEAD"))
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
