//! The provisioning URL of a client, split as the client splits it.

use std::fmt;

use crate::secrets::in_address;

/// The longest URL, in bytes: a DHCP option holds no more, and neither does a string in a TXT record.
pub const LONGEST_URL: usize = 255;

/// The names of the field with the user's name that the service reads unless its configuration says otherwise.
pub const USERNAME_FIELDS: [&str; 2] = ["username", "user"];

/// The same for the user's password.
pub const PASSWORD_FIELDS: [&str; 2] = ["password", "pass"];

/// The URL that a Jitsi client asks for its configuration.
///
/// The client resolves the host before it fills in placeholders such as `${username}`, cuts the query off, and posts its
/// fields as a form: fields end at `&`, name and value are parted at the first `=`, nothing is percent-decoded (client
/// source: `ProvisioningServiceImpl.retrieveConfigurationFile`).
#[derive(Clone, PartialEq, Eq)]
pub struct ProvisioningUrl {
    text: String,
    is_https: bool,
    /// Where the host begins and ends in the text.
    host: (usize, usize),
    port: u16,
    /// Where the query begins in the text, at its `?`.
    query: Option<usize>,
}

/// Why a text is no provisioning URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProvisioningUrlError {
    /// It does not begin with a scheme that the client can use.
    #[error("it does not begin with `https://`")]
    Scheme,
    /// There is no host, or something that cannot be one.
    #[error("it has no valid host name or address after `https://`")]
    Host,
    /// The client resolves the host before it fills in placeholders.
    #[error(
        "a placeholder such as `${{username}}` cannot be part of the host or port: the client looks the host up before it fills in placeholders"
    )]
    PlaceholderInHost,
    /// Not a number from 1 to 65,535.
    #[error("its port is not a number from 1 to 65535")]
    Port,
    /// The client would send them to every server that it meets under this name.
    #[error(
        "it contains a user name or password before `@`; let the client ask its user, with `username=${{username}}&password=${{password}}`"
    )]
    Credentials,
    /// A fragment, which no server gets.
    #[error("it contains `#`; a server never gets what follows it")]
    Fragment,
    /// A blank, a control character, a quotation mark or another character that no URL may contain unescaped.
    #[error(
        "it contains a character that a URL must write as %XX: a blank, a quotation mark, `\\`, `^`, a backquote, `<`, `>`, `|` or one that is not ASCII"
    )]
    Character,
    /// `${` without `}`.
    #[error("a placeholder begins with `${{` and does not end with `}}`")]
    OpenPlaceholder,
    /// The client fills in these two only where they are the whole value of a field.
    #[error(
        "`${{username}}` or `${{password}}` is not the whole value of a field; the client fills it in only there, as in `user=${{username}}`"
    )]
    PartialPlaceholder,
    /// See [`LONGEST_URL`].
    #[error("it has {0} bytes; DHCP and multicast DNS carry at most {LONGEST_URL}")]
    TooLong(usize),
}

impl ProvisioningUrl {
    /// Reads a URL as an administrator writes it.
    pub fn parse(text: &str) -> Result<Self, ProvisioningUrlError> {
        let url = Self::parse_long(text)?;
        if text.len() > LONGEST_URL { Err(ProvisioningUrlError::TooLong(text.len())) } else { Ok(url) }
    }

    /// The same for a URL that neither DHCP nor multicast DNS carries, but a file of the installation.
    pub fn parse_long(text: &str) -> Result<Self, ProvisioningUrlError> {
        use ProvisioningUrlError as Wrong;
        let scheme = |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        let (is_https, start) = match (scheme("https://"), scheme("http://")) {
            (true, _) => (true, "https://".len()),
            (_, true) => (false, "http://".len()),
            _ => return Err(Wrong::Scheme),
        };
        let rest = text.get(start..).unwrap_or_default();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains("${") {
            return Err(Wrong::PlaceholderInHost);
        }
        if authority.contains('@') {
            return Err(Wrong::Credentials);
        }
        if text.contains('#') {
            return Err(Wrong::Fragment);
        }
        check_placeholders(rest)?;
        if !text.bytes().all(may_be_in_url) {
            return Err(Wrong::Character);
        }
        let (host, port) = split_port(authority)?;
        check_host(host)?;
        let port = port.unwrap_or(if is_https { 443 } else { 80 });
        let host = (start, start + host.len());
        let url = Self { text: text.to_owned(), is_https, host, port, query: text.find('?') };
        let is_partial = |placeholder: &&str| {
            let whole = url.fields().filter(|(_, value)| value == placeholder).count();
            text.matches(*placeholder).count() > whole
        };
        if ["${username}", "${password}"].iter().any(is_partial) {
            return Err(Wrong::PartialPlaceholder);
        }
        Ok(url)
    }

    /// The whole URL, as it was written. It can contain secrets; show it to people by its `Display`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether passwords cross the network encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// The host: a name, an IPv4 address, or an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.text.get(self.host.0..self.host.1).unwrap_or_default()
    }

    /// The port, also when the URL leaves it out.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL without its query: what the client posts to.
    #[must_use]
    pub fn address(&self) -> &str {
        self.query.and_then(|query| self.text.get(..query)).unwrap_or(&self.text)
    }

    /// The path, without the query; empty when the URL ends with its host.
    #[must_use]
    pub fn path(&self) -> &str {
        let authority_end =
            self.text.get(self.host.1..).and_then(|rest| rest.find('/')).map(|slash| self.host.1 + slash);
        authority_end.and_then(|slash| self.address().get(slash..)).unwrap_or_default()
    }

    /// The placeholders that the client leaves as they are, such as `user` of `${user}`, in their order.
    pub fn unknown_placeholders(&self) -> impl Iterator<Item = &str> {
        let names = self.text.split("${").skip(1).filter_map(|piece| piece.split_once('}')).map(|(name, _)| name);
        names.filter(|name| !is_filled_anywhere(name) && !["username", "password"].contains(name))
    }

    /// The fields of the query, in their order: names and values as they are written. A field without `=` has an empty value.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        fields_of(&self.text)
    }
}

impl fmt::Debug for ProvisioningUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProvisioningUrl({self})")
    }
}

/// For people: secrets in the query are hidden, such as the old plugin's field `secret`.
impl fmt::Display for ProvisioningUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_secrets(&self.text))
    }
}

/// The text of an address for people, with `***` in place of each secret.
#[must_use]
pub fn without_secrets(address: &str) -> String {
    let (mut shown, mut end) = (String::new(), 0);
    for secret in in_address(address) {
        shown.push_str(address.get(end..secret.start).unwrap_or_default());
        shown.push_str("***");
        end = secret.end;
    }
    shown.push_str(address.get(end..).unwrap_or_default());
    shown
}

/// The fields that a client makes of the part of an address behind `?`: names and values as they are written.
pub(crate) fn fields_of(address: &str) -> impl Iterator<Item = (&str, &str)> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter(|field| !field.is_empty()).map(|field| field.split_once('=').unwrap_or((field, "")))
}

/// Whether the client fills in the placeholder of this name wherever it is: all that it knows but `${username}` and
/// `${password}` (client source: `ProvisioningServiceImpl`).
pub(crate) fn is_filled_anywhere(name: &str) -> bool {
    const FILLED: [&str; 12] = [
        "arch",
        "build",
        "home.location",
        "home.name",
        "hostname",
        "hwaddr",
        "ipaddr",
        "locale",
        "osname",
        "resx",
        "resy",
        "uuid",
    ];
    let of_the_machine = ["env.", "system."].iter().any(|start| name.starts_with(start));
    FILLED.contains(&name) || (of_the_machine && !name.contains('{'))
}

/// Printable ASCII without what RFC 3986 allows nowhere. `{`, `}` and `$` are for the client's placeholders.
fn may_be_in_url(byte: u8) -> bool {
    byte.is_ascii_graphic() && !br#""<>\^`|"#.contains(&byte)
}

fn check_placeholders(text: &str) -> Result<(), ProvisioningUrlError> {
    text.split("${").skip(1).all(|after| after.contains('}')).then_some(()).ok_or(ProvisioningUrlError::OpenPlaceholder)
}

/// Host and port; the colons inside `[2001:db8::1]` part nothing.
fn split_port(authority: &str) -> Result<(&str, Option<u16>), ProvisioningUrlError> {
    let host_end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    if authority.starts_with('[') && host_end == 0 {
        return Err(ProvisioningUrlError::Host);
    }
    let (host, port) = match authority.get(host_end..).unwrap_or_default().split_once(':') {
        Some((before, port)) => (authority.get(..host_end + before.len()).unwrap_or_default(), Some(port)),
        None => (authority, None),
    };
    let number = |port: &str| {
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        port.parse().ok().filter(|number| digits && *number > 0).ok_or(ProvisioningUrlError::Port)
    };
    Ok((host, port.map(number).transpose()?))
}

fn check_host(host: &str) -> Result<(), ProvisioningUrlError> {
    let in_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let name = host.strip_suffix('.').unwrap_or(host);
    // The client takes such a host for an IPv4 address, also `127.1` and `0x7f000001`.
    let is_number = name.rsplit('.').next().is_some_and(|last| {
        last.starts_with("0x") || last.starts_with("0X") || last.bytes().all(|byte| byte.is_ascii_digit())
    });
    let is_valid = in_brackets.map_or_else(
        || name.split('.').all(is_label) && (!is_number || name.parse::<std::net::Ipv4Addr>().is_ok()),
        |address| address.parse::<std::net::Ipv6Addr>().is_ok(),
    );
    is_valid.then_some(()).ok_or(ProvisioningUrlError::Host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_split_as_the_client_splits_it() {
        let url = ProvisioningUrl::parse(
            "https://prov.example.org:8443/provision/?username=${username}&password=${password}&os=${osname}&x=a=b&y&&z=",
        )
        .unwrap();
        assert_eq!((url.host(), url.port(), url.is_https()), ("prov.example.org", 8443, true));
        assert_eq!(url.address(), "https://prov.example.org:8443/provision/");
        assert_eq!(url.path(), "/provision/");
        let fields: Vec<_> = url.fields().collect();
        assert_eq!(
            fields,
            [
                ("username", "${username}"),
                ("password", "${password}"),
                ("os", "${osname}"),
                ("x", "a=b"),
                ("y", ""),
                ("z", "")
            ]
        );
    }

    #[test]
    fn what_a_url_leaves_out_has_its_usual_value() {
        for (text, host, port, path) in [
            ("https://a.test", "a.test", 443, ""),
            ("HTTPS://A.test/", "A.test", 443, "/"),
            ("http://10.0.0.5/p", "10.0.0.5", 80, "/p"),
            ("https://[2001:db8::1]:8443/p", "[2001:db8::1]", 8443, "/p"),
            ("https://[2001:db8::1]?a=b/c", "[2001:db8::1]", 443, ""),
            ("https://a.test?u=https://b.test/x", "a.test", 443, ""),
        ] {
            let url = ProvisioningUrl::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!((url.host(), url.port(), url.path()), (host, port, path), "{text}");
        }
    }

    #[test]
    fn a_placeholder_that_the_client_does_not_fill_in_is_found() {
        for (text, unknown) in [
            ("https://a.test/p?username=${username}&password=${password}&os=${osname}&x=${env.X}${system.y}", &[][..]),
            ("https://a.test/${arch}/p?user=${user}&pass=${pasword}", &["user", "pasword"]),
            ("https://a.test/p", &[]),
        ] {
            let url = ProvisioningUrl::parse(text).unwrap();
            assert_eq!(url.unknown_placeholders().collect::<Vec<_>>(), unknown, "{text}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let text = "https://a.test/p?username=${username}&password=${password}&secret=hunter2&os=${osname}";
        let url = ProvisioningUrl::parse(text).unwrap();
        assert_eq!(url.as_str(), text);
        let shown = "https://a.test/p?username=${username}&password=${password}&secret=***&os=${osname}";
        assert_eq!((url.to_string(), format!("{url:?}")), (shown.to_owned(), format!("ProvisioningUrl({shown})")));
        assert_eq!(without_secrets("https://anna:hunter2@a.test/p"), "https://anna:***@a.test/p");
    }

    #[test]
    fn what_cannot_work_is_refused() {
        use ProvisioningUrlError as Wrong;
        let long = format!("https://a.test/{}", "x".repeat(241));
        for (text, wrong) in [
            ("", Wrong::Scheme),
            ("prov.example.org/provision", Wrong::Scheme),
            ("ftp://a.test", Wrong::Scheme),
            ("https://", Wrong::Host),
            ("https:///provision", Wrong::Host),
            ("https://a..test/", Wrong::Host),
            ("https://[2001:db8::1/", Wrong::Host),
            ("https://127.1/", Wrong::Host),
            ("https://10.0.0.256/", Wrong::Host),
            ("https://2130706433/", Wrong::Host),
            ("https://0x7f.0x1/", Wrong::Host),
            ("https://[a.test]/", Wrong::Host),
            ("https://a.test:/", Wrong::Port),
            ("https://a.test:0/", Wrong::Port),
            ("https://a.test:65536/", Wrong::Port),
            ("https://a.test:+1/", Wrong::Port),
            ("https://${hostname}.test/", Wrong::PlaceholderInHost),
            ("https://a.test:${x}/", Wrong::PlaceholderInHost),
            ("https://anna:secret@a.test/", Wrong::Credentials),
            ("https://a.test/#x", Wrong::Fragment),
            ("https://a.test/a b", Wrong::Character),
            ("https://a.test/\"", Wrong::Character),
            ("https://a.test/a\nb", Wrong::Character),
            ("https://ä.test/", Wrong::Character),
            ("https://a.test/?x=${os", Wrong::OpenPlaceholder),
            ("https://a.test/?username=${username}@a.test", Wrong::PartialPlaceholder),
            ("https://a.test/${username}?username=${username}", Wrong::PartialPlaceholder),
            ("https://a.test/?${password}", Wrong::PartialPlaceholder),
            (&long, Wrong::TooLong(256)),
        ] {
            assert_eq!(ProvisioningUrl::parse(text).unwrap_err(), wrong, "{text}");
        }
        assert!(ProvisioningUrl::parse(&long[..LONGEST_URL]).is_ok());
        assert!(ProvisioningUrl::parse_long(&long).is_ok(), "a file may have any length");
    }
}
