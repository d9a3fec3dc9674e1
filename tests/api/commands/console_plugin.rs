//! `console-plugin` as a process: the file that it writes, and what it says.

use std::path::PathBuf;

use crate::support::service::{Ended, Program};

const CONFIG: &str = "[openfire]\ndomain = \"example.org\"\n[component]\nname = \"p.example.org\"\nsecret = \"s\"\n";
const ADMIN: &str = "[admin]\nurls = [\"https://first.example.org\", \"https://second.example.org\"]\n";

/// A folder for the plugin.
struct Out(tempfile::TempDir);

impl Out {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    async fn run(&self, arguments: &[&str], name: &str, configuration: Option<&str>) -> Ended {
        let path = self.path(name);
        let arguments = [&["console-plugin", "--out", path.to_str().unwrap()], arguments].concat();
        let program = Program::new(&arguments);
        match configuration {
            Some(text) => program.file("config.toml", text).run().await,
            None => program.run().await,
        }
    }

    fn files(&self) -> Vec<String> {
        let names = self.0.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[tokio::test]
async fn it_writes_the_plugin_over_an_earlier_one_and_says_what_to_do_next() {
    let out = Out::new();
    let name = "openfire-provisioner.jar";
    std::fs::write(out.path(name), "an earlier one").unwrap();
    let ended = out.run(&["--url", "https://provisioning.example.org"], name, None).await;
    insta::assert_snapshot!(ended.shown(&[(out.0.path().to_str().unwrap(), "OUT")]), @"
    OUT/openfire-provisioner.jar is the plugin. It leads to https://provisioning.example.org/admin/
    Upload it in Openfire's admin console under Plugins, or copy it into the folder `plugins` of Openfire 4.2 or later.
    Openfire loads it within 20 seconds, without a restart. The link is under Server > Server Settings > Jitsi Provisioning.
    If the address changes, set the system property `provisioning.url` in Openfire; you need no new plugin.
    exit code 0
    ");
    assert!(std::fs::read(out.path(name)).unwrap().starts_with(b"PK\x03\x04"));
    assert_eq!(out.files(), [name]);
}

#[tokio::test]
async fn it_takes_the_first_address_of_the_configuration_unless_another_is_named() {
    for (arguments, pages) in [
        (&[][..], "https://first.example.org/admin/"),
        (&["--url", "https://third.example.org/admin/"], "https://third.example.org/admin/"),
    ] {
        let out = Out::new();
        let ended = out.run(arguments, "openfire-provisioner.jar", Some(&format!("{CONFIG}{ADMIN}"))).await;
        assert_eq!(ended.code(), 0, "{}", ended.stderr);
        let jar = std::fs::read(out.path("openfire-provisioner.jar")).unwrap();
        assert!(String::from_utf8_lossy(&jar).contains(&format!("0;url={pages}\"")));
        assert!(ended.stdout.contains(pages), "{}", ended.stdout);
    }
}

#[tokio::test]
async fn without_a_file_it_writes_the_one_right_name_into_the_current_folder() {
    let program = Program::new(&["console-plugin", "--url", "https://provisioning.example.org"]);
    let ended = program.run().await;
    assert!(ended.stdout.starts_with("openfire-provisioner.jar is the plugin."), "{}", ended.stderr);
    assert_eq!(ended.code(), 0);
}

#[tokio::test]
async fn another_name_is_written_with_a_note_since_it_is_another_plugin() {
    let out = Out::new();
    let ended = out.run(&["--url", "https://provisioning.example.org"], "mine.jar", None).await;
    assert_eq!((ended.code(), out.files()), (0, vec!["mine.jar".to_owned()]));
    assert!(ended.stderr.contains("`openfire-provisioner.jar`"), "{}", ended.stderr);
}

#[tokio::test]
async fn an_error_says_what_to_change_and_nothing_is_written() {
    let url = &["--url", "https://provisioning.example.org"][..];
    let name = "openfire-provisioner.jar";
    for (arguments, file, configuration, word) in [
        (url, "plugin.zip", None, "`.jar`"),
        (url, "missing/plugin.jar", None, "missing/plugin.jar: cannot write the plugin: No such file or directory"),
        (&[], name, None, "name the address of the pages with `--url`"),
        (&[], name, Some(CONFIG), "`admin.urls` is empty"),
        (&["--url", "http://provisioning.example.org"], name, None, "Plain http is for this machine only"),
        (&["--url", "https://provisioning.example.org/?x"], name, None, "write scheme, host and port"),
        (&["--url", "javascript:alert(1)"], name, None, "write scheme, host and port"),
        (&["--url", "https://provisioning.example.org\r\nx"], name, None, "write scheme, host and port"),
        (&["--url", "https://provisioning.example.org\"><script>"], name, None, "write scheme, host and port"),
    ] {
        let out = Out::new();
        let ended = out.run(arguments, file, configuration).await;
        assert_eq!(ended.code(), 2, "{ended:?}");
        assert!(ended.stderr.contains(word), "{}", ended.stderr);
        assert!(out.files().is_empty(), "{:?}", out.files());
    }
    let out = Out::new();
    std::fs::create_dir(out.path(name)).unwrap();
    let ended = out.run(url, name, None).await;
    assert_eq!((ended.code(), out.files()), (2, vec![name.to_owned()]), "{}", ended.stderr);
}
