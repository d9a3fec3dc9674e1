//! The page of previews, on a real Openfire 4.2.0.

use std::path::Path;

use test_servers::openfire::{COMPONENT_SECRET, Openfire, component_name};

use crate::support::app::{TestApp, config_text};
use crate::support::http_client::Answer;
use crate::support::page_text::says;
use crate::support::pages::ADMINISTRATOR;
use crate::support::visitor::{Visitor, pages};

/// A service with pages and this template, and an administrator who has signed in.
async fn site(template: &str, more: &str) -> (TestApp, Visitor) {
    let app = TestApp::with_text(&config(more).await, Some(template)).await;
    let visitor = signed_in(&app).await;
    (app, visitor)
}

async fn config(more: &str) -> String {
    let pages = pages(Path::new("/nonexistent"), "viewers = [\"cardless\"]");
    let template = if more.contains("[template]") { "" } else { "[template]\nfile = \"provision.properties\"\n" };
    let http = "[http]\nlisten = \"127.0.0.1:0\"\nsecret = \"of-http-s3cret\"\n";
    config_text(Openfire::shared().await, &component_name(), &format!("{http}{pages}{template}{more}"))
}

async fn signed_in(app: &TestApp) -> Visitor {
    Visitor::signed_in(app.address(), ADMINISTRATOR.0, ADMINISTRATOR.1).await
}

/// What the page says of a pasted reply.
async fn compared(visitor: &mut Visitor, user: &str, pasted: &str) -> Answer {
    let page = visitor.get(&query(&[("user", user)])).await;
    let form = page.text().split("<form ").find(|form| form.starts_with("method=\"post\" action=\"/admin/preview\""));
    let token = form.and_then(|form| form.split("name=\"csrf\" value=\"").nth(1)?.split('"').next());
    let token = token.unwrap_or_else(|| panic!("no form: {page}")).to_owned();
    visitor.post("/admin/preview", &[("user", user), ("pasted", pasted)], &token).await
}

fn query(fields: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    format!("/admin/preview?{query}")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_has_its_meaning_its_line_and_its_findings() {
    let template = "# the first line\nnet.java.sip.communicator.impl.gui.main.configforms.SHOW_OPTIONS_WINDOW=false\n\
        a.PASSWORD={{ password }}\n{% if user.name %}\nsite.name={{ vcard.full_name }}\n{% endif %}\n";
    let (_app, mut visitor) = site(template, "").await;
    let empty = visitor.get("/admin/preview").await;
    says(&empty, &["Enter a user to see what their client would get."]);
    assert!(!empty.text().contains("name=\"pasted\""), "{empty}");
    let page = visitor.get(&query(&[("user", "Anna.Berger@example.test")])).await;
    assert_eq!(page.status, 200, "{page}");
    says(
        &page,
        &[
            "How the reply for anna.berger is made",
            "Chosen by no rule; it is the default template",
            "Requested from Openfire the vCard",
            "Offers the options at all. Default: true",
            "from the second start",
            "a.PASSWORD",
            "********",
            "unknown-key",
            "Dr. Anna Berger",
        ],
    );
    assert!(page.text().contains("#line-5\" title="), "the line of the file that made it: {page}");
    assert!(page.text().contains("href=\"/admin/rules#unknown-key\""), "{page}");
    let rules = visitor.get("/admin/rules").await;
    assert!(rules.text().contains("id=\"unknown-key\""), "{rules}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_typed_or_known_becomes_a_part_of_the_page() {
    let template = "site.name={{ vcard.full_name }}\nsite.title={{ vcard.title }}\nsite.url={{ vcard.url }}\n\
        site.os={{ request.fields.os | default('') }}\n";
    let (_app, mut visitor) = site(template, "").await;
    let script = "\"><script>alert(1)</script>";
    let page = visitor.get(&query(&[("user", "hostile")])).await;
    says(&page, &["<script>alert('x')</script>", "javascript:alert(document.cookie)"]);
    assert!(!page.text().contains("<script>alert") && !page.text().contains("href=\"javascript"), "{page}");
    for fields in [
        vec![("user", "hostile"), ("agent", script), ("os", script)],
        vec![("user", script)],
        vec![("user", "hostile"), ("address", script)],
        vec![("user", "hostile"), ("fields", script)],
        vec![("user", "hostile"), ("other-os", script), ("other-fields", "a=<img src=x onerror=alert(1)>")],
    ] {
        let page = visitor.get(&query(&fields)).await;
        let html = page.text();
        assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{page}");
        assert!(matches!(page.status, 200 | 422), "{page}");
    }
    says(
        &visitor.get(&query(&[("user", "hostile"), ("address", "10.0.0")])).await,
        &["No client could send this.", "not an IP address"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_on_the_page() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("phones.csv");
    std::fs::write(&file, "user,extension,sip_password\nanna.berger,4711,of-data-s3cret\n").unwrap();
    let more = format!("[[data]]\nname = \"phones\"\nfile = \"{}\"\n", file.display());
    let template = "a.PASSWORD={{ extra.sip_password }}\nb.NOTE=x {{ extra.sip_password }} y\nc.PASSWORD={{ password }}\n\
        d.pin=in-template-s3cret\ne={{ request.fields.token | default('') }}\n";
    let (_app, mut visitor) = site(template, &more).await;
    let fields = [("user", "anna.berger"), ("fields", "password=x\nsecret=of-http-s3cret")];
    let page = visitor.get(&query(&fields[..1])).await;
    says(&page, &["*** hidden", "b.NOTE"]);
    let pasted = "a.PASSWORD=of-paste-s3cret\nb.NOTE=of-paste-s3cret\nurl=https://me:of-paste-s3cret@host/\n";
    let compared = compared(&mut visitor, "anna.berger", pasted).await;
    says(&compared, &["What would change", "The values are hidden."]);
    for page in [&page, &compared] {
        for secret in ["s3cret", COMPONENT_SECRET, "sunflower-42", ADMINISTRATOR.1] {
            assert!(!page.text().contains(secret), "{secret}: {page}");
        }
    }
    // What the form shows again can be sent again.
    assert!(compared.text().contains("b.NOTE=***"), "{compared}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_reply_is_compared_whatever_it_holds() {
    let (_app, mut visitor) = site("new=1\nsame=1\nname={{ user.name }}\n", "").await;
    let pasted = "same=1\r\nname=<script>alert(1)</script>\r\n<b>gone</b>=1\r\nover=\\u202e\\u001b[31m\r\n";
    let page = compared(&mut visitor, "anna.berger", pasted).await;
    assert_eq!(page.status, 200, "{page}");
    says(
        &page,
        &[
            "added new 1",
            "changed name <script>alert(1)</script> → anna.berger",
            "1 key is set to the value that it already has.",
            "No longer in the reply, but kept by the client.",
        ],
    );
    assert!(!page.text().contains("<script>alert") && !page.text().contains("<b>gone"), "{page}");
    assert!(!page.text().contains('\u{202e}'), "{page}");
    for (pasted, words) in [
        ("TemplateException: x", "begins with TemplateException"),
        ("a=1\nb=\\u12", "line 2 of the pasted text"),
        ("a=\0", "NUL"),
    ] {
        let refused = compared(&mut visitor, "anna.berger", pasted).await;
        assert_eq!(refused.status, 422, "{refused}");
        says(&refused, &["The pasted text is not a reply.", words]);
    }
    let doubted = compared(&mut visitor, "anna.berger", "a={{ x }}\n").await;
    says(&doubted, &["Line 1: {{ belongs in templates, not in replies."]);
    let large = "#".repeat(257 * 1024);
    let refused = compared(&mut visitor, "anna.berger", &large).await;
    assert_eq!(refused.status, 413, "{refused}");
    says(&refused, &["larger than 256 KiB"]);
    let larger = "#".repeat(1100 * 1024);
    let refused = compared(&mut visitor, "anna.berger", &larger).await;
    assert_eq!(refused.status, 413, "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_a_session_or_a_token_compares_nothing_and_keeps_no_pasted_secret() {
    let (app, mut visitor) = site("new=1\n", "").await;
    let fields = [("user", "anna.berger"), ("pasted", "a.PASSWORD=of-paste-s3cret")];
    let forged = visitor.post("/admin/preview", &fields, "forged").await;
    assert!(forged.status == 403 && !forged.text().contains("s3cret"), "{forged}");
    let asked = Visitor::new(app.address()).post("/admin/preview", &fields, "").await;
    assert!(asked.text().contains("anna.berger") && !asked.text().contains("s3cret"), "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_explained_and_another_client_is_compared() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("new", "site.new=1\nsite.client=new\n"), ("old", "site.client=old\n")] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let rule = |name: &str, file: &str, condition: &str| {
        let file = folder.path().join(file);
        format!("[[template.rule]]\nname = \"{name}\"\nfile = \"{}\"\n{condition}\n", file.display())
    };
    let file = folder.path().join("old");
    let rules =
        [rule("linux machines", "new", "os = \"linux\""), rule("new clients", "new", "client_version = \">=2.11\"")];
    let more = format!("[template]\nfile = \"{}\"\n{}", file.display(), rules.concat());
    let (_app, mut visitor) = site("", &more).await;
    let asked = [("user", "anna.berger"), ("agent", "Jitsi/2.11.5633"), ("other-agent", "Jitsi/2.10.5550")];
    let page = visitor.get(&query(&asked)).await;
    says(
        &page,
        &[
            "Chosen by new clients",
            "linux machines: os does not match",
            "On a client that has applied the reply for the other client, made from the template",
            "added site.new 1",
            "changed site.client old → new",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_login_shows_is_explained() {
    let template = "site.name={{ user.display_name }}\nsite.contacts={{ roster | length }}\n";
    let (_app, mut visitor) = site(template, "").await;
    let unknown = visitor.get(&query(&[("user", "nobody.at.all")])).await;
    says(&unknown, &["Nothing was found about nobody.at.all. Perhaps there is no such account"]);
    let known = visitor.get(&query(&[("user", "anna.berger")])).await;
    says(&known, &["Missing the roster: This Openfire gives it only to the user’s own login"]);
    says(&visitor.get(&query(&[("user", "a\u{1}b")])).await, &["No account can have this name."]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t");
    std::fs::write(&file, "a=1\n").unwrap();
    let file = file.display();
    let rule = format!(
        "[template]\nfile = \"{file}\"\n[[template.rule]]\nname = \"r\"\nfile = \"{file}\"\nroster_groups = \"x\"\n"
    );
    let (_app, mut visitor) = site("", &rule).await;
    says(
        &visitor.get(&query(&[("user", "anna.berger")])).await,
        &["A client would get no reply now", "the rule \"r\""],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_component_it_shows_what_a_client_would_get_and_why_data_are_missing() {
    let text = config("").await;
    let app = TestApp::unready(&text.replace(COMPONENT_SECRET, "wrong"), Some("site.name={{ vcard.full_name }}\n"));
    let mut visitor = signed_in(&app).await;
    let page = visitor.get(&query(&[("user", "anna.berger")])).await;
    assert_eq!(page.status, 200, "{page}");
    says(&page, &["The component is not connected", "site.name"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_may_compare_too() {
    let app = TestApp::with_text(&config("").await, Some("a=1\n")).await;
    let mut visitor = Visitor::signed_in(app.address(), "cardless", "no-card-here").await;
    says(&compared(&mut visitor, "anna.berger", "a=2").await, &["changed a 2 → 1"]);
}
