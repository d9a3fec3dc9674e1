//! An Openfire that asks an LDAP directory for users and passwords, and what `docs/openfire-ldap.md` says about it.

use openfire_provisioner::openfire::login::{Login, LoginError, Refusal};
use test_servers::openfire::{Openfire, OpenfireOptions};
use test_servers::seeds;
use test_servers::slapd::{
    ADMIN, ADMIN_PASSWORD, BASE, FAILURES_TO_LOCK, GUARDED_PASSWORD, LOCKS_SOON, MUST_CHANGE, PASSWORD_EXPIRED, Slapd,
};

use crate::support::logins::{credentials, login, settings_with_ca, soon};

#[tokio::test]
async fn the_directory_decides_which_password_is_right() {
    let directory = Slapd::start().await;
    let openfire = Openfire::start(OpenfireOptions::default().ldap(&directory)).await;
    let login = login(&settings_with_ca(openfire.c2s(), &openfire.ca_file(), ""));
    // Openfire knows no password, so it cannot play its part of SCRAM.
    assert_eq!(login.probe(soon()).await.expect("facts").mechanisms, ["PLAIN"]);

    for name in ["anna.berger", "élodie.lefèvre", "王小明", "anna b", "o'hara"] {
        assert_let_in(&login, name, &password(name)).await;
    }
    assert_refused(&login, "anna.berger", "wrong").await;
    assert_refused(&login, "disabled", &password("disabled")).await;

    // Openfire cannot tell a directory that is away from a wrong password.
    let stopped = directory.stop().await;
    assert_refused(&login, "anna.berger", &password("anna.berger")).await;
    let directory = stopped.start().await;
    assert_let_in(&login, "anna.berger", &password("anna.berger")).await;
    drop(directory);
}

#[tokio::test]
async fn the_page_about_ldap_has_the_properties_that_openfire_needs() {
    let directory = Slapd::start().await;
    let address = directory.address();
    let page = include_str!("../../../../docs/openfire-ldap.md");
    let block = page.split("\n```properties\n").nth(1).expect("a block of properties").split("\n```").next().unwrap();
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    let ours = [
        ("ldap.host", host.as_str()),
        ("ldap.port", &port),
        ("ldap.baseDN", BASE),
        ("ldap.adminDN", ADMIN),
        ("ldap.adminPassword", ADMIN_PASSWORD),
    ];
    let mut replaced = 0;
    let options = block.lines().fold(OpenfireOptions::default(), |options, line| {
        let (name, value) = line.split_once(" = ").unwrap_or_else(|| panic!("no property: {line}"));
        let own = ours.iter().find(|(own, _)| *own == name).map(|(_, value)| *value);
        replaced += usize::from(own.is_some());
        options.property(name, own.unwrap_or(value))
    });
    assert_eq!(replaced, ours.len());
    let openfire = Openfire::start(options.property("ldap.vcard-mapping", "<vCard xmlns=\"vcard-temp\"/>")).await;
    let login = login(&settings_with_ca(openfire.c2s(), &openfire.ca_file(), ""));

    let right = password("anna.berger");
    for typed in ["anna.berger", "ANNA.BERGER", "anna.berger@example.test"] {
        assert_let_in(&login, typed, &right).await;
    }
    for typed in ["CORP\\anna.berger", "anna.berger@other.example"] {
        assert_refused(&login, typed, &right).await;
    }
}

#[tokio::test]
async fn a_wrong_password_is_one_attempt_at_the_directory_and_states_look_like_one() {
    let directory = Slapd::start().await;
    let openfire = Openfire::start(OpenfireOptions::default().ldap(&directory)).await;
    let login = login(&settings_with_ca(openfire.c2s(), &openfire.ca_file(), ""));

    for _ in 1..FAILURES_TO_LOCK {
        assert_refused(&login, LOCKS_SOON, "wrong").await;
    }
    // The directory starts to count anew.
    assert_let_in(&login, LOCKS_SOON, GUARDED_PASSWORD).await;
    for _ in 0..FAILURES_TO_LOCK {
        assert_refused(&login, LOCKS_SOON, "wrong").await;
    }
    assert_refused(&login, LOCKS_SOON, GUARDED_PASSWORD).await;

    assert_let_in(&login, MUST_CHANGE, GUARDED_PASSWORD).await;
    assert_refused(&login, PASSWORD_EXPIRED, GUARDED_PASSWORD).await;
}

async fn assert_let_in(login: &Login, name: &str, password: &str) {
    let outcome = login.authenticate(&credentials(name, password), soon()).await;
    assert!(outcome.is_ok(), "{name}: {:?}", outcome.err());
}

/// Openfire gives no other reason, whatever the directory says.
async fn assert_refused(login: &Login, name: &str, password: &str) {
    let outcome = login.authenticate(&credentials(name, password), soon()).await;
    let error = outcome.err().unwrap_or_else(|| panic!("{name} was let in"));
    assert!(matches!(error, LoginError::Refused(Refusal::NotAuthorized, _)), "{name}: {error:?}");
}

/// The password of one of the seeds, whose names are escaped by XEP-0106.
fn password(name: &str) -> String {
    seeds::person(&name.replace(' ', "\\20").replace('\'', "\\27")).password.clone()
}
