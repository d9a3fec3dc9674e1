//! What somebody meets who sets the service up for the first time, and which command says so.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, chown, lchown, symlink};

use crate::support::service::{Ended, Program, Service};

const GOOD: &str =
    "[openfire]\ndomain = \"example.test\"\n[component]\nname = \"a.example.test\"\nsecret = \"hush-hush\"\n";

async fn check(text: &str) -> Ended {
    Program::new(&["check"]).file("config.toml", text).run().await
}

/// The conffile of the package.
const EXAMPLE: &str = include_str!("../../../config.example.toml");

/// The example as it is, with a port that is free.
fn example(command: &str) -> Program {
    Program::new(&[command])
        .file("config.toml", EXAMPLE)
        .variable("OPENFIRE_PROVISIONER__HTTP__LISTEN", "127.0.0.1:0")
        .variable("OPENFIRE_PROVISIONER__ADMIN__STATE_DIRECTORY", "state")
}

#[tokio::test]
async fn an_example_that_is_not_edited_does_not_start_and_all_that_is_missing_is_said_at_once() {
    let ended = example("serve").run().await;
    insta::assert_snapshot!(ended.shown(&[]), @"
    openfire-provisioner: openfire.domain: this is still `example.org` as in the example; write your XMPP domain, the part after `@` in your users' addresses
    openfire-provisioner: openfire.reference_password: this is still the password of the example; create the account `provisioning-check` in Openfire and write its password, or put `#` in front of `reference_user` and `reference_password` to go without this account
    openfire-provisioner: component.secret: this is still the secret of the example; write the one that you enter in Openfire's console under Server > Server Settings > External Components
    openfire-provisioner: not started: change the 3 values named above in config.toml
    exit code 2
    ");
    let checked = example("check").run().await;
    assert_eq!(checked.code(), 1, "{checked:?}");
    for line in ended.stderr.lines().filter(|line| line.contains("still")) {
        let line = line.strip_prefix("openfire-provisioner: ").unwrap();
        assert!(checked.stdout.contains(&format!("WRONG  configuration: {line}")), "{line}: {checked:?}");
    }
    assert!(checked.stdout.ends_with(", 3 errors"), "{checked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_starts_with_three_edits_of_the_example() {
    let text = EXAMPLE
        .replace("\ndomain = \"example.org\"", "\ndomain = \"example.test\"")
        .replace("\nreference_password = \"change-me\"", "\nreference_password = \"hush\"")
        .replace("\nsecret = \"change-me\"", "\nsecret = \"hush-hush\"");
    let mut service = example("serve").file("config.toml", &text).start();
    service.listening().await;
    service.line(&["for users of example.test"]).await;
    service.stop().await;
}

/// Root must not run the commands that a stranger's configuration names.
#[tokio::test]
async fn a_configuration_of_another_user_is_used_only_when_it_is_named() {
    let marked = |program: &Program| {
        let mark = program.folder().join("mark");
        (format!("{GOOD}[[data]]\nname = \"crm\"\ncommand = [\"/usr/bin/touch\", \"{}\"]\n", mark.display()), mark)
    };
    for command in ["check --online", "preview anna", "serve"] {
        let words: Vec<&str> = command.split(' ').collect();
        let program = Program::new(&words);
        let (text, mark) = marked(&program);
        let file = program.folder().join("config.toml");
        let program = program.file("config.toml", &text);
        // Not every user may give files away; a link leads to a file of root's then.
        if chown(&file, Some(65534), None).is_err() {
            std::fs::remove_file(&file).unwrap();
            symlink("/etc/passwd", &file).unwrap();
        }
        let ended = program.run().await;
        assert_eq!(ended.code(), 2, "{command}: {ended:?}");
        assert!(
            ended.stderr.contains("note: ./config.toml is not used, because it belongs to "),
            "{command}: {ended:?}"
        );
        assert!(ended.stderr.contains("--config config.toml"), "{command}: {ended:?}");
        assert!(!mark.exists(), "{command}");
    }
}

/// Relative paths begin in the folder of the link, so a stranger's link counts as the stranger's file.
#[tokio::test]
async fn a_link_of_another_user_is_not_followed() {
    let program = Program::new(&["check"]).file("own.toml", GOOD);
    let link = program.folder().join("config.toml");
    symlink("own.toml", &link).unwrap();
    // Only root can do this; there is no other way to a link of somebody else's.
    if lchown(&link, Some(65534), None).is_ok() {
        let ended = program.run().await;
        assert_eq!(ended.code(), 2, "{ended:?}");
    }
}

#[tokio::test]
async fn a_configuration_of_another_user_that_is_named_is_used() {
    let program = Program::new(&["check", "--config", "config.toml"]).file("config.toml", GOOD);
    chown(program.folder().join("config.toml"), Some(65534), None).ok();
    assert_eq!(program.run().await.code(), 0);
}

/// What a user may not read: each file in turn, and a folder on the way.
#[tokio::test]
async fn a_file_that_may_not_be_read_is_reported_with_the_user_and_the_remedies() {
    let config = format!(
        "{GOOD}[http.tls]\ncertificate = \"certificate.pem\"\nkey = \"private/key.pem\"\n[template]\nfile = \
         \"own.properties\"\n[[data]]\nname = \"crm\"\nfile = \"crm.csv\"\n"
    );
    let made = rcgen::generate_simple_self_signed(vec!["example.test".to_owned()]).unwrap();
    let files = [
        ("config.toml", config.as_str()),
        ("certificate.pem", &made.cert.pem()),
        ("private/key.pem", &made.signing_key.serialize_pem()),
        ("own.properties", "a=1\n"),
        ("crm.csv", "username,floor\nanna,1\n"),
    ];
    for closed in ["config.toml", "certificate.pem", "private/key.pem", "private", "own.properties", "crm.csv"] {
        let (mut program, user) = Program::not_as_root(&["check", "--config", "config.toml"]);
        std::fs::create_dir(program.folder().join("private")).unwrap();
        for (name, text) in files {
            program = program.file(name, text);
            std::fs::set_permissions(program.folder().join(name), Permissions::from_mode(0o644)).unwrap();
        }
        let path = program.folder().join(closed);
        std::fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
        let ended = program.run().await;
        assert_eq!(ended.code(), 1, "{closed}: {ended:?}");
        let line = ended.stdout.lines().find(|line| line.contains("permission denied: this process runs as "));
        let line = line.unwrap_or_else(|| panic!("{closed}: {ended:?}"));
        let may_not = if closed == "private" { "enter the folder FOLDER/private" } else { "read it" };
        assert!(line.starts_with("WRONG ") && line.contains(closed), "{closed}: {line}");
        assert!(line.contains(&format!("(uid {user}), which may not {may_not};")), "{closed}: {line}");
        assert!(line.contains("`chgrp GROUP FILE`") && line.contains("`LoadCredential=`"), "{closed}: {line}");
    }
}

#[tokio::test]
async fn an_address_that_this_machine_has_not_is_reported() {
    // RFC 5737: an address that is nobody's.
    let ended = check(&format!("{GOOD}[http]\nlisten = \"192.0.2.7:8080\"\nallow_plain = true\n")).await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(ended.stdout.contains("WRONG  http.listen: this machine has no address 192.0.2.7"), "{ended:?}");
}

#[tokio::test]
async fn a_privileged_port_is_no_finding_for_who_may_not_try_it() {
    let (program, _) = Program::not_as_root(&["check", "--config", "config.toml"]);
    let text = format!("{GOOD}[http]\nlisten = \"127.0.0.1:443\"\n");
    let program = program.file("config.toml", &text);
    std::fs::set_permissions(program.folder().join("config.toml"), Permissions::from_mode(0o644)).unwrap();
    let ended = program.run().await;
    // Some systems let everybody use all ports.
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(!ended.stdout.contains("WRONG"), "{ended:?}");
}

/// The health check of the container image, and its older form.
#[tokio::test(flavor = "multi_thread")]
async fn whether_the_service_runs_can_be_asked() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    let text = format!("{GOOD}[http]\nlisten = \"{address}\"\n");
    let text = text.replace("[component]", "host = \"127.0.0.1\"\nport = 1\n[component]\nport = 1");
    let ask = || Program::new(&["check", "--running"]).file("config.toml", &text).run();
    let health = || Program::new(&["health"]).file("config.toml", &text).run();

    // Another program listens there.
    let (checked, asked) = (ask().await, health().await);
    assert_eq!((checked.code(), asked.code()), (1, 1), "{checked:?} {asked:?}");
    assert!(asked.stdout.starts_with("unhealthy: the service "), "{asked:?}");
    drop(free);
    let (checked, asked) = (ask().await, health().await);
    assert_eq!((checked.code(), asked.code()), (1, 1), "{checked:?} {asked:?}");
    let closed = format!("does not accept connections on {address} (");
    assert!(checked.stdout.contains(&format!("WRONG  service: {closed}")), "{checked:?}");
    assert!(asked.stdout.starts_with(&format!("unhealthy: the service {closed}")), "{asked:?}");

    let mut service = Service::serve(&text);
    service.listening().await;
    service.line(&["component", "is down"]).await;
    let (checked, asked) = (ask().await, health().await);
    assert_eq!((checked.code(), asked.code()), (0, 0), "{checked:?} {asked:?}");
    assert!(checked.stdout.contains(&format!("ok     service: runs and answers on {address}")), "{checked:?}");
    assert!(checked.stdout.contains("note   component: no connection to the component port"), "{checked:?}");
    let line = format!(
        "healthy: the service runs and answers on {address}; its component: no connection to the component port"
    );
    assert!(asked.stdout.starts_with(&line) && asked.stdout.lines().count() == 1, "{asked:?}");
    service.stop().await;
}

#[tokio::test]
async fn health_cannot_be_asked_without_a_configuration() {
    let broken = GOOD.replace("[component]", "[component");
    for program in
        [Program::new(&["health"]), Program::new(&["health", "--config", "config.toml"]).file("config.toml", &broken)]
    {
        let ended = program.run().await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (2, ""), "{ended:?}");
    }
}
