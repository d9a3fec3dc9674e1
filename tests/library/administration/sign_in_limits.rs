//! Wrong passwords: they shut one address out, and no administrator at another one.

use std::time::Duration;

use openfire_provisioner::administration::role::Role;
use openfire_provisioner::administration::sign_in::SignInError;
use openfire_provisioner::authentication::{AuthenticationError, Door};
use test_servers::openfire::Openfire;
use tokio::time::Instant;

use super::setup::{ADMIN_PASSWORD, REFERENCE, Site, origin};
use crate::support::logins::{credentials, soon};

const ATTACKER: &str = "198.51.100.9";
const ADMIN: &str = "192.0.2.1";

async fn fail(site: &Site, name: &str, address: &str) {
    let refused = site.sign_in(name, "wrong", address).await;
    assert!(matches!(refused, Err(SignInError::Refused { .. })), "{name} at {address}: {refused:?}");
}

#[tokio::test]
async fn an_address_that_guesses_is_shut_out_and_no_other_one() {
    let site = Site::at(Openfire::shared().await, REFERENCE).await;
    for _ in 0..Door::MOST_OF_USER {
        fail(&site, "admin", ATTACKER).await;
    }
    let shut_out = site.sign_in("admin", ADMIN_PASSWORD, ATTACKER).await;
    let Err(SignInError::TooMany { retry_after }) = shut_out else { panic!("{shut_out:?}") };
    assert!(retry_after <= Door::WINDOW && retry_after > Door::WINDOW / 2, "{retry_after:?}");
    assert_eq!(site.role("admin", ADMIN_PASSWORD).await, Ok(Role::Administrator));
    // With other names, up to the limit of the address.
    for number in Door::MOST_OF_USER..Door::MOST_OF_ADDRESS {
        fail(&site, &format!("user{number}"), ATTACKER).await;
    }
    let shut_out = site.sign_in("cardless", "no-card-here", ATTACKER).await;
    assert!(matches!(shut_out, Err(SignInError::TooMany { .. })), "{shut_out:?}");
    assert_eq!(site.role("cardless", "no-card-here").await, Err(SignInError::NotAdministrator));
}

#[tokio::test]
async fn wrong_passwords_from_many_addresses_slow_an_administrator_down_and_lock_none_out() {
    let site = Site::at(Openfire::shared().await, REFERENCE).await;
    let mut without_turn = 0;
    for number in 0..25 {
        // Shorter than the time from one turn to the next.
        let deadline = Instant::now() + Duration::from_millis(500);
        let outcome = site.sign_in_by("admin", "wrong", &format!("198.51.{number}.9"), deadline).await;
        let reason = outcome.unwrap_err().to_string();
        without_turn += usize::from(reason.contains("each waits for its turn"));
    }
    assert!(without_turn > 0, "guessing is slow");
    assert_eq!(site.role("admin", ADMIN_PASSWORD).await, Ok(Role::Administrator));
    // Where the administrator has signed in, there is no wait.
    assert_eq!(site.role("admin", ADMIN_PASSWORD).await, Ok(Role::Administrator));
}

#[tokio::test]
async fn provisioning_and_the_pages_count_for_themselves() {
    let limits = format!("{REFERENCE}\n[limits]\nfailures_per_user = 2\nattempts_per_user = 3");
    let site = Site::at(Openfire::shared().await, &limits).await;
    let authenticator = site.provisioner.authenticator();
    let provision = async |password: &str, address: &str| {
        let credentials = credentials("admin", password);
        let login = authenticator.authenticate(Door::Provisioning, &credentials, origin(address), soon()).await;
        login.map(drop)
    };
    for address in ["198.51.100.1", "198.51.100.2", "198.51.100.3"] {
        let refused = provision("wrong", address).await;
        assert!(matches!(refused, Err(AuthenticationError::Refused { .. })), "{refused:?}");
    }
    let locked = provision(ADMIN_PASSWORD, "198.51.100.4").await;
    assert!(matches!(locked, Err(AuthenticationError::Throttled { .. })), "{locked:?}");
    assert_eq!(site.role("admin", ADMIN_PASSWORD).await, Ok(Role::Administrator));
    // The other way round.
    let site = Site::at(Openfire::shared().await, &limits).await;
    for _ in 0..Door::MOST_OF_USER {
        fail(&site, "admin", ADMIN).await;
    }
    let authenticator = site.provisioner.authenticator();
    let right = credentials("admin", ADMIN_PASSWORD);
    let login = authenticator.authenticate(Door::Provisioning, &right, origin(ADMIN), soon()).await;
    assert!(login.is_ok(), "{:?}", login.err());
}
