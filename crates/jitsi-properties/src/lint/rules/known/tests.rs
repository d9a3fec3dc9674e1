use super::*;
use crate::parse;
use crate::version::Version;

const ACC: &str = "net.java.sip.communicator.impl.protocol.jabber.accx";
const SIP: &str = "net.java.sip.communicator.impl.protocol.sip.accx";
const LDAP: &str = "net.java.sip.communicator.impl.ldap.directories.dir1679829923";

#[track_caller]
fn findings(text: &str, version: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let client = Client { version: version.map(|text| Version::parse(text).unwrap()), ..Client::default() };
    check(&Settings::new(&parse(text).unwrap()), &client, &mut findings);
    findings
}

#[track_caller]
fn reported(text: &str) -> Vec<(usize, &'static str, Level)> {
    findings(text, None).into_iter().map(|finding| (finding.line, finding.rule.id, finding.level)).collect()
}

/// The rule and level of the only finding about a line; none when nothing is wrong with it.
#[track_caller]
fn about(line: &str) -> Option<(&'static str, Level)> {
    let mut reported = reported(line).into_iter();
    let first = reported.next().map(|(_, rule, level)| (rule, level));
    assert!(reported.next().is_none(), "{line}");
    first
}

#[test]
fn a_key_that_no_client_reads_is_reported() {
    let text = "net.java.sip.communicator.impl.gui.main.menus.SHOW_OPTIONS_WINDOW=false\n\
        site.room=2.14\n\
        plugin.nonsense=1\n\
        provisioning.ALLOW_PREFIXES=net\n";
    assert_eq!(
        reported(text),
        [
            (1, "unknown-key", Level::Warning),
            (2, "unknown-key", Level::Note),
            (3, "unknown-key", Level::Warning),
            (4, "unknown-key", Level::Warning),
        ]
    );
    let shown = findings(text, None)[0].to_string();
    assert_eq!(
        shown,
        "line 1: unknown-key: neither Jitsi 2.10 nor Jitsi master of April 2025 reads this key, so the line has no effect on \
         them; look the key up in docs/keys.md; did you mean `net.java.sip.communicator.impl.gui.main.configforms.SHOW_OPTIONS_WINDOW`?"
    );
}

#[test]
fn a_number_on_which_a_part_of_the_client_fails_is_an_error() {
    const WRONG: Option<(&str, Level)> = Some(("wrong-value", Level::Error));
    for (key, wrong, right) in [
        // Of SIP every socket, so every account.
        ("impl.protocol.SIP_DSCP", &["EF", "64", "-1", "46 ", ""][..], "46"),
        ("util.dns.BACKUP_RESOLVER_PORT", &["65536", "-1"], "53"),
        ("impl.gui.accounts.accx.accountIndex", &["first"], "0"),
        ("impl.gui.chat.DEFAULT_FONT_SIZE", &["12pt"], "12"),
    ] {
        for value in wrong {
            assert_eq!(about(&format!("net.java.sip.communicator.{key}={value}")), WRONG, "{key} {value:?}");
        }
        assert_eq!(about(&format!("net.java.sip.communicator.{key}={right}")), None, "{key}");
    }
    let port = about("net.java.sip.communicator.util.dns.BACKUP_RESOLVER_PORT=dns");
    assert_eq!(port, Some(("wrong-value", Level::Warning)), "the client takes its own");
}

#[test]
fn a_file_of_the_installation_is_not_advised_to_remove() {
    let client = Client { is_installation: true, ..Client::default() };
    for line in [
        "net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABLED=yes".to_owned(),
        format!("{ACC}.IS_READ_ONLY=false"),
        format!("{ACC}.ENCRYPTED_PASSWORD=x"),
        "net.java.sip.communicator.UPDATE_LINK=".to_owned(),
    ] {
        let found = crate::lint::lint(&parse(&line).unwrap(), &client);
        assert!(!found.is_empty(), "{line}");
        assert!(found.iter().all(|finding| !finding.message.contains("${null}")), "{found:?}");
    }
}

#[test]
fn a_setting_of_the_other_protocol_is_reported_as_such() {
    let [finding] = findings(&format!("{ACC}.VOICEMAIL_URI=sip:100@example.org"), None).try_into().unwrap();
    assert_eq!(finding.rule.id, "unknown-key");
    assert!(finding.message.starts_with("only SIP accounts"), "{finding}");
    // `ProtocolProviderServiceSipImpl` does not ask for it.
    let [finding] = findings(&format!("{SIP}.VIDEO_CALLING_DISABLED=true"), None).try_into().unwrap();
    assert!(finding.message.starts_with("only XMPP accounts"), "{finding}");
}

#[test]
fn accounts_of_other_protocols_are_known() {
    let account = |protocol: &str| format!("net.java.sip.communicator.impl.protocol.{protocol}.accx");
    let irc = account("irc");
    let names = "ACCOUNT_UID=IRC:anna@irc.example.org USER_ID=anna PROTOCOL_NAME=IRC PASSWORD=secret SERVER_PORT=6697 \
        SERVER_ADDRESS=irc.example.org SASL_ENABLED=true SASL_USERNAME=anna IS_ACCOUNT_DISABLED=true";
    let lines: Vec<String> = names.split_whitespace().map(|name| format!("{irc}.{name}")).collect();
    assert_eq!(reported(&format!("{irc}=accx\n{}", lines.join("\n"))), []);
    assert_eq!(about("net.java.sip.communicator.service.protocol.SASL_ENABLED=true"), None);
    // The client takes this protocol's defaults from those for all accounts only.
    assert_eq!(
        about("net.java.sip.communicator.service.protocol.irc.SASL_ENABLED=true"),
        Some(("unknown-key", Level::Warning))
    );
    assert_eq!(about(&format!("{irc}.SERVER_PORT=none")), Some(("wrong-value", Level::Error)));
    let [finding] = findings(&format!("{irc}.DTMF_METHOD=RTP_DTMF"), None).try_into().unwrap();
    assert!(finding.message.starts_with("only XMPP and SIP accounts"), "{finding}");
    let icq = account("icq");
    assert_eq!(about(&format!("{icq}.ACCOUNT_UID=ICQ:1@icq.com")), None);
    assert_eq!(about(&format!("{icq}.IS_AIM=true")), Some(("obsolete-key", Level::Note)));
    // Jitsi 2.8 had this protocol.
    let yahoo = account("yahoo");
    let text = format!("{yahoo}=accx\n{yahoo}.ACCOUNT_UID=Yahoo!:anna\n{yahoo}.USER_ID=anna\n");
    let [finding] = findings(&text, None).try_into().unwrap();
    assert!(finding.message.contains("has accounts of this protocol"), "{finding}");
    assert_eq!(about("net.java.sip.communicator.impl.protocol.yahoo.x=1"), Some(("unknown-key", Level::Warning)));
}

#[test]
fn what_the_clients_read_in_rare_places_is_known() {
    let text = "\
        # Of these the first once had another spelling in the catalogue.\n\
        net.java.sip.communicator.impl.muc.MUCSERVICE_DISABLED=false\n\
        net.java.sip.communicator.impl.muc.MUC_SERVICE_DISABLED=false\n\
        net.java.sip.communicator.SHOW_STACK_TRACE=true\n\
        service.gui.APPLICATION_NAME=Messenger\n\
        service.gui.PROVISIONED_STATUS_MESSAGE.1=On the road\n\
        net.java.sip.communicator.impl.neomedia.audioSystem.portaudio.denoise=true\n\
        net.java.sip.communicator.plugin.thunderbird.source.1.FILENAME=/srv/book.mab\n";
    assert_eq!(reported(text), []);
    let server = "plugin.jabberaccregwizz.NEW_ACCOUNT_DEFAULT_SERVER=chat.example.net";
    assert_eq!(about(server), Some(("obsolete-key", Level::Note)));
}

#[test]
fn an_old_name_says_the_new_one() {
    for (old, new) in [
        ("XCAP_SERVER_URI=https://lists.example.net", "OPT_CLIST_SERVER_URI"),
        ("XIVO_USER=4711", "OPT_CLIST_USER"),
        ("XCAP_USE_SIP_CREDETIALS=true", "OPT_CLIST_USE_SIP_CREDETIALS"),
    ] {
        let [finding] = findings(&format!("{SIP}.{old}"), Some("2.14")).try_into().unwrap();
        assert_eq!((finding.rule.id, finding.level), ("obsolete-key", Level::Note), "{finding}");
        assert!(finding.message.ends_with(&format!("write {new}")), "{finding}");
    }
}

#[test]
fn a_setting_of_an_account_is_no_default_for_all() {
    let defaults = "net.java.sip.communicator.service.protocol";
    for key in ["sip.USER_ID", "jabber.USER_ID", "ACCOUNT_UID", "sip.ENCRYPTION_PROTOCOL.SDES", "sip.STUN0ADDRESS"] {
        let [finding] = findings(&format!("{defaults}.{key}=0"), None).try_into().unwrap();
        assert_eq!((finding.rule.id, finding.level), ("unknown-key", Level::Warning), "{finding}");
        let says = if key == "sip.STUN0ADDRESS" { "only XMPP accounts" } else { "only an account" };
        assert!(finding.message.starts_with(says), "{finding}");
    }
}

#[test]
fn what_only_the_installation_can_set_is_reported() {
    let late = Some(("too-late-key", Level::Warning));
    assert_eq!(about("plugin.provisioning.DEFAULT_PROVISIONING_METHOD=DHCP"), late);
    assert_eq!(about("net.java.sip.communicator.SC_HOME_DIR_NAME=Messenger"), late);
    assert_eq!(about("net.java.sip.communicator.plugin.provisioning.METHOD=DHCP"), None);
}

#[test]
fn an_unknown_key_names_the_versions_that_were_looked_at() {
    let clients = catalogue::sources().iter().filter(|source| source.id.starts_with("jitsi-"));
    let titles: Vec<_> = clients.map(|source| source.title).collect();
    assert_eq!(titles.join(" nor "), LOOKED_AT);
}

#[test]
fn removals_and_system_properties_are_no_unknown_keys() {
    assert_eq!(reported("net.java.sip.communicator.nonsense=${null}\n${system}.java.net.preferIPv4Stack=true\n"), []);
    assert_eq!(about(&format!("{ACC}.RESOURCE_PRIORITY=${{null}}")), None);
}

#[test]
fn what_other_rules_tell_is_not_reported_again() {
    assert_eq!(reported("=x\n\\ a=x\nb\\t=x\nBär=x\nbare\nbare \n"), []);
}

#[test]
fn booleans_are_true_or_false_without_blanks() {
    let key = "net.java.sip.communicator.plugin.provisioning.MANDATORY";
    for right in ["true", "false", "TRUE", "False"] {
        assert_eq!(about(&format!("{key}={right}")), None, "{right}");
    }
    for wrong in ["yes", "1", "on", "", "true ", "\\ true", "tru", "${null} "] {
        assert_eq!(about(&format!("{key}={wrong}")), Some(("wrong-value", Level::Warning)), "{wrong:?}");
    }
    let [finding] = findings(&format!("{key}=true "), None).try_into().unwrap();
    assert!(finding.message.contains("blank"), "{finding}");
}

#[test]
fn numbers_ports_and_words_are_what_the_catalogue_says() {
    let wrong = Some(("wrong-value", Level::Warning));
    assert_eq!(about(&format!("{ACC}.RESOURCE_PRIORITY=-128")), None);
    assert_eq!(about(&format!("{ACC}.RESOURCE_PRIORITY=128")), wrong);
    assert_eq!(about(&format!("{ACC}.RESOURCE_PRIORITY=high")), wrong);
    assert_eq!(about(&format!("{ACC}.SERVER_PORT=5222 ")), None);
    assert_eq!(about(&format!("{ACC}.SERVER_PORT=")), None);
    assert_eq!(about(&format!("{ACC}.SERVER_PORT=0")), wrong);
    assert_eq!(about(&format!("{ACC}.SERVER_PORT=65536")), wrong);
    assert_eq!(about(&format!("{ACC}.DTMF_METHOD=RTP_DTMF")), None);
    assert_eq!(about(&format!("{ACC}.DTMF_METHOD=rtp_dtmf")), wrong);
    assert_eq!(about(&format!("{SIP}.KEEP_ALIVE_METHOD=options")), None);
    assert_eq!(about("service.gui.AUTO_POPUP_NEW_MESSAGE=true"), wrong);
}

#[test]
fn hosts_addresses_jids_and_digests_are_looked_at() {
    let wrong = Some(("wrong-value", Level::Warning));
    for host in ["xmpp.example.org", "192.0.2.1", "2001:db8::1", "[2001:db8::1]"] {
        assert_eq!(about(&format!("{ACC}.SERVER_ADDRESS={host}")), None, "{host}");
    }
    for host in ["https://example.org", "example.org:5222", "example org", "a@b"] {
        assert_eq!(about(&format!("{ACC}.SERVER_ADDRESS={host}")), wrong, "{host}");
    }
    assert_eq!(about(&format!("{ACC}.USER_ID=anna@example.org")), None);
    for jid in ["anna", "anna@", "@example.org", "anna@example.org/desk", "an na@example.org"] {
        assert_eq!(about(&format!("{ACC}.USER_ID={jid}")), wrong, "{jid}");
    }
    assert_eq!(about(&format!("{SIP}.USER_ID=1001")), None);
    let url = "net.java.sip.communicator.plugin.provisioning.URL";
    assert_eq!(about(&format!("{url}=https://prov.example.org/provision?user=${{username}}")), None);
    assert_eq!(about(&format!("{url}=prov.example.org/provision")), wrong);
    let pin = "net.java.sip.communicator.impl.certservice.param.example.org";
    let digest = "0123456789abcdef0123456789abcdef01234567";
    assert_eq!(about(&format!("{pin}={digest}")), None);
    assert_eq!(about(&format!("{pin}={digest},{digest}")), None);
    assert_eq!(about(&format!("{pin}={}", digest.to_uppercase())), wrong);
    assert_eq!(about(&format!("{SIP}.cusax.XMPP_ACCOUNT_ID=accOpenfireXmpp")), None);
    assert_eq!(about(&format!("{SIP}.cusax.XMPP_ACCOUNT_ID=anna@example.org")), wrong);
    assert_eq!(about(&format!("{ACC}.ENCRYPTED_PASSWORD=aGVsbG8=")), wrong);
}

#[test]
fn what_makes_the_client_throw_is_an_error() {
    let error = Some(("wrong-value", Level::Error));
    for line in ["encryption=ssl", "encryption=", "port=ldap", "port=389 ", "auth=Simple", "scope=BASE"] {
        assert_eq!(about(&format!("{LDAP}.{line}")), error, "{line}");
    }
    for line in ["encryption=SSL", "port=0", "auth=NONE", "scope=SUB"] {
        assert_eq!(about(&format!("{LDAP}.{line}")), None, "{line}");
    }
    assert_eq!(about(&format!("{LDAP}.port=70000")), Some(("wrong-value", Level::Warning)));
    assert_eq!(about(&format!("{SIP}.SERVER_TRANSPORT=tls")), error);
    assert_eq!(about(&format!("{SIP}.SERVER_TRANSPORT=")), None);
}

#[test]
fn a_key_that_counts_by_being_there_is_not_switched_off_by_false() {
    let reported = Some(("presence-boolean", Level::Warning));
    assert_eq!(about(&format!("{ACC}.IS_READ_ONLY=false")), reported);
    assert_eq!(about("net.java.sip.communicator.service.protocol.IS_CONFIG_HIDDEN=No"), reported);
    assert_eq!(about(&format!("{ACC}.IS_READ_ONLY=true")), None);
    assert_eq!(about(&format!("{ACC}.IS_READ_ONLY=${{null}}")), None);
}

#[test]
fn secrets_stand_under_keys_that_the_client_encrypts() {
    let reported = Some(("password-in-clear", Level::Warning));
    assert_eq!(about(&format!("{ACC}.PASSWORD=x")), None);
    assert_eq!(about(&format!("{ACC}.STUN0.PASSWORD=x")), None);
    assert_eq!(about(&format!("{ACC}.STUN0PASSWORD=x")), reported);
    assert_eq!(about(&format!("{ACC}.password=x")), reported);
    assert_eq!(about("PASSWORD=x"), reported);
    assert_eq!(about("site.SIP_Secret=x"), reported);
    assert_eq!(about(&format!("{SIP}.OPT_CLIST_PASSWORD=x")), reported);
    assert_eq!(about(&format!("{SIP}.OPT_CLIST_PASSWORD=")), None);
    assert_eq!(about("net.java.sip.communicator.service.connectionProxyPassword=x"), reported);
    assert_eq!(about("net.java.sip.communicator.util.swing.auth.ALLOW_SAVE_PASSWORD=false"), None);
    assert_eq!(about("site.password_shown=false"), Some(("unknown-key", Level::Note)));
}

#[test]
fn a_key_of_other_versions_is_reported_by_the_client_s_own() {
    let rule = |line: &str, version| {
        let mut findings = findings(line, version).into_iter().map(|finding| (finding.rule.id, finding.level));
        findings.next()
    };
    let gone = format!("{ACC}.GMAIL_NOTIFICATIONS_ENABLED=false");
    assert_eq!(rule(&gone, None), Some(("obsolete-key", Level::Note)));
    assert_eq!(rule(&gone, Some("2.10.5550")), None);
    assert_eq!(rule(&gone, Some("2.11.5633")), Some(("obsolete-key", Level::Warning)));
    assert_eq!(rule(&gone, Some("2.14-SNAPSHOT.0")), Some(("obsolete-key", Level::Warning)));
    let new = "net.java.sip.communicator.impl.gui.main.SHOW_MASTER_PASSWORD_WARNING=false";
    assert_eq!(rule(new, None), Some(("too-new-key", Level::Note)));
    assert_eq!(rule(new, Some("2.10.5550")), Some(("too-new-key", Level::Warning)));
    assert_eq!(rule(new, Some("2.11.5633")), None);
}

#[test]
fn messages_name_what_to_write_and_no_value() {
    let text = format!("{ACC}.SERVER_PORT=SECRET\n{ACC}.GTALK_ICE_ENABLED=SECRET\n{ACC}.STUN0PASSWORD=SECRET\n");
    let shown: Vec<String> = findings(&text, Some("2.14")).iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "line 1: wrong-value: the key does not accept this value, and the client does not use it as intended; \
             write a port, 1 to 65535",
            "line 2: obsolete-key: this client no longer knows the key (gone in 2.10), so it has no effect; write ICE_ENABLED",
            "line 3: password-in-clear: the client encrypts a value and keeps it out of its log only under a key that ends \
             in `.PASSWORD`, in upper case and with the dot; write STUN<n>.PASSWORD, with the dot",
        ]
    );
}
