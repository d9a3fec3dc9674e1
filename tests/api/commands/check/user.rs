//! `check --user NAME [--password]` as a process, on a real Openfire with its own users and on one that asks a directory.

use test_servers::openfire::{COMPONENT_SECRET, Openfire, OpenfireOptions, admin_component_name, component_name};
use test_servers::seeds::person;
use test_servers::slapd::Slapd;

use crate::support::app::config_text;
use crate::support::service::{Ended, Program, Service};

/// What an account for `openfire.reference_user` has.
const REFERENCE: &str = "maria.silva";

/// The configuration with more lines of `[openfire]`, and of `[component]` and behind.
fn config(openfire: &Openfire, component: &str, of_openfire: &str, more: &str) -> String {
    config_text(openfire, component, more).replace("[component]", &format!("{of_openfire}\n[component]"))
}

fn reference(user: &str, password: &str) -> String {
    format!("reference_user = \"{user}\"\nreference_password = \"{password}\"")
}

async fn check(config: &str, user: &str, password: Option<&str>) -> Ended {
    let mut arguments = vec!["check", "--user", user];
    arguments.extend(password.map(|_| "--password"));
    let program = Program::new(&arguments).file("config.toml", config);
    let ended = match password {
        Some(password) => program.stdin(&format!("{password}\nnot this line\n")).run().await,
        None => program.run().await,
    };
    let said = format!("{}{}", ended.stdout, ended.stderr);
    for secret in
        password.into_iter().filter(|password| !password.is_empty()).chain([COMPONENT_SECRET, "not this line"])
    {
        assert!(!said.contains(secret), "{said}");
    }
    ended
}

/// The lines about the reference account, the lock-out and the person.
fn about_person(ended: &Ended) -> String {
    let rest = [
        "ok     client port",
        "ok     pin for",
        "ok     SASL",
        "note   SASL",
        "ok     component",
        "ok     rosters",
        "ok     groups and ",
    ];
    let (_, online) =
        ended.stdout.split_once("all its users count as one client\n").unwrap_or_else(|| panic!("{ended:?}"));
    let lines: Vec<&str> = online.lines().filter(|line| !rest.iter().any(|start| line.starts_with(start))).collect();
    format!("{}\n{}exit code {}", lines.join("\n"), ended.stderr, ended.code())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_user_of_openfires_own_it_shows_what_arrives() {
    let openfire = Openfire::shared().await;
    let config = config(openfire, &admin_component_name(), r"login_names = ['CORP\*']", "");
    let ended = check(&config, "CORP\\Anna.Berger", None).await;
    insta::assert_snapshot!(about_person(&ended), @r#"
    note   reference account: none; with openfire.reference_user clients keep their saved passwords while Openfire's database or LDAP is down
    ok     user: `CORP\Anna.Berger` is asked about as anna.berger@example.test, by "CORP\*" in openfire.login_names
    ok     display name: Dr. Anna Berger, FN of the vCard
    ok     e-mail: anna.berger@example.test (work, internet, pref), anna@berger.example (home, internet)
    ok     phones: +49 30 5550 1201 (work, voice), +49 30 5550 1299 (work, fax), +49 171 5550 177 (work, cell), +49 30 5550 8842 (home, voice)
    ok     organisation: Example & Sons, Sales, North
    ok     account: Anna Berger, anna.berger@example.test
    ok     groups: none
    note   roster: unknown: this server gives it only to the user's own login: add --password
    ok     template: built in, as for every user
    17 ok, 3 notes, 0 errors
    exit code 0
    "#);
    let ended = check(&config, "anna.berger@EXAMPLE.test", Some(&person("anna.berger").password)).await;
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(ended.stdout.contains("ok     login: anna.berger can log in with this password\n"), "{ended:?}");
    assert!(ended.stdout.contains("ok     roster: 3 contacts\n"), "{ended:?}");

    let ended = check(&config, "OTHER\\nobody", Some("a wrong one")).await;
    insta::assert_snapshot!(about_person(&ended), @r"
    note   reference account: none; with openfire.reference_user clients keep their saved passwords while Openfire's database or LDAP is down
    ok     user: `OTHER\nobody` is asked about as other\nobody@example.test
    note   user: `other\nobody` looks like a Windows name; see openfire.login_names, unless accounts have such names
    WRONG  login: other\nobody cannot log in: the server refused the login: unknown user or wrong password, unless Openfire cannot read its database; only a reference account shows that
    note   display name: other\nobody, the user name, because there is no vCard
    note   user: nothing was found about other\nobody; only a login shows whether the account exists
    note   vCard: none: the user can enter one in the client
    note   account: name and e-mail address unknown: the server finds no such account; if the account exists, the server's database or LDAP is down
    ok     groups: none
    note   roster: unknown: this server gives it only to the user's own login, which failed
    ok     template: built in, as for every user
    12 ok, 8 notes, 1 error
    exit code 1
    ");
    for (password, why) in [("", "is empty"), ("a\u{7}b", "contains a control character")] {
        let ended = check(&config, "anna.berger", Some(password)).await;
        assert_eq!(ended.code(), 1, "{ended:?}");
        let line = format!("WRONG  login: anna.berger was not tried: the password {why}\n");
        assert!(ended.stdout.contains(&line), "{ended:?}");
    }
    for name in ["", "CORP\\", "an\u{7}na"] {
        let ended = check(&config, name, Some("a wrong one")).await;
        assert_eq!(ended.code(), 1, "{ended:?}");
        assert!(ended.stdout.contains("WRONG  user: ") && !ended.stdout.contains("login: "), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_beside_the_service_under_the_second_name() {
    let openfire = Openfire::shared().await;
    let name = component_name();
    let http = "[http]\nlisten = \"127.0.0.1:0\"";
    let mut service = Service::serve(&config(openfire, &name, "", http));
    service.ready().await;
    let ended = check(&config(openfire, &name, "", http), "anna.berger", None).await;
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(ended.stdout.contains("component.preview_name is not set"), "{ended:?}");
    assert!(
        ended
            .stdout
            .contains("note   user: what arrives for anna.berger is unknown, since this command has no component"),
        "{ended:?}"
    );
    let beside = format!("preview_name = \"{}\"\n{http}", admin_component_name());
    let ended = check(&config(openfire, &name, "", &beside), "anna.berger", None).await;
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(ended.stdout.contains("ok     display name: Dr. Anna Berger, FN of the vCard\n"), "{ended:?}");
    let ended = service.stop().await;
    assert!(!ended.stderr.contains(" is down"), "the check disturbed the service: {}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_template_of_a_person_is_named_with_the_reason() {
    let openfire = Openfire::shared().await;
    let rule =
        |condition: &str| format!("[[template.rule]]\nname = \"staff\"\nfile = \"staff.properties\"\n{condition}\n");
    let check = async |component: &str, condition: &str, template: &str| {
        let program = Program::new(&["check", "--user", "anna.berger"])
            .file("config.toml", &config_text(openfire, component, &rule(condition)));
        program.file("staff.properties", template).run().await
    };
    let template = "net.java.sip.communicator.UPDATE_LINK=x\n";
    let ended = check(&admin_component_name(), "groups = \"*\"", template).await;
    assert!(ended.stdout.contains("for a client Jitsi/2.10.5550 on this machine"), "{ended:?}");
    // What the component may not ask is unknown, and a rule without an answer is an error for the user.
    let ended = check(&component_name(), "groups = \"*\"", template).await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(
        ended.stdout.contains(
            "WRONG  template: anna.berger gets an error (503): the rule \"staff\" asks for data that are missing: the groups"
        ),
        "{ended:?}"
    );
    let ended = check(&admin_component_name(), "roster_groups = \"*\"", template).await;
    assert!(
        ended.stdout.contains("note   template: the rule \"staff\" asks for the roster, which this server gives only"),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_directory_it_says_what_to_map_and_what_a_refusal_can_mean() {
    let directory = Slapd::start().await;
    let openfire = Openfire::start(OpenfireOptions::default().ldap(&directory)).await;
    let component = admin_component_name();
    let of_openfire = format!("login_names = ['CORP\\*']\n{}", reference(REFERENCE, &person(REFERENCE).password));
    let with_reference = config(&openfire, &component, &of_openfire, "");
    let ended = check(&with_reference, "CORP\\anna.berger", Some(&person("anna.berger").password)).await;
    insta::assert_snapshot!(about_person(&ended), @r#"
    ok     reference account: logged in
    note   lock-out: if the directory locks accounts after a number of wrong passwords, set limits.attempts_per_user (now 20) below it, so that strangers cannot lock users out through this service; see docs/openfire-ldap.md
    ok     user: `CORP\anna.berger` is asked about as anna.berger@example.test, by "CORP\*" in openfire.login_names
    ok     login: anna.berger can log in with this password
    ok     display name: Anna Berger, FN of the vCard
    ok     e-mail: anna.berger@example.test (internet)
    note   phones: none in the vCard: map telephoneNumber to TEL with WORK and VOICE, and mobile to TEL with CELL, in ldap.vcard-mapping; if they are mapped, the attributes have no value
    note   organisation: none in the vCard: Openfire's presets map only the department, to ORGUNIT: map company (Active Directory) or o to ORG and ORGNAME, and department or departmentNumber to ORG and ORGUNIT
    ok     account: Anna Berger, anna.berger@example.test
    note   groups: none: Openfire resolves neither nested groups nor the primary group of Active Directory; for other groups check ldap.groupSearchFilter, ldap.groupMemberField and ldap.posixMode
    ok     roster: 3 contacts
    ok     template: built in, as for every user
    17 ok, 6 notes, 0 errors
    exit code 0
    "#);

    // Wrong, locked, unknown: Openfire says the same.
    for user in ["anna.berger@example.test", "disabled", "nobody.at.all"] {
        let ended = check(&with_reference, user, Some("a wrong one")).await;
        assert_eq!(ended.code(), 1, "{ended:?}");
        let line =
            ended.stdout.lines().find(|line| line.starts_with("WRONG  login: ")).unwrap_or_else(|| panic!("{ended:?}"));
        assert!(
            line.contains("the account is locked, disabled, expired") && !line.contains("cannot be reached"),
            "{line}"
        );
        assert_eq!(line.contains("'*@example.test -> *@example.test'"), user.contains('@'), "{line}");
    }

    let without = config(&openfire, &component, "", "");
    let ended = check(&without, "anna.berger", None).await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(ended.stdout.contains("note   lock-out: "), "{ended:?}");
    assert!(ended.stdout.contains("WRONG  reference account: none, and Openfire offers only PLAIN"), "{ended:?}");

    let few = "[limits]\nattempts_per_user = 8\n";
    let locked = config(&openfire, &component, &reference("disabled", &person("disabled").password), few);
    let ended = check(&locked, "anna.berger", Some("a wrong one")).await;
    assert!(!ended.stdout.contains("note   lock-out: "), "{ended:?}");
    let wrong: Vec<&str> = ended.stdout.lines().filter(|line| line.starts_with("WRONG  ")).collect();
    let [account, login] = wrong.as_slice() else { panic!("{ended:?}") };
    assert!(account.contains("cannot log in") && account.contains("locked, disabled or expired"), "{account}");
    assert!(login.contains("The reference account cannot log in either"), "{login}");
}

/// Users in the directory, and a second table of Openfire's own beside it.
#[tokio::test(flavor = "multi_thread")]
async fn a_reference_account_beside_the_directory_is_noted() {
    let directory = Slapd::start().await;
    let folder = tempfile::tempdir().unwrap();
    let seeds = folder.path().join("keeper.tsv");
    std::fs::write(&seeds, "user\tkeeper\tkeepers-own\n").unwrap();
    let options = OpenfireOptions::default().ldap(&directory).set("SEED", seeds.to_str().unwrap());
    let options = [
        ("provider.auth.className", "org.jivesoftware.openfire.auth.HybridAuthProvider"),
        ("hybridAuthProvider.primaryProvider.className", "org.jivesoftware.openfire.ldap.LdapAuthProvider"),
        ("hybridAuthProvider.secondaryProvider.className", "org.jivesoftware.openfire.auth.DefaultAuthProvider"),
        ("provider.user.className", "org.jivesoftware.openfire.user.HybridUserProvider"),
        ("hybridUserProvider.primaryProvider.className", "org.jivesoftware.openfire.ldap.LdapUserProvider"),
        ("hybridUserProvider.secondaryProvider.className", "org.jivesoftware.openfire.user.DefaultUserProvider"),
    ]
    .into_iter()
    .fold(options, |options, (name, value)| options.property(name, value));
    let openfire = Openfire::start(options).await;
    let component = admin_component_name();
    let beside = config(&openfire, &component, &reference("keeper", "keepers-own"), "");
    let ended = check(&beside, "anna.berger", None).await;
    assert!(ended.stdout.contains("ok     reference account: logged in"), "{ended:?}");
    assert!(
        ended.stdout.contains("note   reference account: Openfire knows less about keeper than about anna.berger"),
        "{ended:?}"
    );
    assert_eq!(ended.code(), 0, "{ended:?}");
    let inside = config(&openfire, &component, &reference(REFERENCE, &person(REFERENCE).password), "");
    let ended = check(&inside, "anna.berger", None).await;
    assert!(!ended.stdout.contains("Openfire knows less"), "{ended:?}");
}
