//! What the directory knows about a user arrives in the reply, as the JDK that a client runs on reads it.

use std::collections::BTreeMap;

use test_servers::jdk::Jdk;
use test_servers::openfire::Openfire;

use crate::support::app::TestApp;
use crate::support::http_client::{post, send};

const ACCOUNT: &str = "net.java.sip.communicator.impl.protocol.jabber.accTest=accTest\n\
    net.java.sip.communicator.impl.protocol.jabber.accTest.ACCOUNT_UID=Jabber:{{ user.jid }}\n\
    net.java.sip.communicator.impl.protocol.jabber.accTest.USER_ID={{ user.jid }}\n\
    net.java.sip.communicator.impl.protocol.jabber.accTest.PASSWORD={{ password }}\n";

/// The reply for one user, read by the JDK.
async fn properties(template: &str, user: &str, password: &str) -> BTreeMap<String, String> {
    let openfire = Openfire::shared().await;
    let app = TestApp::with_template(openfire, "", &format!("{ACCOUNT}{template}")).await;
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("username", user)
        .append_pair("password", password)
        .append_pair("os", "linux \"x\"")
        .finish();
    let answer = send(app.address(), post("/provision/", &form)).await;
    assert_eq!(answer.status, 200, "{answer}");
    assert!(answer.body.is_ascii(), "a client reads ISO 8859-1");
    assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()));
    app.stop().await;
    Jdk::start().await.load_bytes(&answer.body).await.expect("the JDK reads it").into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vcard_arrives_value_by_value() {
    let read = properties(
        "a={{ vcard.full_name }}\nb={{ vcard.organisation }}\nc={{ request.fields.os | default('') }}\nd={{ user.display_name }}\n",
        "anna.berger",
        "sunflower-42",
    )
    .await;
    assert_eq!(read["a"], "Dr. Anna Berger");
    assert!(!read["b"].is_empty());
    assert_eq!(read["c"], "linux \"x\"");
    assert_eq!(read["d"], "Dr. Anna Berger");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_vcard_and_password_stay_what_they_are() {
    let password = "=\"${null}\\u0041'# !:<&>";
    let template = "name={{ vcard.full_name }}\norg={{ vcard.organisation }}\ngiven=x{{ vcard.given }}\nrole={{ vcard.role }}\nend=1\n";
    let read = properties(template, "hostile", password).await;
    assert_eq!(read["net.java.sip.communicator.impl.protocol.jabber.accTest.PASSWORD"], password);
    assert_eq!(read["name"], "\"Robert'); DROP TABLE ofUser;--\" <b>");
    assert_eq!(read["org"], "C:\\users\\new");
    assert_eq!(read["given"], "x${null}", "alone it would be refused");
    assert_eq!(read["role"], "שלום \u{202e}עולם\u{202c} مرحبا");
    assert_eq!(read["end"], "1");
    assert_eq!(read.len(), 9, "no value made a key of its own: {read:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_vcard_is_named_by_the_user_name() {
    let read = properties("a={{ user.display_name }}\nb={{ vcard.full_name }}\n", "cardless", "no-card-here").await;
    assert_eq!(read["a"], "cardless");
    assert_eq!(read["b"], "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_with_its_shared_groups_comes_from_the_users_own_stream() {
    let template = "groups={{ roster_groups | join('|') }}\n{% for contact in roster %}c.{{ contact.jid }}={{ contact.name }}\n{% endfor %}";
    let read = properties(template, "anna.berger", "sunflower-42").await;
    assert_eq!(read["c.tomas.novak@example.test"], "Tomáš");
    assert!(read["groups"].contains("Colleagues"), "{:?}", read["groups"]);
    let read = properties(template, "yuki.tanaka", "paper-crane-88").await;
    assert!(read["groups"].contains("Support Team"), "{:?}", read["groups"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_contacts_and_a_photo_of_300_kb_pass() {
    use test_servers::seeds;
    let read =
        properties("n={{ roster | length }}\n", seeds::CROWD_USER, &seeds::person(seeds::CROWD_USER).password).await;
    assert_eq!(read["n"], "2000");
    let read = properties(
        "n={{ vcard.photo.base64 | length }}\n",
        seeds::PHOTO_USER,
        &seeds::person(seeds::PHOTO_USER).password,
    )
    .await;
    assert!(read["n"].parse::<usize>().unwrap() > 200_000, "{read:?}");
}
