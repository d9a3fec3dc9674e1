//! The update channel as clients find it: addresses, texts, versions that come and go.

mod downloads;
mod paths;

use std::fs;
use std::time::Duration;

use test_servers::jdk::Jdk;
use test_servers::openfire::Openfire;
use tokio::time::timeout;

use crate::support::app::TestApp;
use crate::support::http_client::{Answer, post, request, send};
use crate::support::service::Program;
use crate::support::update_folder::{INSTALLER, INSTALLER_PATH, UpdateFolder};

const WINDOWS: &str = "/updates/windows-x64/versionupdate.properties";

async fn get(app: &TestApp, path: &str) -> Answer {
    send(app.address(), request("GET", path, &[], "")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_windows_client_reads_the_version_and_fetches_what_it_names() {
    let folder = UpdateFolder::everyday();
    let app = folder.serve("");
    let answer = get(&app, WINDOWS).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain; charset=utf-8")));
    let pairs = Jdk::start().await.load_bytes(&answer.body).await.unwrap();
    let value = |wanted: &str| pairs.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
    assert_eq!(value("last_version"), Some("2.11.5633"));
    let download = value("download_link").unwrap().strip_prefix("https://prov.example.test").unwrap();
    assert_eq!(get(&app, download).await.text(), INSTALLER);
    // As the client does it: up to the last slash of its own link, and then the value.
    let changes = WINDOWS.replace("versionupdate.properties", value("changes_html").unwrap());
    let answer = get(&app, &changes).await;
    assert_eq!(answer.text(), "<p>Fewer mistakes, \u{e9}");
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    // What a client tries first, and does without.
    let delta = download.replace("2.11.5633", "2.11.5633-delta-2.10.5550");
    assert_eq!(get(&app, &delta).await.status, 404);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_macos_client_reads_an_appcast() {
    let folder = UpdateFolder::everyday();
    let app = folder.serve("");
    let answer = get(&app, "/updates/macos/appcast.xml").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/xml; charset=utf-8")));
    let root: xmpp_parsers::minidom::Element =
        answer.text().replace("<rss ", "<rss xmlns=\"\" ").parse().unwrap_or_else(|error| panic!("{error}: {answer}"));
    assert_eq!(root.name(), "rss");
    let enclosure = answer.text().lines().find(|line| line.contains("<enclosure")).unwrap();
    assert_eq!(
        enclosure.trim(),
        "<enclosure url=\"https://prov.example.test/updates/macos/2.11.5633/jitsi.dmg\" length=\"3\" \
         type=\"application/octet-stream\" sparkle:version=\"2.11.5633\" sparkle:dsaSignature=\"MCwCFHq+/w==\"/>"
    );
    assert_eq!(get(&app, "/updates/macos/2.11.5633/jitsi.dmg").await.text(), "dmg");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_is_offered_without_a_restart_and_the_old_one_stays() {
    let folder = UpdateFolder::everyday();
    let app = folder.serve("");
    folder.write("windows-x64/2.12.1/jitsi-x64.exe.part", "MZ new");
    assert!(get(&app, WINDOWS).await.text().contains("last_version=2.11.5633"));
    let at = |name: &str| folder.path().join("windows-x64/2.12.1").join(name);
    fs::rename(at("jitsi-x64.exe.part"), at("jitsi-x64.exe")).unwrap();
    let offered = async { while !get(&app, WINDOWS).await.text().contains("last_version=2.12.1") {} };
    timeout(Duration::from_secs(10), offered).await.expect("it is offered within seconds");
    assert_eq!(get(&app, INSTALLER_PATH).await.text(), INSTALLER);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_gets_the_link_for_the_client() {
    let folder = UpdateFolder::everyday();
    let template = "{% if updates.link %}\nnet.java.sip.communicator.UPDATE_LINK={{ updates.link }}\n\
                    site.version={{ updates.version }}\n{% endif %}\nsite.end=1\n";
    let app = TestApp::with_template(Openfire::shared().await, &folder.section(), template).await;
    for (fields, expected) in [
        (
            "&os=Windows+10&arch=amd64",
            "net.java.sip.communicator.UPDATE_LINK=https://prov.example.test/updates/windows-x64/versionupdate.properties\n\
             site.version=2.11.5633\nsite.end=1\n",
        ),
        (
            "&os=Mac+OS+X&arch=aarch64",
            "net.java.sip.communicator.UPDATE_LINK=https://prov.example.test/updates/macos/appcast.xml\n\
             site.version=2.11.5633\nsite.end=1\n",
        ),
        ("&os=Linux&arch=amd64", "site.end=1\n"),
        ("", "site.end=1\n"),
    ] {
        let form = format!("username=anna.berger&password=sunflower-42{fields}");
        let answer = send(app.address(), post("/provision", &form)).await;
        assert_eq!(answer.text(), expected, "{fields}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_allowed_networks_may_fetch_and_no_status_asks_for_a_password() {
    let folder = UpdateFolder::everyday();
    let app = folder
        .serve("[http]\nlisten = \"127.0.0.1:0\"\nallowed_networks = [\"192.0.2.0/24\"]\nerror_status = \"plugin\"\n");
    for path in [WINDOWS, INSTALLER_PATH, "/updates/x"] {
        let answer = get(&app, path).await;
        assert_eq!(answer.status, 400, "{path}");
        assert!(answer.text().starts_with("RequestNotAuthorised: "), "{answer}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_section_there_is_no_channel() {
    let text = UpdateFolder::everyday().config("");
    let text = text.split("[updates]").next().unwrap();
    let app = TestApp::unready(text, None);
    assert!(get(&app, WINDOWS).await.text().starts_with("There is nothing at this path."));
    app.stop().await;
}

#[tokio::test]
async fn check_tells_what_is_offered_and_what_is_not() {
    let folder = UpdateFolder::everyday();
    folder.write("windows-x64/2.12.1/a.exe", "a");
    folder.write("windows-x64/2.12.1/b.exe", "b");
    folder.write("windows-x86/2.11.5633/jitsi-x64.exe", "a");
    folder.write("macos-arm64/2.11.5633/jitsi.dmg", "a");
    let text = folder.config("").replace("https://", "http://");
    let ended = Program::new(&["check"]).file("config.toml", &text).run().await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    let said: Vec<&str> = ended.stdout.lines().filter(|line| line.contains(" updates: ")).collect();
    insta::assert_snapshot!(said.join("\n"), @"
    ok     updates: windows-x64: 2.11.5633 at http://prov.example.test/updates/windows-x64/versionupdate.properties
    ok     updates: macos: 2.11.5633 at http://prov.example.test/updates/macos/appcast.xml
    ok     updates: macos-arm64: 2.11.5633 at http://prov.example.test/updates/macos-arm64/appcast.xml
    note   updates: macos-arm64/2.11.5633/jitsi.dmg: has no signature beside it, so clients with Sparkle's public key refuse it; add jitsi.dmg.dsa
    WRONG  updates: windows-x64/2.12.1: holds more than one installer, a.exe and b.exe; leave one
    WRONG  updates: windows-x86/2.11.5633/jitsi-x64.exe: Windows clients up to 2.10 replace `x64` in the link http://prov.example.test/updates/windows-x86/2.11.5633/jitsi-x64.exe by the name of their own processor; write it another way
    note   updates: http://prov.example.test is not https: an attacker on the network can give clients another installer
    ");
    let nothing = tempfile::tempdir().unwrap();
    let text = text.replace(folder.path().to_str().unwrap(), nothing.path().to_str().unwrap());
    let ended = Program::new(&["check"]).file("config.toml", &text).run().await;
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(
        ended.stdout.contains("note   updates: ") && ended.stdout.contains(" contains nothing to offer yet"),
        "{ended:?}"
    );
}
