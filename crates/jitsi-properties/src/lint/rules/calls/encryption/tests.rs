use crate::lint::{below, broken};

const SIP: &str = "net.java.sip.communicator.impl.protocol.sip.accy";

/// The rules of this family that a text breaks.
fn of_encryption(text: &str) -> Vec<(usize, &'static str)> {
    let is_own = |rule: &str| super::FAMILY.rules.iter().any(|own| own.id == rule);
    broken(text).into_iter().filter(|(_, rule)| is_own(rule)).collect()
}

/// The rules broken by a SIP account with these settings, the first of which is in line 6.
fn sip(settings: &[&str]) -> Vec<(usize, &'static str)> {
    let account =
        ["=accy", ".ACCOUNT_UID=SIP:a@b", ".USER_ID=a", ".PROTOCOL_NAME=SIP", ".SERVER_ADDRESS=sip.example.org"];
    let settings: Vec<_> = settings.iter().map(|setting| format!(".{setting}")).collect();
    of_encryption(&(below(SIP, &account) + &below(SIP, &settings.iter().map(String::as_str).collect::<Vec<_>>())))
}

#[test]
fn a_key_exchange_with_a_place_has_a_status() {
    assert_eq!(sip(&["ENCRYPTION_PROTOCOL.SDES=0"]), [(6, "encryption-status")]);
    assert_eq!(sip(&["ENCRYPTION_PROTOCOL.SDES=0", "ENCRYPTION_PROTOCOL_STATUS.SDES="]), [(6, "encryption-status")]);
    assert_eq!(sip(&["ENCRYPTION_PROTOCOL.SDES=0", "ENCRYPTION_PROTOCOL_STATUS.ZRTP=true"]).len(), 2);
    assert_eq!(sip(&["ENCRYPTION_PROTOCOL.SDES=0", "ENCRYPTION_PROTOCOL_STATUS.SDES=true"]), []);
    // Not used, and so not asked for.
    assert_eq!(sip(&["ENCRYPTION_PROTOCOL.SDES=${null}"]), []);
    // Both spellings of the name lead to the same status.
    assert_eq!(sip(&["ENCRYPTION_PROTOCOL.DTLS-SRTP=0"]), [(6, "encryption-status")]);
    assert_eq!(
        sip(&["ENCRYPTION_PROTOCOL.DTLS_SRTP=0", "ENCRYPTION_PROTOCOL_STATUS.DTLS_SRTP=true", "SAVP_OPTION=2"]),
        [(6, "encryption-status")]
    );
    // Defaults for all accounts do not help: the client looks in the account alone.
    let default = "\nnet.java.sip.communicator.service.protocol.sip.ENCRYPTION_PROTOCOL_STATUS.SDES=true";
    let text = below(&format!("{SIP}."), &["ACCOUNT_UID=u", "ENCRYPTION_PROTOCOL.SDES=0"]) + default;
    assert!(of_encryption(&text).contains(&(2, "encryption-status")));
}

#[test]
fn every_key_exchange_without_a_status_is_reported() {
    let both = ["ENCRYPTION_PROTOCOL.ZRTP=0", "ENCRYPTION_PROTOCOL.SDES=1"];
    assert_eq!(sip(&both), [(6, "encryption-status"), (7, "encryption-status")]);
}

/// Settings that put key exchanges on at these places.
fn at(places: &[(&str, &str)]) -> Vec<(usize, &'static str)> {
    let lines: Vec<_> = places
        .iter()
        .flat_map(|(name, place)| {
            [format!("ENCRYPTION_PROTOCOL.{name}={place}"), format!("ENCRYPTION_PROTOCOL_STATUS.{name}=true")]
        })
        .collect();
    sip(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn places_count_from_0_without_a_gap() {
    assert_eq!(at(&[("ZRTP", "0"), ("SDES", "1"), ("DTLS-SRTP", "2")]), []);
    assert_eq!(at(&[("SDES", "1"), ("ZRTP", "0")]), []);
    assert_eq!(at(&[("SDES", "7")]), []);
    assert_eq!(at(&[("ZRTP", "1"), ("SDES", "2")]), [(8, "encryption-order")]);
    assert_eq!(at(&[("ZRTP", "0"), ("SDES", "0")]), [(8, "encryption-order")]);
    assert_eq!(at(&[("ZRTP", "-2"), ("SDES", "0")]), [(6, "encryption-order"), (7, "encryption-without-place")]);
}

#[test]
fn a_key_exchange_that_is_on_has_a_place() {
    assert_eq!(sip(&["ENCRYPTION_PROTOCOL_STATUS.SDES=true"]), [(6, "encryption-without-place")]);
    assert_eq!(sip(&["ENCRYPTION_PROTOCOL_STATUS.SDES=false"]), []);
    // The client uses ZRTP when no key exchange has a place.
    assert_eq!(sip(&["ENCRYPTION_PROTOCOL_STATUS.ZRTP=true"]), []);
    assert_eq!(
        sip(&[
            "ENCRYPTION_PROTOCOL_STATUS.ZRTP=true",
            "ENCRYPTION_PROTOCOL.SDES=0",
            "ENCRYPTION_PROTOCOL_STATUS.SDES=true"
        ]),
        [(6, "encryption-without-place")]
    );
}

#[test]
fn what_demands_encryption_finds_some() {
    const OFF: [&str; 2] = ["ENCRYPTION_PROTOCOL.SDES=0", "ENCRYPTION_PROTOCOL_STATUS.SDES=false"];
    let off = |more: &str| sip(&[OFF[0], OFF[1], more]);
    assert_eq!(sip(&OFF), [(6, "encryption-none")]);
    assert_eq!(sip(&["ENCRYPTION_PROTOCOL_STATUS.ZRTP=false"]), [(6, "encryption-none")]);
    assert_eq!(off("MODE_PARANOIA=true"), [(8, "encryption-none")]);
    assert_eq!(off("SAVP_OPTION=1"), [(8, "encryption-none")]);
    assert_eq!(off("DEFAULT_ENCRYPTION=false"), []);
    assert_eq!(sip(&["DEFAULT_ENCRYPTION=false", "MODE_PARANOIA=true"]), [(7, "encryption-none")]);
    assert_eq!(sip(&["MODE_PARANOIA=true", "SAVP_OPTION=1"]), []);
}

#[test]
fn a_suite_is_one_of_the_client_s() {
    const TWO: &str = "AES_CM_128_HMAC_SHA1_80,AES_CM_128_HMAC_SHA1_32";
    for (list, expected) in [(TWO, 0), ("AES_CM_128_HMAC_SHA1_80, AES_CM_128_HMAC_SHA1_32", 1), ("AES_128", 1), ("", 0)]
    {
        assert_eq!(sip(&[&format!("SDES_CIPHER_SUITES={list}")]).len(), expected, "{list}");
        for key in ["service.protocol.sip", "service.protocol", "service.neomedia"] {
            let text = format!("net.java.sip.communicator.{key}.SDES_CIPHER_SUITES={list}");
            assert_eq!(of_encryption(&text).len(), expected, "{text}");
        }
    }
}
