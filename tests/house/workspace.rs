//! All files of the workspace's crates, and which file each of their paths leads to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path as File, PathBuf};
use std::sync::LazyLock;

use crate::source::{Path, Source};

/// Files by their module paths.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    files: BTreeMap<Path, (PathBuf, Source)>,
    tests: Vec<Path>,
}

/// One file uses another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) file: PathBuf,
    pub(crate) line: usize,
    /// The module of the file.
    pub(crate) from: Path,
    /// The module that is used, followed through what its parents export of it.
    pub(crate) to: Path,
}

/// The workspace as it is, read once.
pub(crate) static WORKSPACE: LazyLock<Workspace> = LazyLock::new(Workspace::read);

/// The folder of the workspace.
pub(crate) fn root() -> &'static File {
    File::new(env!("CARGO_MANIFEST_DIR"))
}

impl Workspace {
    /// Reads `src` and `crates/*/src`.
    fn read() -> Self {
        let mut sources = vec![("openfire_provisioner".to_owned(), root().join("src"))];
        for entry in std::fs::read_dir(root().join("crates")).unwrap() {
            let folder = entry.unwrap().path();
            let name = folder.file_name().unwrap().to_str().unwrap().replace('-', "_");
            sources.push((name, folder.join("src")));
        }
        let mut files = Vec::new();
        for (name, folder) in &sources {
            for file in rust_files(folder) {
                let text = std::fs::read_to_string(&file).unwrap();
                files.push((module(name, folder, &file), file.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
        Self::from_files(&files)
    }

    /// Files with their modules and texts.
    pub(crate) fn from_files(files: &[(Path, PathBuf, String)]) -> Self {
        let crates: BTreeSet<String> = files.iter().map(|(module, ..)| module[0].clone()).collect();
        let crates: Vec<String> = crates.into_iter().collect();
        let read = |(module, file, text): &(Path, PathBuf, String)| {
            (module.clone(), (file.clone(), Source::read(text, module, &crates)))
        };
        let files: BTreeMap<_, _> = files.iter().map(read).collect();
        let tests = files.values().flat_map(|(_, source)| source.test_modules.clone()).collect();
        Self { files, tests }
    }

    /// The files that are no test code.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&Path, &PathBuf, &Source)> {
        let is_test = |module: &Path| self.tests.iter().any(|test| module.starts_with(test));
        self.files
            .iter()
            .filter(move |(module, _)| !is_test(module))
            .map(|(module, (file, source))| (module, file, source))
    }

    /// Which file uses which.
    pub(crate) fn uses(&self) -> Vec<Use> {
        let of = |(from, file, source): (&Path, &PathBuf, &Source)| {
            let (from, file) = (from.clone(), file.clone());
            let uses = source.paths.iter().map(move |(line, path)| {
                let to = self.file_of(path.clone());
                Use { file: file.clone(), line: *line, from: from.clone(), to }
            });
            uses.collect::<Vec<_>>()
        };
        self.files().flat_map(of).filter(|used| !used.to.is_empty() && used.to != used.from).collect()
    }

    /// The module that a path leads to: its longest beginning that is a file, or where that file has the name from.
    fn file_of(&self, mut path: Path) -> Path {
        // As long as names are handed on; a circle of names does not compile.
        for _ in 0..8 {
            let length = (1..=path.len()).rev().find(|length| self.files.contains_key(&path[..*length]));
            let Some(length) = length else { return Path::new() };
            let (module, rest) = path.split_at(length);
            let (_, source) = &self.files[module];
            let Some(target) = rest.first().and_then(|name| source.names.get(name)) else { return module.to_vec() };
            path = target.iter().chain(&rest[1..]).cloned().collect();
        }
        path
    }
}

/// All `.rs` files below a folder.
pub(crate) fn rust_files(folder: &File) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn module(name: &str, folder: &File, file: &File) -> Path {
    let inside = file.strip_prefix(folder).unwrap().with_extension("");
    let names = inside.iter().map(|name| name.to_str().unwrap().to_owned()).filter(|name| name != "lib");
    std::iter::once(name.to_owned()).chain(names).collect()
}
