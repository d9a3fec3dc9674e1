mod discovery;
mod example;

use std::path::Path;

use secrecy::ExposeSecret;

use super::load::ConfigText;
use super::*;

const LEAST: &str =
    "[openfire]\ndomain = \"example.org\"\n[component]\nname = \"provisioning.example.org\"\nsecret = \"s3cret\"\n";

fn source(text: &str, environment: &[(&str, &str)]) -> ConfigText {
    let environment =
        environment.iter().map(|(key, value)| (format!("OPENFIRE_PROVISIONER__{key}"), (*value).to_owned())).collect();
    ConfigText { name: "config.toml".to_owned(), text: text.to_owned(), environment }
}

fn load(text: &str) -> Result<Config, String> {
    source(text, &[]).config(Path::new("/etc/site")).map_err(|error| error.to_string())
}

fn problem(text: &str) -> String {
    load(text).unwrap_err()
}

#[test]
fn the_least_configuration_has_safe_defaults() {
    let config = load(LEAST).unwrap();
    assert_eq!(config.openfire.tls, TlsMode::Starttls);
    assert_eq!(config.component.tls, TlsMode::Starttls);
    assert!(config.http.listen.ip().is_loopback());
    assert_eq!(config.http.error_status, ErrorStatus::ClientSafe);
    assert!(!config.http.allow_get);
}

#[test]
fn unknown_keys_are_errors_with_a_suggestion() {
    insta::assert_snapshot!(problem(&LEAST.replace("[component]", "hosst = \"a\"\n[component]")), @"config.toml, line 3: openfire.hosst: there is no setting `hosst`; did you mean `host`?");
    insta::assert_snapshot!(problem(&format!("{LEAST}[htpt]\n")), @"config.toml, line 6: htpt: there is no setting `htpt`; did you mean `http`?");
}

#[test]
fn wrong_types_and_values_name_line_key_and_what_is_allowed() {
    insta::assert_snapshot!(problem(&format!("{LEAST}[http]\nlisten = 80\n")), @"config.toml, line 7: http.listen: found integer `80`; allowed: text in quotation marks");
    insta::assert_snapshot!(problem(&format!("{LEAST}[http]\nlisten = \"localhost:443\"\n")), @r#"config.toml, line 7: http.listen: `localhost:443` is not an address and a port; write for example "127.0.0.1:8080", "0.0.0.0:443" for all of IPv4, or "[::]:443" for all"#);
    insta::assert_snapshot!(problem(&LEAST.replace("[component]", "tls_max = 1.3\n[component]")), @"config.toml, line 3: openfire.tls_max: found a value without quotation marks; allowed: text in quotation marks");
    insta::assert_snapshot!(problem("openfire = \"example.org\"\n"), @r#"config.toml, line 1: openfire: found string "example.org"; allowed: a section of its own, as [section]"#);
    insta::assert_snapshot!(problem(&format!("{LEAST}[http]\nerror_status = \"pluginn\"\n")), @r#"config.toml, line 7: http.error_status: found "pluginn", did you mean "plugin"? Allowed: "client-safe", "plugin""#);
    insta::assert_snapshot!(problem(&format!("{LEAST}[http]\nallowed_networks = [\"10.0.0.0/8\", \"ten\"]\n")), @r#"config.toml, line 7: http.allowed_networks: `ten` is not a network; write for example "10.0.0.0/8" or "192.168.1.5""#);
    insta::assert_snapshot!(problem(&format!("{LEAST}[limits]\nrequest_deadline = 8\n")), @r#"config.toml, line 7: limits.request_deadline: `8` has no unit; write for example "8s" or "250ms""#);
    insta::assert_snapshot!(problem(&format!("{LEAST}[limits]\nrequest_deadline = \"8\"\n")), @r#"config.toml, line 7: limits.request_deadline: `8` is not a duration (time unit needed, for example 8sec or 8ms); write for example "8s" or "250ms""#);
    insta::assert_snapshot!(problem(&LEAST.replace("example.org\"\n[", "exa mple@org\"\n[")), @r#"config.toml, line 2: openfire.domain: `exa mple@org` is not an XMPP domain (domain doesn’t pass idna validation); write for example "example.org""#);
    insta::assert_snapshot!(problem("[openfire\n"), @"config.toml, line 1: unclosed table, expected `]`");
    insta::assert_snapshot!(problem("[component]\nname = \"a.b\"\n"), @"config.toml: the setting `openfire` is missing and has no default");
    insta::assert_snapshot!(problem(&LEAST.replace("domain = \"example.org\"", "")), @"config.toml, line 1: openfire: the setting `domain` is missing and has no default");
}

#[test]
fn rules_across_keys_are_checked() {
    insta::assert_snapshot!(problem(&LEAST.replace("[component]", "tls = \"none\"\n[component]")), @r#"config.toml, line 3: openfire.tls: "none" is for an Openfire on this machine only: set `openfire.host` to a loopback address, or use "starttls" or "direct""#);
    insta::assert_snapshot!(problem(&format!("{LEAST}tls = \"none\"\n")), @r#"config.toml, line 6: component.tls: "none" sends users' data to `example.org` in the clear; use "starttls" or "direct", or set `component.allow_plain = true` if you control the network in between"#);
    insta::assert_snapshot!(problem(&format!("{LEAST}[http]\nlisten = \"0.0.0.0:80\"\n")), @"config.toml, line 7: http.listen: 0.0.0.0:80 is reached over the network, and passwords would cross it in the clear; set `http.tls`, or `http.allow_plain = true` if a proxy in front handles TLS");
    insta::assert_snapshot!(problem(&format!("{LEAST}[limits]\nrequest_deadline = \"12s\"\n")), @"config.toml, line 7: limits.request_deadline: a Jitsi client gives up after 10 s; use at most 9.5 s");
    insta::assert_snapshot!(problem(&format!("{LEAST}[http]\npassword_fields = [\"user\"]\n")), @"config.toml, line 7: http.password_fields: `user` already names another field");
    insta::assert_snapshot!(problem(&format!("{LEAST}[log]\nlevel = \"verbose\"\n")), @r#"config.toml, line 7: log.level: found "verbose": "verbose" is not a level; write one of off, error, warn, info, debug, trace, or for example "info,openfire_provisioner::openfire=debug""#);
}

#[test]
fn an_update_channel_needs_an_address_and_bounds() {
    let updates = |more: &str| problem(&format!("{LEAST}[updates]\n{more}\n"));
    insta::assert_snapshot!(updates("folder = \"/srv\""), @r#"config.toml, line 6: updates.url: clients need the address under which they reach this service; write for example "https://provisioning.example.org""#);
    insta::assert_snapshot!(updates("url = \"https://a.test\""), @"config.toml, line 6: updates.folder: `updates.url` is set and there is no folder of installers");
    insta::assert_snapshot!(updates("url = \"a.test\""), @r#"config.toml, line 7: updates.url: `a.test` is not the address of a service; write for example "https://provisioning.example.org", without a query"#);
    insta::assert_snapshot!(problem(&format!("{LEAST}[http]\npaths = [\"/admin/x\"]\n")), @r#"config.toml, line 7: http.paths: found "/admin/x"; a path begins with `/`, has no query and is not one of the service's own"#);
    let whole = "folder = \"updates\"\nurl = \"https://a.test/\"\n";
    insta::assert_snapshot!(updates(&format!("{whole}max_downloads = 0")), @"config.toml, line 9: updates.max_downloads: found 0, which lets no download through; use at least 1");
    insta::assert_snapshot!(updates(&format!("{whole}max_downloads = 1025")), @"config.toml, line 9: updates.max_downloads: found 1025; use at most half of `http.max_connections` (2048), so that downloads leave room for provisioning");
    insta::assert_snapshot!(updates(&format!("{whole}stall_timeout = \"100ms\"")), @"config.toml, line 9: updates.stall_timeout: found 100ms; use at least 1s");
    insta::assert_snapshot!(problem(&format!("{LEAST}[http]\npaths = [\"/updates/x\"]\n")), @r#"config.toml, line 7: http.paths: found "/updates/x"; a path begins with `/`, has no query and is not one of the service's own"#);
    let config = load(&format!("{LEAST}[updates]\n{whole}")).unwrap();
    assert_eq!(config.updates.folder.as_deref(), Some(Path::new("/etc/site/updates")));
    assert_eq!(config.updates.url.unwrap().as_str(), "https://a.test");
}

#[test]
fn a_mistake_in_a_list_names_its_place_there() {
    let sources = "[[data]]\nname = \"a\"\nfile = \"a.csv\"\n[[data]]\nname = \"b\"\n";
    insta::assert_snapshot!(problem(&format!("{LEAST}{sources}file = \"b.xls\"\n")), @r#"config.toml, line 11: data[1].file: found "/etc/site/b.xls"; the name must end in .csv, .toml or .json"#);
    insta::assert_snapshot!(problem(&format!("{LEAST}{sources}")), @"config.toml, line 9: data[1].file: a source needs one of `file`, `command` and `url`");
    insta::assert_snapshot!(problem(&format!("{LEAST}{sources}filee = \"b.csv\"\n")), @"config.toml, line 11: data[1].filee: there is no setting `filee`; did you mean `file`?");
    insta::assert_snapshot!(problem(&format!("{LEAST}{sources}url = \"http://crm.example.org/\"\n")), @"config.toml, line 11: data[1].url: http:// to `crm.example.org` would send the data over the network in the clear; use https://");
    insta::assert_snapshot!(problem(&format!("{LEAST}{sources}authorization = 12345\n")), @"config.toml, line 11: data[1].authorization: this is not text; put it into quotation marks");
}

#[test]
fn the_paths_of_a_source_are_taken_from_the_folder_of_the_configuration() {
    let config = source(
        &format!("{LEAST}[[data]]\nname = \"a\"\nfile = \"a.csv\"\n[[data]]\nname = \"b\"\ncommand = [\"./b\", \"./c\"]\n[[data]]\nname = \"c\"\ncommand = [\"b\"]\n"),
        &[],
    )
    .config(Path::new("/etc/site"))
    .unwrap();
    let [a, b, c] = &config.data[..] else { panic!("{:?}", config.data) };
    assert_eq!(a.file.as_deref(), Some(Path::new("/etc/site/a.csv")));
    assert_eq!(b.command.as_deref().unwrap(), ["/etc/site/./b", "./c"]);
    assert_eq!(c.command.as_deref().unwrap(), ["b"]);
}

#[test]
fn a_secret_is_never_shown() {
    let error = problem(&LEAST.replace("\"s3cret\"", "12345678"));
    insta::assert_snapshot!(error, @"config.toml, line 5: component.secret: this is not text; put it into quotation marks");
    let error = problem(&LEAST.replace("\"s3cret\"", "\"s3cret"));
    assert!(!error.contains("s3cret"), "{error}");
    assert!(!format!("{:?}", load(LEAST).unwrap()).contains("s3cret"));
}

/// Only the value is secret: the name and what is allowed are not.
#[test]
fn a_mistake_at_a_key_that_is_named_like_a_secret_is_explained() {
    let rule = |fields: &str| {
        problem(&format!("{LEAST}[[template.rule]]\nname = \"a\"\nfile = \"a.properties\"\nfields = {{ {fields} }}\n"))
    };
    let data =
        |secrets: &str| problem(&format!("{LEAST}[[data]]\nname = \"a\"\nfile = \"a.csv\"\nsecrets = {secrets}\n"));
    insta::assert_snapshot!(data("\"sip_pass\""), @r#"config.toml, line 9: data[0].secrets: this is something else; allowed: a list, as ["a", "b"]"#);
    insta::assert_snapshot!(data("[5]"), @"config.toml, line 9: data[0].secrets[0]: this is not text; put it into quotation marks");
    insta::assert_snapshot!(rule("token = \"\""), @r#"config.toml, line 9: template.rule[0].fields.token: the text is empty; write "*" for any text, or leave it out"#);
    insta::assert_snapshot!(rule("token = []"), @"config.toml, line 9: template.rule[0].fields.token: the list is empty, so no client would match; leave the key out");
    insta::assert_snapshot!(rule("token = \"hunter2 \""), @"config.toml, line 9: template.rule[0].fields.token: found a text, which begins or ends with a blank; no name does");
    insta::assert_snapshot!(rule("token = 5"), @"config.toml, line 9: template.rule[0].fields.token: this is something else; allowed: text in quotation marks, or a list of texts");
    insta::assert_snapshot!(problem(&LEAST.replace("[component]", "reference_passwort = \"hunter2\"\n[component]")), @"config.toml, line 3: openfire.reference_passwort: there is no setting `reference_passwort`; did you mean `reference_password`?");
    insta::assert_snapshot!(problem(&format!("{LEAST}[log]\ntoken = \"hunter2\"\n")), @"config.toml, line 7: log.token: there is no setting `token`; allowed here: format, level");
}

#[test]
fn a_secret_comes_from_a_value_or_a_file_but_not_both() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("component.secret"), "from-file\n").unwrap();
    let in_file = LEAST.replace("secret = \"s3cret\"", "secret_file = \"component.secret\"");
    let config = source(&in_file, &[]).config(folder.path()).unwrap();
    assert_eq!(config.component.secret.expose_secret(), "from-file");

    insta::assert_snapshot!(problem(&format!("{LEAST}secret_file = \"x\"\n")), @"config.toml, line 5: component.secret: `component.secret` and `component.secret_file` are both set; remove one of them");
    insta::assert_snapshot!(problem(&in_file), @"config.toml, line 5: component.secret_file: /etc/site/component.secret: the file cannot be read: No such file or directory (os error 2)");
    insta::assert_snapshot!(problem(&LEAST.replace("secret = \"s3cret\"\n", "")), @"config.toml, line 3: component.secret: the secret of the component is missing; set `component.secret` or `component.secret_file` to the one in Openfire's console under Server > Server Settings > External Components");
}

#[test]
fn an_empty_http_secret_is_a_mistake() {
    insta::assert_snapshot!(problem(&format!("{LEAST}[http]\nsecret = \"\"\n")), @"config.toml, line 7: http.secret: the secret is empty, which protects nothing; set one, or leave the key out to require none");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("http.secret"), "\nsecond line\n").unwrap();
    let in_file = format!("{LEAST}[http]\nsecret_file = \"http.secret\"\n");
    let error = source(&in_file, &[]).config(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with("config.toml, line 7: http.secret_file: ") && error.ends_with("is empty"), "{error}");
    let error = source(LEAST, &[("HTTP__SECRET", "")]).config(Path::new(".")).unwrap_err();
    insta::assert_snapshot!(error, @"environment variable OPENFIRE_PROVISIONER__HTTP__SECRET: http.secret: the secret is empty, which protects nothing; set one, or leave the key out to require none");
}

#[test]
fn a_duration_is_at_most_a_day() {
    for (section, key) in [("http", "keep_alive"), ("http", "read_timeout"), ("limits", "failure_window")] {
        let with = |value: &str| load(&format!("{LEAST}[{section}]\n{key} = \"{value}\"\n"));
        assert!(with("1day").is_ok(), "{key}");
        for value in ["1day 1ns", "1000years", "18446744073709551615s"] {
            assert!(with(value).unwrap_err().contains("is longer than a day"), "{key} = {value}");
        }
    }
    insta::assert_snapshot!(problem(&format!("{LEAST}[limits]\nshutdown_grace = \"1000years\"\n")), @r#"config.toml, line 7: limits.shutdown_grace: `1000years` is longer than a day; use at most "1day""#);
}

#[test]
fn streams_that_wait_have_a_least_and_a_most_and_none_is_one_setting() {
    let limits = |more: &str| load(&format!("{LEAST}[limits]\n{more}")).map(|config| config.limits);
    let bounds = |more| limits(more).map(|limits| (limits.idle_streams_least, limits.idle_streams_most)).unwrap();
    assert_eq!(
        (bounds(""), bounds("idle_streams_most = 0\n"), bounds("idle_streams_most = 2\n")),
        ((2, 32), (2, 0), (2, 2))
    );
    insta::assert_snapshot!(problem(&format!("{LEAST}[limits]\nidle_streams_most = 1\n")), @"config.toml, line 6: limits.idle_streams_least: 2 is more than `limits.idle_streams_most` (1): set this one to at most 1");
    insta::assert_snapshot!(problem(&format!("{LEAST}[limits]\nidle_streams_most = 513\n")), @"config.toml, line 7: limits.idle_streams_most: found 513, but Openfire must hold this many idle connections: use at most 512");
}

#[test]
fn the_environment_lies_over_the_file() {
    let config = source(
        LEAST,
        &[
            ("OPENFIRE__HOST", "10.0.0.7"),
            ("OPENFIRE__PORT", "15222"),
            ("OPENFIRE__TLS_MAX", "1.2"),
            ("HTTP__ALLOW_GET", "true"),
            ("HTTP__PATHS", "[\"/a\"]"),
            ("HTTP__SECRET", "12345"),
            ("COMPONENT__SECRET", "other"),
        ],
    )
    .config(Path::new("."))
    .unwrap();
    assert_eq!(config.openfire.host.as_deref(), Some("10.0.0.7"));
    assert_eq!(config.openfire.port, Some(15222));
    assert_eq!(config.openfire.tls_max, TlsMax::V12);
    assert!(config.http.allow_get);
    assert_eq!(config.http.paths, ["/a"]);
    assert_eq!(config.http.secret.unwrap().expose_secret(), "12345");
    assert_eq!(config.component.secret.expose_secret(), "other");
}

/// `docker run -e` and systemd's `Environment=` have no types, so digits are text where the key takes text.
#[test]
fn a_variable_of_digits_is_text_where_text_is_wanted() {
    let given =
        [("OPENFIRE__REFERENCE_USER", "1234"), ("OPENFIRE__REFERENCE_PASSWORD", "5678"), ("OPENFIRE__HOST", "true")];
    let config = source(LEAST, &given).config(Path::new(".")).unwrap();
    assert_eq!(config.openfire.reference_user.as_deref(), Some("1234"));
    assert_eq!(config.openfire.host.as_deref(), Some("true"));
    let error = source(LEAST, &[("HTTP__LISTEN", "80")]).config(Path::new(".")).unwrap_err();
    assert!(error.problem.starts_with("`80` is not an address and a port; write for example"), "{error}");
}

#[test]
fn an_error_out_of_the_environment_names_the_variable() {
    let of = |name, value| source(LEAST, &[(name, value)]).config(Path::new(".")).unwrap_err().to_string();
    insta::assert_snapshot!(of("OPENFIRE__PORT", "many"), @r#"environment variable OPENFIRE_PROVISIONER__OPENFIRE__PORT: openfire.port: found string "many"; allowed: a whole number from 0 to 65535"#);
    insta::assert_snapshot!(of("HTTP__LISTN", "127.0.0.1:1"), @"environment variable OPENFIRE_PROVISIONER__HTTP__LISTN: http.listn: there is no setting `listn`; did you mean `listen`?");
    insta::assert_snapshot!(of("COMPONENT", "x"), @"environment variable OPENFIRE_PROVISIONER__COMPONENT: component: the name needs a section and a key: SECTION__KEY");
}

#[test]
fn a_duration_without_a_unit_is_refused_with_what_to_write() {
    let of = |value| {
        let config = source(LEAST, &[("LIMITS__REQUEST_DEADLINE", value)]).config(Path::new("."));
        config.unwrap_err().problem
    };
    insta::assert_snapshot!(of("8"), @"`8` has no unit; write for example 8s or 250ms");
    insta::assert_snapshot!(of("8.5"), @"`8.5` is not a duration (time unit needed, for example 8sec or 8ms); write for example 8s or 250ms");
    insta::assert_snapshot!(of("true"), @"found boolean `true`; allowed: a time with its unit, for example 8s or 250ms");
    insta::assert_snapshot!(of("\"8s\""), @r#"`"8s"` is not a duration (expected number at 0); write for example 8s or 250ms; a variable takes its text without quotation marks"#);
    insta::assert_snapshot!(problem(&format!("{LEAST}[limits]\nrequest_deadline = 8\n")), @r#"config.toml, line 7: limits.request_deadline: `8` has no unit; write for example "8s" or "250ms""#);
    insta::assert_snapshot!(problem(&format!("{LEAST}[limits]\nrequest_deadline = 8.5\n")), @r#"config.toml, line 7: limits.request_deadline: `8.5` has no unit; write for example "8s" or "250ms""#);
}

#[test]
fn a_list_of_tables_is_one_variable() {
    let file = format!("{LEAST}[[data]]\nname = \"a\"\nfile = \"a.csv\"\n");
    let value = "[{name = \"b\", file = \"b.csv\"}, {name = \"c\", command = [\"c\"]}]";
    for text in [LEAST, &file] {
        let of = |name, value| source(text, &[(name, value)]).config(Path::new(".")).map_err(|error| error.to_string());
        let config = of("DATA", value).unwrap();
        assert_eq!(config.data.iter().map(|data| &*data.name).collect::<Vec<_>>(), ["b", "c"]);
        insta::allow_duplicates! {
            insta::assert_snapshot!(of("DATA__NAME", "x").unwrap_err(), @r#"environment variable OPENFIRE_PROVISIONER__DATA__NAME: data.name: `data` is a list; set all of it in OPENFIRE_PROVISIONER__DATA='[{name = "…", file = "…"}]'"#);
            insta::assert_snapshot!(of("TEMPLATE__RULE__NAME", "x").unwrap_err(), @r#"environment variable OPENFIRE_PROVISIONER__TEMPLATE__RULE__NAME: template.rule.name: `template.rule` is a list; set all of it in OPENFIRE_PROVISIONER__TEMPLATE__RULE='[{name = "…", file = "…"}]'"#);
            insta::assert_snapshot!(of("DATA", "[{name = \"b\", file = \"b.xls\"}]").unwrap_err(), @r#"environment variable OPENFIRE_PROVISIONER__DATA: data[0].file: found "./b.xls"; the name must end in .csv, .toml or .json"#);
            insta::assert_snapshot!(of("DATA", "[{name = \"b\", fil = \"b.csv\"}]").unwrap_err(), @"environment variable OPENFIRE_PROVISIONER__DATA: data[0].fil: there is no setting `fil`; did you mean `file`?");
        }
    }
}

/// What comes of pasting a block of `docs/install.md` below a configuration that has the section already.
#[test]
fn a_section_or_key_that_is_there_twice_is_refused_with_what_to_do() {
    for text in
        [format!("{LEAST}[openfire]\nport = 1\n"), format!("{LEAST}[log]\nlevel = \"info\"\nlevel = \"debug\"\n")]
    {
        let problem = problem(&text);
        assert!(problem.starts_with("config.toml, line ") && problem.contains("move these lines there"), "{problem}");
    }
}

#[test]
fn a_login_name_that_cannot_be_meant_is_reported_with_its_place() {
    let of = |list: &str| LEAST.replace("[component]", &format!("login_names = {list}\n[component]"));
    assert!(load(&of(r"['CORP\*', '*@other.example', '*@example.org -> *@example.org']")).is_ok());
    insta::assert_snapshot!(problem(&of(r"['CORP\*', 'anna']")), @r#"config.toml, line 3: openfire.login_names[1]: found "anna"; a pattern has exactly one `*`, which stands for the user's own name, as in 'CORP\*' or '*@other.example'"#);
    insta::assert_snapshot!(problem(&of(r"['*@a', 'x*@A']")), @r#"config.toml, line 3: openfire.login_names: "x*@A" never applies, since the earlier "*@a" matches all the same names; put it first, or leave it out"#);
    insta::assert_snapshot!(problem(&of(r"'CORP\*'")), @r#"config.toml, line 3: openfire.login_names: found string "CORP\\*"; allowed: a list, as ["a", "b"]"#);
    insta::assert_snapshot!(problem(&of(r#"["CORP\*"]"#)), @r#"config.toml, line 3: missing escaped value, expected `b`, `e`, `f`, `n`, `r`, `\`, `"`, `x`, `u`, `U`; in double quotes a backslash begins an escape: write single quotes, as in 'CORP\*'"#);
    let of_variable = |value| source(LEAST, &[("OPENFIRE__LOGIN_NAMES", value)]).config(Path::new("."));
    assert!(of_variable(r"['CORP\*']").is_ok());
    insta::assert_snapshot!(of_variable(r"CORP\*").unwrap_err().to_string(), @"environment variable OPENFIRE_PROVISIONER__OPENFIRE__LOGIN_NAMES: openfire.login_names: this is not a TOML list: string values must be quoted, expected literal string");
}

/// Where the domain of the names is the one of the users, and Openfire has it in the names.
#[test]
fn the_reference_account_is_named_as_people_type() {
    let text = LEAST.replace(
        "[component]",
        "login_names = ['*@example.org -> *@example.org']\nreference_user = \"check@example.org\"\n\
         reference_password = \"x\"\n[component]",
    );
    let openfire = load(&text).unwrap().openfire;
    let name = openfire.login_name(openfire.reference_user.as_deref().unwrap()).unwrap();
    assert_eq!(name.username.as_str(), "check\\40example.org");
}

#[test]
fn a_list_that_is_none_is_not_printed() {
    let of = |name, value| source(LEAST, &[(name, value)]).config(Path::new(".")).unwrap_err().to_string();
    insta::assert_snapshot!(of("TEMPLATE__RULE", "[{name = \"s3cret\""), @"environment variable OPENFIRE_PROVISIONER__TEMPLATE__RULE: template.rule: this is not a TOML list: unclosed inline table, expected `}`");
    insta::assert_snapshot!(of("DATA", "[{name = \"a\", authorization = \"s3cret}]"), @"environment variable OPENFIRE_PROVISIONER__DATA: data: this is not a TOML list: unclosed inline table, expected `}`");
    insta::assert_snapshot!(of("DATA", "[{name = \"a\", name = \"s3cret\"}]"), @"environment variable OPENFIRE_PROVISIONER__DATA: data: this is not a TOML list: duplicate key");
    insta::assert_snapshot!(of("DATA", "\"s3cret\""), @"environment variable OPENFIRE_PROVISIONER__DATA: data: this is not a TOML list: it is not in [ and ]");
    insta::assert_snapshot!(of("DATA", "s3cret"), @"environment variable OPENFIRE_PROVISIONER__DATA: data: this is not a TOML list: string values must be quoted, expected literal string");
}

#[test]
fn a_fingerprint_is_read_with_and_without_colons() {
    let plain: Fingerprint = "ab".repeat(32).parse().unwrap();
    let colons: Fingerprint = vec!["AB"; 32].join(":").parse().unwrap();
    assert_eq!(plain, colons);
    assert!("ab".repeat(31).parse::<Fingerprint>().is_err());
    assert!(format!("{}zz", "ab".repeat(31)).parse::<Fingerprint>().is_err());
}

#[test]
fn the_pages_need_an_address_and_a_listener_that_is_theirs() {
    let admin = |more: &str| problem(&format!("{LEAST}[admin]\n{more}\n"));
    insta::assert_snapshot!(admin("urls = [\"http://a.test\"]"), @r#"config.toml, line 7: admin.urls[0]: `http://a.test` is not an address of the pages; write scheme, host and port, for example "https://provisioning.example.org". Plain http is for this machine only: "http://localhost:8080""#);
    insta::assert_snapshot!(admin("listen = \"127.0.0.1:9443\""), @r#"config.toml, line 6: admin.urls: `admin.listen` is set, but the pages have no address; set `admin.urls`"#);
    let urls = "urls = [\"https://a.test\"]\n";
    insta::assert_snapshot!(admin(&format!("{urls}listen = \"127.0.0.1:8080\"")), @r#"config.toml, line 8: admin.listen: found "127.0.0.1:8080", which is also `http.listen`; remove one of them"#);
    insta::assert_snapshot!(admin(&format!("{urls}listen = \"0.0.0.0:9443\"")), @r#"config.toml, line 8: admin.listen: found "0.0.0.0:9443" without `[http.tls]`: passwords would cross the network in the clear. Set a certificate, or listen on loopback behind a proxy that handles TLS"#);
    insta::assert_snapshot!(admin(&format!("{urls}users = [\"\"]")), @r#"config.toml, line 8: admin.users: `` cannot be the name of an account"#);
    let config = load(&format!("{LEAST}[admin]\n{urls}state_directory = \"state\"\n")).unwrap();
    assert_eq!(config.admin.state_directory(), Some("/etc/site/state".into()));
}
