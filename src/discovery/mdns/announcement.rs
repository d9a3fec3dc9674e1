//! The announcement: a name, a port, and the URL in strings from which the client builds it again.

use jitsi_properties::ProvisioningUrl;

/// The name that the client asks for, and no other (client source: `MDNSProvisioningDiscover`).
pub(super) const INSTANCE: &str = "Provisioning URL";

/// The key of the string that the client takes the URL from.
const PATH: &str = "path";

/// The longest string of a TXT record, in bytes (RFC 6763 section 6.1).
const LONGEST_STRING: usize = 255;

/// A service instance with its TXT record (RFC 6763).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Announcement {
    is_https: bool,
    port: u16,
    strings: Vec<(String, String)>,
}

/// Why a URL cannot be announced by multicast DNS, although clients can use it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnnouncementError {
    /// RFC 6763 section 6.4: a key has at least one character.
    #[error("`discovery.url` has a field without a name, which multicast DNS cannot carry; remove it{OR_DHCP}")]
    Nameless,
    /// The client takes it for the URL itself.
    #[error(
        "`discovery.url` has a field `{0}`, a name that multicast DNS needs for the URL itself; rename it{OR_DHCP}"
    )]
    Path(String),
    /// RFC 6763 section 6.4: clients ignore case, and all but one of them.
    #[error(
        "`discovery.url` has the field `{0}` twice, and multicast DNS carries only one field of each name; rename one{OR_DHCP}"
    )]
    Twice(String),
    /// See [`LONGEST_STRING`]; the key takes some of it.
    #[error(
        "`discovery.url` has {0} bytes before its `?`; multicast DNS carries at most 250. Shorten its path{OR_DHCP}"
    )]
    TooLong(usize),
}

/// The alternative to another URL.
const OR_DHCP: &str = ", or set `discovery.mdns = false`";

impl Announcement {
    /// Takes a URL apart. The client gets the same URL, except for the order of its fields.
    ///
    /// `path` holds the URL with its scheme and host: the client then uses it as it is, otherwise it would put the address of
    /// this machine before it, which no certificate is for (`jmdns`: `ServiceInfoImpl.getURLs`). A query there would break,
    /// since the client appends `?` and the other strings.
    pub(super) fn of(url: &ProvisioningUrl) -> Result<Self, AnnouncementError> {
        let address = url.address();
        if PATH.len() + "=".len() + address.len() > LONGEST_STRING {
            return Err(AnnouncementError::TooLong(address.len()));
        }
        let mut strings = vec![(PATH.to_owned(), address.to_owned())];
        for (name, value) in url.fields() {
            if name.is_empty() {
                return Err(AnnouncementError::Nameless);
            }
            if name.eq_ignore_ascii_case(PATH) {
                return Err(AnnouncementError::Path(name.to_owned()));
            }
            if strings.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
                return Err(AnnouncementError::Twice(name.to_owned()));
            }
            strings.push((name.to_owned(), value.to_owned()));
        }
        Ok(Self { is_https: url.is_https(), port: url.port(), strings })
    }

    /// The labels of the service type, without the domain. The client asks for the secure one first.
    pub(super) fn service_type(&self) -> &'static str {
        if self.is_https { "_https._tcp" } else { "_http._tcp" }
    }

    /// The port of the URL. The client does not use it.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Keys and values of the TXT record, `path` first.
    pub(super) fn strings(&self) -> &[(String, String)] {
        &self.strings
    }

    /// The URL without its query, which can contain secrets that must not be logged.
    pub(super) fn address(&self) -> &str {
        self.strings.first().map(|(_, address)| address.as_str()).unwrap_or_default()
    }

    /// Whether a TXT record has the same strings, in whatever order.
    pub(super) fn has_strings(&self, others: &[Vec<u8>]) -> bool {
        let is_there = |(key, value): &(String, String)| {
            others.iter().any(|other| {
                other.strip_prefix(key.as_bytes()).and_then(|rest| rest.strip_prefix(b"=")) == Some(value.as_bytes())
            })
        };
        others.len() == self.strings.len() && self.strings.iter().all(is_there)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn announcement(url: &str) -> Result<Announcement, AnnouncementError> {
        Announcement::of(&ProvisioningUrl::parse(url).unwrap_or_else(|why| panic!("{url}: {why}")))
    }

    /// As `MDNSProvisioningDiscover` does, for a `path` with a scheme.
    fn url_of_client(announcement: &Announcement) -> String {
        let (paths, others): (Vec<_>, Vec<_>) = announcement.strings().iter().partition(|(key, _)| key == PATH);
        let mut url = format!("{}?", paths[0].1);
        for (key, value) in others {
            url = format!("{url}{key}={value}&");
        }
        url
    }

    #[test]
    fn the_url_goes_into_path_and_each_field_into_a_string_of_its_own() {
        let announcement =
            announcement("https://prov.example.org:8443/p?username=${username}&password=${password}&os&x=a=b").unwrap();
        assert_eq!((announcement.service_type(), announcement.port()), ("_https._tcp", 8443));
        let strings: Vec<_> =
            announcement.strings().iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(
            strings,
            [
                ("path", "https://prov.example.org:8443/p"),
                ("username", "${username}"),
                ("password", "${password}"),
                ("os", ""),
                ("x", "a=b"),
            ]
        );
        assert_eq!(announcement.address(), "https://prov.example.org:8443/p");
    }

    #[test]
    fn plain_http_has_a_type_of_its_own() {
        assert_eq!(announcement("http://prov.example.org/p").unwrap().service_type(), "_http._tcp");
    }

    #[test]
    fn what_the_client_would_lose_is_refused() {
        use AnnouncementError as Wrong;
        let long = format!("https://a.test/{}", "x".repeat(236));
        for (url, wrong) in [
            ("https://a.test/p?=x", Wrong::Nameless),
            ("https://a.test/p?a=b&path=/x", Wrong::Path("path".to_owned())),
            ("https://a.test/p?Path", Wrong::Path("Path".to_owned())),
            ("https://a.test/p?a=b&a=c", Wrong::Twice("a".to_owned())),
            ("https://a.test/p?a=b&A=c", Wrong::Twice("A".to_owned())),
            (&long, Wrong::TooLong(251)),
        ] {
            assert_eq!(announcement(url).unwrap_err(), wrong, "{url}");
        }
        assert!(announcement(&long[..250]).is_ok());
        let message = Wrong::Twice("a".to_owned()).to_string();
        assert!(message.ends_with("rename one, or set `discovery.mdns = false`"), "{message}");
    }

    #[test]
    fn the_same_strings_in_another_order_are_the_same() {
        let announcement = announcement("https://a.test/p?u=1&v=").unwrap();
        let strings = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>();
        for (others, is_same) in [
            (strings(&["v=", "path=https://a.test/p", "u=1"]), true),
            (strings(&["path=https://a.test/p", "u=1"]), false),
            (strings(&["path=https://a.test/p", "u=1", "v=", "w="]), false),
            (strings(&["path=https://b.test/p", "u=1", "v="]), false),
            (strings(&["path=https://a.test/p", "u=1", "v"]), false),
            (strings(&[]), false),
        ] {
            assert_eq!(announcement.has_strings(&others), is_same, "{others:?}");
        }
    }

    proptest! {
        #[test]
        fn the_client_gets_the_url_back(
            path in "/[a-z0-9/._~-]{0,40}",
            fields in prop::collection::btree_map("[a-z][a-z0-9_.-]{0,10}", r"[a-z0-9=.:/?_-]{0,12}|\$\{(username|password|osname)\}", 0..5),
        ) {
            prop_assume!(!fields.contains_key(PATH));
            let query: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let url = ProvisioningUrl::parse(&format!("https://a.test{path}?{}", query.join("&"))).unwrap();
            let announcement = Announcement::of(&url).unwrap();
            let got = ProvisioningUrl::parse(&url_of_client(&announcement)).unwrap();
            prop_assert_eq!(got.address(), url.address());
            prop_assert_eq!(got.fields().collect::<Vec<_>>(), url.fields().collect::<Vec<_>>());
            for (key, value) in announcement.strings() {
                prop_assert!(key.len() + 1 + value.len() <= LONGEST_STRING);
            }
        }
    }
}
