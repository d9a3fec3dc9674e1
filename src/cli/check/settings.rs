//! `check`: the administrators' pages, what was changed in them, and whether they can change anything.

use super::Report;
use crate::app;
use crate::cli::administration::settings::in_words;
use crate::model::config::{Config, OwnUrl};
use crate::settings::{Key, Source};

/// Where the pages are and who may sign in, and what may keep browsers or people out.
pub(super) fn check_pages(config: &Config, report: &mut Report) {
    let admin = &config.admin;
    if !admin.is_on() {
        return;
    }
    let addresses: Vec<String> = admin.urls.iter().map(|url| format!("{url}/admin/")).collect();
    let users =
        if admin.users.is_empty() { "every administrator of Openfire".to_owned() } else { admin.users.join(", ") };
    let viewers = if admin.viewers.is_empty() { "none".to_owned() } else { admin.viewers.join(", ") };
    report.fine("pages", format!("at {}; administrators: {users}; viewers: {viewers}", addresses.join(" and ")));
    let lists =
        [("`admin.users`", &admin.users), ("`admin.viewers`", &admin.viewers), ("`admin.notify`", &admin.notify)];
    let named: Vec<&str> = lists.iter().filter(|(_, names)| !names.is_empty()).map(|(key, _)| *key).collect();
    if !named.is_empty() {
        let named = named.join(" and ");
        report.note("pages", format!("whether Openfire has the accounts in {named} is not checked; compare the names"));
    }
    let (key, listen) = admin.listen.map_or(("`http.listen`", config.http.listen), |listen| ("`admin.listen`", listen));
    let is_elsewhere = |url: &&OwnUrl| url.port() != listen.port();
    let is_direct = config.http.trusted_proxies.is_empty() && listen.port() != 0;
    for url in admin.urls.iter().filter(is_elsewhere).filter(|_| is_direct) {
        let (port, has) = (url.port(), listen.port());
        report.note(
            "pages",
            format!(
                "{url} has port {port}, but {key} has port {has}: correct one of them, unless something in front passes the \
                 connections on"
            ),
        );
    }
}

/// One line for each setting that the pages can change, with its source, and what is wrong with their file.
pub(super) fn check(config: &Config, report: &mut Report) {
    let outlook = app::settings_as_stored(config);
    if let Some(problem) = outlook.problem {
        report.wrong("settings", problem);
    }
    if let Some(note) = outlook.note {
        report.note("settings", note);
    }
    let in_force = &outlook.in_force;
    let sources = [
        (Key::Paused, in_force.paused.is_none()),
        (Key::Secret, in_force.secret_source == Source::Configuration),
        (Key::AllowedNetworks, in_force.networks_source == Source::Configuration),
    ];
    for (key, is_configured) in sources {
        let value = format!("{}: {}", key.name(), in_words(in_force, key));
        if !is_configured {
            report.note("settings", value);
        } else if config.admin.is_on() {
            report.fine("settings", value);
        }
    }
    if let Some(why) = outlook.why_not_writable.filter(|_| config.admin.is_on()) {
        report.note("settings", why);
    }
}
