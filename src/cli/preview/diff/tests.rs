use super::super::super::reply::MAX_BYTES;
use super::*;
use crate::provision::marks::hash;

/// What is printed when the earlier reply is `earlier`, byte for byte, and the new one `new`.
fn printed(earlier: &[u8], new: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("earlier.properties");
    std::fs::write(&file, earlier).unwrap();
    Saved::read(&file).unwrap().diff(new.as_bytes(), Hiding::new(hash("component", "anna"))).unwrap()
}

/// Why a file is refused, without its folder.
fn refused(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("earlier.properties");
    std::fs::write(&file, bytes).unwrap();
    why(&file).replace(&folder.path().display().to_string(), "FOLDER")
}

fn why(file: &Path) -> String {
    let Err(error) = Saved::read(file) else { panic!("{} is taken", file.display()) };
    crate::model::causes::with_causes(&*error)
}

#[test]
fn every_kind_of_change_has_its_line() {
    let earlier = "jabber.accOld=accOld\njabber.accOld.USER_ID=a\njabber.accOld2=accOld2\nurl=http://a/\n\
        name=Anna\nsip.PASSWORD=s3cret\nxmpp.PASSWORD=hunter2\nsame=1\nforgotten=1\nalso=1\n${system}.proxy=p\n";
    let new = "url=https://a/\nname=O'Hara \"A\"\nnew=\njabber.accOld=${null}\njabber.accNever=${null}\n\
        sip.PASSWORD=other\nxmpp.PASSWORD=********\nsame=1\ntmp.y=1\ntmp=${null}\n${system}.http.agent=J\n\
        provisioning.ALLOW_PREFIX=a\nlocked=true\n";
    insta::assert_snapshot!(printed(earlier.as_bytes(), new), @r#"
    - ${system}.proxy  (no longer set: a Java property lasts for one run of the client)
    ~ url: http://a/ -> https://a/
    ~ name: Anna -> O'Hara "A"
    + new = ""
    - jabber.accOld  (removed by line 4: jabber.accOld=${null})
    - jabber.accOld.USER_ID  (removed by line 4: jabber.accOld=${null})
    - jabber.accOld2  (removed by line 4: jabber.accOld=${null})
    ! line 5: jabber.accNever=${null} removes nothing of the earlier reply, but everything else that the client has stored under keys that begin with it
    ~ sip.ENCRYPTED_PASSWORD: changed (hidden)
    ? xmpp.ENCRYPTED_PASSWORD: not compared, since its value is hidden in one of the two replies or in both
    ! tmp.y: set in line 9, and removed by line 10: tmp=${null}
    + ${system}.http.agent = J
    ! locked: line 13 not applied (ALLOW_PREFIX in line 12 does not cover it)
    = 1 key is set to the value that it already has
    = no longer in the reply, but kept by the client (`KEY=${null}` removes a key and all keys that begin with it):
        also
        forgotten
    "#);
}

/// Each reply alone is sound; together they are not.
#[test]
fn what_the_client_then_holds_is_judged() {
    let account = |id: &str, uid: &str, more: &str| {
        let own = format!("net.java.sip.communicator.impl.protocol.jabber.{id}");
        format!(
            "{own}={id}\n{own}.PROTOCOL_NAME=Jabber\n{own}.ACCOUNT_UID={uid}\n{own}.USER_ID=mira@example.test\n{own}.{more}\n"
        )
    };
    let warnings = |earlier: &str, new: &str| {
        let printed = printed(earlier.as_bytes(), new);
        let warnings: Vec<&str> = printed.lines().skip_while(|line| !line.starts_with('!')).collect();
        warnings.join("\n")
    };
    let old = account("accold", "Jabber:mira", "IS_READ_ONLY=true");
    insta::assert_snapshot!(warnings(&old, &account("accnew", "Jabber:mira", "PASSWORD=s3cret")), @"
    ! no longer in the reply, but kept by the client, where it goes on to lock or hide something; add `KEY=${null}` to the reply to unlock it:
        net.java.sip.communicator.impl.protocol.jabber.accold.IS_READ_ONLY
    ! error: account-uid-twice: with what the client keeps of the earlier reply: accounts `accnew` and `accold` (an earlier reply) have the same `ACCOUNT_UID`, so the client sends the password of one of them to both servers; give each its own; or remove what the earlier reply set there, by its key and `${null}`
    ");
    let with = account("accx", "Jabber:mira", "PASSWORD=s3cret");
    let removed = format!(
        "net.java.sip.communicator.impl.protocol.jabber.accx.ENC=${{null}}\n{}",
        account("accx", "Jabber:mira", "RESOURCE_PRIORITY=1")
    );
    insta::assert_snapshot!(warnings(&with, &removed), @"! net.java.sip.communicator.impl.protocol.jabber.accx: the account loses its password, so the client asks its user for it; set `net.java.sip.communicator.impl.protocol.jabber.accx.PASSWORD` in the reply");
}

#[test]
fn the_documentation_shows_what_is_printed() {
    let document = include_str!("../../../../docs/templates.md");
    let (_, section) = document.split_once("\n## What would change\n").unwrap();
    let (_, block) = section.split_once("```text\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let shown: String = block.split_inclusive('\n').filter(|line| !line.starts_with('$')).collect();
    let lines = |keys: &[&str]| keys.iter().flat_map(|key| [key, "=1\n"]).collect::<String>();
    let (first, second) = (lines(&["a", "b", "c", "d", "e", "f", "g", "h"]), lines(&["i"]));
    let allowed = lines(&["net.a", "net.b", "net.c", "net.d", "net.e"]);
    let sip = "net.java.sip.communicator.impl.protocol.sip.accOld";
    let password = "net.java.sip.communicator.impl.protocol.jabber.accHq.PASSWORD=********\n";
    let earlier = format!("{first}{second}{allowed}site.desk=Berlin\n{password}{sip}={sip}\nsite.printer=1\n");
    let new = format!(
        "site.desk=Hamburg\nsite.floor=3\n{first}{password}{sip}=${{null}}\n{second}\
         provisioning.ALLOW_PREFIX=net\nsite.locked=1\n{allowed}"
    );
    assert_eq!(printed(earlier.as_bytes(), &new), shown);
}

#[test]
fn what_a_client_loses_of_its_own_is_reported() {
    insta::assert_snapshot!(printed(b"net=1\nnet.x=1\n", "provisioning.ENFORCE_PREFIX=net.|impl\n"), @"
    ! line 1: ENFORCE_PREFIX also removes everything else that the client has stored outside its list
    - net  (removed by line 1: ENFORCE_PREFIX does not cover it)
    - net.java.sip.communicator.UUID  (removed by line 1: ENFORCE_PREFIX does not cover net, so everything that begins with it is removed); the client's own: its UUID, so it generates another
    - net.java.sip.communicator.plugin.provisioning.METHOD  (removed by line 1: ENFORCE_PREFIX does not cover net, so everything that begins with it is removed); the client's own: how it asks for settings, so it does not ask at its next start
    - net.java.sip.communicator.plugin.provisioning.URL  (removed by line 1: ENFORCE_PREFIX does not cover net, so everything that begins with it is removed); the client's own: which address it asks for settings
    - net.java.sip.communicator.plugin.provisioning.auth.ENCRYPTED_PASSWORD  (removed by line 1: ENFORCE_PREFIX does not cover net, so everything that begins with it is removed); the client's own: the password of its saved login
    - net.java.sip.communicator.plugin.provisioning.auth.USERNAME  (removed by line 1: ENFORCE_PREFIX does not cover net, so everything that begins with it is removed); the client's own: the user name of its saved login
    - net.x  (removed by line 1: ENFORCE_PREFIX does not cover net, so everything that begins with it is removed)
    ");
    insta::assert_snapshot!(printed(
        b"impl=1\n",
        "impl=1\nprovisioning.ENFORCE_PREFIX=impl|org\n${system}.=x\nimpl.gui=1\nq.PASSWORD=x"
    ), @"
    ! line 2: ENFORCE_PREFIX also removes everything else that the client has stored outside its list
    - net.java.sip.communicator.UUID  (removed by line 2: ENFORCE_PREFIX does not cover it); the client's own: its UUID, so it generates another
    - net.java.sip.communicator.plugin.provisioning.METHOD  (removed by line 2: ENFORCE_PREFIX does not cover it); the client's own: how it asks for settings, so it does not ask at its next start
    - net.java.sip.communicator.plugin.provisioning.URL  (removed by line 2: ENFORCE_PREFIX does not cover it); the client's own: which address it asks for settings
    - net.java.sip.communicator.plugin.provisioning.auth.ENCRYPTED_PASSWORD  (removed by line 2: ENFORCE_PREFIX does not cover it); the client's own: the password of its saved login
    - net.java.sip.communicator.plugin.provisioning.auth.USERNAME  (removed by line 2: ENFORCE_PREFIX does not cover it); the client's own: the user name of its saved login
    ! line 3: `${system}.` without a name: the client stops here, and does not apply what follows:
        impl.gui
        q.PASSWORD
    = 1 key is set to the value that it already has
    ");
    insta::assert_snapshot!(printed(b"net.java.sip.communicator.plugin.provisioning.METHOD=NONE", "a=1"), @"
    ! the earlier reply removed or switched off the client's provisioning method: the client does not ask for this one
    + a = 1
    = no longer in the reply, but kept by the client (`KEY=${null}` removes a key and all keys that begin with it):
        net.java.sip.communicator.plugin.provisioning.METHOD
    ");
}

#[test]
fn values_cannot_play_with_the_screen() {
    let new = format!(
        "a=\\u001b[31mred\\u202e\\n~ b: 1 -> 2\nb=M\\u00fcller \\\\ \\ud83d\\ude00\nc= \\ x \nd={}\n",
        "x".repeat(200)
    );
    insta::assert_snapshot!(printed(b"", &new), @r#"
    + a = \u{1b}[31mred\u{202e}\n~ b: 1 -> 2
    + b = Müller \\ 😀
    + c = " x "
    + d = xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… (200 characters)
    "#);
}

#[test]
fn an_empty_text_is_shown_as_nothing() {
    assert_eq!(printed(b"", "# nothing\n"), "= nothing changes\n");
    assert_eq!(printed(b"a=1", "a=1"), "= 1 key is set to the value that it already has\n");
}

/// As the client reads it: UTF-8 of a foreign service shows as what it is to the client.
#[test]
fn every_byte_of_the_earlier_reply_is_a_character() {
    assert_eq!(printed(b"a=M\xfcller", "a=M\\u00fcller"), "= 1 key is set to the value that it already has\n");
    assert_eq!(printed("a=Müller".as_bytes(), "a=M\\u00fcller"), "~ a: MÃ¼ller -> Müller\n");
}

#[test]
fn a_file_that_is_no_reply_is_refused_with_its_line() {
    insta::assert_snapshot!(refused(b"a=1\r\nb=\\u12"), @r"FOLDER/earlier.properties:2: `\u` without four hexadecimal digits: the client would discard the whole answer; for a backslash write `\\`");
    insta::assert_snapshot!(refused(b"a=1\n\nb=\x00"), @"FOLDER/earlier.properties:3: a NUL byte, so this service did not send it");
    insta::assert_snapshot!(refused(b"\xff\xfea\x00=\x001\x00"), @"FOLDER/earlier.properties:1: begins with a byte order mark, so it is not the unchanged reply: PowerShell's `>` adds one; save the reply with `curl -o`");
}

#[test]
fn an_error_answer_is_refused() {
    for error in ERROR_STRINGS {
        let why = refused(format!("{error}: The chat server does not answer.\n").as_bytes());
        assert!(why.starts_with(&format!("FOLDER/earlier.properties:1: begins with `{error}`, so it is")), "{why}");
    }
    assert_eq!(printed(b"a=TooManyRequests", "a=TooManyRequests"), "= 1 key is set to the value that it already has\n");
}

#[test]
fn a_template_is_doubted() {
    let doubt = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("earlier.properties");
        std::fs::write(&file, text).unwrap();
        let doubt = Saved::read(&file).unwrap().doubt().unwrap_or_default().to_owned();
        doubt.replace(&folder.path().display().to_string(), "FOLDER")
    };
    insta::assert_snapshot!(doubt("a=1\nb={{ user.name }}\n"), @"FOLDER/earlier.properties:2: warning: `{{` belongs in templates, not in replies; save the output of `preview` and compare with that");
    assert!(doubt("{% if user.name %}\n").starts_with("FOLDER/earlier.properties:1: warning: `{%` belongs"));
    assert_eq!(doubt("a={ { %}\nb=${null}\n"), "");
}

#[test]
fn a_file_has_its_limit() {
    assert_eq!(printed(&vec![b'\n'; MAX_BYTES], ""), "= nothing changes\n");
    insta::assert_snapshot!(refused(&vec![b'\n'; MAX_BYTES + 1]), @"FOLDER/earlier.properties: larger than 4194304 bytes, so it is not a reply of this service");
}

#[test]
fn what_is_not_there_or_no_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mask = |text: String| text.replace(&folder.path().display().to_string(), "FOLDER");
    insta::assert_snapshot!(mask(why(&folder.path().join("none"))), @"FOLDER/none: cannot read the reply: No such file or directory (os error 2)");
    insta::assert_snapshot!(mask(why(folder.path())), @"FOLDER: cannot read the reply: Is a directory (os error 21)");
}
