//! What kind of private key a file holds, where the TLS library only says that it cannot use it.

use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use x509_cert::der::asn1::{AnyRef, ContextSpecific, ObjectIdentifier, OctetStringRef, UintRef};
use x509_cert::der::{Decode, Reader, SliceReader, TagNumber};
use x509_cert::spki::AlgorithmIdentifierRef;

/// Sizes of RSA keys that are taken, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The kind of a key that cannot be used, as a part of a sentence; none when it is of a kind that can, or unreadable.
pub(super) fn unsupported(key: &PrivateKeyDer<'_>) -> Option<String> {
    match key {
        PrivateKeyDer::Pkcs8(key) => pkcs8(key.secret_pkcs8_der()).ok().flatten(),
        PrivateKeyDer::Pkcs1(key) => rsa(key.secret_pkcs1_der()).ok().flatten(),
        PrivateKeyDer::Sec1(key) => sec1(key.secret_sec1_der()).ok().flatten(),
        _ => None,
    }
}

/// RFC 5958 section 2.
fn pkcs8(der: &[u8]) -> x509_cert::der::Result<Option<String>> {
    AnyRef::from_der(der)?.sequence(|reader: &mut SliceReader<'_>| {
        let _version = reader.decode::<u8>()?;
        let algorithm = reader.decode::<AlgorithmIdentifierRef<'_>>()?;
        let key = reader.decode::<&OctetStringRef>()?;
        // Attributes.
        reader.read_slice(reader.remaining_len())?;
        match algorithm.oid.to_string().as_str() {
            "1.2.840.113549.1.1.1" => rsa(key.as_bytes()),
            "1.2.840.113549.1.1.10" => Ok(Some("an RSA-PSS key (id-RSASSA-PSS)".to_owned())),
            "1.2.840.10045.2.1" => Ok(algorithm.parameters_oid().ok().and_then(curve)),
            "1.2.840.10040.4.1" => Ok(Some("a DSA key".to_owned())),
            "1.3.101.112" => Ok(None),
            "1.3.101.113" => Ok(Some("an Ed448 key".to_owned())),
            other => Ok(Some(format!("a key for the algorithm {other}"))),
        }
    })
}

/// RFC 8017 appendix A.1.2.
fn rsa(der: &[u8]) -> x509_cert::der::Result<Option<String>> {
    let bits = AnyRef::from_der(der)?.sequence(|reader: &mut SliceReader<'_>| {
        let _version = reader.decode::<u8>()?;
        let modulus = reader.decode::<UintRef<'_>>()?;
        reader.read_slice(reader.remaining_len())?;
        let zeros = modulus.as_bytes().first().map_or(0, |byte| byte.leading_zeros() as usize);
        Ok::<_, x509_cert::der::Error>((modulus.as_bytes().len() * 8).saturating_sub(zeros))
    })?;
    Ok((!RSA_BITS.contains(&bits)).then(|| format!("an RSA key of {bits} bits")))
}

/// RFC 5915 section 3.
fn sec1(der: &[u8]) -> x509_cert::der::Result<Option<String>> {
    AnyRef::from_der(der)?.sequence(|reader: &mut SliceReader<'_>| {
        let _version = reader.decode::<u8>()?;
        let _key = reader.decode::<&OctetStringRef>()?;
        let parameters = ContextSpecific::<ObjectIdentifier>::decode_explicit(reader, TagNumber(0))?;
        reader.read_slice(reader.remaining_len())?;
        Ok(parameters.and_then(|parameters| curve(parameters.value)))
    })
}

/// RFC 5480 section 2.1.1.1.
fn curve(oid: ObjectIdentifier) -> Option<String> {
    let name = match oid.to_string().as_str() {
        "1.2.840.10045.3.1.7" | "1.3.132.0.34" => return None,
        "1.3.132.0.35" => "P-521".to_owned(),
        "1.3.132.0.10" => "secp256k1".to_owned(),
        other => other.to_owned(),
    };
    Some(format!("an EC key on the curve {name}"))
}

#[cfg(test)]
mod tests {
    use tokio_rustls::rustls::pki_types::{PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};

    use super::*;

    /// An element of DER shorter than 128 bytes.
    fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        [&[tag, content.len().try_into().unwrap()], &content[..]].concat()
    }

    fn kind_of_pkcs8(oid: &str, parameters: &[u8]) -> Option<String> {
        let oid = ObjectIdentifier::new(oid).unwrap();
        let algorithm = der(0x30, &[&der(6, &[oid.as_bytes()]), parameters]);
        let key = der(0x30, &[&[2, 1, 0], &algorithm, &der(4, &[b"key"])]);
        unsupported(&PrivatePkcs8KeyDer::from(key).into())
    }

    #[test]
    fn each_kind_is_named() {
        let curve = |oid: &str| der(6, &[ObjectIdentifier::new(oid).unwrap().as_bytes()]);
        let pss = "an RSA-PSS key (id-RSASSA-PSS)";
        assert_eq!(kind_of_pkcs8("1.2.840.113549.1.1.10", &[]).as_deref(), Some(pss));
        assert_eq!(kind_of_pkcs8("1.2.840.113549.1.1.10", &der(0x30, &[])).as_deref(), Some(pss));
        assert_eq!(kind_of_pkcs8("1.3.101.113", &[]).as_deref(), Some("an Ed448 key"));
        assert_eq!(kind_of_pkcs8("1.3.101.112", &[]), None);
        assert_eq!(kind_of_pkcs8("1.2.3", &[]).as_deref(), Some("a key for the algorithm 1.2.3"));
        let of_curve = |oid: &str| kind_of_pkcs8("1.2.840.10045.2.1", &curve(oid));
        assert_eq!(of_curve("1.3.132.0.35").as_deref(), Some("an EC key on the curve P-521"));
        assert_eq!(of_curve("1.2.840.10045.3.1.7"), None);

        let sec1 = |oid: &str| der(0x30, &[&[2, 1, 1], &der(4, &[b"key"]), &der(0xa0, &[&curve(oid)])]);
        let of_sec1 = |oid: &str| unsupported(&PrivateSec1KeyDer::from(sec1(oid)).into());
        assert_eq!(of_sec1("1.3.132.0.10").as_deref(), Some("an EC key on the curve secp256k1"));
        assert_eq!(of_sec1("1.3.132.0.34"), None);

        let rsa = der(0x30, &[&[2, 1, 0], &der(2, &[&[0x7f; 64]]), &[2, 1, 3]]);
        assert_eq!(unsupported(&PrivatePkcs1KeyDer::from(rsa).into()).as_deref(), Some("an RSA key of 511 bits"));
        assert_eq!(unsupported(&PrivatePkcs8KeyDer::from(b"no DER".to_vec()).into()), None);
    }
}
