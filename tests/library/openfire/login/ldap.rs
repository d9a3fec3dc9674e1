//! An Openfire that asks an LDAP directory for users and passwords.

use openfire_provisioner::openfire::login::{LoginError, Refusal};
use test_servers::openfire::{Openfire, OpenfireOptions};
use test_servers::seeds;
use test_servers::slapd::Slapd;

use crate::support::logins::{credentials, login, settings_with_ca, soon};

#[tokio::test]
async fn the_directory_decides_which_password_is_right() {
    let directory = Slapd::start().await;
    let openfire = Openfire::start(OpenfireOptions::default().ldap(&directory)).await;
    let login = login(&settings_with_ca(openfire.c2s(), &openfire.ca_file(), ""));
    // Openfire knows no password, so it cannot play its part of SCRAM.
    assert_eq!(login.probe(soon()).await.expect("facts").mechanisms, ["PLAIN"]);

    for name in ["anna.berger", "élodie.lefèvre", "王小明", "anna b", "o'hara"] {
        let right = credentials(name, &password(name));
        let outcome = login.authenticate(&right, soon()).await;
        assert!(outcome.is_ok(), "{name}: {:?}", outcome.err());
    }
    let wrong = login.authenticate(&credentials("anna.berger", "wrong"), soon()).await;
    assert!(matches!(wrong, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{:?}", wrong.err());
    let locked = login.authenticate(&credentials("disabled", &password("disabled")), soon()).await;
    assert!(matches!(locked, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{:?}", locked.err());

    // Openfire cannot tell a directory that is away from a wrong password.
    let anna = credentials("anna.berger", &password("anna.berger"));
    let stopped = directory.stop().await;
    let outcome = login.authenticate(&anna, soon()).await;
    assert!(matches!(outcome, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{:?}", outcome.err());
    let directory = stopped.start().await;
    let outcome = login.authenticate(&anna, soon()).await;
    assert!(outcome.is_ok(), "{:?}", outcome.err());
    drop(directory);
}

/// The password of one of the seeds, whose names are escaped by XEP-0106.
fn password(name: &str) -> String {
    seeds::person(&name.replace(' ', "\\20").replace('\'', "\\27")).password.clone()
}
