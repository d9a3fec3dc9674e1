//! `migrate`: from the settings of the old plugin to a configuration that `check` accepts.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::service::Program;

const EXPORT: &str = "INSERT INTO `ofProperty` VALUES ('plugin.jitsiprovisioning.enabled','true',0,NULL),\
                      ('plugin.jitsiprovisioning.secret','big-secret',0,NULL),\
                      ('plugin.jitsiprovisioning.allowedIPs','10.0.0.1,pc7',0,NULL);\n";

#[tokio::test]
async fn the_configuration_goes_to_standard_output_and_the_rest_to_standard_error() {
    let ended = Program::new(&["migrate", "old-plugin", "dump.sql"]).file("dump.sql", EXPORT).run().await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(ended.stdout.contains("\nsecret = \"big-secret\"\n"), "{ended:?}");
    assert!(ended.stdout.contains("\nallowed_networks = [\"10.0.0.1\"]\n"), "{ended:?}");
    assert!(ended.stderr.starts_with("WRONG  `pc7` in the list of addresses was left out: "), "{ended:?}");
    for what in ["set `http.listen` and `http.tls`", "delete the plugin `jitsiprovisioning`", "1 error, "] {
        assert!(ended.stderr.contains(what), "{what}: {ended:?}");
    }
    assert!(!ended.stderr.contains("big-secret"), "{ended:?}");
}

#[tokio::test]
async fn the_secret_gets_a_file_of_its_own_that_others_cannot_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("http.secret");
    let words = ["migrate", "old-plugin", "-", "--secret-file", file.to_str().unwrap()];
    let ended = Program::new(&words).stdin(EXPORT).run().await;
    assert_eq!(ended.code(), 1, "{ended:?}");
    assert!(!ended.stdout.contains("big-secret"), "{ended:?}");
    assert!(ended.stdout.contains("\nsecret_file = \"/") && ended.stdout.contains("/http.secret\"\n"), "{ended:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "big-secret\n");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    // A file that is there already stays as it is.
    let ended = Program::new(&words).stdin(&EXPORT.replace("big-secret", "other")).run().await;
    assert_eq!((ended.code(), ended.stdout.as_str()), (2, ""), "{ended:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "big-secret\n");
}

#[tokio::test]
async fn nothing_is_printed_when_nothing_can_be_taken_over() {
    for (export, why) in [
        (EXPORT.replace("'big-secret',0", "'c2VjcmV0',1"), "is encrypted in line 1"),
        ("nothing".to_owned(), "does not mention"),
    ] {
        let ended = Program::new(&["migrate", "old-plugin", "dump.sql"]).file("dump.sql", &export).run().await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (2, ""), "{ended:?}");
        assert!(ended.stderr.contains(why), "{ended:?}");
    }
    let ended = Program::new(&["migrate", "old-plugin", "missing.sql"]).run().await;
    assert!(ended.code() == 2 && ended.stderr.contains("missing.sql cannot be read"), "{ended:?}");
}
