//! `check --online` and `preview` beside an Openfire 5, which is played: it turns a component away by a header without an
//! id, whatever the reason (seen on 5.1.1 and 5.2).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use test_servers::component_port::{ComponentPort, is_vcard_query, named, result};
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN};
use test_servers::scripted_peer::ScriptedPeer;
use test_servers::scripted_peer::text::{mechanisms, secured};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::service::{Ended, Program, Service};

const SERVICE: &str = "provisioning.example.test";
const PREVIEW: &str = "preview.example.test";

/// The commands that any component may run.
const COMMANDS: &str = "<query xmlns=\"http://jabber.org/protocol/disco#items\" \
                        node=\"http://jabber.org/protocol/commands\"><item jid=\"example.test\" name=\"Get User Roster\" \
                        node=\"http://jabber.org/protocol/admin#get-user-roster\"/></query>";

/// An Openfire 5 with one component port.
struct Site {
    peer: ScriptedPeer,
    port: ComponentPort,
}

impl Site {
    async fn start() -> Self {
        let peer = ScriptedPeer::start([secured(&mechanisms(&["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"]))]).await;
        let port = ComponentPort::start(|query| {
            if is_vcard_query(query) { named(query, "Anna Berger") } else { Some(result(query, COMMANDS)) }
        });
        Self { peer, port: port.await }
    }

    /// A configuration for it; `more` begins with further lines of `[component]`.
    fn config(&self, more: &str) -> String {
        format!(
            "[openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"{}\"\n\
             [component]\nname = \"{SERVICE}\"\nsecret = \"{COMPONENT_SECRET}\"\nport = {}\ntls = \"none\"\n{more}",
            self.peer.address().port(),
            self.peer.ca_file().display(),
            self.port.address().port(),
        )
    }

    /// Runs the service, and then has its name taken. Gives what it listens on, as a setting.
    async fn with_service(&self, tls: &str) -> (Service, String) {
        let mut service = Service::serve(&self.config(&format!("[http]\nlisten = \"127.0.0.1:0\"\n{tls}")));
        let address = service.ready().await;
        self.port.admit_by(|name| name != SERVICE);
        (service, format!("[http]\nlisten = \"{address}\"\n{tls}"))
    }
}

async fn check(text: &str) -> Ended {
    Program::new(&["check", "--online"]).file("config.toml", text).run().await
}

/// The lines about the component and what it may ask.
fn about_component(ended: &Ended) -> String {
    let about = |line: &&str| ["component: ", "rosters: ", "groups "].iter().any(|what| line[7..].starts_with(what));
    let lines: Vec<&str> = ended.stdout.lines().filter(|line| line.len() > 7).filter(about).collect();
    format!("{}\nexit code {}", lines.join("\n"), ended.code())
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_the_running_service_the_preview_name_shows_that_its_name_is_taken() {
    let site = Site::start().await;
    let (service, _) = site.with_service("").await;
    // Another address: the service cannot be asked.
    let ended = check(&site.config(&format!("preview_name = \"{PREVIEW}\"\n[http]\nlisten = \"127.0.0.1:0\"\n"))).await;
    insta::assert_snapshot!(about_component(&ended), @"
    note   component: provisioning.example.test is probably already connected, by the running service if there is one, since preview.example.test (component.preview_name) connects with the same secret; otherwise: the server turned component provisioning.example.test away without a reason: the name is taken, or not allowed, or the server has no secret for it. Look in Openfire's admin console under Server > Server Settings > External Components (service enabled, shared secret set, name not blocked) and Sessions > Component Sessions; `component.name` is the name to look for
    note   component: the following checks used the name preview.example.test (component.preview_name), which may have other rights
    ok     rosters: over the component
    ok     groups and accounts: not open to the component, and not required; users without a name in their vCard are shown by their user name
    exit code 0
    ");
    let ended = service.stop().await;
    assert!(!ended.stderr.contains(" is down"), "the check disturbed the service: {}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_running_service_says_itself_that_its_component_is_up() {
    let site = Site::start().await;
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["provisioning.example.test".to_owned()]).unwrap();
    let [certificate, key] = ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = format!("[http.tls]\ncertificate = \"{}\"\nkey = \"{}\"\n", certificate.display(), key.display());
    for tls in ["", &tls] {
        site.port.admit_by(|_| true);
        let (service, http) = site.with_service(tls).await;
        let ended = check(&site.config(&http)).await;
        let address = http.split('"').nth(1).unwrap();
        let said = about_component(&ended).replace(address, "ADDRESS");
        assert_eq!(ended.code(), 0, "{ended:?}");
        assert!(
            said.contains(
                "note   component: provisioning.example.test is already connected, by the service that runs on ADDRESS"
            ),
            "{said}"
        );
        assert!(
            ended.stdout.contains(&format!("note   http.listen: the service runs already and listens on {address}")),
            "{ended:?}"
        );
        assert!(said.contains("component.preview_name is not set"), "{said}");
        // With a second name the commands are looked at too.
        let ended = check(&site.config(&format!("preview_name = \"{PREVIEW}\"\n{http}"))).await;
        assert!(ended.stdout.contains("ok     rosters: over the component"), "{ended:?}");
        assert_eq!(ended.code(), 0, "{ended:?}");
        service.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_sign_that_the_name_is_taken_the_possible_causes_are_reported() {
    let site = Site::start().await;
    site.port.admit_by(|_| false);
    for more in [String::new(), format!("preview_name = \"{PREVIEW}\"\n")] {
        let ended = check(&site.config(&format!("{more}[http]\nlisten = \"127.0.0.1:0\"\n"))).await;
        assert_eq!(ended.code(), 1, "{ended:?}");
        assert!(
            ended.stdout.contains("WRONG  component: the server turned component provisioning.example.test away"),
            "{ended:?}"
        );
    }
}

/// The service runs, and its own component is turned away: its name is blocked, not taken.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_component_is_down_is_no_excuse() {
    let site = Site::start().await;
    site.port.admit_by(|name| name == PREVIEW);
    let mut service = Service::serve(&site.config("[http]\nlisten = \"127.0.0.1:0\"\n"));
    let address = service.listening().await;
    service.line(&["is down"]).await;
    let ended = check(&site.config(&format!("preview_name = \"{PREVIEW}\"\n[http]\nlisten = \"{address}\"\n"))).await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(ended.stdout.contains("says the same: the server turned component"), "{ended:?}");
    service.stop().await;
}

/// Answers every request on a free port with this.
async fn foreign(answer: &'static str) -> (std::net::SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 1024];
            drop(stream.read(&mut request).await);
            drop(stream.write_all(answer.as_bytes()).await);
        }
    });
    (address, task)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_program_on_the_address_is_not_believed() {
    let site = Site::start().await;
    site.port.admit_by(|_| false);
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\ncomponent: ok\n",
        "HTTP/1.1 200 OK\r\nopenfire-provisioner-component: other.example.test\r\nContent-Length: 14\r\n\r\ncomponent: ok\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
        "220 mail.example.test ESMTP\r\n",
        "",
    ] {
        let (address, task) = foreign(answer).await;
        let ended = check(&site.config(&format!("[http]\nlisten = \"{address}\"\n"))).await;
        task.abort();
        assert_eq!(ended.code(), 1, "{answer}: {ended:?}");
        assert!(
            ended
                .stdout
                .contains(&format!("WRONG  http.listen: {address} is in use, and the program that listens there ")),
            "{answer}: {ended:?}"
        );
        assert!(ended.stdout.contains("WRONG  component: the server turned component"), "{answer}: {ended:?}");
    }
}

/// Openfire 5.2 turns one connection in four to eight away, for an error of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_is_turned_away_once_is_tried_once_more() {
    for command in [&["preview", "anna"][..], &["check", "--online"]] {
        for (refusals, is_fine) in [(1, true), (2, false)] {
            let site = Site::start().await;
            let attempts = AtomicUsize::new(0);
            site.port.admit_by(move |_| attempts.fetch_add(1, Ordering::SeqCst) >= refusals);
            let program = Program::new(command).file("config.toml", &site.config("[http]\nlisten = \"127.0.0.1:0\"\n"));
            let ended = timeout(Duration::from_secs(30), program.run()).await.unwrap();
            assert_eq!(ended.code() == 0, is_fine, "{refusals}: {ended:?}");
            if command[0] == "preview" {
                assert_eq!(ended.stdout.contains("Anna Berger"), is_fine, "{refusals}: {ended:?}");
            }
        }
    }
}
