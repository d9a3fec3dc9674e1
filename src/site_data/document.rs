//! JSON and TOML: `default`, `groups`, `roster_groups` and `users`, each a table of names and values.

mod json;
mod sections;
mod toml;

pub(super) use self::json::json;
pub(super) use self::toml::toml;
