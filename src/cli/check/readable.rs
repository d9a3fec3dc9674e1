//! `check`: whether the user of the systemd unit can read the files that the configuration names.

use std::path::Path;

use super::Report;
use crate::model::config::Config;
use crate::model::files::process_user;
use crate::model::files::service_user::{NAME, Obstacle, ServiceUser};

/// Notes each file that the user of the unit cannot read. Only root is asked, since another user starts the service itself.
pub(super) fn check(config: &Config, report: &mut Report) {
    let Some(user) = ServiceUser::of_machine().filter(|_| process_user::uid() == 0) else { return };
    let beside = config.file.as_deref().and_then(Path::parent).unwrap_or(Path::new("/etc/openfire-provisioner"));
    for (key, file) in named(config) {
        if let Some(obstacle) = user.obstacle(file) {
            report.note(key, remedy(file, &obstacle, beside));
        }
    }
}

/// What happened, and the command that helps: a file beside the configuration is opened to the group, another one is copied
/// there, since it can belong to another program.
fn remedy(file: &Path, obstacle: &Obstacle, beside: &Path) -> String {
    let shown = file.display();
    let what = match obstacle {
        Obstacle::File => format!("the user `{NAME}` of the systemd unit cannot read {shown}"),
        Obstacle::Folder(folder) => format!(
            "the user `{NAME}` of the systemd unit cannot read {shown}, since it may not enter {}",
            folder.display()
        ),
    };
    match obstacle {
        Obstacle::Folder(folder) if beside.starts_with(folder) => {
            format!("{what}: `chgrp {NAME} {0} && chmod g+rx {0}`", folder.display())
        }
        Obstacle::File if file.starts_with(beside) => format!("{what}: `chgrp {NAME} {shown} && chmod 640 {shown}`"),
        _ => format!(
            "{what}: `install -m 640 -g {NAME} {shown} {}/`, and name that copy (docs/install.md, step 4)",
            beside.display()
        ),
    }
}

/// The files that the service reads itself, each with its key. systemd passes those of credentials, which have other rights.
fn named(config: &Config) -> impl Iterator<Item = (&'static str, &Path)> {
    let tls = config.http.tls.as_ref();
    let of_sections = [
        ("openfire.ca_file", &config.openfire.ca_file),
        ("openfire.reference_password_file", &config.openfire.reference_password_file),
        ("component.secret_file", &config.component.secret_file),
        ("http.secret_file", &config.http.secret_file),
        ("template.file", &config.template.file),
    ];
    let of_tls = tls
        .into_iter()
        .flat_map(|tls| [("http.tls.certificate", tls.certificate.as_path()), ("http.tls.key", tls.key.as_path())]);
    let of_rules = config.template.rule.iter().map(|rule| ("template.rule.file", rule.file.as_path()));
    let of_data = config.data.iter().flat_map(|data| {
        [
            ("data.file", &data.file),
            ("data.authorization_file", &data.authorization_file),
            ("data.ca_file", &data.ca_file),
        ]
    });
    of_sections
        .into_iter()
        .chain(of_data)
        .filter_map(|(key, file)| Some((key, file.as_deref()?)))
        .chain(of_tls)
        .chain(of_rules)
        .filter(|(_, file)| !file.starts_with("/run/credentials"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_fits_the_place_of_the_file() {
        let beside = Path::new("/etc/openfire-provisioner");
        for (file, obstacle, command) in [
            (
                "/etc/openfire-provisioner/http.secret",
                Obstacle::File,
                "chgrp openfire-provisioner /etc/openfire-provisioner/http.secret && chmod 640 ",
            ),
            (
                "/etc/letsencrypt/live/a/privkey.pem",
                Obstacle::Folder("/etc/letsencrypt/live".into()),
                "install -m 640 -g openfire-provisioner /etc/letsencrypt/live/a/privkey.pem /etc/openfire-provisioner/`",
            ),
            (
                "/etc/openfire-provisioner/http.secret",
                Obstacle::Folder("/etc/openfire-provisioner".into()),
                "chgrp openfire-provisioner /etc/openfire-provisioner && chmod g+rx /etc/openfire-provisioner`",
            ),
        ] {
            let remedy = remedy(Path::new(file), &obstacle, beside);
            assert!(remedy.contains(command), "{remedy}");
        }
    }
}
