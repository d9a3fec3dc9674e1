//! Secrets that are marked, through every command that shows something of a template, a reply or site data. None comes out,
//! wherever it came from.

use form_urlencoded::Serializer;
use test_servers::openfire::{Openfire, component_name};

use crate::support::app::config_text;
use crate::support::http_client::{FORM, request, send};
use crate::support::service::{Ended, Program};

/// What every marked secret begins with.
const MARK: &str = "zQ7x";

/// Secrets from everywhere: written, of the data, computed, from a field; and beside their keys.
const TEMPLATE: &str = "\
# lint: allow-file unknown-key -- made up
# lint: allow-file password-in-clear -- made up
a.PASSWORD=zQ7x-literal
a.sip_pass={{ extra.sip_pass }}
a.note=call {{ extra.sip_pass }} or zQ7x-literal
a.VOICEMAIL_PIN={{ request.fields.pin | default('zQ7x-default') }}
a.hint={{ request.fields.pin | default('') }}
a.accessToken={{ 'zQ7x-' ~ 'computed' }}
a.URL=https://p.example/?user=${username}&secret=zQ7x-url
a.login=https://anna:zQ7x-login@p.example/
a.account.password.encrypted=zQ7x-encrypted
{% for door in extra.doors %}
a.door{{ loop.index }}={{ door }}
{% endfor %}
{% if extra.line | length > 1 %}
a.line={{ extra.line[0] }}
a.lineCode={{ extra.line[1] }}
{% endif %}
a.short=11
a.pin=11
a.USER_ID={{ extra.extension }}
a.SAVE_PASSWORD=false
a.MAIL={{ user.jid }}
";

const DATA: &str = "[template]\nfile = \"own.properties\"\n\
    [[data]]\nname = \"phones\"\nfile = \"phones.csv\"\n\
    [[data]]\nname = \"doors\"\nfile = \"doors.json\"\nsecrets = [\"doors\", \"line[1]\"]\n";
const PHONES: &str = "username,extension,sip_pass\nanna.berger,4711,zQ7x-data\n";
const DOORS: &str = "{\"users\": {\"anna.berger\": {\"doors\": [\"zQ7x-door\", \"42\"], \
    \"line\": [\"201\", \"zQ7x-line\"]}}}";

/// The program with its files; nothing that it writes has a marked secret in it.
async fn run(arguments: &[&str], config: &str, template: &str, earlier: &str) -> Ended {
    let program = Program::new(arguments).file("config.toml", config).file("own.properties", template);
    let program = program.file("phones.csv", PHONES).file("doors.json", DOORS).file("earlier.properties", earlier);
    let ended = program.run().await;
    assert!(!format!("{ended:?}").contains(MARK), "{arguments:?}: {}\n{}", ended.stdout, ended.stderr);
    ended
}

async fn preview(more: &[&str], template: &str, earlier: &str) -> Ended {
    let config = config_text(Openfire::shared().await, &component_name(), DATA);
    let arguments = [&["preview", "anna.berger", "--field", "pin=zQ7x-field"], more].concat();
    run(&arguments, &config, template, earlier).await
}

/// The text with `(hidden)` for each mark.
fn unmarked(text: &str) -> String {
    let parts: Vec<&str> = text.split("***").collect();
    let mut out = String::new();
    for (number, part) in parts.iter().enumerate() {
        let is_mark = number % 2 == 1 && part.len() == 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        out += if is_mark { "(hidden)" } else { part };
    }
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_shows_no_secret_wherever_it_came_from() {
    let ended = preview(&[], TEMPLATE, "").await;
    insta::assert_snapshot!(unmarked(&ended.stdout), @"
    a.PASSWORD=(hidden)
    a.sip_pass=(hidden)
    a.note=call (hidden) or (hidden)
    a.VOICEMAIL_PIN=(hidden)
    a.hint=(hidden)
    a.accessToken=(hidden)
    a.URL=https://p.example/?user=${username}&secret=(hidden)
    a.login=https://anna:(hidden)@p.example/
    a.account.password.encrypted=(hidden)
    a.door1=(hidden)
    a.door2=(hidden)
    a.line=201
    a.lineCode=(hidden)
    a.short=11
    a.pin=(hidden)
    a.USER_ID=4711
    a.SAVE_PASSWORD=false
    a.MAIL=anna.berger@example.test
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diff_says_which_secrets_changed_and_shows_none() {
    let earlier = "a.PASSWORD=zQ7x-literal\na.sip_pass=zQ7x-older\na.note=call zQ7x-older or zQ7x-literal\n\
        a.VOICEMAIL_PIN=zQ7x-field\na.accessToken=zQ7x-computer\na.other.passphrase=zQ7x-gone\n\
        a.URL=https://p.example/?user=${username}&secret=zQ7x-url\na.login=https://anna:zQ7x-older2@p.example/\n\
        a.door1=zQ7x-door\na.door2=43\n";
    let ended = preview(&["--diff", "earlier.properties"], TEMPLATE, earlier).await;
    insta::assert_snapshot!(unmarked(&ended.stdout));
    // What a preview has printed can be compared as well.
    let printed = preview(&[], TEMPLATE, "").await.stdout;
    let ended = preview(&["--diff", "earlier.properties"], TEMPLATE, &printed).await;
    assert_eq!(ended.stdout, "= 18 keys are set to the values that they already have");
}

/// A text in which every line with a secret is wrong in some way, and lines about others that hold it too.
const WRONG: &str = "\
net.java.sip.communicator.impl.gui.NO_SUCH_KEY=zQ7x-literal
net.java.sip.communicator.service.connectionProxyPassword=zQ7x-literal
net.java.sip.communicator.impl.protocol.sip.accx.PASSWORD=zQ7x-second 
net.java.sip.communicator.impl.protocol.sip.accx.VOICEMAIL_PIN = zQ7x-pin
net.java.sip.communicator.impl.protocol.sip.accx.zQ7x-literal=1
net.java.sip.communicator.plugin.provisioning.URL=http://p.example/?username=${username}&secret=zQ7x-url
net.java.sip.communicator.impl.gui.apiToken:zQ7x-token
net.java.sip.communicator.impl.gui.PASSWORDzQ7x-lost
net.java.sip.communicator.impl.gui.OTHER_KEY=with zQ7x-second in it
";

#[tokio::test]
async fn no_format_of_lint_shows_a_secret() {
    for format in ["people", "json", "sarif"] {
        for more in [&[][..], &["--reply"]] {
            let arguments = [&["lint", "--format", format], more, &["own.properties"]].concat();
            let ended = run(&arguments, "", WRONG, "").await;
            assert_eq!(ended.code(), 1, "{ended:?}");
            assert!(ended.stdout.contains("password-in-clear"), "{ended:?}");
        }
        let broken = format!("{WRONG}{{% set pin = 'zQ7x-set' %}}\na={{{{ extra.x | nofilter('zQ7x-set') }}}}\n");
        run(&["lint", "--format", format, "own.properties"], "", &broken, "").await;
        let malformed = "a.PASSWORD=zQ7x-literal\nb=zQ7x-literal\\u00g0\n";
        let ended = run(&["lint", "--format", format, "--reply", "own.properties"], "", malformed, "").await;
        assert_eq!(ended.code(), 1, "{ended:?}");
    }
}

#[tokio::test]
async fn check_names_what_looks_like_a_secret_and_is_none() {
    let config = format!(
        "[openfire]\ndomain = \"example.test\"\n[component]\nname = \"a.example.test\"\nsecret = \"x\"\n{DATA}\
         [[data]]\nname = \"more\"\nfile = \"more.toml\"\nsecrets = [\"code\"]\n"
    );
    let template = "a.note={{ extra.extension }}\n\
        {% for number in extra.numbers %}{% set entry = number %}a{{ loop.index }}.PASSWORD={{ entry }}\n{% endfor %}\
        {% if extra.phone | length > 1 %}b.USER={{ extra.phone[0] }}\nb.PASSWORD={{ extra.phone[1] }}\n{% endif %}";
    let program = Program::new(&["check"]).file("config.toml", &config).file("own.properties", template);
    let program = program.file("phones.csv", PHONES).file("doors.json", DOORS);
    let more = "[default]\ncode = \"zQ7x-code\"\nnumbers = [\"zQ7x-list\"]\nphone = [\"301\", \"zQ7x-phone\"]\nsave_pin = true\n";
    let ended = program.file("more.toml", more).run().await;
    assert!(!format!("{ended:?}").contains(MARK), "{ended:?}");
    let notes: Vec<&str> = ended.stdout.lines().filter(|line| line.contains("secrets:")).collect();
    insta::assert_snapshot!(notes.join("\n"), @r#"
    note   secrets: `sip_pass` of data `phones` is not hidden, but its name looks like the name of a secret; write `secrets = ["sip_pass"]` there
    note   secrets: `numbers` of data `more` is not hidden, but a template sends it under a key that holds secrets; write `secrets = ["code", "numbers"]` there
    note   secrets: `phone[1]` of data `more` is not hidden, but a template sends it under a key that holds secrets; write `secrets = ["code", "phone[1]"]` there
    "#);
}

/// A file without a row of names, and a command's arguments in the wrong form.
#[tokio::test]
async fn messages_about_site_data_and_configuration_show_no_value() {
    let config = format!(
        "[openfire]\ndomain = \"example.test\"\n[component]\nname = \"a.example.test\"\nsecret = \"x\"\n{}",
        DATA.replace("phones.csv", "headless.csv")
    );
    let program = Program::new(&["serve"]).file("config.toml", &config).file("doors.json", DOORS);
    let program = program.file("headless.csv", "anna,desk,zQ7x_data\nbo,hall,zQ7x_other\n");
    let ended = program.file("own.properties", "a={{ extra.extension }}\n").run().await;
    assert!(!format!("{ended:?}").contains(MARK), "{ended:?}");
    assert!(ended.stderr.contains("`extra` has no `extension`"), "{ended:?}");
    for wrong in ["\"crm --token zQ7x-argument\"", "[\"crm\", 4711]"] {
        let config = config.replace("file = \"headless.csv\"", &format!("command = {wrong}"));
        let ended = run(&["check"], &config, TEMPLATE, "").await;
        assert!(ended.stdout.contains("data[0].command") && !ended.stdout.contains("4711"), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_logs_no_secret_of_the_site_at_trace() {
    let broken = "{% if user.name == 'anna.berger' %}{{ extra.sip_pass }}=1\n{{ extra.sip_pass }}=2\n{% endif %}";
    let more = format!("[http]\nlisten = \"127.0.0.1:0\"\n{DATA}[log]\nlevel = \"trace\"\n");
    let config = config_text(Openfire::shared().await, &component_name(), &more);
    let program = Program::new(&["serve"]).file("config.toml", &config).file("phones.csv", PHONES);
    let mut service = program.file("doors.json", DOORS).file("own.properties", &format!("{TEMPLATE}{broken}")).start();
    let address = service.ready().await;
    for (user, password, expected) in [("anna.berger", "sunflower-42", 500), ("maria.silva", "quiet-harbour-19", 200)] {
        let fields = [("username", user), ("password", password), ("pin", "zQ7x-field")];
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let answer = send(address, request("POST", "/provision", &[("content-type", FORM)], &body)).await;
        assert_eq!(answer.status, expected, "{answer}");
        assert_eq!(answer.text().contains(MARK), expected == 200, "{answer}");
    }
    let ended = service.stop().await;
    let line = ended.stderr.lines().find(|line| line.contains(MARK));
    assert_eq!(line, None, "the log tells a secret");
    assert!(ended.stderr.contains("the reply did not pass the lint"), "{}", ended.stderr);
}
