//! The address of an endpoint.

use std::fmt;

use hyper::Uri;
use hyper::header::HeaderValue;
use serde::Deserialize;

use super::super::is_loopback;

/// The address of an HTTP endpoint: `https`, or `http` on this machine. It holds no name or password.
///
/// As text it has no query, which may hold a secret.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct EndpointUrl {
    path_and_query: Uri,
    path: String,
    authority: HeaderValue,
    host: String,
    port: u16,
    plain: bool,
}

impl EndpointUrl {
    /// Whether it is asked without TLS.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// The host: a name, or an address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, which is 443 or 80 where none is given.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port as they were written, for the header `Host`.
    #[must_use]
    pub fn authority(&self) -> HeaderValue {
        self.authority.clone()
    }

    /// Path and query, as they stand in a request.
    #[must_use]
    pub fn path_and_query(&self) -> Uri {
        self.path_and_query.clone()
    }
}

impl TryFrom<String> for EndpointUrl {
    type Error = String;

    /// The error does not quote the text, since it may hold a secret.
    fn try_from(text: String) -> Result<Self, String> {
        let uri: Uri =
            text.parse().map_err(|error| format!("this is not a URL ({error}); a host is written in ASCII"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err("a URL begins with https:// and a host".to_owned());
        };
        if authority.as_str().contains('@') {
            return Err("a name and a password do not belong in the URL; set `authorization`".to_owned());
        }
        let host = authority.host();
        if authority.port().is_none() && authority.as_str() != host {
            return Err("a port is a number from 1 to 65535".to_owned());
        }
        let plain = match scheme {
            "https" => false,
            "http" if is_loopback(host) => true,
            "http" => {
                return Err(format!(
                    "http:// to `{host}` would send the data over the network in the clear; use https://"
                ));
            }
            other => return Err(format!("`{other}` is not supported; use https://")),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let path_and_query = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self {
            path_and_query: path_and_query.parse().map_err(|error| format!("this is not a URL ({error})"))?,
            path: uri.path().to_owned(),
            authority: HeaderValue::from_str(authority.as_str())
                .map_err(|error| format!("this is not a URL ({error})"))?,
            port: authority.port_u16().unwrap_or(if plain { 80 } else { 443 }),
            host,
            plain,
        })
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, authority, plain, .. } = self;
        let scheme = if *plain { "http" } else { "https" };
        write!(f, "{scheme}://{}{path}", authority.to_str().unwrap_or_default())
    }
}

impl fmt::Debug for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EndpointUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<EndpointUrl, String> {
        EndpointUrl::try_from(text.to_owned())
    }

    #[test]
    fn a_url_is_taken_apart() {
        let url = parse("https://crm.example.org/data.json?all=1").unwrap();
        assert_eq!((url.host(), url.port(), url.is_plain()), ("crm.example.org", 443, false));
        assert_eq!(url.path_and_query(), "/data.json?all=1");
        assert_eq!(url.authority(), "crm.example.org");
        let url = parse("http://[::1]:8080").unwrap();
        assert_eq!((url.host(), url.port(), url.is_plain()), ("::1", 8080, true));
        assert_eq!(url.path_and_query(), "/");
        assert_eq!(url.authority(), "[::1]:8080");
    }

    #[test]
    fn a_query_is_not_shown() {
        let url = parse("https://crm.example.org/data?token=hush").unwrap();
        assert_eq!(url.to_string(), "https://crm.example.org/data");
        assert!(!format!("{url:?}").contains("hush"));
    }

    #[test]
    fn what_cannot_be_asked_is_refused_with_the_reason() {
        for (text, reason) in [
            ("crm", "begins with https://"),
            ("/data", "begins with https://"),
            ("https://", "not a URL"),
            ("ftp://crm/", "`ftp` is not supported"),
            ("http://crm.example.org/", "in the clear"),
            ("https://me:hush@crm.example.org/", "set `authorization`"),
            ("https://münchen.example/", "written in ASCII"),
            ("https://crm.example.org:99999/", "a port is"),
        ] {
            let problem = parse(text).unwrap_err();
            assert!(problem.contains(reason), "{text}: {problem}");
            assert!(!problem.contains("hush"), "{problem}");
        }
    }
}
