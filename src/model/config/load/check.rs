//! The rules that concern more than one key.

mod data;
mod discovery;

use std::str::FromStr;
use std::time::Duration;

use tracing_subscriber::filter::EnvFilter;

use crate::model::config::{
    Admin, Component, Config, DiscoverConfig, Http, Limits, Openfire, Reload, SnippetConfig, TlsMode, Updates,
    is_loopback,
};

/// A key and what is wrong with it.
type WrongKey = (&'static str, String);

/// Checks what no single field can check by itself.
pub(in crate::model::config) fn check(config: &Config) -> Result<(), (String, String)> {
    check_sections(config).map_err(|(key, problem)| (key.to_owned(), problem))?;
    discovery::check(&config.discovery)?;
    discovery::check_with_http(&config.discovery, &config.http)?;
    data::check(&config.data)
}

/// Checks the only two sections that `discover` reads.
pub(super) fn check_of_discover(config: &DiscoverConfig) -> Result<(), (String, String)> {
    check_levels(&config.log.level).map_err(|(key, problem)| (key.to_owned(), problem))?;
    discovery::check(&config.discovery)
}

/// Checks what `snippets` takes from the configuration.
pub(super) fn check_of_snippets(config: &SnippetConfig) -> Result<(), (String, String)> {
    discovery::check(&config.discovery)
}

fn check_sections(config: &Config) -> Result<(), WrongKey> {
    check_openfire(&config.openfire)?;
    check_component(&config.component, &config.openfire)?;
    check_http(&config.http)?;
    check_limits(&config.limits, &config.component)?;
    at_least("directory.roster_timeout", config.directory.roster_timeout, Duration::from_millis(50))?;
    check_updates(&config.updates, &config.http)?;
    check_admin(&config.admin, &config.http, &config.openfire)?;
    check_reload(config.reload)?;
    check_levels(&config.log.level)
}

/// A bare word that is no level would be taken for the name of a module, and everything else would be silent.
fn check_levels(text: &str) -> Result<(), WrongKey> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let wrong = |problem: &str| {
        Err((
            "log.level",
            format!(
                "found \"{text}\": {problem}; write one of {}, or for example \"info,openfire_provisioner::openfire=debug\"",
                LEVELS.join(", ")
            ),
        ))
    };
    let bare: Vec<&str> = text.split(',').map(str::trim).filter(|word| !word.contains('=')).collect();
    if let Some(word) = bare.iter().find(|word| !LEVELS.contains(&word.to_ascii_lowercase().as_str())) {
        return wrong(&format!("\"{word}\" is not a level"));
    }
    if bare.is_empty() {
        return wrong("there is no level for the targets that are not named");
    }
    match EnvFilter::from_str(text) {
        Ok(_) => Ok(()),
        Err(error) => wrong(&error.to_string()),
    }
}

fn check_openfire(openfire: &Openfire) -> Result<(), WrongKey> {
    if openfire.host.is_none() && openfire.port.is_some() {
        return Err(("openfire.port", "a port needs `openfire.host`; without a host the SRV records say both".into()));
    }
    if openfire.tls == TlsMode::None && !openfire.host.as_deref().is_some_and(is_loopback) {
        return Err((
            "openfire.tls",
            "\"none\" is for an Openfire on this machine only: set `openfire.host` to a loopback address, or use \
             \"starttls\" or \"direct\""
                .into(),
        ));
    }
    if openfire.mechanisms.is_empty() {
        return Err(("openfire.mechanisms", "the list is empty; leave the key out for the default".into()));
    }
    if openfire.ca_file.is_some() && !openfire.certificate_sha256.is_empty() {
        return Err((
            "openfire.certificate_sha256",
            "`openfire.ca_file` is set too, and pinned certificates need no authority; remove one of them".into(),
        ));
    }
    match (&openfire.reference_user, &openfire.reference_password) {
        (Some(user), Some(_)) if openfire.login_name(user).is_ok() => {}
        (Some(user), Some(_)) => {
            return Err(("openfire.reference_user", format!("`{user}` cannot be the name of an account")));
        }
        (None, None) => {}
        _ => {
            return Err((
                "openfire.reference_user",
                "the reference account needs both `openfire.reference_user` and `openfire.reference_password` (or \
                 `openfire.reference_password_file`)"
                    .into(),
            ));
        }
    }
    at_least("openfire.connect_timeout", openfire.connect_timeout, Duration::from_millis(50))
}

fn check_component(component: &Component, openfire: &Openfire) -> Result<(), WrongKey> {
    let domain = &openfire.domain;
    for (key, name) in
        [("component.name", Some(&component.name)), ("component.preview_name", component.preview_name.as_ref())]
    {
        let Some(name) = name else { continue };
        if Component::domain_below(name, domain).is_none() {
            return Err((
                key,
                format!(
                    "found \"{name}\"; a component has a name below the domain, for example \"provisioning.{domain}\""
                ),
            ));
        }
    }
    let host = component.host.as_deref().or(openfire.host.as_deref()).unwrap_or(domain.as_str());
    if component.tls == TlsMode::None && !component.allow_plain && !is_loopback(host) {
        return Err((
            "component.tls",
            format!(
                "\"none\" sends users' data to `{host}` in the clear; use \"starttls\" or \"direct\", or set \
                 `component.allow_plain = true` if you control the network in between"
            ),
        ));
    }
    if component.max_pending == 0 {
        return Err(("component.max_pending", "found 0, which lets no query through; use at least 1".into()));
    }
    if component.keepalive > Duration::from_mins(5) {
        return Err((
            "component.keepalive",
            "Openfire drops a component after 6 silent minutes; use at most 5m".into(),
        ));
    }
    at_least("component.keepalive", component.keepalive, Duration::from_secs(1))?;
    at_least("component.iq_timeout", component.iq_timeout, Duration::from_millis(50))
}

fn check_http(http: &Http) -> Result<(), WrongKey> {
    if http.tls.is_none() && !http.allow_plain && !http.listen.ip().is_loopback() {
        return Err((
            "http.listen",
            format!(
                "{} is reached over the network, and passwords would cross it in the clear; set `http.tls`, or \
                 `http.allow_plain = true` if a proxy in front handles TLS",
                http.listen
            ),
        ));
    }
    for path in &http.paths {
        let own = ["/healthz", "/readyz", "/metrics", "/admin", "/updates"].iter().any(|own| {
            path.trim_end_matches('/') == *own || path.starts_with("/updates/") || path.starts_with("/admin/")
        });
        if !path.starts_with('/') || path.contains(['?', '#']) || path == "/" || own {
            return Err((
                "http.paths",
                format!("found \"{path}\"; a path begins with `/`, has no query and is not one of the service's own"),
            ));
        }
    }
    let mut seen: Vec<&String> = Vec::new();
    for (key, names) in [
        ("http.username_fields", &http.username_fields),
        ("http.password_fields", &http.password_fields),
        ("http.secret_fields", &http.secret_fields),
    ] {
        if names.is_empty() || names.iter().any(String::is_empty) {
            return Err((key, "at least one name is needed, and none may be empty".into()));
        }
        if let Some(name) = names.iter().find(|name| seen.contains(name)) {
            return Err((key, format!("`{name}` already names another field")));
        }
        seen.extend(names);
    }
    if http.max_connections == 0 {
        return Err(("http.max_connections", "found 0, which lets no client in; use at least 1".into()));
    }
    at_least("http.read_timeout", http.read_timeout, Duration::from_millis(50))
}

fn check_limits(limits: &Limits, component: &Component) -> Result<(), WrongKey> {
    let deadline = limits.request_deadline;
    if deadline > Duration::from_millis(9500) {
        return Err(("limits.request_deadline", "a Jitsi client gives up after 10 s; use at most 9.5 s".into()));
    }
    at_least("limits.request_deadline", deadline, Duration::from_millis(500))?;
    if component.iq_timeout >= deadline {
        return Err(("component.iq_timeout", "one query must take less time than `limits.request_deadline`".into()));
    }
    if limits.concurrent_logins == 0 {
        return Err(("limits.concurrent_logins", "found 0, which lets no login through; use at least 1".into()));
    }
    check_idle_streams(limits)?;
    at_least("limits.failure_window", limits.failure_window, Duration::from_secs(1))
}

fn check_idle_streams(limits: &Limits) -> Result<(), WrongKey> {
    let Limits { idle_streams_least: least, idle_streams_most: most, .. } = *limits;
    if most > Limits::MOST_IDLE_STREAMS {
        return Err((
            "limits.idle_streams_most",
            format!(
                "found {most}, but Openfire must hold this many idle connections: use at most {}",
                Limits::MOST_IDLE_STREAMS
            ),
        ));
    }
    if most > 0 && least > most {
        return Err((
            "limits.idle_streams_least",
            format!("{least} is more than `limits.idle_streams_most` ({most}): set this one to at most {most}"),
        ));
    }
    Ok(())
}

fn check_admin(admin: &Admin, http: &Http, openfire: &Openfire) -> Result<(), WrongKey> {
    for (key, names) in
        [("admin.users", &admin.users), ("admin.viewers", &admin.viewers), ("admin.notify", &admin.notify)]
    {
        if let Some(name) = names.iter().find(|name| openfire.login_name(name).is_err()) {
            return Err((key, format!("`{name}` cannot be the name of an account")));
        }
    }
    match admin.listen {
        Some(_) if !admin.is_on() => {
            Err(("admin.urls", "`admin.listen` is set, but the pages have no address; set `admin.urls`".into()))
        }
        Some(listen) if listen == http.listen && listen.port() != 0 => {
            Err(("admin.listen", format!("found \"{listen}\", which is also `http.listen`; remove one of them")))
        }
        Some(listen) if http.tls.is_none() && !http.allow_plain && !listen.ip().is_loopback() => Err((
            "admin.listen",
            format!(
                "found \"{listen}\" without `[http.tls]`: passwords would cross the network in the clear. Set a certificate, \
                 or listen on loopback behind a proxy that handles TLS"
            ),
        )),
        _ => Ok(()),
    }
}

fn check_updates(updates: &Updates, http: &Http) -> Result<(), WrongKey> {
    match (&updates.folder, &updates.url) {
        (Some(_), None) => Err((
            "updates.url",
            "clients need the address under which they reach this service; write for example \
             \"https://provisioning.example.org\""
                .into(),
        )),
        (None, Some(_)) => Err(("updates.folder", "`updates.url` is set and there is no folder of installers".into())),
        _ if updates.max_downloads == 0 => {
            Err(("updates.max_downloads", "found 0, which lets no download through; use at least 1".into()))
        }
        (Some(_), _) if updates.max_downloads > http.max_connections / 2 => Err((
            "updates.max_downloads",
            format!(
                "found {}; use at most half of `http.max_connections` ({}), so that downloads leave room for provisioning",
                updates.max_downloads, http.max_connections
            ),
        )),
        _ => at_least("updates.stall_timeout", updates.stall_timeout, Duration::from_secs(1)),
    }
}

fn check_reload(reload: Reload) -> Result<(), WrongKey> {
    if reload.debounce > Reload::LONGEST_WAIT {
        return Err(("reload.debounce", "a change is read after 5 s at the latest; use at most 5s".into()));
    }
    at_least("reload.debounce", reload.debounce, Duration::from_millis(10))
}

fn at_least(key: &'static str, found: Duration, least: Duration) -> Result<(), WrongKey> {
    if found >= least {
        return Ok(());
    }
    Err((
        key,
        format!("found {}; use at least {}", humantime::format_duration(found), humantime::format_duration(least)),
    ))
}
