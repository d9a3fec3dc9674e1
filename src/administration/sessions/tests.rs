use xmpp_parsers::jid::DomainPart;

use super::*;
use crate::model::account::Username;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn person(name: &str) -> Person {
    Person::Account(Username::parse(name, &DomainPart::new("example.test").unwrap()).unwrap())
}

fn begin(sessions: &Sessions, name: &str) -> SessionToken {
    sessions.begin(person(name), Role::Administrator, HERE).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_after_thirty_idle_minutes() {
    let sessions = Sessions::default();
    let token = begin(&sessions, "admin");
    for _ in 0..3 {
        tokio::time::advance(IDLE.saturating_sub(Duration::from_secs(1))).await;
        assert!(sessions.find(&token).is_some());
    }
    tokio::time::advance(IDLE).await;
    assert!(sessions.find(&token).is_none() && sessions.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_session_in_use_ends_after_eight_hours() {
    let sessions = Sessions::default();
    let token = begin(&sessions, "admin");
    for _ in 0..8 * 60 - 1 {
        tokio::time::advance(Duration::from_mins(1)).await;
        assert!(sessions.find(&token).is_some());
    }
    tokio::time::advance(Duration::from_mins(1)).await;
    assert!(sessions.find(&token).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_sign_out_ends_one_session_and_a_sign_out_everywhere_all_of_the_person() {
    let sessions = Sessions::default();
    let [one, other, third, of_anna] = ["admin", "admin", "admin", "anna"].map(|name| begin(&sessions, name));
    assert!(sessions.end(&sessions.find(&one).unwrap()));
    assert!(sessions.find(&one).is_none() && sessions.find(&other).is_some());
    assert_eq!(sessions.end_all_of(&person("admin")), 2);
    assert!(sessions.find(&other).is_none() && sessions.find(&third).is_none());
    assert_eq!(sessions.find(&of_anna).unwrap().person, person("anna"));
}

#[tokio::test(start_paused = true)]
async fn a_person_has_twenty_sessions_and_the_one_used_least_lately_goes() {
    let sessions = Sessions::default();
    let of_anna = begin(&sessions, "anna");
    let mut tokens = Vec::new();
    for _ in 0..MOST[1] {
        tokio::time::advance(Duration::from_secs(1)).await;
        tokens.push(begin(&sessions, "admin"));
    }
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(sessions.find(&tokens[0]).is_some());
    tokens.push(begin(&sessions, "admin"));
    let lost: Vec<usize> = (0..tokens.len()).filter(|at| sessions.find(&tokens[*at]).is_none()).collect();
    assert_eq!(lost, [1]);
    assert!(sessions.find(&of_anna).is_some(), "another person's stays");
}

#[tokio::test(start_paused = true)]
async fn the_table_never_outgrows_its_bound() {
    let sessions = Sessions::default();
    let first = begin(&sessions, "admin");
    for number in 0..MOST[0] + 10 {
        tokio::time::advance(Duration::from_millis(1)).await;
        let _ = begin(&sessions, &format!("user{number}"));
    }
    assert_eq!(sessions.len(), MOST[0]);
    assert!(sessions.find(&first).is_none(), "the oldest goes");
}

#[tokio::test(start_paused = true)]
async fn no_token_that_was_not_given_out_is_a_session() {
    let sessions = Sessions::default();
    let token = begin(&sessions, "admin");
    let read = SessionToken::parse(token.expose()).unwrap();
    assert!(sessions.find(&read).is_some());
    let another = URL_SAFE_NO_PAD.encode([7; BYTES]);
    assert!(sessions.find(&SessionToken::parse(&another).unwrap()).is_none());
    for text in ["", "x", &another[1..], &format!("{another}A"), "../../etc/passwd", &format!("{another}=")] {
        assert!(SessionToken::parse(text).is_none(), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_token_is_neither_kept_nor_shown() {
    let sessions = Sessions::default();
    let token = begin(&sessions, "admin");
    let session = sessions.find(&token).unwrap();
    let shown = format!("{token:?} {session:?} {sessions:?}");
    assert!(!shown.contains(token.expose()), "{shown}");
}
