use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::{PermissionsExt, symlink};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::model::account::ClientVersion;
use crate::model::config;

/// A folder with these files; what ends in `/` is a folder.
fn folder(paths: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for path in paths {
        let path = folder.path().join(path);
        if path.to_string_lossy().ends_with('/') {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, path.to_string_lossy().as_bytes()).unwrap();
        }
    }
    folder
}

fn settings(folder: &TempDir) -> config::Updates {
    config::Updates {
        folder: Some(folder.path().to_owned()),
        url: config::BaseUrl::parse("https://prov.example.org"),
        ..config::Updates::default()
    }
}

fn scan(folder: &TempDir) -> Channel {
    Channel::scan(&settings(folder))
}

/// What is offered, and what is found.
fn reported(folder: &TempDir) -> String {
    let channel = scan(folder);
    let offered =
        channel.newest().map(|(platform, release)| format!("{platform} {} {}\n", release.version, release.file_name()));
    let defects = channel.defects().iter().map(|defect| format!("{defect}\n"));
    offered.chain(defects).collect()
}

fn client(os: &str, arch: &str) -> ClientInfo {
    let fields = [("os", os), ("arch", arch)].into_iter().filter(|(_, value)| !value.is_empty());
    ClientInfo {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        user_agent: String::new(),
        version: ClientVersion::default(),
        fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<BTreeMap<_, _>>(),
    }
}

#[test]
fn the_highest_version_is_offered_by_its_numbers() {
    let folder = folder(&[
        "windows-x64/2.9.9999/jitsi-x64.exe",
        "windows-x64/2.10.5550/jitsi-x64.exe",
        "windows-x64/2.11.5633/jitsi-2.11.5633-x64.exe",
        "windows-x64/2.11.5633/SHA256SUMS",
        "windows-x64/2.11.900/jitsi-x64.exe",
        "macos/2.14-SNAPSHOT.0/Jitsi.dmg",
        "linux-x64/2.11.5633/jitsi_2.11.deb",
        "README",
    ]);
    insta::assert_snapshot!(reported(&folder), @"
    windows-x64 2.11.5633 jitsi-2.11.5633-x64.exe
    macos 2.14-SNAPSHOT.0 Jitsi.dmg
    linux-x64 2.11.5633 jitsi_2.11.deb
    macos/2.14-SNAPSHOT.0/Jitsi.dmg: has no signature beside it, so clients with Sparkle's public key refuse it; add Jitsi.dmg.dsa
    ");
}

#[test]
fn what_is_not_complete_is_not_seen() {
    let folder = folder(&[
        "windows-x64/2.11.5633/jitsi-x64.exe",
        "windows-x64/2.11.5633/jitsi-2-x64.exe.part",
        "windows-x64/2.11.5633/.jitsi-3-x64.exe",
        "windows-x64/2.12.1.part/jitsi-x64.exe",
        "windows-x64/.2.13.1/jitsi-x64.exe",
        "windows-x86.tmp/2.11.5633/jitsi-x86.exe",
    ]);
    insta::assert_snapshot!(reported(&folder), @"windows-x64 2.11.5633 jitsi-x64.exe");
}

#[test]
fn what_cannot_be_offered_is_reported_with_its_reason_and_the_rest_is_offered() {
    let folder = folder(&[
        "windows/2.9.1/jitsi.exe",
        "windows/2.10.0/jitsi.exe",
        "windows/2.10.00/jitsi.exe",
        "windows/2.11.1/",
        "windows/2.11.2/jitsi.msi",
        "windows/2.11.3/jitsi.exe",
        "windows/2.11.3/setup.EXE",
        "windows/2.11.4/jitsi 2.exe",
        "windows/2.11.5/jitsi-x64.exe",
        "windows/2.11/jitsi.exe",
        "windows/latest/jitsi.exe",
        "windows-x86/2.11.5633/jitsi-x64.exe",
        "win64/2.11.5633/jitsi.exe",
        "macos/2.11.5633/jitsi.dmg",
        "macos/2.11.5633/jitsi.dmg.dsa",
        "macos-arm64/2.11.5633/jitsi.dmg",
    ]);
    let at = |path: &str| folder.path().join(path);
    fs::create_dir_all(at("windows/2.12.1")).unwrap();
    fs::write(at("windows/2.12.1/jitsi.exe"), "").unwrap();
    fs::create_dir_all(at("windows/2.12.2")).unwrap();
    symlink("/etc/passwd", at("windows/2.12.2/jitsi.exe")).unwrap();
    symlink("2.9.1", at("windows/2.12.3")).unwrap();
    symlink("windows", at("linux")).unwrap();
    fs::write(at("windows/2.9.1/changes.html"), "<p>new").unwrap();
    fs::create_dir_all(at("windows/\u{1b}[31m")).unwrap();
    insta::assert_snapshot!(reported(&folder), @r"
    windows 2.10.0 jitsi.exe
    macos-arm64 2.11.5633 jitsi.dmg
    linux: is a link or a special file, which is never served; put the file or folder itself there
    macos/2.11.5633/jitsi.dmg.dsa: is not a signature: its first line must be base64, as Sparkle's sign_update prints it
    macos-arm64/2.11.5633/jitsi.dmg: has no signature beside it, so clients with Sparkle's public key refuse it; add jitsi.dmg.dsa
    win64: is not a platform; name the folder windows, windows-x64, windows-x86, windows-arm64, macos, macos-x64, macos-x86, macos-arm64, linux, linux-x64, linux-x86, linux-arm64
    windows/\u{1b}[31m: is not a version; name the folder after its version, for example 2.11.5633
    windows/2.10.00: is the same version as 2.10.0; remove one of the two
    windows/2.11: Windows clients compare this version as text and may go back to an older one; write three or more numbers, separated by dots, for example 2.11.5633
    windows/2.11.1: holds no installer: its name must end in .exe
    windows/2.11.2: holds no installer: its name must end in .exe
    windows/2.11.3: holds more than one installer, jitsi.exe and setup.EXE; leave one
    windows/2.11.4/jitsi 2.exe: has a name with characters other than letters, digits and `.-_+`, or with more than 128 characters; rename it
    windows/2.11.5/jitsi-x64.exe: Windows clients up to 2.10 replace `x64` in the link https://prov.example.org/updates/windows/2.11.5/jitsi-x64.exe by the name of their own processor; write it another way
    windows/2.12.1/jitsi.exe: is empty
    windows/2.12.2/jitsi.exe: is a link or a special file, which is never served; put the file or folder itself there
    windows/2.12.3: is a link or a special file, which is never served; put the file or folder itself there
    windows/latest: is not a version; name the folder after its version, for example 2.11.5633
    windows-x86/2.11.5633/jitsi-x64.exe: Windows clients up to 2.10 replace `x64` in the link https://prov.example.org/updates/windows-x86/2.11.5633/jitsi-x64.exe by the name of their own processor; write it another way
    ");
}

#[test]
fn a_folder_that_is_not_there_is_reported_and_offers_nothing() {
    let folder = folder(&[]);
    let gone = config::Updates { folder: Some(folder.path().join("gone")), ..settings(&folder) };
    let channel = Channel::scan(&gone);
    assert_eq!(channel.newest().count(), 0);
    assert!(
        channel.defects()[0].to_string().ends_with("/gone: cannot be read: No such file or directory (os error 2)")
    );
    assert_eq!(Channel::scan(&config::Updates::default()), Channel::default());
}

#[test]
fn a_file_that_we_may_not_read_is_reported() {
    let folder = folder(&["windows/2.11.1/jitsi.exe"]);
    let file = folder.path().join("windows/2.11.1/jitsi.exe");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    // An account that may read everything, such as root, finds nothing.
    let expected = if fs::File::open(&file).is_ok() {
        "windows 2.11.1 jitsi.exe\n"
    } else {
        "windows/2.11.1/jitsi.exe: cannot be read: Permission denied (os error 13)\n"
    };
    assert_eq!(reported(&folder), expected);
}

#[test]
fn each_client_gets_the_link_of_its_platform() {
    let folder =
        folder(&["windows-x64/2.11.5633/jitsi-x64.exe", "windows/2.10.5550/jitsi.exe", "macos/2.11.5633/jitsi.dmg"]);
    let channel = scan(&folder);
    let link = |os: &str, arch: &str| {
        let UpdateLink { link, version } = channel.for_client(&client(os, arch));
        format!("{link} {version}")
    };
    for (os, arch, expected) in [
        ("Windows 10", "amd64", "https://prov.example.org/updates/windows-x64/versionupdate.properties 2.11.5633"),
        ("Windows 10", "x86", "https://prov.example.org/updates/windows/versionupdate.properties 2.10.5550"),
        ("Windows 10", "", "https://prov.example.org/updates/windows/versionupdate.properties 2.10.5550"),
        ("Mac OS X", "aarch64", "https://prov.example.org/updates/macos/appcast.xml 2.11.5633"),
        ("Linux", "amd64", " "),
        ("", "", " "),
    ] {
        assert_eq!(link(os, arch), expected, "{os} {arch}");
    }
}

#[test]
fn the_texts_are_what_clients_read() {
    let folder =
        folder(&["windows-x64/2.11.5633/jitsi-x64.exe", "windows-x64/2.11.5633/changes.html", "macos/2.11.5633/j.dmg"]);
    fs::write(folder.path().join("macos/2.11.5633/j.dmg.dsa"), "MCwCFHq+/w==\n").unwrap();
    fs::write(folder.path().join("macos/2.11.5633/changes.html"), "<p>").unwrap();
    let modified = std::time::UNIX_EPOCH + std::time::Duration::from_secs(784_111_777);
    fs::File::open(folder.path().join("macos/2.11.5633/j.dmg")).unwrap().set_modified(modified).unwrap();
    let url = config::BaseUrl::parse("https://prov.example.org/a&b");
    let channel = Channel::scan(&config::Updates { url, ..settings(&folder) });
    let feed = |platform| channel.feed(Platform::parse(platform).unwrap());
    insta::assert_snapshot!(feed("windows-x64").unwrap(), @"
    last_version=2.11.5633
    download_link=https://prov.example.org/a&b/updates/windows-x64/2.11.5633/jitsi-x64.exe
    changes_html=2.11.5633/changes.html
    ");
    let size = channel.newest().find(|(platform, _)| platform.reads_appcast()).unwrap().1.installer.size;
    insta::assert_snapshot!(feed("macos").unwrap().replace(&format!("\"{size}\""), "\"SIZE\""), @r#"
    <?xml version="1.0" encoding="utf-8"?>
    <rss version="2.0" xmlns:sparkle="http://www.andymatuschak.org/xml-namespaces/sparkle">
      <channel>
        <title>Updates</title>
        <link>https://prov.example.org/a&amp;b/updates/macos/appcast.xml</link>
        <item>
          <title>Version 2.11.5633</title>
          <sparkle:releaseNotesLink>https://prov.example.org/a&amp;b/updates/macos/2.11.5633/changes.html</sparkle:releaseNotesLink>
          <pubDate>Sun, 6 Nov 1994 08:49:37 +0000</pubDate>
          <enclosure url="https://prov.example.org/a&amp;b/updates/macos/2.11.5633/j.dmg" length="SIZE" type="application/octet-stream" sparkle:version="2.11.5633" sparkle:dsaSignature="MCwCFHq+/w=="/>
        </item>
      </channel>
    </rss>
    "#);
    assert_eq!(feed("linux"), None);
}

#[test]
fn only_what_was_found_can_be_opened() {
    let folder =
        folder(&["windows/2.11.1/jitsi.exe", "windows/2.11.1/notes.txt", "windows/2.10.1/jitsi.exe", "secret"]);
    let channel = scan(&folder);
    assert!(channel.find("windows", "2.11.1", "jitsi.exe").unwrap().open().is_ok());
    assert!(channel.find("windows", "2.10.1", "jitsi.exe").unwrap().open().is_ok(), "an older one stays");
    for (platform, version, file) in [
        ("windows", "2.11.1", "notes.txt"),
        ("windows", "2.11.1", "changes.html"),
        ("windows", "2.11.1", "../../secret"),
        ("windows", "..", "secret"),
        ("..", "..", "secret"),
        ("windows", "2.11.1", ""),
        ("windows", "2.11.01", "jitsi.exe"),
        ("windows-x64", "2.11.1", "jitsi.exe"),
    ] {
        assert_eq!(channel.find(platform, version, file), None, "{platform}/{version}/{file}");
    }
}

#[test]
fn what_is_swapped_after_the_scan_is_not_followed() {
    for (swapped, target) in [
        ("windows/2.11.1/jitsi.exe", "/etc/passwd"),
        ("windows/2.11.1/jitsi.exe", "../../elsewhere/2.11.1/jitsi.exe"),
        ("windows/2.11.1", "../elsewhere/2.11.1"),
        ("windows", "elsewhere"),
    ] {
        let folder = folder(&["windows/2.11.1/jitsi.exe", "elsewhere/2.11.1/jitsi.exe"]);
        let published = scan(&folder).find("windows", "2.11.1", "jitsi.exe").unwrap();
        let path = folder.path().join(swapped);
        fs::rename(&path, folder.path().join("old")).unwrap();
        symlink(target, &path).unwrap();
        assert_eq!(published.open().unwrap_err().kind(), std::io::ErrorKind::NotFound, "{swapped} -> {target}");
    }
}

#[test]
fn a_pipe_or_a_folder_in_the_place_of_a_file_is_not_waited_for() {
    let folder = folder(&["windows/2.11.1/jitsi.exe"]);
    let published = scan(&folder).find("windows", "2.11.1", "jitsi.exe").unwrap();
    let path = folder.path().join("windows/2.11.1/jitsi.exe");
    fs::remove_file(&path).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    assert_eq!(published.open().unwrap_err().kind(), std::io::ErrorKind::NotFound);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(published.open().unwrap_err().kind(), std::io::ErrorKind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn a_new_version_is_seen_by_those_who_ask_later() {
    let folder = folder(&["windows/2.11.1/jitsi.exe"]);
    let live = LiveChannel::open(settings(&folder));
    let version = |channel: &Channel| channel.newest().next().unwrap().1.version.to_string();
    fs::create_dir_all(folder.path().join("windows/2.11.2")).unwrap();
    fs::write(folder.path().join("windows/2.11.2/jitsi.exe"), "x").unwrap();
    assert_eq!(version(&*live.fresh().await), "2.11.1", "what was read a moment ago counts");
    tokio::time::advance(std::time::Duration::from_secs(3)).await;
    assert_eq!(version(&*live.fresh().await), "2.11.2");
}

proptest! {
    #[test]
    fn no_names_lead_outside(
        platform in "(windows|macos|[a-z./-]{0,6})",
        version in "(2\\.11\\.1|\\.\\.|[0-9./]{0,6})",
        file in "(jitsi\\.exe|\\.\\./\\.\\./secret|[a-z./%\\\\]{0,12})",
    ) {
        let folder = folder(&["windows/2.11.1/jitsi.exe", "windows/secret", "secret"]);
        if let Some(published) = scan(&folder).find(&platform, &version, &file) {
            prop_assert_eq!(published.path(), "windows/2.11.1/jitsi.exe");
        }
    }
}
