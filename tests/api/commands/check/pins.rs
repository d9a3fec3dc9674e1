//! `check`: pins, ready to copy.

use std::net::SocketAddr;

use test_servers::nginx::Nginx;
use test_servers::slapd::Slapd;

use crate::support::service::{Ended, Program};

const GOOD: &str =
    "[openfire]\ndomain = \"example.test\"\n[component]\nname = \"a.example.test\"\nsecret = \"hush-hush\"\n";

/// The lines about pins, with the 40 digits of each checked and left out.
fn pins(ended: &Ended) -> String {
    let lines = ended.stdout.lines().filter(|line| line.contains(" pin"));
    let shown = lines.map(|line| match line.split_once(".param.").and_then(|(_, rest)| rest.split_once('=')) {
        Some((_, sha1)) => {
            assert!(sha1.len() == 40 && sha1.bytes().all(|byte| b"0123456789abcdef".contains(&byte)), "{line}");
            line.replace(sha1, "SHA1") + "\n"
        }
        None => format!("{line}\n"),
    });
    shown.collect()
}

/// A configuration with a certificate for these names.
async fn with_certificate(names: &[&str], more: &str, template: Option<&str>) -> Ended {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let template_line = if template.is_some() { "[template]\nfile = \"own.properties\"\n" } else { "" };
    let tls = "[http.tls]\ncertificate = \"certificate.pem\"\nkey = \"key.pem\"\n";
    Program::new(&["check"])
        .file("config.toml", &format!("{GOOD}{tls}{template_line}{more}"))
        .file("certificate.pem", &made.cert.pem())
        .file("key.pem", &made.signing_key.serialize_pem())
        .file("own.properties", template.unwrap_or_default())
        .run()
        .await
}

#[tokio::test]
async fn the_service_s_own_certificate_is_for_the_hosts_that_clients_ask() {
    let names = ["provisioning.example.test", "*.example.test", "other.test"];
    insta::assert_snapshot!(pins(&with_certificate(&names, "", None).await), @"
    ok     pin for provisioning.example.test: net.java.sip.communicator.impl.certservice.param.provisioning.example.test=SHA1
    ok     pin for other.test: net.java.sip.communicator.impl.certservice.param.other.test=SHA1
    ");
    let pages = "[admin]\nurls = [\"https://pages.example.test:8443\", \"https://elsewhere.test\"]\n";
    insta::assert_snapshot!(pins(&with_certificate(&names, pages, None).await), @"ok     pin for pages.example.test: net.java.sip.communicator.impl.certservice.param.pages.example.test=SHA1");
    let template = "net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
        net.java.sip.communicator.plugin.provisioning.URL=https://new.example.test/provision?username=${username}&password=${password}\n";
    insta::assert_snapshot!(pins(&with_certificate(&names, "", Some(template)).await), @"ok     pin for new.example.test: net.java.sip.communicator.impl.certservice.param.new.example.test=SHA1");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_servers_are_asked_for_their_certificates() {
    let nginx = Nginx::start(SocketAddr::from(([127, 0, 0, 1], 9)), "").await;
    let slapd = Slapd::start().await;
    let servers = [format!("127.0.0.1:{}", nginx.port()), slapd.tls_address().to_string(), slapd.address().to_string()];
    let arguments: Vec<&str> =
        std::iter::once("check").chain(servers.iter().flat_map(|server| ["--pin", server])).collect();
    let ended = Program::new(&arguments).file("config.toml", GOOD).run().await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    let [nginx, ldaps, ldap] = &servers;
    let said = pins(&ended).replace(nginx, "NGINX").replace(ldaps, "LDAPS").replace(ldap, "LDAP");
    insta::assert_snapshot!(said, @"
    ok     pin for 127.0.0.1: net.java.sip.communicator.impl.certservice.param.127.0.0.1=SHA1
    note   pin: the certificate of NGINX is not for this host; clients take it by the pin all the same
    ok     pin for 127.0.0.1: net.java.sip.communicator.impl.certservice.param.127.0.0.1=SHA1
    note   pin: the certificate of LDAPS is not for this host; clients take it by the pin all the same
    WRONG  pin: LDAP shows no certificate: it takes the connection, but TLS with it fails (is this its port for TLS?): tls handshake eof
    ");
}

#[tokio::test]
async fn an_address_without_a_port_is_refused() {
    let ended = Program::new(&["check", "--pin", "pbx.example.test"]).file("config.toml", GOOD).run().await;
    assert_eq!(ended.code(), 2, "{ended:?}");
    assert!(ended.stderr.contains("it is not HOST:PORT, such as `pbx.example.org:5061` for SIP"), "{ended:?}");
}
