//! How wide folders are, and the targets of the log.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::map::{MOST_FILES, TARGETS, assert_none};
use crate::workspace::{WORKSPACE, root, rust_files};

#[test]
fn no_folder_has_more_files_of_its_own_than_a_reader_keeps_in_mind() {
    let mut folders: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let tops = ["src", "crates", "tests", "benches"].map(|top| root().join(top));
    for file in tops.iter().filter(|top| top.exists()).flat_map(|top| rust_files(top)) {
        if !file.with_extension("").is_dir() {
            let folder = file.parent().unwrap().strip_prefix(root()).unwrap();
            *folders.entry(folder.to_owned()).or_default() += 1;
        }
    }
    let wide: Vec<_> = folders.iter().filter(|(_, files)| **files > MOST_FILES).collect();
    assert!(wide.is_empty(), "more than {MOST_FILES} files: {wide:?}; sort them into folders by what they are about");
}

#[test]
fn the_log_keeps_its_targets() {
    let (mut found, mut complaints) = (BTreeSet::new(), Vec::new());
    for (_, file, source) in WORKSPACE.files().filter(|(module, ..)| module[0] == "openfire_provisioner") {
        for (line, target) in &source.targets {
            let target = if target == "TARGET" { source.target.as_ref().unwrap() } else { target };
            found.insert(&**target);
            if !TARGETS.contains(&&**target) {
                complaints.push(format!(
                    "{}:{line}: {target} is no target that docs/contracts.md promises; a file that moves keeps its \
                     target, and a new one is listed in tests/house/map.rs",
                    file.display()
                ));
            }
        }
    }
    let gone = TARGETS.iter().filter(|target| !found.contains(**target));
    complaints
        .extend(gone.map(|gone| format!("no line of the log has the target {gone} any more, and filters name it")));
    assert_none(&complaints);
}

/// A filter names a target or what stands before it.
#[test]
fn the_documentation_lists_every_target_or_what_it_begins_with() {
    let Ok(page) = std::fs::read_to_string(root().join("docs/contracts.md")) else { return };
    for &target in TARGETS {
        let names = target.match_indices("::").skip(1).map(|(at, _)| &target[..at]).chain([target]);
        let is_listed = names.into_iter().any(|name| page.contains(&format!("`{name}`")));
        assert!(is_listed, "docs/contracts.md lists no filter for {target}");
    }
}
