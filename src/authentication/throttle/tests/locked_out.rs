//! What is locked out: the list, and its release.

use super::*;

#[tokio::test(start_paused = true)]
async fn all_that_is_locked_out_is_listed_the_newest_first_until_it_is_over() {
    let throttle = throttle();
    for _ in 0..2 {
        assert_eq!(fail(&throttle, "10.0.0.1", "anna").await, Ok(()));
    }
    assert_eq!(throttle.locked_out(), LockedOutList::default(), "an attempt is left");
    assert_eq!(fail(&throttle, "10.0.0.1", "anna").await, Ok(()));
    tokio::time::advance(Duration::from_secs(10)).await;
    for name in ["a", "b", "c", "d", "e"] {
        assert_eq!(doubt(&throttle, "2001:db8::7", name).await, Ok(()));
    }
    tokio::time::advance(Duration::from_secs(10)).await;
    for host in 1..=6 {
        assert_eq!(fail(&throttle, &format!("10.0.1.{host}"), "ben").await, Ok(()));
    }
    let list = throttle.locked_out();
    let address = |text: &str| text.parse().unwrap();
    let [ben, office, anna] = &list.newest[..] else { panic!("{list:?}") };
    assert_eq!((&ben.lock, ben.failures), (&Lock::User("ben".to_owned()), 6));
    assert_eq!((&office.lock, office.is_in_doubt), (&Lock::Address(address("2001:db8::")), true));
    let at_home = Lock::UserAtAddress { user: "anna".to_owned(), address: address("10.0.0.1") };
    assert_eq!((&anna.lock, anna.failures, anna.is_in_doubt), (&at_home, 3, false));
    let lasts = anna.until.duration_since(anna.since).as_secs();
    assert!((WINDOW.as_secs().cast_signed() - 1..=WINDOW.as_secs().cast_signed()).contains(&lasts), "{lasts}");
    assert_eq!((list.users_at_addresses, list.addresses, list.users, list.all()), (1, 1, 1, 3));
    tokio::time::advance(WINDOW.saturating_sub(Duration::from_secs(20))).await;
    let left: Vec<Lock> = throttle.locked_out().newest.into_iter().map(|locked| locked.lock).collect();
    assert_eq!(left, [Lock::User("ben".to_owned()), Lock::Address(address("2001:db8::"))]);
    tokio::time::advance(WINDOW).await;
    assert_eq!(throttle.locked_out().all(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_released_gets_all_attempts_again_and_all_else_none() {
    let (throttle, anna) = (throttle(), user("anna"));
    for host in [1, 1, 1, 2, 2, 2] {
        assert_eq!(fail(&throttle, &format!("10.0.0.{host}"), "anna").await, Ok(()));
    }
    for name in ["a", "b", "c", "d", "e"] {
        assert_eq!(fail(&throttle, "10.0.0.9", name).await, Ok(()));
    }
    let deadline = Instant::now() + Duration::from_secs(8);
    let home: IpAddr = "10.0.0.1".parse().unwrap();
    assert!(throttle.release(&Lock::UserAtAddress { user: "anna".to_owned(), address: home }));
    assert!(!throttle.release(&Lock::UserAtAddress { user: "anna".to_owned(), address: home }), "once");
    assert_eq!(admits(&throttle, "10.0.0.1", "anna").await, Err(NotAdmitted::TooMany(WINDOW)), "over all addresses");
    assert!(throttle.release(&Lock::User("anna".to_owned())));
    assert!(!throttle.release(&Lock::User("ben".to_owned())));
    assert_eq!(admits(&throttle, "10.0.0.2", "anna").await, Err(NotAdmitted::TooMany(WINDOW)));
    let mut running = Vec::new();
    // The address has two left.
    for _ in 0..2 {
        running.push(throttle.admit(who(&anna, "10.0.0.1"), deadline).await.unwrap());
    }
    drop(running);
    assert_eq!(admits(&throttle, "10.0.0.9", "f").await, Err(NotAdmitted::TooMany(WINDOW)));
    assert!(throttle.release(&Lock::Address("10.0.0.9".parse().unwrap())));
    assert_eq!(admits(&throttle, "10.0.0.9", "f").await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_release_wakes_those_that_wait_behind_running_attempts() {
    let (throttle, anna) = (throttle(), user("anna"));
    let anna = who(&anna, "10.0.0.1");
    for _ in 0..2 {
        begin(&throttle, anna).await.unwrap().failed(Instant::now());
    }
    let running = begin(&throttle, anna).await.unwrap();
    let mut waiting = Box::pin(throttle.admit(anna, Instant::now() + Duration::from_secs(8)));
    assert!(poll!(&mut waiting).is_pending());
    running.failed(Instant::now());
    assert!(throttle.release(&Lock::UserAtAddress { user: "anna".to_owned(), address: anna.network }));
    assert!(waiting.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_list_has_a_bound_and_counts_the_rest_and_long_names_are_cut() {
    let limits = Limits { failures_per_user: 1, failures_per_address: 0, attempts_per_user: 0, ..Limits::default() };
    let throttle = Throttle::new(&limits);
    for number in 0..LockedOutList::MOST + 7 {
        let name = format!("{}{number}", "long".repeat(200));
        assert_eq!(fail(&throttle, &format!("10.0.{}.{}", number / 256, number % 256), &name).await, Ok(()));
    }
    let list = throttle.locked_out();
    assert_eq!((list.newest.len(), list.users_at_addresses), (LockedOutList::MOST, LockedOutList::MOST + 7));
    assert!(
        list.newest.iter().all(|locked| matches!(&locked.lock, Lock::UserAtAddress { user, .. } if user.len() == 128))
    );
    assert!(throttle.release(&list.newest[0].lock), "by the name as it is shown");
}
