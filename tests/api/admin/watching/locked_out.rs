//! Users and addresses that are locked out, and their release.

use super::site::{Site, assert_harmless};
use crate::support::visitor::Visitor;

/// Two wrong passwords lock a user out; the reference account shows that refusals are true.
const LIMITS: &str = "viewers = [\"tomas.novak\"]\n[limits]\nfailures_per_user = 2\n";

/// A name of these tests' own, as a client sends it and as Openfire knows it (XEP-0106).
const NAME: &str = "late<b>comer";
const ESCAPED: &str = "late\\3cb\\3ecomer";

#[tokio::test]
async fn a_user_who_is_locked_out_is_listed_and_can_be_released_and_that_is_logged() {
    let site = Site::start(LIMITS).await;
    let mut visitor = site.administrator().await;
    let page = visitor.page("/admin/locked-out").await;
    assert!(page.contains("No user and no address is locked out.") && !page.contains("<table"), "{page}");

    for status in [401, 401, 429] {
        assert_eq!(site.provision(NAME, "wrong", "Jitsi").await, status);
    }
    let page = visitor.page("/admin/locked-out").await;
    assert_harmless(&page);
    assert!(page.contains("late\\3cb\\3ecomer") && page.contains("at 127.0.0.1"), "{page}");
    assert!(visitor.page("/admin/").await.contains("<a href=\"/admin/locked-out\">1 entry</a>"));

    let mut viewer = Visitor::signed_in(site.app.address(), "tomas.novak", "blue-bicycle-7").await;
    let looked = viewer.page("/admin/locked-out").await;
    assert!(looked.contains("late\\3cb\\3ecomer") && !looked.contains("action=\"/admin/locked-out\""), "{looked}");

    let lock = [("door", "provisioning"), ("kind", "user-at-address"), ("user", ESCAPED), ("address", "127.0.0.1")];
    let answer = visitor.post("/admin/locked-out", &lock, "guessed").await;
    assert_eq!(answer.status, 403, "without a token: {answer}");
    assert_eq!(site.provision(NAME, "wrong", "Jitsi").await, 429);
    let answer = visitor.submit("/admin/locked-out", &lock).await;
    assert_eq!(answer.header("location"), Some("/admin/locked-out?done=released"), "{answer}");
    assert!(visitor.page("/admin/locked-out?done=released").await.contains("Released: the next attempts"));
    assert_eq!(site.provision(NAME, "wrong", "Jitsi").await, 401);
    let audit = visitor.page("/admin/audit").await;
    assert_harmless(&audit);
    assert!(audit.contains("late\\3cb\\3ecomer at 127.0.0.1"), "{audit}");
}

#[tokio::test]
async fn a_form_that_names_nothing_or_what_is_not_locked_changes_nothing() {
    let site = Site::start(LIMITS).await;
    for _ in 0..2 {
        assert_eq!(site.provision(NAME, "wrong", "Jitsi").await, 401);
    }
    let mut visitor = site.administrator().await;
    for (fields, expected) in [
        (&[("door", "provisioning"), ("kind", "user"), ("user", ESCAPED)][..], 303),
        (&[("door", "pages"), ("kind", "user-at-address"), ("user", ESCAPED), ("address", "127.0.0.1")][..], 303),
        (&[("door", "provisioning"), ("kind", "user-at-address"), ("user", ESCAPED), ("address", "x")][..], 422),
        (&[("door", "x"), ("kind", "user"), ("user", ESCAPED)][..], 422),
        (&[][..], 422),
    ] {
        let answer = visitor.submit("/admin/locked-out", fields).await;
        assert_eq!(answer.status, expected, "{fields:?}");
        if expected == 303 {
            assert_eq!(answer.header("location"), Some("/admin/locked-out?done=not-locked"));
        }
    }
    assert_eq!(site.provision(NAME, "wrong", "Jitsi").await, 429);
}
