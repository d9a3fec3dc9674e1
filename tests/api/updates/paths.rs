//! Nothing outside the folder of installers can be read, whatever the path says.

use std::fs;
use std::os::unix::fs::symlink;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use crate::support::app::TestApp;
use crate::support::http_client::Raw;
use crate::support::update_folder::{INSTALLER, UpdateFolder};

/// The whole answer to a request line as it is written here.
async fn raw(app: &TestApp, target: &str) -> String {
    let mut socket = Raw::open(app.address()).await;
    socket.write(&format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
    socket.read_to_end().await
}

/// What this target gets is neither a secret nor a redirect; gives the status.
async fn harmless(app: &TestApp, target: &str) -> u16 {
    let answer = raw(app, target).await;
    assert!(
        !answer.contains("SECRET") && !answer.contains("root:") && !answer.contains("\nlocation"),
        "{target}: {answer}"
    );
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{target}: {answer}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_a_path_leads_outside() {
    let folder = UpdateFolder::everyday();
    let app = folder.serve("");
    for path in [
        "../SECRET",
        "../../SECRET",
        "windows-x64/../../SECRET",
        "windows-x64/2.11.5633/../../../SECRET",
        "windows-x64/2.11.5633/..%2f..%2f..%2fSECRET",
        "windows-x64/2.11.5633/%2e%2e/%2e%2e/%2e%2e/SECRET",
        "windows-x64/2.11.5633/%252e%252e%252fSECRET",
        "windows-x64/2.11.5633/..\\..\\..\\SECRET",
        "windows-x64/2.11.5633/%5c..%5c..%5cSECRET",
        "windows-x64/2.11.5633/..;/..;/..;/SECRET",
        "windows-x64/2.11.5633/%c0%ae%c0%ae/SECRET",
        "windows-x64/../../../../../../../../etc/passwd",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "//etc/passwd",
        "windows-x64/2.11.5633//etc/passwd",
        "file:///etc/passwd",
        "windows-x64/2.11.5633/notes.txt",
        "windows-x64/2.11.5633/jitsi-2.11.5633-x64.exe%00",
        "windows-x64/2.11.5633/jitsi-2.11.5633-x64.exe%00.html",
        "windows-x64/2.11.5633/jitsi-2.11.5633-x64.exe/.",
        "windows-x64/2.11.5633/JITSI-2.11.5633-X64.EXE",
        "windows-x64/2.11.5633/%6aitsi-2.11.5633-x64.exe",
        "windows-x64/2.11.5633/.",
        "windows-x64/2.11.5633/",
        "windows-x64/2.11.5633",
        "windows-x64/./2.11.5633/jitsi-2.11.5633-x64.exe",
        "windows-x64/2.11.5633/changes.html/x",
        "macos/2.11.5633/jitsi.dmg.dsa",
        "macos/versionupdate.properties",
        "windows-x64/appcast.xml",
        "windows-x86/versionupdate.properties",
        "windows-x64/null",
        "windows-x64",
        ".",
        "",
    ] {
        assert_eq!(harmless(&app, &format!("/updates/{path}")).await, 404, "{path}");
    }
    for target in ["/updates/windows-x64/2.11.5633/a\0b", "/updates/windows-x64/2.11.5633/a b", "*", "../SECRET"] {
        assert!([400, 404].contains(&harmless(&app, target).await), "{target}");
    }
    // The host of a target in absolute form is not looked at, its path is.
    assert_eq!(harmless(&app, "http://x/updates/../SECRET").await, 404);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_pipes_and_hidden_files_are_not_there() {
    let folder = UpdateFolder::everyday();
    let at = |path: &str| folder.path().join(path);
    for version in ["2.12.1", "2.12.2", "2.12.3", "2.12.4"] {
        fs::create_dir_all(at(&format!("windows-x64/{version}"))).unwrap();
    }
    symlink("../../../SECRET", at("windows-x64/2.12.1/link.exe")).unwrap();
    symlink("../2.11.5633/jitsi-2.11.5633-x64.exe", at("windows-x64/2.12.2/inside.exe")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("windows-x64/2.12.3/pipe.exe")).status().unwrap().success());
    folder.write("windows-x64/2.12.4/.hidden.exe", "SECRET");
    symlink("2.11.5633", at("windows-x64/2.12.5")).unwrap();
    symlink("windows-x64", at("linux")).unwrap();
    symlink("/dev", at("windows-x64/2.12.6")).unwrap();
    let app = folder.serve("");
    for path in [
        "windows-x64/2.12.1/link.exe",
        "windows-x64/2.12.2/inside.exe",
        "windows-x64/2.12.3/pipe.exe",
        "windows-x64/2.12.4/.hidden.exe",
        "windows-x64/2.12.5/jitsi-2.11.5633-x64.exe",
        "linux/2.11.5633/jitsi-2.11.5633-x64.exe",
        "windows-x64/2.12.6/zero",
    ] {
        assert_eq!(harmless(&app, &format!("/updates/{path}")).await, 404, "{path}");
    }
    assert!(raw(&app, "/updates/windows-x64/versionupdate.properties").await.contains("last_version=2.11.5633"));

    // A link that takes the place of an installer after it was found is not followed either.
    let installer = at("windows-x64/2.11.5633/jitsi-2.11.5633-x64.exe");
    fs::remove_file(&installer).unwrap();
    symlink("../../../SECRET", &installer).unwrap();
    assert_eq!(harmless(&app, "/updates/windows-x64/2.11.5633/jitsi-2.11.5633-x64.exe").await, 404);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_made_up_path_gets_more_than_what_is_offered() {
    let folder = UpdateFolder::everyday();
    let app = folder.serve("");
    let segment = "(windows-x64|macos|2\\.11\\.5633|jitsi-2\\.11\\.5633-x64\\.exe|notes\\.txt|SECRET|\\.\\.|%2e%2e|\\.|%2f|\\\\|[!-~]{0,4})";
    let paths = prop::collection::vec(segment, 0..7);
    // The paths are drawn first: the runner is no async function.
    let mut runner = TestRunner::new(Config::default());
    let drawn: Vec<String> = (0..256)
        .map(|_| paths.new_tree(&mut runner).unwrap().current().join("/"))
        .filter(|path| !path.contains(['#', '?']))
        .collect();
    for path in drawn {
        let answer = raw(&app, &format!("/updates/{path}")).await;
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let offered = [INSTALLER, "dmg"].contains(&body);
        let is_offered = answer.starts_with("HTTP/1.1 200 ") && offered;
        assert!(
            is_offered || answer.starts_with("HTTP/1.1 404 ") || answer.starts_with("HTTP/1.1 400 "),
            "{path}: {answer}"
        );
        assert!(!answer.contains("SECRET"), "{path}: {answer}");
    }
    app.stop().await;
}
