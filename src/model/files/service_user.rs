//! The user of the systemd units, and whether it can read a file: decided by owner, group and mode alone, without access lists.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use nix::unistd::User;

use crate::model::files::name_service;

/// Its name, and that of its group (`packaging/systemd/openfire-provisioner.sysusers`).
pub(crate) const NAME: &str = "openfire-provisioner";

/// The user, by numbers.
#[derive(Debug)]
pub(crate) struct ServiceUser {
    uid: u32,
    /// Its groups.
    gids: Vec<u32>,
}

/// What keeps the user from reading a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// The file itself.
    File,
    /// A folder on the way that it may not enter.
    Folder(PathBuf),
}

impl ServiceUser {
    /// The user, where this machine has it.
    pub(crate) fn of_machine() -> Option<Self> {
        let read = |file| std::fs::read_to_string(file).unwrap_or_default();
        let known = if name_service::IS_COMPLETE { User::from_name(NAME).ok().flatten() } else { None };
        let (uid, gid) = match known {
            Some(user) => (user.uid.as_raw(), user.gid.as_raw()),
            None => numbers(&read("/etc/passwd"))?,
        };
        Some(Self { uid, gids: [gid].into_iter().chain(groups(&read("/etc/group"))).collect() })
    }

    /// What keeps the user from reading `path`. Nothing where the file cannot be looked at.
    pub(crate) fn obstacle(&self, path: &Path) -> Option<Obstacle> {
        let named = std::path::absolute(path).ok()?;
        let real = path.canonicalize().ok()?;
        let folders = [&named, &real].into_iter().flat_map(|path| path.ancestors().skip(1));
        let mut closed: Vec<&Path> =
            folders.filter(|folder| folder.metadata().is_ok_and(|folder| !self.has(&folder, 0o1))).collect();
        closed.sort_by_key(|folder| folder.components().count());
        if let Some(outermost) = closed.first() {
            return Some(Obstacle::Folder(outermost.to_path_buf()));
        }
        (!self.has(&real.metadata().ok()?, 0o4)).then_some(Obstacle::File)
    }

    /// Whether the user has a right of 4 (read) or 1 (enter): only its own class counts, then that of its groups, then all.
    fn has(&self, file: &Metadata, right: u32) -> bool {
        let class = if file.uid() == self.uid {
            6
        } else if self.gids.contains(&file.gid()) {
            3
        } else {
            0
        };
        self.uid == 0 || file.mode() & (right << class) != 0
    }
}

/// User and group of the user in a file as passwd(5) describes it.
fn numbers(users: &str) -> Option<(u32, u32)> {
    let mut fields = users.lines().map(|user| user.split(':')).find_map(|mut fields| {
        let is_it = fields.next() == Some(NAME);
        is_it.then_some(fields)
    })?;
    Some((fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// The groups that the user was added to, in a file as group(5) describes it.
fn groups(groups: &str) -> impl Iterator<Item = u32> {
    groups.lines().filter_map(|group| {
        let mut fields = group.split(':').skip(2);
        let (gid, members) = (fields.next()?.parse().ok()?, fields.next()?);
        members.split(',').any(|member| member == NAME).then_some(gid)
    })
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_user_is_found_in_files_like_those_of_etc() {
        let users = "root:x:0:0::/:/bin/sh\nbroken\nopenfire-provisioner:!:994:993::/:/usr/sbin/nologin\n";
        assert_eq!(numbers(users), Some((994, 993)));
        assert_eq!(numbers("root:x:0:0::/:/bin/sh\n"), None);
        let of_groups = "root:x:0:\nbroken\nssl-cert:x:110:anna,openfire-provisioner\nadm:x:4:openfire-provisioner2\n";
        assert_eq!(groups(of_groups).collect::<Vec<_>>(), [110]);
    }

    #[test]
    fn what_keeps_the_user_from_a_file_is_named() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("folder");
        let file = folder.join("secret");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(&file, "").unwrap();
        let own = file.metadata().unwrap();
        let mode = |path: &Path, mode| std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        let stranger = ServiceUser { uid: 4_000_000_001, gids: vec![4_000_000_001] };
        let neighbour = ServiceUser { uid: 4_000_000_001, gids: vec![4_000_000_001, own.gid()] };
        mode(place.path(), 0o755);
        for (of_folder, of_file, for_neighbour, for_stranger) in [
            (0o755, 0o600, Some(Obstacle::File), Some(Obstacle::File)),
            (0o755, 0o640, None, Some(Obstacle::File)),
            (0o755, 0o604, Some(Obstacle::File), None),
            (0o755, 0o644, None, None),
            (0o750, 0o644, None, Some(Obstacle::Folder(folder.clone()))),
            (0o700, 0o644, Some(Obstacle::Folder(folder.clone())), Some(Obstacle::Folder(folder.clone()))),
        ] {
            mode(&folder, of_folder);
            mode(&file, of_file);
            assert_eq!(neighbour.obstacle(&file), for_neighbour, "{of_folder:o} {of_file:o}");
            assert_eq!(stranger.obstacle(&file), for_stranger, "{of_folder:o} {of_file:o}");
        }
        assert_eq!(stranger.obstacle(&place.path().join("missing")), None);
    }
}
