//! The HTTP front alone: in the place of Openfire and template stands a handler that does what the user name says.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use openfire_provisioner::http::server::tls;
use openfire_provisioner::http::{Handlers, Server};
use openfire_provisioner::model::config::{self, HttpTls};
use openfire_provisioner::provision::{Chosen, Outcome, ProvisionError, Readiness, Reply, Request, Stages};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use xmpp_parsers::jid::DomainPart;

/// What `anna` gets.
pub const TEXT: &str = "net.java.sip.communicator.impl.protocol.jabber.acc1=acc1\n";

/// A running front.
pub struct Front {
    pub address: SocketAddr,
    pub script: Script,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// What the handlers saw, and what they say.
#[derive(Clone)]
pub struct Script {
    seen: Arc<Mutex<Vec<(Request, Instant)>>>,
    /// Requests that are being worked on.
    pub running: watch::Sender<usize>,
    pub looks: Arc<AtomicUsize>,
    pub readiness: Arc<Mutex<Readiness>>,
    /// Lets `held` users go.
    pub release: watch::Sender<bool>,
}

impl Front {
    pub async fn start(change: impl FnOnce(&mut config::Http, &mut config::Limits)) -> Self {
        let (mut settings, mut limits) = (config::Http::default(), config::Limits::default());
        change(&mut settings, &mut limits);
        Self::with(settings, limits).await
    }

    pub async fn with(settings: config::Http, limits: config::Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tls = settings.tls.as_ref().map(|files: &HttpTls| watch::channel(tls::load(files).unwrap()).1);
        let script = Script::new();
        let server = Server::new(listener, tls, &settings, &limits, script.handlers());
        let address = server.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(server.run(async {
            stopped.await.ok();
        }));
        Self { address, script, stop, task }
    }

    /// Asks the server to stop; the result ends when it has.
    pub fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).unwrap();
        self.task
    }
}

impl Script {
    fn new() -> Self {
        Self {
            seen: Arc::default(),
            running: watch::Sender::new(0),
            looks: Arc::default(),
            readiness: Arc::new(Mutex::new(Readiness { component: Ok(()), openfire: Ok(()) })),
            release: watch::Sender::new(false),
        }
    }

    /// The only request so far.
    #[must_use]
    #[track_caller]
    pub fn only(&self) -> Request {
        let seen = self.seen.lock().unwrap();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen[0].0.clone()
    }

    #[must_use]
    pub fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// The time that the last request was given.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.seen.lock().unwrap().last().unwrap().1
    }

    /// Waits until this many requests are being worked on.
    pub async fn running(&self, wanted: usize) {
        let mut running = self.running.subscribe();
        timeout(Duration::from_secs(10), running.wait_for(|running| *running == wanted)).await.unwrap().unwrap();
    }

    fn handlers(&self) -> Handlers {
        let (script, looked) = (self.clone(), self.clone());
        Handlers::new(
            DomainPart::new("example.test").unwrap().into_owned(),
            move |request, deadline| script.clone().provision(request, deadline),
            move |_| {
                looked.looks.fetch_add(1, Ordering::SeqCst);
                let readiness = looked.readiness.lock().unwrap().clone();
                async move { readiness }
            },
        )
    }

    async fn provision(self, request: Request, deadline: Instant) -> Outcome {
        // A throttled login is never tried.
        let login = (request.credentials.username.as_str() != "throttled").then_some(Duration::from_micros(4321));
        let chosen = (request.credentials.username.as_str() == "template")
            .then(|| Chosen { template: "/etc/site/staff.properties".to_owned(), rule: Some("staff".to_owned()) });
        let result = self.reply(request, deadline).await;
        let rest = result.is_ok().then_some(Duration::ZERO);
        Outcome { result, stages: Stages { login, directory: rest, render: rest }, chosen }
    }

    async fn reply(self, request: Request, deadline: Instant) -> Result<Reply, ProvisionError> {
        self.running.send_modify(|running| *running += 1);
        let _running = Running(self.running.clone());
        let user = request.credentials.username.as_str().to_owned();
        self.seen.lock().unwrap().push((request, deadline));
        let reason = || "db1.internal:5222: INTERNAL TEXT".to_owned();
        match user.as_str() {
            "wrong" => return Err(ProvisionError::Unauthorized { reason: reason() }),
            "uncheckable" => return Err(ProvisionError::CannotCheck { reason: reason() }),
            "down" => return Err(ProvisionError::Unreachable { reason: reason() }),
            "template" => return Err(ProvisionError::Template { reason: reason() }),
            "throttled" => return Err(ProvisionError::Throttled { retry_after: Duration::from_millis(41_500) }),
            "panic" => panic!("on purpose"),
            "silent" => std::future::pending().await,
            "held" => {
                self.release.subscribe().wait_for(|released| *released).await.unwrap();
            }
            _ => {}
        }
        let body = if user == "long" { Bytes::from(TEXT.repeat(100)) } else { Bytes::from_static(TEXT.as_bytes()) };
        Ok(Reply { body })
    }
}

/// One less is running when this is dropped, however the request ended.
struct Running(watch::Sender<usize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running -= 1);
    }
}
