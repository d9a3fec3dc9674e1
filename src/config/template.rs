//! `[template]`: where the templates lie, and who gets which.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ipnet::IpNet;
use serde::Deserialize;

use super::http::networks;

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

/// Sends those who meet all its conditions to a template. Of a list one has to match; an absent list matches everybody.
///
/// In texts `*` stands for any characters and `?` for one; upper and lower case are the same.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What `preview` and the log call it.
    pub name: String,
    /// The template.
    pub file: PathBuf,
    /// User names, without the domain.
    #[serde(default)]
    pub users: Vec<String>,
    /// Openfire groups that the user is in. Needs the admin commands, see `directory.admin_commands`.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Groups that one of the user's contacts is in.
    #[serde(default)]
    pub roster_groups: Vec<String>,
    /// Networks that the client is in, as `10.0.0.0/8`.
    #[serde(default, deserialize_with = "networks")]
    pub networks: Vec<IpNet>,
    /// What the client's field `os` says.
    #[serde(default)]
    pub os: Vec<String>,
    /// Versions of the client, as `>=2.10`, `<2.11`, `2.10.*`: all of them have to hold.
    #[serde(default)]
    pub client_version: Vec<String>,
    /// What other fields of the request say, by name: a text, or a list of which one has to match.
    #[serde(default)]
    pub fields: BTreeMap<String, Vec<String>>,
}
