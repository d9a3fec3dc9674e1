//! The whole log of the real binary at its most verbose: what it holds, and what it never holds.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::{Serializer, byte_serialize};
use serde_json::Value;
use test_servers::openfire::{COMPONENT_SECRET, Openfire, component_name};

use crate::support::app::config_text;
use crate::support::http_client::{FORM, request, send};
use crate::support::service::{Ended, Program};

const HTTP_SECRET: &str = "open-sesame-5";
const WRONG_SECRET: &str = "shut-sesame-6";
const FIELD: &str = "value-of-a-field";
/// Users and the passwords that they send.
const ANNA: (&str, &str) = ("anna.berger", "sunflower-42");
const MARIA: (&str, &str) = ("maria.silva", "quiet-harbour-19");
const TOMAS: (&str, &str) = ("tomas.novak", "blue-bicycle-7");
const YUKI: (&str, &str) = ("yuki.tanaka", "paper-crane-88");
const DISABLED: (&str, &str) = ("disabled", "locked-but-right");
const WRONG: (&str, &str) = ("anna.berger", "wr0ng & päss=wörd/+");

/// Fails for Tomas when it is rendered; for Yuki when the lint reads it, which names keys.
const TEMPLATE: &str = "\
name={{ vcard.full_name }}
field={{ request.fields.uuid | default('') }}
{% if user.name == 'tomas.novak' %}
broken={{ vcard.emails[99].address }}
{% endif %}
net.java.sip.communicator.impl.protocol.jabber.accTest=accTest
{% if user.name == 'yuki.tanaka' %}
{{ password }}=a key that is the password
{{ password }}=twice
{% endif %}
net.java.sip.communicator.impl.protocol.jabber.accTest.ACCOUNT_UID=Jabber:{{ user.jid }}@example.test
net.java.sip.communicator.impl.protocol.jabber.accTest.USER_ID={{ user.jid }}
net.java.sip.communicator.impl.protocol.jabber.accTest.PASSWORD={{ password }}
";

fn form((user, password): (&str, &str), secret: &str) -> String {
    let fields = [("username", user), ("password", password), ("secret", secret), ("uuid", FIELD)];
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The status of a request from a client that is known by its agent.
async fn status(address: SocketAddr, method: &str, query: &str, headers: &[(&str, &str)], body: &str) -> u16 {
    let mut all = vec![("content-type", FORM), ("user-agent", "Jitsi/2.10.5550")];
    all.extend(headers);
    send(address, request(method, &format!("/provision{query}"), &all, body)).await.status
}

/// Sends everything that can be sent with a secret in it.
async fn send_all(address: SocketAddr, by_get: u16) {
    for (login, secret, expected) in [
        (ANNA, HTTP_SECRET, 200),
        (WRONG, HTTP_SECRET, 401),
        (DISABLED, HTTP_SECRET, 401),
        (TOMAS, HTTP_SECRET, 500),
        (YUKI, HTTP_SECRET, 500),
        (ANNA, WRONG_SECRET, 400),
        ((ANNA.0, ""), HTTP_SECRET, 401),
    ] {
        assert_eq!(status(address, "POST", "", &[], &form(login, secret)).await, expected, "{login:?}");
    }
    for malformed in [format!("{}&x=%zz", form(ANNA, HTTP_SECRET)), format!("{}%FF", form(ANNA, HTTP_SECRET))] {
        assert_eq!(status(address, "POST", "", &[], &malformed).await, 400);
    }
    assert_eq!(status(address, "GET", &format!("?{}", form(ANNA, HTTP_SECRET)), &[], "").await, by_get);
    for ((user, password), expected) in [(MARIA, 200), (WRONG, 401)] {
        let basic = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        let secret = format!("secret={HTTP_SECRET}");
        assert_eq!(status(address, "POST", "", &[("authorization", &basic)], &secret).await, expected, "{user}");
    }
    assert_eq!(status(address, "POST", "", &[("authorization", "Basic c3VuZmxvd2VyLTQy")], "").await, 400);
}

/// Runs the service with this log through all of that; what it wrote.
async fn log_of(log: &str, mechanism: &str, allow_get: bool) -> Ended {
    let more = format!(
        "[http]\nlisten = \"127.0.0.1:0\"\nsecret = \"{HTTP_SECRET}\"\nallow_get = {allow_get}\n\
         [template]\nfile = \"own.properties\"\n\
         [[template.rule]]\nname = \"staff\"\nfile = \"own.properties\"\nusers = \"maria.*\"\n[log]\n{log}\n"
    );
    let text = config_text(Openfire::shared().await, &component_name(), &more)
        .replace("[openfire]", &format!("[openfire]\nmechanisms = [\"{mechanism}\"]"));
    let mut service = Program::new(&["serve"]).file("config.toml", &text).file("own.properties", TEMPLATE).start();
    let address = service.ready().await;
    send_all(address, if allow_get { 200 } else { 405 }).await;
    let ended = service.stop().await;
    assert_eq!(ended.stdout, "");
    assert_nothing_is_revealed(&ended.stderr);
    ended
}

#[track_caller]
fn assert_nothing_is_revealed(log: &str) {
    let mut hidden: BTreeSet<String> = [COMPONENT_SECRET, HTTP_SECRET, WRONG_SECRET, FIELD, "Anna Berger"]
        .into_iter()
        // Stanzas, SASL messages, and how these begin in base64: `n,,n=`, `p=tls-`, `c=`.
        .chain(["<handshake", "<auth", "<response", "<challenge", "<success", "<iq", "<vCard", "<query", "<stream"])
        .chain(["c=biws", ",p=", "biwsbj", "cD10bHMt", "Yz1i", "Yz1j"])
        .map(str::to_owned)
        .collect();
    for (user, password) in [ANNA, MARIA, TOMAS, YUKI, DISABLED, WRONG] {
        let percent: String = byte_serialize(password.as_bytes()).collect();
        let bytes = format!("{:?}", password.as_bytes());
        hidden.extend([
            password.to_owned(),
            percent.replace('+', "%20"),
            percent,
            password.escape_default().to_string(),
            password.as_bytes().escape_ascii().to_string(),
            bytes.trim_matches(['[', ']']).to_owned(),
            STANDARD.encode(password),
            STANDARD.encode(format!("\0{user}\0{password}")),
            STANDARD.encode(format!("{user}:{password}")),
        ]);
    }
    for word in hidden {
        let line = log.lines().find(|line| line.contains(&word));
        assert_eq!(line, None, "the log tells `{word}`");
    }
}

/// The events of a log in JSON.
fn events(log: &str) -> Vec<BTreeMap<String, Value>> {
    log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// The one line that each request gives.
fn request_lines(events: &[BTreeMap<String, Value>]) -> impl Iterator<Item = &BTreeMap<String, Value>> {
    let ours = |event: &&BTreeMap<String, Value>| event["level"] == "INFO" && event.contains_key("outcome");
    events.iter().filter(ours)
}

/// The fields that `docs/logging.md` promises for it.
fn documented() -> BTreeSet<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/logging.md")).unwrap();
    let (_, section) = text.split_once("## The line of a request").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let first_columns = section.lines().filter_map(|line| line.strip_prefix("| ")?.split('|').next());
    first_columns.flat_map(|column| column.split('`').skip(1).step_by(2).map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_revealed_in_json_over_scram() {
    let log = log_of("format = \"json\"\nlevel = \"trace\"", "SCRAM-SHA-1", false).await.stderr;
    let events = events(&log);
    let of_rustls = |event: &BTreeMap<String, Value>| event["target"].as_str().unwrap().starts_with("rustls::");
    assert!(events.iter().any(|event| of_rustls(event) && event["level"] == "DEBUG"), "libraries are silent: {log}");
    assert!(!log.contains(".rs\""), "the log names source files, and with them the machine that built it: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_revealed_in_json_over_plain() {
    let level = "format = \"json\"\nlevel = \"trace,tokio_xmpp=trace,rustls=trace,hyper=trace,warp=trace\"";
    assert!(log_of(level, "PLAIN", true).await.stderr.contains("\"DEBUG\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_revealed_to_people_over_scram() {
    let log = log_of("level = \"trace\"", "SCRAM-SHA-1", true).await.stderr;
    let of_library = |line: &str| line.contains(" DEBUG ") && line.contains(" rustls::");
    assert!(log.lines().any(of_library), "libraries are silent: {log}");
    let line = log.lines().find(|line| line.contains("request of anna.berger from 127.0.0.1: provisioned"));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    for field in [
        " INFO ",
        "user.name=\"anna.berger\"",
        "client.address=127.0.0.1",
        "client.agent=\"Jitsi/2.10.5550\"",
        "client.version=\"2.10.5550\"",
        "outcome=\"provisioned\"",
        "http.status=200",
        "ms.login=",
        "ms.directory=",
        "ms.render=",
        "ms.total=",
    ] {
        assert!(line.contains(field), "no `{field}` in {line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_revealed_to_people_over_plain() {
    assert!(log_of("level = \"trace\"", "PLAIN", false).await.stderr.contains(" DEBUG "));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_one_line_with_the_fields_that_the_documentation_lists() {
    let log = log_of("format = \"json\"", "SCRAM-SHA-1", true).await.stderr;
    let events = events(&log);
    let own = ["timestamp", "level", "target", "message"];
    let mut seen = BTreeSet::new();
    for line in request_lines(&events) {
        assert!(own.iter().all(|field| line[*field].is_string()), "{line:?}");
        seen.extend(line.keys().filter(|field| !own.contains(&field.as_str())).cloned());
    }
    // What only requests to the update channel have.
    seen.insert("updates.file".to_owned());
    assert_eq!(seen, documented());
    assert_eq!(request_lines(&events).count(), 13);
    insta::assert_snapshot!(
        request_lines(&events).map(shown).collect::<Vec<_>>().join("\n"),
        @r#"
    client.address="127.0.0.1" client.agent="Jitsi/2.10.5550" client.version="2.10.5550" http.status=200 directory login render total outcome="provisioned" request.id=1 template.file="own.properties" user.name="anna.berger"
    client.address="127.0.0.1" client.agent="Jitsi/2.10.5550" client.version="2.10.5550" http.status=401 login total outcome="UnauthorizedException" reason="the server refused the login: unknown user or wrong password" request.id=2 user.name="anna.berger"
    client.address="127.0.0.1" client.agent="Jitsi/2.10.5550" client.version="2.10.5550" http.status=401 login total outcome="UnauthorizedException" reason="the server refused the login: the account is disabled" request.id=3 user.name="disabled"
    client.address="127.0.0.1" client.agent="Jitsi/2.10.5550" client.version="2.10.5550" http.status=500 directory login render total outcome="TemplateException" request.id=4 template.file="own.properties" user.name="tomas.novak"
    client.address="127.0.0.1" client.agent="Jitsi/2.10.5550" client.version="2.10.5550" http.status=500 directory login render total outcome="TemplateException" request.id=5 template.file="own.properties" user.name="yuki.tanaka"
    client.address="127.0.0.1" client.agent="Jitsi/2.10.5550" client.version="2.10.5550" http.status=400 total outcome="RequestNotAuthorised" reason="the secret is missing or wrong, see `http.secret` and the client's provisioning URI" request.id=6
    client.address="127.0.0.1" client.agent="Jitsi/2.10.5550" client.version="2.10.5550" http.status=401 total outcome="UnauthorizedException" reason="the password is empty" request.id=7
    client.address="127.0.0.1" client.agent="Jitsi/2.10.5550" client.version="2.10.5550" http.status=400 total outcome="IllegalArgumentException" reason="The request is malformed: field 5 of the form has a % that is not followed by two hexadecimal digits." request.id=8
    client.address="127.0.0.1" client.agent="Jitsi/2.10.5550" client.version="2.10.5550" http.status=400 total outcome="IllegalArgumentException" reason="The request is malformed: field 4 of the form is not UTF-8." request.id=9
    client.address="127.0.0.1" client.agent="Jitsi/2.10.5550" client.version="2.10.5550" http.status=200 directory login render total outcome="provisioned" request.id=10 template.file="own.properties" user.name="anna.berger"
    client.address="127.0.0.1" client.agent="Jitsi/2.10.5550" client.version="2.10.5550" http.status=200 directory login render total outcome="provisioned" request.id=11 template.file="own.properties" template.rule="staff" user.name="maria.silva"
    client.address="127.0.0.1" client.agent="Jitsi/2.10.5550" client.version="2.10.5550" http.status=401 login total outcome="UnauthorizedException" reason="the server refused the login: unknown user or wrong password" request.id=12 user.name="anna.berger"
    client.address="127.0.0.1" client.agent="Jitsi/2.10.5550" client.version="2.10.5550" http.status=400 total outcome="RequestNotAuthorised" reason="the secret is missing or wrong, see `http.secret` and the client's provisioning URI" request.id=13
    "#
    );
}

/// A line without what differs from run to run; of a time only that it was measured.
fn shown(line: &BTreeMap<String, Value>) -> String {
    let fields = line.iter().filter(|(name, _)| !["timestamp", "level", "target", "message"].contains(&name.as_str()));
    let shown = fields.map(|(name, value)| match name.strip_prefix("ms.") {
        Some(stage) => {
            assert!(value.as_f64().is_some_and(|milliseconds| milliseconds >= 0.0), "{line:?}");
            stage.to_owned()
        }
        None => format!("{name}={value}"),
    });
    shown.collect::<Vec<_>>().join(" ")
}
