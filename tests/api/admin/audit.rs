//! The audit log in the pages: what is in it, what a filter finds, and what can be downloaded.

use crate::support::site::Site;
use crate::support::visitor::Visitor;

/// The bodies of the table's rows.
fn rows(html: &str) -> Vec<&str> {
    html.split("<tbody role=\"rowgroup\">")
        .nth(1)
        .map_or_else(Vec::new, |body| body.split("<tr role=\"row\">").skip(1).collect())
}

#[tokio::test]
async fn everything_that_was_done_is_found_by_filter_and_downloaded() {
    let site = Site::start("").await;
    let hostile = "=cmd|'/c calc'!A1 <script>alert(1)</script>";
    let mut stranger = Visitor::new(site.app.address());
    let refused = stranger.submit("/admin/sign-in", &[("username", hostile), ("password", "x")]).await;
    assert_eq!(refused.status, 403, "{refused}");
    // The correct password of a user who is not an administrator.
    let login = [("username", "anna.berger"), ("password", "sunflower-42")];
    assert_eq!(stranger.submit("/admin/sign-in", &login).await.status, 403);

    let mut admin = site.administrator().await;
    admin.submit("/admin/settings", &[("action", "pause"), ("reason", "moving house")]).await;
    admin.submit("/admin/settings", &[("action", "resume")]).await;
    let page = admin.get("/admin/audit").await;
    let all = rows(page.text());
    assert_eq!(all.len(), 5, "{page}");
    for (row, words) in all.iter().zip([
        ["changed a setting", "admin", "paused: moving house"],
        ["changed a setting", "127.0.0.1", "paused: moving house"],
        ["signed in", "admin", "administrator"],
        ["sign-in refused", "anna.berger", "not an administrator"],
        ["sign-in refused", "&lt;script&gt;", "wrong name, password or code"],
    ]) {
        assert!(words.iter().all(|word| row.contains(word)), "{words:?}: {row}");
    }
    assert!(!page.text().contains("<script>alert"), "{page}");
    admin.language = "de";
    let german = admin.get("/admin/audit").await;
    assert!(rows(german.text())[3].contains("<bdi>kein Administrator</bdi>"), "{german}");
    admin.language = "en";

    for (query, found) in [
        ("actor=ADMIN", 3),
        ("action=sign-in-refused", 2),
        ("action=sign-in-refused&actor=anna", 1),
        ("text=moving", 2),
        ("from=2000-01-01&until=2000-01-02", 0),
        ("from=2000-01-01", 5),
        ("from=nonsense&action=%3Cb%3E&before=x", 5),
    ] {
        let page = admin.get(&format!("/admin/audit?{query}")).await;
        assert_eq!(rows(page.text()).len(), found, "{query}: {page}");
    }
    let nothing = admin.get("/admin/audit?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(nothing.text().contains("No entry matches.") && !nothing.text().contains("<script>alert"), "{nothing}");

    let csv = admin.get("/admin/audit.csv?action=sign-in-refused").await;
    assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"audit.csv\""));
    assert!(csv.text().starts_with("\u{feff}id,time,actor,"), "{csv}");
    assert_eq!(csv.text().lines().count(), 3, "{csv}");
    assert!(csv.text().contains("\"'=cmd|'/c calc'!A1 <script>"), "{csv}");
    let json = admin.get("/admin/audit.jsonl").await;
    let actions: Vec<String> = json
        .text()
        .lines()
        .map(|line| {
            let entry: serde_json::Value = serde_json::from_str(line).unwrap();
            entry["action"].as_str().unwrap().to_owned()
        })
        .collect();
    // Oldest first, with the download before.
    assert_eq!(actions.len(), 6, "{json}");
    assert_eq!((&*actions[0], &*actions[5]), ("sign-in-refused", "exported"));
    site.app.stop().await;
}

#[tokio::test]
async fn only_people_who_are_signed_in_read_it() {
    let site = Site::start("").await;
    let mut stranger = Visitor::new(site.app.address());
    for path in ["/admin/audit", "/admin/audit.csv", "/admin/audit.jsonl", "/admin/settings"] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status, 303, "{answer}");
        assert!(answer.header("location").unwrap().starts_with("/admin/sign-in?"), "{answer}");
    }
    site.app.stop().await;
}

#[tokio::test]
async fn a_log_of_many_pages_is_read_page_by_page() {
    let state = tempfile::tempdir().unwrap();
    let lines: Vec<String> = (1..=250)
        .map(|id| {
            format!(
                "{{\"id\":{id},\"at\":\"2026-07-01T12:00:00Z\",\"actor\":\"a{id}\",\"action\":\"sign-in\",\"after\":\"x\"}}\n"
            )
        })
        .collect();
    std::fs::write(state.path().join("audit.jsonl"), lines.concat()).unwrap();
    let site = Site::in_folder(state, "").await;
    let mut admin = site.administrator().await;
    let mut path = "/admin/audit?text=x".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = admin.get(&path).await;
        seen.push(rows(page.text()).len());
        let Some(older) = page.text().split(" rel=\"next\"").next().filter(|_| page.text().contains(" rel=\"next\""))
        else {
            break;
        };
        path =
            older.rsplit("href=\"").next().unwrap().trim_end_matches('"').replace("&amp;", "&").replace("&#x2f;", "/");
    }
    assert_eq!(seen, [100, 100, 50]);
    site.app.stop().await;
}
