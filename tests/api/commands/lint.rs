//! `lint` as a process: what it says of templates and replies, for people and for programs.

use serde_json::Value;

use crate::support::service::{Ended, Program};

/// A template with one mistake of each kind: a misspelt key, an account that asks for its password, a value that is no
/// port, a secret in the clear, a branch that most users do not take.
const TEMPLATE: &str = "\
{# a site's template #}
net.java.sip.communicator.impl.gui.main.menus.SHOW_OPTIONS_WINDOW=false
net.java.sip.communicator.impl.protocol.jabber.acchq=acchq
net.java.sip.communicator.impl.protocol.jabber.acchq.USER_ID={{ user.jid }}
net.java.sip.communicator.impl.protocol.jabber.acchq.PROTOCOL_NAME=Jabber
net.java.sip.communicator.impl.protocol.jabber.acchq.SERVER_PORT=many
net.java.sip.communicator.service.connectionProxyPassword=k7Hq2mZ
{% if not vcard.full_name %}
net.java.sip.communicator.impl.gui=${null}
{% endif %}
";

/// The same as a reply, with a name that looks like a template.
const REPLY: &str = "a.name={{ not a template\nnet.java.sip.communicator.impl.protocol.jabber.acc1.USER_ID=a@b\n";

async fn lint(arguments: &[&str], text: &str) -> Ended {
    let arguments: Vec<&str> = ["lint"].iter().chain(arguments).copied().chain(["site.properties"]).collect();
    let ended = Program::new(&arguments).file("site.properties", text).run().await;
    assert!(!ended.stdout.contains("k7Hq2mZ") && !ended.stderr.contains("k7Hq2mZ"), "{ended:?}");
    ended
}

async fn json(arguments: &[&str], text: &str) -> Value {
    serde_json::from_str(&lint(arguments, text).await.stdout).unwrap()
}

#[tokio::test]
async fn a_person_sees_the_line_that_is_meant_and_what_to_write() {
    insta::assert_snapshot!(lint(&[], TEMPLATE).await.shown(&[]));
}

#[tokio::test]
async fn a_program_gets_json() {
    let found = json(&["--format", "json"], TEMPLATE).await;
    let first = &found["findings"][0];
    assert_eq!((&first["file"], &first["line"], &first["column"]), (&"site.properties".into(), &2.into(), &1.into()));
    assert_eq!((&first["rule"], &first["level"]), (&"unknown-key".into(), &"warning".into()));
    let of_empty = found["findings"].as_array().unwrap().iter().find(|finding| finding["line"] == 9).unwrap();
    assert_eq!(of_empty["sample"], "empty");
    let count = |name: &str| usize::try_from(found[name].as_u64().unwrap()).unwrap();
    assert_eq!(count("errors") + count("warnings") + count("notes"), found["findings"].as_array().unwrap().len());
}

#[tokio::test]
async fn a_code_host_gets_sarif_in_which_every_rule_is_described() {
    let log = json(&["--format", "sarif"], TEMPLATE).await;
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules: Vec<&Value> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    let results = run["results"].as_array().unwrap();
    assert!(results.len() >= 5);
    for result in results {
        assert!(rules.contains(&&result["ruleId"]), "{result}");
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()), "{result}");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "site.properties");
        assert!(place["region"]["startLine"].as_u64().unwrap() > 1, "{result}");
    }
}

/// A scheme and an empty host, without which a code host looks for the file below the repository's root.
#[tokio::test]
async fn an_absolute_path_is_a_file_uri_in_sarif() {
    let elsewhere = tempfile::tempdir().unwrap();
    let folder = elsewhere.path().display().to_string();
    let file = format!("{folder}/a b.properties");
    std::fs::write(&file, TEMPLATE).unwrap();
    let ended = Program::new(&["lint", "--format", "sarif", &file]).run().await;
    let log: Value = serde_json::from_str(&ended.stdout).unwrap();
    let uri = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, &format!("file://{folder}/a%20b.properties"));
}

#[tokio::test]
async fn annotations_of_github_are_gone_in_favour_of_sarif() {
    let ended = lint(&["--format", "github"], TEMPLATE).await;
    assert!(ended.code() == 2 && ended.stderr.contains("[possible values: people, json, sarif]"), "{ended:?}");
}

/// A message about two lines names the second as its reader finds it: in the file that has it, by that file's number.
#[tokio::test]
async fn the_other_line_of_a_message_is_reported_with_its_file() {
    let text = "# one\n\n{% if user.name %}\na.x=1\n{% endif %}\nb.x=1\n{% include 'common.properties' %}\na.x=2\nc=${null}\n\
        b.x=2\nprovisioning.ALLOW_PREFIX=a\n";
    let program = Program::new(&["lint", "site.properties"]).file("site.properties", text);
    let ended = program.file("common.properties", "# common\nc.x=1\na.x=3\n").run().await;
    let reported: Vec<&str> =
        ended.stdout.lines().filter(|line| line.contains(" line ") || line.contains("common")).collect();
    insta::assert_snapshot!(reported.join("\n"), @"
    common.properties:2: note: unknown-key: neither Jitsi 2.10 nor Jitsi master of April 2025 reads this key; a client stores it and does nothing with it
    common.properties:3: error: duplicate-key: `a.x` is already set in site.properties:4: the client keeps the last value but the position of the first line; keep one of the two
    site.properties:8: error: duplicate-key: `a.x` is already set in common.properties:3: the client keeps the last value but the position of the first line; keep one of the two
    site.properties:9: warning: null-undoes-line: this removes what common.properties:2 has set, because its key begins with this one and the client applies the lines in order; put the removal above, or write a longer key
    site.properties:10: error: duplicate-key: `b.x` is already set in line 6: the client keeps the last value but the position of the first line; keep one of the two
    site.properties:11: warning: allow-prefix-late: the list applies only to the lines below it, so these are applied although no item covers them: line 6 and 3 more; put the list first and add prefixes of these keys, or remove the lines
    ");
}

#[tokio::test]
async fn the_exit_code_says_how_bad_it_is() {
    let code = async |arguments: &[&str], text: &str| lint(arguments, text).await.code();
    assert_eq!(code(&[], TEMPLATE).await, 1);
    let unknown = "net.java.sip.communicator.plugin.generalconfig.DISABELD=true\n";
    assert_eq!(code(&[], unknown).await, 1);
    assert_eq!(code(&["--fail-on", "error"], unknown).await, 0);
    let own = "site.key=1\n";
    assert_eq!(code(&[], own).await, 0);
    assert_eq!(code(&["--fail-on", "note"], own).await, 1);
    assert_eq!(code(&["--reply"], "a=\\u12\n").await, 1);
    assert_eq!(Program::new(&["lint", "--reply", "absent"]).run().await.code(), 2);
    assert_eq!(Program::new(&["lint"]).run().await.code(), 2);
}

#[tokio::test]
async fn a_template_that_cannot_be_used_is_a_finding() {
    let found = json(&["--format", "json"], "a=1\nb={{ user.nmae }}\n").await;
    let first = &found["findings"][0];
    assert_eq!((&first["rule"], &first["line"]), (&"template".into(), &2.into()), "{first}");
    assert!(first["message"].as_str().unwrap().contains("did you mean `user.name`"), "{first}");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_reported_and_the_others_are_linted() {
    let program = Program::new(&["lint", "absent.properties", "site.properties"]).file("site.properties", TEMPLATE);
    let ended = program.run().await;
    assert_eq!(ended.code(), 2);
    assert!(ended.stderr.contains("cannot read the template absent.properties: No such file"), "{ended:?}");
    assert!(ended.stdout.contains("site.properties:2: warning: unknown-key"), "{ended:?}");
}

#[tokio::test]
async fn branches_on_site_data_are_linted_without_data_too() {
    let text = "{% if extra.sip %}\nnet.java.sip.communicator.impl.protocol.sip.accx={{ extra.sip }}\n{% endif %}\n";
    let found = json(&["--format", "json"], text).await;
    assert!(found["findings"].as_array().unwrap().iter().any(|finding| finding["line"] == 2), "{found}");
}

#[tokio::test]
async fn of_a_configuration_only_the_data_count() {
    let config = "[openfire]\ndomain = \"example.test\"\n[component]\nname = \"a.example.test\"\nsecret = \"x\"\n\
        [template]\nfile = \"absent.properties\"\n[[data]]\nname = \"d\"\nfile = \"d.csv\"\n";
    let lint = async |template: &str| {
        let program = Program::new(&["--config", "own.toml", "lint", "site.properties"]).file("own.toml", config);
        program.file("d.csv", "username,room\nanna,12\n").file("site.properties", template).run().await
    };
    assert_eq!(lint("site.room={{ extra.room }}\n").await.code(), 0);
    let ended = lint("site.room={{ extra.rom }}\n").await;
    assert!(ended.code() == 1 && ended.stdout.contains("did you mean `extra.room`"), "{ended:?}");
}

#[tokio::test]
async fn a_reply_is_read_as_it_is() {
    let found = json(&["--format", "json", "--reply"], REPLY).await;
    let rules: Vec<&Value> = found["findings"].as_array().unwrap().iter().map(|finding| &finding["rule"]).collect();
    assert!(rules.contains(&&"account-without-node".into()) && !rules.contains(&&"template".into()), "{found}");
}

#[tokio::test]
async fn a_setting_is_judged_by_the_client_s_version() {
    let text = "net.java.sip.communicator.impl.protocol.jabber.acchq.GTALK_ICE_ENABLED=true\n";
    let rules = async |version: &str| {
        let found = json(&["--format", "json", "--client-version", version], text).await;
        let findings = found["findings"].as_array().unwrap().clone();
        findings.into_iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(rules("2.11").await.contains(&"obsolete-key".to_owned()));
}

#[tokio::test]
async fn an_editor_gets_every_key() {
    let ended = Program::new(&["lint", "--keys"]).run().await;
    assert_eq!(ended.code(), 0);
    assert!(ended.stdout.lines().count() > 200);
    assert!(ended.stdout.lines().any(|line| line == "net.java.sip.communicator.plugin.provisioning.URL"));
    assert_eq!(ended.stdout.trim(), include_str!("../../../packaging/editors/jitsi.dict").trim());
}

#[tokio::test]
async fn a_block_that_is_not_closed_is_a_finding_in_its_first_line() {
    let text = lint(&[], "a=b\n{% if user.name %}\nc=d\n").await.stdout;
    assert!(text.contains("site.properties:2") && text.contains("is never closed; write `{% endif %}`"), "{text}");
}

#[tokio::test]
async fn an_update_link_that_some_clients_get_empty_is_reported() {
    let link = "net.java.sip.communicator.UPDATE_LINK={{ updates.link }}\n";
    let found = json(&["--format", "json"], &format!("a.b=c\n{link}")).await;
    let of_link: Vec<&Value> =
        found["findings"].as_array().unwrap().iter().filter(|finding| finding["line"] == 2).collect();
    let [finding] = of_link.as_slice() else { panic!("{found}") };
    assert_eq!((&finding["rule"], &finding["sample"]), (&"empty-update-link".into(), &"empty".into()));
    let under = json(&["--format", "json"], &format!("a.b=c\n{{% if updates.link %}}\n{link}{{% endif %}}\n")).await;
    assert!(under["findings"].as_array().unwrap().iter().all(|finding| finding["line"] == 1), "{under}");
}

#[tokio::test]
async fn a_file_that_several_include_is_reported_once_and_under_one_name() {
    for [second, third] in [["b.properties", "part.properties"], ["./b.properties", "./part.properties"]] {
        let run = Program::new(&["lint", "a.properties", second, third])
            .file("part.properties", "# a comment\nnet.java.no.such.key=1\n")
            .file("a.properties", "a.b=c\n{% include 'part.properties' %}\n")
            .file("b.properties", "d.e=f\n{% include 'part.properties' %}\n");
        let reported = run.run().await.stdout;
        assert_eq!(reported.matches("part.properties").count(), 1, "{reported}");
        assert!(reported.lines().any(|line| line.starts_with("part.properties:2: ")), "{reported}");
        assert!(reported.contains("3 files linted: 0 errors, 1 warning, 2 notes"), "{reported}");
    }
}

/// Defaults of an installation, where a `*` locks a key.
#[tokio::test]
async fn defaults_of_an_installation_are_linted_as_such() {
    let text = "*net.java.sip.communicator.plugin.generalconfig.DISABLED=true\n\
        net.java.sip.communicator.plugin.provisioning.METHOD=Manual\n\
        net.java.sip.communicator.plugin.provisioning.URL=https://prov.example.org/provision?username=${username}&password=${password}\n\
        *net.java.sip.communicator.plugin.chatconfig.DISABLED=yes\n\
        net.java.sip.communicator.impl.protocol.sip.accx.PASSWORD=k7Hq2mZ\n\
        net.java.sip.communicator.impl.gui.accounts=${null}\n";
    let shown = lint(&["--installation"], text).await.shown(&[]);
    for part in [
        "site.properties:4: ",
        "  4 | *net.java.sip.communicator.plugin.chatconfig",
        "site.properties:5: ",
        "site.properties:6: warning: installation-reply-only",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    for line in 1..=3 {
        assert!(!shown.contains(&format!("site.properties:{line}: ")), "{shown}");
    }
    let both = lint(&["--installation", "--reply"], text).await.shown(&[]);
    assert!(both.ends_with("exit code 2"), "{both}");
}
