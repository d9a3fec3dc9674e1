//! Logins on a real Openfire 4.2.0.

use openfire_provisioner::openfire::login::{CannotCheck, LoginError, Refusal, Session};
use test_servers::openfire::{Openfire, OpenfireOptions};
use test_servers::seeds;
use xmpp_parsers::minidom::Element;

use crate::support::logins::{credentials, login, settings, settings_with_ca, soon};

/// Every mechanism that Openfire 4.2 has.
const MECHANISMS: [&str; 2] = ["SCRAM-SHA-1", "PLAIN"];

async fn attempt(name: &str, password: &str, mechanism: &str) -> Result<Session, LoginError> {
    let openfire = Openfire::shared().await;
    let settings = settings_with_ca(openfire.c2s(), &openfire.ca_file(), &format!("mechanisms = [\"{mechanism}\"]"));
    login(&settings).authenticate(&credentials(name, password), soon()).await
}

#[track_caller]
fn refusal(outcome: Result<Session, LoginError>) -> Refusal {
    match outcome {
        Err(LoginError::Refused(refusal, _)) => refusal,
        Err(other) => panic!("not a refusal: {other}"),
        Ok(_) => panic!("the login succeeded"),
    }
}

#[track_caller]
fn cannot_check(outcome: Result<Session, LoginError>) -> CannotCheck {
    match outcome {
        Err(LoginError::CannotCheck(why)) => why,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("the login succeeded"),
    }
}

#[tokio::test]
async fn everybody_of_every_script_logs_in_with_the_right_password() {
    for person in seeds::people().filter(|person| !person.locked) {
        for mechanism in MECHANISMS {
            if let Err(error) = attempt(&person.name, &person.password, mechanism).await {
                panic!("{} by {mechanism}: {error}", person.name);
            }
        }
    }
}

#[tokio::test]
async fn names_are_accepted_as_people_type_them() {
    let typed = [
        ("anna b", "space-in-name"),
        ("anna@work", "at-in-name"),
        ("o'hara", "apostrophe-in-name"),
        ("CARDLESS", "no-card-here"),
        (" cardless ", "no-card-here"),
        ("cardless@example.test", "no-card-here"),
        ("cardless@EXAMPLE.test", "no-card-here"),
        ("ÉLODIE.lefèvre", "crème brûlée à Nîmes"),
    ];
    for (name, password) in typed {
        if let Err(error) = attempt(name, password, "SCRAM-SHA-1").await {
            panic!("{name}: {error}");
        }
    }
}

/// Openfire compares a password as it was typed, although SASLprep (RFC 4013) would change these.
#[tokio::test]
async fn passwords_that_saslprep_would_change_are_right_as_they_were_typed() {
    let openfire = Openfire::shared().await;
    let passwords = ["Ⅳ-four", "a\u{a0}blank", "soft\u{ad}hyphen", "e\u{301}te\u{301}", "ＦＵＬＬ", "ﬁsh"];
    for (number, password) in passwords.iter().enumerate() {
        let name = format!("unprepared{number}");
        openfire.control(&["user", &name, password, "Unprepared", "unprepared@example.test"]).await;
        for mechanism in MECHANISMS {
            let outcome = attempt(&name, password, mechanism).await;
            assert!(outcome.is_ok(), "{password:?} by {mechanism}: {:?}", outcome.err());
        }
        assert_eq!(refusal(attempt(&name, "ﬁsh and chips", "SCRAM-SHA-1").await), Refusal::NotAuthorized);
    }
}

#[tokio::test]
async fn wrong_password_unknown_user_and_foreign_domain_are_one_refusal() {
    for mechanism in MECHANISMS {
        for (name, password) in [
            ("cardless", "wrong"),
            ("cardless", "NO-card-here"),
            ("nobody.at.all", "no-card-here"),
            ("cardless@other.test", "no-card-here"),
            ("disabled", "wrong"),
        ] {
            assert_eq!(refusal(attempt(name, password, mechanism).await), Refusal::NotAuthorized, "{name} {mechanism}");
        }
    }
}

#[tokio::test]
async fn a_disabled_account_is_distinguished_by_scram_only() {
    let person = seeds::person("disabled");
    let scram = attempt(&person.name, &person.password, "SCRAM-SHA-1").await;
    assert_eq!(refusal(scram), Refusal::AccountDisabled);
    let plain = attempt(&person.name, &person.password, "PLAIN").await;
    assert_eq!(refusal(plain), Refusal::NotAuthorized);
}

#[tokio::test]
async fn scram_sha_256_alone_is_not_to_be_had_from_openfire() {
    let error = cannot_check(attempt("cardless", "no-card-here", "SCRAM-SHA-256").await).to_string();
    assert!(error.contains("offers PLAIN, SCRAM-SHA-1") && error.contains("openfire.mechanisms"), "{error}");
}

#[tokio::test]
async fn the_session_gives_the_roster_with_shared_groups() {
    let session = attempt(seeds::CROWD_USER, &seeds::person(seeds::CROWD_USER).password, "SCRAM-SHA-1").await;
    let Ok(session) = session else { panic!("no login") };
    assert!(session.certificate_sha1().is_some());
    let roster = session.roster(soon()).await.expect("a roster");
    assert!(roster.is("query", "jabber:iq:roster"));
    let contacts = roster.children().filter(|child| child.is("item", "jabber:iq:roster")).count();
    assert_eq!(contacts, seeds::CROWD_SIZE);
    assert!(roster.children().all(|item| item.attr("jid").is_some()));
}

#[tokio::test]
async fn direct_tls_logs_in_too() {
    let openfire = Openfire::shared().await;
    let settings = settings_with_ca(openfire.c2s_tls(), &openfire.ca_file(), "tls = \"direct\"");
    let outcome = login(&settings).authenticate(&credentials("cardless", "no-card-here"), soon()).await;
    assert!(outcome.is_ok(), "{:?}", outcome.err());
}

#[tokio::test]
async fn in_the_clear_scram_is_taken_and_plain_never() {
    let openfire = Openfire::shared().await;
    let user = credentials("cardless", "no-card-here");
    let scram = login(&settings(openfire.c2s(), "tls = \"none\"")).authenticate(&user, soon()).await;
    assert!(scram.is_ok(), "{:?}", scram.err());
    let plain = settings(openfire.c2s(), "tls = \"none\"\nmechanisms = [\"PLAIN\"]");
    let error = cannot_check(login(&plain).authenticate(&user, soon()).await).to_string();
    assert!(error.contains("PLAIN only inside TLS"), "{error}");
}

#[tokio::test]
async fn an_unknown_authority_is_reported_with_the_pin_that_would_make_it_trusted() {
    let openfire = Openfire::shared().await;
    let user = credentials("cardless", "no-card-here");
    let untrusting = login(&settings(openfire.c2s(), ""));
    let error = cannot_check(untrusting.authenticate(&user, soon()).await).to_string();
    assert!(error.contains("unknown authority") && error.contains("openfire.ca_file"), "{error}");

    let pin = error.rsplit_once("[\"").unwrap().1.split('"').next().unwrap();
    let pinned = login(&settings(openfire.c2s(), &format!("certificate_sha256 = [\"{pin}\"]")));
    let facts = pinned.probe(soon()).await.expect("facts");
    assert_eq!(facts.mechanisms, ["PLAIN", "SCRAM-SHA-1"]);
    let certificate = facts.certificate.expect("a certificate");
    assert_eq!(certificate.sha256.to_string(), pin);
    assert!(certificate.not_after.is_some());
    assert!(pinned.authenticate(&user, soon()).await.is_ok());

    let other = login(&settings(openfire.c2s(), &format!("certificate_sha256 = [\"{}\"]", "00".repeat(32))));
    let error = cannot_check(other.authenticate(&user, soon()).await).to_string();
    assert!(error.contains(pin) && error.contains("openfire.certificate_sha256"), "{error}");
}

#[tokio::test]
async fn a_wrong_name_in_the_certificate_is_reported_with_the_names_that_are_there() {
    let openfire = Openfire::shared().await;
    let wrong = settings_with_ca(openfire.c2s(), &openfire.ca_file(), "certificate_name = \"chat.other.test\"");
    let outcome = login(&wrong).authenticate(&credentials("cardless", "no-card-here"), soon()).await;
    let error = cannot_check(outcome).to_string();
    assert!(error.contains("example.test") && error.contains("openfire.certificate_name"), "{error}");
}

#[tokio::test]
async fn under_tls_13_no_login_hangs() {
    let options = OpenfireOptions::default().set("TLS_PROTOCOLS", "TLSv1.2,TLSv1.3");
    let openfire = Openfire::start(options).await;
    let login = login(&settings_with_ca(openfire.c2s(), &openfire.ca_file(), ""));
    let facts = login.probe(soon()).await.expect("facts");
    assert!(facts.certificate.is_some_and(|certificate| certificate.tls13));
    for _ in 0..30 {
        let session = login.authenticate(&credentials("cardless", "no-card-here"), soon()).await;
        let roster: Element = session.expect("a login").roster(soon()).await.expect("a roster");
        assert_eq!(roster.name(), "query");
    }
}
