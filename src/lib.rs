//! Provisioning server for Jitsi desktop clients, beside the Openfire that a site already runs.
//!
//! A client posts its user's name and password. They are proved by a SASL login on Openfire, what the site's
//! template mentions is fetched (vCard, roster, groups), the template is rendered, the text is checked and
//! encoded, and only then is the first byte of the answer sent.
//!
//! ```text
//! Jitsi --POST--> http::provisioning --> authentication --> openfire::login     prove (and doubt)
//!                         |-----------> provision --------> openfire::directory vCard, roster, groups
//!                         |                  |------------> policy              rules, templates, data in force
//!                         |                  `------------> jitsi_properties    parse, lint, encode
//! Jitsi <--200 text/plain, Content-Length-- http <-- reply
//! ```
//!
//! The rooms, and what each one may know, are in `docs/architecture.md`.

pub mod administration;
pub mod app;
pub mod authentication;
pub mod certificates;
pub mod cli;
pub mod console_plugin;
pub mod discovery;
pub mod http;
pub mod inbound;
pub mod migration;
pub mod model;
pub mod openfire;
pub mod policy;
pub mod provision;
mod reload;
pub mod settings;
pub mod site_data;
pub mod snippets;
pub mod telemetry;
pub mod template;
pub mod updates;
