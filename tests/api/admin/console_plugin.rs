//! From Openfire's own console to the pages, by the plugin that the pages offer.

use test_servers::chromium::Browser;
use test_servers::openfire::{Openfire, OpenfireOptions};

use crate::support::http_client::request;
use crate::support::pages::{ADMINISTRATOR, HOST, Pages, Way, fill_in, is_signed_in};

/// The plugin as the page of a signed-in administrator gives it.
async fn download(pages: &Pages, browser: &Browser) -> Vec<u8> {
    browser.follow("nav a[href='/admin/console-plugin']").await;
    let link = browser.value("return document.querySelector('main a[download]').getAttribute('href')").await;
    let cookies = browser.cookies().await;
    let cookies = cookies
        .iter()
        .map(|cookie| format!("{}={}", cookie["name"].as_str().unwrap(), cookie["value"].as_str().unwrap()));
    let (host, cookies) = (format!("{HOST}:{}", pages.address().port()), cookies.collect::<Vec<_>>().join("; "));
    let headers = [("host", host.as_str()), ("cookie", &cookies)];
    let answer = pages.send(request("GET", link.as_str().unwrap(), &headers, "")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/java-archive")));
    let name = "attachment; filename=\"openfire-provisioner.jar\"";
    assert_eq!(answer.header("content-disposition"), Some(name));
    answer.body
}

#[tokio::test]
async fn the_entry_in_openfires_console_leads_to_the_pages_in_one_click() {
    let openfire = Openfire::start(OpenfireOptions::default().console()).await;
    let pages = Pages::of(&openfire, Way::Https, "", &[]).await;
    let administrator = pages.signed_in().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("openfire-provisioner.jar");
    std::fs::write(&file, download(&pages, &administrator).await).unwrap();
    openfire.control(&["install-plugin", file.to_str().unwrap()]).await;

    // A page of the console, and the address of the entry in its sidebar.
    let console = format!("http://console.test:{}/plugins/openfire-provisioner", openfire.console().port());
    let click = async |browser: &Browser| {
        browser.open(&format!("{console}/property.html")).await;
        browser.next_page(async { drop(browser.value("location.href = 'pages.html'").await) }).await;
    };

    let guest = Browser::start().await;
    click(&guest).await;
    fill_in(&guest, ADMINISTRATOR).await;
    assert!(guest.url().await.starts_with(&pages.url("/admin/sign-in")), "{}", guest.url().await);
    click(&administrator).await;
    administrator.text("nav").await;
    assert_eq!(administrator.url().await, pages.url("/admin/"));
    assert!(is_signed_in(&administrator).await);

    // Changed in Openfire alone.
    openfire.control(&["property", "provisioning.url", &pages.url("/admin/console-plugin")]).await;
    click(&administrator).await;
    assert_eq!(administrator.url().await, pages.url("/admin/console-plugin"));
    assert!(is_signed_in(&administrator).await);
    openfire.control(&["property", "provisioning.url", "javascript:alert(document.domain)"]).await;
    click(&administrator).await;
    assert_eq!(administrator.url().await, format!("{console}/property.html"));
    let advice = administrator.text("body").await;
    assert!(advice.contains("provisioning.url"), "{advice}");
    administrator.follow(&format!("a[href='{}']", pages.url("/admin/"))).await;
    assert!(is_signed_in(&administrator).await);
}
