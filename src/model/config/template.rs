//! `[template]`: where the templates lie, and who gets which.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ipnet::IpNet;
use serde::Deserialize;

use super::value::{list, networks};
use super::{Pattern, VersionRange};

/// Where the templates lie, and who gets which.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Template {
    /// The template of everybody whom no rule sends elsewhere. Default: the one built in,
    /// `templates/provision.properties`.
    pub file: Option<PathBuf>,
    /// The folder below which templates find what they include, extend or import. Default: the folder of `file`, else of
    /// the configuration.
    pub folder: Option<PathBuf>,
    /// Who gets which template; the first rule that matches counts. Default: none.
    pub rule: Vec<Rule>,
}

/// Sends those who meet all its conditions to a template. Of a list one has to match, of versions all; an absent list
/// matches everybody. A client that does not send what is asked for does not match.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What `preview` and the log call it.
    pub name: String,
    /// The template for users whom the rule matches; relative to the configuration file.
    pub file: PathBuf,
    /// User names, without the domain.
    #[serde(default, deserialize_with = "list::deserialize")]
    pub users: Vec<Pattern>,
    /// Openfire groups that the user is in. Needs the admin commands, see `directory.admin_commands`.
    #[serde(default, deserialize_with = "list::deserialize")]
    pub groups: Vec<Pattern>,
    /// Groups that one of the user's contacts is in.
    #[serde(default, deserialize_with = "list::deserialize")]
    pub roster_groups: Vec<Pattern>,
    /// Networks that the client is in, as `10.0.0.0/8`.
    #[serde(default, deserialize_with = "networks::condition")]
    pub networks: Vec<IpNet>,
    /// What the client's field `os` says.
    #[serde(default, deserialize_with = "list::deserialize")]
    pub os: Vec<Pattern>,
    /// Versions of the client: all of them have to hold.
    #[serde(default, deserialize_with = "list::deserialize")]
    pub client_version: Vec<VersionRange>,
    /// What other fields of the request say, by name.
    #[serde(default, deserialize_with = "list::by_name")]
    pub fields: BTreeMap<String, Vec<Pattern>>,
}
