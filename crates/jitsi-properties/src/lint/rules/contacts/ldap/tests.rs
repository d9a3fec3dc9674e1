use crate::lint::{Client, below, broken, broken_by, lint};
use crate::parse;
use crate::version::Version;

/// A directory that has all it needs, in lines 1 to 3.
const SOUND: [&str; 3] = ["=Company", ".hostname=ldap.example.org", ".baseDN=dc=example"];

const NODE: &str = "net.java.sip.communicator.impl.ldap.directories.dir1679829923";

/// The rules that such a directory breaks with more settings, the first of which is in line 4.
fn with(settings: &[&str]) -> Vec<(usize, &'static str)> {
    broken(&below(NODE, &[SOUND.as_slice(), settings].concat()))
        .into_iter()
        .filter(|(_, rule)| rule.starts_with("ldap-") || rule.starts_with("value-"))
        .collect()
}

fn nodes(lines: &[&str]) -> Vec<(usize, &'static str)> {
    broken_by(&["ldap-node", "ldap-without-name", "ldap-hostname"], &below(super::DIRECTORIES, lines))
}

#[test]
fn a_directory_stands_under_the_hash_of_its_name() {
    assert_eq!(nodes(&["dir746838454=Company Directory", "dir746838454.hostname=a"]), []);
    assert_eq!(nodes(&["dir1878615380=Firma Größe", "dir1878615380.hostname=a"]), []);
    assert_eq!(nodes(&["dir-2147483648=polygenelubricants", "dir-2147483648.hostname=a"]), []);
    assert_eq!(nodes(&["dir1=Company", "dir1.hostname=a"]), [(1, "ldap-node")]);
    assert_eq!(nodes(&["dir746838454=${null}"]), []);
    // The client finds a directory of that name after all.
    assert_eq!(nodes(&["dir1=Company", "dir1679829923=Company", "dir1679829923.hostname=a"]), []);
}

#[test]
fn a_directory_has_a_name() {
    assert_eq!(
        nodes(&["dir1.enabled=true", "dir1.hostname=a", "dir2.port=1"]),
        [(1, "ldap-without-name"), (3, "ldap-without-name")]
    );
    assert_eq!(nodes(&["dir1=", "dir1.hostname=${null}"]), []);
}

#[test]
fn a_directory_without_a_server_is_an_error_of_all() {
    assert_eq!(broken(&below(NODE, &["=Company", ".baseDN=ou=people,dc=example,dc=org"])), [(1, "ldap-hostname")]);
    for nothing in ["", "${null}"] {
        let lines = ["=Company", &format!(".hostname={nothing}"), ".baseDN=dc=example"];
        assert_eq!(broken(&below(NODE, &lines)).len(), 1, "{nothing:?}");
    }
}

#[test]
fn constants_and_ports_are_taken_letter_by_letter() {
    let wrong = [
        "encryption=ssl",
        "encryption=",
        "encryption=TLS",
        "auth=simple",
        "auth=",
        "scope=sub",
        "scope=BASE",
        "port=",
        "port=ldap",
        "port=70000",
        "port=-1",
        "port=389.0",
    ];
    for line in wrong {
        let text = below(NODE, &[SOUND.as_slice(), &[&format!(".{line}")]].concat());
        let findings = lint(&parse(&text).unwrap(), &Client::default());
        let found: Vec<_> = findings.iter().map(|finding| (finding.line, finding.rule.id)).collect();
        assert_eq!(found, [(4, "ldap-value")], "{line}");
    }
    for line in ["encryption=CLEAR", "auth=NONE", "scope=ONE", "port=0", "port=389", "encryption=${null}"] {
        assert_eq!(with(&[&format!(".{line}")]), [], "{line}");
    }
}

#[test]
fn a_login_needs_a_name_and_a_password_and_to_be_switched_on() {
    assert_eq!(with(&[".auth=SIMPLE"]), [(4, "ldap-bind")]);
    assert_eq!(with(&[".auth=SIMPLE", ".bindDN= "]), [(4, "ldap-bind")]);
    assert_eq!(with(&[".auth=SIMPLE", ".bindDN=cn=reader"]), [(4, "ldap-bind")]);
    assert_eq!(with(&[".bindDN=cn=reader", ".PASSWORD=s"]), [(4, "ldap-bind-ignored")]);
    assert_eq!(with(&[".auth=NONE", ".PASSWORD=s"]), [(5, "ldap-bind-ignored")]);
}

#[test]
fn a_password_does_not_cross_the_network_in_the_clear() {
    let login = [".auth=SIMPLE", ".bindDN=cn=reader", ".PASSWORD=s"];
    assert_eq!(with(&login), [(6, "ldap-password-in-clear")]);
    assert_eq!(with(&[login.as_slice(), &[".encryption=CLEAR"]].concat()), [(6, "ldap-password-in-clear")]);
    assert_eq!(with(&[login.as_slice(), &[".encryption=SSL"]].concat()), [(7, "ldap-ssl")]);
}

#[test]
fn ssl_is_for_old_clients() {
    let text = below(NODE, &[SOUND.as_slice(), &[".encryption=SSL"]].concat());
    let count = |version: Option<&str>| {
        let client = Client { version: version.map(|version| Version::parse(version).unwrap()), ..Client::default() };
        lint(&parse(&text).unwrap(), &client).len()
    };
    assert_eq!([None, Some("2.10"), Some("2.11.5633"), Some("2.12"), Some("2.14")].map(count), [1, 0, 0, 1, 1]);
}

#[test]
fn the_port_fits_the_encryption() {
    assert_eq!(with(&[".port=636"]), [(4, "ldap-port")]);
    assert_eq!(with(&[".port=3269", ".encryption=CLEAR"]), [(4, "ldap-port")]);
    assert_eq!(with(&[".port=389", ".encryption=SSL"]), [(4, "ldap-port"), (5, "ldap-ssl")]);
    assert_eq!(with(&[".port=636", ".encryption=SSL"]), [(5, "ldap-ssl")]);
}

#[test]
fn a_filter_of_one_s_own_is_switched_on_and_has_a_place_for_the_words() {
    assert_eq!(with(&[".querymode=custom"]), [(4, "ldap-query")]);
    assert_eq!(with(&[".customquery=(cn=<query>)"]), [(4, "ldap-query")]);
    assert_eq!(with(&[".querymode=Custom", ".customquery=(cn=<query>)"]), [(5, "ldap-query")]);
    assert_eq!(with(&[".querymode=custom", ".customquery=(cn=*)"]), [(5, "ldap-query")]);
    assert_eq!(with(&[".querymode=custom", ".customquery=(cn=<query>)"]), []);
}

#[test]
fn a_prefix_is_for_an_outside_line_only() {
    for prefix in ["+49", "0049", "tel:", "49 ", "+"] {
        let expected = if prefix == "49 " { vec![(4, "value-with-blank")] } else { vec![(4, "ldap-phone-prefix")] };
        assert_eq!(with(&[&format!(".globalPhonePrefix={prefix}")]), expected, "{prefix}");
    }
    for prefix in ["0", "9", "*0", ""] {
        assert_eq!(with(&[&format!(".globalPhonePrefix={prefix}")]), [], "{prefix}");
    }
}

#[test]
fn what_one_directory_sets_another_sets_too() {
    const OTHER: &str = "net.java.sip.communicator.impl.ldap.directories.dir746838454";
    let other =
        |settings: &[&str]| below(OTHER, &[&["=Company Directory", ".hostname=b", ".baseDN=dc=b"], settings].concat());
    let first = below(NODE, &[SOUND.as_slice(), &[".overridemail=mail", ".globalPhonePrefix=0"]].concat());
    assert_eq!(broken(&(first.clone() + &other(&[]))), [(4, "ldap-shared"), (5, "ldap-shared")]);
    assert_eq!(broken(&(first.clone() + &other(&[".overridemail=mail uid", ".globalPhonePrefix="]))), []);
    assert_eq!(broken(&first), []);
}
