//! The files, each read once, and what each name stands for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use minijinja::machinery;

use super::super::error::{LocatedError, TemplateError};
use super::super::language::environment::syntax;
use super::references::Reference;
use super::source::SourceFile;
use super::{blocks, modifiers, names, references};

/// Most files that all templates together may be made of.
const MAX_FILES: usize = 200;

/// Most bytes of all files together.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// All files that templates are made of.
pub(in crate::template) struct Library {
    folder: Option<PathBuf>,
    files: Vec<File>,
    /// What each name that the files use stands for; none where there is no such file.
    names: BTreeMap<String, Option<FileId>>,
    /// The same file by whatever path.
    places: BTreeMap<PathBuf, FileId>,
    bytes: usize,
    errors: Vec<LocatedError>,
}

/// Which of a library's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::template) struct FileId(pub(super) usize);

/// One file.
pub(in crate::template) struct File {
    /// Where it lies; none for the one that is built in.
    pub(in crate::template) path: Option<PathBuf>,
    /// Its name for people, and its text.
    pub(in crate::template) source: SourceFile,
    pub(super) references: Vec<Reference>,
}

impl Library {
    /// An empty library. What files name is looked up below `folder`.
    pub(in crate::template) fn new(folder: Option<&Path>) -> Self {
        // The parent of a bare file name is an empty path, which the system does not know.
        let named = |folder: &Path| if folder.as_os_str().is_empty() { Path::new(".") } else { folder }.to_owned();
        Self {
            folder: folder.map(named),
            files: Vec::new(),
            names: BTreeMap::new(),
            places: BTreeMap::new(),
            bytes: 0,
            errors: Vec::new(),
        }
    }

    /// Reads the file that the configuration names, and all that it names itself. What is wrong with those is kept for
    /// [`Library::errors`].
    pub(in crate::template) fn read(&mut self, path: &Path) -> Result<FileId, TemplateError> {
        if let Some(known) = self.known(path) {
            return Ok(known);
        }
        let source = SourceFile::read(path)?;
        Ok(self.add(Some(path), source))
    }

    /// Takes a text that no file has, and reads all that it names.
    pub(in crate::template) fn add(&mut self, path: Option<&Path>, source: SourceFile) -> FileId {
        let id = self.put(path, source);
        let mut next = id.0;
        while let Some(file) = self.files.get(next) {
            let (name, references) = (file.source.name.clone(), file.references.clone());
            for reference in references {
                if let Err(message) = self.follow(&reference) {
                    self.errors.push(LocatedError::at(&name, reference.line, message));
                }
            }
            next += 1;
        }
        id
    }

    /// What is wrong with the files themselves.
    pub(super) fn errors(&self) -> &[LocatedError] {
        &self.errors
    }

    /// The files, in the order in which they were read.
    pub(in crate::template) fn files(&self) -> impl Iterator<Item = (FileId, &File)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index), file))
    }

    /// One of the files.
    pub(in crate::template) fn file(&self, id: FileId) -> Option<&File> {
        self.files.get(id.0)
    }

    /// The first of `names` that is there.
    pub(in crate::template) fn first<'n>(&self, names: impl IntoIterator<Item = &'n String>) -> Option<FileId> {
        names.into_iter().find_map(|name| self.names.get(name).copied().flatten())
    }

    /// Each name that files use, with the file it stands for.
    pub(in crate::template) fn names(&self) -> impl Iterator<Item = (&str, &File)> {
        self.names.iter().filter_map(|(name, id)| Some((name.as_str(), self.file((*id)?)?)))
    }

    /// The folder below which names are looked up.
    pub(in crate::template) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Reads what a reference names, as far as it is not there yet.
    fn follow(&mut self, reference: &Reference) -> Result<(), String> {
        let names = reference.names.as_ref().map_err(|problem| (*problem).to_owned())?;
        for name in names {
            if self.fetch(name)?.is_some() {
                return Ok(());
            }
        }
        match (names.as_slice(), &self.folder) {
            _ if reference.may_miss => Ok(()),
            ([name], Some(folder)) => Err(names::missing(folder, name)),
            _ => Err(format!("none of these files exists: {}", names.join(", "))),
        }
    }

    /// The file called `name`, read if it was not yet; none when there is none. What was once found stays so, since the
    /// rest of the work builds on it.
    fn fetch(&mut self, name: &str) -> Result<Option<FileId>, String> {
        if let Some(known) = self.names.get(name) {
            return Ok(*known);
        }
        let Some(folder) = &self.folder else {
            return Err(format!(
                "`{name}` cannot be looked up, since there is no folder of templates: set template.folder"
            ));
        };
        let found = match names::find(folder, name)? {
            // The `.` of a folder comes from an empty path, not from the configuration.
            Some(path) => Some(self.take(path.strip_prefix(".").unwrap_or(&path))?),
            None => None,
        };
        self.names.insert(name.to_owned(), found);
        Ok(found)
    }

    fn take(&mut self, path: &Path) -> Result<FileId, String> {
        if let Some(known) = self.known(path) {
            return Ok(known);
        }
        if self.files.len() >= MAX_FILES || self.bytes > MAX_BYTES {
            return Err(format!("the templates have more than {MAX_FILES} files or {MAX_BYTES} bytes; include fewer"));
        }
        let source = match SourceFile::read(path) {
            Ok(source) => source,
            Err(TemplateError::Unreadable { source, .. }) => {
                return Err(format!("{} cannot be read: {source}", path.display()));
            }
            // An error has its own file and line; the file counts as empty from here on.
            Err(error) => {
                if let TemplateError::Invalid(errors) = error {
                    self.errors.extend(errors);
                }
                SourceFile { name: path.display().to_string(), text: String::new() }
            }
        };
        Ok(self.put(Some(path), source))
    }

    fn put(&mut self, path: Option<&Path>, source: SourceFile) -> FileId {
        let references = match machinery::parse(&source.text, &source.name, syntax()) {
            Ok(tree) => {
                self.errors.extend(modifiers::errors(&source));
                references::references(&tree)
            }
            Err(error) => {
                let unbalanced = blocks::unbalanced(&source, error.detail().unwrap_or_default());
                self.errors.push(unbalanced.unwrap_or_else(|| LocatedError::from_sample(&source.name, &error)));
                Vec::new()
            }
        };
        let id = FileId(self.files.len());
        if let Some(place) = path.and_then(|path| path.canonicalize().ok()) {
            self.places.insert(place, id);
        }
        self.bytes += source.text.len();
        self.files.push(File { path: path.map(Path::to_owned), source, references });
        id
    }

    fn known(&self, path: &Path) -> Option<FileId> {
        self.places.get(&path.canonicalize().ok()?).copied()
    }
}
