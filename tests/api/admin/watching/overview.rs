//! The overview: state of all parts, what needs attention, and the plots.

use super::site::{Site, assert_harmless};

#[tokio::test]
async fn a_service_that_has_just_started_shows_its_state_and_that_there_is_nothing_to_count() {
    let site = Site::start("").await;
    let mut visitor = site.administrator().await;
    let page = visitor.page("/admin/").await;
    assert_harmless(&page);
    assert!(page.contains("Nothing needs attention.") && page.contains("No requests in this time."), "{page}");
    assert!(page.contains(">connected</span>") && page.contains("example.test"), "{page}");
    assert!(!page.contains("<svg class=\"plot\""), "{page}");
    // Openfire's version is asked for in the background.
    let mut page = page;
    let asked = async {
        while !page.contains("Openfire 4.2.0") {
            page = visitor.page("/admin/").await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), asked).await.expect("Openfire's version");
    assert!(page.contains("days left") && page.contains("<code><bdi>PLAIN</bdi></code>"), "{page}");
}

#[tokio::test]
async fn requests_are_plotted_and_are_in_a_table_with_the_same_numbers() {
    let site = Site::start("").await;
    assert_eq!(site.provision("anna.berger", "sunflower-42", "Jitsi/2.10").await, 200);
    assert_eq!(site.provision("anna.berger", "sunflower-42", "Jitsi/2.10").await, 200);
    assert_eq!(site.provision("", "", "Jitsi/2.10").await, 400);
    let mut visitor = site.administrator().await;
    let page = visitor.page("/admin/").await;
    assert_harmless(&page);
    for (name, plot) in [("hour", "Requests in the last hour"), ("day", "Requests in the last 24 hours")] {
        let figure = page.split(&format!("aria-labelledby=\"{name}-title {name}-desc\"")).nth(1).expect("a plot");
        let figure = figure.split("</figure>").next().unwrap();
        assert!(figure.contains(&format!("<title id=\"{name}-title\">{plot}</title>")), "{figure}");
        assert!(figure.contains("2 provisioned, 1 refused, 0 failed."), "{figure}");
        assert!(figure.contains("<rect class=\"ok\"") && figure.contains("<rect class=\"refused\""), "{figure}");
        assert!(!figure.contains("class=\"failed\" x="), "{figure}");
        // In one minute or in two.
        let rows = figure.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
        let numbers =
            rows.split("class=\"number\">").skip(1).filter_map(|rest| rest.split('<').next()?.parse::<u32>().ok());
        assert_eq!(numbers.sum::<u32>(), 3, "{rows}");
    }
    visitor.language = "de";
    let page = visitor.page("/admin/").await;
    assert!(
        page.contains("2 provisioniert, 1 abgelehnt, 0 fehlgeschlagen.") && page.contains("<html lang=\"de\""),
        "{page}"
    );
}

#[tokio::test]
async fn what_needs_attention_is_named_with_the_page_that_helps() {
    let site = Site::start("").await;
    let by = "anna\"><img src=x>";
    let file = format!(
        "version = 1\n[paused]\nreason = '<b>upgrade</b>'\nby = '{by}'\nat = \"2026-07-01T12:00:00Z\"\n# End of the settings.\n"
    );
    let path = site.state().join("settings.toml");
    std::fs::write(&path, file).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let mut visitor = site.administrator().await;
    let seen = async {
        loop {
            let page = visitor.page("/admin/").await;
            if page.contains("has paused provisioning") {
                break page;
            }
        }
    };
    let page = tokio::time::timeout(std::time::Duration::from_secs(30), seen).await.expect("the file is noticed");
    assert_harmless(&page);
    assert!(page.contains("&lt;b&gt;upgrade") && page.contains("<a href=\"/admin/settings\">What to do</a>"), "{page}");
}
