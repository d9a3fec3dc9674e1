//! As whom this process runs, for messages about files that it may not read.

use std::io;
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, User, geteuid};

use crate::model::files::name_service;

/// The user of this process: name and number.
pub(crate) fn of_process() -> String {
    described(geteuid().as_raw())
}

/// The number of the user of this process.
pub(crate) fn uid() -> u32 {
    geteuid().as_raw()
}

/// A user by number, with the name that the system has for it.
pub(crate) fn described(uid: u32) -> String {
    let name = if name_service::IS_COMPLETE {
        User::from_uid(Uid::from_raw(uid)).ok().flatten().map(|user| user.name)
    } else {
        std::fs::read_to_string("/etc/passwd").ok().and_then(|users| named_in(&users, uid))
    };
    name.map_or_else(|| format!("uid {uid}"), |name| format!("{name} (uid {uid})"))
}

/// The name of a user in a file as passwd(5) describes it.
fn named_in(users: &str, uid: u32) -> Option<String> {
    users.lines().find_map(|user| {
        let mut fields = user.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

/// An error of opening `path`; where permission is missing it says to whom, at which folder, and what to change.
pub(crate) fn explained(path: &Path, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::PermissionDenied {
        return error;
    }
    let what = match closed_folder(path) {
        Some(folder) => format!("enter the folder {}", folder.display()),
        None => "read it".to_owned(),
    };
    let problem = format!(
        "permission denied: this process runs as {}, which may not {what}; let that user read the file (`chgrp GROUP FILE` \
         with a group that it is in, and `chmod 640 FILE`), or have systemd pass a copy with \
         `LoadCredential=`: see docs/install.md, step 4",
        of_process()
    );
    io::Error::new(io::ErrorKind::PermissionDenied, problem)
}

/// The outermost folder on the way to `path` that may not be entered.
fn closed_folder(path: &Path) -> Option<PathBuf> {
    let is_denied = |path: &Path| path.metadata().is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
    let path = std::path::absolute(path).ok()?;
    let mut below: Vec<&Path> = path.ancestors().collect();
    below.reverse();
    below.into_iter().find(|path| is_denied(path)).and_then(Path::parent).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_number_in_a_list_like_etc_passwd() {
        let users = "root:x:0:0:root:/root:/bin/sh\n+nis::::::\nbroken\nanna:x:1000:0:Anna:/home/anna:/bin/sh\n";
        assert_eq!(named_in(users, 1000).as_deref(), Some("anna"));
        assert_eq!(named_in(users, 0).as_deref(), Some("root"));
        assert_eq!(named_in(users, 1), None);
    }

    #[test]
    fn root_has_its_name_and_a_user_without_a_name_its_number() {
        assert_eq!(described(0), "root (uid 0)");
        assert_eq!(described(4_000_000_001), "uid 4000000001");
    }

    #[test]
    fn only_a_lack_of_permission_is_explained() {
        let error = explained(Path::new("/etc/passwd"), io::ErrorKind::PermissionDenied.into());
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert!(error.to_string().contains(&format!("runs as {}, which may not read it;", of_process())), "{error}");
        let error = explained(Path::new("/etc/passwd"), io::Error::from_raw_os_error(2));
        assert_eq!(error.raw_os_error(), Some(2));
    }
}
