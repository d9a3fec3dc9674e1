//! When a refusal is believed, and when it is a sign of trouble.

use std::net::IpAddr;

use xmpp_parsers::jid::DomainPart;

use super::*;

const QUICK: Duration = Duration::from_millis(15);

fn user(name: &str) -> Username {
    Username::parse(name, &DomainPart::new("example.test").unwrap()).unwrap()
}

/// Doubt with a clock in milliseconds.
struct Scene {
    doubt: Doubt,
    start: Instant,
}

impl Scene {
    fn new(has_reference: bool, limit: usize) -> Self {
        let limits = Limits { refusals_in_a_row: limit, ..Limits::default() };
        Self { doubt: Doubt::new(&limits, has_reference), start: Instant::now() }
    }

    fn at(&self, milliseconds: u64) -> Instant {
        self.start + Duration::from_millis(milliseconds)
    }

    /// `name` was refused from the address `192.0.2.<host>`, by a login that took 10 ms.
    fn refuse(&self, name: &str, is_familiar: bool, host: u8, at: u64) -> Refused {
        let network = IpAddr::from([192, 0, 2, host]);
        let refused = Refused { began: self.at(at - 10), at: self.at(at), network, is_familiar };
        self.doubt.refused(&user(name), refused);
        refused
    }

    fn let_in(&self, began: u64) {
        self.doubt.succeeded(self.at(began), self.at(began + 10));
    }

    fn believes(&self, at: u64) -> bool {
        self.doubt.believes(QUICK, self.at(at)).is_ok()
    }

    fn has_sign(&self, name: &str, at: u64) -> bool {
        self.doubt.has_sign(&user(name), QUICK, self.at(at))
    }
}

#[test]
fn a_lone_typo_shows_no_sign_of_trouble() {
    for has_reference in [true, false] {
        let scene = Scene::new(has_reference, 8);
        scene.let_in(0);
        for attempt in 1..5 {
            scene.refuse("anna", true, 1, attempt * 1_000);
            assert!(!scene.has_sign("anna", attempt * 1_000) && scene.believes(attempt * 1_000));
        }
        // Another user, but not close by.
        scene.let_in(10_000);
        scene.refuse("ben", true, 1, 40_000);
        assert!(!scene.has_sign("ben", 40_000));
    }
}

#[test]
fn users_refused_close_together_are_a_sign_also_with_successes_in_between() {
    let scene = Scene::new(true, 8);
    scene.refuse("anna", true, 1, 100);
    scene.let_in(200);
    scene.refuse("ben", true, 1, 300);
    assert!(scene.has_sign("ben", 300) && scene.has_sign("anna", 300));
    assert!(scene.believes(300));
    assert!(!scene.has_sign("ben", 31_000));
}

#[test]
fn a_refusal_that_took_long_is_a_sign_and_one_that_took_longer_is_none_of_a_wrong_password() {
    let scene = Scene::new(true, 8);
    let slow = |took| scene.doubt.has_sign(&user("anna"), took, scene.at(0));
    assert!(slow(SLOW) && !slow(QUICK));
    assert!(scene.doubt.believes(SLOW, scene.at(0)).is_ok());
    assert!(scene.doubt.believes(TOO_SLOW, scene.at(0)).unwrap_err().contains("took 3000 ms"));
    assert!(scene.has_sign("ben", 299_000) && !scene.has_sign("ben", 300_000), "it counts for five minutes");
}

#[test]
fn without_a_reference_account_two_familiar_users_in_a_row_are_an_outage() {
    let scene = Scene::new(false, 8);
    scene.let_in(0);
    scene.refuse("anna", true, 1, 100);
    assert!(scene.believes(100));
    scene.refuse("anna", true, 1, 200);
    assert!(scene.believes(200), "still the same user");
    scene.refuse("ben", true, 1, 300);
    assert!(!scene.believes(300) && scene.doubt.is_down(scene.at(300)).is_some());
    // A login that was under way before the store failed proves nothing.
    scene.let_in(150);
    assert!(!scene.believes(310));
    scene.let_in(400);
    assert!(scene.believes(410));
    assert!(scene.has_sign("carl", 410), "trouble is remembered");
}

#[test]
fn invented_names_from_one_address_never_make_an_outage() {
    let scene = Scene::new(false, 8);
    scene.let_in(0);
    for number in 0..50 {
        scene.refuse(&format!("invented{number}"), false, 1, 100 + number);
        assert!(scene.believes(100 + number));
    }
    // From several addresses they do.
    for host in 2..=4 {
        for number in 0..2 {
            scene.refuse(&format!("invented{host}.{number}"), false, host, 200);
        }
    }
    assert!(!scene.believes(200));
}

#[test]
fn until_a_user_is_let_in_a_crowd_of_one_address_is_an_outage() {
    let scene = Scene::new(false, 8);
    let crowd = |at: u64| {
        for number in 0..23 {
            scene.refuse(&format!("user{number}"), false, 1, at + number);
            assert!(scene.believes(at + number), "{number}");
        }
        scene.refuse("user23", false, 1, at + 23);
        !scene.believes(at + 23)
    };
    assert!(crowd(100), "just started");
    scene.let_in(200);
    let long = u64::try_from(REMEMBERED.as_millis()).unwrap();
    assert!(crowd(300 + long), "after a quiet time");
    scene.let_in(400 + long);
    for number in 0..50 {
        scene.refuse(&format!("user{number}"), false, 1, 500 + long + number);
        assert!(scene.believes(500 + long + number), "users are known");
    }
}

#[test]
fn a_reference_account_makes_strangers_harmless_and_is_not_believed_against_four_familiar_users() {
    let scene = Scene::new(true, 8);
    for host in 1..50 {
        scene.refuse(&format!("invented{host}"), false, host, 100);
    }
    for name in ["anna", "ben", "carl"] {
        scene.refuse(name, true, 1, 200);
        assert!(scene.believes(200), "{name}");
    }
    scene.refuse("dora", true, 1, 300);
    let reason = scene.doubt.believes(QUICK, scene.at(300)).unwrap_err();
    assert!(reason.contains("is it where the users are"), "{reason}");
}

#[test]
fn no_number_of_refusals_is_an_outage_without_a_limit() {
    let scene = Scene::new(false, 0);
    for number in 0..50 {
        scene.refuse(&format!("user{number}"), true, 1, 100 + number);
        assert!(scene.believes(100 + number));
    }
}

#[test]
fn what_the_reference_account_says_holds_until_it_or_a_later_login_says_otherwise() {
    let scene = Scene::new(true, 8);
    scene.doubt.reference_failed(scene.at(100), scene.at(110), "it is down");
    assert_eq!(scene.doubt.in_doubt(scene.at(120)).as_deref(), Some("it is down"));
    assert!(scene.doubt.refuses_all(scene.at(120)).is_some());
    scene.let_in(105);
    assert!(scene.doubt.in_doubt(scene.at(120)).is_some());
    scene.doubt.reference_worked(scene.at(130), scene.at(140));
    assert!(scene.doubt.in_doubt(scene.at(140)).is_none());
    assert!(scene.has_sign("anna", 140));
}

#[test]
fn a_service_that_gets_no_more_logins_becomes_ready_again() {
    let scene = Scene::new(true, 8);
    scene.doubt.reference_failed(scene.at(100), scene.at(110), "it is down");
    assert!(scene.doubt.refuses_all(scene.at(60_109)).is_some());
    assert!(scene.doubt.refuses_all(scene.at(60_110)).is_none());
}

#[test]
fn a_store_that_refuses_every_now_and_then_is_not_believed_for_a_minute() {
    for has_reference in [true, false] {
        let scene = Scene::new(has_reference, 8);
        let disprove = |name: &str, at: u64| {
            let refused = scene.refuse(name, true, 1, at);
            scene.doubt.disproved(refused, scene.at(at + 20));
            scene.let_in(at + 20);
        };
        disprove("anna", 1_000);
        assert!(scene.believes(1_100) && scene.has_sign("ben", 1_100), "it may have been the end of an outage");
        disprove("ben", 2_000);
        assert!(!scene.believes(2_100));
        assert!(scene.doubt.is_down(scene.at(2_100)).is_none(), "others are let in");
        assert!(scene.believes(62_100));
    }
}
