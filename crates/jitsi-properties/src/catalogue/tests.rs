use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::parse;

mod facts;
mod pattern_laws;

const N: &str = "net.java.sip.communicator.";

#[test]
fn the_file_is_sound() {
    assert!(keys().len() > 400);
    for key in keys() {
        assert!(key.text.ends_with('.') && !key.text.contains(char::is_control), "{}: {}", key.name, key.text);
        assert!(key.name.is_ascii() && !key.name.contains(char::is_control), "{}", key.name);
        let found = describe(&example(key)).map(|found| (found.name, found.area));
        assert_eq!(found, Some((key.name, key.area)), "{}", example(key));
    }
}

/// The build script's own tests: cargo runs none beside `build/main.rs`.
#[path = "../../build/load.rs"]
mod load;
#[path = "../../build/pattern.rs"]
mod pattern;
#[path = "../../build/tables.rs"]
mod tables;

#[test]
fn a_broken_file_ends_the_build() {
    let whole = include_str!("keys.toml");
    let written = |text: &str| load::parse(text).and_then(|contents| tables::write(&contents));
    assert!(written(whole).is_ok());
    let area = "[[area]]\ntitle = \"x\"\nkeys = [";
    for (key, complaint) in [
        ("key = \"~.x.a\", type = \"texts\"", "unknown variant"),
        ("key = \"~.x.a\", type = \"text\", colour = 1", "unknown field"),
        ("key = \"~.x.a\", type = \"integer\"", "`range`"),
        ("key = \"~.x.a\", type = \"choice\"", "`values`"),
        ("key = \"~.x.a\", type = \"list\"", "`separator`"),
        ("key = \"~.x.a\", type = \"text\", since = \"new\"", "`new` is no version"),
        ("key = \"~.x.<b>\", type = \"text\"", "no placeholder `<b>`"),
        ("key = \"~.x.<n\", type = \"text\"", "without `>`"),
        ("key = \"provisioning.ALLOW_PREFIX\", type = \"text\"", "comes twice"),
    ] {
        let error = written(&format!("{whole}\n{area}{{ {key}, text = \"x\" }}]")).unwrap_err();
        assert!(error.contains(complaint), "{key}: {error}");
    }
}

/// A key of this description, its placeholders filled.
fn example(key: &KeyDescription) -> String {
    facts::filled(&key.pattern())
}

#[test]
fn no_default_is_a_wrong_value() {
    for key in keys() {
        let Some(default) = key.default else { continue };
        let document = parse(&format!("{}={default}", example(key))).unwrap();
        let mut findings = crate::lint(&document, &crate::Client::default());
        findings.retain(|finding| finding.rule.id == "wrong-value" || finding.rule.id == "presence-boolean");
        assert_eq!(findings, [], "{}", key.name);
    }
}

#[test]
fn a_setting_stands_at_accounts_of_its_protocols_and_among_the_defaults() {
    let known = |key: &str| describe(&format!("{N}{key}")).is_some();
    assert!(known("impl.protocol.jabber.accx.RESOURCE_PRIORITY"));
    assert!(known("service.protocol.jabber.RESOURCE_PRIORITY"));
    assert!(known("service.protocol.RESOURCE_PRIORITY"));
    assert!(!known("service.protocol.sip.RESOURCE_PRIORITY"));
    assert!(!known("impl.protocol.sip.accx.RESOURCE_PRIORITY"));
    assert!(!known("impl.protocol.jabber.work.RESOURCE_PRIORITY"));
    assert!(!known("service.protocol.PASSWORD"));
    assert!(!known("service.protocol.jabber.STUN0ADDRESS"));
    assert!(!known("impl.protocol.jabber.accx.RESOURCE_PRIORITY.x"));
    assert!(known("service.protocol.MIN_MEDIA_PORT_NUMBER"));
    assert!(known("impl.protocol.jabber.CALLING_DISABLED"));
    assert_eq!(protocols_with_setting(&format!("{N}impl.protocol.jabber.accx.VOICEMAIL_URI")), [Protocol::Sip]);
}

#[test]
fn what_was_meant_is_suggested() {
    let meant = |key: &str| did_you_mean(&format!("{N}{key}")).map(|key| key.replace(N, ""));
    let some = |key: &str| Some(key.to_owned());
    assert_eq!(meant("impl.gui.main.menus.SHOW_OPTIONS_WINDOW"), some("impl.gui.main.configforms.SHOW_OPTIONS_WINDOW"));
    assert_eq!(meant("impl.protocol.sip.accx.PREFERED_TRANSPORT"), some("impl.protocol.sip.accx.PREFERRED_TRANSPORT"));
    assert_eq!(meant("impl.protocol.jabber.accx.password"), some("impl.protocol.jabber.accx.PASSWORD"));
    assert_eq!(
        meant("service.protocol.jabber.IS_CALLING_DISABLED_FOR_ACCOUNT"),
        some("service.protocol.jabber.CALLING_DISABLED")
    );
    assert_eq!(meant("service.protocol.sip.KEEPALIVE_METHOD"), some("service.protocol.sip.KEEP_ALIVE_METHOD"));
    assert_eq!(meant("plugin.provisioning.MANDATRY"), some("plugin.provisioning.MANDATORY"));
    assert_eq!(meant("plugin.gui.GLOBAL_DISPLAY_NAME"), some("impl.gui.main.presence.GLOBAL_DISPLAY_NAME"));
    assert_eq!(meant("impl.protocol.jabber.accx.SOMETHING_ELSE"), None);
    assert_eq!(meant("impl.protocol.jabber.accx."), None);
    assert_eq!(did_you_mean("site.colour"), None);
}

/// The mistakes and what to write instead must each be what they say.
#[test]
fn what_is_suggested_is_known() {
    let table: toml::Table = toml::from_str(include_str!("keys.toml")).unwrap();
    let full = |key: &str| key.replacen("~.", N, 1);
    for wrong in table["mistakes"].as_array().unwrap() {
        let (key, instead) = (full(wrong["key"].as_str().unwrap()), full(wrong["instead"].as_str().unwrap()));
        assert!(describe(&key).is_none(), "{key} is a key");
        assert!(describe(&instead).is_some(), "{instead} is no key");
        assert_eq!(did_you_mean(&key), Some(instead));
    }
    for wrong in table["wrong_settings"].as_array().unwrap() {
        let at = |name: &toml::Value| {
            Protocol::ALL.map(|protocol| format!("{}accx.{}", protocol.tree(), name.as_str().unwrap()))
        };
        assert!(at(&wrong["key"]).iter().all(|key| describe(key).is_none()), "{wrong}");
        assert!(at(&wrong["instead"]).iter().any(|key| describe(key).is_some()), "{wrong}");
    }
}

/// Every key in a template of the documentation is one that clients know, or plainly the site's own.
#[test]
fn templates_in_the_documentation_use_known_keys() {
    let templates =
        [include_str!("../../../../docs/templates.md"), include_str!("../../../../templates/provision.properties")];
    let mut seen = 0;
    for line in templates.iter().flat_map(|text| text.lines()) {
        let Some((key, _)) = line.split_once('=') else { continue };
        if !key.starts_with(N) || key.contains(['{', ' ', '…']) {
            continue;
        }
        seen += 1;
        assert!(describe(key).is_some(), "{key}");
    }
    assert!(seen > 2);
}

#[test]
fn snippets_are_json_and_hold_every_key() {
    let snippets: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&snippets()).unwrap();
    let words: BTreeSet<String> = dictionary().lines().map(str::to_owned).collect();
    assert_eq!(snippets.keys().cloned().collect::<BTreeSet<_>>(), words);
    let body = |key: &str| snippets[key]["body"].as_str().unwrap();
    let trust = format!("{N}service.tls.NO_USER_INTERACTION");
    assert_eq!(body(&trust), format!("{trust}=${{1|true,false|}}"));
    let codec = format!("{N}impl.neomedia.codec.EncodingConfiguration.");
    assert_eq!(body(&format!("{codec}<codec>")), format!("{codec}${{1:codec}}=${{2:}}"));
    assert_eq!(body("${system}.<name>"), "\\${system\\}.${1:name}=${2:}");
}

#[test]
fn generated_files_are_those_of_the_catalogue() {
    let files = [
        ("docs/keys.md", markdown()),
        ("packaging/editors/jitsi.dict", dictionary()),
        ("packaging/editors/jitsi.code-snippets", snippets()),
    ];
    for (name, text) in files {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
        if std::env::var_os("RENEW_DOCS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let stands = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            stands == text,
            "{name} is not what the catalogue says; run `RENEW_DOCS=1 cargo test -p jitsi-properties catalogue`"
        );
    }
}

/// A template can make such a key. Looked up dot by dot, it would keep the linter busy for hours.
#[test]
fn a_key_of_very_many_parts_is_looked_up_soon() {
    assert!(describe(&"a.".repeat(500_000)).is_none());
    let account = format!("net.java.sip.communicator.impl.certservice.param.{}x", "é.".repeat(200_000));
    assert!(describe(&account).is_some());
}
