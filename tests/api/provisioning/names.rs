//! What users are called in their replies: by the vCard, else the account, else the user name, and never by another's name.

use jitsi_properties::parse;
use test_servers::component_port::commands::{completed, form, is_list, is_stage, list};
use test_servers::component_port::{error, is_query, is_vcard_query, result};
use test_servers::log::Log;
use test_servers::openfire::{Openfire, admin_component_name, component_name};
use test_servers::scripted_peer::text::healthy;
use xmpp_parsers::minidom::Element;

use crate::support::app::{TestApp, config_text};
use crate::support::faulty_site::{FaultySite, Settings, ask, is_provisioned};
use crate::support::http_client::Answer;

const PROPERTIES: &str = "get-user-properties";
const GLOBAL: &str = "net.java.sip.communicator.impl.gui.main.presence.GLOBAL_DISPLAY_NAME";

/// The names in a reply of the built-in template: the account's two, and the one above the contact list.
#[track_caller]
fn names(answer: &Answer) -> [String; 3] {
    assert_eq!(answer.status, 200, "{answer}");
    let document = parse(answer.text()).unwrap();
    let account = "net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp";
    [format!("{account}.ACCOUNT_DISPLAY_NAME"), format!("{account}.DISPLAY_NAME"), GLOBAL.to_owned()].map(|key| {
        let entry = document.entries().find(|entry| entry.key() == key);
        entry.unwrap_or_else(|| panic!("no {key} in {answer}")).value().to_owned()
    })
}

#[track_caller]
fn assert_called(answer: &Answer, name: &str) {
    assert_eq!(names(answer), [name, name, "${null}"]);
}

/// What Openfire answers to an administrator about the account: a name, for all who are asked for.
fn account(query: &Element, name: &str) -> Option<String> {
    if is_list(query) {
        Some(list(query, &[PROPERTIES]))
    } else if is_stage(query, PROPERTIES, "execute") {
        Some(form(query, &["accountjids"]))
    } else {
        let field = |var: &str, value: &str| format!("<field var='{var}'><value>{value}</value></field>");
        let fields = [field("accountjids", "anna@example.test"), field("name", name), field("email", "a@mail.test")];
        is_stage(query, PROPERTIES, "complete").then(|| completed(query, &fields.concat()))
    }
}

fn vcard(query: &Element, content: &str) -> Option<String> {
    is_vcard_query(query).then(|| result(query, &format!("<vCard xmlns='vcard-temp'>{content}</vCard>")))
}

/// A site whose component port answers by `answer`.
async fn site(answer: impl Fn(&Element) -> Option<String> + Send + Sync + 'static) -> FaultySite {
    let settings = Settings { component: "iq_timeout = \"300ms\"", ..Settings::default() };
    let site = FaultySite::start(settings, [healthy()]).await;
    site.port.answer_by(answer);
    site
}

#[tokio::test]
async fn a_name_in_the_vcard_costs_no_second_query() {
    for (content, name) in [
        ("<FN>Anna Berger</FN>", "Anna Berger"),
        ("<N><FAMILY>Berger</FAMILY><GIVEN>Anna</GIVEN><MIDDLE>Maria</MIDDLE></N>", "Anna Maria Berger"),
        ("<FN>${null}</FN><N><FAMILY> </FAMILY><GIVEN>Anna</GIVEN></N>", "Anna"),
    ] {
        let site = site(move |query| vcard(query, content).or_else(|| account(query, "Another Name"))).await;
        assert_called(&ask(&site.client_safe, "anna").await, name);
        assert_eq!(site.port.all().iter().filter(|stanza| is_query(stanza)).count(), 1, "{content}");
        site.stop().await;
    }
}

#[tokio::test]
async fn a_user_without_a_name_in_the_vcard_is_called_by_the_account() {
    for content in ["", "<FN> </FN>", "<FN>${null}</FN>", "<NICKNAME>Anni</NICKNAME><N><PREFIX>Dr.</PREFIX></N>"] {
        let site = site(move |query| vcard(query, content).or_else(|| account(query, "Anna B. Berger"))).await;
        assert_called(&ask(&site.client_safe, "anna").await, "Anna B. Berger");
        site.stop().await;
    }
}

#[tokio::test]
async fn where_nothing_else_is_known_the_user_name_is_the_name() {
    let (log, _guard) = Log::start();
    // No name in the account, none that can be one, and no right to ask.
    let none = |query: &Element| Some(error(query, "service-unavailable"));
    let accounts: [fn(&Element) -> Option<String>; 4] = [
        |query| account(query, ""),
        |query| account(query, "${null}"),
        |query| account(query, "&#x200B; &#xA0;"),
        |query| is_list(query).then(|| list(query, &[])),
    ];
    for account in accounts {
        let site = site(move |query| if is_vcard_query(query) { none(query) } else { account(query) }).await;
        assert_called(&ask(&site.client_safe, "anna").await, "anna");
        assert_called(&ask(&site.client_safe, "D%27Artagnan%40example.test").await, "d'artagnan");
        site.stop().await;
    }
    assert!(!log.text().contains("without all data"), "no vCard is no failure: {}", log.text());
    assert!(!log.text().contains("templates get nothing"), "{}", log.text());
}

#[tokio::test]
async fn a_vcard_that_cannot_be_read_is_logged_with_the_name_that_is_used() {
    type Answers = fn(&Element) -> Option<String>;
    let forbidden: Answers = |query| is_vcard_query(query).then(|| error(query, "forbidden"));
    let silent: Answers = |_| None;
    let named: Answers = |query| account(query, "Anna B. Berger");
    let nameless: Answers = |query| is_list(query).then(|| list(query, &[]));
    for (vcard, why) in [(forbidden, "refused with <forbidden/>"), (silent, "did not answer in time")] {
        for (account, name, source) in
            [(named, "Anna B. Berger", "the account's name"), (nameless, "anna", "the user name")]
        {
            let (log, _guard) = Log::start();
            let site = site(move |query| if is_vcard_query(query) { vcard(query) } else { account(query) }).await;
            assert_called(&ask(&site.client_safe, "anna").await, name);
            site.stop().await;
            let text = log.text();
            let reported: Vec<_> = text.lines().filter(|line| line.contains("without all data")).collect();
            assert!(
                matches!(reported.as_slice(), [line] if line.contains("\"WARN\"") && line.contains(why)
                    && line.contains(&format!("; the display name is {source}"))),
                "{reported:?}"
            );
        }
    }
}

/// The account's name is of no use to a template that says nothing of it, and no template has to have it.
#[tokio::test]
async fn an_account_that_cannot_be_asked_costs_nothing_but_the_name() {
    let (log, _guard) = Log::start();
    let silent = |query: &Element| {
        if is_vcard_query(query) {
            Some(error(query, "item-not-found"))
        } else {
            is_list(query).then(|| list(query, &[PROPERTIES]))
        }
    };
    let site = site(silent).await;
    assert_called(&ask(&site.client_safe, "anna").await, "anna");
    let text = log.text();
    assert!(text.contains("anna is provisioned without all data: the account's name and e-mail address: "), "{text}");
    assert!(!text.contains("the display name is"), "the vCard was read: {text}");
    site.stop().await;

    let template = "x.DISPLAY_NAME={{ vcard.full_name }}anna\n";
    let settings = Settings { template: Some(template), ..Settings::default() };
    let site = FaultySite::start(settings, [healthy()]).await;
    site.port.answer_by(silent);
    assert!(is_provisioned(&ask(&site.client_safe, "anna").await, "anna"));
    assert!(site.port.all().iter().filter(|stanza| is_query(stanza)).all(is_vcard_query));
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_a_real_server_are_called_by_the_next_source_that_knows_a_name() {
    let openfire = Openfire::shared().await;
    let users = [
        ("names-full", "<FN>Full Name</FN><N><GIVEN>Other</GIVEN></N>", "Account Name", ["Full Name"; 2]),
        ("names-parts", "<N><FAMILY>Berger</FAMILY><GIVEN>Anna</GIVEN></N>", "Account Name", ["Anna Berger"; 2]),
        ("names-account", "<FN></FN>", "Zoë O'Brien \"<b>\"", ["Zoë O'Brien \"<b>\"", "names-account"]),
        ("names-cardless", "", "Account Name", ["Account Name", "names-cardless"]),
        ("names-\\20only", "", "${null}", ["names- only"; 2]),
    ];
    for (name, vcard, account, _) in users {
        openfire.control(&["user", name, "pw", account, "names@mail.example.test"]).await;
        if !vcard.is_empty() {
            openfire.control(&["vcard", name, &format!("<vCard xmlns=\"vcard-temp\">{vcard}</vCard>")]).await;
        }
    }
    // As an administrator, and without that right.
    for (place, component) in [admin_component_name(), component_name()].iter().enumerate() {
        let text = config_text(openfire, component, "[http]\nlisten = \"127.0.0.1:0\"\n");
        let app = TestApp::with_text(&text, None).await;
        for (name, _, _, expected) in users {
            let form = form_urlencoded::Serializer::new(String::new())
                .append_pair("username", name)
                .append_pair("password", "pw")
                .finish();
            let request = crate::support::http_client::post("/provision", &form);
            assert_called(&crate::support::http_client::send(app.address(), request).await, expected[place]);
        }
        app.stop().await;
    }
}
