//! How sessions begin and end.

use std::time::Duration;

use test_servers::openfire::{Openfire, OpenfireOptions};
use tokio::time::Instant;

use crate::support::app::TestApp;
use crate::support::http_client::Answer;
use crate::support::visitor::Visitor;

const PAGES: &str = "[admin]\nurls = [\"http://localhost:9999\"]\n";

async fn site() -> TestApp {
    TestApp::start(Openfire::shared().await, PAGES).await
}

async fn sign_in(visitor: &mut Visitor) -> Answer {
    visitor.submit("/admin/sign-in", &[("username", "admin"), ("password", "admin-secret")]).await
}

async fn signed_in(site: &TestApp) -> Visitor {
    Visitor::signed_in(site.address(), "admin", "admin-secret").await
}

/// As long as the service sees it; nothing waits.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_sign_out_ends_the_session_for_every_copy_of_its_cookie() {
    let site = site().await;
    let (mut visitor, mut other) = (signed_in(&site).await, signed_in(&site).await);
    let mut thief = visitor.clone();
    assert!(thief.is_signed_in().await);
    let answer = visitor.submit("/admin/sign-out", &[]).await;
    assert_eq!((answer.status, visitor.session()), (303, None), "{answer}");
    assert!(!visitor.is_signed_in().await && !thief.is_signed_in().await);
    assert!(other.is_signed_in().await, "another browser's session stays");
}

#[tokio::test]
async fn a_sign_out_everywhere_ends_all_sessions_of_the_account() {
    let site = site().await;
    let (mut visitor, mut other) = (signed_in(&site).await, signed_in(&site).await);
    visitor.submit("/admin/sign-out-everywhere", &[]).await;
    assert!(!visitor.is_signed_in().await && !other.is_signed_in().await);
    assert_eq!(sign_in(&mut other).await.status, 303);
}

#[tokio::test]
async fn a_session_ends_after_thirty_minutes_without_use_and_after_eight_hours() {
    let site = site().await;
    let (mut idle, mut busy) = (signed_in(&site).await, signed_in(&site).await);
    for _ in 0..16 {
        pass(Duration::from_mins(29)).await;
        assert!(busy.is_signed_in().await);
    }
    assert!(!idle.is_signed_in().await);
    pass(Duration::from_mins(16)).await;
    assert!(!busy.is_signed_in().await, "eight hours are over");
}

/// Session fixation: a cookie that an attacker has put into the browser would be known to the attacker.
#[tokio::test]
async fn a_cookie_from_before_the_sign_in_is_never_the_session() {
    let site = site().await;
    let attacker = signed_in(&site).await;
    let unknown = "A".repeat(43);
    for planted in [attacker.session().unwrap(), &unknown, "x"] {
        let mut victim = Visitor::new(site.address());
        victim.get("/admin/sign-in").await;
        victim.plant(planted);
        let form = [("username", "admin"), ("password", "admin-secret")];
        // The form of a page that was open before, or of one that is opened now.
        victim.post("/admin/sign-in", &form, &victim.form_token("/admin/sign-in")).await;
        if victim.session() == Some(planted) {
            victim.submit("/admin/sign-in", &form).await;
        }
        let session = victim.session().unwrap().to_owned();
        assert_ne!(session, planted);
        assert!(victim.is_signed_in().await);
        let mut holder = Visitor::new(site.address());
        holder.plant(planted);
        assert!(!holder.is_signed_in().await, "the earlier session has ended: {planted}");
    }
}

#[tokio::test]
async fn while_openfire_is_down_a_session_can_look_but_change_nothing() {
    let openfire = Openfire::start(OpenfireOptions::default()).await;
    let site = TestApp::start(&openfire, PAGES).await;
    let mut visitor = signed_in(&site).await;
    let banner = "Until it can, you can look at these pages but change nothing.";
    let overview = visitor.get("/admin/").await;
    assert!(!overview.text().contains(banner), "{overview}");

    let stopped = openfire.stop().await;
    let limit = Instant::now() + Duration::from_secs(20);
    let looking = loop {
        let overview = visitor.get("/admin/").await;
        assert_eq!(overview.status, 200, "{overview}");
        if overview.text().contains(banner) {
            break overview;
        }
        assert!(Instant::now() < limit, "{overview}");
    };
    assert!(looking.text().contains("<bdi>admin</bdi>"), "{looking}");
    let way_out = "<code>openfire-provisioner admin-link --may-change</code>. <a href=\"&#x2f;admin&#x2f;link\">";
    assert!(looking.text().contains(way_out), "{looking}");
    let refused = visitor.post("/admin/settings", &[], &visitor.form_token("/admin/settings")).await;
    assert!(refused.status == 403 && refused.text().contains("Nothing can be changed at the moment"), "{refused}");
    let no_way_in = sign_in(&mut Visitor::new(site.address())).await;
    assert_eq!(no_way_in.status, 503, "{no_way_in}");
    // Leaving is possible all the same.
    let Answer { status, .. } = visitor.submit("/admin/sign-out", &[]).await;
    assert_eq!((status, visitor.is_signed_in().await), (303, false));
    drop(stopped);
}
