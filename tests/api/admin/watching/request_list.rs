//! The list of requests with its filters, and the page of one.

use crate::support::page_text::{HOSTILE, assert_harmless};
use crate::support::site::Site;

/// How many requests a page lists.
fn rows(page: &str) -> usize {
    page.matches("data-label=\"Time\"").count()
}

/// The address of the first request on a page.
fn first(page: &str) -> &str {
    page.split("data-label=\"Time\" class=\"when\"><a href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a request")
}

#[tokio::test]
async fn an_empty_list_says_so_and_one_that_filters_everything_out_too() {
    let site = Site::start("").await;
    let mut visitor = site.administrator().await;
    let page = visitor.page("/admin/requests").await;
    assert!(page.contains("No requests yet.") && page.contains("No request yet; at most 5,000 are kept."), "{page}");
    let page = visitor.page("/admin/requests?user=anna").await;
    assert!(page.contains("No request matches."), "{page}");
    for (path, status) in [("/admin/requests/1", 404), ("/admin/requests/x", 404), ("/admin/requests?before=x", 200)] {
        assert_eq!(visitor.get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn hostile_names_and_clients_are_shown_as_text_everywhere() {
    let site = Site::start("").await;
    // What a name cannot have is escaped by XEP-0106 before; what the client calls itself is not.
    assert_eq!(site.provision("<b>owned", "x", HOSTILE).await, 401);
    assert_eq!(site.provision(HOSTILE, "x", HOSTILE).await, 401);
    let mut visitor = site.administrator().await;
    let list = visitor.page("/admin/requests").await;
    assert_harmless(&list);
    assert!(list.contains("\\3cb\\3eowned") && list.contains("&lt;b&gt;") && list.contains("{{ 7*7 }}"), "{list}");
    let details = visitor.page(first(&list)).await;
    assert_harmless(&details);
    assert!(details.contains("UnauthorizedException") && details.contains("docs/errors.md#"), "{details}");
    let hostile = form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect::<String>();
    for name in ["user", "address", "outcome", "client", "before", "done"] {
        let answer = visitor.get(&format!("/admin/requests?{name}={hostile}")).await;
        assert_eq!(answer.status, if name == "address" { 422 } else { 200 }, "{name}");
        assert_harmless(answer.text());
    }
}

#[tokio::test]
async fn the_list_is_filtered_by_user_address_outcome_and_client() {
    let site = Site::start("").await;
    assert_eq!(site.provision("anna.berger", "sunflower-42", "Jitsi/2.10.5550").await, 200);
    assert_eq!(site.provision("anna.berger", "wrong", "Jitsi/2.11.5633").await, 401);
    assert_eq!(site.provision("tomas.novak", "blue-bicycle-7", "Jitsi/2.11.5633").await, 200);
    let mut visitor = site.administrator().await;
    for (query, expected) in [
        ("", 3),
        ("user=ANNA", 2),
        ("address=127.0.0.1", 3),
        ("address=10.0.0.0/8", 0),
        ("outcome=refused", 1),
        ("outcome=UnauthorizedException", 1),
        ("outcome=provisioned", 2),
        ("client=2.11", 2),
        ("user=anna&client=2.11&outcome=refused&address=127.0.0.0/8", 1),
    ] {
        let page = visitor.page(&format!("/admin/requests?{query}")).await;
        assert_eq!(rows(&page), expected, "{query}: {page}");
    }
    let page = visitor.page("/admin/requests?outcome=refused&user=anna").await;
    assert!(page.contains("wrong name or password <code class=\"help\">UnauthorizedException</code>"), "{page}");
    assert!(page.contains(">wrong name or password (UnauthorizedException)</option>"), "{page}");
    assert!(page.contains("value=\"anna\"") && page.contains("<option value=\"refused\" selected>"), "{page}");
    let details = visitor.page(first(&page)).await;
    for shown in ["Jitsi/2.11.5633", "127.0.0.1", "UnauthorizedException", "401", "request.id=", "check --user NAME"] {
        assert!(details.contains(shown), "{shown}: {details}");
    }
    let again =
        details.split("<a href=\"/admin/requests?user=").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert_eq!(rows(&visitor.page(&format!("/admin/requests?user={again}")).await), 2);
}

#[tokio::test]
async fn a_long_list_has_pages_that_keep_the_filter() {
    let site = Site::start("").await;
    for _ in 0..53 {
        assert_eq!(site.provision("no@where", "", "many").await, 401);
    }
    assert_eq!(site.provision("no@where", "", "other").await, 401);
    let mut visitor = site.administrator().await;
    let page = visitor.page("/admin/requests?client=many").await;
    assert_eq!(rows(&page), 50);
    let older = page.split("href=\"/admin/requests?").filter_map(|rest| rest.split('"').next());
    let older = older.filter(|query| query.contains("before=")).last().expect("a link").replace("&amp;", "&");
    assert!(older.starts_with("client=many&before="), "{older}");
    let second = visitor.page(&format!("/admin/requests?{older}")).await;
    assert_eq!(rows(&second), 3, "{second}");
    assert!(second.contains("href=\"/admin/requests?client=many\">Newest"), "{second}");
}
