//! What differs between two configurations.

use jitsi_properties::ProvisioningUrl;
use secrecy::{ExposeSecret, SecretString};

use super::{Config, Data, Discovery};

impl Config {
    /// Sections that differ in `other` and count only after a restart.
    #[must_use]
    pub fn needs_restart(&self, other: &Self) -> Vec<&'static str> {
        // A section that is added here has to be decided on: the pattern leaves none out.
        let Self {
            openfire,
            component,
            directory,
            template: _,
            data: _,
            http,
            limits,
            reload,
            log,
            updates,
            admin,
            discovery,
            file: _,
        } = self;
        // Secrets are left out of `Debug`, and so compared for themselves.
        let sections = [
            ("openfire", shown(openfire), shown(&other.openfire)),
            ("component", shown(component), shown(&other.component)),
            ("directory", shown(directory), shown(&other.directory)),
            ("http", shown(http), shown(&other.http)),
            ("limits", shown(limits), shown(&other.limits)),
            ("reload", shown(reload), shown(&other.reload)),
            ("log", shown(log), shown(&other.log)),
            ("updates", shown(updates), shown(&other.updates)),
            ("admin", shown(admin), shown(&other.admin)),
            ("discovery", with_urls(discovery), with_urls(&other.discovery)),
        ];
        let secrets = [
            ("openfire", openfire.reference_password.as_ref(), other.openfire.reference_password.as_ref()),
            ("component", Some(&component.secret), Some(&other.component.secret)),
            ("http", http.secret.as_ref(), other.http.secret.as_ref()),
        ];
        let differs = |section: &str| {
            sections.iter().any(|(name, old, new)| *name == section && old != new)
                || secrets.iter().any(|(name, old, new)| *name == section && exposed(*old) != exposed(*new))
        };
        sections.iter().map(|(name, ..)| *name).filter(|name| differs(name)).collect()
    }
}

impl Data {
    /// Whether `other` is the same source, read in the same way.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        shown(self) == shown(other) && exposed(self.authorization.as_ref()) == exposed(other.authorization.as_ref())
    }
}

fn shown(section: &impl std::fmt::Debug) -> String {
    format!("{section:?}")
}

/// `Debug` hides the secrets in URLs.
fn with_urls(discovery: &Discovery) -> String {
    let urls = discovery.url.iter().chain(discovery.network.iter().map(|network| &network.url));
    let urls: Vec<&str> = urls.map(ProvisioningUrl::as_str).collect();
    format!("{discovery:?} {urls:?}")
}

fn exposed(secret: Option<&SecretString>) -> Option<&str> {
    secret.map(ExposeSecret::expose_secret)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::load::ConfigText;
    use super::*;

    fn config(more: &str) -> Config {
        read(&format!(
            "[openfire]\ndomain = \"a.example\"\n[component]\nname = \"p.a.example\"\nsecret = \"one\"\n{more}"
        ))
    }

    fn read(text: &str) -> Config {
        let name = "config.toml".to_owned();
        ConfigText { name, text: text.to_owned(), environment: Vec::new() }.config(Path::new(".")).unwrap()
    }

    #[test]
    fn templates_and_data_need_no_restart() {
        let more = "[template]\nfile = \"a\"\n[[data]]\nname = \"x\"\nfile = \"x.csv\"\n";
        assert_eq!(config("").needs_restart(&config(more)), Vec::<&str>::new());
    }

    #[test]
    fn other_login_names_need_a_restart() {
        let with = |names: &str| {
            read(&format!(
                "[openfire]\ndomain = \"a.example\"\nlogin_names = {names}\n[component]\nname = \"p.a.example\"\nsecret = \"one\"\n"
            ))
        };
        assert_eq!(with(r"['CORP\*']").needs_restart(&with(r"['CORP\* -> x*']")), ["openfire"]);
        assert_eq!(with(r"['CORP\*']").needs_restart(&with(r"['CORP\*']")), Vec::<&str>::new());
    }

    #[test]
    fn sections_that_differ_are_named_secrets_included() {
        assert_eq!(config("").needs_restart(&config("[log]\nlevel = \"debug\"\n")), ["log"]);
        let with = |secret: &str| {
            config(&format!("[discovery]\nurl = \"https://a.test/p?secret={secret}\"\ninterfaces = [\"eth0\"]\n"))
        };
        assert_eq!(with("one").needs_restart(&with("two")), ["discovery"]);
        let mut other = config("[http]\ngzip = false\n");
        other.component.secret = SecretString::from("two");
        assert_eq!(config("").needs_restart(&other), ["component", "http"]);
    }
}
