//! What administrators have changed: from its file at the start and while the service runs, reset by the command, and in
//! the pages.

mod pages;

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use crate::support::http_client::{Answer, post, request, send};
use crate::support::service::{Ended, Program, Service};

/// A site whose Openfire is not there: what is decided before the login needs none.
fn config(folder: &Path, http: &str) -> String {
    format!(
        "[openfire]\ndomain = \"example.test\"\nhost = \"127.0.0.1\"\nport = 1\n\
         [component]\nname = \"provisioning.example.test\"\nsecret = \"x\"\nport = 1\n\
         [http]\nlisten = \"127.0.0.1:0\"\n{http}\n[reload]\ndebounce = \"10ms\"\n\
         [admin]\nstate_directory = \"{}\"\n",
        folder.display()
    )
}

fn file(sections: &str) -> String {
    format!("version = 1\n{sections}\n# End of the settings.\n")
}

const PAUSED: &str = "[paused]\nreason = \"moving house\"\nby = \"anna\"\nat = \"2026-07-01T12:00:00Z\"\n";

const NETWORKS: &str =
    "[http.allowed_networks]\nvalue = [\"192.0.2.0/24\"]\nby = \"anna\"\nat = \"2026-07-01T12:00:00Z\"\n";

fn secret(previous_until: &str) -> String {
    format!(
        "[http.secret]\nvalue = \"new-s3cret\"\nprevious = \"old-s3cret\"\nprevious_until = \"{previous_until}\"\n\
         by = \"anna\"\nat = \"2026-07-01T12:00:00Z\"\n"
    )
}

/// A state directory with this file.
fn state(text: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    if let Some(text) = text {
        let file = folder.path().join("settings.toml");
        fs::write(&file, text).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    folder
}

async fn ask(address: SocketAddr, secret: &str) -> Answer {
    send(address, post("/provision", &format!("username=anna&password=p4ss&secret={secret}"))).await
}

async fn command(arguments: &[&str], config: &str) -> Ended {
    Program::new(arguments).file("config.toml", config).run().await
}

#[tokio::test]
async fn a_pause_is_503_until_the_command_ends_it_and_the_running_service_follows() {
    let state = state(Some(&file(PAUSED)));
    let config = config(state.path(), "");
    let mut service = Service::serve(&config);
    service.line(&["WARN", "provisioning is paused since 2026-07-01T12:00:00Z by anna: moving house"]).await;
    let address = service.listening().await;
    let answer = ask(address, "").await;
    assert_eq!(answer.status, 503, "{answer}");
    assert_eq!(answer.text(), "JitsiProvisioning Disabled: Provisioning is paused. Try again later.\n");
    // Not asked for a password that would be of no use.
    assert_eq!(send(address, post("/provision", "")).await.status, 503);
    service
        .line(&["INFO", "user.name=\"anna\"", "outcome=\"JitsiProvisioning Disabled\"", "by anna: moving house"])
        .await;
    let ready = send(address, request("GET", "/readyz", &[], "")).await;
    assert!(ready.text().contains("\nsettings: provisioning is paused since 2026-07-01"), "{ready}");
    let other = send(address, request("GET", "/readyz", &[("host", "a.example")], "")).await;
    assert!(other.text().ends_with("\nsettings: paused\n"), "{other}");
    let metrics = send(address, request("GET", "/metrics", &[], "")).await;
    assert!(metrics.text().contains("\nopenfire_provisioner_paused 1\n"), "{metrics}");

    let reset = command(&["settings", "reset", "paused"], &config).await;
    assert_eq!(reset.code(), 0, "{reset:?}");
    assert!(reset.stdout.contains("paused: reset to the configuration; it was paused: moving house, and is on"));
    service.line(&["INFO", "the settings of the administrators' pages were changed in"]).await;
    let answer = ask(address, "").await;
    assert!(answer.text().starts_with("ConnectionException: "), "{answer}");
    assert!(!state.path().join("settings.toml").exists());
    let audit = fs::read_to_string(state.path().join("audit.jsonl")).unwrap();
    assert!(audit.contains("\"action\":\"setting-given-back\",\"target\":\"paused\""), "{audit}");
    service.stop().await;
}

#[tokio::test]
async fn networks_and_secret_of_the_pages_override_the_configuration() {
    let both = file(&format!("{NETWORKS}{}", secret("2099-01-01T00:00:00Z")));
    let state = state(Some(&both));
    let config = config(state.path(), "secret = \"of-the-file\"\nallowed_networks = [\"127.0.0.0/8\"]");
    let mut service = Service::serve(&config);
    for key in ["http.secret", "http.allowed_networks"] {
        service.line(&["INFO", "what anna set in the administrators' pages at ", "overrides", key]).await;
    }
    let address = service.listening().await;
    assert_eq!(ask(address, "new-s3cret").await.status, 400);
    service.line(&["not in the allowed networks; they were set in the administrators' pages"]).await;

    let reset = command(&["settings", "reset", "http.allowed_networks"], &config).await;
    assert_eq!(reset.code(), 0, "{reset:?}");
    service.line(&["the settings of the administrators' pages were changed in"]).await;
    for (secret, status) in [("new-s3cret", 503), ("old-s3cret", 503), ("of-the-file", 400), ("", 400)] {
        assert_eq!(ask(address, secret).await.status, status, "{secret}");
    }
    // Its time is over.
    let text = file(&secret("2026-07-02T12:00:00Z"));
    fs::write(state.path().join("settings.toml"), text).unwrap();
    service.signal("HUP").await;
    service.lines(&["the settings of the administrators' pages were changed in"], 2).await;
    assert_eq!(ask(address, "old-s3cret").await.status, 400);
    assert_eq!(ask(address, "new-s3cret").await.status, 503);

    // The log says that the pages override a line that changes in the configuration.
    service.replace("config.toml", &config.replace("of-the-file", "another-one"));
    service.line(&["WARN", "`http.secret` has changed in the configuration, but what anna set"]).await;
    let log = service.log();
    assert!(!log.contains("s3cret") && !log.contains("another-one") && !log.contains("of-the-file"), "{log}");
    service.stop().await;
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_at_the_start_and_the_configuration_applies() {
    let state = state(Some("[paused\n"));
    let config = config(state.path(), "secret = \"of-the-file\"");
    let check = command(&["check"], &config).await;
    assert!(check.stdout.contains("WRONG  settings: ") && check.stdout.contains("is damaged: line 1: "), "{check:?}");
    let shown = command(&["settings"], &config).await;
    assert_eq!(shown.code(), 1, "{shown:?}");
    assert!(shown.stdout.contains("WRONG  ") && state.path().join("settings.toml").exists(), "{shown:?}");

    let mut service = Service::serve(&config);
    service.line(&["ERROR", "settings.toml was damaged (line 1: ", "was set aside as"]).await;
    let address = service.listening().await;
    assert_eq!(ask(address, "of-the-file").await.status, 503);
    assert_eq!(ask(address, "").await.status, 400);
    let ready = send(address, request("GET", "/readyz", &[], "")).await;
    assert!(ready.text().contains("\nsettings: ") && ready.text().contains("was set aside as"), "{ready}");
    let names: Vec<_> = state.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.len() == 1 && names[0].to_str().unwrap().starts_with("settings.toml.damaged-"), "{names:?}");
    service.stop().await;
}

#[tokio::test]
async fn the_command_shows_where_each_value_comes_from_and_never_the_secret() {
    let state = state(Some(&file(&format!("{PAUSED}{}", secret("2099-01-01T00:00:00Z")))));
    let shown = command(&["settings"], &config(state.path(), "allowed_networks = [\"10.0.0.0/8\"]")).await;
    assert_eq!(shown.code(), 0, "{shown:?}");
    insta::assert_snapshot!(shown.stdout, @r"
    paused                yes, since 2026-07-01T12:00:00Z by anna: moving house
    http.secret           set (not shown), changed in the pages by anna at 2026-07-01T12:00:00Z; the old one is valid until 2099-01-01T00:00:00Z
    http.allowed_networks 10.0.0.0/8, from the configuration
    ");
    let checked = command(&["check"], &config(state.path(), "")).await;
    for line in
        ["note   settings: paused: yes, since", "note   settings: http.secret: set (not shown), changed in the pages"]
    {
        assert!(checked.stdout.contains(line), "{line}: {checked:?}");
    }
    assert!(!checked.stdout.contains("s3cret"), "{checked:?}");
}

#[tokio::test]
async fn root_resets_a_setting_without_taking_the_file_from_the_service() {
    let state = state(Some(&file(&format!("{PAUSED}{NETWORKS}"))));
    let path = state.path().join("settings.toml");
    let is_root = state.path().metadata().unwrap().uid() == 0;
    if is_root {
        for path in [state.path(), &path] {
            std::os::unix::fs::chown(path, Some(65534), Some(65534)).unwrap();
        }
    }
    let before = path.metadata().unwrap();
    let config = config(state.path(), "");
    for key in ["paused", "paused"] {
        let reset = command(&["settings", "reset", key], &config).await;
        assert_eq!(reset.code(), 0, "{reset:?}");
    }
    for name in ["settings.toml", "audit.jsonl"] {
        let after = state.path().join(name).metadata().unwrap();
        assert_eq!((after.uid(), after.gid(), after.mode() & 0o777), (before.uid(), before.gid(), 0o600), "{name}");
    }
    assert!(fs::read_to_string(&path).unwrap().contains("192.0.2.0/24"));
    let all = command(&["settings", "reset", "all"], &config).await;
    assert!(all.stdout.contains("paused: not changed in the pages"), "{all:?}");
    assert!(!path.exists());
}

#[tokio::test]
async fn without_a_state_directory_the_command_says_what_to_set() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let reset = command(&["settings", "reset", "all"], &config(&missing, "")).await;
    assert_eq!(reset.code(), 2, "{reset:?}");
    assert!(
        reset.stderr.contains("nothing was changed: the state directory")
            && reset.stderr.contains("does not exist; create it for the user that the service runs as"),
        "{reset:?}"
    );
}
