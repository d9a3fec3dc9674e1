//! The directory against a component port played by hand: what Openfire 5.1 answers, and what no healthy server does.

use std::net::SocketAddr;
use std::time::Duration;

use openfire_provisioner::account::{Contact, Entry, Reason, Subscription, Wanted};
use openfire_provisioner::openfire::directory::Directory;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use xmpp_parsers::jid::DomainPart;
use xmpp_parsers::minidom::Element;

use crate::directory_setup::{component, deadline, look_up, user};
use crate::support::openfire::{COMPONENT_SECRET, DOMAIN};

const ROSTER: Wanted = Wanted { roster: true, ..Wanted::NOTHING };
const VCARD: Wanted = Wanted { vcard: true, ..Wanted::NOTHING };
const GROUPS: Wanted = Wanted { groups: true, ..Wanted::NOTHING };
const LIMIT: Duration = Duration::from_secs(20);

/// A component port that answers queries as its test says.
struct Port {
    address: SocketAddr,
    /// All queries so far.
    queries: watch::Receiver<Vec<Element>>,
    /// Answers that come late.
    late: mpsc::Sender<String>,
}

impl Port {
    async fn open(answer: impl Fn(&Element) -> Option<String> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, queries) = watch::channel(Vec::new());
        let (late, pushed) = mpsc::channel(8);
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            play(stream, answer, seen, pushed).await;
        });
        Self { address, queries, late }
    }

    async fn directory(&self, iq_timeout: Duration) -> Directory {
        let component = component(&format!("prov.{DOMAIN}"), self.address, COMPONENT_SECRET).await;
        let domain = DomainPart::new(DOMAIN).unwrap().into_owned();
        Directory::new(component, openfire_provisioner::config::Directory::default(), domain, iq_timeout)
    }

    /// Waits for the first query that is like this.
    async fn query(&mut self, like: impl Fn(&Element) -> bool) -> Element {
        let seen = timeout(LIMIT, self.queries.wait_for(|queries| queries.iter().any(&like))).await;
        seen.expect("the query in time").expect("a port that runs").iter().find(|query| like(query)).unwrap().clone()
    }

    fn count(&self, like: impl Fn(&Element) -> bool) -> usize {
        self.queries.borrow().iter().filter(|query| like(query)).count()
    }
}

async fn play(
    mut stream: TcpStream,
    answer: impl Fn(&Element) -> Option<String>,
    seen: watch::Sender<Vec<Element>>,
    mut late: mpsc::Receiver<String>,
) {
    let mut text = String::new();
    let mut read_until = async |stream: &mut TcpStream, end: &str| -> Option<String> {
        let mut bytes = [0; 4096];
        loop {
            if let Some(at) = text.find(end) {
                return Some(text.drain(..at + end.len()).collect());
            }
            let count = stream.read(&mut bytes).await.ok().filter(|count| *count > 0)?;
            text.push_str(std::str::from_utf8(&bytes[..count]).ok()?);
        }
    };
    read_until(&mut stream, "to=").await.unwrap();
    read_until(&mut stream, ">").await.unwrap();
    let header = format!(
        "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' \
         from='prov.{DOMAIN}' id='abc'>"
    );
    stream.write_all(header.as_bytes()).await.unwrap();
    read_until(&mut stream, "</handshake>").await.unwrap();
    stream.write_all(b"<handshake/>").await.unwrap();
    loop {
        let stanza = tokio::select! {
            stanza = read_until(&mut stream, "</iq>") => stanza,
            Some(answer) = late.recv() => {
                stream.write_all(answer.as_bytes()).await.unwrap();
                continue;
            }
        };
        let Some(stanza) = stanza else { return };
        let wrapped = format!("<s xmlns='jabber:component:accept'>{stanza}</s>");
        let query = wrapped.parse::<Element>().unwrap().children().next().unwrap().clone();
        if let Some(answer) = answer(&query) {
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        seen.send_modify(|queries| queries.push(query));
    }
}

fn payload(query: &Element) -> &Element {
    query.children().next().unwrap()
}

fn result(query: &Element, payload: &str) -> String {
    let [id, to, from] = ["id", "to", "from"].map(|name| query.attr(name).unwrap());
    format!("<iq type='result' id='{id}' from='{to}' to='{from}'>{payload}</iq>")
}

fn is_list(query: &Element) -> bool {
    payload(query).name() == "query"
}

/// A stage of the command with this short name; `execute`, `complete` or `cancel`.
fn is_stage(query: &Element, command: &str, action: &str) -> bool {
    let payload = payload(query);
    payload.attr("node").is_some_and(|node| node.ends_with(&format!("#{command}")))
        && payload.attr("action") == Some(action)
}

fn list(query: &Element, commands: &[&str]) -> String {
    let item = |command| format!("<item jid='{DOMAIN}' node='http://jabber.org/protocol/admin#{command}' name='x'/>");
    let items = commands.iter().map(item).collect::<Vec<_>>().concat();
    result(query, &format!("<query xmlns='http://jabber.org/protocol/disco#items'>{items}</query>"))
}

/// The first stage's answer of Openfire 5.1: a form with these fields.
fn form(query: &Element, fields: &[&str]) -> String {
    let node = payload(query).attr("node").unwrap();
    let field = |name| format!("<field type='jid-multi' var='{name}'><required/></field>");
    let fields = fields.iter().map(field).collect::<Vec<_>>().concat();
    let command = format!(
        "<command xmlns='http://jabber.org/protocol/commands' sessionid='LiHQk0AZrop0mKp' node='{node}' \
         status='executing'><x xmlns='jabber:x:data' type='form'>{fields}</x>\
         <actions execute='complete'><complete/></actions></command>"
    );
    result(query, &command)
}

fn completed(query: &Element, form: &str) -> String {
    let node = payload(query).attr("node").unwrap();
    let command = format!(
        "<command xmlns='http://jabber.org/protocol/commands' sessionid='LiHQk0AZrop0mKp' node='{node}' \
         status='completed'><x xmlns='jabber:x:data' type='result'>{form}</x></command>"
    );
    result(query, &command)
}

#[tokio::test]
async fn a_roster_comes_by_the_command_of_openfire_5() {
    // Openfire 5.1: the form's field is a plural, the roster a child of the form.
    let port = Port::open(|query| {
        Some(match query {
            query if is_list(query) => list(query, &["get-user-roster"]),
            query if is_stage(query, "get-user-roster", "execute") => form(query, &["accountjids"]),
            query => completed(
                query,
                "<query xmlns='jabber:iq:roster'><item jid='user2@example.test' name='Nick 2' subscription='both' \
                 ask='none'><group>Friends</group></item></query>",
            ),
        })
    })
    .await;
    let entry = look_up(&port.directory(LIMIT).await, "user1", ROSTER, None).await;
    let contact = Contact {
        jid: "user2@example.test".into(),
        name: "Nick 2".into(),
        groups: vec!["Friends".into()],
        subscription: Subscription::Both,
    };
    assert_eq!(entry, Entry { roster: vec![contact], ..Entry::default() });
    let submitted = port.queries.borrow().last().unwrap().clone();
    let sent: Vec<_> = payload(&submitted).children().next().unwrap().children().map(|f| (f.attr("var"), f)).collect();
    let (name, field) = &sent[1];
    assert_eq!(
        (sent.len(), *name, field.children().next().unwrap().text()),
        (2, Some("accountjids"), "user1@example.test".into())
    );
}

#[tokio::test]
async fn a_query_that_is_never_answered_is_missing_when_its_time_is_up() {
    // Openfire 5.1 never answers about an account that does not exist.
    let port = Port::open(|_| None).await;
    let entry = look_up(&port.directory(Duration::from_millis(50)).await, "nobody", VCARD, None).await;
    assert_eq!(entry.missing.iter().map(|missing| &missing.reason).collect::<Vec<_>>(), [&Reason::TimedOut]);
}

#[tokio::test]
async fn an_account_without_a_vcard_is_none_on_openfire_5() {
    let port = Port::open(|query| {
        let error = "<vCard xmlns='vcard-temp'></vCard><error code='503' type='cancel'><service-unavailable \
                     xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
        Some(result(query, error).replace("'result'", "'error'"))
    })
    .await;
    assert_eq!(look_up(&port.directory(LIMIT).await, "user500", VCARD, None).await, Entry::default());
}

#[tokio::test]
async fn a_command_that_starts_after_its_caller_gave_up_is_cancelled() {
    let mut port = Port::open(|query| is_list(query).then(|| list(query, &["get-user-roster"]))).await;
    let directory = port.directory(Duration::from_millis(50)).await;
    let entry = look_up(&directory, "user1", ROSTER, None).await;
    assert_eq!(entry.missing[0].reason, Reason::TimedOut);

    let started = port.query(|query| is_stage(query, "get-user-roster", "execute")).await;
    port.late.send(form(&started, &["accountjids"])).await.unwrap();
    let cancelled = port.query(|query| is_stage(query, "get-user-roster", "cancel")).await;
    assert_eq!(payload(&cancelled).attr("sessionid"), Some("LiHQk0AZrop0mKp"));
    assert_eq!(port.count(|query| is_stage(query, "get-user-roster", "complete")), 0);
}

#[tokio::test]
async fn a_command_whose_look_up_is_dropped_is_cancelled() {
    let mut port = Port::open(|query| is_list(query).then(|| list(query, &["get-user-roster"]))).await;
    let directory = port.directory(LIMIT).await;
    let name = user("user1");
    let started = tokio::select! {
        entry = directory.look_up(&name, ROSTER, None, deadline()) => panic!("{entry:?}"),
        started = port.query(|query| is_stage(query, "get-user-roster", "execute")) => started,
    };
    port.late.send(form(&started, &["accountjids"])).await.unwrap();
    port.query(|query| is_stage(query, "get-user-roster", "cancel")).await;
}

#[tokio::test]
async fn a_form_that_is_never_answered_is_cancelled() {
    // Openfire throws where a form lacks what the command needs, and never answers.
    let mut port = Port::open(|query| match query {
        query if is_list(query) => Some(list(query, &["get-user-roster"])),
        query if is_stage(query, "get-user-roster", "execute") => Some(form(query, &["accountjids"])),
        _ => None,
    })
    .await;
    let entry = look_up(&port.directory(Duration::from_millis(200)).await, "user1", ROSTER, None).await;
    assert_eq!(entry.missing[0].reason, Reason::TimedOut);
    port.query(|query| is_stage(query, "get-user-roster", "cancel")).await;
}

#[tokio::test]
async fn a_form_without_the_field_that_we_know_is_cancelled_and_not_sent() {
    let mut port = Port::open(|query| {
        Some(match query {
            query if is_list(query) => list(query, &["get-user-roster"]),
            query => form(query, &["something-else"]),
        })
    })
    .await;
    let entry = look_up(&port.directory(LIMIT).await, "user1", ROSTER, None).await;
    assert!(matches!(entry.missing[0].reason, Reason::Malformed(_)), "{entry:?}");
    port.query(|query| is_stage(query, "get-user-roster", "cancel")).await;
    assert_eq!(port.count(|query| is_stage(query, "get-user-roster", "complete")), 0);
}

#[tokio::test]
async fn many_look_ups_share_one_list_of_commands_and_one_reading_of_the_groups() {
    let port = Port::open(|query| {
        let group = |name: &str, count: &str| {
            format!(
                "<item><field var='name'><value>{name}</value></field><field var='count'><value>{count}</value>\
                 </field></item>"
            )
        };
        Some(match query {
            query if is_list(query) => list(query, &["get-groups", "get-group-members"]),
            query if is_stage(query, "get-groups", "execute") => form(query, &["start", "max_items"]),
            query if is_stage(query, "get-groups", "complete") => {
                completed(query, &[group("sales", "1"), group("empty", "0"), group("huge", "40001")].concat())
            }
            query if is_stage(query, "get-group-members", "execute") => form(query, &["group"]),
            query => completed(query, "<item><field var='jid'><value>user1@example.test</value></field></item>"),
        })
    })
    .await;
    let directory = port.directory(LIMIT).await;
    let look_ups = (0..50).map(|_| look_up(&directory, "user1", GROUPS, None));
    for entry in futures::future::join_all(look_ups).await {
        assert_eq!((entry.groups, entry.withheld), (vec!["sales".to_owned()], vec![]));
        assert!(matches!(entry.missing[0].reason, Reason::Shortened { kept: 2, total: 3, .. }));
    }
    // The list; two stages for the groups; two for the members of the only group that has some and is not too large.
    assert_eq!(port.count(|_| true), 5);
}
