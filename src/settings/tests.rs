//! Changes and what comes of them, and the file when it is not as it should be.

mod file;

use std::fs;
use std::net::IpAddr;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use super::file::{Found, SettingsFile};
use super::stored::Stored;
use super::*;
use crate::model::config::Config;

/// A site with a state directory.
struct Site {
    folder: TempDir,
    config: Config,
}

impl Site {
    fn new(http: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "[openfire]\ndomain = \"a.example\"\n[component]\nname = \"p.a.example\"\nsecret = \"x\"\n[http]\n{http}\n\
             [admin]\nstate_directory = \"{}\"\n",
            folder.path().display()
        );
        let file = folder.path().join("config.toml");
        fs::write(&file, text).unwrap();
        let config = Config::load(Some(&file)).unwrap();
        fs::remove_file(file).unwrap();
        Self { folder, config }
    }

    fn load(&self) -> Settings {
        Settings::load(&self.config)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join(FILE_NAME)
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    /// Writes the file as the service would, but with this text.
    fn write(&self, text: &str) {
        fs::write(self.file(), text).unwrap();
        fs::set_permissions(self.file(), fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// The names of all files.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .folder
            .path()
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn anna() -> Actor {
    Actor { name: "anna".to_owned(), address: Some("10.0.0.7".parse().unwrap()) }
}

fn now() -> Timestamp {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

fn pause(reason: &str) -> Change {
    Change::Pause { reason: reason.to_owned() }
}

fn new_secret(secret: &str, old: OldSecret) -> Change {
    Change::Secret { secret: secret.into(), old }
}

fn nets(networks: &[&str]) -> Vec<ipnet::IpNet> {
    networks.iter().map(|network| network.parse().unwrap()).collect()
}

fn networks(networks: &[&str]) -> Change {
    Change::AllowedNetworks { networks: nets(networks), seen: None }
}

fn secret_of(settings: &Settings) -> String {
    settings.in_force().secret.as_ref().unwrap().secret().expose_secret().to_owned()
}

#[tokio::test]
async fn a_change_is_in_force_in_the_file_and_after_a_restart() {
    let site = Site::new("secret = \"of-the-file\"\nallowed_networks = [\"192.0.2.0/24\"]");
    let settings = site.load();
    assert!(!site.file().exists() && settings.is_writable());
    assert_eq!(settings.in_force().secret_source, Source::Configuration);
    settings.change(pause("moving house"), &anna()).await.unwrap();
    settings.change(new_secret("new-secret-1", OldSecret::Day), &anna()).await.unwrap();
    settings.change(networks(&["10.0.0.0/8", "2001:db8::/32"]), &anna()).await.unwrap();
    for settings in [settings, site.load()] {
        let in_force = settings.in_force();
        let paused = in_force.paused.as_ref().unwrap();
        assert_eq!((&*paused.reason, &*paused.by), ("moving house", "anna"));
        assert_eq!(secret_of(&settings), "new-secret-1");
        assert!(matches!(&in_force.secret_source, Source::Pages { by, .. } if by == "anna"));
        assert!(in_force.previous_secret.as_ref().unwrap().secret.as_ref().unwrap().is("of-the-file"));
        assert_eq!(in_force.allowed_networks.len(), 2);
        assert_eq!(settings.problem(), None);
    }
    assert_eq!(site.file().metadata().unwrap().mode() & 0o777, 0o600);
    assert_eq!(site.names(), [FILE_NAME]);
    assert!(site.text().starts_with("# What administrators have changed in the pages"), "{}", site.text());
}

#[tokio::test]
async fn what_is_given_back_is_the_configurations_again_and_the_last_one_takes_the_file_along() {
    let site = Site::new("secret = \"of-the-file\"");
    let settings = site.load();
    settings.change(pause(""), &anna()).await.unwrap();
    settings.change(new_secret("new-secret-1", OldSecret::Ends), &anna()).await.unwrap();
    let changed = settings.change(Change::GiveBack(Key::Secret), &anna()).await.unwrap();
    assert!(
        changed.before.starts_with("set (changed by anna, ") && changed.after == "set (configuration)",
        "{changed:?}"
    );
    assert_eq!(secret_of(&settings), "of-the-file");
    assert!(settings.in_force().paused.is_some());
    settings.change(Change::Resume, &anna()).await.unwrap();
    assert_eq!(*settings.in_force(), settings.configured());
    assert!(site.names().is_empty());
}

#[test]
fn the_old_secret_counts_until_its_end_also_after_a_restart() {
    let site = Site::new("secret = \"old-secret\"");
    let settings = site.load();
    settings.change_now(new_secret("new-secret", OldSecret::Week), &anna(), now()).unwrap();
    let last = now() + SignedDuration::from_hours(7 * 24) - SignedDuration::from_secs(1);
    for settings in [&settings, &site.load()] {
        let in_force = settings.in_force();
        for (given, at, is_accepted) in [
            (Some("new-secret"), last, true),
            (Some("old-secret"), last, true),
            (Some("old-secret"), last + SignedDuration::from_secs(1), false),
            (Some("new-secret"), last + SignedDuration::from_secs(1), true),
            (Some("other"), last, false),
            (Some(""), last, false),
            (None, last, false),
        ] {
            assert_eq!(in_force.accepts(given, at), is_accepted, "{given:?} at {at}");
        }
    }
    settings.change_now(Change::EndOldSecret, &anna(), now()).unwrap();
    assert!(!settings.in_force().accepts(Some("old-secret"), now()));
    assert!(!site.text().contains("old-secret"));
    assert_eq!(settings.change_now(Change::EndOldSecret, &anna(), now()), Err(ChangeError::NoOldSecret));
}

#[test]
fn with_0_the_old_secret_ends_at_once() {
    let site = Site::new("secret = \"old-secret\"");
    let settings = site.load();
    settings.change_now(new_secret("new-secret", OldSecret::Ends), &anna(), now()).unwrap();
    assert!(!settings.in_force().accepts(Some("old-secret"), now()));
    assert!(!site.text().contains("old-secret"));
}

#[test]
fn where_no_secret_was_asked_for_clients_have_the_same_time_to_bring_one() {
    let site = Site::new("");
    let settings = site.load();
    settings.change_now(new_secret("new-secret", OldSecret::Hour), &anna(), now()).unwrap();
    for settings in [&settings, &site.load()] {
        let in_force = settings.in_force();
        assert!(in_force.accepts(None, now()) && in_force.accepts(Some("any"), now()));
        let later = now() + SignedDuration::from_hours(1);
        assert!(!in_force.accepts(None, later) && in_force.accepts(Some("new-secret"), later));
    }
}

#[test]
fn an_old_secret_whose_time_is_over_is_erased_with_the_next_change() {
    let site = Site::new("secret = \"old-secret\"");
    let settings = site.load();
    settings.change_now(new_secret("new-secret", OldSecret::Hour), &anna(), now()).unwrap();
    assert!(site.text().contains("old-secret"));
    settings.change_now(pause(""), &anna(), now() + SignedDuration::from_hours(2)).unwrap();
    assert!(site.text().contains("new-secret") && !site.text().contains("old-secret"));
}

#[test]
fn networks_that_would_shut_out_their_author_are_refused() {
    let site = Site::new("allowed_networks = [\"192.0.2.0/24\"]");
    let settings = site.load();
    let own: IpAddr = "10.0.0.7".parse().unwrap();
    let change = |change| settings.change_now(change, &anna(), now());
    assert_eq!(change(networks(&["10.0.1.0/24"])), Err(ChangeError::LocksOut(own)));
    assert!(change(networks(&[])).is_ok());
    assert!(change(networks(&["10.0.0.0/24", "203.0.113.5/32"])).is_ok());
    // The configuration's would shut them out as well; the command on the machine may.
    assert_eq!(change(Change::GiveBack(Key::AllowedNetworks)), Err(ChangeError::LocksOut(own)));
    assert!(settings.in_force().allows(own));
    let by_command = Actor { name: "root".to_owned(), address: None };
    settings.give_back(Key::AllowedNetworks, &by_command).unwrap();
    assert!(!settings.in_force().allows(own));
}

#[test]
fn of_two_administrators_who_change_the_networks_at_one_time_the_second_is_warned() {
    let site = Site::new("allowed_networks = [\"10.0.0.0/8\"]");
    let settings = site.load();
    let add = |network, seen: &[&str]| {
        let change = Change::AllowedNetworks { networks: nets(&["10.0.0.0/8", network]), seen: Some(nets(seen)) };
        settings.change_now(change, &anna(), now()).map(|changed| changed.before)
    };
    assert_eq!(add("192.0.2.0/24", &["10.0.0.0/8"]).as_deref(), Ok("10.0.0.0/8"));
    assert_eq!(add("198.51.100.0/24", &["10.0.0.0/8"]), Err(ChangeError::ChangedMeanwhile));
    assert!(settings.in_force().allows("192.0.2.1".parse().unwrap()));
    assert!(add("198.51.100.0/24", &["10.0.0.0/8", "192.0.2.0/24"]).is_ok());
}

#[test]
fn a_change_that_is_refused_changes_nothing() {
    let site = Site::new("secret = \"of-the-file\"");
    let settings = site.load();
    let change = |change| settings.change_now(change, &anna(), now()).unwrap_err();
    assert_eq!(change(new_secret("short", OldSecret::Ends)), ChangeError::Secret(SecretProblem::Short));
    assert_eq!(change(new_secret("", OldSecret::Ends)), ChangeError::Secret(SecretProblem::Short));
    assert_eq!(change(new_secret("of-the-file", OldSecret::Ends)), ChangeError::SameSecret);
    let many = (0..501).map(|_| "10.0.0.0/8".parse().unwrap()).collect();
    assert_eq!(change(Change::AllowedNetworks { networks: many, seen: None }), ChangeError::TooManyNetworks);
    assert_eq!(*settings.in_force(), settings.configured());
    assert!(site.names().is_empty());
}

#[test]
fn without_a_state_directory_nothing_can_be_changed() {
    let settings = Settings::of_configuration(&crate::model::config::Http::default());
    assert!(!settings.is_writable());
    assert_eq!(settings.change_now(pause(""), &anna(), now()), Err(ChangeError::NoStateDirectory));
}

#[test]
fn a_state_directory_that_cannot_hold_the_file_is_named_with_what_to_do() {
    let site = Site::new("");
    let settings = site.load();
    let folder = site.folder.path();
    fs::remove_dir(folder).unwrap();
    let error = settings.change_now(pause(""), &anna(), now()).unwrap_err().to_string();
    assert!(error.contains("does not exist; create it"), "{error}");
    assert!(settings.why_not_writable().unwrap().contains("does not exist; create it"));
    fs::write(folder, "").unwrap();
    let error = settings.change_now(pause(""), &anna(), now()).unwrap_err().to_string();
    assert!(error.contains("is not a folder"), "{error}");
    fs::remove_file(folder).unwrap();
    fs::create_dir(folder).unwrap();
    settings.change_now(pause(""), &anna(), now()).unwrap();
}
