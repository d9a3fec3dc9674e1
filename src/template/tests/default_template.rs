use insta::assert_snapshot;

use super::*;

#[track_caller]
fn built_in() -> Templates {
    Templates::load(&config::Template::default(), &ExtraNames::default(), jitsi_properties::escaped).unwrap()
}

/// The reply without its empty lines.
fn reply(context: &ProvisionContext<'_>) -> String {
    let text = default(&built_in()).render(context).unwrap();
    text.lines().filter(|line| !line.is_empty()).fold(String::new(), |lines, line| lines + line + "\n")
}

fn reply_to(sample: &str) -> String {
    let samples = samples();
    reply(&samples.iter().find(|known| known.name == sample).unwrap().context())
}

#[test]
fn it_asks_for_the_vcard_only_and_requires_nothing() {
    assert_eq!(default(&built_in()).wanted(), PartSet::NOTHING.with(Part::Vcard));
    assert_eq!(default(&built_in()).required(), PartSet::NOTHING);
}

#[test]
fn an_everyday_user() {
    assert_snapshot!(reply_to("plain"), @r"
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp=accOpenfireXmpp
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.PROTOCOL_NAME=Jabber
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.ACCOUNT_UID=Jabber:anna.berg@example.org@example.org
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.USER_ID=anna.berg@example.org
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.PASSWORD=correct\u0020horse
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.ACCOUNT_DISPLAY_NAME=Anna\u0020Berg
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.DISPLAY_NAME=Anna\u0020Berg
    net.java.sip.communicator.impl.gui.main.presence.GLOBAL_DISPLAY_NAME=${null}
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.SERVER_ADDRESS=example.org
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.SERVER_PORT=5222
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.ALLOW_NON_SECURE=false
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.GOOGLE_CONTACTS_ENABLED=false
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.BYPASS_GTALK_CAPABILITIES=false
    ");
}

#[test]
fn a_user_without_anything() {
    assert_snapshot!(reply_to("empty"), @"
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp=accOpenfireXmpp
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.PROTOCOL_NAME=Jabber
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.ACCOUNT_UID=Jabber:x@example.org@example.org
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.USER_ID=x@example.org
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.PASSWORD=x
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.ACCOUNT_DISPLAY_NAME=x
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.DISPLAY_NAME=x
    net.java.sip.communicator.impl.gui.main.presence.GLOBAL_DISPLAY_NAME=${null}
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.SERVER_ADDRESS=example.org
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.SERVER_PORT=5222
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.ALLOW_NON_SECURE=false
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.GOOGLE_CONTACTS_ENABLED=false
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.BYPASS_GTALK_CAPABILITIES=false
    ");
}

#[test]
fn a_hostile_user() {
    assert_snapshot!(reply_to("hostile"), @r#"
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp=accOpenfireXmpp
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.PROTOCOL_NAME=Jabber
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.ACCOUNT_UID=Jabber:d\u005C27artagnan\u005C20\u005C22b\u005C22\u005C40\u005C3cwork\u005C3e\u005C2f\u00E9@example.org@example.org
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.USER_ID=d\u005C27artagnan\u005C20\u005C22b\u005C22\u005C40\u005C3cwork\u005C3e\u005C2f\u00E9@example.org
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.PASSWORD=\u0020"p\u005Cu00\u003D\u0023\u0021\u003A\u0024{null}{{\u0020\u043A\u043B\u044E\u0447\u0020}}\u5BC6\u78BC\uD83D\uDD11\u0020
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.ACCOUNT_DISPLAY_NAME="x'\u005C\u0020y\u003Dz\u003A\u0023\u0021\u0020evil.key\u003D1\u0020\u0024{null}\u0020C\u003A\u005Cusers\u005Cnew\u0020</script><script>{{\u0020user\u0020}}{%\u0020if\u0020%}\u202E\u05E9\u05DC\u05D5\u05DD\u0020\uD83D\uDC68\u200D\uD83D\uDCBB\u0020\u041F\u0440\u0438\u0432\u0435\u0442\u0020\u4F60\u597D\u0020\u00F1
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.DISPLAY_NAME="x'\u005C\u0020y\u003Dz\u003A\u0023\u0021\u0020evil.key\u003D1\u0020\u0024{null}\u0020C\u003A\u005Cusers\u005Cnew\u0020</script><script>{{\u0020user\u0020}}{%\u0020if\u0020%}\u202E\u05E9\u05DC\u05D5\u05DD\u0020\uD83D\uDC68\u200D\uD83D\uDCBB\u0020\u041F\u0440\u0438\u0432\u0435\u0442\u0020\u4F60\u597D\u0020\u00F1
    net.java.sip.communicator.impl.gui.main.presence.GLOBAL_DISPLAY_NAME=${null}
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.SERVER_ADDRESS=xmpp.example.org
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.SERVER_PORT=15222
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.ALLOW_NON_SECURE=false
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.GOOGLE_CONTACTS_ENABLED=false
    net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.BYPASS_GTALK_CAPABILITIES=false
    net.java.sip.communicator.impl.certservice.param.example.org=0123456789abcdef0123456789abcdef01234567
    "#);
}

#[test]
fn the_account_stays_the_same_whatever_changes_around_the_user() {
    let of_account = |context: &ProvisionContext<'_>| -> Vec<(String, String)> {
        let text = reply(context);
        let document = jitsi_properties::parse(&text).unwrap();
        let entries = document.entries().map(|entry| (entry.key().to_owned(), entry.value().to_owned()));
        entries.filter(|(key, _)| key.contains(".jabber.")).collect()
    };
    let samples = samples();
    let (plain, hostile) = (samples[0].context(), samples[2].context());
    let one = of_account(&plain);
    let server = ServerFacts { domain: plain.server.domain.clone(), ..hostile.server.clone() };
    let other = of_account(&ProvisionContext {
        password: hostile.password,
        entry: hostile.entry,
        client: hostile.client,
        server: &server,
        ..plain
    });
    let keys = |entries: &[(String, String)]| entries.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
    let uid = |entries: &[(String, String)]| entries.iter().find(|(key, _)| key.ends_with("ACCOUNT_UID")).cloned();
    assert_eq!(keys(&one), keys(&other));
    assert_eq!(uid(&one), uid(&other));
    assert_eq!(uid(&one).unwrap().1, "Jabber:anna.berg@example.org@example.org");
}

#[test]
fn values_come_back_as_they_went_in() {
    let samples = samples();
    let hostile = samples[2].context();
    let text = reply(&hostile);
    let document = jitsi_properties::parse(&text).unwrap();
    let value = |end: &str| document.entries().find(|entry| entry.key().ends_with(end)).unwrap().value().to_owned();
    assert_eq!(value(".PASSWORD"), hostile.password.typed());
    let name = hostile.entry.display_name(hostile.username, &hostile.server.domain).text;
    assert_eq!(value(".ACCOUNT_DISPLAY_NAME"), name);
    assert!(name.contains("evil.key=1") && !name.contains('\n'));
    assert_eq!(value(".USER_ID"), hostile.username.at(&hostile.server.domain).to_string());
}

#[test]
fn nothing_in_it_harms_a_client() {
    for sample in samples() {
        let text = default(&built_in()).render(&sample.context()).unwrap();
        assert_eq!(
            jitsi_properties::lint(&jitsi_properties::parse(&text).unwrap(), &jitsi_properties::Client::default()),
            [],
            "{}",
            sample.name
        );
        let removed: Vec<_> = text.lines().filter(|line| line.contains("${null}")).collect();
        assert!(matches!(removed.as_slice(), [only] if only.ends_with(".GLOBAL_DISPLAY_NAME=${null}")), "{removed:?}");
    }
}
