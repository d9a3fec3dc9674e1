//! The texts of the man pages that the definition of the command line does not have.

use clap::Command;

/// A term and what it means.
pub(crate) type Entry = (&'static str, &'static str);

/// The exit codes of this command.
pub(crate) fn exit_status(command: &Command) -> &'static [Entry] {
    match command.get_name() {
        "serve" | "discover" => &[
            ("0", "SIGINT or SIGTERM ended it."),
            ("2", "It cannot run, for example because of a mistake in the configuration. A restart does not help."),
        ],
        _ => &[
            ("0", "There is nothing to change."),
            ("1", "There is a finding: something that you should change."),
            ("2", "The command cannot run. The standard error stream says why."),
        ],
    }
}

/// The files that commands read and write.
pub(crate) const FILES: &[Entry] = &[
    ("./config.toml", "The configuration, if this file belongs to the user who runs the command."),
    (
        "/etc/openfire-provisioner/config.toml",
        "The configuration otherwise. Its comments explain every setting. Only root and the service may read it, since it \
         holds secrets.",
    ),
    (
        "/var/lib/openfire-provisioner",
        "The state directory: what administrators have changed in the pages, and the audit log.",
    ),
];

/// The variables that commands read.
pub(crate) const ENVIRONMENT: &[Entry] = &[
    (
        "OPENFIRE_PROVISIONER__SECTION__KEY",
        "A setting of the configuration; it overrides the file. For example, \
         `OPENFIRE_PROVISIONER__LIMITS__REQUEST_DEADLINE=8s` sets `request_deadline` in the section `[limits]`. Write lists as \
         in the file, and other texts without quotation marks.",
    ),
    (
        "STATE_DIRECTORY",
        "The state directory if `admin.state_directory` is not set. systemd sets it from `StateDirectory=` in the unit.",
    ),
];

/// Other programs that an administrator uses with ours; all in section 1.
pub(crate) const SEE_ALSO: [&str; 2] = ["journalctl", "systemctl"];

/// Further reading.
pub(crate) const DOCUMENTATION: &str = "Handbook: /usr/share/doc/openfire-provisioner/";
