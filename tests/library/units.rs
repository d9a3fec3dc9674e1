//! The units of systemd, as systemd itself judges them.

use std::path::{Path, PathBuf};
use std::process::Command;

const UNITS: [&str; 2] = ["openfire-provisioner.service", "openfire-provisioner-discover.service"];

/// The most that an attacker who has taken over the service may reach, on systemd's scale from 0 to 10, times ten.
const MOST_EXPOSURE: &str = "16";

fn unit(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/systemd").join(name)
}

/// What `systemd-analyze` says, and whether it is content.
fn analyze(arguments: &[&str], file: &Path) -> (String, bool) {
    let output = Command::new("systemd-analyze").args(arguments).arg(file).output().expect("systemd-analyze");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (said, output.status.success())
}

#[test]
fn each_unit_is_exposed_by_at_most_1_6() {
    for name in UNITS {
        let (said, content) =
            analyze(&["security", "--offline=yes", "--threshold", MOST_EXPOSURE, "--no-pager"], &unit(name));
        assert!(content && said.contains("Overall exposure level"), "{name}: {said}");
    }
}

/// Of the program only its place is replaced, since it is not installed here.
#[test]
fn systemd_understands_every_line_of_the_units() {
    let folder = tempfile::tempdir().unwrap();
    for name in UNITS {
        let text = std::fs::read_to_string(unit(name)).unwrap();
        let command = if name.contains("discover") { "discover" } else { "serve" };
        let start =
            format!("\nExecStart=openfire-provisioner {command} --config ${{CREDENTIALS_DIRECTORY}}/config.toml\n");
        assert!(text.contains(&start), "{name}: {text}");
        let file = folder.path().join(name);
        let program = env!("CARGO_BIN_EXE_openfire-provisioner");
        std::fs::write(&file, text.replace("=openfire-provisioner ", &format!("={program} "))).unwrap();
        let (said, content) = analyze(&["verify", "--man=no"], &file);
        assert!(content && !said.contains(name), "{said}");
    }
}

#[test]
fn both_units_run_as_the_user_that_is_made_for_them() {
    let users = std::fs::read_to_string(unit("openfire-provisioner.sysusers")).unwrap();
    assert!(users.lines().any(|line| line.starts_with("u openfire-provisioner - ")), "{users}");
    for name in UNITS {
        let text = std::fs::read_to_string(unit(name)).unwrap();
        assert!(text.contains("\nUser=openfire-provisioner\n") && !text.contains("DynamicUser"), "{name}");
        assert!(text.contains("\nRestartPreventExitStatus=2\n"), "{name}");
    }
    let discover = std::fs::read_to_string(unit(UNITS[1])).unwrap();
    assert!(discover.contains("\nCapabilityBoundingSet=\n") && discover.contains(" AF_NETLINK "), "{discover}");
}
