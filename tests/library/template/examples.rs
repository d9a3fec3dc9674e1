//! The templates of `templates/examples/`: each renders, none has a finding, all are described.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jitsi_properties::{Client, encode, escaped, parse};
use openfire_provisioner::model::account::{ClientInfo, ClientVersion, ExtraNames, Username};
use openfire_provisioner::model::config::{self, Data};
use openfire_provisioner::policy::review;
use openfire_provisioner::site_data::{SiteData, Source};
use openfire_provisioner::template::{ProvisionContext, Sample, Templates};
use test_servers::jdk::Jdk;
use xmpp_parsers::jid::DomainPart;

const DOCUMENT: &str = include_str!("../../../docs/templates.md");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/examples")
}

/// The names of the templates.
fn files() -> Vec<String> {
    let names = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".properties")).collect();
    names.sort();
    names
}

/// The data that the examples name.
fn data() -> SiteData {
    data_of(&["telephones.csv", "turn.toml", "lines.json"])
}

fn data_of(files: &[&str]) -> SiteData {
    let domain = DomainPart::new("example.org").unwrap().into_owned();
    let sources: Vec<Source> = files
        .iter()
        .map(|name| {
            let file = folder().join("data").join(name);
            let settings: Data = toml::from_str(&format!("name = \"{name}\"\nfile = {file:?}")).unwrap();
            Source::new(&settings, &domain).unwrap()
        })
        .collect();
    SiteData::new(sources.iter().map(|source| (source, source.read().unwrap().map(Arc::new))).collect()).unwrap()
}

#[track_caller]
fn load(name: &str, names: &ExtraNames) -> Templates {
    load_file(folder().join(name), names)
}

#[track_caller]
fn load_file(file: PathBuf, names: &ExtraNames) -> Templates {
    let settings = config::Template { file: Some(file), ..config::Template::default() };
    Templates::load(&settings, names, escaped).unwrap_or_else(|error| panic!("{error}"))
}

/// What a user with site data gets from a template: `anna.berg`, and a client with this `User-Agent`.
#[track_caller]
fn rendered(templates: &Templates, data: &SiteData, user_agent: &str) -> BTreeMap<String, String> {
    let samples = Sample::all(data.names());
    let context = samples[0].context();
    let client = ClientInfo { version: ClientVersion::parse(user_agent), ..context.client.clone() };
    lines(templates, data, "anna.berg", ProvisionContext { client: &client, ..context }).into_iter().collect()
}

/// Keys and values, in their order, for a user with the site data of this name.
#[track_caller]
fn lines(templates: &Templates, data: &SiteData, name: &str, context: ProvisionContext<'_>) -> Vec<(String, String)> {
    let user = Username::parse(name, &DomainPart::new("example.org").unwrap()).unwrap();
    let extra = data.values_for(&user, &[], &[]);
    let context = ProvisionContext { extra: &extra, ..context };
    let text = templates.all().last().unwrap().template.render(&context).unwrap();
    let document = parse(&text).unwrap();
    document.entries().map(|entry| (entry.key().to_owned(), entry.value().to_owned())).collect()
}

const OLD_CLIENT: &str = "Jitsi/2.10.5550";
const NEW_CLIENT: &str = "Jitsi Desktop/2.14-SNAPSHOT.0";

/// What a template of the site's own that extends an example gives, and that the lint has nothing to say.
#[track_caller]
fn extended(name: &str, blocks: &str, data: &SiteData) -> BTreeMap<String, String> {
    beside_the_examples(&format!("{{% extends '{name}' %}}\n{blocks}\n"), data)
}

/// The same of a whole template.
#[track_caller]
fn beside_the_examples(text: &str, data: &SiteData) -> BTreeMap<String, String> {
    let site = tempfile::tempdir().unwrap();
    for name in files() {
        std::fs::copy(folder().join(&name), site.path().join(name)).unwrap();
    }
    let own = site.path().join("own.properties");
    std::fs::write(&own, text).unwrap();
    let templates = load_file(own, data.names());
    for choice in templates.all() {
        assert_eq!(review(choice.template, data.names(), &Client::default()), [], "{text}");
    }
    rendered(&templates, data, OLD_CLIENT)
}

#[test]
fn no_sample_user_shows_a_finding() {
    let data = data();
    for name in files() {
        let templates = load(&name, data.names());
        for choice in templates.all() {
            assert_eq!(review(choice.template, data.names(), &Client::default()), [], "{name}");
        }
    }
}

/// `lint` without a configuration knows the names of site data by their use only.
#[test]
fn no_finding_shows_where_there_are_no_data() {
    let open = ExtraNames { open: true, ..ExtraNames::default() };
    for name in files() {
        let names = load(&name, &open).extra_names();
        for choice in load(&name, &names).all() {
            assert_eq!(review(choice.template, &names, &Client::default()), [], "{name}");
        }
    }
}

#[tokio::test]
async fn the_jdk_reads_what_the_everyday_user_gets() {
    let data = data();
    let mut jdk = Jdk::start().await;
    let samples = Sample::all(data.names());
    let user = Username::parse("anna.berg", &DomainPart::new("example.org").unwrap()).unwrap();
    let extra = data.values_for(&user, &[], &[]);
    for name in files() {
        let templates = load(&name, data.names());
        let context = ProvisionContext { extra: &extra, ..samples[0].context() };
        let text = templates.all().last().unwrap().template.render(&context).unwrap();
        let pairs = jdk.load_bytes(&encode(&parse(&text).unwrap())).await.unwrap();
        let lines: Vec<String> = pairs.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        insta::assert_snapshot!(name.trim_end_matches(".properties"), lines.join("\n"));
    }
}

#[test]
fn each_is_described() {
    let files = files();
    assert_eq!(files.len(), 12);
    for name in files {
        assert!(DOCUMENT.contains(&format!("| [{name}](../templates/examples/{name}) |")), "{name}");
    }
}

/// A site that starts from an example changes one value without setting a key twice.
#[test]
fn values_of_every_example_are_changed_by_one_line() {
    let data = data();
    for name in files() {
        let before = rendered(&load(&name, data.names()), &data, OLD_CLIENT);
        let account = if name.contains("old-plugin") { "accxmpp" } else { "accOpenfireXmpp" };
        let account = format!("net.java.sip.communicator.impl.protocol.jabber.{account}");
        for (block, value, keys) in [
            ("server", "chat2.example.test", &["SERVER_ADDRESS"] as &[&str]),
            ("port", "15222", &["SERVER_PORT"]),
            ("display_name", "{{ user.jid }}", &["ACCOUNT_DISPLAY_NAME", "DISPLAY_NAME"]),
        ] {
            let after = extended(&name, &format!("{{% block {block} %}}{value}{{% endblock %}}"), &data);
            let value = value.replace("{{ user.jid }}", "anna.berg@example.org");
            let changed: Vec<&str> = after
                .iter()
                .filter(|(key, value)| before.get(*key) != Some(value))
                .map(|(key, _)| key.as_str())
                .collect();
            for key in keys {
                assert_eq!(after[&format!("{account}.{key}")], value, "{name}");
            }
            let ours = |key: &&str| keys.iter().any(|name| key.ends_with(&format!(".{name}")));
            assert!(changed.iter().all(ours) && after.len() == before.len(), "{name}: {changed:?}");
        }
        let more = extended(&name, "{% block account %}{{ account }}.IS_SERVER_OVERRIDDEN=true{% endblock %}", &data);
        assert_eq!(more[&format!("{account}.IS_SERVER_OVERRIDDEN")], "true", "{name}");
        let more = "{% block more %}{{ super() }}\nnet.java.sip.communicator.plugin.otr.DISABLED=true\n{% endblock %}";
        assert_eq!(extended(&name, more, &data).len(), before.len() + 1, "{name}");
    }
}

/// A pin that no certificate has.
const PIN: &str = "0123456789abcdef0123456789abcdef01234567";

/// The lines of an example that these blocks change.
fn changed(name: &str, blocks: &str) -> String {
    let data = data();
    let before = rendered(&load(name, data.names()), &data, OLD_CLIENT);
    let changed = extended(name, blocks, &data).into_iter().filter(|(key, value)| before.get(key) != Some(value));
    changed
        .map(|(key, value)| format!("{}={value}", key.trim_start_matches("net.java.sip.communicator.")))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn what_each_example_names_of_its_own_is_changed_by_one_line() {
    insta::assert_snapshot!(changed("xmpp-sip.properties", &format!("{{% block exchange %}}sip.example.net{{% endblock %}}{{% block exchange_pin %}}{PIN}{{% endblock %}}")), @"
    impl.certservice.param.sip.example.net=0123456789abcdef0123456789abcdef01234567
    impl.protocol.sip.accOpenfireSip.ACCOUNT_UID=SIP:201@sip.example.net
    impl.protocol.sip.accOpenfireSip.PROXY_ADDRESS=sip.example.net
    impl.protocol.sip.accOpenfireSip.SERVER_ADDRESS=sip.example.net
    impl.protocol.sip.accOpenfireSip.USER_ID=201@sip.example.net
    impl.protocol.sip.accOpenfireSip.VOICEMAIL_CHECK_URI=sip:*97@sip.example.net
    impl.protocol.sip.accOpenfireSip.VOICEMAIL_URI=sip:8201@sip.example.net
    ");
    insta::assert_snapshot!(changed("telephone-lines.properties", &format!("{{% block exchange %}}sip.example.net{{% endblock %}}{{% block exchange_pin %}}{PIN}{{% endblock %}}")), @"
    impl.certservice.param.sip.example.net=0123456789abcdef0123456789abcdef01234567
    impl.protocol.sip.accName2010Z.ACCOUNT_UID=SIP:2010@sip.example.net
    impl.protocol.sip.accName2010Z.PROXY_ADDRESS=sip.example.net
    impl.protocol.sip.accName2010Z.SERVER_ADDRESS=sip.example.net
    impl.protocol.sip.accName2010Z.USER_ID=2010@sip.example.net
    impl.protocol.sip.accName201Z.ACCOUNT_UID=SIP:201@sip.example.net
    impl.protocol.sip.accName201Z.PROXY_ADDRESS=sip.example.net
    impl.protocol.sip.accName201Z.SERVER_ADDRESS=sip.example.net
    impl.protocol.sip.accName201Z.USER_ID=201@sip.example.net
    ");
    insta::assert_snapshot!(changed("chat-rooms.properties", "{% block rooms %}{% set chat.rooms = [('staff', 'hall')] %}{% endblock %}"), @"
    impl.gui.accounts.accOpenfireXmpp.chatRooms.hall=hall@conference.example.org
    impl.gui.accounts.accOpenfireXmpp.chatRooms.hall.autoJoin=true
    impl.gui.accounts.accOpenfireXmpp.chatRooms.hall.chatRoomName=hall
    ");
    insta::assert_snapshot!(changed("turn.properties", "{% block turn_server %}turn.example.net{% endblock %}"), @"impl.protocol.jabber.accOpenfireXmpp.STUN0ADDRESS=turn.example.net");
    insta::assert_snapshot!(changed("slow-branch.properties", "{% block bitrate %}64{% endblock %}{% block framerate %}5{% endblock %}"), @"
    impl.neomedia.video.bitrate=64
    impl.neomedia.video.framerate=5
    ");
    insta::assert_snapshot!(changed("new-address.properties", "{% block address %}https://prov.example.net/provision?username=${username}&password=${password}{% endblock %}"), @"plugin.provisioning.URL=https://prov.example.net/provision?username=${username}&password=${password}");
    let free = extended("as-the-old-plugin.properties", "{% block locks %}{% endblock %}", &data());
    assert!(!free.keys().any(|key| key.contains("configforms") || key.contains(".plugin.")), "{free:?}");
}

#[test]
fn what_the_example_of_a_directory_names_of_its_own_is_changed_by_one_line() {
    let pinned = changed("ldap.properties", &format!("{{% block ldap_pin %}}{PIN}{{% endblock %}}"));
    assert_eq!(pinned, format!("impl.certservice.param.ldap.example.org={PIN}"));
    insta::assert_snapshot!(changed("ldap.properties", "{% block ldap %}{% set ldap.host = 'ldap.example.net' %}{% set ldap.base = 'dc=example,dc=net' %}{% endblock %}"), @"
    impl.ldap.directories.dir1679829923.baseDN=dc=example,dc=net
    impl.ldap.directories.dir1679829923.hostname=ldap.example.net
    ");
    insta::assert_snapshot!(changed("ldap.properties", "{% block ldap %}{% set ldap.name = 'Company Directory' %}{% endblock %}"), @"
    impl.ldap.directories.dir746838454=Company Directory
    impl.ldap.directories.dir746838454.auth=NONE
    impl.ldap.directories.dir746838454.baseDN=ou=people,dc=example,dc=org
    impl.ldap.directories.dir746838454.enabled=true
    impl.ldap.directories.dir746838454.encryption=SSL
    impl.ldap.directories.dir746838454.hostname=ldap.example.org
    impl.ldap.directories.dir746838454.overridemail=mail
    impl.ldap.directories.dir746838454.overridemobilephone=mobile
    impl.ldap.directories.dir746838454.overrideworkphone=telephoneNumber
    impl.ldap.directories.dir746838454.port=636
    impl.ldap.directories.dir746838454.scope=SUB
    ");
}

/// Every lock of another example is taken off, in the way that works for its key.
#[test]
fn the_way_back_takes_off_every_lock() {
    let data = data();
    let of = |name: &str| rendered(&load(name, data.names()), &data, OLD_CLIENT);
    let (plain, unlocked) = (of("xmpp-only.properties"), of("unlocked.properties"));
    let locks = of("locked-down.properties").into_iter().filter(|(key, _)| !plain.contains_key(key));
    let old = of("as-the-old-plugin.properties").into_iter().filter(|(key, _)| {
        !key.contains(".protocol.jabber.") && !plain.contains_key(key) && !key.contains("notificationconfiguration")
    });
    let locks: Vec<(String, String)> = locks.chain(old).collect();
    assert!(locks.len() > 25);
    for (key, locked) in locks {
        let expected = match locked.as_str() {
            // What counts by being there is not switched off by `false`.
            "true" if key.contains(".IS_") => "${null}",
            "true" => "false",
            "false" => "true",
            other => panic!("{key}={other} is no lock that is known here"),
        };
        assert_eq!(unlocked.get(&key).map(String::as_str), Some(expected), "{key}");
    }
}

/// SSL finds nothing in a client on Java 17, and a prefix before every number makes most of them wrong.
#[test]
fn the_directory_is_one_that_the_client_can_search() {
    let data = data();
    let templates = load("ldap.properties", data.names());
    for (user_agent, encryption, port) in
        [(OLD_CLIENT, "SSL", "636"), (NEW_CLIENT, "CLEAR", "389"), ("Jitsi/2.11.5633", "SSL", "636")]
    {
        let read = rendered(&templates, &data, user_agent);
        let value = |end: &str| read.iter().find(|(key, _)| key.ends_with(end)).map(|(_, value)| value.as_str());
        assert_eq!((value(".encryption"), value(".port")), (Some(encryption), Some(port)), "{user_agent}");
        assert_eq!(value(".globalPhonePrefix"), None);
    }
}

/// One list of JSON and numbered columns of CSV are the same to a template. Each line has its own secret.
#[test]
fn lines_are_the_same_from_a_list_and_from_numbered_columns() {
    let [json, csv] = ["lines.json", "lines.csv"].map(|file| data_of(&[file]));
    assert_eq!(json.names(), csv.names());
    let templates = load("telephone-lines.properties", json.names());
    let samples = Sample::all(json.names());
    let of = |data: &SiteData, user: &str| lines(&templates, data, user, samples[0].context());
    for user in ["anna.berg", "bo", "x"] {
        assert_eq!(of(&json, user), of(&csv, user), "{user}");
    }
    let accounts = |user: &str| {
        let lines = of(&json, user).into_iter();
        let secrets = lines.filter(|(key, _)| key.contains(".protocol.sip.") && key.ends_with(".PASSWORD"));
        secrets.map(|(key, value)| (key.rsplit('.').nth(1).unwrap().to_owned(), value)).collect::<BTreeMap<_, _>>()
    };
    let pair = |id: &str, secret: &str| (id.to_owned(), secret.to_owned());
    assert_eq!(accounts("anna.berg"), [pair("accName201Z", "4r7-hoe-tin"), pair("accName2010Z", "9aa-elm-cup")].into());
    assert_eq!(accounts("bo"), [pair("accName202Z", "9kk-sea-rye")].into());
    assert_eq!(accounts("x"), BTreeMap::new());
}

/// The saved login goes as a whole, and no lock of another user stays.
#[test]
fn a_shared_machine_keeps_no_login_of_the_dialog() {
    const START: &str = "net.java.sip.communicator.";
    let data = data();
    let of = |name: &str| rendered(&load(name, data.names()), &data, OLD_CLIENT);
    let (unlocked, mut shared) = (of("unlocked.properties"), of("shared-machine.properties"));
    assert_eq!(shared.remove(&format!("{START}plugin.provisioning.auth")).as_deref(), Some("${null}"));
    for box_of_dialog in ["ALLOW_SAVE_PASSWORD", "SAVE_PASSWORD_TICKED"] {
        assert_eq!(shared.remove(&format!("{START}util.swing.auth.{box_of_dialog}")).as_deref(), Some("false"));
    }
    assert_eq!(shared, unlocked);
}

#[test]
fn the_variation_that_is_described_is_one() {
    let (_, block) = DOCUMENT.split_once("```jinja example\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let read = beside_the_examples(block, &data());
    let value = |end: &str| read.iter().find(|(key, _)| key.ends_with(end)).map(|(_, value)| value.as_str());
    assert_eq!(value(".SERVER_ADDRESS"), Some("chat.example.org"));
    assert_eq!(value(".IS_SERVER_OVERRIDDEN"), Some("true"));
}

/// One client, two users: the second one has no vCard, no extension, no groups.
#[test]
fn no_example_leaves_anything_of_the_user_before() {
    let data = data();
    let samples = Sample::all(data.names());
    for name in files() {
        let templates = load(&name, data.names());
        let mut stored: BTreeMap<String, String> = BTreeMap::new();
        let mut apply = |user: &str, sample: usize| {
            for (key, value) in lines(&templates, &data, user, samples[sample].context()) {
                if value == "${null}" {
                    stored.retain(|other, _| !other.starts_with(&key));
                } else {
                    stored.insert(key, value);
                }
            }
            stored.clone()
        };
        let holds = |stored: &BTreeMap<String, String>| {
            let signs = ["anna", "201", "4r7-hoe-tin"];
            let reported =
                stored.iter().filter(|(_, value)| signs.iter().any(|sign| value.to_lowercase().contains(sign)));
            reported.map(|(key, _)| key.clone()).collect::<Vec<_>>()
        };
        assert!(!holds(&apply("anna.berg", 0)).is_empty(), "{name}");
        assert_eq!(holds(&apply("x", 1)), [""; 0], "{name}");
    }
}
