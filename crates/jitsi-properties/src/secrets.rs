//! What of an entry is a secret: the client's catalogue decides, and for keys that it does not have, their names.

use std::ops::Range;

use crate::catalogue::{self, ValueType};
use crate::jitsi_keys::{REMOVE, is_password};
use crate::secret_names::{is_question, is_secret_name};

/// Fields of addresses that hold secrets although keys of the same name do not.
const FIELDS: [&str; 4] = ["auth", "key", "sig", "signature"];

/// Whether the entry's value must not be shown.
///
/// No value and `${null}` are none. Under a key that the client knows its type decides, and what only the client itself
/// stores (`ENCRYPTED_PASSWORD`) is one. Under another key its name decides ([`is_secret_name`]), where the value is no
/// answer to a question: `SAVE_PASSWORD=false`, `maxTokens=5`.
#[must_use]
pub fn is_secret(key: &str, value: &str) -> bool {
    if matches!(value, "" | REMOVE) {
        return false;
    }
    if is_password(key) {
        return true;
    }
    match catalogue::describe(key) {
        // Under `${system}.` a site sets any property of Java's: `http.proxyPassword`.
        Some(known) if known.name.ends_with("<name>") => is_secret_name(key) && !answers(key, value.trim()),
        Some(known) => matches!(known.value, ValueType::Secret | ValueType::Removal),
        None => is_secret_name(key) && !answers(key, value.trim()),
    }
}

/// Whether the value says yes, no or, under the name of a question, how many.
fn answers(key: &str, value: &str) -> bool {
    let is_truth = ["true", "false"].iter().any(|truth| value.eq_ignore_ascii_case(truth));
    is_truth || is_question(key) && value.len() < 4 && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// The secrets in the addresses of a text: values of fields with such a name, and the password before
/// the host. Placeholders of the client and expressions of templates are none.
#[must_use]
pub fn in_address(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let offset = |part: &str| part.as_ptr() as usize - text.as_ptr() as usize;
    let mut note = |part: &str| {
        let is_expression = part.starts_with("{{") && part.ends_with("}}");
        if !(part.is_empty() || part.starts_with("${") || is_expression) {
            found.push(offset(part)..offset(part) + part.len());
        }
    };
    for (at, mark) in text.match_indices("://") {
        let authority = text.get(at + mark.len()..).unwrap_or_default();
        let authority = authority.split(['/', '?', '#', ' ']).next().unwrap_or_default();
        if let Some((_, password)) = authority.rsplit_once('@').and_then(|(login, _)| login.split_once(':')) {
            note(password);
        }
    }
    let query = text.split_once('?').map_or("", |(_, query)| query);
    for field in query.split(['&', ';', '#']) {
        if let Some((name, value)) = field.split_once('=')
            && (is_secret_name(name) || FIELDS.iter().any(|field| field.eq_ignore_ascii_case(name)))
        {
            note(value);
        }
    }
    found.sort_by_key(|range| range.start);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIP: &str = "net.java.sip.communicator.impl.protocol.sip.acc1";
    const CLIENT: &str = "net.java.sip.communicator";

    #[test]
    fn what_goes_under_a_key_of_a_secret_is_one() {
        for key in [
            format!("{SIP}.PASSWORD"),
            format!("{SIP}.password"),
            format!("{SIP}.STUN0.PASSWORD"),
            format!("{SIP}.STUN0PASSWORD"),
            format!("{SIP}.XCAP_PASSWORD"),
            format!("{SIP}.VOICEMAIL_PIN"),
            format!("{SIP}.password.encrypted"),
            format!("{SIP}.ENCRYPTED_PASSWORD"),
            format!("{CLIENT}.service.connectionProxyPassword"),
            format!("{CLIENT}.impl.ldap.directories.dir1.PASSWORD"),
            format!("{CLIENT}.plugin.provisioning.auth"),
            format!("{CLIENT}.service.cert.truststore.password.PASSWORD"),
            "SIP:4711@pbx.xcap.PASSWORD".to_owned(),
            "site.sip_pass".to_owned(),
            "site.accessToken".to_owned(),
            "site.api_key".to_owned(),
            "${system}.http.proxyPassword".to_owned(),
            "${system}.javax.net.ssl.keyStorePassword".to_owned(),
        ] {
            assert!(is_secret(&key, "hunter2"), "{key}");
            assert!(!is_secret(&key, "") && !is_secret(&key, "${null}"), "{key}");
        }
        assert!(is_secret(&format!("{SIP}.PASSWORD"), "false") && is_secret("site.pin", "1234"));
        assert!(is_secret("site.SAVE_PASSWORD", "hunter2"));
    }

    #[test]
    fn settings_about_secrets_are_none() {
        for (key, value) in [
            (format!("{SIP}.USER_ID"), "4711"),
            (format!("{SIP}.NO_PASSWORD_REQUIRED"), "true"),
            (format!("{SIP}.AUTHORIZATION_NAME"), "4711"),
            (format!("{SIP}.FORCE_PROXY_BYPASS"), "true"),
            (format!("{CLIENT}.util.swing.auth.ALLOW_SAVE_PASSWORD"), "false"),
            (format!("{CLIENT}.util.dns.pin.example.org"), "x"),
            (format!("{CLIENT}.impl.ldap.directories.dir1.auth"), "SIMPLE"),
            (format!("{CLIENT}.plugin.provisioning.auth.USERNAME"), "anna"),
            (format!("{CLIENT}.service.cert.clientauth.1.savePassword"), "true"),
            ("site.SAVE_PASSWORD".to_owned(), "false"),
            ("site.IS_PASSWORD_SAVED".to_owned(), "true"),
            ("site.PASSWORD_CHANGE_ALLOWED".to_owned(), "never"),
            ("site.maxTokens".to_owned(), "5"),
            ("site.token".to_owned(), "true"),
            ("site.key".to_owned(), "1"),
            ("${system}.http.proxyHost".to_owned(), "proxy.example.org"),
            ("${system}.site.savePassword".to_owned(), "false"),
        ] {
            assert!(!is_secret(&key, value), "{key}");
        }
    }

    /// The catalogue knows best; this says where the two differ, so that a new key is looked at.
    #[test]
    fn names_and_catalogue_agree_but_for_questions() {
        for known in catalogue::keys() {
            let is_secret = matches!(known.value, ValueType::Secret | ValueType::Removal);
            let by_name = is_secret_name(known.name) && known.value != ValueType::Boolean;
            assert!(is_secret == by_name || known.name.ends_with("provisioning.auth"), "{}", known.name);
        }
    }

    #[test]
    fn secrets_in_addresses_are_found() {
        let found = |text: &str| in_address(text).into_iter().map(|at| text[at].to_owned()).collect::<Vec<_>>();
        assert_eq!(found("https://p.example/x?user=anna&password=hunter2&secret=abc#f"), ["hunter2", "abc"]);
        assert_eq!(found("https://anna:hunter2@p.example/x?key=abc"), ["hunter2", "abc"]);
        assert_eq!(found("provision?pin=1234"), ["1234"]);
        for none in [
            "https://p.example/?username=${username}&password=${password}&os=linux",
            "https://p.example/?token={{ extra.token }}",
            "https://[::1]:8080/x",
            "password=1",
            "anna@example.org",
        ] {
            assert_eq!(found(none), [""; 0], "{none}");
        }
    }
}
