//! The command `admin-link`: a way in while Openfire does not work.

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use test_servers::openfire::DOMAIN;

use crate::support::app::TestApp;
use crate::support::http_client::Answer;
use crate::support::service::{Ended, Program};
use crate::support::visitor::{Visitor, pages};

/// A configuration with a state directory. Openfire is down.
fn config(folder: &Path) -> String {
    format!(
        "[openfire]\ndomain = \"{DOMAIN}\"\nhost = \"127.0.0.1\"\nport = 1\n\
         [component]\nname = \"a.{DOMAIN}\"\nsecret = \"hush\"\nport = 1\n\
         [http]\nlisten = \"127.0.0.1:0\"\n{}",
        pages(folder, "")
    )
}

async fn admin_link(config: &str, options: &[&str]) -> Ended {
    Program::new(&[&["admin-link"], options].concat()).file("config.toml", config).run().await
}

/// The code that the command prints.
async fn code(config: &str, options: &[&str]) -> String {
    let ended = admin_link(config, options).await;
    assert_eq!(ended.code(), 0, "{}", ended.stderr);
    assert!(ended.stdout.contains("Address: http://localhost:9999/admin/link\n"), "{}", ended.stdout);
    let code = ended.stdout.lines().find_map(|line| line.strip_prefix("Code:")).expect("a code");
    code.trim().to_owned()
}

/// Whether the session may change something: a page that is not there is refused to those who may not before it is looked for.
async fn change(visitor: &mut Visitor) -> Answer {
    visitor.post("/admin/no-such-page", &[], &visitor.form_token("/admin/no-such-page")).await
}

async fn send_code(visitor: &mut Visitor, code: &str) -> Answer {
    visitor.submit("/admin/link", &[("code", code)]).await
}

async fn let_in(service: SocketAddr, code: &str) -> Visitor {
    let mut visitor = Visitor::new(service);
    let answer = send_code(&mut visitor, code).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/admin/")), "{answer}");
    visitor
}

#[tokio::test]
async fn a_code_opens_the_pages_once_while_openfire_is_down() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    let site = TestApp::unready(&config, None);
    let code = code(&config, &[]).await;
    let mut wrong = Visitor::new(site.address());
    let refused = send_code(&mut wrong, "ABCD-EFGH-JKMN-PQRS-TVWX").await;
    assert!(refused.status == 403 && refused.text().contains("This code is wrong"), "{refused}");
    assert!(wrong.session().is_none());

    let mut visitor = let_in(site.address(), &code.to_lowercase()).await;
    let overview = visitor.get("/admin/").await;
    assert!(overview.status == 200 && overview.text().contains("<bdi>admin-link of "), "{overview}");
    let refused = change(&mut visitor).await;
    assert!(refused.status == 403 && refused.text().contains("You can only look"), "{refused}");

    let again = send_code(&mut Visitor::new(site.address()), &code).await;
    assert_eq!(again.status, 403, "{again}");
    assert!(visitor.is_signed_in().await, "the session stays");
}

#[tokio::test]
async fn with_may_change_the_pages_can_be_changed_while_openfire_is_down() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    let site = TestApp::unready(&config, None);
    let older = code(&config, &["--may-change"]).await;
    let newer = code(&config, &["--may-change"]).await;
    assert_eq!(send_code(&mut Visitor::new(site.address()), &older).await.status, 403, "a newer one was made");
    let mut visitor = let_in(site.address(), &newer).await;
    let answer = change(&mut visitor).await;
    assert_eq!(answer.status, 404, "{answer}");
}

/// An administrator who can only look while Openfire is down opens the address of the command in the same browser.
#[tokio::test]
async fn a_code_with_may_change_replaces_a_session_that_can_only_look() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    let site = TestApp::unready(&config, None);
    let mut visitor = let_in(site.address(), &code(&config, &[]).await).await;
    assert_eq!(change(&mut visitor).await.status, 403);
    let form = visitor.get("/admin/link").await;
    assert!(form.status == 200 && form.text().contains("<code>--may-change</code>"), "{form}");
    let looking = visitor.clone();
    let code = code(&config, &["--may-change"]).await;
    let answer = send_code(&mut visitor, &code).await;
    assert_eq!(answer.status, 303, "{answer}");
    assert_eq!(change(&mut visitor).await.status, 404);
    assert!(!looking.clone().is_signed_in().await, "the earlier session has ended");
}

#[tokio::test]
async fn the_command_says_why_there_can_be_no_code() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    let with_pages = config(&nowhere);
    let without = with_pages.replace("urls = [\"http://localhost:9999\"]\n", "");
    for (config, words) in [
        (&without, ["there are no administrators' pages", "`admin.urls`"]),
        (
            &with_pages,
            ["nowhere does not exist, so the code cannot be kept there", "StateDirectory=openfire-provisioner"],
        ),
    ] {
        let ended = admin_link(config, &[]).await;
        assert_eq!(ended.code(), 2, "{}", ended.stderr);
        assert!(words.iter().all(|words| ended.stderr.contains(words)) && ended.stdout.is_empty(), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_user_who_may_not_write_to_the_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    let (program, user) = Program::not_as_root(&["admin-link", "--config", "config.toml"]);
    let program = program.file("config.toml", &config);
    for (path, mode) in [(folder.path(), 0o555), (&program.folder().join("config.toml"), 0o644)] {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }
    let ended = program.run().await;
    let (code, said) = (ended.code(), &ended.stderr);
    let named = said.contains(&format!("(uid {user}): run the command as root"))
        || said.contains(&format!("uid {user}: run the command as root"));
    assert!(code == 2 && named && ended.stdout.is_empty(), "{said}");
}
