//! What a template sees, as a type.

use std::collections::BTreeMap;

use jiff::Timestamp;
use minijinja::{Value, context};

use super::super::language::functions::{TURN_CREDENTIALS, credentials};
use super::super::language::secret::Secret;
use super::{extra, vcard};
use crate::model::account::{ClientInfo, Contact, Entry, Extra, Password, Subscription, UpdateLink, Username};
use crate::model::server_facts::ServerFacts;
use crate::model::timestamp::rfc3339;

/// What a template sees, for one request. `docs/templates.md` describes each name.
#[derive(Debug, Clone, Copy)]
pub struct ProvisionContext<'a> {
    /// Who logged in.
    pub username: &'a Username,
    /// With what password.
    pub password: &'a Password,
    /// What the directory found out about the user.
    pub entry: &'a Entry,
    /// What the site itself knows about the user.
    pub extra: &'a Extra,
    /// The client that asks.
    pub client: &'a ClientInfo,
    /// The chat server, as clients see it.
    pub server: &'a ServerFacts,
    /// Where the client finds updates.
    pub updates: &'a UpdateLink,
    /// The time of the request.
    pub now: Timestamp,
}

impl ProvisionContext<'_> {
    /// The context as the engine takes it. What the template does not mention is not copied.
    pub(in crate::template) fn to_value(self, mentions: impl Fn(&str) -> bool) -> Value {
        let roots: [(&'static str, &dyn Fn() -> Value); 12] = [
            ("user", &|| self.user()),
            ("password", &|| Secret::value(self.password.typed())),
            ("vcard", &|| vcard::value(&self.entry.profile)),
            ("roster", &|| self.entry.roster.iter().map(contact).collect()),
            ("roster_groups", &|| self.roster_groups()),
            ("groups", &|| self.entry.groups.iter().map(String::as_str).collect()),
            ("account", &|| self.account()),
            ("extra", &|| extra::value(self.extra)),
            ("request", &|| self.request()),
            ("openfire", &|| self.openfire()),
            ("updates", &|| context! { link => self.updates.link.as_str(), version => self.updates.version.as_str() }),
            ("now", &|| rfc3339(self.now).into()),
        ];
        let functions: [(&'static str, &dyn Fn() -> Value); 1] =
            [(TURN_CREDENTIALS, &|| credentials(self.now.as_second(), self.username.unescaped()))];
        let mentioned = roots.into_iter().chain(functions).filter(|(name, _)| mentions(name));
        Value::from_object(mentioned.map(|(name, value)| (name, value())).collect::<BTreeMap<_, _>>())
    }

    fn user(self) -> Value {
        context! {
            name => self.username.unescaped(),
            node => self.username.as_str(),
            jid => self.username.at(&self.server.domain).to_string(),
            domain => self.server.domain.as_str(),
            display_name => self.entry.display_name(self.username, &self.server.domain).text,
        }
    }

    fn account(self) -> Value {
        context! { name => self.entry.account.name.as_str(), email => self.entry.account.email.as_str() }
    }

    fn roster_groups(self) -> Value {
        let mut groups: Vec<&str> =
            self.entry.roster.iter().flat_map(|contact| &contact.groups).map(String::as_str).collect();
        groups.sort_unstable();
        groups.dedup();
        groups.into_iter().collect()
    }

    fn request(self) -> Value {
        let fields = &self.client.fields;
        let values = fields.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        context! {
            fields => Value::from_object(values.collect::<BTreeMap<_, _>>()),
            ip => self.client.address.to_string(),
            user_agent => self.client.user_agent.as_str(),
            client => context! {
                product => self.client.version.product.as_str(),
                version => self.client.version.version.as_str(),
            },
            os => fields.get("os").map_or("", String::as_str),
        }
    }

    fn openfire(self) -> Value {
        context! {
            domain => self.server.domain.as_str(),
            host => self.server.host.as_str(),
            port => self.server.port,
            certificate_sha1 => self.server.certificate_sha1.as_str(),
            certificate_trusted => self.server.certificate_trusted,
        }
    }
}

fn contact(contact: &Contact) -> Value {
    let subscription = match contact.subscription {
        Subscription::None => "none",
        Subscription::To => "to",
        Subscription::From => "from",
        Subscription::Both => "both",
    };
    context! {
        jid => contact.jid.as_str(),
        name => contact.name.as_str(),
        groups => contact.groups.iter().map(String::as_str).collect::<Value>(),
        subscription => subscription,
    }
}

#[cfg(test)]
mod tests {
    use minijinja::value::ValueKind;

    use super::super::samples::Sample;
    use super::*;
    use crate::model::account::ExtraNames;
    use crate::template::schema::all_paths;

    #[test]
    fn the_schema_names_exactly_what_the_context_has() {
        fn collect(path: &str, value: &Value, paths: &mut Vec<String>) {
            paths.push(path.to_owned());
            match value.kind() {
                ValueKind::Map if path != "request.fields" && path != "extra" => {
                    for key in value.try_iter().unwrap() {
                        let name = key.as_str().unwrap();
                        collect(&format!("{path}.{name}"), &value.get_item(&key).unwrap(), paths);
                    }
                }
                ValueKind::Seq | ValueKind::Iterable => {
                    collect(&format!("{path}[]"), &value.try_iter().unwrap().next().unwrap(), paths);
                }
                _ => {}
            }
        }
        let context = Sample::all(&ExtraNames::default())[0].context().to_value(|name| name != TURN_CREDENTIALS);
        let mut paths = Vec::new();
        for key in context.try_iter().unwrap() {
            collect(key.as_str().unwrap(), &context.get_item(&key).unwrap(), &mut paths);
        }
        let mut known = all_paths();
        known.sort();
        paths.sort();
        assert_eq!(paths, known);
    }

    #[test]
    fn a_user_without_a_name_is_called_by_the_user_name() {
        let samples = Sample::all(&ExtraNames::default());
        let display_name = |entry: &Entry| {
            let context = ProvisionContext { entry, ..samples[2].context() };
            context.user().get_attr("display_name").unwrap().to_string()
        };
        let mut entry = Entry::default();
        assert_eq!(display_name(&entry), "d'artagnan \"b\"@<work>/é");
        entry.account.name = "Charles".to_owned();
        entry.profile.full_name = "  ".to_owned();
        assert_eq!(display_name(&entry), "Charles");
        entry.profile.full_name = "Charles de Batz".to_owned();
        assert_eq!(display_name(&entry), "Charles de Batz");
    }
}
