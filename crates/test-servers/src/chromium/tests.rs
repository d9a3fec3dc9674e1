use super::*;
use crate::web_server::{Answer, WebServer};

/// A page of which nothing is wrong.
const GOOD: &str = "<!doctype html><html lang=en><title>A page</title><link rel=icon href=data:,>\
    <main><h1>Heading</h1><p>Text</p></main>";

async fn site(pages: &[(&str, Answer)]) -> WebServer {
    WebServer::start(pages.iter().map(|(path, answer)| ((*path).to_owned(), answer.clone())).collect()).await
}

#[tokio::test]
async fn a_good_page_has_no_faults_and_a_bad_one_has_its_own() {
    let bad = "<!doctype html><html><title>A page</title><link rel=icon href=data:,>\
        <style>p { color: #777; background: #888 } @media (prefers-color-scheme: dark) { p { background: #000 } }</style>\
        <main><h1>Heading</h1><p>Text<input></p></main>";
    let site = site(&[("/good", Answer::page(GOOD)), ("/bad", Answer::page(bad))]).await;
    let browser = Browser::start().await;
    browser.open(&site.url("own.test", "/good")).await;
    assert_eq!(browser.accessibility_faults().await, Vec::<String>::new());
    browser.open(&site.url("own.test", "/bad")).await;
    let rules = |faults: Vec<String>| -> Vec<String> {
        faults.iter().map(|fault| fault.split(':').next().unwrap().to_owned()).collect()
    };
    assert_eq!(rules(browser.accessibility_faults().await), ["color-contrast", "html-has-lang", "label"]);
    browser.prefer(Scheme::Dark).await;
    assert_eq!(rules(browser.accessibility_faults().await), ["html-has-lang", "label"]);
}

#[tokio::test]
async fn what_a_policy_blocks_is_a_complaint_also_without_scripts() {
    let page = format!("{GOOD}<p style='color: red'>Red</p><script>document.title = 'changed'</script>");
    let guarded = Answer::page(&page).header("Content-Security-Policy", "default-src 'self' data:");
    let site = site(&[("/guarded", guarded), ("/good", Answer::page(GOOD))]).await;
    let browser = Browser::start().await;
    browser.open(&site.url("own.test", "/good")).await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    for (scripts, count) in [(true, 2), (false, 1)] {
        browser.set_scripts(scripts).await;
        browser.open(&site.url("own.test", "/guarded")).await;
        let complaints = browser.complaints().await;
        assert_eq!(complaints.len(), count, "{complaints:?}");
        assert!(complaints.iter().all(|complaint| complaint.contains("Content Security Policy")), "{complaints:?}");
        assert_eq!(browser.value("return document.title").await, "A page");
    }
}

#[tokio::test]
async fn a_page_without_scripts_can_be_used_and_looked_at() {
    let form = format!(
        "{GOOD}<form action=/there><label>Name <input name=name></label><button>Go</button></form>\
         <script>document.title = 'changed'</script>"
    );
    let site = site(&[("/form", Answer::page(&form)), ("/there", Answer::page(GOOD))]).await;
    let browser = Browser::start().await;
    browser.open(&site.url("own.test", "/form")).await;
    assert_eq!(browser.value("return document.title").await, "changed");
    browser.set_scripts(false).await;
    browser.open(&site.url("own.test", "/form")).await;
    assert_eq!(browser.value("return document.title").await, "A page");
    browser.fill("input", "some one").await;
    browser.follow("button").await;
    assert_eq!(browser.url().await, site.url("own.test", "/there?name=some+one"));
    assert_eq!(browser.text("h1").await, "Heading");
    assert_eq!(browser.accessibility_faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn loads_have_their_sizes_and_leave_this_machine_by_no_name() {
    let page = format!("{GOOD}<link rel=stylesheet href=/style><img alt='' src=http://elsewhere.example/picture>");
    let pages = [("/page", Answer::page(&page)), ("/style", Answer::file("text/css", &" ".repeat(5000)))];
    let site = site(&pages).await;
    let browser = Browser::start().await;
    browser.loads().await;
    browser.open(&site.url("own.test", "/page")).await;
    let mut loads = browser.loads().await;
    loads.retain(|load| !load.url.starts_with("data:"));
    let urls: Vec<&str> = loads.iter().map(|load| load.url.as_str()).collect();
    let own = [site.url("own.test", "/page"), site.url("own.test", "/style")];
    assert_eq!(urls, [&own[0], &own[1], "http://elsewhere.example/picture"]);
    assert_eq!(loads.iter().map(|load| load.status).collect::<Vec<_>>(), [200, 200, 0]);
    assert!(loads[0].bytes > page.len() as u64 && loads[0].bytes < page.len() as u64 + 500, "{loads:?}");
    assert!(loads[1].bytes > 5000 && loads[1].bytes < 5500, "{loads:?}");
    assert_eq!(loads[2].bytes, 0);
    assert!(
        loads[0].sent.iter().any(|(name, value)| name == "accept-language" && value.starts_with("en")),
        "{loads:?}"
    );
}

#[tokio::test]
async fn what_makes_a_page_scroll_sideways_is_found() {
    let wide = format!("{GOOD}<style>pre {{ width: 400px }}</style><pre>wide</pre>");
    let site = site(&[("/wide", Answer::page(&wide))]).await;
    let browser = Browser::start().await;
    browser.set_width(360).await;
    browser.open(&site.url("own.test", "/wide")).await;
    let found = browser.wider_than_the_page().await;
    assert!(found.len() == 2 && found[0].contains("<pre>") && found[1].contains("the page: "), "{found:?}");
    browser.set_width(3840).await;
    assert_eq!(browser.value("return innerWidth").await, 3840);
    assert_eq!(browser.wider_than_the_page().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_picture_shows_a_page_beyond_the_window() {
    let long = format!("{GOOD}<style>p {{ height: 3000px }}</style>");
    let site = site(&[("/long", Answer::page(&long))]).await;
    let browser = Browser::start().await;
    browser.open(&site.url("own.test", "/long")).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("long.png");
    browser.picture(&file, 2000).await;
    let bytes = std::fs::read(&file).unwrap();
    // Width and height in the first chunk (PNG specification, section 11.2.1).
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!(&bytes[1..4], b"PNG");
    assert_eq!(number(16), WINDOW.0);
    assert_eq!(number(20), 2000);
}
