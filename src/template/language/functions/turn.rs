//! `turn_credentials`: a name and a password for a TURN server, good for a while.
//!
//! The scheme is coturn's `use-auth-secret` ("A REST API For Access To TURN Services", draft-uberti-behave-turn-rest-00):
//! the server and we share a secret; the user name begins with the second in which the credentials expire; the password
//! is the HMAC-SHA1 of the user name under the secret, in base64.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use minijinja::Value;
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::super::secret::Secret;
use super::argument_error::ArgumentError;
use super::arguments::text;
use super::description::Description;
use crate::template::schema::Shape;

/// The function's name.
pub(in crate::template) const TURN_CREDENTIALS: &str = "turn_credentials";

/// What it gives.
pub(in crate::template) const CREDENTIALS: Shape =
    Shape::Group(&[("expires", Shape::Single), ("password", Shape::Secret), ("username", Shape::Single)]);

pub(super) const DESCRIPTION: Description = Description {
    name: TURN_CREDENTIALS,
    example: "turn_credentials(secret, '12h')",
    takes: 2..=3,
    steps: 8,
    check: |place, value| match place {
        0 => secret(value).map(drop),
        1 => lifetime(value).map(drop),
        _ => text(value).map(drop),
    },
};

/// Longest life of credentials: what lives longer is not limited in time.
const MAX_LIFE: Duration = Duration::from_hours(366 * 24);

/// Longest part of a user name that is ours, in bytes. A TURN server takes 512 with the time before it.
const MAX_USER: usize = 480;

/// The function for one request: its time, in seconds since 1970, and the user who asks.
pub(in crate::template) fn credentials(now: i64, asking: String) -> Value {
    DESCRIPTION.bound_to(move |arguments| {
        let secret = secret(arguments.at(0))?;
        let expires = now.saturating_add_unsigned(lifetime(arguments.at(1))?.as_secs());
        let user = arguments.optional(2).map(text).transpose()?;
        let username = format!("{expires}:{}", plain(user.as_deref().unwrap_or(&asking)));
        let password = password(&secret, &username);
        Ok(Value::from_object(BTreeMap::from([
            ("expires", Value::from(expires)),
            ("password", Secret::value(&password)),
            ("username", Value::from(username)),
        ])))
    })
}

fn password(secret: &SecretString, username: &str) -> Zeroizing<String> {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.expose_secret().as_bytes());
    Zeroizing::new(BASE64.encode(hmac::sign(&key, username.as_bytes())))
}

/// The shared secret. Text that stands in the template is one too.
fn secret(value: &Value) -> Result<SecretString, ArgumentError> {
    let secret = match value.downcast_object_ref::<Secret>() {
        Some(secret) => secret.expose().to_owned(),
        None => text(value)?.into_owned(),
    };
    if secret.is_empty() {
        return Err("needs a secret, and this one is empty: test for it first, as in `{% if … %}`".into());
    }
    Ok(SecretString::from(secret))
}

fn lifetime(value: &Value) -> Result<Duration, ArgumentError> {
    let text = text(value)?;
    let life = match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => humantime::parse_duration(&text).ok(),
    };
    life.filter(|life| (1..=MAX_LIFE.as_secs()).contains(&life.as_secs())).ok_or_else(|| {
        ArgumentError::from("needs a time to live as seconds or as text like '12h', from one second to 366 days")
    })
}

/// A user's name as any TURN server takes it. coturn refuses names with blanks, quotes and backslashes, and clients
/// differ in how they send what is not ASCII; the name is for its log and its quotas only.
fn plain(user: &str) -> String {
    let mut plain = String::new();
    for byte in user.bytes() {
        if plain.len() >= MAX_USER {
            break;
        }
        if byte.is_ascii_alphanumeric() || b"-._~@+".contains(&byte) {
            plain.push(char::from(byte));
        } else {
            plain.extend(['%', hexadecimal(byte >> 4), hexadecimal(byte & 0xF)]);
        }
    }
    plain
}

fn hexadecimal(digit: u8) -> char {
    char::from_digit(digit.into(), 16).unwrap_or_default().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Computed by Python's `hmac` and `base64`.
    #[test]
    fn passwords_are_those_of_the_scheme() {
        assert_eq!(*password(&SecretString::from("north"), "1750043200:anna.berg"), "2vPDdSQjZzsWl/c/UOQ0WRApgvI=");
    }

    #[test]
    fn a_time_to_live_is_seconds_or_text() {
        let seconds = |value: Value| lifetime(&value).map(|life| life.as_secs());
        assert_eq!(seconds(3600.into()), Ok(3600));
        assert_eq!(seconds("3600".into()), Ok(3600));
        assert_eq!(seconds("12h".into()), Ok(43_200));
        assert_eq!(seconds("1day 30m".into()), Ok(88_200));
        for wrong in ["", "soon", "0", "-1", "1ms", "10years", "999999999999999999999h", "18446744073709551615"] {
            let ArgumentError(mistake) = seconds(wrong.into()).expect_err(wrong);
            assert!(mistake.contains("'12h'"), "{wrong}: {mistake}");
        }
        assert!(seconds(1.5.into()).is_err());
        assert!(seconds(true.into()).is_err());
    }

    #[test]
    fn a_secret_is_a_secret_or_text_but_never_empty() {
        assert_eq!(secret(&Secret::value("x")).unwrap().expose_secret(), "x");
        assert_eq!(secret(&Value::from("x")).unwrap().expose_secret(), "x");
        for wrong in [Value::from(""), Secret::value(""), Value::from(format!("x{0}secret{0}", Secret::MARK))] {
            assert!(secret(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn names_are_written_as_every_server_takes_them() {
        assert_eq!(plain("anna.berg"), "anna.berg");
        assert_eq!(plain("d'artagnan \"b\"\\é:1"), "d%27artagnan%20%22b%22%5C%C3%A9%3A1");
        assert!(plain(&"é".repeat(1000)).len() <= MAX_USER + 2);
    }

    proptest! {
        #[test]
        fn no_time_to_live_and_no_name_panics(life in "\\PC{0,20}|[0-9]{0,21}[a-z]{0,6}", user in "\\PC{0,40}") {
            if let Ok(life) = lifetime(&Value::from(life)) {
                prop_assert!(life <= MAX_LIFE + Duration::from_secs(1));
            }
            prop_assert!(plain(&user).is_ascii());
        }
    }
}
