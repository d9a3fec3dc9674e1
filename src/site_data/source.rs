//! One source of data: where it is, and how what it delivers is read.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use xmpp_parsers::jid::DomainPart;
use zeroize::Zeroizing;

use super::command::CommandLine;
use super::endpoint::Endpoint;
use super::error::{DataError, ParseError};
use super::table::{Builder, Subject, Table};
use super::wiped::Wiped;
use super::{csv, document, text};
use crate::model::config::{self, DataKey};
use crate::model::files::ordinary_file;

/// Largest file, in bytes. 100,000 users with five values each have about 7 MiB.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Largest TOML file, in bytes. Its syntax tree takes twenty times that while it is read, and some of it stays with the process.
const MAX_TOML_BYTES: u64 = 2 * 1024 * 1024;

/// One source of data: a file, a command or an endpoint.
#[derive(Debug)]
pub struct Source {
    kind: SourceKind,
    every: Duration,
    reader: Arc<Reader>,
}

#[derive(Debug)]
enum SourceKind {
    File(PathBuf),
    CommandLine(CommandLine),
    Endpoint(Box<Endpoint>),
}

/// How bytes become a table.
#[derive(Debug)]
struct Reader {
    name: String,
    /// The file, command or endpoint, for messages.
    origin: String,
    format: DataFormat,
    domain: DomainPart,
    secrets: Vec<String>,
}

#[derive(Debug, Clone)]
enum DataFormat {
    Csv(csv::Dialect),
    Toml,
    Json,
}

impl Source {
    /// The sources that `config` names, in their order. Nothing is read, as with [`Source::new`].
    pub fn all(config: &config::Config) -> Result<Vec<Self>, DataError> {
        config.data.iter().map(|settings| Self::new(settings, &config.openfire.domain)).collect()
    }

    /// The source that `settings` describe; user names are those of `domain`.
    ///
    /// Nothing is read but the file of certificate authorities that an endpoint may have.
    pub fn new(settings: &config::Data, domain: &DomainPart) -> Result<Self, DataError> {
        let wrong = |(setting, problem)| DataError::Setting { name: settings.name.clone(), setting, problem };
        let (kind, format) = kind(settings).map_err(wrong)?;
        let reader = Reader {
            name: settings.name.clone(),
            origin: settings.origin(),
            format,
            domain: domain.clone(),
            secrets: settings.secrets.clone(),
        };
        Ok(Self { kind, every: settings.every, reader: Arc::new(reader) })
    }

    /// What messages call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.reader.name
    }

    /// The files that it is read from, to be watched; none for a command or endpoint.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        match &self.kind {
            SourceKind::File(path) => Some(path.as_path()),
            SourceKind::CommandLine(_) | SourceKind::Endpoint(_) => None,
        }
        .into_iter()
    }

    /// Time after which it is to be asked again; none for a file, which is read when it changed.
    #[must_use]
    pub fn every(&self) -> Option<Duration> {
        match self.kind {
            SourceKind::File(_) => None,
            SourceKind::CommandLine(_) | SourceKind::Endpoint(_) => Some(self.every),
        }
    }

    /// Reads a file now; none for a command or endpoint, which has to be [fetched](Self::fetch).
    pub fn read(&self) -> Result<Option<Table>, DataError> {
        match &self.kind {
            SourceKind::File(path) => self.reader.file(path).map(Some),
            SourceKind::CommandLine(_) | SourceKind::Endpoint(_) => Ok(None),
        }
    }

    /// Reads the file, or asks the command or endpoint, in the time that it has.
    ///
    /// Dropping the future ends the command with all that it started, or closes the connection.
    pub async fn fetch(&self) -> Result<Table, DataError> {
        let reader = Arc::clone(&self.reader);
        let delivered = match &self.kind {
            SourceKind::File(path) => {
                let path = path.clone();
                return self.reader.apart(move || reader.file(&path)).await;
            }
            SourceKind::CommandLine(command) => command.output().await,
            SourceKind::Endpoint(endpoint) => endpoint.get().await,
        };
        let bytes = delivered.map_err(|problem| self.reader.unavailable(problem))?;
        self.reader.apart(move || reader.table(bytes.bytes())).await
    }

    /// The table that `bytes` are, as if the source had delivered them.
    pub fn parse(&self, bytes: &[u8]) -> Result<Table, DataError> {
        self.reader.table(bytes)
    }
}

/// Where the data are and what format they have, or the setting that is wrong.
fn kind(settings: &config::Data) -> Result<(SourceKind, DataFormat), (&'static str, String)> {
    match (&settings.file, &settings.command, &settings.url) {
        (Some(path), None, None) => match format(path, settings) {
            Some(format) => Ok((SourceKind::File(path.clone()), format)),
            None => Err(("file", "its name must end in .csv, .toml or .json".to_owned())),
        },
        (None, Some(argv), None) => match CommandLine::new(argv, settings.timeout) {
            Some(command) => Ok((SourceKind::CommandLine(command), DataFormat::Json)),
            None => Err(("command", "it is empty".to_owned())),
        },
        (None, None, Some(url)) => {
            Ok((SourceKind::Endpoint(Box::new(Endpoint::new(url, settings)?)), DataFormat::Json))
        }
        _ => Err(("file", "a source has exactly one of `file`, `command` and `url`".to_owned())),
    }
}

/// What a file holds, by the end of its name.
fn format(path: &Path, settings: &config::Data) -> Option<DataFormat> {
    match path.extension()?.to_str()? {
        "csv" => Some(DataFormat::Csv(csv::Dialect {
            subject: match settings.by {
                DataKey::User => Subject::User,
                DataKey::Group => Subject::Group,
                DataKey::RosterGroup => Subject::RosterGroup,
            },
            key: settings.key.clone(),
            separator: u8::try_from(settings.separator).ok()?,
        })),
        "toml" => Some(DataFormat::Toml),
        "json" => Some(DataFormat::Json),
        _ => None,
    }
}

impl Reader {
    fn file(&self, path: &Path) -> Result<Table, DataError> {
        let (limit, advice) = match self.format {
            DataFormat::Csv(_) | DataFormat::Json => (MAX_FILE_BYTES, "is this the right file?"),
            DataFormat::Toml => (MAX_TOML_BYTES, "this much data loads faster as CSV or JSON: use one of them"),
        };
        let bytes = read_limited(path, limit).map_err(|error| self.unavailable(format!("cannot be read: {error}")))?;
        if bytes.len() as u64 > limit {
            return Err(self.unavailable(format!("has more than {} MiB; {advice}", limit >> 20)));
        }
        self.table(bytes.bytes())
    }

    fn table(&self, bytes: &[u8]) -> Result<Table, DataError> {
        self.built(bytes).map_err(|ParseError { line, problem }| DataError::Invalid {
            name: self.name.clone(),
            origin: self.origin.clone(),
            line,
            problem,
        })
    }

    fn built(&self, bytes: &[u8]) -> Result<Table, ParseError> {
        let text = text::decode(bytes)?;
        let mut builder = Builder::new(&self.domain, &self.secrets);
        match &self.format {
            DataFormat::Csv(format) => csv::read(text, format, &mut builder)?,
            DataFormat::Toml => document::toml(text, &mut builder)?,
            DataFormat::Json => document::json(text, &mut builder)?,
        }
        let whole = matches!(self.format, DataFormat::Csv(_));
        builder.finish(whole).map_err(|problem| ParseError { line: None, problem })
    }

    /// Does work that takes a while on a thread where it blocks no request.
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

/// A file's bytes, at most one more than `limit`.
fn read_limited(path: &Path, limit: u64) -> io::Result<Wiped> {
    let file = ordinary_file::open(path)?;
    let room = file.metadata()?.len().min(limit) + 1;
    let mut bytes = Wiped::with_capacity(usize::try_from(room).unwrap_or_default());
    let mut file = file.take(limit + 1);
    let mut chunk = Zeroizing::new(vec![0; 64 * 1024]);
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok(bytes),
            Ok(count) => bytes.push(chunk.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
