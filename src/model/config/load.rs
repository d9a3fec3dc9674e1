//! From a file and the environment to a checked [`Config`].
//!
//! 1. The file is parsed; a syntax error names its line.
//! 2. Variables `OPENFIRE_PROVISIONER__SECTION__KEY` are laid over it. A value that reads as a boolean, a whole number
//!    or an array of TOML is taken as that where the key takes it, everything else as text; secrets are always text. A
//!    list of tables is one variable: `OPENFIRE_PROVISIONER__DATA`.
//! 3. The whole is deserialised; unknown keys are errors.
//! 4. Relative paths are taken from the file's folder, secrets are read from their files.
//! 5. The rules that concern more than one key are checked.

mod check;
mod environment;
mod error;
mod rules;
mod unedited;

use std::path::{Path, PathBuf};

use jitsi_properties::secret_names::is_secret_name;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use self::environment::{PREFIX, is_within, key_of, lay_over, no_list, of_variable, wants_text};
pub use self::error::{ConfigError, Origin};
use self::error::{explain, line_at, span_of};
use super::value::duration;
use super::{Config, Discovery, Http, Log, Template};
use crate::model::files::ordinary_file;

/// Largest configuration file, in bytes. The example that shows every key has about 20 KiB.
const MAX_CONFIG_BYTES: usize = 1024 * 1024;

/// Largest file that a secret is read from, in bytes.
const MAX_SECRET_BYTES: usize = 4096;

impl Config {
    /// Reads `file`, lays the environment over it and checks the whole.
    ///
    /// Without a file everything comes from the environment. No template or certificate is opened here.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let folder = file.and_then(Path::parent).unwrap_or(Path::new("."));
        let config = ConfigText::read(file)?.config(folder)?;
        Ok(Self { file: file.map(Path::to_owned), ..config })
    }
}

/// What `discover` reads of the configuration: these two sections. All others may be missing, and their secrets are not kept.
#[derive(Debug, Clone, Deserialize)]
pub struct DiscoverConfig {
    /// How clients find the service on their network.
    #[serde(default)]
    pub discovery: Discovery,
    /// What is logged, and in which form.
    #[serde(default)]
    pub log: Log,
}

impl DiscoverConfig {
    /// Reads the two sections of `file`, lays the environment over them and checks them.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        ConfigText::read(file)?.discover_config()
    }

    /// The same where the configuration is for `discover` alone: it has `[discovery]`, and neither `[openfire]` nor
    /// `[component]`. Otherwise none.
    #[must_use]
    pub fn load_alone(file: Option<&Path>) -> Option<Result<Self, ConfigError>> {
        ConfigText::read(file).ok()?.discover_config_alone()
    }
}

/// What `snippets` reads of the configuration: these sections. All others may be missing, and no secret is read.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct SnippetConfig {
    /// How clients find the service on their network.
    #[serde(default)]
    pub discovery: Discovery,
    /// The HTTP front.
    #[serde(default)]
    pub http: Http,
    /// The templates, which say what fields of the request they use.
    #[serde(default)]
    pub template: Template,
}

impl SnippetConfig {
    /// Reads these sections of `file`, lays the environment over them and checks the URLs.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let text = ConfigText::read(file)?;
        let mut config: Self = text.deserialise()?;
        let folder = file.and_then(Path::parent).unwrap_or(Path::new(""));
        resolve_template(&mut config.template, folder);
        if let Some(tls) = &mut config.http.tls {
            tls.certificate = folder.join(&tls.certificate);
        }
        check::check_of_snippets(&config).map_err(|(key, problem)| text.error(&key, problem))?;
        Ok(config)
    }
}

/// The texts that settings come from.
pub(super) struct ConfigText {
    /// Name of the file, for messages.
    pub(super) name: String,
    pub(super) text: String,
    /// Names and values of the variables that begin with the prefix.
    pub(super) environment: Vec<(String, String)>,
}

impl ConfigText {
    /// The checked configuration; relative paths are taken from `folder`.
    pub(super) fn config(&self, folder: &Path) -> Result<Config, ConfigError> {
        let mut config: Config = self.deserialise()?;
        if config.component.name.is_empty() {
            config.component.name = format!("provisioning.{}", config.openfire.domain);
        }
        resolve_paths(&mut config, folder);
        self.read_secrets(&mut config)?;
        check::check(&config).map_err(|(key, problem)| self.error(&key, problem))?;
        rules::check(&config).map_err(|(key, problem)| self.error(&key, problem))?;
        Ok(config)
    }

    /// The checked sections that `discover` reads.
    pub(super) fn discover_config(&self) -> Result<DiscoverConfig, ConfigError> {
        let config = self.deserialise()?;
        check::check_of_discover(&config).map_err(|(key, problem)| self.error(&key, problem))?;
        Ok(config)
    }

    /// The same sections, where the service has none of its own.
    pub(super) fn discover_config_alone(&self) -> Option<Result<DiscoverConfig, ConfigError>> {
        let sections: Table = self.deserialise().ok()?;
        let is_alone = sections.contains_key("discovery")
            && !["openfire", "component"].iter().any(|section| sections.contains_key(*section));
        is_alone.then(|| self.discover_config())
    }

    /// The texts of `file`, and of the variables that are set.
    fn read(file: Option<&Path>) -> Result<Self, ConfigError> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        let Some(path) = file else {
            return Ok(Self { name: "the environment".to_owned(), text: String::new(), environment });
        };
        let name = path.display().to_string();
        let text = ordinary_file::read_text(path, MAX_CONFIG_BYTES).map_err(|error| ConfigError {
            origin: Origin::File { name: name.clone(), line: None },
            key: String::new(),
            problem: format!("the file cannot be read: {error}"),
        })?;
        Ok(Self { name, text: text.to_string(), environment })
    }

    /// The configuration as it is written, unchecked: all of it, or the sections that are asked for.
    pub(super) fn deserialise<C: DeserializeOwned>(&self) -> Result<C, ConfigError> {
        let file: Table = toml::from_str(&self.text).map_err(|error| ConfigError {
            origin: Origin::File {
                name: self.name.clone(),
                line: error.span().map(|span| line_at(&self.text, span.start)),
            },
            key: String::new(),
            // The message only: the full text of the error would quote the line, which may hold a secret.
            problem: match error.message().lines().next() {
                Some("duplicate key") => {
                    "this section or key is already in the file and may appear only once; move these lines there"
                        .to_owned()
                }
                Some(message) if message.contains("escape") => {
                    format!(
                        "{message}; in double quotes a backslash begins an escape: write single quotes, as in 'CORP\\*'"
                    )
                }
                message => message.unwrap_or("not TOML").to_owned(),
            },
        })?;
        // Variables that are text all the same, such as a user name of digits.
        let mut texts: Vec<String> = Vec::new();
        loop {
            let mut table = file.clone();
            for (variable, value) in &self.environment {
                let key = key_of(variable);
                let laid = lay_over(&mut table, &key, value, texts.contains(&key));
                laid.map_err(|problem| self.error(&key, problem))?;
            }
            let error = match serde_path_to_error::deserialize(Value::Table(table)) {
                Ok(config) => return Ok(config),
                Err(error) => error,
            };
            let (key, message) = (error.path().to_string(), error.inner().message());
            let is_variable = self.variable(&key).is_some_and(|(variable, _)| key_of(variable) == key);
            if !is_variable || !wants_text(message) || texts.contains(&key) {
                return Err(self.mismatch(if key == "." { "" } else { &key }, message));
            }
            texts.push(key);
        }
    }

    /// The error for a value that is not what `key` takes, after the words of the deserialiser.
    fn mismatch(&self, key: &str, message: &str) -> ConfigError {
        let problem = match self.variable(key) {
            // What was meant as a list can hold a secret.
            Some((_, text)) if message.ends_with("expected a sequence") => no_list(text),
            // An argument can be a secret.
            _ if key.contains("].command") => {
                "this is not a list of texts; write [\"/path/of/the/program\", \"argument\"]".to_owned()
            }
            Some((_, text)) => of_variable(&duration::in_variable(&explain(message, is_secret_name(key))), text),
            None => explain(message, is_secret_name(key)),
        };
        self.error(key, problem)
    }

    /// The variable that sets `key`, with its text.
    fn variable(&self, key: &str) -> Option<&(String, String)> {
        self.environment.iter().find(|(variable, _)| is_within(key, &key_of(variable)))
    }

    fn read_secrets(&self, config: &mut Config) -> Result<(), ConfigError> {
        let component = &mut config.component;
        let given = Some(&component.secret).filter(|secret| !secret.expose_secret().is_empty());
        let secret = self.secret("component.secret", given.cloned(), component.secret_file.as_deref())?;
        component.secret = secret.ok_or_else(|| {
            self.error(
                "component.secret",
                "the secret of the component is missing; set `component.secret` or `component.secret_file` to the one \
                 in Openfire's console under Server > Server Settings > External Components"
                    .to_owned(),
            )
        })?;
        let openfire = &mut config.openfire;
        openfire.reference_password = self.secret(
            "openfire.reference_password",
            openfire.reference_password.take(),
            openfire.reference_password_file.as_deref(),
        )?;
        for (index, data) in config.data.iter_mut().enumerate() {
            data.authorization = self.secret(
                &format!("data[{index}].authorization"),
                data.authorization.take(),
                data.authorization_file.as_deref(),
            )?;
        }
        let http = &mut config.http;
        http.secret = self.secret("http.secret", http.secret.take(), http.secret_file.as_deref())?;
        match &http.secret {
            Some(secret) if secret.expose_secret().is_empty() => Err(self.error(
                "http.secret",
                "the secret is empty, which protects nothing; set one, or leave the key out to require none".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    fn secret(
        &self,
        key: &str,
        given: Option<SecretString>,
        file: Option<&Path>,
    ) -> Result<Option<SecretString>, ConfigError> {
        match (given, file) {
            (given, None) => Ok(given),
            (Some(_), Some(_)) => {
                Err(self.error(key, format!("`{key}` and `{key}_file` are both set; remove one of them")))
            }
            (None, Some(path)) => match first_line(path) {
                Ok(secret) => Ok(Some(secret)),
                Err(problem) => Err(self.error(&format!("{key}_file"), format!("{}: {problem}", path.display()))),
            },
        }
    }

    /// The error for `key`, with the place where it was set.
    fn error(&self, key: &str, problem: String) -> ConfigError {
        let origin = match self.variable(key) {
            Some((variable, _)) => Origin::Environment(variable.clone()),
            None => Origin::File {
                name: self.name.clone(),
                line: span_of(&self.text, key).map(|span| line_at(&self.text, span.start)),
            },
        };
        ConfigError { origin, key: key.to_owned(), problem }
    }
}

fn resolve_paths(config: &mut Config, folder: &Path) {
    let resolve = |path: &mut PathBuf| *path = folder.join(&*path);
    config.openfire.ca_file.as_mut().map(resolve);
    config.openfire.reference_password_file.as_mut().map(resolve);
    config.component.secret_file.as_mut().map(resolve);
    resolve_template(&mut config.template, folder);
    for data in &mut config.data {
        data.file.as_mut().map(resolve);
        if let Some(program) = data.command.as_mut().and_then(|argv| argv.first_mut()) {
            *program = program_below(folder, program);
        }
        data.authorization_file.as_mut().map(resolve);
        data.ca_file.as_mut().map(resolve);
    }
    config.http.secret_file.as_mut().map(resolve);
    config.updates.folder.as_mut().map(resolve);
    config.admin.state_directory.as_mut().map(resolve);
    if let Some(tls) = &mut config.http.tls {
        resolve(&mut tls.certificate);
        resolve(&mut tls.key);
    }
}

fn resolve_template(template: &mut Template, folder: &Path) {
    let resolve = |path: &mut PathBuf| *path = folder.join(&*path);
    template.file.as_mut().map(resolve);
    let of_template = template.file.as_deref().and_then(Path::parent);
    template.folder =
        Some(template.folder.as_ref().map_or(of_template.unwrap_or(folder).to_owned(), |own| folder.join(own)));
    template.rule.iter_mut().for_each(|rule| resolve(&mut rule.file));
}

/// A program by its path is taken from `folder` too; one by its name alone is looked for along `PATH`.
fn program_below(folder: &Path, program: &str) -> String {
    if program.contains('/') { folder.join(program).display().to_string() } else { program.to_owned() }
}

fn first_line(path: &Path) -> Result<SecretString, String> {
    let text = ordinary_file::read_text(path, MAX_SECRET_BYTES)
        .map_err(|error| format!("the file cannot be read: {error}"))?;
    match text.lines().next().map(str::trim_end) {
        Some(line) if !line.is_empty() => Ok(SecretString::from(line)),
        _ => Err("the first line of the file is empty".to_owned()),
    }
}
