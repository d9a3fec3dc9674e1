//! What the rules say.

use std::sync::Arc;

use super::super::compiled::Template;
use crate::model::account::{Missing, PartSet};

/// A template that was chosen for a request.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'t> {
    /// What is rendered for the user.
    pub template: &'t Arc<Template>,
    /// The name of the rule that chose it; none for the default.
    pub rule: Option<&'t str>,
}

/// Which template a user gets, as far as it is known.
#[derive(Debug, Clone)]
pub enum Decision<'t> {
    /// All that decides it is known.
    Chosen(Choice<'t>),
    /// A rule asks what is not known yet.
    Needs {
        /// What has to be looked up to judge the rule. Without it, the right template is not known.
        by_rule: PartSet,
        /// What every template that is still possible wants anyway, so that it can be looked up at the same time.
        anyway: PartSet,
    },
    /// A rule asks what was looked up and could not be had, and no earlier rule matches. Any template may be the wrong one.
    Undecided {
        /// Name of the rule.
        rule: &'t str,
        /// What could not be had.
        missing: Missing,
    },
}

/// A rule that did not match a request, and why not.
#[derive(Debug, Clone, Copy)]
pub struct PassedOver<'t> {
    /// Name of the rule.
    pub rule: &'t str,
    /// The template that it would have chosen.
    pub template: &'t str,
    /// The first of its conditions that the request does not meet.
    pub unmet: Condition<'t>,
}

/// A condition of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition<'t> {
    /// `users`: the name of the user.
    Users,
    /// `networks`: the address of the client.
    Networks,
    /// `os`: the field `os`.
    Os,
    /// `fields`: the field of this name.
    Field(&'t str),
    /// `client_version`: the version in the header `User-Agent`.
    ClientVersion,
    /// `groups`: the user's groups on the server.
    Groups,
    /// `roster_groups`: the groups in the user's roster.
    RosterGroups,
}

/// A rule that no user can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shadowed<'t> {
    /// Name of the rule.
    pub rule: &'t str,
    /// The earlier rule that matches every user whom it is for.
    pub by: &'t str,
}
