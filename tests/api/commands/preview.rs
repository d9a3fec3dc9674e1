//! `preview` as a process, on a real Openfire.

use test_servers::openfire::{COMPONENT_SECRET, Openfire, admin_component_name, component_name};
use test_servers::seeds::person;

use crate::support::app::config_text;
use crate::support::service::{Ended, Program, Service};

/// What `preview` says of a user under a component name of its own, with a template or the one built in.
async fn preview(user: &str, template: Option<&str>) -> Ended {
    let more = if template.is_some() { "[template]\nfile = \"own.properties\"\n" } else { "" };
    let text = config_text(Openfire::shared().await, &component_name(), more);
    let program = Program::new(&["preview", user]).file("config.toml", &text);
    let program = template.into_iter().fold(program, |program, template| program.file("own.properties", template));
    let ended = program.run().await;
    assert!(!format!("{ended:?}").contains(COMPONENT_SECRET), "{ended:?}");
    ended
}

/// The value of a property.
fn value(text: &str, key: &str) -> String {
    let document = jitsi_properties::parse(text).unwrap();
    let entry = document.entries().find(|entry| entry.key() == key);
    entry.unwrap_or_else(|| panic!("no {key} in {text}")).value().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_shows_the_reply_without_the_password() {
    let ended = preview("anna.berger", None).await;
    let (_, certificate) = ended.stdout.split_once("certservice.param.example.test=").unwrap();
    let sha1 = &certificate[..40];
    assert!(sha1.bytes().all(|digit| digit.is_ascii_hexdigit()), "{sha1}");
    insta::assert_snapshot!(ended.shown(&[(sha1, "SHA1")]), @"
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp=accOpenfireXmpp
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.PROTOCOL_NAME=Jabber
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.ACCOUNT_UID=Jabber:anna.berger@example.test@example.test
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.USER_ID=anna.berger@example.test
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.PASSWORD=********
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.ACCOUNT_DISPLAY_NAME=Dr. Anna Berger
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.DISPLAY_NAME=Dr. Anna Berger
    net.java.sip.communicator.impl.gui.main.presence.GLOBAL_DISPLAY_NAME=${null}
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.SERVER_ADDRESS=example.test
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.SERVER_PORT=5222
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.ALLOW_NON_SECURE=false
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.GOOGLE_CONTACTS_ENABLED=false
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.BYPASS_GTALK_CAPABILITIES=false
    net.java.sip.communicator.impl.certservice.param.example.test=SHA1
    exit code 0
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_every_script_have_theirs() {
    for name in ["élodie.lefèvre", "иван.петров", "王小明", "佐藤さくら", "김민준", "O'Hara", "anna b", "anna@work"]
    {
        let ended = preview(name, Some("name={{ user.display_name }}\njid={{ user.jid }}\n")).await;
        assert_eq!(ended.code(), 0, "{name}: {ended:?}");
        assert!(ended.stdout.is_ascii(), "{ended:?}");
        let account = name.to_lowercase().replace(' ', "\\20").replace("anna@", "anna\\40").replace('\'', "\\27");
        assert_eq!(value(&ended.stdout, "jid"), format!("{account}@example.test"));
        // Without a vCard and without the admin commands, the user name is all there is.
        let shown = if person(&account).vcard.is_some() { person(&account).display_name.clone() } else { None };
        let is_noted = ended.stderr.contains("nothing was found about");
        assert_eq!(!is_noted, shown.is_some(), "a note about whom nothing is known: {ended:?}");
        assert_eq!(value(&ended.stdout, "name"), shown.unwrap_or_else(|| name.to_lowercase()));
    }
}

/// Openfire may give no answer at all about a user that it does not know.
#[tokio::test(flavor = "multi_thread")]
async fn of_an_unknown_user_it_says_what_can_be_said() {
    let ended = preview("nobody.at.all", Some("name={{ user.display_name }}\ncard={{ vcard.full_name }}\n")).await;
    insta::assert_snapshot!(ended.shown(&[]), @"
    name=nobody.at.all
    card=
    note: nothing was found about nobody.at.all; only a login shows whether the account exists
    own.properties:1: note: unknown-key: neither Jitsi 2.10 nor Jitsi master of April 2025 reads this key; a client stores it and does nothing with it
      1 | name={{ user.display_name }}
        | ^^^^
    own.properties:2: note: unknown-key: neither Jitsi 2.10 nor Jitsi master of April 2025 reads this key; a client stores it and does nothing with it
      2 | card={{ vcard.full_name }}
        | ^^^^
    exit code 0
    ");
}

/// Openfire 4.2 has no command `get-user-roster`, and without a login there is no stream of the user's own.
#[tokio::test(flavor = "multi_thread")]
async fn a_roster_that_only_the_users_login_gives_is_noted() {
    let ended = preview("anna.berger", Some("contacts={{ roster | length }}\n")).await;
    insta::assert_snapshot!(ended.shown(&[]), @"
    contacts=0
    note: nothing was found about anna.berger; only a login shows whether the account exists
    note: the roster: this server gives it only to the user's own login, and a preview has none
    own.properties:1: note: unknown-key: neither Jitsi 2.10 nor Jitsi master of April 2025 reads this key; a client stores it and does nothing with it
      1 | contacts={{ roster | length }}
        | ^^^^^^^^
    exit code 0
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_can_have_cannot_be_shown() {
    for (name, why) in
        [("", "empty"), (" @example.test", "empty"), ("a\u{7}b", "character"), (&"x".repeat(1024), "longer")]
    {
        let ended = preview(name, None).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (2, ""), "{ended:?}");
        assert!(ended.stderr.contains(why), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_would_harm_the_client_is_a_finding() {
    let ended = preview("anna.berger", Some("{% if user.name == \"anna.berger\" %}\na=1\na=2\n{% endif %}\n")).await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(ended.stdout.contains("a=1\na=2") && ended.stderr.contains("duplicate-key"), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_service_runs_it_needs_a_name_of_its_own() {
    let openfire = Openfire::shared().await;
    let name = component_name();
    let http = "[http]\nlisten = \"127.0.0.1:0\"\n";
    let mut service = Service::serve(&config_text(openfire, &name, http));
    service.ready().await;
    let preview = |more: &str| {
        let text = config_text(openfire, &name, &format!("{more}\n{http}"));
        Program::new(&["preview", "anna.berger"]).file("config.toml", &text).run()
    };
    insta::assert_snapshot!(preview("").await.shown(&[(&name, "COMPONENT")]), @"
    openfire-provisioner: `preview` needs a name of its own while the service runs as COMPONENT: set `component.preview_name` to a second name, and allow that name in Openfire too: the name COMPONENT is taken on the server: is another openfire-provisioner running, or a service of the server's own? Stop it or set another `component.name`; Openfire's admin console shows connected components under Sessions > Component Sessions
    exit code 2
    ");
    let ended = preview(&format!("preview_name = \"{}\"", component_name())).await;
    assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""), "{ended:?}");
    assert!(ended.stdout.contains("Anna Berger"), "{ended:?}");
    let ended = service.stop().await;
    assert!(!ended.stderr.contains(" is down"), "the preview disturbed the service: {}", ended.stderr);
}

/// The right that is missing is that of the name which asked, and not that of the service's.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_ask_for_groups_is_named() {
    let openfire = Openfire::shared().await;
    let (service, own) = (admin_component_name(), component_name());
    let more = format!("preview_name = \"{own}\"\n[template]\nfile = \"own.properties\"\n");
    let program =
        Program::new(&["preview", "anna.berger"]).file("config.toml", &config_text(openfire, &service, &more));
    let ended = program.file("own.properties", "groups={{ groups | length }}\n").run().await;
    let advice = format!("; add {own} to Openfire's system property admin.authorizedJIDs (if that");
    assert!(ended.stderr.contains(&advice) && !ended.stderr.contains(&service), "{ended:?}");
}
