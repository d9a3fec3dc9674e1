//! One source of data: where it is, and how what it delivers is read.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use xmpp_parsers::jid::DomainPart;
use zeroize::Zeroizing;

use super::error::{DataError, Fault};
use super::table::{Builder, Subject, Table};
use super::{csv, document, text};
use crate::config::{self, DataKey};

/// Largest file, in bytes. 100,000 users with five values each have about 7 MiB.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// One source of data: a file, a command or an endpoint.
#[derive(Debug)]
pub struct Source {
    kind: Kind,
    reader: Arc<Reader>,
}

#[derive(Debug)]
enum Kind {
    File(PathBuf),
}

/// How bytes become a table.
#[derive(Debug)]
struct Reader {
    name: String,
    /// The file, command or endpoint, for messages.
    origin: String,
    form: Form,
    domain: DomainPart,
    secrets: Vec<String>,
}

#[derive(Debug, Clone)]
enum Form {
    Csv(csv::Form),
    Toml,
    Json,
}

impl Source {
    /// The source that `settings` describe; user names are those of `domain`.
    ///
    /// Nothing is read but the file of certificate authorities that an endpoint may have.
    pub fn new(settings: &config::Data, domain: &DomainPart) -> Result<Self, DataError> {
        let setting = |setting: &'static str, problem: &str| DataError::Setting {
            name: settings.name.clone(),
            setting,
            problem: problem.to_owned(),
        };
        let (kind, origin, form) = match (&settings.file, &settings.command, &settings.url) {
            (Some(path), None, None) => {
                let form =
                    form(path, settings).ok_or_else(|| setting("file", "its name must end in .csv, .toml or .json"))?;
                (Kind::File(path.clone()), path.display().to_string(), form)
            }
            _ => return Err(setting("file", "a source needs exactly one of `file`, `command` and `url`")),
        };
        let reader = Reader {
            name: settings.name.clone(),
            origin,
            form,
            domain: domain.clone(),
            secrets: settings.secrets.clone(),
        };
        Ok(Self { kind, reader: Arc::new(reader) })
    }

    /// What messages call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.reader.name
    }

    /// The files that it is read from, to be watched; none for a command or endpoint.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let Kind::File(path) = &self.kind;
        std::iter::once(path.as_path())
    }

    /// Time after which it is to be asked again; none for a file, which is read when it changed.
    #[must_use]
    pub fn every(&self) -> Option<Duration> {
        match &self.kind {
            Kind::File(_) => None,
        }
    }

    /// Reads a file now; none for a command or endpoint, which has to be [fetched](Self::fetch).
    pub fn read(&self) -> Result<Option<Table>, DataError> {
        match &self.kind {
            Kind::File(path) => self.reader.file(path).map(Some),
        }
    }

    /// Reads the file, or asks the command or endpoint, in the time that it has.
    ///
    /// Dropping the future ends the command with all that it started, or closes the connection.
    pub async fn fetch(&self) -> Result<Table, DataError> {
        let reader = Arc::clone(&self.reader);
        match &self.kind {
            Kind::File(path) => {
                let path = path.clone();
                self.reader.apart(move || reader.file(&path)).await
            }
        }
    }

    /// The table that `bytes` are, as if the source had delivered them.
    pub fn parse(&self, bytes: &[u8]) -> Result<Table, DataError> {
        self.reader.table(bytes)
    }
}

/// What a file holds, by the end of its name.
fn form(path: &Path, settings: &config::Data) -> Option<Form> {
    match path.extension()?.to_str()? {
        "csv" => Some(Form::Csv(csv::Form {
            subject: match settings.by {
                DataKey::User => Subject::User,
                DataKey::Group => Subject::Group,
                DataKey::RosterGroup => Subject::RosterGroup,
            },
            key: settings.key.clone(),
            separator: u8::try_from(settings.separator).ok()?,
        })),
        "toml" => Some(Form::Toml),
        "json" => Some(Form::Json),
        _ => None,
    }
}

impl Reader {
    fn file(&self, path: &Path) -> Result<Table, DataError> {
        let bytes = read_limited(path).map_err(|error| self.unavailable(format!("cannot be read: {error}")))?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(self.unavailable(format!("has more than {MAX_FILE_BYTES} bytes; is this the right file?")));
        }
        self.table(&bytes)
    }

    fn table(&self, bytes: &[u8]) -> Result<Table, DataError> {
        self.built(bytes).map_err(|Fault { line, problem }| DataError::Invalid {
            name: self.name.clone(),
            origin: self.origin.clone(),
            line,
            problem,
        })
    }

    fn built(&self, bytes: &[u8]) -> Result<Table, Fault> {
        let text = text::decode(bytes)?;
        let mut builder = Builder::new(&self.domain, &self.secrets);
        match &self.form {
            Form::Csv(form) => csv::read(text, form, &mut builder)?,
            Form::Toml => document::toml(text, &mut builder)?,
            Form::Json => document::json(text, &mut builder)?,
        }
        let whole = matches!(self.form, Form::Csv(_));
        builder.finish(whole).map_err(|problem| Fault { line: None, problem })
    }

    /// Does work that takes a while where it holds nobody up.
    async fn apart(
        &self,
        work: impl FnOnce() -> Result<Table, DataError> + Send + 'static,
    ) -> Result<Table, DataError> {
        spawn_blocking(work).await.unwrap_or_else(|_| Err(self.unavailable("reading was broken off")))
    }

    fn unavailable(&self, problem: impl Into<String>) -> DataError {
        DataError::Unavailable { name: self.name.clone(), origin: self.origin.clone(), problem: problem.into() }
    }
}

/// A file's bytes, at most one more than a file may have.
fn read_limited(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let metadata = path.metadata()?;
    if !metadata.is_file() {
        // Opening a pipe would wait for somebody who writes.
        return Err(io::Error::other("it is no ordinary file"));
    }
    // With room for all of it, so that no half-read copy stays behind in memory.
    let room = metadata.len().min(MAX_FILE_BYTES) + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(room).unwrap_or_default()));
    File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
