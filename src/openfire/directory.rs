//! What the server knows about a user: vCard, roster, account details and groups, each asked at the same time.
//!
//! | part | asked how | when it cannot be had |
//! |---|---|---|
//! | vCard, photo | vcard-temp query by the component (XEP-0054) | empty, in [`Entry::missing`]; no vCard is not missing |
//! | roster | command `get-user-roster` by the component (XEP-0133), otherwise the user's own stream (RFC 6121) | empty, in [`Entry::missing`] |
//! | account | command `get-user-properties` by the component | empty; in [`Entry::withheld`] where the server does not offer it, in [`Entry::missing`] where it finds no such account |
//! | account, for a user whose vCard has no name | the same, behind the vCard | empty; in [`Entry::missing`] when it failed |
//! | groups | commands `get-groups` and `get-group-members` by the component, kept for a minute | the same; single groups that could not be read are in [`Entry::missing`] too |
//!
//! Which commands the server offers is found out once, and again after a reconnect and after a minute. Values are
//! plain text as the server sent them; code that puts them into another format escapes them there.

mod commands;
mod groups;
mod offers;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;
use tracing::{debug, info};
use xmpp_parsers::jid::{BareJid, DomainPart, Jid};
use xmpp_parsers::stanza_error::DefinedCondition;

use self::commands::Commands;
use self::groups::Groups;
use self::offers::Offers;
use super::admin_commands::{self, Command, Offered};
use super::component::{Component, IqError};
use super::login::{Session, SessionError, Unreachable};
use super::{roster, vcard};
use crate::model::account::{AccountDetails, Contact, Entry, Missing, Part, PartSet, Reason, Username};
use crate::model::config::{self, AdminCommands, RosterSource};
use crate::model::named_groups::NamedGroups;

/// Looks users up on the server.
#[derive(Debug)]
pub struct Directory {
    component: Component,
    settings: config::Directory,
    domain: DomainPart,
    iq_timeout: Duration,
    commands: Commands,
    offers: Offers,
    groups: Groups,
    /// Connection number for which the withheld parts were last logged.
    reported: AtomicU64,
}

impl Directory {
    /// A directory of the users of `domain`, asked through `component`, where one part takes at most `iq_timeout`.
    ///
    /// A roster that is requested on the user's own stream has `directory.roster_timeout` instead.
    #[must_use]
    pub fn new(component: Component, settings: config::Directory, domain: DomainPart, iq_timeout: Duration) -> Self {
        let server = Jid::from(BareJid::from_parts(None, &domain));
        let commands = Commands::new(component.clone(), server.clone());
        Self {
            offers: Offers::new(component.clone(), server),
            groups: Groups::new(domain.clone(), commands.clone(), iq_timeout),
            component,
            settings,
            domain,
            iq_timeout,
            commands,
            reported: AtomicU64::new(u64::MAX),
        }
    }

    /// Asks for what is `wanted` about `user`, all at the same time, until `deadline` at most.
    ///
    /// It never fails: what fails is empty and named in the entry. `session` is the user's own stream, for the roster
    /// where the component cannot have it; it is closed as soon as it is of no use. There is none in a preview.
    ///
    /// Dropping the future abandons the look-up. Only admin commands that run are ended in the background, within two
    /// minutes, since the server would count them as unfinished.
    pub async fn look_up(
        &self,
        user: &Username,
        wanted: PartSet,
        session: Option<Session>,
        deadline: Instant,
    ) -> Entry {
        let user = user.at(&self.domain);
        let (vcard, roster, account, groups) = tokio::join!(
            self.vcard(&user, wanted, deadline),
            self.roster(&user, wanted, session, deadline),
            self.account(&user, wanted, deadline),
            self.groups(&user, wanted, deadline),
        );
        let mut entry = Entry {
            profile: vcard.profile,
            roster: roster.roster,
            account: account.account,
            groups: groups.groups,
            missing: [vcard.missing, roster.missing, account.missing, groups.missing].concat(),
            withheld: [roster.withheld, account.withheld, groups.withheld].concat(),
        };
        entry.missing.sort_by_key(|missing| missing.part);
        self.tell_what_is_withheld(&entry);
        entry
    }

    /// Name and e-mail address of the account, for a user of whom the vCard gives no name.
    ///
    /// Where the component may not ask, the entry is empty and nothing is missing in it.
    pub async fn account_where_open(&self, user: &Username, deadline: Instant) -> Entry {
        let entry = self.account(&user.at(&self.domain), PartSet::NOTHING.with(Part::Account), deadline).await;
        Entry { withheld: Vec::new(), ..entry }
    }

    /// The groups that rules and site data name. While there are some, a server without any group is not believed.
    pub fn expect_groups(&self, named: &Arc<NamedGroups>) {
        self.groups.expect(named);
    }

    /// Drops the groups that were read, and which commands the server offers: the next look-up reads them again.
    pub fn forget(&self) {
        self.offers.forget();
        self.groups.forget();
    }

    /// The admin commands that the server lets the component use now.
    ///
    /// # Errors
    ///
    /// Why the server could not be asked, at `deadline` at the latest.
    pub async fn offered(&self, deadline: Instant) -> Result<Arc<Offered>, Reason> {
        self.offers.current(deadline).await
    }

    async fn vcard(&self, user: &BareJid, wanted: PartSet, deadline: Instant) -> Entry {
        if !wanted.vcard && !wanted.photo {
            return Entry::default();
        }
        let query = vcard::query(wanted.photo);
        match self.component.get(user.clone().into(), query, self.limit(deadline)).await {
            Ok(answer) => {
                let (profile, missing) = answer.map(|answer| vcard::profile(&answer, wanted.photo)).unwrap_or_default();
                Entry { profile, missing, ..Entry::default() }
            }
            Err(IqError::Stanza { condition }) if says_no_vcard(&condition) => Entry::default(),
            Err(error) => {
                let reason = commands::reason(error);
                let parts = [Part::Vcard, Part::Photo].into_iter().filter(|part| wanted.includes(*part));
                Entry { missing: parts.map(|part| missing(part, reason.clone())).collect(), ..Entry::default() }
            }
        }
    }

    async fn roster(&self, user: &BareJid, wanted: PartSet, session: Option<Session>, deadline: Instant) -> Entry {
        if !wanted.roster {
            return Entry::default();
        }
        let result = match self.settings.roster {
            RosterSource::Off => {
                let off = Reason::SwitchedOff { setting: "directory.roster = \"off\"" };
                return Entry { withheld: vec![missing(Part::Roster, off)], ..Entry::default() };
            }
            RosterSource::Session => self.roster_by_session(session, deadline).await,
            RosterSource::Component => {
                drop(session);
                self.roster_by_component(user, deadline).await
            }
            RosterSource::Auto => match (self.roster_by_component(user, deadline).await, session) {
                (Err(reason), Some(session)) => {
                    debug!(user.jid = %user, %reason, "the roster of {user} is requested on the user's own stream");
                    self.roster_by_session(Some(session), deadline).await
                }
                (Err(Reason::NotOffered { .. }), None) => Err(Reason::NoSession),
                (result, _) => result,
            },
        };
        match result {
            Ok((roster, shortened)) => {
                let missing = shortened.map(|reason| missing(Part::Roster, reason)).into_iter().collect();
                Entry { roster, missing, ..Entry::default() }
            }
            Err(reason) => Entry { missing: vec![missing(Part::Roster, reason)], ..Entry::default() },
        }
    }

    async fn roster_by_component(
        &self,
        user: &BareJid,
        deadline: Instant,
    ) -> Result<(Vec<Contact>, Option<Reason>), Reason> {
        let deadline = self.limit(deadline);
        self.require(Command::GetUserRoster, deadline).await?;
        // The field's name is a plural in Openfire and a singular in Prosody.
        let fields = vec![("accountjids", user.to_string()), ("accountjid", user.to_string())];
        roster::contacts(&self.run(Command::GetUserRoster, fields, deadline).await?)
    }

    async fn roster_by_session(
        &self,
        session: Option<Session>,
        deadline: Instant,
    ) -> Result<(Vec<Contact>, Option<Reason>), Reason> {
        let session = session.ok_or(Reason::NoSession)?;
        // Not held to the time of one query: Openfire 4.2 takes seconds for the first reading of 2,000 contacts.
        let deadline = deadline.min(Instant::now() + self.settings.roster_timeout);
        // Boxed, since the stream's buffers would make every look-up's future large.
        match Box::pin(session.roster(deadline)).await {
            Ok(answer) => roster::contacts(&answer),
            Err(error @ SessionError::Lost(Unreachable::TimedOut { .. })) => {
                Err(Reason::Session(format!("{error}; see `directory.roster_timeout`")))
            }
            Err(error) => Err(Reason::Session(error.to_string())),
        }
    }

    async fn account(&self, user: &BareJid, wanted: PartSet, deadline: Instant) -> Entry {
        if !wanted.account {
            return Entry::default();
        }
        match self.account_details(user, self.limit(deadline)).await {
            Ok(account) => Entry { account, ..Entry::default() },
            Err(reason) => without(Part::Account, reason),
        }
    }

    async fn account_details(&self, user: &BareJid, deadline: Instant) -> Result<AccountDetails, Reason> {
        self.require_admin(Command::GetUserProperties, deadline).await?;
        let fields = vec![("accountjids", user.to_string())];
        let form = self.run(Command::GetUserProperties, fields, deadline).await?;
        admin_commands::account_details(&form, user).ok_or(Reason::NoSuchAccount)
    }

    async fn groups(&self, user: &BareJid, wanted: PartSet, deadline: Instant) -> Entry {
        if !wanted.groups {
            return Entry::default();
        }
        match self.group_names(user, self.limit(deadline)).await {
            Ok((groups, reasons)) => {
                let missing = reasons.into_iter().map(|reason| missing(Part::Groups, reason)).collect();
                Entry { groups, missing, ..Entry::default() }
            }
            Err(reason) => without(Part::Groups, reason),
        }
    }

    async fn group_names(&self, user: &BareJid, deadline: Instant) -> Result<(Vec<String>, Vec<Reason>), Reason> {
        self.require_admin(Command::GetGroups, deadline).await?;
        self.require_admin(Command::GetGroupMembers, deadline).await?;
        let groups = self.groups.names_for(user, deadline).await;
        self.note_refusal(groups)
    }

    /// Fails where an admin command is switched off, or the server does not offer it.
    async fn require_admin(&self, command: Command, deadline: Instant) -> Result<(), Reason> {
        match self.settings.admin_commands {
            AdminCommands::Off => Err(Reason::SwitchedOff { setting: "directory.admin_commands = \"off\"" }),
            AdminCommands::Auto => self.require(command, deadline).await,
        }
    }

    async fn require(&self, command: Command, deadline: Instant) -> Result<(), Reason> {
        match self.offers.current(deadline).await {
            Ok(offered) if offered.has(command) => Ok(()),
            Ok(_) => Err(commands::not_offered(command, self.component.name())),
            Err(reason) => Err(reason),
        }
    }

    async fn run(
        &self,
        command: Command,
        fields: Vec<commands::Field>,
        deadline: Instant,
    ) -> Result<xmpp_parsers::minidom::Element, Reason> {
        let result = self.commands.run(command, fields, deadline).await;
        self.note_refusal(result)
    }

    /// Has the offers asked anew where a command was refused that was offered before.
    fn note_refusal<T>(&self, result: Result<T, Reason>) -> Result<T, Reason> {
        if let Err(Reason::NotOffered { .. }) = &result {
            self.offers.forget();
        }
        result
    }

    /// Logs once for each link what the server does not offer the component.
    fn tell_what_is_withheld(&self, entry: &Entry) {
        let not_offered = |missing: &&Missing| matches!(missing.reason, Reason::NotOffered { .. });
        let withheld: Vec<&Missing> = entry.withheld.iter().filter(not_offered).collect();
        let [Missing { reason, .. }, ..] = withheld.as_slice() else { return };
        let epoch = self.component.epoch();
        if self.reported.swap(epoch, Ordering::Relaxed) != epoch {
            let parts = withheld.iter().map(|missing| missing.part.to_string()).collect::<Vec<_>>().join(" and ");
            info!(directory.withheld = %parts, "templates get nothing for {parts}: {reason}");
        }
    }

    fn limit(&self, deadline: Instant) -> Instant {
        deadline.min(Instant::now() + self.iq_timeout)
    }
}

fn missing(part: Part, reason: Reason) -> Missing {
    Missing { part, reason }
}

/// An entry without `part`: withheld when the server keeps it back for every user, otherwise missing.
fn without(part: Part, reason: Reason) -> Entry {
    let missing = vec![missing(part, reason)];
    match missing.as_slice() {
        [Missing { reason: Reason::NotOffered { .. } | Reason::SwitchedOff { .. }, .. }] => {
            Entry { withheld: missing, ..Entry::default() }
        }
        _ => Entry { missing, ..Entry::default() },
    }
}

/// Whether a server that answers so has no vCard of the user: Openfire 5 says `service-unavailable`, Prosody
/// `item-not-found`.
fn says_no_vcard(condition: &DefinedCondition) -> bool {
    matches!(condition, DefinedCondition::ItemNotFound | DefinedCondition::ServiceUnavailable)
}
