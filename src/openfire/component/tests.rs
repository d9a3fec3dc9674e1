//! The component against a server that the test plays, over a pipe in memory and with a paused clock.

mod faults;
mod inbound;
mod log;
mod messages;
mod queries;
mod refusals;

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout};
use xmpp_parsers::jid::{DomainPart, Jid};
use xmpp_parsers::minidom::Element;

use super::open::{self, ComponentNames};
use super::supervisor::Accepted;
use super::{Component, ComponentError, ComponentState, InboundIqs, IqError, Loss, names};
use crate::model::config;
use crate::openfire::connect::ConnectError;

const SECRET: &str = "s3cret-of-the-component";
const OPENED: &str = "<?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns:stream=\"http://etherx.jabber.org/streams\" \
                      xmlns=\"jabber:component:accept\" from=\"prov.example.test\" id=\"2c59gvolof\">";
/// Far over all limits of the component; the clock stops while there is something to do, so no test takes that long.
const LIMIT: Duration = Duration::from_hours(1);

/// A component, and the server that it connects to again and again.
struct Play {
    component: Component,
    connections: mpsc::Receiver<Peer>,
}

/// The server's end of one connection.
struct Peer {
    io: DuplexStream,
    heard: String,
}

impl Play {
    fn begin() -> Self {
        Self::with("")
    }

    /// With more lines of `[component]`, and without a receiver of the IQs that come in.
    fn with(settings: &str) -> Self {
        Self::over(4096, settings).0
    }

    /// With the queue of the IQs that come in, and a pipe that takes 1,000 of them at once.
    fn answering(settings: &str) -> (Self, InboundIqs) {
        Self::over(256 * 1024, settings)
    }

    /// Over connections that hold `room` bytes.
    fn over(room: usize, settings: &str) -> (Self, InboundIqs) {
        let settings: config::Component =
            toml::from_str(&format!("name = \"prov.example.test\"\nsecret = \"{SECRET}\"\n{settings}")).unwrap();
        let names = names(&settings.name, &DomainPart::new("example.test").unwrap().into_owned()).unwrap();
        let (sender, connections) = mpsc::channel(1);
        let (component, inbound) =
            Component::spawn(&settings, names.clone(), move || connect(room, sender.clone(), names.clone()));
        (Self { component, connections }, inbound)
    }

    /// The next connection of the component.
    async fn connection(&mut self) -> Peer {
        timeout(LIMIT, self.connections.recv()).await.expect("a connection in time").unwrap()
    }

    /// The next connection, with the handshake accepted.
    async fn accepted(&mut self) -> Peer {
        let mut peer = self.connection().await;
        peer.admit().await;
        let mut state = self.component.state();
        wait(&mut state, |state| matches!(state, ComponentState::Connected { .. })).await;
        peer
    }

    /// Why the component is down, as soon as it is.
    async fn reason(&self) -> std::sync::Arc<ComponentError> {
        let mut state = self.component.state();
        match wait(&mut state, |state| matches!(state, ComponentState::Down { .. })).await {
            ComponentState::Down { reason, .. } => reason,
            other => panic!("{other:?}"),
        }
    }

    async fn ask(&self, to: &str) -> Result<Option<Element>, IqError> {
        self.component.get(jid(to), Element::bare("vCard", "vcard-temp"), Instant::now() + LIMIT).await
    }
}

impl Peer {
    /// Reads until `end` has come; gives all up to it.
    async fn hear(&mut self, end: &str) -> String {
        let heard = timeout(LIMIT, async {
            loop {
                if let Some(at) = self.heard.find(end) {
                    let rest = self.heard.split_off(at + end.len());
                    return std::mem::replace(&mut self.heard, rest);
                }
                let mut bytes = [0; 4096];
                let read = self.io.read(&mut bytes).await.unwrap();
                assert_ne!(read, 0, "closed while {end} was expected after {}", self.heard);
                self.heard.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
            }
        });
        heard.await.unwrap_or_else(|_| panic!("no {end}"))
    }

    async fn say(&mut self, text: &str) {
        timeout(LIMIT, self.io.write_all(text.as_bytes())).await.expect("a component that reads").unwrap();
    }

    /// The right answers up to the accepted handshake.
    async fn admit(&mut self) {
        self.hear("to='prov.example.test'>").await;
        self.say(OPENED).await;
        self.hear("</handshake>").await;
        self.say("<handshake></handshake>").await;
    }

    /// The id of the next query.
    async fn query(&mut self) -> String {
        let query: Element = self.hear("</iq>").await.replacen("<iq", "<iq xmlns='jabber:client'", 1).parse().unwrap();
        assert_eq!(query.attr("from"), Some("prov.example.test"));
        query.attr("id").unwrap().to_owned()
    }

    /// Reads until the component closes.
    async fn rest(mut self) -> String {
        let mut bytes = Vec::new();
        timeout(LIMIT, self.io.read_to_end(&mut bytes)).await.expect("an end").unwrap();
        self.heard + std::str::from_utf8(&bytes).unwrap()
    }
}

async fn connect(
    room: usize,
    connections: mpsc::Sender<Peer>,
    names: ComponentNames,
) -> Result<Accepted<ReadHalf<DuplexStream>, WriteHalf<DuplexStream>>, ComponentError> {
    let (near, far) = tokio::io::duplex(room);
    if connections.send(Peer { io: far, heard: String::new() }).await.is_err() {
        let address = ([127, 0, 0, 1], 5275).into();
        let cause = ConnectError::Silent { address };
        return Err(ComponentError::Unreachable { host: "127.0.0.1".into(), port: 5275, cause });
    }
    let (mut stream, id) = open::open(near, &names).await?;
    open::handshake(&mut stream, &id, &SECRET.to_owned().into(), &names).await?;
    Ok(Accepted { stream, peer: "a pipe".into() })
}

async fn wait(
    state: &mut watch::Receiver<ComponentState>,
    is_it: impl FnMut(&ComponentState) -> bool,
) -> ComponentState {
    timeout(LIMIT, state.wait_for(is_it)).await.expect("a change of state in time").unwrap().clone()
}

fn jid(text: &str) -> Jid {
    Jid::new(text).unwrap()
}

fn result(id: &str, from: &str) -> String {
    format!(
        "<iq type=\"result\" id=\"{id}\" from=\"{from}\" to=\"prov.example.test\"><vCard xmlns=\"vcard-temp\"/></iq>"
    )
}

/// Runs until nothing but the test itself is left to run.
async fn until_no_task_is_left() {
    let metrics = tokio::runtime::Handle::current().metrics();
    let gone = timeout(LIMIT, async {
        while metrics.num_alive_tasks() > 0 {
            tokio::task::yield_now().await;
        }
    });
    gone.await.expect("no task that goes on");
}

#[test]
fn a_name_that_is_not_below_the_domain_is_refused_at_the_start() {
    let domain = DomainPart::new("example.test").unwrap().into_owned();
    for bad in
        ["example.test", "prov", "prov.elsewhere.test", "provexample.test", ".example.test", "", "a b.example.test"]
    {
        let message = names(bad, &domain).unwrap_err().to_string();
        assert!(message.contains("`component.name`") && message.contains("provisioning.example.test"), "{message}");
    }
    assert_eq!(names("PROV.Example.test", &domain).unwrap().name.as_str(), "prov.example.test");
}
