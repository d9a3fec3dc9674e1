//! The client's side of SCRAM-SHA-1 (RFC 5802), without channel binding.

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha1::{Digest as _, Sha1};

/// Length of a SHA-1 digest in bytes.
const DIGEST: usize = 20;
/// The gs2 header `n,,` in base64: no channel binding.
const NO_BINDING: &str = "biws";
/// Rounds that a server may ask for, so that a broken one cannot stop the generator.
const ROUNDS: std::ops::RangeInclusive<u32> = 1..=100_000;

/// A login that has begun.
#[derive(Debug)]
pub(crate) struct Scram {
    nonce: String,
    first_bare: String,
}

/// The client's last message, and the signature by which the server must prove itself.
#[derive(Debug)]
pub(crate) struct Final {
    /// The message.
    pub(crate) message: String,
    signature: [u8; DIGEST],
}

impl Scram {
    /// Begins a login. The user's name must hold neither `,` nor `=`; the nonce is any printable text without `,`.
    pub(crate) fn new(user: &str, nonce: String) -> Self {
        Self { first_bare: format!("n={user},r={nonce}"), nonce }
    }

    /// The client's first message.
    pub(crate) fn first(&self) -> String {
        format!("n,,{}", self.first_bare)
    }

    /// Answers the server's first message.
    pub(crate) fn answer(&self, server_first: &str, password: &str) -> anyhow::Result<Final> {
        let nonce = attribute(server_first, "r=")?;
        ensure!(nonce.len() > self.nonce.len() && nonce.starts_with(&self.nonce), "the server's nonce is not ours");
        let salt = STANDARD.decode(attribute(server_first, "s=")?).context("the salt is not base64")?;
        let rounds: u32 = attribute(server_first, "i=")?.parse().context("the iteration count is no number")?;
        ensure!(ROUNDS.contains(&rounds), "{rounds} rounds of hashing");
        let mut salted = [0; DIGEST];
        pbkdf2::pbkdf2::<Hmac<Sha1>>(password.as_bytes(), &salt, rounds, &mut salted)?;
        let without_proof = format!("c={NO_BINDING},r={nonce}");
        let signed = format!("{},{server_first},{without_proof}", self.first_bare);
        let client_key = hmac(&salted, b"Client Key")?;
        let client_signature = hmac(&Sha1::digest(client_key), signed.as_bytes())?;
        let proof: Vec<u8> = client_key.iter().zip(client_signature).map(|(key, signature)| key ^ signature).collect();
        Ok(Final {
            message: format!("{without_proof},p={}", STANDARD.encode(proof)),
            signature: hmac(&hmac(&salted, b"Server Key")?, signed.as_bytes())?,
        })
    }
}

impl Final {
    /// Checks the server's last message: only a server that knows the password can sign it.
    pub(crate) fn verify(&self, server_final: &str) -> anyhow::Result<()> {
        let signature = STANDARD.decode(attribute(server_final, "v=")?).context("the signature is not base64")?;
        ensure!(signature == self.signature, "the server's signature is wrong");
        Ok(())
    }
}

fn attribute<'a>(message: &'a str, name: &str) -> anyhow::Result<&'a str> {
    let value = message.split(',').find_map(|part| part.strip_prefix(name));
    value.with_context(|| format!("`{name}` is missing in the server's message"))
}

fn hmac(key: &[u8], text: &[u8]) -> anyhow::Result<[u8; DIGEST]> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key)?;
    mac.update(text);
    Ok(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5802 section 5.
    const SERVER_FIRST: &str = "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";

    fn begun() -> Scram {
        Scram::new("user", "fyko+d2lbbFgONRv9qkxdawL".to_owned())
    }

    #[test]
    fn the_exchange_of_the_rfc_comes_out() -> anyhow::Result<()> {
        let scram = begun();
        assert_eq!(scram.first(), "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
        let last = scram.answer(SERVER_FIRST, "pencil")?;
        assert_eq!(last.message, "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
        last.verify("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")
    }

    #[test]
    fn a_server_that_does_not_know_the_password_is_found_out() -> anyhow::Result<()> {
        let last = begun().answer(SERVER_FIRST, "another password")?;
        assert!(last.verify("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=").is_err());
        assert!(last.verify("e=other-error").is_err());
        Ok(())
    }

    #[test]
    fn what_no_server_should_send_is_an_error() {
        for message in ["r=foreign,s=QSXCR+Q6sek8bf92,i=4096", "s=QSXCR+Q6sek8bf92,i=4096", "e=unknown-user"] {
            assert!(begun().answer(message, "pencil").is_err(), "{message}");
        }
        assert!(begun().answer(&SERVER_FIRST.replace("4096", "4000000000"), "pencil").is_err());
    }
}
