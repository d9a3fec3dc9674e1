use super::*;

fn client(hash: Hash, nonce: &str) -> ScramClient {
    ScramClient::new(hash, Binding::None, "user", nonce.to_owned())
}

fn finish(client: &ScramClient, server_first: &str) -> (String, Signature) {
    let challenge = client.challenge(server_first.as_bytes()).unwrap();
    let salted = derive(client.hash, "pencil", &challenge.salt, challenge.iterations);
    let (message, signature) = client.finish(&challenge, &salted);
    (String::from_utf8(message).unwrap(), signature)
}

// Source: RFC 5802 section 5.
#[test]
fn scram_sha_1_example_of_rfc_5802() {
    let client = client(Hash::Sha1, "fyko+d2lbbFgONRv9qkxdawL");
    assert_eq!(client.first(), b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
    let (message, signature) =
        finish(&client, "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096");
    assert_eq!(message, "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
    assert_eq!(signature.check(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), Ok(()));
}

// Source: RFC 7677 section 3.
#[test]
fn scram_sha_256_example_of_rfc_7677() {
    let client = client(Hash::Sha256, "rOprNGfwEbeRWgbNEkqO");
    let (message, signature) =
        finish(&client, "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    assert_eq!(
        message,
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    );
    assert_eq!(signature.check(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), Ok(()));
}

// Source: RFC 5802 section 5.1, `saslname`.
#[test]
fn commas_and_equals_signs_in_a_name_are_escaped() {
    let client = ScramClient::new(Hash::Sha1, Binding::None, "a,b=c", "x".to_owned());
    assert_eq!(client.first(), b"n,,n=a=2Cb=3Dc,r=x");
}

// Source: RFC 5802 section 7, `cbind-input`.
#[test]
fn channel_binding_data_stands_behind_the_gs2_header() {
    let client = ScramClient::new(Hash::Sha1, Binding::EndPoint(b"\x01\x02".to_vec()), "user", "x".to_owned());
    assert_eq!(client.first(), b"p=tls-server-end-point,,n=user,r=x");
    let (message, _) = finish(&client, "r=xy,s=QSXCR+Q6sek8bf92,i=1");
    let input = STANDARD.encode(b"p=tls-server-end-point,,\x01\x02");
    assert!(message.starts_with(&format!("c={input},r=xy,p=")), "{message}");
}

#[test]
fn a_nonce_that_does_not_extend_ours_is_refused() {
    let client = client(Hash::Sha1, "abc");
    for nonce in ["abc", "abd5", "ab", "", "xabc"] {
        let message = format!("r={nonce},s=QSXCR+Q6sek8bf92,i=4096");
        assert_eq!(client.challenge(message.as_bytes()).unwrap_err(), ScramError::Nonce, "{nonce}");
    }
}

#[test]
fn iteration_counts_out_of_bounds_are_refused() {
    let client = client(Hash::Sha1, "abc");
    for iterations in ["0", "-1", "1000001", "4294967296", "99999999999999999999", "x", ""] {
        let message = format!("r=abcd,s=QSXCR+Q6sek8bf92,i={iterations}");
        assert_eq!(client.challenge(message.as_bytes()).unwrap_err(), ScramError::Iterations, "{iterations}");
    }
    assert!(client.challenge(b"r=abcd,s=QSXCR+Q6sek8bf92,i=1000000,x=extension").is_ok());
}

#[test]
fn malformed_challenges_are_refused() {
    let client = client(Hash::Sha1, "abc");
    for message in [&b"\xff"[..], b"", b"s=QQ==,r=abcd,i=1", b"r=abcd,i=1", b"r=abcd,s=!,i=1", b"r=abcd,s=QQ=="] {
        assert_eq!(client.challenge(message).unwrap_err(), ScramError::Malformed);
    }
    assert_eq!(client.challenge(b"m=x,r=abcd,s=QQ==,i=1").unwrap_err(), ScramError::Extension);
}

#[test]
fn wrong_and_missing_signatures_are_refused() {
    let client = client(Hash::Sha1, "fyko+d2lbbFgONRv9qkxdawL");
    let (_, signature) = finish(&client, "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=4096");
    assert_eq!(signature.check(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), Err(ScramError::WrongSignature));
    assert_eq!(signature.check(b"v=rmF9"), Err(ScramError::WrongSignature));
    assert_eq!(signature.check(b"v="), Err(ScramError::WrongSignature));
    assert_eq!(signature.check(b""), Err(ScramError::NoSignature));
    assert_eq!(signature.check(b"v=!"), Err(ScramError::Malformed));
}

// Source: RFC 5802 section 7, `server-error`.
#[test]
fn an_error_value_is_reported_without_what_cannot_be_printed() {
    let client = client(Hash::Sha1, "a");
    let (_, signature) = finish(&client, "r=ab,s=QQ==,i=1");
    assert_eq!(signature.check(b"e=invalid-\nproof"), Err(ScramError::Server("invalid-proof".to_owned())));
}

#[test]
fn both_implementations_of_sha_256_derive_the_same() {
    let (password, salt, rounds) = ("пароль", b"a salt of sixteen", NonZeroU32::new(4096).unwrap());
    let (mut one, mut other) = ([0; 32], [0; 32]);
    pbkdf2_hmac::<Sha256>(password.as_bytes(), salt, rounds.get(), &mut one);
    ring_derive(PBKDF2_HMAC_SHA256, rounds, salt, password.as_bytes(), &mut other);
    assert_eq!(one, other);
    assert_eq!(*derive(Hash::Sha256, password, salt, rounds), one);
}
