//! Channel binding of type `tls-server-end-point` (RFC 5929 section 4).

use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use x509_cert::Certificate;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode, Encode};

/// Hashes a certificate with the hash function of its signature; SHA-256 in place of MD5 and SHA-1.
///
/// None when the signature names no hash function, or one that is not known (RFC 5929: undefined then).
pub(super) fn hash(certificate: &[u8]) -> Option<Vec<u8>> {
    let parsed = Certificate::from_der(certificate).ok()?;
    let signature = parsed.signature_algorithm();
    let parameters = signature.parameters.as_ref().and_then(|any| any.to_der().ok());
    let algorithm = hash_of_signature(&signature.oid.to_string(), parameters.as_deref())?;
    Some(digest(algorithm, certificate).as_ref().to_vec())
}

fn hash_of_signature(oid: &str, parameters: Option<&[u8]>) -> Option<&'static Algorithm> {
    match oid {
        // RSA with MD5, SHA-1, SHA-256; DSA with SHA-1, SHA-256; ECDSA with SHA-1, SHA-256.
        "1.2.840.113549.1.1.4"
        | "1.2.840.113549.1.1.5"
        | "1.2.840.113549.1.1.11"
        | "1.2.840.10040.4.3"
        | "2.16.840.1.101.3.4.3.2"
        | "1.2.840.10045.4.1"
        | "1.2.840.10045.4.3.2" => Some(&SHA256),
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => Some(&SHA384),
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => Some(&SHA512),
        "1.2.840.113549.1.1.10" => Some(hash_of_pss(parameters)),
        _ => None,
    }
}

/// RSASSA-PSS names its hash in the parameters, field `[0]`; absent it is SHA-1 (RFC 4055 section 3.1).
fn hash_of_pss(parameters: Option<&[u8]>) -> &'static Algorithm {
    const NAMED: [(ObjectIdentifier, &Algorithm); 3] = [
        (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"), &SHA256),
        (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"), &SHA384),
        (ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"), &SHA512),
    ];
    let parameters = parameters.unwrap_or_default();
    let holds = |oid: &ObjectIdentifier| {
        let bytes = oid.as_bytes();
        parameters.windows(bytes.len()).any(|window| window == bytes)
    };
    // The mask function (field [1]) names a hash too; certificates use the same one in both places.
    NAMED.iter().find(|(oid, _)| holds(oid)).map_or(&SHA256, |(_, algorithm)| *algorithm)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(algorithm: &'static rcgen::SignatureAlgorithm) -> Vec<u8> {
        let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
        let parameters = rcgen::CertificateParams::new(vec!["example.test".to_owned()]).unwrap();
        parameters.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn the_hash_of_the_signature_is_used() {
        let p256 = certificate(&rcgen::PKCS_ECDSA_P256_SHA256);
        assert_eq!(hash(&p256).unwrap(), digest(&SHA256, &p256).as_ref());
        let p384 = certificate(&rcgen::PKCS_ECDSA_P384_SHA384);
        assert_eq!(hash(&p384).unwrap(), digest(&SHA384, &p384).as_ref());
    }

    #[test]
    fn sha1_and_md5_are_replaced_by_sha256() {
        for oid in ["1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.840.10045.4.1"] {
            assert_eq!(hash_of_signature(oid, None), Some(&SHA256));
        }
    }

    #[test]
    fn a_signature_without_a_hash_function_binds_nothing() {
        assert_eq!(hash(&certificate(&rcgen::PKCS_ED25519)), None);
        assert_eq!(hash(b"no certificate"), None);
    }
}
