//! The pages of templates and of site data.

use std::net::SocketAddr;
use std::path::Path;

use test_servers::openfire::{Openfire, component_name};

use crate::support::app::config_text;
use crate::support::page_text::{page_text, says};
use crate::support::pages::ADMINISTRATOR;
use crate::support::service::{Program, Service};
use crate::support::visitor::{Visitor, pages};

/// A service with pages, which reloads soon; further files lie beside its configuration.
async fn start(more: &str, files: &[(&str, &str)]) -> (Service, SocketAddr) {
    let pages = pages(Path::new("/nonexistent"), "");
    let more = format!("[http]\nlisten = \"127.0.0.1:0\"\n{pages}[reload]\ndebounce = \"200ms\"\n{more}");
    let text = config_text(Openfire::shared().await, &component_name(), &more);
    let program = Program::new(&["serve"]).file("config.toml", &text);
    let mut service = files.iter().fold(program, |program, (name, text)| program.file(name, text)).start();
    let address = service.ready().await;
    (service, address)
}

async fn signed_in(address: SocketAddr) -> Visitor {
    Visitor::signed_in(address, ADMINISTRATOR.0, ADMINISTRATOR.1).await
}

fn file(name: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("file", name).finish();
    format!("/admin/templates?{query}")
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_are_listed_with_their_rules_and_shown_with_findings_and_without_secrets() {
    let rules = "[template]\nfile = \"own.properties\"\n[[template.rule]]\nname = \"<b>staff</b>\"\nfile = \"staff.properties\"\n\
        users = \"a*\"\n[[template.rule]]\nname = \"never\"\nfile = \"own.properties\"\nusers = \"anna\"\n";
    let own =
        "# <script>alert(1)</script>\nsite.user={{ user.name }}\na.PASSWORD=in-template-s3cret\n# in-template-s3cret\n";
    let staff = "{% include 'own.properties' %}\nb=1\n";
    let (service, address) = start(rules, &[("own.properties", own), ("staff.properties", staff)]).await;
    let mut visitor = signed_in(address).await;
    let list = visitor.get("/admin/templates").await;
    says(
        &list,
        &[
            "In force since",
            "<b>staff</b>",
            "users: a*",
            "the earlier rule <b>staff</b> matches all its users",
            "Part of",
        ],
    );
    let page = visitor.get(&file("own.properties")).await;
    says(&page, &["site.user={{ user.name }}", "a.PASSWORD=[hidden]", "unknown-key", "# <script>alert(1)</script>"]);
    assert!(page.text().contains("<span class=\"key\">site.user</span>"), "{page}");
    for page in [&list, &page] {
        assert!(!page.text().contains("<script>alert") && !page.text().contains("<b>staff"), "{page}");
        assert!(!page.text().contains("s3cret"), "{page}");
    }
    for wrong in ["/etc/passwd", "../config.toml", "config.toml", "<script>"] {
        let page = visitor.get(&file(wrong)).await;
        assert!(page.status == 404 && !page.text().contains("<script>"), "{page}");
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_reload_is_shown_with_its_line_until_it_is_corrected() {
    let template = "[template]\nfile = \"own.properties\"\n";
    let (mut service, address) = start(template, &[("own.properties", "site.version=1\n")]).await;
    let mut visitor = signed_in(address).await;
    assert!(!page_text(&visitor.get("/admin/templates").await).contains("failed"));
    service.replace("own.properties", "a=1\nb={{ user.nmae }}\n");
    service.line(&["WARN", "not reloaded"]).await;
    for path in ["/admin/templates", "/admin/data", &file("own.properties")] {
        let page = visitor.get(path).await;
        says(&page, &["could not be loaded", "Failing since", "own.properties:2: ", "nmae"]);
    }
    let page = visitor.get(&file("own.properties")).await;
    says(&page, &["The file has changed since.", "site.version=1"]);
    service.replace("own.properties", "site.version=2\n");
    service.line(&["INFO", "reloaded in "]).await;
    let page = visitor.get(&file("own.properties")).await;
    says(&page, &["site.version=2", "The last failed reload was on", "own.properties:2: "]);
    let text = page_text(&page);
    assert!(!text.contains("could not be loaded") && !text.contains("has changed since"), "{text}");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_of_data_are_shown_by_names_and_counts_and_never_by_values() {
    let data = "[[data]]\nname = \"phones\"\nfile = \"phones.csv\"\n\
        [[data]]\nname = \"crm\"\ncommand = [\"sh\", \"-c\", \"cat crm.json\", \"of-command-s3cret\"]\nevery = \"5s\"\ntimeout = \"5s\"\n\
        [[data]]\nname = \"hr\"\nurl = \"http://127.0.0.1:1/hr?token=of-url-s3cret\"\n";
    let csv = "user,extension,sip_password\nanna.berger,4711-value,of-data-s3cret\nbo,4712-value,of-data-s3cret\n";
    let json = "{\"default\": {\"desk\": \"desk-value\"}, \"users\": {\"bo\": {\"pins\": [\"1-value\"]}}}";
    let (mut service, address) = start(data, &[("phones.csv", csv), ("crm.json", json)]).await;
    service.line(&["WARN", "data `hr`"]).await;
    service.line(&["INFO", "reloaded in ", "data crm"]).await;
    let mut visitor = signed_in(address).await;
    let page = visitor.get("/admin/data").await;
    says(
        &page,
        &[
            "phones read File",
            "crm read Command",
            "1 user, 0 groups, 0 roster groups, values for everyone",
            "pins list",
            "2 users, 0 groups, 0 roster groups",
            "sip_password secret",
            "hr cannot be read",
            "never. Until it is",
            "127.0.0.1:1/hr",
            "Next read when the file changes",
        ],
    );
    for value in ["-value", "s3cret", "?token"] {
        assert!(!page.text().contains(value), "{value}: {page}");
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_without_templates_and_data_of_its_own_has_pages_all_the_same() {
    let (service, address) = start("", &[]).await;
    let mut visitor = signed_in(address).await;
    says(&visitor.get("/admin/templates").await, &["built in", "Default template everyone"]);
    says(&visitor.get(&file("built in")).await, &["Source in force", "ACCOUNT_UID"]);
    says(&visitor.get("/admin/data").await, &["There are no sources of site data."]);
    service.stop().await;
}
