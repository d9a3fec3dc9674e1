//! `check`: what works, what does not, and what to change.

mod client_port;
mod component;
mod data;
mod discovery;
mod listen;
mod online;
mod password;
mod pins;
mod readable;
mod reference;
mod rules;
mod settings;
mod unnamed;
mod updates;
mod user;

use std::fmt::Display;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use jitsi_properties::{Client, Level};

use self::online::Wanted;
use self::user::User;
use super::lint::for_people;
use super::output::{complain, counted, say};
use super::{NoConfiguration, Verdict};
use crate::app;
use crate::certificates::ServerAddress;
use crate::model::account::{ExtraNames, PartSet};
use crate::model::causes::with_causes;
use crate::model::config::{Config, ConfigError, DiscoverConfig, Http};
use crate::model::named_groups::NamedGroups;
use crate::policy;
use crate::template::{Template, Templates};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Also connect to Openfire (certificate, SASL mechanisms, component, admin commands), and fetch the site data of commands
    /// and endpoints.
    #[arg(long)]
    online: bool,
    /// Only check that the service is running at the configured address: what `health` does.
    #[arg(long, hide = true, conflicts_with_all = ["online", "user", "pin"])]
    running: bool,
    /// Also print the pin of the certificate that a server shows at once, over TLS: a telephone exchange (port 5061), a directory
    /// (port 636) or any other. Can be given several times.
    #[arg(long, value_name = "HOST:PORT")]
    pin: Vec<ServerAddress>,
    /// Also show what arrives for one person, and what to change where something is missing; implies --online.
    ///
    /// NAME is typed as that person types it in the client.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Also try whether that person can log in. The password is read from the terminal without being shown, or is the first
    /// line of the standard input if that is no terminal.
    #[arg(long, requires = "user")]
    password: bool,
}

impl Check {
    /// Prints one line for each thing that is checked.
    pub(super) fn run(&self, file: Option<&Path>) -> Verdict {
        let user = match self.user() {
            Ok(user) => user,
            Err(error) => {
                complain(format!("openfire-provisioner: the password cannot be read: {error}"));
                return Verdict::CannotRun;
            }
        };
        let mut report = Report::default();
        let config = match super::load(file) {
            Ok(config) => config,
            Err(error) => {
                let is_plain = !self.running && !self.online && user.is_none();
                if let Some(discover) = DiscoverConfig::load_alone(file).filter(|_| is_plain) {
                    return check_discovery_alone(discover, file, report);
                }
                report.wrong("configuration", with_causes(&*error));
                let verdict = report.verdict();
                return if error.is::<NoConfiguration>() { Verdict::CannotRun } else { verdict };
            }
        };
        report.fine(
            "configuration",
            file.map_or_else(|| "from the environment".to_owned(), |file| file.display().to_string()),
        );
        if !self.running {
            check_secrets(&config, file, &mut report);
            readable::check(&config, &mut report);
        }
        match super::run_time() {
            Ok(run_time) => run_time.block_on(self.check(&config, user.as_ref(), &mut report)),
            Err(error) => {
                complain(format!("openfire-provisioner: cannot start the runtime's threads: {error}"));
                return Verdict::CannotRun;
            }
        }
        report.verdict()
    }

    /// The person to ask about. Reads the password, before anything else is printed.
    fn user(&self) -> std::io::Result<Option<User>> {
        let Some(typed) = &self.user else { return Ok(None) };
        let password = self.password.then(|| password::read(typed)).transpose()?;
        Ok(Some(User::new(typed.clone(), password)))
    }

    async fn check(&self, config: &Config, user: Option<&User>, report: &mut Report) {
        if self.running {
            return listen::check_running(config, report).await;
        }
        let online = self.online || user.is_some();
        let known = data::check(config, online, report).await;
        let (parts, templates) = check_files(config, &known, report);
        updates::check(&config.updates, report);
        settings::check_pages(config, report);
        settings::check(config, report);
        discovery::check(&config.discovery, Some(&config.http), report);
        pins::check_own(config, templates.as_ref(), &known.names, online, report).await;
        pins::check_asked(&self.pin, report).await;
        check_capacity(config, report);
        let running = listen::check(config, report).await;
        if online {
            let rules = templates.iter().flat_map(Templates::group_patterns);
            let groups = Arc::new(NamedGroups::new(rules, known.groups.iter().map(String::as_str)));
            let user = user.map(|user| (user, templates.as_ref()));
            online::check(config, Wanted { parts, running: running.as_ref(), user, groups }, report).await;
        }
    }
}

/// Checks a configuration that is for `discover` alone.
fn check_discovery_alone(
    config: Result<DiscoverConfig, ConfigError>,
    file: Option<&Path>,
    mut report: Report,
) -> Verdict {
    let name = file.map_or_else(|| "the environment".to_owned(), |file| file.display().to_string());
    match (config, super::run_time()) {
        (Ok(config), Ok(run_time)) => {
            let only = "has `[discovery]` and no `[openfire]`: only what `discover` reads is checked";
            report.note("configuration", format!("{name} {only}"));
            run_time.block_on(async { discovery::check(&config.discovery, None, &mut report) });
        }
        (Err(error), _) => report.wrong("configuration", error),
        (_, Err(error)) => {
            complain(format!("openfire-provisioner: cannot start the runtime's threads: {error}"));
            return Verdict::CannotRun;
        }
    }
    report.verdict()
}

/// Counts the lines; each is printed at once.
#[derive(Debug, Default)]
struct Report {
    ok: usize,
    notes: usize,
    errors: usize,
}

impl Report {
    fn fine(&mut self, what: &str, how: impl Display) {
        self.ok += 1;
        say(format!("ok     {what}: {how}"));
    }

    /// Something that works, but may not be intended.
    fn note(&mut self, what: &str, how: impl Display) {
        self.notes += 1;
        say(format!("note   {what}: {how}"));
    }

    fn wrong(&mut self, what: &str, how: impl Display) {
        self.errors += 1;
        say(format!("WRONG  {what}: {how}"));
    }

    fn verdict(&self) -> Verdict {
        say(format!("{} ok, {}, {}", self.ok, counted(self.notes, "note"), counted(self.errors, "error")));
        if self.errors == 0 { Verdict::Fine } else { Verdict::Finding }
    }
}

/// Checks the files. Returns what the templates and rules together need to know about a user, and what the rules alone need;
/// and the templates, if they can be used.
fn check_files(
    config: &Config,
    known: &data::DataNames,
    report: &mut Report,
) -> ((PartSet, PartSet), Option<Templates>) {
    let names = &*known.names;
    let templates = app::templates(&config.template, names);
    unnamed::check(config, known, templates.as_ref().ok(), report);
    let wanted = match &templates {
        Ok(templates) => {
            for (template, choosers) in rules::templates(templates) {
                let name = template.name();
                report.fine("template", format!("{name}{choosers}, {}", mentions(template)));
                check_samples(template, names, report);
            }
            rules::check(config, templates, report);
            rules::check_moves(templates, names, report);
            (templates.wanted(), templates.asked())
        }
        Err(error) => {
            report.wrong("template", with_causes(error));
            (PartSet::NOTHING, PartSet::NOTHING)
        }
    };
    match config.http.tls.as_ref().map(app::certificate) {
        Some(Ok(_)) => report.fine("HTTPS", "certificate and key belong together"),
        Some(Err(error)) => report.wrong("HTTPS", with_causes(&error)),
        None if config.http.listen.ip().is_loopback() => {
            report.note("HTTPS", off_for_a_proxy(&config.http));
        }
        None => report.note(
            "HTTPS",
            format!(
                "off (http.allow_plain): passwords cross the network to {} in the clear unless a proxy in front \
                 handles TLS",
                config.http.listen
            ),
        ),
    }
    (wanted, templates.ok())
}

/// Notes limits that allow fewer connections than the configuration. A service manager may set others.
fn check_capacity(config: &Config, report: &mut Report) {
    let capacity = app::Capacity::of_process(config);
    if capacity.is_short() {
        let here = "if it is started from here; the service logs its own numbers when it starts";
        report.note("connections", format!("{capacity} ({here})"));
    }
}

/// Reports values that are still those of the example, and a configuration that every user of this machine may read.
fn check_secrets(config: &Config, file: Option<&Path>, report: &mut Report) {
    for (key, problem) in config.unedited() {
        report.wrong("configuration", format!("{key}: {problem}"));
    }
    if let Some(file) = file {
        note_if_open("configuration", file, report);
    }
}

/// Notes a file with secrets that every user of this machine may read.
fn note_if_open(what: &str, file: &Path, report: &mut Report) {
    if file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0) {
        let file = file.display();
        report.note(what, format!("every user of this machine can read {file}, secrets included: chmod 600 {file}"));
    }
}

/// Plain HTTP on loopback, where only a proxy on this machine makes it of use to clients.
fn off_for_a_proxy(http: &Http) -> String {
    let unnamed = if http.trusted_proxies.is_empty() {
        "; name the proxy in http.trusted_proxies, otherwise all its users count as one client"
    } else {
        ""
    };
    format!("off; plain HTTP on {}, for a proxy on this machine{unnamed}", http.listen)
}

/// Lints what the template renders for the sample users.
fn check_samples(template: &Template, names: &ExtraNames, report: &mut Report) {
    let remarks = policy::review(template, names, &Client::default());
    for remark in &remarks {
        match remark.level {
            Level::Error => report.wrong("template", for_people(remark)),
            Level::Warning | Level::Note => report.note("template", for_people(remark)),
        }
    }
    if remarks.is_empty() {
        report.fine("template", "no findings with the sample users");
    }
}

fn mentions(template: &Template) -> String {
    let wanted = template.wanted();
    let parts: Vec<&str> = crate::model::account::Part::ALL
        .into_iter()
        .filter(|part| wanted.includes(*part))
        .map(crate::model::account::Part::as_str)
        .collect();
    if parts.is_empty() { "fetches nothing about a user".to_owned() } else { format!("fetches {}", parts.join(", ")) }
}
