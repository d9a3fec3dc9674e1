//! Logins on a real Prosody 0.12: SCRAM-SHA-256, and a server that tells unknown users before the challenge.

use std::time::Duration;

use openfire_provisioner::openfire::login::{Login, LoginError, Refusal};
use tokio::time::Instant;

use crate::support::logins::{credentials, login, settings_with_ca, soon};
use crate::support::prosody::Prosody;
use crate::support::seeds;

async fn prosody(more: &str) -> Login {
    let prosody = Prosody::shared().await;
    login(&settings_with_ca(prosody.c2s(), &prosody.ca_file(), more))
}

#[tokio::test]
async fn everybody_logs_in_to_prosody_by_every_mechanism() {
    for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"] {
        let login = prosody(&format!("mechanisms = [\"{mechanism}\"]")).await;
        for person in seeds::people().filter(|person| !person.locked) {
            let outcome = login.authenticate(&credentials(&person.name, &person.password), soon()).await;
            if let Err(error) = outcome {
                panic!("{} by {mechanism}: {error}", person.name);
            }
        }
    }
}

#[tokio::test]
async fn under_tls_12_prosody_offers_a_binding_that_we_do_not_have_and_the_login_works_without() {
    let login = prosody("tls_max = \"1.2\"").await;
    let facts = login.probe(soon()).await.expect("facts");
    assert!(facts.mechanisms.iter().any(|name| name == "SCRAM-SHA-256-PLUS"), "{:?}", facts.mechanisms);
    let outcome = login.authenticate(&credentials("cardless", "no-card-here"), soon()).await;
    assert!(outcome.is_ok(), "{:?}", outcome.err());
}

#[tokio::test]
async fn prosody_gives_the_roster_on_the_users_own_stream() {
    let crowd = seeds::person(seeds::CROWD_USER);
    let session = prosody("").await.authenticate(&credentials(&crowd.name, &crowd.password), soon()).await;
    let roster = session.expect("a login").roster(soon()).await.expect("a roster");
    assert_eq!(roster.children().count(), seeds::CROWD_SIZE);
}

#[tokio::test]
async fn an_unknown_user_of_prosody_takes_as_long_as_a_wrong_password() {
    let login = prosody("mechanisms = [\"SCRAM-SHA-1\"]").await;
    let refused = async |name: &str| {
        let start = Instant::now();
        let outcome = login.authenticate(&credentials(name, "wrong"), soon()).await;
        let told = matches!(outcome, Err(LoginError::Refused(Refusal::NotAuthorized)));
        assert!(told, "{name}: {:?}", outcome.err());
        start.elapsed()
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        known.push(refused("cardless").await);
        unknown.push(refused("nobody").await);
    }
    known.sort();
    unknown.sort();
    // 10,000 rounds take some milliseconds; without ours for the unknown user the answer would come that much earlier.
    let rounds = login_rounds();
    let earlier = known[7].saturating_sub(unknown[7]);
    assert!(earlier < rounds.max(Duration::from_millis(2)) * 3, "{known:?} {unknown:?}");
}

/// What 10,000 rounds of PBKDF2 take on this machine now.
fn login_rounds() -> Duration {
    let start = Instant::now();
    let mut salted = [0; 20];
    let rounds = 10_000.try_into().expect("not zero");
    ring::pbkdf2::derive(ring::pbkdf2::PBKDF2_HMAC_SHA1, rounds, b"salt", b"wrong", &mut salted);
    start.elapsed()
}

#[tokio::test]
async fn a_disabled_account_of_prosody_is_told() {
    let disabled = seeds::person("disabled");
    let outcome = prosody("").await.authenticate(&credentials(&disabled.name, &disabled.password), soon()).await;
    assert!(matches!(outcome, Err(LoginError::Refused(Refusal::AccountDisabled))), "{:?}", outcome.err());
}
