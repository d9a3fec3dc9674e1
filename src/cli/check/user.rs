//! `check --user NAME`: what arrives for one person, and whether that person can log in.

mod arrivals;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use tokio::time::Instant;
use xmpp_parsers::jid::DomainPart;

use self::arrivals::{Arrivals, Source};
use super::client_port::ClientPort;
use super::{Report, reference};
use crate::app;
use crate::model::account::{
    ClientInfo, ClientVersion, Credentials, Entry, LoginName, Missing, Part, PartSet, Password, PasswordError, Reason,
    Username,
};
use crate::model::causes::with_causes;
use crate::model::config::Config;
use crate::model::named_groups::NamedGroups;
use crate::openfire::component::Component;
use crate::openfire::login::{LoginError, Refusal, Session};
use crate::template::{Decision, Templates};

/// The person to ask about.
#[derive(Debug)]
pub(super) struct User {
    /// As that person types the name.
    typed: String,
    /// None when no login is to be tried.
    password: Option<Result<Password, PasswordError>>,
}

impl User {
    /// Takes name and password as they were typed.
    pub(super) fn new(typed: String, password: Option<String>) -> Self {
        Self { typed, password: password.map(Password::parse) }
    }

    /// Reports what arrives for this person. `port` and `component` are none where they cannot be reached, which has been
    /// reported before. `groups` are those that rules and site data name.
    pub(super) async fn check(
        &self,
        port: Option<&ClientPort>,
        component: Option<&Component>,
        (templates, groups): (Option<&Templates>, &Arc<NamedGroups>),
        config: &Config,
        report: &mut Report,
    ) {
        let name = match config.openfire.login_name(&self.typed) {
            Ok(name) => name,
            Err(error) => {
                return report.wrong("user", format!("no account can have the name `{}`: {error}", self.shown()));
            }
        };
        self.report_name(&name, config, report);
        let user = name.username.clone();
        let session = self.log_in(&name, port, config, report).await;
        let Some(component) = component else {
            return report.note(
                "user",
                format!(
                    "what arrives for {user} is unknown, since this command has no component of its own (see above); while the \
                     service runs, it needs component.preview_name"
                ),
            );
        };
        let directory = app::directory(component.clone(), config);
        directory.expect_groups(groups);
        let (is_known, is_tried) = (session.is_some(), self.password.is_some());
        let deadline = Instant::now() + config.limits.request_deadline;
        let entry = directory.look_up(&user, PartSet::EVERYTHING, session, deadline).await;
        let source = if port.is_some_and(|port| port.only_plain) { Source::Directory } else { Source::Openfire };
        let arrivals =
            Arrivals { user: &user, domain: &config.openfire.domain, entry: &entry, source, is_known, is_tried };
        arrivals.report(report);
        if let Some(templates) = templates {
            report_template(&user, &entry, templates, report);
        }
        if matches!(source, Source::Directory) {
            reference::compare(&directory, (&user, &entry), config, report).await;
        }
    }

    fn report_name(&self, name: &LoginName<'_>, config: &Config, report: &mut Report) {
        let by = match name.pattern {
            Some(pattern) => format!(", by \"{pattern}\" in openfire.login_names"),
            None if self.is_cut(name) => "; the domain is openfire.domain, so it is not part of the name".to_owned(),
            None => String::new(),
        };
        let account = name.username.at(&config.openfire.domain);
        report.fine("user", format!("`{}` is asked about as {account}{by}", self.shown()));
        if let Some(foreign) = name.foreign() {
            report.note("user", format!("{foreign}, unless accounts have such names"));
        }
    }

    /// The name as it was typed, in one line.
    fn shown(&self) -> String {
        self.typed.replace(char::is_control, " ")
    }

    /// Whether our own domain was cut off.
    fn is_cut(&self, name: &LoginName<'_>) -> bool {
        name.pattern.is_none() && Username::parse_whole(&self.typed).is_ok_and(|whole| whole != name.username)
    }

    /// Tries the login, if a password was given. Gives the user's own stream.
    async fn log_in(
        &self,
        name: &LoginName<'_>,
        port: Option<&ClientPort>,
        config: &Config,
        report: &mut Report,
    ) -> Option<Session> {
        let user = &name.username;
        let password = match self.password.as_ref()? {
            Ok(password) => password.clone(),
            Err(error) => {
                report.wrong("login", format!("{user} was not tried: {error}"));
                return None;
            }
        };
        let Some(port) = port else {
            report.note("login", format!("{user} was not tried, since the client port cannot be used (see above)"));
            return None;
        };
        let credentials = Credentials { username: user.clone(), password };
        match port.login.authenticate(&credentials, Instant::now() + config.limits.request_deadline).await {
            Ok(session) => {
                report.fine("login", format!("{user} can log in with this password"));
                Some(session)
            }
            Err(error) => {
                let domain = self.is_cut(name).then_some(&config.openfire.domain);
                let meaning = meaning(&error, port, domain);
                report.wrong("login", format!("{user} cannot log in: {}{meaning}", with_causes(&error)));
                None
            }
        }
    }
}

/// What a failed login means, for the end of a sentence. `cut` is our own domain, where it was cut off the name.
fn meaning(error: &LoginError, port: &ClientPort, cut: Option<&DomainPart>) -> String {
    let LoginError::Refused(Refusal::NotAuthorized, _) = error else { return String::new() };
    if port.reference == Some(false) {
        return ". The reference account cannot log in either (see above), so the cause may not be this password: Openfire's \
            database or LDAP is down, or that account is not right"
            .to_owned();
    }
    if !port.only_plain {
        let about_all = if port.reference.is_none() {
            ", unless Openfire cannot read its database; only a reference account shows that"
        } else {
            ""
        };
        return about_all.to_owned();
    }
    let about_all = if port.reference.is_none() { ", or the directory cannot be reached" } else { "" };
    let about_domain = cut.map_or_else(String::new, |domain| {
        format!(
            ". If Openfire finds users by userPrincipalName (ldap.usernameField), their names have a domain: add \
             '*@{domain} -> *@{domain}' to openfire.login_names"
        )
    });
    format!(
        ". With LDAP and Active Directory Openfire gives one answer for every cause: the password is wrong; no entry below \
         ldap.baseDN has this name in ldap.usernameField, or two have it; ldap.searchFilter leaves it out; the account is \
         locked, disabled, expired or outside its logon hours; its password has expired or must be changed\
         {about_all}{about_domain}"
    )
}

/// Which template the user gets.
fn report_template(user: &Username, entry: &Entry, templates: &Templates, report: &mut Report) {
    let client = ClientInfo {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        user_agent: ClientInfo::USUAL_AGENT.to_owned(),
        version: ClientVersion::parse(ClientInfo::USUAL_AGENT),
        fields: BTreeMap::new(),
    };
    // All of it was looked up; what could not be had is in the entry.
    let known = Part::ALL.into_iter().fold(PartSet::NOTHING, PartSet::with);
    let choice = match templates.decide(user, &client, entry, known) {
        Decision::Chosen(choice) => choice,
        Decision::Undecided { rule, missing } => {
            return report_missing(user, &format!("the rule \"{rule}\" asks for"), &missing, report);
        }
        Decision::Needs { by_rule, .. } => return report_unknown(user, "a rule asks for", by_rule, entry, report),
    };
    let template = choice.template.name();
    let why = match choice.rule {
        Some(rule) => format!("rule \"{rule}\" chooses {template}"),
        None => format!("no rule matches; the default is {template}"),
    };
    if templates.all().count() > 1 {
        let agent = ClientInfo::USUAL_AGENT;
        let client = format!("for a client {agent} on this machine that sends no other fields");
        report.fine("template", format!("{why}, {client}; `preview` shows it for others"));
    } else {
        report.fine("template", format!("{template}, as for every user"));
    }
    report_unknown(user, "the template requires", choice.template.required(), entry, report);
}

/// Reports that the user gets an error, since of `parts` something is missing.
fn report_unknown(user: &Username, who: &str, parts: PartSet, entry: &Entry, report: &mut Report) {
    if let Some(missing) = entry.first_missing(parts) {
        report_missing(user, who, missing, report);
    }
}

fn report_missing(user: &Username, who: &str, missing: &Missing, report: &mut Report) {
    if missing.reason == Reason::NoSession {
        let how = format!("{who} the roster, which this server gives only to the user's own login: add --password");
        return report.note("template", how);
    }
    report.wrong("template", format!("{user} gets an error (503): {who} data that are missing: {missing}"));
}
