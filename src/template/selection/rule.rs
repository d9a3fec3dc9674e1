//! One rule: whom it sends to its template.

use std::sync::Arc;

use jitsi_properties::Version;

use super::super::compiled::Template;
use super::choice::{Choice, Condition};
use crate::model::account::{ClientInfo, Entry, Missing, Part, PartSet, Username};
use crate::model::config::{self, Pattern};

/// A rule and its template.
#[derive(Debug)]
pub(super) struct TemplateRule {
    pub(super) conditions: config::Rule,
    pub(super) template: Arc<Template>,
}

impl TemplateRule {
    /// The choice of this rule.
    pub(super) fn choice(&self) -> Choice<'_> {
        Choice { template: &self.template, rule: Some(&self.conditions.name) }
    }

    /// What has to be looked up to judge the rule.
    pub(super) fn asks(&self) -> PartSet {
        let config::Rule { groups, roster_groups, .. } = &self.conditions;
        let parts = [(Part::Groups, groups), (Part::Roster, roster_groups)];
        parts
            .iter()
            .filter(|(_, patterns)| !patterns.is_empty())
            .fold(PartSet::NOTHING, |asks, (part, _)| asks.with(*part))
    }

    /// Whether all conditions hold that a request alone decides.
    pub(super) fn holds_for_request(&self, user: &Username, client: &ClientInfo) -> bool {
        self.unmet_by_request(user, client).is_none()
    }

    /// The first condition that does not hold, of those that a request alone decides.
    pub(super) fn unmet_by_request(&self, user: &Username, client: &ClientInfo) -> Option<Condition<'_>> {
        let config::Rule { users, networks, os, client_version, fields, .. } = &self.conditions;
        let field =
            |name: &str, patterns: &[Pattern]| client.fields.get(name).is_some_and(|text| any(patterns, [text]));
        let address = client.address.to_canonical();
        if !users.is_empty() && !any(users, [&user.unescaped()]) {
            return Some(Condition::Users);
        }
        if !networks.is_empty() && !networks.iter().any(|network| network.contains(&address)) {
            return Some(Condition::Networks);
        }
        if !os.is_empty() && !field("os", os) {
            return Some(Condition::Os);
        }
        if let Some((name, _)) = fields.iter().find(|(name, patterns)| !field(name, patterns)) {
            return Some(Condition::Field(name));
        }
        let is_one_of = |version: Version| client_version.iter().all(|range| range.matches(&version));
        let is_met = client_version.is_empty() || Version::parse(&client.version.version).is_some_and(is_one_of);
        (!is_met).then_some(Condition::ClientVersion)
    }

    /// Whether the conditions hold for which a user had to be looked up. The error is what would have to be known for that.
    pub(super) fn holds_for_entry<'e>(&self, entry: &'e Entry) -> Result<bool, &'e Missing> {
        match (self.unmet_by_entry(entry), self.holds_for_groups(entry), self.holds_for_roster(entry)) {
            (Some(_), ..) => Ok(false),
            (None, Err(missing), _) | (None, _, Err(missing)) => Err(missing),
            (None, Ok(_), Ok(_)) => Ok(true),
        }
    }

    /// The first condition that is certain not to hold, of those for which a user had to be looked up.
    pub(super) fn unmet_by_entry(&self, entry: &Entry) -> Option<Condition<'_>> {
        let groups = matches!(self.holds_for_groups(entry), Ok(false)).then_some(Condition::Groups);
        groups.or_else(|| matches!(self.holds_for_roster(entry), Ok(false)).then_some(Condition::RosterGroups))
    }

    fn holds_for_groups<'e>(&self, entry: &'e Entry) -> Result<bool, &'e Missing> {
        let config::Rule { groups, .. } = &self.conditions;
        if groups.is_empty() || any(groups, &entry.groups) {
            return Ok(true);
        }
        let is_meant = |name: &str| groups.iter().any(|pattern| pattern.matches(name));
        entry.doubt_about_groups(is_meant).map_or(Ok(false), Err)
    }

    fn holds_for_roster<'e>(&self, entry: &'e Entry) -> Result<bool, &'e Missing> {
        let config::Rule { roster_groups, .. } = &self.conditions;
        if roster_groups.is_empty() || any(roster_groups, entry.roster.iter().flat_map(|contact| &contact.groups)) {
            return Ok(true);
        }
        entry.first_missing(PartSet::NOTHING.with(Part::Roster)).map_or(Ok(false), Err)
    }

    /// Whether everybody whom the rule is for is certain to be one whom `other` is for too.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let (own, other) = (&self.conditions, &other.conditions);
        let patterns = [
            (&own.users, &other.users),
            (&own.groups, &other.groups),
            (&own.roster_groups, &other.roster_groups),
            (&own.os, &other.os),
        ];
        patterns.iter().all(|(own, other)| within(own, other))
            && (other.networks.is_empty()
                || !own.networks.is_empty()
                    && own.networks.iter().all(|net| other.networks.iter().any(|wide| wide.contains(net))))
            && other.client_version.iter().all(|range| own.client_version.contains(range))
            && other.fields.iter().all(|(name, wide)| own.fields.get(name).is_some_and(|narrow| within(narrow, wide)))
    }
}

fn any<'t>(patterns: &[Pattern], texts: impl IntoIterator<Item = &'t String>) -> bool {
    texts.into_iter().any(|text| patterns.iter().any(|pattern| pattern.matches(text)))
}

fn within(narrow: &[Pattern], wide: &[Pattern]) -> bool {
    wide.is_empty() || !narrow.is_empty() && narrow.iter().all(|narrow| wide.iter().any(|wide| wide.covers(narrow)))
}
