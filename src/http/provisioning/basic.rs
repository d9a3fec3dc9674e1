//! HTTP Basic (RFC 7617).

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};

use super::illegal_argument::IllegalArgument;

/// The challenge for a domain (RFC 7617 section 2). A domain that cannot stand in a header is left out.
pub(super) fn challenge(domain: &str) -> HeaderValue {
    let plain =
        !domain.is_empty() && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte));
    let realm = if plain { domain } else { "provisioning" };
    HeaderValue::try_from(format!("Basic realm=\"{realm}\", charset=\"UTF-8\""))
        .unwrap_or(HeaderValue::from_static("Basic realm=\"provisioning\", charset=\"UTF-8\""))
}

/// User name and password of `Authorization: Basic`; none when another scheme or no header came.
///
/// They are UTF-8, as the challenge asks for, or else ISO-8859-1, which older clients send whatever they are asked.
pub(super) fn credentials(headers: &HeaderMap) -> Result<Option<(String, String)>, IllegalArgument> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let header = match (all.next(), all.next()) {
        (Some(header), None) => header,
        (None, _) => return Ok(None),
        (Some(_), Some(_)) => return Err(IllegalArgument::Repeated("Authorization")),
    };
    let header = header.to_str().map_err(|_| IllegalArgument::Authorization)?.trim();
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("Basic") {
        return Ok(None);
    }
    let bytes = BASE64.decode(token.trim()).map_err(|_| IllegalArgument::Authorization)?;
    let text =
        String::from_utf8(bytes).unwrap_or_else(|latin| latin.into_bytes().into_iter().map(char::from).collect());
    match text.split_once(':') {
        Some((name, password)) if !text.contains(char::is_control) => Ok(Some((name.to_owned(), password.to_owned()))),
        _ => Err(IllegalArgument::Authorization),
    }
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Result<Option<(String, String)>, IllegalArgument> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::try_from(header).unwrap());
        credentials(&headers)
    }

    #[track_caller]
    fn gives(header: &str, name: &str, password: &str) {
        assert_eq!(read(header), Ok(Some((name.to_owned(), password.to_owned()))), "{header}");
    }

    #[test]
    fn examples_of_rfc_7617() {
        gives("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame");
        gives("Basic dGVzdDoxMjPCow==", "test", "123£");
    }

    #[test]
    fn older_clients_send_iso_8859_1() {
        gives("Basic dGVzdDoxMjOj", "test", "123£");
    }

    #[test]
    fn scheme_and_padding_are_read_leniently() {
        gives("basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ", "Aladdin", "open sesame");
        gives("BASIC Og==", "", "");
        gives("Basic YTpiOmM=", "a", "b:c");
    }

    #[test]
    fn other_schemes_are_no_credentials() {
        assert_eq!(read("Bearer abc"), Ok(None));
        assert_eq!(credentials(&HeaderMap::new()), Ok(None));
    }

    #[test]
    fn two_headers_are_refused() {
        let mut headers = HeaderMap::new();
        for header in ["Bearer abc", "Basic Og=="] {
            headers.append(AUTHORIZATION, HeaderValue::from_static(header));
        }
        assert_eq!(credentials(&headers), Err(IllegalArgument::Repeated("Authorization")));
    }

    #[test]
    fn what_is_no_name_and_password_is_refused() {
        for broken in ["Basic", "Basic !", "Basic YWJj", "Basic YToHYg=="] {
            assert_eq!(read(broken), Err(IllegalArgument::Authorization), "{broken}");
        }
    }

    #[test]
    fn the_challenge_names_the_domain() {
        assert_eq!(challenge("example.org"), "Basic realm=\"example.org\", charset=\"UTF-8\"");
        assert_eq!(challenge("b\u{fc}cher.example"), "Basic realm=\"provisioning\", charset=\"UTF-8\"");
    }
}
