//! What the rules say.

use super::super::compiled::Template;
use crate::model::account::{Missing, PartSet};

/// A template that was chosen for a request.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'t> {
    /// What is rendered for the user.
    pub template: &'t Template,
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

/// A rule that no user can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shadowed<'t> {
    /// Name of the rule.
    pub rule: &'t str,
    /// The earlier rule that matches every user whom it is for.
    pub by: &'t str,
}
