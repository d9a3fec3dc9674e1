//! Settings of the old plugin in a real Openfire, as its own database keeps them.

use std::path::Path;
use std::time::Duration;

use openfire_provisioner::migration::Migration;
use secrecy::ExposeSecret as _;
use test_servers::openfire::{Openfire, OpenfireOptions};

const SECRET: &str = "plugin.jitsiprovisioning.secret";

fn migrated(export: &str) -> Migrated {
    let migration = Migration::from_old_plugin(export, None).map_err(|why| why.to_string())?;
    let secret = migration.secret.map(|secret| secret.expose_secret().to_owned()).unwrap_or_default();
    Ok((secret, migration.configuration.expose_secret().to_owned()))
}

/// The files of an embedded database, the older one first.
fn export(folder: &Path) -> String {
    let read = |name: &str| std::fs::read_to_string(folder.join("embedded-db").join(name)).unwrap_or_default();
    [read("openfire.script"), read("openfire.log")].concat()
}

type Migrated = Result<(String, String), String>;

/// What the files of the database give, once it is as wanted.
async fn until(folder: &Path, is_wanted: impl Fn(&Migrated) -> bool) -> Migrated {
    let look = async {
        loop {
            let migrated = migrated(&export(folder));
            if is_wanted(&migrated) {
                return migrated;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), look).await.expect("the database writes its log")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_an_embedded_database_are_an_export() {
    let options = OpenfireOptions::default()
        .property("plugin.jitsiprovisioning.enabled", "true")
        .property(SECRET, "first")
        .property("plugin.jitsiprovisioning.allowedIPs", "10.0.0.1,10.1.2.*");
    let server = Openfire::start(options).await;
    let folder = server.ca_file().parent().unwrap().to_owned();
    // As the plugin's page sets it: through Openfire's own classes.
    let changed = "it's \u{fc}ber\u{20ac}";
    server.control(&["property", SECRET, changed]).await;
    // The database writes its log within a second.
    let (_, configuration) =
        until(&folder, |migrated| migrated.as_ref().is_ok_and(|(secret, _)| secret == changed)).await.unwrap();
    assert!(configuration.contains("allowed_networks = [\"10.0.0.1\", \"10.1.2.0/24\"]"), "{configuration}");
    assert!(configuration.contains("domain = \"example.test\""), "{configuration}");

    let stopped = server.stop().await;
    assert_eq!(migrated(&export(&folder)).unwrap().0, changed);

    // What the console's lock does to a property: the value becomes unreadable to all but Openfire.
    let server = stopped.start().await;
    server.control(&["sql", &format!("UPDATE ofProperty SET encrypted=1 WHERE name='{SECRET}'")]).await;
    let refusal = until(&folder, Result::is_err).await.unwrap_err();
    assert!(refusal.contains("is encrypted"), "{refusal}");
}
