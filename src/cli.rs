//! The command line: arguments, and one file per command.
//!
//! Exit codes: 0 fine, 1 a finding, 2 cannot run.

mod check;
mod lint;
mod open_files;
mod output;
mod preview;
mod reply;
mod serve;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, Origin};
use crate::telemetry;

/// Looked for when `--config` is not given, in this order.
const DEFAULT_FILES: [&str; 2] = ["config.toml", "/etc/openfire-provisioner/config.toml"];

/// Provisioning server for Jitsi desktop clients, beside an Openfire XMPP server.
#[derive(Debug, Parser)]
#[command(name = "openfire-provisioner", version, about, max_term_width = 100)]
pub struct Arguments {
    /// Configuration file. Default: ./config.toml, else /etc/openfire-provisioner/config.toml, else the environment.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service until SIGINT or SIGTERM.
    Serve,
    /// Check configuration, template and certificates, and say what to change.
    Check(check::Check),
    /// Check templates or replies by themselves, and say what to write instead. Needs no configuration and no server.
    Lint(lint::Lint),
    /// Show what a user would get, without the user's password.
    Preview(preview::Preview),
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
                output::complain(format!("openfire-provisioner: the system gives no thread: {error}"));
                ExitCode::from(2)
            }
        }
    }

    fn command(self) -> ExitCode {
        let named = self.config.clone();
        let file = self.config.or_else(default_file);
        let verdict = match self.command {
            Command::Serve => serve::serve(file.as_deref()),
            Command::Check(check) => check.run(file.as_deref()),
            Command::Lint(lint) => lint.run(named.as_deref()),
            Command::Preview(preview) => preview.run(file.as_deref()),
        };
        let failure = output::failure();
        if let Some(error) = &failure {
            output::complain(format!("openfire-provisioner: the output could not be written: {error}"));
        }
        ExitCode::from(match failure.map_or(verdict, |_| Verdict::CannotRun) {
            Verdict::Fine => 0,
            Verdict::Finding => 1,
            Verdict::CannotRun => 2,
        })
    }
}

fn default_file() -> Option<PathBuf> {
    DEFAULT_FILES.iter().map(PathBuf::from).find(|path| path.exists())
}

fn load(file: Option<&Path>) -> anyhow::Result<Config> {
    match Config::load(file) {
        Err(error) if file.is_none() && matches!(error.origin, Origin::File { .. }) => anyhow::bail!(
            "no configuration found, neither {}: name one with --config, or set everything by environment variables ({error})",
            DEFAULT_FILES.join(" nor ")
        ),
        config => Ok(config?),
    }
}

/// A run time for a command, with a thread for each processor.
fn run_time() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().thread_stack_size(STACK).enable_all().build()
}
