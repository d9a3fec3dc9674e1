//! The server's side of SCRAM (RFC 5802), with a rule broken on demand.

use std::num::NonZeroU32;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac, pbkdf2};

use super::{Fault, Scram};

const SALT: &[u8] = b"a salt of sixteen";
const NOT_AUTHORIZED: &str = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>";

pub(super) struct Server {
    script: Scram,
    sha256: bool,
    /// What the client's `c=` must carry.
    channel: Vec<u8>,
    client_first_bare: String,
    challenge_text: String,
}

impl Server {
    /// Reads the text that ends with the client's `<auth …>…</auth>`.
    pub(super) fn new(script: &Scram, heard: &str, certificate: &[u8], exporter: Option<[u8; 32]>) -> Self {
        let sha256 = heard.contains("SCRAM-SHA-256");
        let first = decode(heard, "</auth>");
        let (flag, rest) = first.split_once(",,").expect("a gs2 header without authorization identity");
        let mut channel = format!("{flag},,").into_bytes();
        match flag {
            "p=tls-server-end-point" => channel.extend(digest::digest(&digest::SHA256, certificate).as_ref()),
            "p=tls-exporter" => channel.extend(exporter.expect("TLS")),
            other => assert_eq!(other, "n", "a gs2 flag that Openfire does not take"),
        }
        if script.fault == Fault::OtherChannel && flag != "n" {
            channel.push(0);
        }
        let nonce = rest.split_once("r=").expect("a nonce").1;
        let nonce = match script.fault {
            Fault::OtherNonce => "somethingelse".to_owned(),
            Fault::SameNonce => nonce.to_owned(),
            _ => format!("{nonce}-and-the-servers"),
        };
        let challenge_text = format!("r={nonce},s={},i={}", STANDARD.encode(SALT), script.iterations);
        Self { script: script.clone(), sha256, channel, client_first_bare: rest.to_owned(), challenge_text }
    }

    pub(super) fn challenge(&self) -> Option<String> {
        (self.script.fault != Fault::SuccessAtOnce).then(|| element("challenge", &self.challenge_text))
    }

    /// Checks the client's proof; what is to be sent then.
    pub(super) fn verdict(&mut self, heard: &str) -> Vec<String> {
        if self.script.fault == Fault::SuccessAtOnce {
            return vec![element("success", "")];
        }
        let last = decode(heard, "</response>");
        let (without_proof, proof) = last.rsplit_once(",p=").expect("a proof");
        let signed = format!("{},{},{without_proof}", self.client_first_bare, self.challenge_text);
        let (expected, signature) = self.keys(&signed);
        let channel = without_proof.strip_prefix("c=").and_then(|rest| rest.split(',').next()).expect("c=");
        if STANDARD.decode(channel).expect("base64") != self.channel
            || STANDARD.decode(proof).expect("base64") != expected
        {
            return vec![NOT_AUTHORIZED.to_owned()];
        }
        let right = format!("v={}", STANDARD.encode(&signature));
        match self.script.fault {
            Fault::WrongSignature => {
                vec![element("success", &format!("v={}", STANDARD.encode(vec![0; signature.len()])))]
            }
            Fault::NoVerdict => vec![],
            Fault::NoSignature => vec![element("success", "")],
            Fault::ErrorValue => vec![element("success", "e=other-error")],
            Fault::SignatureInChallenge => vec![element("challenge", &right), element("success", "")],
            _ => vec![element("success", &right)],
        }
    }

    /// The client's proof and the server's signature (RFC 5802 section 3).
    fn keys(&self, signed: &str) -> (Vec<u8>, Vec<u8>) {
        let (mac, kdf, hash) = if self.sha256 {
            (hmac::HMAC_SHA256, pbkdf2::PBKDF2_HMAC_SHA256, &digest::SHA256)
        } else {
            (hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, pbkdf2::PBKDF2_HMAC_SHA1, &digest::SHA1_FOR_LEGACY_USE_ONLY)
        };
        let sign = |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(mac, key), text).as_ref().to_vec();
        let mut salted = vec![0; hash.output_len()];
        let rounds = NonZeroU32::new(self.script.iterations).expect("rounds");
        pbkdf2::derive(kdf, rounds, SALT, self.script.password.as_bytes(), &mut salted);
        let client_key = sign(&salted, b"Client Key");
        let stored_key = digest::digest(hash, &client_key);
        let client_signature = sign(stored_key.as_ref(), signed.as_bytes());
        let proof = client_key.iter().zip(client_signature).map(|(key, signature)| key ^ signature).collect();
        (proof, sign(&sign(&salted, b"Server Key"), signed.as_bytes()))
    }
}

fn element(name: &str, text: &str) -> String {
    format!("<{name} xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{}</{name}>", STANDARD.encode(text))
}

/// The base64 text of the element that ends at `end`.
fn decode(heard: &str, end: &str) -> String {
    let text = heard.strip_suffix(end).and_then(|rest| rest.rsplit_once('>')).expect("an element").1;
    String::from_utf8(STANDARD.decode(text).expect("base64")).expect("UTF-8")
}
