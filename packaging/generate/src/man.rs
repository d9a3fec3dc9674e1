//! The man pages: one for the program, and one for each of its commands.

use std::path::Path;

use anyhow::Context as _;
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use jiff::Timestamp;

use crate::sections::{self, Entry};

/// Writes the pages of this command and of all below it, with the day of this time.
pub(crate) fn write(command: &Command, folder: &Path, time: Option<Timestamp>) -> anyhow::Result<()> {
    // `help` gets no page: it only shows the other pages.
    let mut command = command.clone().disable_help_subcommand(true);
    command.build();
    let date = time.map_or_else(String::new, |time| time.strftime("%Y-%m-%d").to_string());
    let set = Set { program: &command, version: command.get_version().unwrap_or_default(), date, folder };
    set.write(&command)
}

/// What all pages have in common.
struct Set<'a> {
    program: &'a Command,
    version: &'a str,
    date: String,
    folder: &'a Path,
}

impl Set<'_> {
    fn write(&self, command: &Command) -> anyhow::Result<()> {
        let page = Man::new(with_usage(command.clone()))
            .source(format!("{} {}", self.program.get_name(), self.version))
            // The middle of the head stays empty: the names on both sides of it are long.
            .manual(" ")
            .date(self.date.clone());
        let file = self.folder.join(page.get_filename());
        let text = self.page(&page, command)?;
        std::fs::write(&file, text).with_context(|| file.display().to_string())?;
        command.get_subcommands().try_for_each(|command| self.write(command))
    }

    fn page(&self, page: &Man, command: &Command) -> anyhow::Result<String> {
        let mut text = Vec::new();
        page.render_title(&mut text)?;
        // Names of commands and files are not to be split.
        Roff::new().control("nh", []).control("ad", ["l"]).to_writer(&mut text)?;
        page.render_name_section(&mut text)?;
        page.render_synopsis_section(&mut text)?;
        page.render_description_section(&mut text)?;
        page.render_options_section(&mut text)?;
        if command.has_subcommands() {
            page.render_subcommands_section(&mut text)?;
        }
        let mut rest = Roff::new();
        for (heading, entries) in [
            ("EXIT STATUS", sections::exit_status(command)),
            ("FILES", sections::FILES),
            ("ENVIRONMENT", sections::ENVIRONMENT),
        ] {
            section(&mut rest, heading, entries);
        }
        self.see_also(&mut rest, command);
        rest.to_writer(&mut text)?;
        Ok(breakable(&marked(&String::from_utf8(text)?)))
    }

    /// The other pages, and those of related programs.
    fn see_also(&self, roff: &mut Roff, command: &Command) {
        let mut names = Vec::new();
        list(self.program, &mut names);
        let own = command.get_display_name().unwrap_or_else(|| command.get_name());
        names.retain(|name| name != own);
        names.extend(sections::SEE_ALSO.map(str::to_owned));
        roff.control("SH", ["SEE ALSO"]);
        let last = names.len() - 1;
        for (index, name) in names.iter().enumerate() {
            roff.text([bold(name), roman(if index == last { "(1)" } else { "(1)," })]);
        }
        roff.control("PP", []);
        roff.text([roman(sections::DOCUMENTATION)]);
    }
}

fn list(command: &Command, names: &mut Vec<String>) {
    names.push(command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned());
    command.get_subcommands().for_each(|command| list(command, names));
}

fn section(roff: &mut Roff, heading: &str, entries: &[Entry]) {
    roff.control("SH", [heading]);
    for (term, text) in entries {
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text([roman(*text)]);
    }
}

/// The usage as `--help` shows it; `clap_mangen` would list all options without their values.
fn with_usage(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).to_owned();
    command.override_usage(usage)
}

/// What is in backquotes becomes bold, as man pages show what is typed.
fn marked(page: &str) -> String {
    page.split_inclusive('\n')
        .map(|line| {
            if line.matches('`').count() % 2 == 1 {
                return line.to_owned();
            }
            let mut parts = line.split('`');
            let first = parts.next().unwrap_or_default().to_owned();
            parts
                .enumerate()
                .fold(first, |text, (index, part)| text + if index % 2 == 0 { r"\fB" } else { r"\fR" } + part)
        })
        .collect()
}

/// Lets a line end within a URL, before its query and before each parameter: a long URL fits no line of a terminal.
fn breakable(page: &str) -> String {
    page.split_inclusive([' ', '\n'])
        .map(|word| if word.contains("://") { word.replace('?', r"\:?").replace('&', r"\:&") } else { word.to_owned() })
        .collect()
}
