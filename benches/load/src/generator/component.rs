//! A component's stream (XEP-0114) for queries, many of which wait for their answer at one time.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, ensure};
use sha1::{Digest as _, Sha1};
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::elements::{Elements, attribute};
use super::quick_ack::QuickAck;
use super::wire::{Tls, receive, send};

/// Queries that may wait to be sent.
const QUEUE: usize = 1024;

/// A component that is connected.
pub(super) struct Component {
    name: String,
    queries: mpsc::Sender<String>,
    pending: Arc<Pending>,
    next: AtomicU64,
    /// Reads and writes; ends with the component.
    _tasks: JoinSet<anyhow::Result<()>>,
}

impl Component {
    /// Connects to the component port at `address` as `name`, with STARTTLS as the service does it.
    pub(super) async fn connect(address: SocketAddr, name: &str, tls: &Tls) -> anyhow::Result<Self> {
        let name = format!("{name}.{DOMAIN}");
        let header = format!(
            "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='{name}'>"
        );
        let mut stream = tls.start(QuickAck::connect(address).await?, &header).await?;
        send(&mut stream, &header).await?;
        let answer = receive(&mut stream, &[" id="]).await?;
        let (_, root) = answer.split_once("<stream:stream").context("the server sent no header")?;
        let id = attribute(root, "id").context("the stream has no id")?;
        send(&mut stream, &format!("<handshake>{}</handshake>", proof(id))).await?;
        let answer = receive(&mut stream, &["<handshake", "<stream:error"]).await?;
        ensure!(answer.contains("<handshake"), "the server refused the component: {answer}");

        let (reader, writer) = tokio::io::split(stream);
        let (queries, queue) = mpsc::channel(QUEUE);
        let pending = Arc::new(Pending::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(read(reader, Arc::clone(&pending)));
        tasks.spawn(write(writer, queue));
        Ok(Self { name, queries, pending, next: AtomicU64::new(0), _tasks: tasks })
    }

    /// Asks a user's account for its vCard (XEP-0054), and gives the whole answer.
    pub(super) async fn vcard(&self, user: &str) -> anyhow::Result<String> {
        let id = format!("v{}", self.next.fetch_add(1, Ordering::Relaxed));
        let answer = self.pending.expect(&id);
        let query = format!(
            "<iq type='get' id='{id}' from='{}' to='{user}@{DOMAIN}'><vCard xmlns='vcard-temp'/></iq>",
            self.name
        );
        self.queries.send(query).await.context("the component's stream has ended")?;
        answer.await.context("the component's stream has ended")
    }
}

/// The component's proof that it knows the secret (XEP-0114 section 3): the SHA-1 of stream id and secret.
pub(super) fn proof(id: &str) -> String {
    let digest = Sha1::digest(format!("{id}{COMPONENT_SECRET}"));
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Queries without an answer yet.
#[derive(Debug, Default)]
pub(super) struct Pending(Mutex<HashMap<String, oneshot::Sender<String>>>);

impl Pending {
    /// The answer to the query with this id, once it comes. An id is used once.
    pub(super) fn expect(&self, id: &str) -> oneshot::Receiver<String> {
        let (sender, receiver) = oneshot::channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), sender);
        receiver
    }

    /// Gives an answer to whom it is for. What is not an answer, and what is not asked, is left.
    pub(super) fn answer(&self, element: String) {
        let is_answer = matches!(attribute(&element, "type"), Some("result" | "error"));
        let Some(id) = attribute(&element, "id").filter(|_| is_answer && element.starts_with("<iq")) else { return };
        let waits = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        if let Some(waits) = waits {
            // One who has gone away does not want it.
            drop(waits.send(element));
        }
    }

    /// Ends all waits.
    fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

async fn read(mut reader: impl AsyncRead + Unpin, pending: Arc<Pending>) -> anyhow::Result<()> {
    // The root's tag was read with the header.
    let mut elements = Elements::in_root();
    let mut piece = Vec::with_capacity(64 * 1024);
    let outcome = loop {
        piece.clear();
        match reader.read_buf(&mut piece).await {
            Ok(0) => break Err(anyhow::anyhow!("the server closed the component's stream")),
            Ok(_) => {}
            Err(error) => break Err(error.into()),
        }
        match elements.push(&piece) {
            Ok(whole) => whole.into_iter().for_each(|element| pending.answer(element)),
            Err(error) => break Err(error),
        }
    };
    pending.close();
    outcome
}

/// Writes in one piece what waits.
async fn write(mut writer: impl AsyncWrite + Unpin, mut queue: mpsc::Receiver<String>) -> anyhow::Result<()> {
    while let Some(mut text) = queue.recv().await {
        while let Ok(more) = queue.try_recv() {
            text += &more;
        }
        send(&mut writer, &text).await?;
    }
    Ok(())
}
