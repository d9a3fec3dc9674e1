//! On files in a folder, without a service.

use std::fs;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::model::config;
use crate::policy::load_templates;
use crate::site_data::SiteData;
use crate::template::PieceKind;

const BASE: &str = "# the base\nnet.java.sip.communicator.UUIDD={{ user.name }}\n{% block more %}{% endblock %}\n";

/// A folder with a default template, one of a rule that extends it, and a listing of both.
struct Site {
    folder: TempDir,
    listing: Listing,
    policy: watch::Sender<Arc<Policy>>,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("base"), BASE).unwrap();
        let staff = "{% extends 'base' %}\n{% block more %}\na.PASSWORD=hunter2\n# not hunter2\n{% endblock %}\n";
        fs::write(folder.path().join("staff"), staff).unwrap();
        let policy = watch::Sender::new(Arc::new(policy(&folder)));
        let listing = Listing::new(policy.subscribe(), watch::Sender::new(PolicyState::loaded_now()).subscribe());
        Self { folder, listing, policy }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    async fn file(&self, name: &str) -> ShownFile {
        self.listing.file(&self.path(name), soon()).await.unwrap()
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

fn policy(folder: &TempDir) -> Policy {
    let rule = |name: &str, more: &str| {
        let text = format!("name = \"{name}\"\nfile = \"\"\n{more}");
        let rule: Rule = toml::from_str(&text).unwrap();
        Rule { file: folder.path().join("staff"), ..rule }
    };
    let settings = config::Template {
        file: Some(folder.path().join("base")),
        folder: None,
        rule: vec![
            rule("staff", "users = [\"a*\", \"b?\"]\nnetworks = \"10.0.0.0/8\"\nfields = { arch = \"arm\" }"),
            rule("never", "users = \"anna\"\nnetworks = \"10.1.0.0/16\"\nfields = { arch = \"arm\" }"),
        ],
    };
    let data = SiteData::default();
    Policy::new(load_templates(&settings, data.names()).unwrap(), Arc::new(data))
}

#[tokio::test]
async fn every_file_has_its_rules_its_users_and_its_findings() {
    let site = Site::new();
    let list = site.listing.templates(soon()).await;
    assert!(list.is_reviewed);
    assert_eq!(list.default, site.path("base"));
    let rules: Vec<_> = list.rules.iter().map(|rule| (rule.name.as_str(), rule.shadowed_by.as_deref())).collect();
    assert_eq!(rules, [("staff", None), ("never", Some("staff"))]);
    let conditions = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(setting, value)| ((*setting).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
    };
    let expected = conditions(&[("users", "a*, b?"), ("networks", "10.0.0.0/8"), ("fields.arch", "arm")]);
    assert_eq!(list.rules[0].conditions, expected);
    let base = list.files.iter().find(|file| file.name == site.path("base")).unwrap();
    assert_eq!((base.lines, base.is_default, base.rules.len()), (3, true, 0));
    assert_eq!(base.part_of, [site.path("staff")]);
    // It is part of two templates, and its misspelt key is counted once.
    assert_eq!(base.errors + base.warnings + base.notes, 1, "{base:?}");
    let staff = list.files.iter().find(|file| file.name == site.path("staff")).unwrap();
    assert_eq!((staff.is_default, staff.rules.as_slice()), (false, &["staff".to_owned(), "never".to_owned()][..]));
}

#[tokio::test]
async fn a_file_is_shown_in_pieces_without_its_secrets() {
    let site = Site::new();
    let file = site.file("staff").await;
    assert!(!format!("{file:?}").contains("hunter2"));
    let secret = &file.lines[2];
    assert_eq!(secret.pieces, [(PieceKind::Key, "a.PASSWORD".to_owned()), (PieceKind::Plain, "=".to_owned())]);
    assert_eq!(secret.hidden, "[hidden]");
    assert_eq!((file.lines[3].pieces[0].1.as_str(), file.lines[3].hidden.as_str()), ("# not ", "[hidden]"));
    let base = site.file("base").await;
    let text: Vec<String> =
        base.lines.iter().map(|line| line.pieces.iter().map(|(_, text)| text.as_str()).collect()).collect();
    assert_eq!(text.join("\n") + "\n", BASE);
    assert_eq!(base.lines[1].findings.len(), 1);
    assert!(site.listing.file("/etc/passwd", soon()).await.is_none(), "only files in force are shown");
}

#[tokio::test]
async fn a_file_is_compared_with_the_disk() {
    let site = Site::new();
    assert_eq!(site.file("base").await.on_disk, OnDisk::Same);
    fs::write(site.folder.path().join("base"), format!("{BASE}x=1\n")).unwrap();
    assert_eq!(site.file("base").await.on_disk, OnDisk::Other);
    fs::write(site.folder.path().join("base"), "x").unwrap();
    assert_eq!(site.file("base").await.on_disk, OnDisk::Other);
    fs::remove_file(site.folder.path().join("base")).unwrap();
    assert_eq!(site.file("base").await.on_disk, OnDisk::Unreadable);
}

#[tokio::test]
async fn a_review_is_made_once_for_each_policy_and_keeps_none_alive() {
    let site = Site::new();
    let before = Arc::downgrade(&site.policy.borrow());
    let first = site.listing.reviews.of(&site.listing.policy(), soon()).await.unwrap();
    let again = site.listing.reviews.of(&site.listing.policy(), Instant::now()).await.unwrap();
    assert!(Arc::ptr_eq(&first, &again));
    site.policy.send_replace(Arc::new(policy(&site.folder)));
    assert!(before.upgrade().is_none());
    let other = site.listing.reviews.of(&site.listing.policy(), soon()).await.unwrap();
    assert!(!Arc::ptr_eq(&first, &other));
}
