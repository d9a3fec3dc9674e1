//! A component port (XEP-0114) that is played by hand: it answers queries as its test says, and can cut its links.

pub mod commands;
pub mod groups;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use minidom::Element;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Time in which anything here has to happen.
const LIMIT: Duration = Duration::from_secs(20);

/// The end of a stream (RFC 6120 section 4.4).
const FOOTER: &str = "</stream:stream>";

/// What is answered to a query; none is silence.
#[derive(Clone)]
#[expect(clippy::type_complexity, reason = "it is written once, and an alias would hide what it is")]
struct Answers(Arc<dyn Fn(&Element) -> Option<String> + Send + Sync>);

/// Whether a name may connect now.
#[derive(Clone)]
struct Admission(Arc<dyn Fn(&str) -> bool + Send + Sync>);

/// A component port on a loopback address. It takes any secret, and any name unless its test admits fewer.
pub struct ComponentPort {
    address: SocketAddr,
    links: watch::Receiver<usize>,
    heard: watch::Receiver<Vec<Element>>,
    answer: watch::Sender<Answers>,
    admission: watch::Sender<Admission>,
    orders: broadcast::Sender<Order>,
    task: JoinHandle<()>,
}

/// What every link does.
#[derive(Debug, Clone)]
enum Order {
    Say(String),
    Cut,
}

/// One link and what it shares with the others.
struct Link {
    stream: TcpStream,
    /// Read and not used yet.
    input: String,
    heard: Arc<watch::Sender<Vec<Element>>>,
    answer: watch::Receiver<Answers>,
    admission: watch::Receiver<Admission>,
    orders: broadcast::Receiver<Order>,
}

impl ComponentPort {
    /// Starts; every query is answered by `answer`.
    pub async fn start(answer: impl Fn(&Element) -> Option<String> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, heard_receiver) = watch::channel(Vec::new());
        let (links, links_receiver) = watch::channel(0);
        let (answer, answers) = watch::channel(Answers(Arc::new(answer)));
        let (admission, admissions) = watch::channel(Admission(Arc::new(|_| true)));
        let (orders, _) = broadcast::channel(64);
        let (heard, links, subscribe) = (Arc::new(heard), Arc::new(links), orders.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, admission, orders) = (answers.clone(), admissions.clone(), subscribe.subscribe());
                let input = String::new();
                let link = Link { stream, input, heard: Arc::clone(&heard), answer, admission, orders };
                tokio::spawn(link.play(Arc::clone(&links)));
            }
        });
        Self { address, links: links_receiver, heard: heard_receiver, answer, admission, orders, task }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers by `answer` from now on.
    pub fn answer_by(&self, answer: impl Fn(&Element) -> Option<String> + Send + Sync + 'static) {
        self.answer.send_replace(Answers(Arc::new(answer)));
    }

    /// From now on turns those names away for which `admits` is false, as Openfire 5 does it for any reason: by a header
    /// without an id, and the end.
    pub fn admit_by(&self, admits: impl Fn(&str) -> bool + Send + Sync + 'static) {
        self.admission.send_replace(Admission(Arc::new(admits)));
    }

    /// Sends a text on all links.
    pub fn say(&self, text: String) {
        self.orders.send(Order::Say(text)).expect("a link");
    }

    /// Cuts all links without goodbye.
    pub fn cut(&self) {
        self.orders.send(Order::Cut).expect("a link");
    }

    /// Waits until so many links have been accepted, those that are gone included.
    pub async fn linked(&self, links: usize) {
        let mut count = self.links.clone();
        let linked = timeout(LIMIT, count.wait_for(|count| *count >= links));
        linked.await.expect("a link in time").expect("a port");
    }

    /// All stanzas that have come up to now.
    #[must_use]
    pub fn all(&self) -> Vec<Element> {
        self.heard.borrow().clone()
    }

    /// Waits until `number` stanzas like this have come; gives all of them.
    pub async fn heard(&self, number: usize, like: impl Fn(&Element) -> bool) -> Vec<Element> {
        let mut heard = self.heard.clone();
        let enough = timeout(LIMIT, heard.wait_for(|heard| heard.iter().filter(|it| like(it)).count() >= number)).await;
        enough.expect("the stanzas in time").expect("a port").iter().filter(|it| like(it)).cloned().collect()
    }
}

impl Drop for ComponentPort {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Link {
    /// Ends when the other side, or an order, ends the link.
    async fn play(mut self, links: Arc<watch::Sender<usize>>) {
        if self.open().await.is_none() {
            return;
        }
        links.send_modify(|count| *count += 1);
        loop {
            let order = tokio::select! {
                read = read(&mut self.stream, &mut self.input) => match read {
                    Some(()) => None,
                    None => return,
                },
                order = self.orders.recv() => Some(order),
            };
            match order {
                Some(Ok(Order::Say(text))) => self.say(&text).await,
                Some(_) => return,
                None if self.input.contains(FOOTER) => return self.say(FOOTER).await,
                None => self.answer_all().await,
            }
        }
    }

    /// Header, handshake.
    async fn open(&mut self) -> Option<()> {
        self.until("to='").await?;
        let name = self.until("'").await?;
        self.until(">").await?;
        let name = name.trim_end_matches('\'');
        let Admission(admits) = self.admission.borrow().clone();
        let is_admitted = admits(name);
        let id = if is_admitted { " id=\"73wgodemyc\"" } else { "" };
        self.say(&format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><stream:stream xmlns:stream=\"http://etherx.jabber.org/streams\" \
             xmlns=\"jabber:component:accept\" from=\"{name}\"{id}>"
        ))
        .await;
        if !is_admitted {
            return None;
        }
        self.until("</handshake>").await?;
        self.say("<handshake></handshake>").await;
        Some(())
    }

    async fn until(&mut self, end: &str) -> Option<String> {
        loop {
            if let Some(text) = take(&mut self.input, end) {
                return Some(text);
            }
            read(&mut self.stream, &mut self.input).await?;
        }
    }

    async fn answer_all(&mut self) {
        while let Some(stanza) = take(&mut self.input, "</iq>") {
            let wrapped = format!("<s xmlns='jabber:component:accept'>{stanza}</s>");
            let stanza = wrapped.parse::<Element>().expect("a stanza").children().next().expect("one").clone();
            self.heard.send_modify(|heard| heard.push(stanza.clone()));
            let Answers(answer) = self.answer.borrow().clone();
            if is_query(&stanza)
                && let Some(text) = answer(&stanza)
            {
                self.say(&text).await;
            }
        }
    }

    /// A link that is gone is noticed by the next read.
    async fn say(&mut self, text: &str) {
        drop(self.stream.write_all(text.as_bytes()).await);
    }
}

async fn read(stream: &mut TcpStream, input: &mut String) -> Option<()> {
    let mut bytes = [0; 4096];
    let count = stream.read(&mut bytes).await.ok().filter(|count| *count > 0)?;
    input.push_str(std::str::from_utf8(&bytes[..count]).expect("ASCII"));
    Some(())
}

fn take(input: &mut String, end: &str) -> Option<String> {
    let at = input.find(end)?;
    Some(input.drain(..at + end.len()).collect())
}

/// Whether it asks for something.
#[must_use]
pub fn is_query(stanza: &Element) -> bool {
    matches!(stanza.attr("type"), Some("get" | "set"))
}

/// Whether it asks for a vCard.
#[must_use]
pub fn is_vcard_query(stanza: &Element) -> bool {
    is_query(stanza) && stanza.children().any(|child| child.name() == "vCard")
}

/// What it asks.
#[must_use]
pub fn payload(query: &Element) -> &Element {
    query.children().next().unwrap()
}

/// The answer to `query` with this payload.
#[must_use]
#[track_caller]
pub fn result(query: &Element, payload: &str) -> String {
    let [id, to, from] = ["id", "to", "from"].map(|name| query.attr(name).expect("an attribute"));
    format!("<iq type=\"result\" id=\"{id}\" from=\"{to}\" to=\"{from}\">{payload}</iq>")
}

/// The answer to `query` as an error with this condition.
#[must_use]
#[track_caller]
pub fn error(query: &Element, condition: &str) -> String {
    let error = format!(
        "<vCard xmlns=\"vcard-temp\"></vCard><error code=\"503\" type=\"cancel\"><{condition} \
         xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/></error>"
    );
    result(query, &error).replace("\"result\"", "\"error\"")
}

/// A vCard with nothing but this full name, to a query for one; silence to all else.
#[must_use]
pub fn named(query: &Element, full_name: &str) -> Option<String> {
    is_vcard_query(query).then(|| result(query, &format!("<vCard xmlns=\"vcard-temp\"><FN>{full_name}</FN></vCard>")))
}
