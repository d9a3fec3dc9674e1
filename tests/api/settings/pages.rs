//! Pause, secret and networks, changed in the pages, and what clients then get.

use std::fs;

use crate::support::http_client::{Answer, post, request, send};
use crate::support::site::Site;
use crate::support::visitor::Visitor;

const PATH: &str = "/admin/settings";

/// What a client with this secret gets.
async fn client(site: &Site, secret: &str) -> Answer {
    let form = format!("username=anna.berger&password=sunflower-42&secret={secret}");
    send(site.app.address(), post("/provision", &form)).await
}

fn audit_log(site: &Site) -> String {
    fs::read_to_string(site.state().join("audit.jsonl")).unwrap_or_default()
}

/// The form led back to the page, which says what was done.
#[track_caller]
fn assert_done(answer: &Answer, done: &str) {
    assert_eq!((answer.status, answer.header("location")), (303, Some(&*format!("{PATH}?done={done}"))), "{answer}");
}

#[tokio::test]
async fn provisioning_is_paused_and_resumed() {
    let site = Site::start("").await;
    assert_eq!(client(&site, "").await.status, 200);
    let mut admin = site.administrator().await;
    let reason = "<script>alert(1)</script> moving \"house\"";
    assert_done(&admin.submit(PATH, &[("action", "pause"), ("reason", reason)]).await, "paused");
    let answer = client(&site, "").await;
    assert_eq!(
        (answer.status, answer.text()),
        (503, "JitsiProvisioning Disabled: Provisioning is paused. Try again later.\n")
    );
    let page = admin.get("/admin/settings?done=paused").await;
    assert!(
        page.text().contains("Provisioning is paused.") && page.text().contains("&lt;script&gt;alert(1)"),
        "{page}"
    );
    assert!(!page.text().contains("<script>alert"), "{page}");
    // Every page says so and why, with a link to the setting; the overview once, among what needs attention.
    let others = admin.get("/admin/data").await;
    assert!(others.text().contains("Provisioning has been paused by "), "{others}");
    assert!(others.text().contains("UTC: &lt;script&gt;alert(1)"), "{others}");
    let overview = admin.get("/admin/").await;
    assert!(overview.text().contains(" has paused provisioning."), "{overview}");
    assert!(!overview.text().contains("Provisioning has been paused by "), "{overview}");
    let metrics = send(site.app.address(), request("GET", "/metrics", &[], "")).await;
    assert!(metrics.text().contains("openfire_provisioner_paused 1\n"), "{metrics}");

    let site = site.restarted("").await;
    assert_eq!(client(&site, "").await.status, 503);
    let mut admin = site.administrator().await;
    assert_done(&admin.submit(PATH, &[("action", "resume")]).await, "resumed");
    assert_eq!(client(&site, "").await.status, 200);
    assert!(!admin.get("/admin/data").await.text().contains("Provisioning has been paused by "));
    assert!(!admin.get("/admin/").await.text().contains(" has paused provisioning."));
    site.app.stop().await;
}

#[tokio::test]
async fn a_new_secret_counts_at_once_and_the_old_one_for_the_chosen_time() {
    let http = "[http]\nsecret = \"of-the-file\"";
    let site = Site::start(http).await;
    let mut admin = site.administrator().await;
    let new = [("action", "set-secret"), ("secret", "new-s3cret"), ("old", "1d")];
    assert_done(&admin.submit(PATH, &new).await, "secret-set");
    let site = site.restarted(http).await;
    let mut admin = site.administrator().await;
    for (secret, status) in [("new-s3cret", 200), ("of-the-file", 200), ("other", 400), ("", 400)] {
        assert_eq!(client(&site, secret).await.status, status, "{secret}");
    }
    let page = admin.get(PATH).await;
    assert!(page.text().contains("Valid until") && page.text().contains("these pages:"), "{page}");
    assert!(!page.text().contains("s3cret") && !page.text().contains("of-the-file"), "{page}");

    assert_done(&admin.submit(PATH, &[("action", "end-old-secret")]).await, "old-secret-ended");
    assert_eq!(client(&site, "of-the-file").await.status, 400);
    let ended = admin.submit(PATH, &[("action", "end-old-secret")]).await;
    assert!(ended.status == 422 && ended.text().contains("There is no old secret any more."), "{ended}");

    let unasked = admin.submit(PATH, &[("action", "give-back-secret")]).await;
    assert!(unasked.status == 422 && unasked.text().contains("would end now. Nothing was changed."), "{unasked}");
    assert_eq!(client(&site, "new-s3cret").await.status, 200);
    let form = [("action", "give-back-secret"), ("ends", "yes")];
    assert_done(&admin.submit(PATH, &form).await, "given-back");
    for (secret, status) in [("new-s3cret", 400), ("of-the-file", 200)] {
        assert_eq!(client(&site, secret).await.status, status, "{secret}");
    }
    assert!(!site.state().join("settings.toml").exists());
    let audit = audit_log(&site);
    assert!(audit.contains("setting-changed") && audit.contains("setting-given-back"), "{audit}");
    assert!(!audit.contains("s3cret") && !audit.contains("of-the-file"), "{audit}");
    site.app.stop().await;
}

/// All clients may still have the older secret, and a second click must not refuse them.
#[tokio::test]
async fn an_older_secret_ends_early_only_when_that_is_confirmed() {
    let site = Site::start("[http]\nsecret = \"of-the-file\"").await;
    let mut admin = site.administrator().await;
    let generate = [("action", "generate-secret"), ("old", "7d")];
    assert!(!admin.get(PATH).await.text().contains("name=\"ends\""));
    assert_done(&admin.submit(PATH, &generate).await, "secret-generated");
    assert!(admin.get(PATH).await.text().contains("id=\"older-ends\" required>"));
    for form in [&generate[..], &[("action", "set-secret"), ("secret", "third-s3cret"), ("old", "7d")]] {
        let refused = admin.submit(PATH, form).await;
        assert!(refused.status == 422 && refused.text().contains("An older secret is still valid"), "{refused}");
        let field = "id=\"older-ends\" required aria-invalid=\"true\" aria-describedby=\"settings-wrong\"";
        assert!(refused.text().contains(field), "{refused}");
        assert_eq!(client(&site, "of-the-file").await.status, 200);
    }
    let confirmed = [&generate[..], &[("ends", "yes")]].concat();
    assert_done(&admin.submit(PATH, &confirmed).await, "secret-generated");
    assert_eq!(client(&site, "of-the-file").await.status, 400);
    site.app.stop().await;
}

#[tokio::test]
async fn the_secret_is_shown_only_after_the_password_and_each_look_is_recorded() {
    let site = Site::start("[http]\nsecret = \"of-the-file\"").await;
    let mut admin = site.administrator().await;
    assert_done(&admin.submit(PATH, &[("action", "generate-secret"), ("old", "1h")]).await, "secret-generated");
    for wrong in ["", "wrong"] {
        let refused = admin.submit(PATH, &[("action", "show-secret"), ("password", wrong)]).await;
        assert!(matches!(refused.status, 403 | 422), "{refused}");
        let problem = if wrong.is_empty() { "Enter your password." } else { "The password is wrong." };
        assert!(refused.text().contains(problem), "{refused}");
        assert!(!refused.text().contains("shown-secret") && !refused.text().contains("of-the-file"), "{refused}");
    }
    assert!(!audit_log(&site).contains("secret-shown"));
    let shown = admin.submit(PATH, &[("action", "show-secret"), ("password", "admin-secret")]).await;
    assert_eq!((shown.status, shown.header("cache-control")), (200, Some("no-store")), "{shown}");
    let secret = shown.text().split("id=\"shown-secret\">").nth(1).unwrap().split('<').next().unwrap();
    assert!(shown.text().contains("of-the-file"), "{shown}");
    let address = shown.text().replace("&#x2f;", "/").replace("&amp;", "&");
    let address =
        address.contains(&format!("/provision?username=${{username}}&password=${{password}}&secret={secret}<"));
    assert!(address, "{shown}");
    assert_eq!(client(&site, secret).await.status, 200);
    assert!(!admin.get(PATH).await.text().contains(secret));
    // Its entry is written before the next page is there.
    let audit = admin.get("/admin/audit").await;
    assert!(audit.text().contains("changed by admin, ") && !audit.text().contains("Z)</bdi>"), "{audit}");
    assert!(audit.text().contains("saw a secret") && audit.text().contains("wrong password"), "{audit}");
    assert!(!audit.text().contains(secret) && !audit_log(&site).contains(secret), "{audit}");
    site.app.stop().await;
}

#[tokio::test]
async fn networks_that_shut_out_their_author_are_refused_with_the_address() {
    let site = Site::start("").await;
    let mut admin = site.administrator().await;
    let networks = |text| [("action", "networks"), ("networks", text)];
    let refused = admin.submit(PATH, &networks("192.0.2.0/24\n2001:db8::/32")).await;
    assert_eq!(refused.status, 422, "{refused}");
    assert!(refused.text().contains("127.0.0.1 is your own address and would no longer be allowed."), "{refused}");
    // The problem is at the top, with a link to the setting, and at the field.
    assert!(refused.text().contains("<a href=\"#section-http-allowed_networks\">Go to the setting</a>"), "{refused}");
    assert!(refused.text().contains("<section class=\"card\" id=\"section-http-allowed_networks\""), "{refused}");
    assert!(
        refused.text().contains("aria-invalid=\"true\" aria-describedby=\"settings-wrong networks-help\""),
        "{refused}"
    );
    // What was entered is kept.
    assert!(refused.text().contains(">192.0.2.0&#x2f;24\n2001:db8::&#x2f;32</textarea>"), "{refused}");
    assert_eq!(client(&site, "").await.status, 200);
    let hostile = admin.submit(PATH, &networks("10.0.0.0/8 </textarea><script>alert(1)</script>")).await;
    assert!(hostile.status == 422 && !hostile.text().contains("<script>alert"), "{hostile}");
    assert!(hostile.text().contains("is not a network."), "{hostile}");

    assert_done(&admin.submit(PATH, &networks("127.0.0.0/8, 10.0.0.0/8")).await, "networks-set");
    assert_eq!(client(&site, "").await.status, 200);
    let page = admin.get(PATH).await;
    assert!(page.text().contains("127.0.0.0&#x2f;8 10.0.0.0&#x2f;8"), "{page}");
    assert_done(&admin.submit(PATH, &networks("")).await, "networks-set");
    assert_done(&admin.submit(PATH, &[("action", "give-back-networks")]).await, "given-back");
    site.app.stop().await;
}

#[tokio::test]
async fn what_cannot_be_a_secret_is_refused_and_not_repeated() {
    let site = Site::start("").await;
    let mut admin = site.administrator().await;
    for (secret, words) in [
        ("", "The secret is too short"),
        ("short", "The secret is too short"),
        ("\u{202e}\"><script>alert(1)</script>", "may contain only letters"),
        ("line\nbreak-in-it", "may contain only letters"),
        (&"x".repeat(201), "The secret is too long"),
    ] {
        let refused = admin.submit(PATH, &[("action", "set-secret"), ("secret", secret), ("old", "30d")]).await;
        assert!(refused.status == 422 && refused.text().contains(words), "{secret}: {refused}");
        assert!(!refused.text().contains("alert(1)") && !refused.text().contains("xxxxxx"), "{refused}");
        assert!(refused.text().contains("<option value=\"30d\" selected>"), "{refused}");
    }
    assert_eq!(client(&site, "").await.status, 200);
    assert!(!site.state().join("settings.toml").exists());
    site.app.stop().await;
}

#[tokio::test]
async fn a_viewer_and_a_form_without_its_token_change_nothing() {
    let site = Site::start("viewers = [\"tomas.novak\"]").await;
    let mut viewer = Visitor::signed_in(site.app.address(), "tomas.novak", "blue-bicycle-7").await;
    let page = viewer.get(PATH).await;
    assert!(page.status == 200 && page.text().contains("Allowed networks"), "{page}");
    assert!(!page.text().contains("name=\"action\""), "{page}");
    let refused = viewer.submit(PATH, &[("action", "pause")]).await;
    assert_eq!(refused.status, 403, "{refused}");
    let mut admin = site.administrator().await;
    for token in ["", "x"] {
        assert_eq!(admin.post(PATH, &[("action", "pause")], token).await.status, 403);
    }
    let unknown = admin.submit(PATH, &[("action", "explode")]).await;
    assert_eq!(unknown.status, 400, "{unknown}");
    assert_eq!(client(&site, "").await.status, 200);
    site.app.stop().await;
}

#[tokio::test]
async fn without_a_place_to_write_the_page_says_why_and_changes_nothing() {
    let site = Site::start("").await;
    let mut admin = site.administrator().await;
    fs::remove_dir_all(site.state()).unwrap();
    let page = admin.get(PATH).await;
    assert!(page.text().contains("Nothing can be changed here: ") && page.text().contains("does not exist"), "{page}");
    assert!(!page.text().contains("value=\"pause\""), "{page}");
    // A form that was opened before.
    let page = admin.get("/admin/").await;
    assert_eq!(page.status, 200);
    fs::create_dir(site.state()).unwrap();
    assert_done(&admin.submit(PATH, &[("action", "pause")]).await, "paused");
    site.app.stop().await;
}

#[tokio::test]
async fn every_page_says_that_the_file_is_damaged() {
    let state = tempfile::tempdir().unwrap();
    fs::write(state.path().join("settings.toml"), "[paused").unwrap();
    let site = Site::in_folder(state, "").await;
    assert_eq!(client(&site, "").await.status, 200);
    let mut admin = site.administrator().await;
    for path in ["/admin/", PATH] {
        let page = admin.get(path).await;
        assert!(page.text().contains("The file with the settings of these pages cannot be used."), "{page}");
    }
    let page = admin.get(PATH).await;
    assert!(page.text().contains("was set aside as"), "{page}");
    assert_done(&admin.submit(PATH, &[("action", "pause")]).await, "paused");
    assert!(!admin.get(PATH).await.text().contains("cannot be used."));
    site.app.stop().await;
}
