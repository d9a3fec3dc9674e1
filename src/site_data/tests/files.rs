use std::fs::File;
use std::path::Path;

use super::*;

/// What is wrong with the file at `path`.
fn message(path: &Path) -> String {
    let source = source(&format!("file = \"{}\"", path.display()));
    let error = source.read().unwrap_err();
    error.to_string().replace(&path.display().to_string(), "FILE")
}

#[test]
fn a_file_that_cannot_be_read_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.json");
    insta::assert_snapshot!(message(&path), @"data `s`: FILE: cannot be read: No such file or directory (os error 2)");
    File::create(&path).unwrap().set_len(64 * 1024 * 1024 + 1).unwrap();
    insta::assert_snapshot!(message(&path), @"data `s`: FILE: has more than 64 MiB; is this the right file?");
    let toml = folder.path().join("t.toml");
    File::create(&toml).unwrap().set_len(2 * 1024 * 1024 + 1).unwrap();
    insta::assert_snapshot!(message(&toml), @"data `s`: FILE: has more than 2 MiB; this much data loads faster as CSV or JSON: use one of them");
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    insta::assert_snapshot!(message(&path), @"data `s`: FILE: cannot be read: it is a folder or a device, not a file");
}

#[tokio::test]
async fn a_file_is_read_and_fetched_alike() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, "username,a\nanna,1\n").unwrap();
    let source = source(&format!("file = \"{}\"", path.display()));
    assert_eq!(source.files().collect::<Vec<_>>(), [path.as_path()]);
    assert_eq!(source.every(), None);
    assert_eq!(source.read().unwrap().unwrap().users(), 1);
    assert_eq!(source.fetch().await.unwrap().users(), 1);
    let command = super::source("command = [\"/bin/true\"]\nevery = \"30s\"");
    assert_eq!((command.files().count(), command.every()), (0, Some(std::time::Duration::from_secs(30))));
}
