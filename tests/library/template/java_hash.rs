//! The JDK hashes a name to the number that a template writes.

use std::cell::RefCell;

use jitsi_properties::{escaped, parse};
use openfire_provisioner::model::account::ExtraNames;
use openfire_provisioner::model::config;
use openfire_provisioner::template::{ProvisionContext, Sample, Templates};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use test_servers::jdk::Jdk;

#[test]
fn the_jdk_hashes_a_directorys_name_to_the_same_number() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ldap.properties");
    std::fs::write(&file, "hash={{ vcard.title | java_hash }}").unwrap();
    let settings = config::Template { file: Some(file), ..Default::default() };
    let templates = Templates::load(&settings, &ExtraNames::default(), escaped).unwrap();
    let template = templates.all().last().unwrap().template;
    let samples = Sample::all(&ExtraNames::default());
    let context = samples[0].context();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let jdk = RefCell::new(runtime.block_on(Jdk::start()));
    // `polygenelubricants` hashes to the one number that has no positive counterpart. U+0001 is in no vCard.
    let names = prop_oneof![
        Just("polygenelubricants".to_owned()),
        "[^\u{1}]{0,40}",
        "[ \t\u{0}\u{2}]*[a-zäöü]{0,9}[ \r\n\u{a0}]*"
    ];
    TestRunner::new(ProptestConfig::with_cases(1024))
        .run(&names, |name| {
            let mut entry = context.entry.clone();
            entry.profile.title.clone_from(&name);
            let text = template.render(&ProvisionContext { entry: &entry, ..context }).unwrap();
            let document = parse(&text).unwrap();
            let hash = document.entries().next().unwrap().value().to_owned();
            prop_assert_eq!(hash, runtime.block_on(jdk.borrow_mut().directory_hash(&name)), "{:?}", name);
            Ok(())
        })
        .unwrap();
}
