//! Values that every site must change, and that are still those of `config.example.toml`.

use secrecy::{ExposeSecret as _, SecretString};

use crate::model::config::{Config, Openfire};

/// The domain of the example, which belongs to no site (RFC 2606 section 3).
const DOMAIN: &str = "example.org";

/// The secrets of the example.
const SECRETS: [&str; 2] = ["change-me", "change-me-too"];

impl Config {
    /// The keys that still have the value of `config.example.toml`, in its order, each with what to write.
    ///
    /// With one of them the service cannot work, or is open to every reader of the example.
    #[must_use]
    pub fn unedited(&self) -> Vec<(&'static str, String)> {
        let http = self.http.secret.as_ref();
        [
            ("openfire.domain", is_domain_of_example(&self.openfire).then(|| {
                format!("this is still `{DOMAIN}` as in the example; write your XMPP domain, the part after `@` in your users' addresses")
            })),
            ("openfire.reference_password", is_of_example(self.openfire.reference_password.as_ref()).then(|| {
                let user = self.openfire.reference_user.as_deref().unwrap_or_default();
                format!(
                    "this is still the password of the example; create the account `{user}` in Openfire and write its password, or \
                     put `#` in front of `reference_user` and `reference_password` to go without this account"
                )
            })),
            ("component.secret", is_of_example(Some(&self.component.secret)).then(|| {
                "this is still the secret of the example; write the one that you enter in Openfire's console under Server > Server \
                 Settings > External Components"
                    .to_owned()
            })),
            ("http.secret", is_of_example(http).then(|| {
                "this is still the secret of the example; write your own, or put `#` in front of it to require none".to_owned()
            })),
        ]
        .into_iter()
        .filter_map(|(key, problem)| Some((key, problem?)))
        .collect()
    }
}

/// If a host is set, this is the domain of a test.
fn is_domain_of_example(openfire: &Openfire) -> bool {
    openfire.domain.as_str() == DOMAIN && openfire.host.is_none()
}

fn is_of_example(secret: Option<&SecretString>) -> bool {
    secret.is_some_and(|secret| SECRETS.contains(&secret.expose_secret()))
}
