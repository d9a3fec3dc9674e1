//! Provisioning server for Jitsi desktop clients, beside the Openfire that a site already runs.
//!
//! A client posts its user's name and password. They are proved by a SASL login on Openfire, what the site's
//! template mentions is fetched (vCard, roster, groups), the template is rendered, the text is checked and
//! encoded, and only then is the first byte of the answer sent.
//!
//! ```text
//! Jitsi --POST--> http --Credentials--> provision --> openfire::login      SASL on a client stream, one per request
//!                                          |-------> openfire::directory  vCard, roster, groups
//!                                          |-------> site_data            the site's own values by user and group
//!                                          |-------> template             rules choose one; typed context -> text
//!                                          `-------> properties           parse, lint, encode -> bytes
//! Jitsi <--200 text/plain, Content-Length-- http <-- reply
//! ```
//!
//! Arrows are followed, never turned: `http` knows `provision`; `provision` knows `openfire`, `site_data`,
//! `template` and `properties`; those four know neither `http` nor each other. [`app`] builds everything once.
//!
//! - [`account`]: what comes from outside as types: user name, credentials, vCard profile, contact, client.
//! - [`app`]: composition root: `build`, `local_addr`, `run(shutdown)`.
//! - `authorities`: certificates of authorities, from a file or the system.
//! - `backoff`: the pause before the next attempt.
//! - [`causes`]: errors with their causes in one line.
//! - [`cli`]: the command line, one file per command.
//! - [`config`]: the TOML file, one documented struct per section.
//! - [`http`]: the HTTP front: forms and answers, limits, TLS, and the only map from errors to answers.
//! - `java_hash`: Java's hash of a text, by which a client finds its LDAP directories.
//! - [`openfire`]: SASL login, component stream, directory.
//! - `ordinary_file`: reads a file that may turn out to be something else, or without an end.
//! - `process_user`: as whom this process runs, for messages about files that it may not read.
//! - [`properties`]: Java properties: parse with line numbers, encode, escape, lint.
//! - [`provision`]: the one use case and its outcome.
//! - [`secret_names`]: which names say that a secret goes by them.
//! - [`site_data`]: what the site itself knows about its users, from its own files, commands and endpoints.
//! - [`telemetry`]: the log and the metrics.
//! - [`template`]: templates: what a site wants a client to be told, with checked names and escaped values.
//! - [`updates`]: the update channel: a folder of installers, what is offered to which client, and who may read what.

pub mod account;
pub mod app;
mod authorities;
mod backoff;
pub mod causes;
pub mod cli;
pub mod config;
pub mod http;
mod java_hash;
pub mod openfire;
mod ordinary_file;
mod process_user;
pub mod properties;
pub mod provision;
pub mod secret_names;
pub mod site_data;
pub mod telemetry;
pub mod template;
pub mod updates;

#[cfg(test)]
mod documentation_tests;
