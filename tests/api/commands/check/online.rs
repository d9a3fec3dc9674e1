//! `check --online` as a process, on real servers.

use std::net::SocketAddr;
use std::time::Duration;

use openfire_provisioner::model::config;
use openfire_provisioner::openfire::login::Login;
use test_servers::openfire::{COMPONENT_SECRET, DOMAIN, Openfire, admin_component_name, component_name};
use test_servers::prosody::{self, Prosody};
use tokio::time::Instant;

use crate::support::app::config_text;
use crate::support::service::{Ended, Program, Service};

/// Long enough for a real server on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

async fn check(text: &str) -> Ended {
    let ended = Program::new(&["check", "--online"]).file("config.toml", text).run().await;
    let said = format!("{}{}", ended.stdout, ended.stderr);
    assert!(!said.contains(COMPONENT_SECRET) && !said.contains("not-the-secret"), "{said}");
    ended
}

/// The lines that only `--online` gives.
fn online(said: &str) -> String {
    let (_, online) = said.split_once("all its users count as one client\n").unwrap_or_else(|| panic!("{said}"));
    online.to_owned()
}

/// SHA-256 and SHA-1 of the certificate that a server shows.
async fn fingerprints(address: SocketAddr, ca_file: &std::path::Path) -> (String, String) {
    let text =
        format!("domain = \"{DOMAIN}\"\nhost = \"{}\"\nport = {}\nca_file = {ca_file:?}", address.ip(), address.port());
    let settings: config::Openfire = toml::from_str(&text).unwrap();
    let login = Login::new(&settings, &config::Limits::default()).unwrap();
    let facts = login.probe(Instant::now() + LIMIT).await.unwrap();
    let certificate = facts.certificate.unwrap();
    let sha1 = certificate.sha1.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    (certificate.sha256.to_string(), sha1)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_openfire_that_is_set_up_well_is_fine() {
    let openfire = Openfire::shared().await;
    let name = component_name();
    let ended = check(&config_text(openfire, &name, "")).await;
    let (fingerprint, sha1) = fingerprints(openfire.c2s(), &openfire.ca_file()).await;
    let said = ended.shown(&[(&name, "COMPONENT"), (&fingerprint, "FINGERPRINT"), (&sha1, "SHA1")]);
    insta::assert_snapshot!(online(&said), @"
    ok     client port: TLS 1.2, certificate trusted, SHA-256 FINGERPRINT
    ok     pin for example.test: net.java.sip.communicator.impl.certservice.param.example.test=SHA1
    ok     SASL mechanisms: SCRAM-SHA-1 will be used (offered: PLAIN, SCRAM-SHA-1)
    note   reference account: none; with openfire.reference_user clients keep their saved passwords while Openfire's database or LDAP is down
    ok     component: COMPONENT is connected
    ok     rosters: by the user's own login (the server has no command get-user-roster for the component)
    ok     groups and accounts: not open to the component, and not required; users without a name in their vCard are shown by their user name
    9 ok, 2 notes, 0 errors
    exit code 0
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_openfire_trusts_may_ask_for_groups() {
    let openfire = Openfire::shared().await;
    let ended = check(&config_text(openfire, &admin_component_name(), "tls = \"none\"")).await;
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(ended.stdout.contains("ok     groups and accounts: the component may ask for them"), "{ended:?}");
    assert!(ended.stdout.contains("note   component: the stream is not encrypted"), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_names_the_page_of_the_console() {
    let openfire = Openfire::shared().await;
    let name = component_name();
    let text = config_text(openfire, &name, "").replace(COMPONENT_SECRET, "not-the-secret");
    let (fingerprint, sha1) = fingerprints(openfire.c2s(), &openfire.ca_file()).await;
    let said = check(&text).await.shown(&[(&name, "COMPONENT"), (&fingerprint, "FINGERPRINT"), (&sha1, "SHA1")]);
    insta::assert_snapshot!(online(&said), @"
    ok     client port: TLS 1.2, certificate trusted, SHA-256 FINGERPRINT
    ok     pin for example.test: net.java.sip.communicator.impl.certservice.param.example.test=SHA1
    ok     SASL mechanisms: SCRAM-SHA-1 will be used (offered: PLAIN, SCRAM-SHA-1)
    note   reference account: none; with openfire.reference_user clients keep their saved passwords while Openfire's database or LDAP is down
    WRONG  component: the server refused the secret of component COMPONENT: `component.secret` must equal the shared secret in Openfire's admin console under Server > Server Settings > External Components
    6 ok, 2 notes, 1 error
    exit code 1
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_authority_gives_the_fingerprint_and_the_setting_and_that_mends_it() {
    let openfire = Openfire::shared().await;
    let name = component_name();
    let text = config_text(openfire, &name, "");
    let ca_file = format!("ca_file = \"{}\"\n", openfire.ca_file().display());
    let (fingerprint, _) = fingerprints(openfire.c2s(), &openfire.ca_file()).await;
    let said = check(&text.replace(&ca_file, "")).await.shown(&[(&fingerprint, "FINGERPRINT")]);
    insta::assert_snapshot!(online(&said), @r#"
    WRONG  client port: the server's certificate comes from an unknown authority; set openfire.ca_file to the authority's PEM file, or openfire.certificate_sha256 to ["FINGERPRINT"]
    WRONG  component: TLS to the component port failed: the server's certificate comes from an unknown authority; set openfire.ca_file to the authority's PEM file, or openfire.certificate_sha256 to ["FINGERPRINT"]. Certificates are checked as `openfire.ca_file`, `openfire.certificate_sha256` and `openfire.certificate_name` say; Openfire's admin console shows its own under Server > TLS/SSL Certificates
    3 ok, 1 note, 2 errors
    exit code 1
    "#);

    let pinned = format!("certificate_sha256 = [\"{fingerprint}\"]\n");
    let ended = check(&text.replace(&ca_file, &pinned)).await;
    assert_eq!(ended.code(), 0, "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_openfire_that_is_not_there_is_a_finding() {
    let text = "[openfire]\ndomain = \"example.test\"\nhost = \"127.0.0.1\"\nport = 1\n\
        [component]\nname = \"a.example.test\"\nsecret = \"not-the-secret\"\nport = 1\n";
    insta::assert_snapshot!(online(&check(text).await.shown(&[])), @"
    WRONG  client port: cannot connect to 127.0.0.1:1 (Connection refused (os error 111)): Openfire is not running, or host or port are wrong
    WRONG  component: no connection to the component port 127.0.0.1:1: cannot connect to 127.0.0.1:1 (Connection refused (os error 111)): Openfire is not running, or host or port are wrong. Check `component.host` and `component.port`; the service is switched on in Openfire's admin console under Server > Server Settings > External Components
    3 ok, 1 note, 2 errors
    exit code 1
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_runs_already_is_no_finding() {
    let openfire = Openfire::shared().await;
    let name = component_name();
    let text = config_text(openfire, &name, "[http]\nlisten = \"127.0.0.1:0\"");
    let mut service = Service::serve(&text);
    service.ready().await;
    let (fingerprint, sha1) = fingerprints(openfire.c2s(), &openfire.ca_file()).await;
    let said = check(&text).await.shown(&[(&name, "COMPONENT"), (&fingerprint, "FINGERPRINT"), (&sha1, "SHA1")]);
    insta::assert_snapshot!(online(&said), @"
    ok     client port: TLS 1.2, certificate trusted, SHA-256 FINGERPRINT
    ok     pin for example.test: net.java.sip.communicator.impl.certservice.param.example.test=SHA1
    ok     SASL mechanisms: SCRAM-SHA-1 will be used (offered: PLAIN, SCRAM-SHA-1)
    note   reference account: none; with openfire.reference_user clients keep their saved passwords while Openfire's database or LDAP is down
    note   component: COMPONENT is already connected, by the running service if there is one; otherwise: the name COMPONENT is taken on the server: is another openfire-provisioner running, or a service of the server's own? Stop it or set another `component.name`; Openfire's admin console shows connected components under Sessions > Component Sessions
    note   groups and accounts: not checked, because COMPONENT is in use and component.preview_name is not set
    6 ok, 4 notes, 0 errors
    exit code 0
    ");

    let beside = |preview_name: &str| {
        let more = format!("preview_name = \"{preview_name}\"\n[http]\nlisten = \"127.0.0.1:0\"");
        config_text(openfire, &name, &more)
    };
    let said = check(&beside(&admin_component_name())).await.stdout;
    assert!(said.contains("note   component: the following checks used the name "), "{said}");
    assert!(said.contains("ok     groups and accounts: the component may ask for them"), "{said}");
    let said = check(&beside(&name)).await.stdout;
    assert!(
        said.contains(&format!("{name} (component.preview_name) cannot connect: the name {name} is taken")),
        "{said}"
    );
    // The service still runs with the right secret; its next start would fail.
    let wrong = beside(&admin_component_name()).replace(COMPONENT_SECRET, "another-secret");
    let ended = check(&wrong).await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(
        ended.stdout.contains("(component.preview_name) cannot connect: the server refused the secret"),
        "{ended:?}"
    );

    let ended = service.stop().await;
    assert!(!ended.stderr.contains(" is down"), "the check disturbed the service: {}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_prosody_is_fine_too() {
    let prosody = Prosody::shared().await;
    let name = prosody::admin_component_name();
    let text = format!(
        "[openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"{}\"\n\
         [component]\nname = \"{name}\"\nsecret = \"{COMPONENT_SECRET}\"\nport = {}\ntls = \"none\"\n",
        prosody.c2s().port(),
        prosody.ca_file().display(),
        prosody.component().port(),
    );
    let (fingerprint, sha1) = fingerprints(prosody.c2s(), &prosody.ca_file()).await;
    let said = check(&text).await.shown(&[(&name, "COMPONENT"), (&fingerprint, "FINGERPRINT"), (&sha1, "SHA1")]);
    insta::assert_snapshot!(online(&said), @r#"
    ok     client port: TLS 1.3, certificate trusted, SHA-256 FINGERPRINT
    ok     pin for example.test: net.java.sip.communicator.impl.certservice.param.example.test=SHA1
    ok     SASL mechanisms: SCRAM-SHA-256 will be used (offered: PLAIN, SCRAM-SHA-1, SCRAM-SHA-1-PLUS, SCRAM-SHA-256, SCRAM-SHA-256-PLUS)
    note   reference account: none; with openfire.reference_user clients keep their saved passwords while Openfire's database or LDAP is down
    ok     component: COMPONENT is connected
    note   component: the stream is not encrypted (component.tls = "none")
    ok     rosters: over the component
    ok     groups and accounts: not open to the component, and not required; users without a name in their vCard are shown by their user name
    9 ok, 3 notes, 0 errors
    exit code 0
    "#);
}
