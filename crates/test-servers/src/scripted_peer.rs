//! An XMPP peer that does what its script says: the faults that no healthy server shows.
//!
//! Connection number n plays script number n; the last script is played for all further connections. When a script is
//! done, the peer reads on until the other side closes, and only then counts the socket as closed.

mod connection;
mod scram;
pub mod text;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ServerConfig, SupportedProtocolVersion};

use self::connection::Connection;
use crate::openfire::DOMAIN;

/// One thing that the peer does.
#[derive(Debug, Clone)]
pub enum Step {
    /// Reads until this text has come, and drops all up to its end.
    Expect(&'static str),
    /// Reads until this text has come, and drops nothing.
    Foresee(&'static str),
    /// Sends a text.
    Send(String),
    /// Sends `n` times the same text, as fast as the other side takes it.
    Flood(&'static str, usize),
    /// Sends a text byte by byte, one in each interval.
    Trickle(String, Duration),
    /// Does the server's side of a TLS handshake.
    Tls,
    /// Plays a SCRAM server for the `<auth/>` that was sent last.
    Scram(Scram),
    /// Plays the user's own stream after the login as Openfire 5.1.1 and later do, which bind on another thread: a query for
    /// the roster that comes before the binding is answered is refused ahead of that answer. Otherwise this roster is given,
    /// or none at all.
    Session(Option<&'static str>),
    /// Waits until this is true.
    Until(watch::Receiver<bool>),
    /// Makes this true.
    Tell(Arc<watch::Sender<bool>>),
    /// Reads an `<auth/>` by PLAIN and goes on as the user's name says.
    ByUser(ByUser),
    /// Closes the sending side and everything above it, without goodbye.
    Cut,
}

/// What the peer does for a user name and a password.
#[derive(Clone)]
#[expect(clippy::type_complexity, reason = "it is written once, and an alias would hide what it is")]
pub struct ByUser(Arc<dyn Fn(&str, &str) -> Vec<Step> + Send + Sync>);

impl ByUser {
    /// Plays the steps that `script` gives for a user name and a password.
    pub fn new(script: impl Fn(&str, &str) -> Vec<Step> + Send + Sync + 'static) -> Self {
        Self(Arc::new(script))
    }
}

impl fmt::Debug for ByUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByUser")
    }
}

/// A SCRAM server that knows the password and may break a rule.
#[derive(Debug, Clone)]
pub struct Scram {
    /// The right password.
    pub password: &'static str,
    /// Iteration count in the challenge.
    pub iterations: u32,
    /// The rule that is broken.
    pub fault: Fault,
}

/// A rule of SCRAM that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// None.
    None,
    /// The signature stands in a challenge of its own before the success (RFC 6120 section 6.3.10); this is allowed.
    SignatureInChallenge,
    /// The signature is wrong.
    WrongSignature,
    /// The success carries no signature.
    NoSignature,
    /// The success comes without any challenge.
    SuccessAtOnce,
    /// The nonce does not begin with the client's.
    OtherNonce,
    /// The nonce is the client's own.
    SameNonce,
    /// The server's error value instead of a signature.
    ErrorValue,
    /// Nothing follows the client's proof.
    NoVerdict,
    /// Channel binding data that differ from the client's, as when something in between ends TLS.
    OtherChannel,
}

/// A peer on a loopback address.
#[derive(Debug)]
pub struct ScriptedPeer {
    address: SocketAddr,
    stage: Arc<Stage>,
    task: JoinHandle<()>,
    folder: TempDir,
}

/// What connections share.
struct Stage {
    scripts: Vec<Vec<Step>>,
    acceptor: TlsAcceptor,
    certificate: Arc<[u8]>,
    open: watch::Sender<usize>,
    accepted: watch::Sender<usize>,
    unexpected: Mutex<Vec<String>>,
}

impl Stage {
    async fn accept(self: Arc<Self>, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let number = *self.accepted.borrow();
            let script = self.scripts.get(number).or(self.scripts.last()).cloned().unwrap_or_default();
            self.open.send_modify(|count| *count += 1);
            self.accepted.send_replace(number + 1);
            let connection = Connection::new(stream, self.acceptor.clone(), Arc::clone(&self.certificate));
            let stage = Arc::clone(&self);
            tokio::spawn(async move {
                let rest = connection.play(script).await;
                stage.unexpected.lock().expect("no panic while it is held").push(rest);
                stage.open.send_modify(|count| *count -= 1);
            });
        }
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stage({} of {} connections open)", *self.open.borrow(), *self.accepted.borrow())
    }
}

impl ScriptedPeer {
    /// Starts on 127.0.0.1 with both TLS versions.
    pub async fn start(scripts: impl IntoIterator<Item = Vec<Step>>) -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST.into(), &[&TLS13, &TLS12], scripts).await
    }

    /// Starts on 127.0.0.1 with TLS 1.2 only.
    pub async fn start_with_tls12(scripts: impl IntoIterator<Item = Vec<Step>>) -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST.into(), &[&TLS12], scripts).await
    }

    /// Starts on another address; panics when the machine does not have it.
    pub async fn start_at(
        ip: IpAddr,
        versions: &[&'static SupportedProtocolVersion],
        scripts: impl IntoIterator<Item = Vec<Step>>,
    ) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.expect("a loopback address");
        let address = listener.local_addr().expect("a bound address");
        let folder = tempfile::tempdir().expect("a folder");
        let (acceptor, certificate) = certificate(&folder, versions);
        let (open, _) = watch::channel(0);
        let (accepted, _) = watch::channel(0);
        let scripts = scripts.into_iter().collect();
        let unexpected = Mutex::default();
        let stage = Arc::new(Stage { scripts, acceptor, certificate, open, accepted, unexpected });
        let task = tokio::spawn(Arc::clone(&stage).accept(listener));
        Self { address, stage, task, folder }
    }

    /// Refuses further connections.
    pub async fn close(&mut self) {
        self.task.abort();
        assert!((&mut self.task).await.is_err_and(|error| error.is_cancelled()), "the listener had ended before");
    }

    /// Accepts connections again after [`ScriptedPeer::close`].
    pub async fn reopen(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("the address is still free");
        self.task = tokio::spawn(Arc::clone(&self.stage).accept(listener));
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// PEM file of its self-signed certificate, which is for [`DOMAIN`].
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Connections that have come up to now.
    #[must_use]
    pub fn accepted(&self) -> usize {
        *self.stage.accepted.borrow()
    }

    /// What each connection that is closed sent beyond what its script expected.
    #[must_use]
    pub fn unexpected(&self) -> Vec<String> {
        self.stage.unexpected.lock().expect("no panic while it is held").clone()
    }

    /// Waits until the other side has closed all its sockets.
    #[track_caller]
    pub fn all_closed(&self) -> impl Future<Output = ()> + use<> {
        let caller = std::panic::Location::caller();
        let mut open = self.stage.open.subscribe();
        async move {
            let closed = tokio::time::timeout(Duration::from_secs(5), open.wait_for(|count| *count == 0)).await.is_ok();
            assert!(closed, "{caller}: {} sockets are still open", *open.borrow());
        }
    }
}

impl Drop for ScriptedPeer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A certificate that is its own authority, written as PEM for the other side to trust; in DER for ourselves.
fn certificate(folder: &TempDir, versions: &[&'static SupportedProtocolVersion]) -> (TlsAcceptor, Arc<[u8]>) {
    let key = KeyPair::generate().expect("a key");
    let parameters = CertificateParams::new(vec![DOMAIN.to_owned()]).expect("a name");
    let certificate = parameters.self_signed(&key).expect("a certificate");
    std::fs::write(folder.path().join("ca.pem"), certificate.pem()).expect("a writable folder");
    let der = certificate.der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .expect("known versions")
        .with_no_client_auth()
        .with_single_cert(vec![der.clone()], key)
        .expect("a usable certificate");
    (TlsAcceptor::from(Arc::new(config)), der.as_ref().into())
}
