//! Logins on a real Prosody 0.12: SCRAM-SHA-256, and a server that tells unknown users before the challenge.

use openfire_provisioner::openfire::login::{Login, LoginError, Refusal};
use test_servers::prosody::Prosody;
use test_servers::seeds;

use crate::support::logins::{credentials, login, settings_with_ca, soon};

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

/// Prosody prepares what it stores, so under SCRAM only the prepared form is right.
#[tokio::test]
async fn a_password_is_tried_as_prepared_too() {
    let typed = "no\u{ad}-card-here";
    for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"] {
        let login = prosody(&format!("mechanisms = [\"{mechanism}\"]")).await;
        let outcome = login.authenticate(&credentials("cardless", typed), soon()).await;
        assert!(outcome.is_ok(), "{mechanism}: {:?}", outcome.err());
    }
}

#[tokio::test]
async fn under_tls_12_a_login_works_with_what_prosody_offers() {
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
async fn unknown_users_and_wrong_passwords_of_prosody_are_one_refusal() {
    for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"] {
        let login = prosody(&format!("mechanisms = [\"{mechanism}\"]")).await;
        for name in ["cardless", "nobody"] {
            let outcome = login.authenticate(&credentials(name, "wrong"), soon()).await;
            let reported = matches!(outcome, Err(LoginError::Refused(Refusal::NotAuthorized, _)));
            assert!(reported, "{name} by {mechanism}: {:?}", outcome.err());
        }
    }
}

#[tokio::test]
async fn a_disabled_account_of_prosody_is_reported() {
    let disabled = seeds::person("disabled");
    let outcome = prosody("").await.authenticate(&credentials(&disabled.name, &disabled.password), soon()).await;
    assert!(matches!(outcome, Err(LoginError::Refused(Refusal::AccountDisabled, _))), "{:?}", outcome.err());
}
