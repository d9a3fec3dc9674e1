//! What somebody meets who sets the service up for the first time, and which command says so.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, chown, lchown, symlink};

use crate::support::service::{Ended, Program, Service};

const GOOD: &str =
    "[openfire]\ndomain = \"example.test\"\n[component]\nname = \"a.example.test\"\nsecret = \"hush-hush\"\n";

async fn check(text: &str) -> Ended {
    Program::new(&["check"]).file("config.toml", text).run().await
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
        assert!(line.contains("`SupplementaryGroups=GROUP`") && line.contains("`LoadCredential=`"), "{closed}: {line}");
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

/// The health check of the container image.
#[tokio::test(flavor = "multi_thread")]
async fn whether_the_service_runs_can_be_asked() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    let text = format!("{GOOD}[http]\nlisten = \"{address}\"\n");
    let text = text.replace("[component]", "host = \"127.0.0.1\"\nport = 1\n[component]\nport = 1");
    let ask = || Program::new(&["check", "--running"]).file("config.toml", &text).run();

    // Somebody listens, and it is not the service.
    let ended = ask().await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    drop(free);
    let ended = ask().await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(ended.stdout.contains(&format!("WRONG  service: does not accept connections on {address} (")), "{ended:?}");

    let mut service = Service::serve(&text);
    service.listening().await;
    service.line(&["component", "is down"]).await;
    let ended = ask().await;
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(ended.stdout.contains(&format!("ok     service: runs and answers on {address}")), "{ended:?}");
    assert!(ended.stdout.contains("note   component: no connection to the component port"), "{ended:?}");
    service.stop().await;
}
