//! Values reach the JDK that a client runs on exactly as they are, whatever they hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jitsi_properties::{Client, Level, encode, escaped, lint, parse};
use openfire_provisioner::model::account::{
    AccountDetails, Address, ClientInfo, Contact, Email, Entry, Extra, ExtraNames, Password, Phone, Photo, Profile,
    Subscription, UpdateLink, Username,
};
use openfire_provisioner::model::config;
use openfire_provisioner::model::server_facts::ServerFacts;
use openfire_provisioner::template::{ProvisionContext, Template, Templates};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use ring::digest;
use test_servers::jdk::Jdk;
use test_servers::openfire::{DOMAIN, Openfire};
use test_servers::seeds::{Person, people};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use xmpp_parsers::jid::DomainPart;
use xmpp_parsers::minidom::Element;

use crate::support::app::{TestApp, client};
use crate::support::http_client::{post, send};

const ACCOUNT: &str = "net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp";

/// Texts of any characters, control characters and halves of what the formats give a meaning to among them.
fn text() -> impl Strategy<Value = String> {
    let meaningful =
        vec!["${null}", "\\", "\n", "\r\n", "=", ":", " ", "#", "{{ password }}", "{%", "\\u0041", "\0", "<"];
    let piece = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        1 => proptest::sample::select(meaningful).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// As many texts as a case takes.
const TEXTS: usize = 40;

/// The values of one case: where each stands in a template, and what it is.
struct Values {
    username: Username,
    password: Password,
    entry: Entry,
    extra: Extra,
    client: ClientInfo,
    updates: UpdateLink,
    expected: Vec<(&'static str, String)>,
}

impl Values {
    fn new(texts: Vec<String>) -> Self {
        let mut texts = texts.into_iter();
        let mut expected = Vec::new();
        let mut take = |expression: &'static str| {
            let text = texts.next().expect("as many texts as are taken");
            expected.push((expression, text.clone()));
            text
        };
        let entry = Entry { profile: profile(&mut take), roster: vec![contact(&mut take)], ..Entry::default() };
        let account = AccountDetails { name: take("account.name"), email: take("account.email") };
        let entry = Entry { account, groups: vec![take("groups[0]")], ..entry };
        let client = client(&[
            ("os", &take("request.fields.os | default('')")),
            ("hostname", &take("request.fields.hostname | default('')")),
        ]);
        // A password holds no control characters, and is never empty; a name is prepared.
        let visible = |text: String| text.chars().filter(|character| !character.is_control()).collect::<String>();
        let password = format!("p{}", visible(texts.next().expect("a text")));
        expected.push(("password", password.clone()));
        let domain = DomainPart::new(DOMAIN).unwrap().into_owned();
        let username = Username::parse(&visible(texts.next().expect("a text")), &domain)
            .unwrap_or_else(|_| Username::parse("anna", &domain).unwrap());
        expected.push(("user.name", username.unescaped()));
        expected.push(("user.jid", username.at(&domain).to_string()));
        Self {
            username,
            password: Password::parse(password).unwrap(),
            entry,
            extra: Extra::default(),
            client,
            updates: UpdateLink::default(),
            expected,
        }
    }

    fn context<'a>(&'a self, server: &'a ServerFacts) -> ProvisionContext<'a> {
        let Self { username, password, entry, extra, client, updates, .. } = self;
        ProvisionContext { username, password, entry, extra, client, server, updates, now: Timestamp::now() }
    }
}

fn profile(take: &mut impl FnMut(&'static str) -> String) -> Profile {
    Profile {
        full_name: take("vcard.full_name"),
        family: take("vcard.family"),
        given: take("vcard.given"),
        middle: take("vcard.middle"),
        prefix: take("vcard.prefix"),
        suffix: take("vcard.suffix"),
        nickname: take("vcard.nickname"),
        organisation: take("vcard.organisation"),
        units: vec![take("vcard.units[0]")],
        title: take("vcard.title"),
        role: take("vcard.role"),
        phones: vec![Phone { number: take("vcard.phones[0].number"), kinds: vec![take("vcard.phones[0].kinds[0]")] }],
        emails: vec![Email { address: take("vcard.emails[0].address"), kinds: vec!["work".to_owned()] }],
        addresses: vec![Address {
            kinds: vec!["home".to_owned()],
            post_box: take("vcard.addresses[0].post_box"),
            extended: take("vcard.addresses[0].extended"),
            street: take("vcard.addresses[0].street"),
            locality: take("vcard.addresses[0].locality"),
            region: take("vcard.addresses[0].region"),
            postcode: take("vcard.addresses[0].postcode"),
            country: take("vcard.addresses[0].country"),
        }],
        url: take("vcard.url"),
        birthday: take("vcard.birthday"),
        note: take("vcard.note"),
        jabber_id: take("vcard.jabber_id"),
        photo: Some(Photo { media_type: take("vcard.photo.media_type"), base64: take("vcard.photo.base64") }),
    }
}

fn contact(take: &mut impl FnMut(&'static str) -> String) -> Contact {
    Contact {
        jid: take("roster[0].jid"),
        name: take("roster[0].name"),
        groups: vec![take("roster[0].groups[0]")],
        subscription: Subscription::Both,
    }
}

fn server() -> ServerFacts {
    ServerFacts::new(&toml::from_str(&format!("domain = \"{DOMAIN}\"")).unwrap())
}

/// A template that says each of `expressions` as a value, and between letters in a key.
fn templates(expressions: impl Iterator<Item = &'static str>) -> Templates {
    use std::fmt::Write as _;
    let mut text = String::new();
    for (number, expression) in expressions.enumerate() {
        // The samples at the start have short lists.
        let list = expression.split_once('[').map_or(expression, |(list, _)| list);
        let path = if list == expression { "true" } else { list };
        writeln!(
            text,
            "{{% if {path} %}}v{number}={{{{ {expression} }}}}\nk{number}.{{{{ {expression} }}}}.k=\n{{% endif %}}"
        )
        .unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("provision.properties");
    std::fs::write(&file, text).unwrap();
    let settings = config::Template { file: Some(file), ..Default::default() };
    Templates::load(&settings, &ExtraNames::default(), escaped).unwrap_or_else(|error| panic!("{error}"))
}

/// The template that everybody gets.
fn default(templates: &Templates) -> &Template {
    templates.all().last().unwrap().template
}

#[test]
fn the_jdk_reads_every_value_of_a_template_as_it_went_in() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let jdk = std::cell::RefCell::new(runtime.block_on(Jdk::start()));
    let sample = Values::new(vec![String::new(); TEXTS]);
    let templates = templates(sample.expected.iter().map(|(expression, _)| *expression));
    let server = server();
    TestRunner::new(ProptestConfig::with_cases(300))
        .run(&prop::collection::vec(text(), TEXTS), |texts| {
            let values = Values::new(texts);
            let text = default(&templates).render(&values.context(&server)).unwrap();
            let bytes = encode(&parse(&text).unwrap());
            prop_assert!(bytes.is_ascii());
            let read = runtime.block_on(jdk.borrow_mut().load_bytes(&bytes)).unwrap();
            let expected: Vec<(String, String)> = (0..)
                .zip(&values.expected)
                .flat_map(|(number, (_, value))| {
                    [(format!("v{number}"), value.clone()), (format!("k{number}.{value}.k"), String::new())]
                })
                .collect();
            prop_assert_eq!(read, expected);
            Ok(())
        })
        .unwrap();
}

#[test]
fn no_value_makes_the_built_in_template_fail_the_lint_or_say_more() {
    let templates = Templates::load(&config::Template::default(), &ExtraNames::default(), escaped).unwrap();
    let server = server();
    TestRunner::new(ProptestConfig::with_cases(500))
        .run(&prop::collection::vec(text(), TEXTS), |texts| {
            let values = Values::new(texts);
            let text = default(&templates).render(&values.context(&server)).unwrap();
            let document = parse(&text).unwrap();
            let findings = lint(&document, &Client::default());
            prop_assert!(findings.iter().all(|finding| finding.level != Level::Error), "{:?}", findings);
            let known = |key: &str| key.starts_with(ACCOUNT) || key.ends_with(".GLOBAL_DISPLAY_NAME");
            prop_assert!(document.entries().all(|entry| known(entry.key())), "{:?}", document);
            prop_assert_eq!(document.entries().count(), 13);
            let names = ["ACCOUNT_DISPLAY_NAME", "DISPLAY_NAME"].map(|name| format!("{ACCOUNT}.{name}"));
            for entry in document.entries().filter(|entry| names.contains(&entry.key().to_owned())) {
                let name = entry.value();
                prop_assert!(!name.trim().is_empty() && name != "${null}" && name.lines().count() == 1, "{:?}", name);
            }
            Ok(())
        })
        .unwrap();
}

/// What the JDK reads of the reply to one user of the real server.
async fn read(app: &TestApp, jdk: &mut Jdk, person: &Person) -> BTreeMap<String, String> {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("username", &person.name)
        .append_pair("password", &person.password)
        .finish();
    let answer = send(app.address(), post("/provision", &form)).await;
    assert_eq!(answer.status, 200, "{}: {answer}", person.name);
    jdk.load_bytes(&answer.body).await.expect("the JDK reads it").into_iter().collect()
}

/// What a user is called: `FN` of the vCard, else the user name.
fn display_name(person: &Person, username: &Username) -> String {
    let vcard: Option<Element> = person.vcard.as_ref().map(|text| text.trim().parse().expect("a vCard"));
    let full_name = vcard.and_then(|vcard| vcard.children().find(|child| child.name() == "FN").map(Element::text));
    let full_name = full_name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    full_name.unwrap_or_else(|| username.unescaped())
}

/// SHA-1 of the certificate that the server shows on its port for TLS from the first byte.
async fn certificate_sha1(openfire: &Openfire) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(openfire.ca_file()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(openfire.c2s_tls()).await.unwrap();
    let tls = TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(DOMAIN).unwrap(), tcp).await.unwrap();
    let certificate = &tls.get_ref().1.peer_certificates().expect("a certificate")[0];
    let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, certificate);
    sha1.as_ref().iter().fold(String::new(), |digits, byte| digits + &format!("{byte:02x}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_template_gives_every_user_of_a_real_server_a_stable_account() {
    let openfire = Openfire::shared().await;
    let app = TestApp::start(openfire, "").await;
    let mut jdk = Jdk::start().await;
    let certificate = tokio::time::timeout(std::time::Duration::from_secs(20), certificate_sha1(openfire));
    let certificate = certificate.await.expect("a certificate in time");
    let domain = DomainPart::new(DOMAIN).unwrap().into_owned();
    for person in people().filter(|person| !person.locked) {
        let username = Username::parse(&person.name, &domain).unwrap();
        let jid = username.at(&domain).to_string();
        let read_first = read(&app, &mut jdk, person).await;
        let value = |name: &str| read_first[&format!("{ACCOUNT}.{name}")].as_str();
        assert_eq!(value("ACCOUNT_UID"), format!("Jabber:{jid}@{DOMAIN}"));
        assert_eq!(value("USER_ID"), jid);
        assert_eq!(value("PASSWORD"), person.password);
        assert_eq!(value("DISPLAY_NAME"), display_name(person, &username), "{jid}");
        assert_eq!(value("ACCOUNT_DISPLAY_NAME"), display_name(person, &username), "{jid}");
        assert_eq!(read_first[&format!("net.java.sip.communicator.impl.certservice.param.{DOMAIN}")], certificate);
        let removed: Vec<_> = read_first.iter().filter(|(_, value)| *value == "${null}").map(|(key, _)| key).collect();
        assert_eq!(removed, ["net.java.sip.communicator.impl.gui.main.presence.GLOBAL_DISPLAY_NAME"]);
        assert_eq!(read(&app, &mut jdk, person).await, read_first, "{jid}");
    }
    app.stop().await;
}
