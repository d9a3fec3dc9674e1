//! The command line: arguments, and one file per command.
//!
//! Exit codes: 0 no finding, 1 a finding, 2 the command cannot run.

mod administration;
mod check;
mod console_plugin;
mod daemon;
mod health;
mod lint;
mod migrate;
mod output;
mod preview;
mod reply;
mod running_service;
mod snippets;

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::output::complain;
use crate::model::config::{Config, ConfigError, Origin};
use crate::model::files::process_user;
use crate::telemetry;

/// Looked for when `--config` is not given, in this order.
const DEFAULT_FILES: [&str; 2] = [LOCAL_FILE, "/etc/openfire-provisioner/config.toml"];

/// The configuration in the current folder.
const LOCAL_FILE: &str = "config.toml";

/// Provisioning server for Jitsi desktop clients of an Openfire XMPP server.
#[derive(Debug, Parser)]
#[command(name = "openfire-provisioner", version, max_term_width = 100)]
pub struct Arguments {
    /// Configuration file. Default: ./config.toml if you own it, otherwise /etc/openfire-provisioner/config.toml, otherwise
    /// environment variables alone.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service until SIGINT or SIGTERM.
    Serve,
    /// Answer Jitsi clients that look for their provisioning URL by DHCP or multicast DNS.
    ///
    /// Runs until SIGINT or SIGTERM. Needs only the sections `[discovery]` and `[log]` of the configuration.
    Discover,
    /// Check configuration, templates and certificates, and say what to change.
    Check(check::Check),
    /// Ask whether the service runs and answers, for a container's health check.
    ///
    /// Prints one line. The service is healthy even while Openfire cannot be reached, since a restart would not help
    /// then.
    Health,
    /// Check templates or saved replies, and say what to write instead.
    ///
    /// Needs no configuration and no server.
    Lint(lint::Lint),
    /// Show the reply that a user would get.
    ///
    /// Needs no password of the user.
    Preview(preview::Preview),
    /// Make the console plugin, which adds a link to the administrators' pages to Openfire's admin console.
    ConsolePlugin(console_plugin::ConsolePlugin),
    /// Make a configuration from the settings of other provisioning software.
    ///
    /// Needs no configuration and no server.
    Migrate(migrate::Migrate),
    /// Print a one-time code for the administrators' pages, valid for ten minutes.
    ///
    /// The code works while Openfire is down.
    AdminLink(administration::admin_link::AdminLink),
    /// Show what administrators have changed in the pages, or reset it to the configuration.
    Settings(administration::settings::SettingsCommand),
    /// Print ready configuration for other servers: DHCP servers, Avahi, a Jitsi installation, or a proxy in front of
    /// the service.
    Snippets(snippets::Snippets),
}

/// Size of a thread's stack in bytes. Templates are parsed, checked and rendered by functions that call themselves; what
/// the limits of a template allow fits in here with room to spare. Memory that is not used is not taken.
const STACK: usize = 64 * 1024 * 1024;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Fine,
    Finding,
    CannotRun,
}

impl Arguments {
    /// Runs the command and gives its exit code.
    #[must_use]
    pub fn run(self) -> ExitCode {
        telemetry::install_panic_hook();
        match std::thread::Builder::new().stack_size(STACK).spawn(|| self.command()) {
            // The panic hook has said where it happened.
            Ok(command) => command.join().unwrap_or(ExitCode::from(2)),
            Err(error) => {
                complain(format!("openfire-provisioner: cannot start a thread: {error}"));
                ExitCode::from(2)
            }
        }
    }

    fn command(self) -> ExitCode {
        let named = self.config;
        let file = |named: Option<PathBuf>| named.or_else(default_file);
        let verdict = match self.command {
            Command::Serve => daemon::serve::serve(file(named).as_deref()),
            Command::Discover => daemon::discover::discover(file(named).as_deref()),
            Command::Check(check) => check.run(file(named).as_deref()),
            Command::Health => health::health(file(named).as_deref()),
            Command::Lint(lint) => lint.run(named.as_deref()),
            Command::Preview(preview) => preview.run(file(named).as_deref()),
            Command::ConsolePlugin(plugin) => plugin.run(|| file(named)),
            Command::Migrate(migrate) => migrate.run(),
            Command::AdminLink(link) => link.run(file(named).as_deref()),
            Command::Settings(settings) => settings.run(file(named).as_deref()),
            Command::Snippets(snippets) => {
                let is_named = named.is_some();
                snippets.run(file(named).as_deref(), is_named)
            }
        };
        let failure = output::failure();
        if let Some(error) = &failure {
            complain(format!("openfire-provisioner: the output could not be written: {error}"));
        }
        ExitCode::from(match failure.map_or(verdict, |_| Verdict::CannotRun) {
            Verdict::Fine => 0,
            Verdict::Finding => 1,
            Verdict::CannotRun => 2,
        })
    }
}

/// There is no file, and the environment is not enough.
#[derive(Debug, thiserror::Error)]
#[error(
    "no configuration found, neither {}: name one with --config, or set everything by environment variables ({})",
    DEFAULT_FILES.join(" nor "),
    .0
)]
struct NoConfiguration(ConfigError);

fn default_file() -> Option<PathBuf> {
    DEFAULT_FILES.iter().map(PathBuf::from).find(|path| path.exists() && is_trusted(path))
}

/// A configuration names commands to run. So one that only lies in the current folder must be the user's own: root must not
/// run what a stranger has put into a folder.
fn is_trusted(file: &Path) -> bool {
    // The link too: relative paths begin in the folder where it lies.
    let owners =
        [file.symlink_metadata(), file.metadata()].map(|metadata| metadata.map(|metadata| metadata.uid()).ok());
    let stranger = owners.into_iter().find(|owner| *owner != Some(process_user::uid()));
    let Some(stranger) = stranger.filter(|_| file == Path::new(LOCAL_FILE)) else { return true };
    let owner = stranger.map_or_else(|| "another user".to_owned(), process_user::described);
    complain(format!(
        "note: ./{LOCAL_FILE} is not used, because it belongs to {owner} and you are {}: a configuration can name commands to \
         run. To use it anyway: --config {LOCAL_FILE}",
        process_user::of_process()
    ));
    false
}

fn load(file: Option<&Path>) -> anyhow::Result<Config> {
    Config::load(file).map_err(|error| match error.origin {
        Origin::File { .. } if file.is_none() => NoConfiguration(error).into(),
        _ => error.into(),
    })
}

/// A run time for a command, with a thread for each processor.
fn run_time() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().thread_stack_size(STACK).enable_all().build()
}
