//! Choosing a user's template and looking up what it wants.
//!
//! 1. Rules are asked in their order. What one of them has to know first, groups for example, is looked up then, and with it
//!    what every template wants that is still possible.
//! 2. What the chosen template mentions is looked up, and the site's own data are added.
//! 3. Where it says what the user is called and the vCard has no name, the account is asked for one.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use xmpp_parsers::jid::DomainPart;

use super::error::ProvisionError;
use super::render::RENDER_RESERVE;
use crate::model::account::{ClientInfo, Entry, Extra, Missing, Part, PartSet, Password, UpdateLink, Username};
use crate::model::server_facts::ServerFacts;
use crate::openfire::directory::Directory;
use crate::openfire::login::Session;
use crate::policy::Policy;
use crate::template::{Choice, Decision, ProvisionContext};

/// Time for the account's name after the vCard could not be read. A server that failed just now is not waited for as long
/// once more.
const SECOND_TRY: Duration = Duration::from_secs(1);

/// A user's template and all that it wants.
#[derive(Debug)]
pub(super) struct Gathered<'p> {
    pub(super) choice: Choice<'p>,
    pub(super) facts: Facts,
}

/// What a template wants to know about a user.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) entry: Entry,
    /// What was asked about the user, by rules too.
    pub(super) asked: PartSet,
    pub(super) extra: Extra,
}

impl Facts {
    /// What the template sees.
    pub(super) fn context<'a>(
        &'a self,
        username: &'a Username,
        password: &'a Password,
        client: &'a ClientInfo,
        server: &'a ServerFacts,
        updates: &'a UpdateLink,
    ) -> ProvisionContext<'a> {
        let Self { entry, extra, .. } = self;
        ProvisionContext { username, password, entry, extra, client, server, updates, now: Timestamp::now() }
    }
}

/// What is known about a user so far.
pub(super) struct UserFacts {
    entry: Entry,
    parts: PartSet,
    session: Option<Session>,
}

/// Chooses templates and looks users up.
pub(super) struct Gatherer {
    directory: Directory,
    /// That of the users.
    domain: DomainPart,
}

impl Gatherer {
    /// Looks up by `directory`, for the users of `domain`.
    pub(super) fn new(directory: Directory, domain: DomainPart) -> Self {
        Self { directory, domain }
    }

    /// Has the groups read again for the next user who needs them.
    pub(super) fn forget_groups(&self) {
        self.directory.forget();
    }

    /// Chooses the template for `user`.
    ///
    /// Where a rule cannot be decided, no template is sent, since it may be the wrong one: the client keeps what it has.
    /// What could not be read and makes no difference for this user is no failure.
    pub(super) async fn choose<'p>(
        &self,
        policy: &'p Policy,
        user: &Username,
        client: &ClientInfo,
        session: Option<Session>,
        deadline: Instant,
    ) -> Result<(Choice<'p>, UserFacts), ProvisionError> {
        self.directory.expect_groups(policy.named_groups());
        let mut known = UserFacts { entry: Entry::default(), parts: PartSet::NOTHING, session };
        loop {
            match policy.templates().decide(user, client, &known.entry, known.parts) {
                Decision::Chosen(choice) => return Ok((choice, known)),
                Decision::Needs { by_rule, anyway } => {
                    self.learn(user, by_rule.union(anyway), &mut known, deadline).await;
                }
                Decision::Undecided { rule, missing } => {
                    return Err(without(&format!("the rule \"{rule}\" of the templates asks for"), &missing));
                }
            }
        }
    }

    /// Looks up what the template wants that was chosen for `user`.
    pub(super) async fn gather<'p>(
        &self,
        policy: &Policy,
        user: &Username,
        (choice, mut known): (Choice<'p>, UserFacts),
        deadline: Instant,
    ) -> Result<Gathered<'p>, ProvisionError> {
        let data = policy.data();
        let template = choice.template;
        let wants_extra = template.wants_extra();
        if let Some(source) = data.unread().filter(|_| wants_extra) {
            return Err(ProvisionError::Unreachable {
                reason: format!("the site data `{source}` have not been read yet"),
            });
        }
        let of_groups = if wants_extra { data.wanted() } else { PartSet::NOTHING };
        self.learn(user, template.wanted().union(of_groups), &mut known, deadline).await;
        ensure_known(&known.entry, template.required(), "the template requires")?;
        ensure_groups(&known.entry, of_groups, |name| data.has_group(name))?;
        if template.wants_display_name() {
            self.learn_name(user, &mut known, deadline).await;
        }
        let UserFacts { entry, parts: asked, .. } = known;
        self.log_missing(user, &entry, template.wants_display_name());
        let extra = if wants_extra { data.values_for(user, &entry.groups, &entry.roster) } else { Extra::default() };
        Ok(Gathered { choice, facts: Facts { entry, asked, extra } })
    }

    /// Looks up what of `parts` is not known yet.
    async fn learn(&self, user: &Username, parts: PartSet, known: &mut UserFacts, deadline: Instant) {
        let parts = parts.without(known.parts);
        known.parts = known.parts.union(parts);
        if parts == PartSet::NOTHING {
            return;
        }
        let deadline = deadline.checked_sub(RENDER_RESERVE).unwrap_or(deadline);
        // The user's own stream serves one look-up, and only the roster may need it.
        let session = if parts.roster { known.session.take() } else { None };
        let entry = self.directory.look_up(user, parts, session, deadline).await;
        known.entry.add(entry, parts);
    }

    /// Asks for the account's name where the vCard gives none and the account was not asked about before. It never fails.
    async fn learn_name(&self, user: &Username, known: &mut UserFacts, deadline: Instant) {
        if known.parts.account || known.entry.profile.name().is_some() {
            return;
        }
        let mut deadline = deadline.checked_sub(RENDER_RESERVE).unwrap_or(deadline);
        if vcard_failed(&known.entry) {
            deadline = deadline.min(Instant::now() + SECOND_TRY);
        }
        let entry = self.directory.account_where_open(user, deadline).await;
        known.entry.add(entry, PartSet::NOTHING.with(Part::Account));
    }

    /// Logs once what could not be had, and the user's name if there is no vCard.
    fn log_missing(&self, user: &Username, entry: &Entry, is_named: bool) {
        if entry.missing.is_empty() {
            return;
        }
        let missing: Vec<String> = entry.missing.iter().map(ToString::to_string).collect();
        let missing = missing.join("; ");
        let source =
            (is_named && vcard_failed(entry)).then(|| entry.display_name(user, &self.domain).source.to_string());
        let instead = source.as_ref().map(|source| format!("; the display name is {source}")).unwrap_or_default();
        tracing::warn!(
            user.name = %user,
            directory.missing = missing,
            display_name.source = source,
            "{user} is provisioned without all data: {missing}{instead}"
        );
    }
}

/// Whether the vCard was asked for and could not be read. That there is none is no failure.
fn vcard_failed(entry: &Entry) -> bool {
    entry.first_missing(PartSet::NOTHING.with(Part::Vcard)).is_some()
}

fn ensure_known(entry: &Entry, parts: PartSet, who: &str) -> Result<(), ProvisionError> {
    entry.first_missing(parts).map_or(Ok(()), |missing| Err(without(who, missing)))
}

/// Fails where the user may be in a group that has values in the site data. All others may be unknown.
fn ensure_groups(entry: &Entry, wanted: PartSet, has_values: impl Fn(&str) -> bool) -> Result<(), ProvisionError> {
    let who = "the site data of groups need";
    let groups = PartSet::NOTHING.with(Part::Groups);
    ensure_known(entry, wanted.without(groups), who)?;
    let doubt = if wanted.groups { entry.doubt_about_groups(has_values) } else { None };
    doubt.map_or(Ok(()), |missing| Err(without(who, missing)))
}

fn without(who: &str, missing: &Missing) -> ProvisionError {
    ProvisionError::Unreachable { reason: format!("{who} data that are missing: {missing}") }
}
