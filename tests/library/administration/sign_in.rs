//! Signing in on a real Openfire 4.2.0.

use openfire_provisioner::administration::role::{Person, Role};
use openfire_provisioner::administration::sessions::{Session, Sessions};
use openfire_provisioner::administration::sign_in::{CannotChange, SignInError};
use test_servers::openfire::{Openfire, OpenfireOptions};
use tokio::time::Instant;

use super::setup::{ADMIN_PASSWORD, REFERENCE, Site, origin};
use crate::support::logins::{credentials, soon};

const HERE: &str = "192.0.2.1";

fn session(sessions: &Sessions, person: Person) -> Session {
    let token = sessions.begin(person, Role::Administrator, HERE.parse().unwrap()).unwrap();
    sessions.find(&token).unwrap()
}

fn account(name: &str) -> Person {
    Person::Account(credentials(name, "unused").username)
}

#[tokio::test]
async fn openfire_says_who_is_an_administrator() {
    let site = Site::at(Openfire::shared().await, REFERENCE).await;
    for name in ["admin", " Admin ", "admin@example.test"] {
        let account = site.sign_in(name, ADMIN_PASSWORD, HERE).await.unwrap();
        assert_eq!((account.username.as_str(), account.role), ("admin", Role::Administrator), "{name}");
    }
    assert_eq!(site.role("cardless", "no-card-here").await, Err(SignInError::NotAdministrator));
    for (name, password) in [("admin", "wrong"), ("cardless", "wrong"), ("unknown", ADMIN_PASSWORD), ("a\u{7}b", "x")] {
        let refused = site.role(name, password).await;
        assert!(matches!(refused, Err(SignInError::Refused { .. })), "{name}: {refused:?}");
    }
    for (name, password) in [("", ADMIN_PASSWORD), (" ", ADMIN_PASSWORD), ("admin", "")] {
        assert_eq!(site.role(name, password).await, Err(SignInError::Incomplete), "{name}");
    }
}

#[tokio::test]
async fn the_configuration_can_allow_fewer_administrators_and_others_to_look() {
    let lists = "[admin]\nusers = [\"anna b\"]\nviewers = [\"Cardless\"]";
    let site = Site::at(Openfire::shared().await, lists).await;
    assert_eq!(site.role("cardless", "no-card-here").await, Ok(Role::Viewer));
    assert_eq!(site.role("admin", ADMIN_PASSWORD).await, Err(SignInError::NotListed));
    assert_eq!(site.role("anna b", "space-in-name").await, Err(SignInError::NotAdministrator), "Openfire decides too");
    let wrong = site.role("admin", "wrong").await;
    assert!(
        matches!(wrong, Err(SignInError::Refused { .. })),
        "the list is for those who know the password: {wrong:?}"
    );
}

#[tokio::test]
async fn the_reference_account_cannot_sign_in() {
    let reference =
        "reference_user = \"cardless\"\nreference_password = \"no-card-here\"\n[admin]\nviewers = [\"cardless\"]";
    let site = Site::at(Openfire::shared().await, reference).await;
    assert_eq!(site.role("cardless", "no-card-here").await, Err(SignInError::Reserved));
    assert_eq!(site.role("admin", ADMIN_PASSWORD).await, Ok(Role::Administrator));
}

#[tokio::test]
async fn a_person_who_is_signed_in_proves_the_password_again() {
    let (site, sessions) = (Site::at(Openfire::shared().await, "").await, Sessions::default());
    let confirm = async |session: &Session, password: &str| {
        site.sign_in.confirm(session, password.to_owned(), origin(HERE), soon()).await
    };
    let admin = session(&sessions, account("admin"));
    assert_eq!(confirm(&admin, ADMIN_PASSWORD).await, Ok(()));
    let wrong = confirm(&admin, "no-card-here").await;
    assert!(matches!(wrong, Err(SignInError::Refused { .. })), "{wrong:?}");
    assert_eq!(sessions.len(), 1);
    let link = session(&sessions, Person::Link { made_by: "root (uid 0)".to_owned() });
    assert_eq!(confirm(&link, ADMIN_PASSWORD).await, Err(SignInError::NoPassword));
}

#[tokio::test]
async fn while_openfire_is_down_there_is_no_sign_in_and_who_is_signed_in_may_look() {
    let openfire = Openfire::start(OpenfireOptions::default()).await;
    let (site, sessions) = (Site::at(&openfire, "").await, Sessions::default());
    site.provisioner.connected(soon()).await.unwrap();
    assert_eq!(site.role("admin", ADMIN_PASSWORD).await, Ok(Role::Administrator));
    let admin = session(&sessions, account("admin"));
    assert_eq!(site.sign_in.may_change(&admin), Ok(()));

    let stopped = openfire.stop().await;
    let down = site.role("admin", ADMIN_PASSWORD).await;
    assert!(matches!(down, Err(SignInError::CannotCheck { .. })), "{down:?}");
    let looking = site.sign_in.may_change(&admin);
    assert!(matches!(looking, Err(CannotChange::NotNow { .. })), "{looking:?}");
    let link = session(&sessions, Person::Link { made_by: "root (uid 0)".to_owned() });
    assert_eq!(site.sign_in.may_change(&link), Ok(()), "that is what the command is for");

    let openfire = stopped.start().await;
    let limit = soon();
    while site.role("admin", ADMIN_PASSWORD).await.is_err() || site.sign_in.may_change(&admin).is_err() {
        assert!(Instant::now() < limit, "{:?}", site.sign_in.may_change(&admin));
        tokio::task::yield_now().await;
    }
    drop(openfire);
}
