//! Requests while the component port misbehaves: they degrade, or end as the template requires, and the next works.

use std::time::Duration;

use futures::future::join_all;
use test_servers::component_port::{error, is_vcard_query, named, result};
use test_servers::log::Log;
use test_servers::scripted_peer::Step;
use test_servers::scripted_peer::text::healthy;
use tokio::time::Instant;
use xmpp_parsers::minidom::Element;

use crate::support::faulty_site::{FaultySite, Settings, ask, is_error, is_provisioned};
use crate::support::http_client::Answer;

const DEGRADES: &str = "x.DISPLAY_NAME={{ user.display_name }}\n";
const REQUIRES: &str = "{# require: vcard #}\nx.DISPLAY_NAME={{ user.display_name }}\n";
/// Requests that wait when the link dies.
const CROWD: usize = 50;
/// Far less than the time after which a query is given up.
const AT_ONCE: Duration = Duration::from_secs(5);
/// No query is given up by itself before the request is.
const PATIENT: Settings = Settings {
    component: "iq_timeout = \"7s\"",
    limits: "request_deadline = \"9s\"",
    openfire: "",
    directory: "",
    template: None,
};

/// Requests of 50 users whose vCard queries wait when the link is cut; then the next requests.
async fn requests_on_a_link_that_dies(template: &'static str) -> Vec<Answer> {
    let site = FaultySite::start(Settings { template: Some(template), ..PATIENT }, [healthy()]).await;
    site.port.answer_by(|_| None);
    let users: Vec<String> = (0..CROWD).map(|number| format!("user{number}")).collect();
    let requests = join_all(users.iter().map(|user| ask(&site.client_safe, user)));
    let cut = async {
        site.port.heard(CROWD, is_vcard_query).await;
        site.port.answer_by(|query| named(query, "Anna Berger"));
        site.port.cut();
        Instant::now()
    };
    let (answers, cut) = tokio::join!(requests, cut);
    assert!(cut.elapsed() < AT_ONCE, "it took {:?}", cut.elapsed());
    site.port.linked(4).await;
    site.connects().await;
    site.serves_again().await;
    site.stop().await;
    answers
}

#[tokio::test]
async fn fifty_requests_on_a_link_that_dies_degrade_and_the_reason_is_logged() {
    let (log, _guard) = Log::start();
    for (number, answer) in requests_on_a_link_that_dies(DEGRADES).await.iter().enumerate() {
        assert!(is_provisioned(answer, &format!("user{number}")), "{answer}");
    }
    let text = log.text();
    for number in 0..CROWD {
        let reported =
            format!("user{number} is provisioned without all data: the vCard: the component is not connected");
        assert_eq!(text.matches(&reported).count(), 1, "user{number}");
    }
}

#[tokio::test]
async fn fifty_requests_on_a_link_that_dies_fail_where_the_template_requires_the_vcard() {
    for answer in requests_on_a_link_that_dies(REQUIRES).await {
        assert!(is_error(&answer, 503, "ConnectionException"), "{answer}");
    }
}

/// What the component port does to a query, and what must come of it.
struct Case {
    name: &'static str,
    answer: fn(&Element) -> Option<String>,
    /// The display name, where the template takes what there is.
    degrades_to: &'static str,
    /// Whether a template that requires the vCard is rendered.
    suffices: bool,
    /// Whether the link does not survive it.
    ends_link: bool,
}

impl Case {
    const fn new(name: &'static str, answer: fn(&Element) -> Option<String>) -> Self {
        Self { name, answer, degrades_to: "anna", suffices: false, ends_link: false }
    }

    const fn suffices(self, display_name: &'static str) -> Self {
        Self { degrades_to: display_name, suffices: true, ..self }
    }

    const fn ends_link(self) -> Self {
        Self { ends_link: true, ..self }
    }
}

const CASES: [Case; 10] = [
    Case::new("never answered", |_| None),
    Case::new("forbidden", |query| Some(error(query, "forbidden"))),
    Case::new("an error without a condition", |query| Some(result(query, "").replace("\"result\"", "\"error\""))),
    Case::new("no vCard, as Openfire 5 says it", |query| Some(error(query, "service-unavailable"))).suffices("anna"),
    Case::new("an empty result", |query| Some(result(query, ""))).suffices("anna"),
    Case::new("another element", |query| Some(result(query, "<x xmlns='y'><FN>Nobody</FN></x>"))).suffices("anna"),
    Case::new("2 MB", |query| named(query, &format!("Anna Berger</FN><DESC>{}</DESC><FN>", "x".repeat(2 << 20))))
        .suffices("Anna Berger"),
    Case::new("others answer first", |query| {
        let forged = named(query, "Mallory")?;
        let by = |sender: &str| forged.replace("from=\"anna@example.test\"", sender);
        let others = [by("from=\"mallory@example.test\""), by("from=\"example.test\""), by("")].concat();
        Some(others + &named(query, "Anna Berger")? + &forged)
    })
    .suffices("Anna Berger"),
    Case::new("not XML", |_| Some("<iq type='result' id=<<<</iq>".to_owned())).ends_link(),
    Case::new("endless", |query| Some(result(query, &"x".repeat(11 << 20)))).ends_link(),
];

#[tokio::test]
async fn what_comes_of_a_vcard_degrades_or_fails_as_the_template_says() {
    for (template, requires) in [(DEGRADES, false), (REQUIRES, true)] {
        // Long enough to read 2 MB on a busy machine.
        let component = "iq_timeout = \"1s\"";
        let settings = Settings { component, template: Some(template), ..Settings::default() };
        let site = FaultySite::start(settings, [healthy()]).await;
        let mut links = 2;
        for case in CASES {
            let name = case.name;
            site.port.answer_by(case.answer);
            let [client_safe, plugin] = site.ask().await;
            if requires && !case.suffices {
                assert!(is_error(&client_safe, 503, "ConnectionException"), "{name}: {client_safe}");
                assert!(is_error(&plugin, 401, "ConnectionException"), "{name}: {plugin}");
            } else {
                for answer in [client_safe, plugin] {
                    assert!(is_provisioned(&answer, case.degrades_to), "{name}: {answer}");
                }
            }
            site.port.answer_by(|query| named(query, "Anna Berger"));
            if case.ends_link {
                links += 2;
                site.port.linked(links).await;
                site.connects().await;
            }
            site.serves_again().await;
        }
        site.stop().await;
    }
}

const ROSTER: &str = "x.DISPLAY_NAME=Anna Berger\nn={{ roster | length }}\n";
const ROSTER_REQUIRED: &str = "{# require: roster #}\nx.DISPLAY_NAME=Anna Berger\nn={{ roster | length }}\n";

/// The answer to a client's own bind and roster query, with `items`.
fn roster(items: &str) -> Vec<Step> {
    let bound = "<stream:features/><iq type='result' id='bind'/>";
    let text = format!("<iq type='result' id='roster'><query xmlns='jabber:iq:roster'>{items}</query></iq>");
    let header = test_servers::scripted_peer::text::header();
    let bound = Step::Send(header + bound);
    vec![Step::Expect("urn:ietf:params:xml:ns:xmpp-bind"), bound, Step::Expect("jabber:iq:roster"), Step::Send(text)]
}

#[tokio::test]
async fn a_users_own_stream_that_fails_after_the_login_costs_the_roster_and_not_the_reply() {
    let after = |more: Vec<Step>| [healthy(), more].concat();
    let faults = || vec![vec![], vec![Step::Cut], vec![Step::Send("\u{1}garbage".to_owned())]];
    for (template, requires) in [(ROSTER, false), (ROSTER_REQUIRED, true)] {
        let limits = "request_deadline = \"4s\"";
        let settings = Settings {
            component: "iq_timeout = \"1s\"",
            directory: "roster = \"session\"",
            limits,
            template: Some(template),
            ..Settings::default()
        };
        let item = |number: usize| format!("<item jid='{}{number}@example.test' name='x'/>", "c".repeat(1000));
        let large: String = (0..2048).map(item).collect();
        let scripts = faults().into_iter().flat_map(|fault| [fault.clone(), fault]).chain([roster(&large)]);
        let site = FaultySite::start(settings, scripts.map(after)).await;
        for [client_safe, plugin] in join_all((0..faults().len()).map(|_| site.ask())).await {
            if requires {
                assert!(is_error(&client_safe, 503, "ConnectionException"), "{client_safe}");
                assert!(is_error(&plugin, 401, "ConnectionException"), "{plugin}");
            } else {
                assert!(client_safe.text().contains("\nn=0"), "{client_safe}");
                assert!(plugin.text().contains("\nn=0"), "{plugin}");
            }
        }
        site.is_clean().await;
        for answer in site.ask().await {
            assert!(answer.text().contains("\nn=2048"), "{answer}");
        }
        site.serves_again().await;
        site.stop().await;
    }
}
