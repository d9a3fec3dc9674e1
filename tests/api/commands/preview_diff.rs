//! `preview --diff` as a process, on a real Openfire.

use test_servers::openfire::{Openfire, component_name};

use crate::support::app::config_text;
use crate::support::service::{Ended, Program};

/// What `preview anna.berger` says with a template, or the one built in, and these arguments beside an earlier reply.
async fn preview(more: &[&str], template: Option<&str>, earlier: &str) -> Ended {
    let file = if template.is_some() { "[template]\nfile = \"own.properties\"\n" } else { "" };
    let text = config_text(Openfire::shared().await, &component_name(), file);
    let arguments = [&["preview", "anna.berger"], more].concat();
    let program = Program::new(&arguments).file("config.toml", &text).file("earlier.properties", earlier);
    template.into_iter().fold(program, |program, template| program.file("own.properties", template)).run().await
}

const DIFF: [&str; 2] = ["--diff", "earlier.properties"];

#[tokio::test(flavor = "multi_thread")]
async fn the_same_template_changes_nothing() {
    let reply = preview(&[], None, "").await.stdout;
    let ended = preview(&DIFF, None, &reply).await;
    insta::assert_snapshot!(ended.shown(&[]), @"
    ? net.java.sip.communicator.impl.protocol.jabber.accOpenfireXmpp.ENCRYPTED_PASSWORD: not compared, since its value is hidden in one of the two replies or in both
    = 12 keys are set to the values that they already have
    exit code 0
    ");
}

/// Both replies have a mark in its place.
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_of_the_site_data_is_compared_and_not_shown() {
    let data = "[template]\nfile = \"own.properties\"\n[[data]]\nname = \"phones\"\nfile = \"phones.csv\"\n";
    let text = config_text(Openfire::shared().await, &component_name(), data);
    let preview = |arguments: &[&str], secret: &str, earlier: &str| {
        Program::new(arguments)
            .file("config.toml", &text)
            .file(
                "own.properties",
                "# lint: allow-file unknown-key -- made up\na=1\nb.PASSWORD={{ extra.sip_password }}\n",
            )
            .file("phones.csv", &format!("username,sip_password\nanna.berger,{secret}\n"))
            .file("earlier.properties", earlier)
            .run()
    };
    let earlier = preview(&["preview", "anna.berger"], "s3cret", "").await.stdout;
    let ended = preview(&[&["preview", "anna.berger"][..], &DIFF].concat(), "an0ther", &earlier).await;
    insta::assert_snapshot!(ended.stdout, @"
    ~ b.ENCRYPTED_PASSWORD: changed (hidden)
    = 1 key is set to the value that it already has
    ");
    let ended = preview(&[&["preview", "anna.berger"][..], &DIFF].concat(), "s3cret", &earlier).await;
    assert_eq!(ended.stdout, "= 2 keys are set to the values that they already have");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_shows_what_the_client_would_do_without_passwords() {
    let earlier =
        "name=A. Berger\njabber.acchq.PASSWORD=hunter2\njabber.acchq.SIP_PASSWORD=s3cret\nold=1\nforgotten=1\n";
    let template = "name={{ user.display_name }}\njabber.acchq.PASSWORD={{ password }}\n\
        jabber.acchq.SIP_PASSWORD=an0ther\nold=${null}\nnew={{ user.jid }}\n";
    let ended = preview(&DIFF, Some(template), earlier).await;
    for secret in ["hunter2", "s3cret", "an0ther"] {
        assert!(!format!("{ended:?}").contains(secret), "{ended:?}");
    }
    insta::assert_snapshot!(ended.shown(&[]), @"
    ~ name: A. Berger -> Dr. Anna Berger
    ? jabber.acchq.ENCRYPTED_PASSWORD: not compared, since its value is hidden in one of the two replies or in both
    ~ jabber.acchq.SIP_PASSWORD: changed (hidden)
    - old  (removed by line 4: old=${null})
    + new = anna.berger@example.test
    = no longer in the reply, but kept by the client (`KEY=${null}` removes a key and all keys that begin with it):
        forgotten
    own.properties:1: note: unknown-key: neither Jitsi 2.10 nor Jitsi master of April 2025 reads this key; a client stores it and does nothing with it
      1 | name={{ user.display_name }}
        | ^^^^
    own.properties:2: note: unknown-key: neither Jitsi 2.10 nor Jitsi master of April 2025 reads this key; a client stores it and does nothing with it
      2 | jabber.acchq.PASSWORD={{ password }}
        | ^^^^^^^^^^^^^^^^^^^^^
    own.properties:3: warning: password-in-clear: the client encrypts a value and keeps it out of its log only under a key that ends in `.PASSWORD`, in upper case and with the dot; write a key that ends in `.PASSWORD`
      3 | jabber.acchq.SIP_PASSWORD=[hidden]
        | ^^^^^^^^^^^^^^^^^^^^^^^^^
    own.properties:5: note: unknown-key: neither Jitsi 2.10 nor Jitsi master of April 2025 reads this key; a client stores it and does nothing with it
      5 | new={{ user.jid }}
        | ^^^
    exit code 0
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_no_client_would_get_is_a_finding() {
    let ended = preview(&DIFF, Some("net.java.sip.communicator.UUID=${null}\n{{ user.name }}=1\n"), "").await;
    insta::assert_snapshot!(ended.shown(&[]), @"
    - net.java.sip.communicator.UUID  (removed by line 1: net.java.sip.communicator.UUID=${null}); the client's own: its UUID, so it generates another
    + anna.berger = 1
    note: the template uses no data about users, so nothing was looked up
    own.properties:1: error: null-wipes-provisioning: this removes where and how the client asks for its settings, so it does not ask at its next start; remove the line, or write a longer key
      1 | net.java.sip.communicator.UUID=${null}
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    own.properties:2: note: unknown-key: neither Jitsi 2.10 nor Jitsi master of April 2025 reads this key; a client stores it and does nothing with it
      2 | {{ user.name }}=1
        | ^^^^^^^^^^^^^^^^^
    exit code 1
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_is_reported_before_anything_is_asked() {
    for (file, earlier, why) in [
        ("none.properties", "", "none.properties: cannot read the reply: No such file"),
        (".", "", ".: cannot read the reply: Is a directory"),
        (
            "earlier.properties",
            "UnauthorizedException: No.\n",
            "earlier.properties:1: begins with `UnauthorizedException`",
        ),
        ("earlier.properties", "a=1\nb=\\u00g0\n", "earlier.properties:2: `\\u` without four hexadecimal digits"),
        ("earlier.properties", &"#".repeat(4 * 1024 * 1024 + 1), "earlier.properties: larger than 4194304 bytes"),
    ] {
        let ended = preview(&["--diff", file], None, earlier).await;
        assert_eq!((ended.code(), ended.stdout.as_str()), (2, ""), "{ended:?}");
        assert!(ended.stderr.starts_with(&format!("openfire-provisioner: {why}")), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_compared_with_a_warning() {
    let ended = preview(&DIFF, None, "name={{ user.name }}\n").await;
    assert_eq!(ended.code(), 0, "{ended:?}");
    assert!(ended.stderr.starts_with("earlier.properties:1: warning: `{{` belongs in templates"), "{ended:?}");
}
