//! A file that is damaged, cut off, open to others or changed by others.

use super::*;

#[test]
fn a_damaged_file_is_set_aside_and_never_overwritten() {
    let site = Site::new("secret = \"of-the-file\"");
    let texts =
        ["", "version = 2\n# End of the settings.\n", "= [", "version = 1\nother = 1\n# End of the settings.\n"];
    for text in texts {
        site.write(text);
        let settings = site.load();
        assert_eq!(*settings.in_force(), settings.configured(), "{text}");
        let problem = settings.problem().unwrap();
        assert!(problem.contains("was damaged (") && problem.contains("was set aside as "), "{problem}");
        assert!(!site.file().exists());
    }
    let names = site.names();
    assert_eq!(names.len(), texts.len(), "{names:?}");
    let kept: Vec<String> =
        names.iter().map(|name| fs::read_to_string(site.folder.path().join(name)).unwrap()).collect();
    for text in texts {
        assert!(kept.iter().any(|kept| kept == text), "{text}");
    }
    assert!(names.iter().all(|name| name.starts_with("settings.toml.damaged-20")), "{names:?}");
}

#[test]
fn what_is_wrong_with_a_damaged_file_is_reported_without_its_secret() {
    let site = Site::new("");
    site.load().change_now(new_secret("s3cr3t-w0rd", OldSecret::Ends), &anna(), now()).unwrap();
    let text = site.text();
    for (from, to, words) in [
        ("value = \"s3cr3t-w0rd\"", "value = s3cr3t-w0rd", "line 8: "),
        ("value = \"s3cr3t-w0rd\"", "value = [\"s3cr3t-w0rd\"]", "a value of the wrong kind"),
        ("value = \"s3cr3t-w0rd\"", "value = \"\"", "`http.secret.value` is empty"),
        ("at = \"2026-07-01T12:00:00Z\"", "at = \"s3cr3t-w0rd\"", "`http.secret.at` is not a time"),
        ("by = \"anna\"", "by = \"an\\u0007na\"", "`http.secret.by` holds control characters"),
        ("# End of the settings.", "", "its last line is not"),
    ] {
        assert!(text.contains(from), "{from}: {text}");
        site.write(&text.replace(from, to));
        let problem = site.load().problem().unwrap();
        assert!(problem.contains(words), "{words}: {problem}");
        assert!(!problem.contains("s3cr3t"), "{problem}");
    }
}

/// A lost end must not open what it had closed.
#[test]
fn a_file_that_was_cut_off_is_damaged() {
    let site = Site::new("");
    let settings = site.load();
    settings.change_now(new_secret("new-secret", OldSecret::Month), &anna(), now()).unwrap();
    settings.change_now(networks(&["10.0.0.0/8"]), &anna(), now()).unwrap();
    let text = site.text();
    for length in 0..text.trim_end().len() {
        assert!(Stored::parse(&text[..length]).is_err(), "{length}");
    }
    assert!(Stored::parse(text.trim_end()).is_ok());
}

#[test]
fn a_file_that_could_be_another_users_word_is_not_used_and_stays() {
    let site = Site::new("");
    site.load().change_now(pause("x"), &anna(), now()).unwrap();
    let refused = |words: &str| {
        let settings = site.load();
        let problem = settings.problem().unwrap();
        assert!(problem.contains(words), "{problem}");
        assert_eq!(settings.in_force().paused, None);
        assert!(matches!(settings.change_now(pause("y"), &anna(), now()), Err(ChangeError::File(_))));
        assert!(site.file().symlink_metadata().is_ok());
    };
    fs::set_permissions(site.file(), fs::Permissions::from_mode(0o660)).unwrap();
    refused("other users may write to it");
    fs::rename(site.file(), site.folder.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", site.file()).unwrap();
    refused("is a symbolic link");
    fs::remove_file(site.file()).unwrap();
    fs::create_dir(site.file()).unwrap();
    refused("it is a folder or a device");
}

#[test]
fn a_file_that_others_can_read_counts_and_is_noted() {
    let site = Site::new("");
    site.load().change_now(pause("x"), &anna(), now()).unwrap();
    fs::set_permissions(site.file(), fs::Permissions::from_mode(0o644)).unwrap();
    let outlook = Settings::look(&site.config);
    assert!(outlook.in_force.paused.is_some() && outlook.problem.is_none());
    assert!(outlook.note.unwrap().contains("chmod 600"));
    // The next change closes it.
    site.load().change_now(pause("y"), &anna(), now()).unwrap();
    assert_eq!(site.file().metadata().unwrap().mode() & 0o777, 0o600);
}

#[test]
fn looking_moves_nothing() {
    let site = Site::new("");
    site.write("damaged");
    let outlook = Settings::look(&site.config);
    assert!(outlook.problem.unwrap().contains("is damaged: "));
    assert_eq!(site.names(), [FILE_NAME]);
}

#[test]
fn a_change_by_hand_comes_into_force_and_a_mistake_does_not() {
    let site = Site::new("");
    let settings = site.load();
    settings.change_now(networks(&["10.0.0.0/8"]), &anna(), now()).unwrap();
    let text = site.text();
    site.write(&text.replace("10.0.0.0/8", "10.0.0.0/16"));
    settings.reload();
    assert_eq!(settings.in_force().allowed_networks[0].to_string(), "10.0.0.0/16");
    site.write(&text.replace("10.0.0.0/8", "10.0.0.0/99"));
    settings.reload();
    assert_eq!(settings.in_force().allowed_networks[0].to_string(), "10.0.0.0/16");
    let problem = settings.problem().unwrap();
    assert!(problem.contains("is damaged: `10.0.0.0/99` is not a network") && problem.contains("stays"), "{problem}");
    assert_eq!(site.names(), [FILE_NAME]);
    fs::remove_file(site.file()).unwrap();
    settings.reload();
    assert!(settings.in_force().allowed_networks.is_empty() && settings.problem().is_none());
}

#[test]
fn a_change_over_a_damaged_file_keeps_what_is_in_force() {
    let site = Site::new("");
    let settings = site.load();
    settings.change_now(networks(&["10.0.0.0/8"]), &anna(), now()).unwrap();
    site.write("half a li");
    settings.change_now(pause(""), &anna(), now()).unwrap();
    let restarted = site.load();
    assert_eq!(restarted.in_force(), settings.in_force());
    assert_eq!(restarted.in_force().allowed_networks.len(), 1);
    assert_eq!(site.names().len(), 2);
}

#[test]
fn two_programs_never_write_at_the_same_time() {
    let site = Site::new("");
    let settings = site.load();
    let lock = SettingsFile::new(site.folder.path().to_owned()).lock().unwrap();
    let error = settings.change_now(pause(""), &anna(), now()).unwrap_err().to_string();
    assert!(error.contains("another program is changing"), "{error}");
    drop(lock);
    settings.change_now(pause(""), &anna(), now()).unwrap();
}

#[test]
fn what_a_killed_program_has_left_is_no_hindrance() {
    let site = Site::new("");
    fs::write(site.folder.path().join(".settings.toml.new"), "half").unwrap();
    site.load().change_now(pause(""), &anna(), now()).unwrap();
    assert_eq!(site.names(), [FILE_NAME]);
}

#[test]
fn no_secret_is_in_what_is_printed() {
    let site = Site::new("secret = \"of-the-file\"");
    let settings = site.load();
    let changed = settings.change_now(new_secret("new-secret", OldSecret::Hour), &anna(), now()).unwrap();
    let printed = format!("{settings:?} {changed:?} {:?}", settings.configured());
    assert!(!printed.contains("new-secret") && !printed.contains("of-the-file"), "{printed}");
}

proptest! {
    #[test]
    fn whatever_is_typed_is_read_back_as_one_line(reason in any::<String>(), name in any::<String>()) {
        let site = Site::new("");
        let actor = Actor { name, address: None };
        site.load().change_now(Change::Pause { reason }, &actor, now()).unwrap();
        let found = SettingsFile::new(site.folder.path().to_owned()).read();
        let Found::Stored { stored, .. } = found else { panic!("{found:?}") };
        let paused = stored.paused.unwrap();
        prop_assert!(!paused.reason.contains(char::is_control) && paused.reason.chars().count() <= 200);
        prop_assert!(!paused.by.contains(char::is_control) && paused.by.chars().count() <= 200);
    }
}
