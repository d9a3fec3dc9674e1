//! `[discovery]`, as `serve` and as `discover` read it.

use std::path::Path;

use super::{LEAST, problem};
use crate::model::config::DiscoverConfig;
use crate::model::config::load::ConfigText;

const URL: &str = "url = \"https://a.test/provision?username=${username}&password=${password}\"\n";

/// What is wrong with a configuration that has these lines in `[discovery]`.
fn of(lines: &str) -> String {
    problem(&format!("{LEAST}[discovery]\n{lines}"))
}

#[test]
fn what_no_client_could_use_is_refused() {
    insta::assert_snapshot!(of("in_serve = true\n"), @"config.toml, line 6: discovery.url: `discovery.in_serve` is set, but there is no URL; set `discovery.url`");
    insta::assert_snapshot!(of("url = \"https://a.test/a b\"\n"), @r#"config.toml, line 7: discovery.url: `https://a.test/a b` is not a provisioning URL: it contains a character that a URL must write as %XX: a blank, a quotation mark, `\`, `^`, a backquote, `<`, `>`, `|` or one that is not ASCII. Write for example "https://provisioning.example.org/provision?username=${username}&password=${password}""#);
    insta::assert_snapshot!(of("url = \"http://a.test/provision\"\n"), @"config.toml, line 7: discovery.url: `http://a.test/provision` sends passwords in the clear; write https");
    insta::assert_snapshot!(of("url = \"https://127.0.0.1/provision\"\n"), @"config.toml, line 7: discovery.url: `https://127.0.0.1/provision` leads each client to its own machine; write the name by which clients reach this service");
    insta::assert_snapshot!(of(&format!("url = \"https://a.test/{}\"\n", "x".repeat(241))), @r#"config.toml, line 7: discovery.url: `https://a.test/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` is not a provisioning URL: it has 256 bytes; DHCP and multicast DNS carry at most 255. Write for example "https://provisioning.example.org/provision?username=${username}&password=${password}""#);
    insta::assert_snapshot!(of("url = \"https://anna:hunter2@a.test/?secret=hunter2\"\n"), @r#"config.toml, line 7: discovery.url: `https://anna:***@a.test/?secret=***` is not a provisioning URL: it contains a user name or password before `@`; let the client ask its user, with `username=${username}&password=${password}`. Write for example "https://provisioning.example.org/provision?username=${username}&password=${password}""#);
    insta::assert_snapshot!(of(URL), @r#"config.toml, line 6: discovery.interfaces: name the network interfaces of your clients, for example ["eth0"]; `ip -br address` lists them"#);
    insta::assert_snapshot!(of(&format!("{URL}interfaces = [\"lo\"]\n")), @"config.toml, line 8: discovery.interfaces: `lo` leads to this machine only; name the interfaces of your clients");
    insta::assert_snapshot!(of(&format!("{URL}interfaces = [\"eth0:1\"]\n")), @"config.toml, line 8: discovery.interfaces: `eth0:1` is the label of an address; name its interface `eth0`");
    insta::assert_snapshot!(of(&format!("{URL}interfaces = [\"eth0\", \"eth0\"]\n")), @"config.toml, line 8: discovery.interfaces: `eth0` is listed twice");
    insta::assert_snapshot!(of(&format!("{URL}interfaces = [\"a name that is long\"]\n")), @"config.toml, line 8: discovery.interfaces: `a name that is long` cannot be the name of an interface; `ip -br address` lists them");
    insta::assert_snapshot!(of(&format!("{URL}interfaces = [\"eth0\"]\ndhcp = false\nmdns = false\n")), @"config.toml, line 9: discovery.dhcp: `discovery.dhcp` and `discovery.mdns` are both false; set one of them, or remove `discovery.url`");
    insta::assert_snapshot!(of(&format!("{URL}interfaces = [\"eth0\"]\nin_serve = true\n")), @"config.toml, line 9: discovery.in_serve: `http.listen` is 127.0.0.1:8080, which no client reaches, so nothing is announced; listen on another address, or name the proxy in front in `http.trusted_proxies`");
    let network = |networks: &str| {
        of(&format!("{URL}interfaces = [\"eth0\"]\n[[discovery.network]]\nnetworks = {networks}\n{URL}"))
    };
    insta::assert_snapshot!(network("[\"2001:db8::/32\"]"), @"config.toml, line 10: discovery.network[0].networks: `2001:db8::/32` is an IPv6 network; clients ask by DHCP over IPv4 only");
    insta::assert_snapshot!(network("[]"), @"config.toml, line 10: discovery.network[0].networks: the list is empty, so no client would match; name a network, or remove the block");
}

#[test]
fn every_spelling_of_the_own_machine_is_refused() {
    for host in [
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "127.9.9.9",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "0.0.0.0.",
        "[::]",
    ] {
        let problem = of(&format!("url = \"https://{host}/\"\n"));
        assert!(problem.ends_with("write the name by which clients reach this service"), "{host}: {problem}");
    }
}

#[test]
fn discover_reads_its_own_sections_and_no_secret() {
    let read = |text: &str| {
        let text = ConfigText { name: "config.toml".to_owned(), text: text.to_owned(), environment: Vec::new() };
        text.discover_config()
    };
    let lines = format!("[discovery]\n{URL}interfaces = [\"eth0\"]\n");
    for others in ["", "[component]\nsecret = \"s3cret\"\n", "[http]\nlisten = \"127.0.0.1:8080\"\n[unknown]\n"] {
        let config: DiscoverConfig = read(&format!("{others}{lines}")).unwrap();
        assert_eq!(config.discovery.interfaces, ["eth0"]);
        assert!(!format!("{config:?}").contains("s3cret"));
    }
    for (more, is_alone) in [("[log]\nlevel = \"info\"\n", true), ("[openfire]\n", false), ("[component]\n", false)] {
        let text = format!("{more}{lines}");
        let text = ConfigText { name: "config.toml".to_owned(), text, environment: Vec::new() };
        assert_eq!(text.discover_config_alone().is_some(), is_alone, "{more}");
    }
    insta::assert_snapshot!(read("[discovery]\nurls = []\n").unwrap_err(), @"config.toml, line 2: discovery.urls: there is no setting `urls`; did you mean `url`?");
    assert!(DiscoverConfig::load(Some(Path::new("/nonexistent"))).is_err());
}
