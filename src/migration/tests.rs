use secrecy::ExposeSecret as _;

use super::*;
use crate::model::config::Config;

const EXPORT: &str = "plugin.jitsiprovisioning.enabled\ttrue\nplugin.jitsiprovisioning.secret\tbig\"secret\\\n\
                      plugin.jitsiprovisioning.allowedIPs\t10.0.0.1, 10.1.2.*,10.0.0.1,pc7.example.org\nxmpp.domain\texample.org\n";

fn migrate(export: &str) -> Migration {
    Migration::from_old_plugin(export, None).unwrap_or_else(|why| panic!("{why}"))
}

/// Loads a configuration as an administrator leaves it: with the values that only this site knows.
fn load(migration: &Migration) -> Config {
    let text = migration.configuration.expose_secret();
    load_text(
        &["#domain = ", "#secret = \"change-me\""]
            .iter()
            .fold(text.to_owned(), |text, line| text.replace(line, line.trim_start_matches('#'))),
    )
}

fn load_text(text: &str) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    std::fs::write(&file, text).unwrap();
    Config::load(Some(&file)).unwrap_or_else(|why| panic!("{why:?}"))
}

#[test]
fn the_configuration_loads_and_has_secret_addresses_and_paths() {
    let migration = migrate(EXPORT);
    let config = load(&migration);
    assert_eq!(config.http.secret.unwrap().expose_secret(), "big\"secret\\");
    let networks: Vec<String> = config.http.allowed_networks.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["10.0.0.1/32", "10.1.2.0/24"]);
    assert_eq!(config.http.paths, ["/plugins/jitsiProvisioning/provision", "/plugins/jitsiprovisioning/provision"]);
    assert!(migration.configuration.expose_secret().contains("as-the-old-plugin.properties"));
    assert!(migration.configuration.expose_secret().contains("\ndomain = \"example.org\"\n"));
    assert_eq!(migration.findings.len(), 1, "{:?}", migration.findings);
    assert!(migration.findings[0].starts_with("`pc7.example.org` in the list of addresses was left out"));
    assert!(migration.notes.iter().any(|note| note.contains("`10.1.2.*` in its list matched no client")));
    assert!(migration.notes.iter().all(|note| !note.contains("switched off")));
}

#[test]
fn each_commented_line_fits_the_domain_and_can_be_switched_on_where_it_is() {
    let line = "xmpp.domain\texample.org\n";
    for (export, domain) in [("xmpp.domain\tsite.example\n", "site.example"), ("", "example.org")] {
        let migration = migrate(&EXPORT.replace(line, export));
        let text = migration.configuration.expose_secret();
        let is_setting =
            |line: &str| line.starts_with("#[") || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
        let on = |line| if is_setting(line) { line.trim_start_matches('#') } else { line };
        let text: String = text.lines().flat_map(|line| [on(line), "\n"]).collect();
        let config = load_text(&text);
        assert_eq!(config.openfire.domain.as_str(), domain);
        assert_eq!(config.component.name.as_str(), format!("provisioning.{domain}"));
        assert!(config.component.preview_name.is_some() && config.http.tls.is_some(), "{text}");
        assert!(config.unedited().len() >= 2, "{:?}", config.unedited());
    }
}

#[test]
fn an_empty_list_serves_every_client_as_before() {
    let migration = migrate("plugin.jitsiprovisioning.secret=abcdefgh\nplugin.jitsiprovisioning.allowedIPs=\n");
    let config = load(&migration);
    assert_eq!(config.http.allowed_networks, []);
    assert!(migration.findings.is_empty(), "{:?}", migration.findings);
    // Missing, which is off.
    assert!(migration.notes[0].starts_with("the plugin was switched off"), "{:?}", migration.notes);
}

#[test]
fn the_secret_can_go_into_a_file_of_its_own() {
    let migration =
        Migration::from_old_plugin(EXPORT, Some(Path::new("/etc/openfire-provisioner/http.secret"))).unwrap();
    let text = migration.configuration.expose_secret();
    assert!(text.contains("secret_file = \"/etc/openfire-provisioner/http.secret\"\n"), "{text}");
    assert!(!text.contains("big"), "{text}");
}

#[test]
fn without_a_secret_there_is_something_to_do() {
    let migration = migrate(
        "plugin.jitsiprovisioning.enabled=TRUE\nplugin.jitsiprovisioning.other=1\n# plugin.jitsiprovisioning.secret\n",
    );
    assert!(load(&migration).http.secret.is_none());
    let findings = migration.findings.join("\n");
    for expected in
        ["the export has no secret", "line 3 mentions the plugin", "`plugin.jitsiprovisioning.other` is no setting"]
    {
        assert!(findings.contains(expected), "{findings}");
    }
}

#[test]
fn what_cannot_be_believed_is_refused_without_its_value() {
    for (export, why) in [
        ("", "does not mention `plugin.jitsiprovisioning.secret`"),
        (
            "say plugin.jitsiprovisioning.secret",
            "line 1 mentions `plugin.jitsiprovisioning.…`, but no setting can be read",
        ),
        (
            "plugin.jitsiprovisioning.secret=tops3cret\nplugin.jitsiprovisioning.secret=tops3cret2",
            "two different values, in lines 1 and 2",
        ),
        ("plugin.jitsiprovisioning.secret\ttops3cret\t1\taXY=", "is encrypted in line 1"),
        ("plugin.jitsiprovisioning.secret\thidden", "is not shown in line 1"),
        ("plugin.jitsiprovisioning.secret=tops3cret\u{fffd}", "has a character in line 1 that is no UTF-8"),
        (
            "plugin.jitsiprovisioning.secret=tops3cret\nplugin.jitsiprovisioning.allowedIPs,10.0.0.1,10.0.0.2",
            "line 2 mentions `plugin.jitsiprovisioning.allowedIPs`, but no list can be read there",
        ),
        (
            "plugin.jitsiprovisioning.secret=tops3cret\nplugin.jitsiprovisioning.allowedIPs=*,pc7",
            "no address of the list",
        ),
    ] {
        let refusal = Migration::from_old_plugin(export, None).unwrap_err().to_string();
        assert!(refusal.contains(why), "{export}: {refusal}");
        assert!(!refusal.contains("tops3cret"), "{refusal}");
    }
}

#[test]
fn the_last_state_of_a_log_counts() {
    let insert =
        |value: &str| format!("INSERT INTO OFPROPERTY VALUES('plugin.jitsiprovisioning.secret','{value}',0,NULL)\n");
    let delete = "DELETE FROM OFPROPERTY WHERE NAME='plugin.jitsiprovisioning.secret'\n";
    let migration = migrate(&[&insert("old"), delete, &insert("new")].concat());
    assert_eq!(migration.secret.unwrap().expose_secret(), "new");
    assert!(!format!("{:?}", migrate(EXPORT)).contains("big"));
}
