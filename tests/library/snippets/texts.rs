//! Snippets read back by other readers, and what is refused.

use openfire_provisioner::certificates::Pin;
use openfire_provisioner::snippets::{
    DhcpAnswers, ProxiedSite, SnippetError, Upstream, apache, avahi, caddy, dnsmasq, haproxy, isc_dhcp,
    jitsi_overrides, kea, nginx, with_fields,
};
use test_servers::jdk::Jdk;

use super::{EVERYDAY, TRAPS, longest, url};

/// For all networks.
fn everywhere(text: &str) -> DhcpAnswers {
    DhcpAnswers::new(&url(text), Vec::new(), Vec::new()).unwrap()
}

/// A string in double quotes at the start of a text, as dhcpd reads it (`common/conflex.c`), and what follows it.
fn dhcpd_string(text: &str) -> (String, &str) {
    let mut characters = text.strip_prefix('"').unwrap().chars();
    let mut string = String::new();
    loop {
        match characters.next().unwrap() {
            '"' => return (string, characters.as_str()),
            '\\' => string.push(characters.next().unwrap()),
            character => string.push(character),
        }
    }
}

/// The fields of an option's data as Kea reads them (`util/strutil.cc`, `tokens` with its escape).
fn kea_fields(data: &str) -> Vec<String> {
    let (mut fields, mut field, mut characters) = (Vec::new(), String::new(), data.chars());
    while let Some(character) = characters.next() {
        match character {
            ',' => fields.push(std::mem::take(&mut field)),
            '\\' => field.extend(characters.next()),
            _ => field.push(character),
        }
    }
    fields.push(field);
    fields
}

#[test]
fn dhcpd_and_kea_read_each_url_back() {
    let longest = longest();
    for text in TRAPS.into_iter().chain([longest.as_str(), &longest[..253]]) {
        let snippet = isc_dhcp(&everywhere(text));
        let option = snippet.split_once("  option jitsi-provisioning ").unwrap().1;
        let (string, rest) = dhcpd_string(option);
        assert_eq!((string.as_str(), rest), (text, ";\n}\n"), "{snippet}");
        if text.len() > 253 {
            continue;
        }
        let snippet = kea(&everywhere(text)).unwrap();
        let code: String = snippet.lines().filter(|line| !line.starts_with("//")).collect();
        let parsed: serde_json::Value =
            serde_json::from_str(&code).unwrap_or_else(|error| panic!("{error}\n{snippet}"));
        let data = parsed.pointer("/Dhcp4/subnet4/0/option-data/0/data").unwrap().as_str().unwrap();
        assert_eq!(kea_fields(data), [text], "{snippet}");
    }
}

/// The client is a Java program.
#[tokio::test]
async fn the_jdk_reads_each_url_back() {
    let mut jdk = Jdk::start().await;
    for text in TRAPS {
        let host = url(text).host().to_ascii_lowercase();
        let pin = Pin::of_sha1(&host, [0xab; 20]).to_string();
        let snippet = jitsi_overrides(&url(text), Some(&pin)).unwrap();
        let pairs = jdk.load_bytes(snippet.as_bytes()).await.unwrap();
        let expected = [
            ("plugin.provisioning.METHOD", "Manual"),
            ("plugin.provisioning.URL", &text.replacen(url(text).host(), &host, 1)),
            ("impl.gui.main.SHOW_MASTER_PASSWORD_WARNING", "false"),
            (&format!("impl.certservice.param.{host}"), &"ab".repeat(20)),
        ];
        let expected = expected.map(|(key, value)| (format!("net.java.sip.communicator.{key}"), value.to_owned()));
        assert_eq!(pairs, expected, "{snippet}");
    }
}

/// The client looks for a pin under the name that the URL has, and the linter expects it in lower case.
#[test]
fn a_host_in_upper_case_is_pinned_as_the_url_has_it() {
    for (text, host) in
        [("HTTPS://Prov.Example.ORG:8443/P?Q=R", "prov.example.org"), ("https://[2001:DB8::1]/p", "[2001:db8::1]")]
    {
        let snippet = jitsi_overrides(&url(text), Some(&Pin::of_sha1(host, [0xab; 20]).to_string())).unwrap();
        let pairs = jitsi_properties::parse(&snippet).unwrap();
        let value =
            |end: &str| pairs.entries().find(|entry| entry.key().ends_with(end)).map(|entry| entry.value().to_owned());
        assert_eq!(value(".URL"), Some(text.replace(url(text).host(), host)));
        assert_eq!(value(&format!(".param.{host}")).as_deref(), Some(&*"ab".repeat(20)), "{snippet}");
        let findings = jitsi_properties::lint(&pairs, &jitsi_properties::Client::default());
        assert!(!findings.iter().any(|found| ["pin-name", "mark-in-key"].contains(&found.rule.id)), "{findings:?}");
    }
}

/// A client can fill in the fields whose names say what they are; a site fills in the others.
#[test]
fn the_fields_that_templates_use_are_added_to_the_url_once() {
    let of = |text: &str, fields: &[&str]| {
        let (url, unknown) = with_fields(&url(text), &fields.iter().map(|field| (*field).to_owned()).collect());
        (url.as_str().to_owned(), unknown)
    };
    let none: Vec<String> = Vec::new();
    // Longer than DHCP carries.
    let long = format!("https://a.test/{}", "x".repeat(230));
    assert_eq!(of(&long, &["arch"]), (format!("{long}?arch=${{arch}}"), none.clone()));
    assert_eq!(of(EVERYDAY, &[]), (EVERYDAY.to_owned(), none.clone()));
    assert_eq!(of(EVERYDAY, &["os", "arch"]), (format!("{EVERYDAY}&arch=${{arch}}&os=${{osname}}"), none.clone()));
    let with_os = format!("{EVERYDAY}&os=Windows");
    assert_eq!(of(&with_os, &["os", "site"]), (with_os, vec!["site".to_owned()]));
    assert_eq!(of("https://a.test/p", &["uuid"]), ("https://a.test/p?uuid=${uuid}".to_owned(), none));
}

#[test]
fn each_network_has_its_url_and_each_interface_is_named() {
    let networks = vec![
        ("10.1.0.9/16".parse().unwrap(), None),
        ("10.2.0.0/16".parse().unwrap(), Some(url("https://branch.example.test/p"))),
    ];
    let answers = DhcpAnswers::new(&url(EVERYDAY), vec!["eth0".to_owned(), "br-lan.7".to_owned()], networks).unwrap();
    let shown = |text: String, comment: &str| -> String {
        let code = text.lines().filter(|line| !line.starts_with(comment));
        code.flat_map(|line| [line, "\n"]).collect()
    };
    insta::assert_snapshot!(shown(dnsmasq(&answers).unwrap(), "#"), @r#"
    port=0
    interface=eth0
    interface=br-lan.7
    bind-interfaces
    dhcp-alternate-port=6767,6768
    dhcp-leasefile=/var/lib/misc/dnsmasq.provisioning.leases
    dhcp-range=set:network1,10.1.0.0,static,255.255.0.0
    dhcp-option=tag:network1,224,"https://prov.example.test/provision?username=${username}&password=${password}"
    dhcp-range=set:network2,10.2.0.0,static,255.255.0.0
    dhcp-option=tag:network2,224,"https://branch.example.test/p"
    "#);
    insta::assert_snapshot!(shown(isc_dhcp(&answers), "#"), @r#"
    authoritative;
    option jitsi-provisioning code 224 = text;
    subnet 10.1.0.0 netmask 255.255.0.0 {
      option jitsi-provisioning "https://prov.example.test/provision?username=${username}&password=${password}";
    }
    subnet 10.2.0.0 netmask 255.255.0.0 {
      option jitsi-provisioning "https://branch.example.test/p";
    }
    "#);
    assert!(isc_dhcp(&answers).contains("provisioning eth0 br-lan.7\n"), "{}", isc_dhcp(&answers));
    insta::assert_snapshot!(shown(kea(&answers).unwrap(), "//"), @r#"
    { "Dhcp4": {
      "interfaces-config": { "interfaces": [ "eth0", "br-lan.7" ] },
      "lease-database": { "type": "memfile", "persist": false },
      "option-def": [ { "name": "jitsi-provisioning", "code": 224, "type": "string", "space": "dhcp4" } ],
      "subnet4": [
        { "id": 1,
          "subnet": "10.1.0.0/16",
          "option-data": [ { "name": "jitsi-provisioning",
            "data": "https://prov.example.test/provision?username=${username}&password=${password}" } ] },
        { "id": 2,
          "subnet": "10.2.0.0/16",
          "option-data": [ { "name": "jitsi-provisioning",
            "data": "https://branch.example.test/p" } ] }
      ]
    } }
    "#);
}

/// The messages of these refusals, each on a line.
#[track_caller]
fn refusals<const N: usize>(results: [Result<(), SnippetError>; N]) -> String {
    results.map(|result| result.unwrap_err().to_string()).join("\n")
}

#[test]
fn what_a_format_cannot_carry_is_refused() {
    let answers = |text: &str, interface: &str, networks: &[&str]| {
        let networks = networks.iter().map(|network| (network.parse().unwrap(), None)).collect();
        DhcpAnswers::new(&url(text), vec![interface.to_owned()], networks).map(drop)
    };
    let long_path = format!("https://a.test/{}", "x".repeat(236));
    let shown = refusals([
        answers("http://a.test/p", "eth0", &[]),
        answers("https://localhost/p", "eth0", &[]),
        answers(EVERYDAY, "eth0,eth1", &[]),
        answers(EVERYDAY, "eth*", &[]),
        answers(EVERYDAY, "lo", &[]),
        answers(EVERYDAY, "eth0", &["10.0.0.0/8", "10.7.0.0/16"]),
        answers(EVERYDAY, "eth0", &["10.7.0.0/16", "10.7.0.0/16"]),
        dnsmasq(&everywhere(EVERYDAY)).map(drop),
        kea(&everywhere(&longest()[..254])).map(drop),
        avahi(&url(&long_path)).map(drop),
        avahi(&url("https://a.test/p?a=b&PATH=c")).map(drop),
        avahi(&url("https://a.test/p?a=b&A=c")).map(drop),
        avahi(&url("https://a.test/p?=c")).map(drop),
        avahi(&url("https://127.0.0.1/p")).map(drop),
        jitsi_overrides(&url("http://a.test/p"), None).map(drop),
    ]);
    insta::assert_snapshot!(shown, @r"
    `http://a.test/p` sends passwords in the clear; write https
    `https://localhost/p` leads each client to its own machine; write the name by which clients reach this service
    `eth0,eth1` cannot be the name of an interface; `ip -br link` lists them
    `eth*` cannot be the name of an interface; `ip -br link` lists them
    `lo` cannot be the name of an interface; `ip -br link` lists them
    the networks 10.0.0.0/8 and 10.7.0.0/16 overlap, and DHCP servers choose between them in different ways; name separate networks
    the networks 10.7.0.0/16 and 10.7.0.0/16 overlap, and DHCP servers choose between them in different ways; name separate networks
    dnsmasq answers only clients of networks that it knows; name each one, for example with `--network 10.7.0.0/16`
    the URL has 254 bytes; Kea sends at most 253 in one piece, and clients take only the last piece: shorten the URL
    the TXT record would need 256 bytes for `path`, and has room for 255; shorten the URL
    a TXT record cannot hold the field `PATH`: a name must not be empty or `path`, and must appear only once; rename the field
    a TXT record cannot hold the field `A`: a name must not be empty or `path`, and must appear only once; rename the field
    a TXT record cannot hold the field ``: a name must not be empty or `path`, and must appear only once; rename the field
    `https://127.0.0.1/p` leads each client to its own machine; write the name by which clients reach this service
    `http://a.test/p` sends passwords in the clear; write https
    ");
}

#[test]
fn what_no_proxy_can_use_is_refused() {
    let upstream = |text: &str| Upstream::parse(text).map(|upstream| upstream.to_string());
    let site = |text: &str| ProxiedSite::new(&url(text), Upstream::parse("127.0.0.1:8080").unwrap());
    let files =
        |certificate: &str| site(EVERYDAY).unwrap().certificate_files(Some((certificate, "/etc/key.pem"))).map(drop);
    let shown = refusals([
        site("https://[::1]/p").map(drop),
        site("https://192.0.2.7/p").unwrap().certificate_files(None).map(drop),
        haproxy(&site("https://[2001:db8::1]/p").unwrap(), None).map(drop),
        files("relative.pem"),
        files("/etc/$x.pem"),
        files("/etc/a b.pem"),
        upstream("127.0.0.1").map(drop),
        upstream("127.0.0.1:0").map(drop),
        upstream("a.test:80/x").map(drop),
        upstream("a;b:80").map(drop),
        upstream("0.0.0.0:80").map(drop),
        upstream("[::]:80").map(drop),
    ]);
    insta::assert_snapshot!(shown, @r"
    `https://[::1]/p` leads each client to its own machine; write the name by which clients reach this service
    name the certificate of 192.0.2.7 with `--certificate`, and its key with `--key`
    name the file with the certificate of [2001:db8::1], its chain and its key with `--certificate`
    `relative.pem` is not an absolute path of letters, digits and `/._-+@`; make a link to the file with such a path
    `/etc/$x.pem` is not an absolute path of letters, digits and `/._-+@`; make a link to the file with such a path
    `/etc/a b.pem` is not an absolute path of letters, digits and `/._-+@`; make a link to the file with such a path
    `127.0.0.1` is not a host and a port; write for example 127.0.0.1:8080
    `127.0.0.1:0` is not a host and a port; write for example 127.0.0.1:8080
    `a.test:80/x` is not a host and a port; write for example 127.0.0.1:8080
    `a;b:80` is not a host and a port; write for example 127.0.0.1:8080
    `0.0.0.0:80` is not a host and a port; write for example 127.0.0.1:8080
    `[::]:80` is not a host and a port; write for example 127.0.0.1:8080
    ");
    assert_eq!(upstream("[::1]:8080").unwrap(), "[::1]:8080");
    assert_eq!(upstream("Service_1.internal:80").unwrap(), "Service_1.internal:80");
}

/// Redirected into the file that it names, each snippet is a whole file: only comments come before the text.
#[test]
fn each_snippet_names_its_file_and_how_to_load_it() {
    let site = ProxiedSite::new(&url(EVERYDAY), Upstream::parse("127.0.0.1:8080").unwrap()).unwrap();
    let files = site.certificate_files(None).unwrap();
    let network = vec![("10.1.0.0/16".parse().unwrap(), None)];
    let in_network = DhcpAnswers::new(&url(EVERYDAY), Vec::new(), network).unwrap();
    for (snippet, comment, file, load) in [
        (
            dnsmasq(&in_network).unwrap(),
            "#",
            "/etc/dnsmasq.provisioning.conf",
            "systemctl enable --now dnsmasq@provisioning",
        ),
        (isc_dhcp(&in_network), "#", "/etc/dhcp/provisioning.conf", "dhcpd -4 "),
        (
            kea(&in_network).unwrap(),
            "//",
            "/etc/kea/kea-provisioning.conf",
            "kea-dhcp4 -p 6767 -P 6768 -c /etc/kea/kea-provisioning.conf",
        ),
        (
            avahi(&url(EVERYDAY)).unwrap(),
            "",
            "/etc/avahi/services/provisioning.service",
            "systemctl reload avahi-daemon",
        ),
        (
            jitsi_overrides(&url(EVERYDAY), None).unwrap(),
            "#",
            "jitsi-default-overrides.properties",
            "Clients read it when they start",
        ),
        (nginx(&site, &files), "#", "/etc/nginx/conf.d/provisioning.conf", "systemctl reload nginx"),
        (haproxy(&site, None).unwrap(), "#", "/etc/haproxy/haproxy.cfg", "systemctl reload haproxy"),
        (caddy(&site, None), "#", "/etc/caddy/provisioning.caddy", "systemctl reload caddy"),
        (apache(&site, &files), "#", "/etc/apache2/sites-available/provisioning.conf", "systemctl reload apache2"),
    ] {
        let is_comment = |line: &&str| line.starts_with(comment);
        let comments: String = snippet.lines().take_while(is_comment).flat_map(|line| [line, "\n"]).collect();
        for part in [file, load] {
            assert!(comments.contains(part), "{part} is not in the comments of\n{snippet}");
        }
        assert!(snippet.lines().all(|line| line.len() <= 130 || line.contains("https://")), "{snippet}");
        assert!(snippet.ends_with('\n') && !snippet.contains("\n\n\n"), "{snippet}");
    }
}
