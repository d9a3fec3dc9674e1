//! What a refusal must pass before a client hears that its password is wrong.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures::future::join_all;
use test_servers::scripted_peer::text::{SUCCESS, failure, mechanisms, secured};
use test_servers::scripted_peer::{ByUser, Step};

use crate::support::app::TestApp;
use crate::support::faulty_site::{FaultySite, Settings, ask};
use crate::support::http_client::{Answer, post, request, send};

const REFERENCE: &str = "reference_user = \"watch\"\nreference_password = \"secret\"";
const COUNTING: &str = "failures_per_user = 3\nfailures_per_address = 100";

/// A user store that knows everybody with the password `secret`, until it fails.
#[derive(Debug, Clone, Default)]
struct UserStore(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    is_down: bool,
    /// How many more logins of a user are refused though the password is right.
    refuses: HashMap<String, usize>,
    asked: HashMap<String, usize>,
}

impl UserStore {
    async fn start(&self, settings: Settings) -> FaultySite {
        let store = self.clone();
        let by_user = ByUser::new(move |name, password| {
            let is_right = store.is_right(name, password);
            vec![Step::Send(if is_right { SUCCESS.to_owned() } else { failure("not-authorized") })]
        });
        let mut script = secured(&mechanisms(&["PLAIN"]));
        script.push(Step::ByUser(by_user));
        FaultySite::start(settings, [script]).await
    }

    fn is_right(&self, name: &str, password: &str) -> bool {
        let store = &mut *self.0.lock().unwrap();
        *store.asked.entry(name.to_owned()).or_default() += 1;
        let is_refused = store.refuses.get_mut(name).is_some_and(|left| {
            let is_refused = *left > 0;
            *left = left.saturating_sub(1);
            is_refused
        });
        password == "secret" && !store.is_down && !is_refused
    }

    fn is_down(&self, is_down: bool) {
        self.0.lock().unwrap().is_down = is_down;
    }

    fn refuse(&self, name: &str, times: usize) {
        self.0.lock().unwrap().refuses.insert(name.to_owned(), times);
    }

    /// How often it was asked about `name` since the last time.
    fn asked(&self, name: &str) -> usize {
        self.0.lock().unwrap().asked.remove(name).unwrap_or_default()
    }
}

async fn guess(app: &TestApp, user: &str) -> u16 {
    send(app.address(), post("/provision", &format!("username={user}&password=wrong"))).await.status
}

async fn status(app: &TestApp, user: &str) -> u16 {
    ask(app, user).await.status
}

async fn ready(app: &TestApp) -> Answer {
    send(app.address(), request("GET", "/readyz", &[], "")).await
}

#[tokio::test]
async fn a_lone_typo_is_one_attempt_and_in_doubt_a_wrong_password_is_two() {
    for openfire in ["", REFERENCE] {
        let store = UserStore::default();
        let site = store.start(Settings { openfire, ..Settings::default() }).await;
        let app = &site.client_safe;
        assert_eq!(guess(app, "anna").await, 401);
        assert_eq!(store.asked("anna"), 1);
        // Another user close by is a sign of trouble.
        assert_eq!(guess(app, "ben").await, 401);
        assert_eq!(store.asked("ben"), 2);
        site.stop().await;
    }
}

#[tokio::test]
async fn the_second_attempt_can_be_switched_off() {
    let settings = Settings { openfire: REFERENCE, limits: "confirm_refusals = false", ..Settings::default() };
    let store = UserStore::default();
    let site = store.start(settings).await;
    for user in ["anna", "ben"] {
        assert_eq!(guess(&site.client_safe, user).await, 401);
        assert_eq!(store.asked(user), 1, "{user}");
    }
    site.stop().await;
}

#[tokio::test]
async fn a_right_password_that_is_refused_once_passes_at_the_second_attempt() {
    for openfire in ["", REFERENCE] {
        let store = UserStore::default();
        let site = store.start(Settings { openfire, ..Settings::default() }).await;
        let app = &site.client_safe;
        assert_eq!(guess(app, "typo").await, 401);
        store.refuse("anna", 1);
        assert_eq!(status(app, "anna").await, 200);
        let metrics = send(app.address(), request("GET", "/metrics", &[], "")).await;
        assert!(metrics.text().contains("refusals_total{verdict=\"disproved\"} 1"), "{metrics}");
        // That was a sign of trouble for the next one, close by or not.
        store.asked("ben");
        assert_eq!(guess(app, "ben").await, 401);
        assert_eq!(store.asked("ben"), 2);
        // Once more, and the store is known to do it every now and then: no refusal is believed.
        store.refuse("carl", 1);
        assert_eq!(status(app, "carl").await, 200);
        assert_eq!(guess(app, "dora").await, 503);
        let answer = ready(app).await;
        assert!(answer.status == 200 && answer.text().contains("\npasswords: in doubt: right passwords"), "{answer}");
        site.stop().await;
    }
}

#[tokio::test]
async fn the_reference_account_is_refused_without_a_question_to_openfire() {
    let store = UserStore::default();
    let site = store.start(Settings { openfire: REFERENCE, ..Settings::default() }).await;
    for (app, expected) in [(&site.client_safe, 400), (&site.plugin, 401)] {
        for name in ["watch", "Watch", "%20watch%40example.test"] {
            let answer = ask(app, name).await;
            assert_eq!(answer.status, expected, "{answer}");
            assert!(answer.text().starts_with("RequestNotAuthorised: "), "{answer}");
        }
    }
    assert_eq!(store.asked("watch"), 0);
    site.stop().await;
}

#[tokio::test]
async fn a_class_room_with_one_account_gets_in_at_once() {
    let store = UserStore::default();
    let site = store.start(Settings { limits: COUNTING, ..Settings::default() }).await;
    let answers = join_all((0..40).map(|_| ask(&site.client_safe, "kiosk"))).await;
    let refused: Vec<&Answer> = answers.iter().filter(|answer| answer.status != 200).collect();
    assert!(refused.is_empty(), "{} of 40, the first: {}", refused.len(), refused[0]);
    site.stop().await;
}

#[tokio::test]
async fn many_guesses_at_the_same_time_are_no_more_than_one_after_the_other() {
    let store = UserStore::default();
    let settings = Settings { openfire: REFERENCE, limits: COUNTING, ..Settings::default() };
    let site = store.start(settings).await;
    let mut answers = join_all((0..20).map(|_| guess(&site.client_safe, "anna"))).await;
    answers.sort_unstable();
    let expected: Vec<u16> = std::iter::repeat_n(401, 3).chain(std::iter::repeat_n(429, 17)).collect();
    assert_eq!(answers, expected);
    assert_eq!(store.asked("anna"), 3);
    site.stop().await;
}

#[tokio::test]
async fn the_limit_of_an_address_holds_for_names_tried_at_the_same_time() {
    let store = UserStore::default();
    let limits = "failures_per_user = 10\nfailures_per_address = 5";
    let site = store.start(Settings { openfire: REFERENCE, limits, ..Settings::default() }).await;
    let names: Vec<String> = (0..30).map(|number| format!("u{number}")).collect();
    let answers = join_all(names.iter().map(|name| guess(&site.client_safe, name))).await;
    assert_eq!(answers.iter().filter(|status| **status == 401).count(), 5, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 25, "{answers:?}");
    assert_eq!(names.iter().filter(|name| store.asked(name) > 0).count(), 5);
    site.stop().await;
}

#[tokio::test]
async fn an_outage_locks_out_neither_a_user_nor_an_address() {
    for openfire in ["", REFERENCE] {
        let store = UserStore::default();
        let limits = "failures_per_user = 3\nfailures_per_address = 6";
        let site = store.start(Settings { openfire, limits, ..Settings::default() }).await;
        let app = &site.client_safe;
        let users = ["anna", "ben", "carl", "dora"];
        for user in users {
            assert_eq!(status(app, user).await, 200, "{user}");
        }
        store.is_down(true);
        let mut wrong = 0;
        for _ in 0..5 {
            for user in users {
                match status(app, user).await {
                    503 => {}
                    401 => wrong += 1,
                    other => panic!("{user}: {other}"),
                }
            }
        }
        // Without a reference account the first one looks like a typo.
        assert_eq!(wrong, usize::from(openfire.is_empty()));
        let answer = ready(app).await;
        assert!(answer.status == 503 && answer.text().contains("\npasswords: in doubt: "), "{answer}");
        for user in users {
            store.asked(user);
            assert_eq!(status(app, user).await, 503, "{user}");
        }
        let asked: usize = users.map(|user| store.asked(user)).iter().sum();
        assert!(asked <= 1, "the limit is reached, and one look in a second is enough: {asked}");

        store.is_down(false);
        let mut answers = Vec::new();
        while !answers.ends_with(&[200; 4]) {
            for user in users {
                let status = status(app, user).await;
                assert!(status == 200 || status == 503, "{user}: {status}");
                answers.push(status);
            }
        }
        site.stop().await;
    }
}

#[tokio::test]
async fn a_broken_reference_account_does_not_switch_the_limits_off() {
    let store = UserStore::default();
    store.refuse("watch", usize::MAX);
    let site = store.start(Settings { openfire: REFERENCE, limits: COUNTING, ..Settings::default() }).await;
    let app = &site.client_safe;
    for _ in 0..10 {
        assert_eq!(guess(app, "anna").await, 503);
    }
    // Nor does an account of the attacker's own.
    assert_eq!(status(app, "mallory").await, 200);
    for _ in 0..10 {
        assert_eq!(guess(app, "anna").await, 503);
    }
    assert_eq!(store.asked("anna"), 3);
    store.refuse("watch", 0);
    site.stop().await;
}

#[tokio::test]
async fn guesses_at_familiar_users_have_a_limit_while_the_store_limps() {
    for openfire in ["", REFERENCE] {
        let store = UserStore::default();
        let site = store.start(Settings { openfire, limits: COUNTING, ..Settings::default() }).await;
        let app = &site.client_safe;
        for user in ["anna", "ben", "carl"] {
            assert_eq!(status(app, user).await, 200, "{user}");
        }
        assert_eq!(guess(app, "typo").await, 401);
        for user in ["ben", "carl"] {
            store.refuse(user, 1);
            assert_eq!(status(app, user).await, 200, "{user}");
        }
        store.asked("anna");
        for _ in 0..40 {
            assert_eq!(guess(app, "anna").await, 503);
        }
        // The limit twice, since it is given back once, and some looks; each asks a second time.
        let asked = store.asked("anna");
        assert!(asked <= 24, "{asked}");
        site.stop().await;
    }
}

#[tokio::test]
async fn eight_invented_names_do_not_switch_wrong_passwords_off() {
    let store = UserStore::default();
    let site = store.start(Settings::default()).await;
    let app = &site.client_safe;
    assert_eq!(status(app, "anna").await, 200);
    for number in 0..8 {
        assert_eq!(guess(app, &format!("invented{number}")).await, 401);
    }
    assert_eq!(guess(app, "anna").await, 401);
    site.stop().await;
}

#[tokio::test]
async fn strangers_do_not_lock_a_user_out_where_the_user_was_let_in() {
    let store = UserStore::default();
    let limits = "failures_per_user = 0\nfailures_per_address = 0\nattempts_per_user = 4";
    let site = store.start(Settings { openfire: REFERENCE, limits, ..Settings::default() }).await;
    let app = &site.client_safe;
    assert_eq!(status(app, "anna").await, 200);
    let answers = join_all((0..20).map(|_| guess(app, "anna"))).await;
    assert!(answers.iter().all(|status| [401, 503].contains(status)), "{answers:?}");
    assert_eq!(status(app, "anna").await, 200);
    while guess(app, "ben").await != 429 {}
    assert_eq!(status(app, "ben").await, 429, "was never let in here");
    assert_eq!(store.asked("ben"), 4, "second attempts included");
    site.stop().await;
}
