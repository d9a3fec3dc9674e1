//! From the name that a template gives a file to the file, which lies below the one folder or is refused.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use jitsi_properties::suggestion::nearest;

/// How many files of the folder are looked through for the one that was meant.
const MAX_LISTED: usize = 1000;

/// The file called `name` below `folder`; none when there is none. The error says why it cannot be taken.
///
/// Links are followed as long as they end below the folder.
pub(super) fn find(folder: &Path, name: &str) -> Result<Option<PathBuf>, String> {
    if !is_plain(name) {
        return Err(format!(
            "`{name}` is not a name below the folder of the templates: write it with `/`, without `..`, and not from the root"
        ));
    }
    let unreadable = |error: &io::Error| format!("the file `{name}` in {} cannot be read: {error}", folder.display());
    let path = folder.join(name);
    let end = match path.canonicalize() {
        Ok(end) => end,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    };
    let root = folder.canonicalize().map_err(|error| unreadable(&error))?;
    if !end.starts_with(&root) {
        return Err(format!("`{name}` is a link that leaves the folder of the templates, {}", folder.display()));
    }
    if !end.is_file() {
        return Err(format!("`{name}` in {} is a folder or a device, not a file", folder.display()));
    }
    Ok(Some(path))
}

/// What to say of a file that is not there.
pub(super) fn missing(folder: &Path, name: &str) -> String {
    let mut files = Vec::new();
    list(folder, folder, &mut files);
    let last = |path: &str| Path::new(path).file_name().map(OsStr::to_owned);
    let meant = nearest(name, files.iter().map(String::as_str))
        .or_else(|| files.iter().map(String::as_str).find(|file| last(file) == last(name)));
    let hint = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    format!("there is no file `{name}` in {}{hint}", folder.display())
}

/// Whether a name can only lead downwards, on any system.
fn is_plain(name: &str) -> bool {
    let parts = || name.split('/');
    !name.contains(|letter: char| letter == '\\' || letter.is_control())
        && parts().all(|part| !part.is_empty() && part != ".")
        && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Adds the names of files below `folder`, which lies below `root`.
fn list(root: &Path, folder: &Path, names: &mut Vec<String>) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        if names.len() >= MAX_LISTED {
            return;
        }
        let path = entry.path();
        // Not the kind of what a link leads to: a link to a folder could lead in circles.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => list(root, &path, names),
            Ok(_) => names.extend(path.strip_prefix(root).ok().and_then(Path::to_str).map(str::to_owned)),
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_what_lies_below_the_folder_is_found() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("templates");
        fs::create_dir_all(folder.join("sip")).unwrap();
        fs::write(folder.join("sip/account.properties"), "a=b").unwrap();
        fs::write(outer.path().join("secret"), "x").unwrap();
        symlink(outer.path().join("secret"), folder.join("out")).unwrap();
        symlink(outer.path(), folder.join("up")).unwrap();
        symlink(folder.join("sip"), folder.join("tel")).unwrap();
        symlink("/dev/zero", folder.join("zero")).unwrap();
        symlink("loop", folder.join("loop")).unwrap();

        let path = folder.join("sip/account.properties");
        assert_eq!(find(&folder, "sip/account.properties"), Ok(Some(path)));
        assert!(find(&folder, "tel/account.properties").unwrap().is_some());
        for name in ["nothing", "sip/account.properties/x", "sip/nothing"] {
            assert_eq!(find(&folder, name), Ok(None), "{name}");
        }
        for name in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../secret",
            "sip/../../secret",
            "./sip/account.properties",
            "sip//account.properties",
            "sip/",
            "sip\\account.properties",
            "a\0b",
            "sip/./account.properties",
        ] {
            assert!(find(&folder, name).unwrap_err().contains("is not a name below"), "{name}");
        }
        for name in ["out", "up/secret", "zero"] {
            assert!(find(&folder, name).unwrap_err().contains("leaves the folder"), "{name}");
        }
        assert!(find(&folder, "sip").unwrap_err().contains("not a file"));
        assert!(find(&folder, "loop").unwrap_err().contains("cannot be read"));
    }

    #[test]
    fn a_file_that_is_not_there_is_reported_with_the_one_that_was_meant() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sip")).unwrap();
        fs::write(folder.path().join("sip/account.properties"), "a=b").unwrap();
        let reported = |name| missing(folder.path(), name);
        assert!(reported("sip/acount.properties").ends_with("; did you mean `sip/account.properties`?"));
        assert!(reported("account.properties").ends_with("; did you mean `sip/account.properties`?"));
        assert!(reported("ldap").ends_with(&folder.path().display().to_string()));
    }
}
