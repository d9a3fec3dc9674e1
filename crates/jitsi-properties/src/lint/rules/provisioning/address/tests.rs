use crate::lint::broken_by;

const RULES: [&str; 6] = [
    "provisioning-url",
    "provisioning-login",
    "provisioning-in-clear",
    "provisioning-field",
    "provisioning-path",
    "provisioning-url-unused",
];

const METHOD: &str = "net.java.sip.communicator.plugin.provisioning.METHOD=";
const URL: &str = "net.java.sip.communicator.plugin.provisioning.URL=";
const LOGIN: &str = "username=${username}&password=${password}";

/// The rules that an address breaks, with the method `Manual`.
fn broken(url: &str) -> Vec<&'static str> {
    let text = format!("{METHOD}Manual\n{URL}{url}");
    broken_by(&RULES, &text).into_iter().map(|(_, rule)| rule).collect()
}

#[test]
fn an_address_that_works_is_not_reported() {
    for url in [
        format!("https://prov.example.org/provision?{LOGIN}"),
        format!("https://prov.example.org:8443/site/provision/?{LOGIN}&os=${{osname}}&hw=${{hwaddr}}&secret=x"),
        "https://prov.example.org/provision?user=${username}&pass=${password}&uuid=${uuid}".to_owned(),
        format!("https://prov.example.org/provision?{LOGIN}&site=Sao Paulo"),
        format!("http://localhost:8080/provision?{LOGIN}"),
        "${null}".to_owned(),
    ] {
        assert_eq!(broken(&url), [""; 0], "{url}");
    }
}

#[test]
fn what_the_client_cannot_use_has_no_other_finding() {
    for url in [
        "",
        "prov.example.org/provision?username=${username}@a",
        "http://${hostname}/p",
        "https://a/p q?username=${username}",
        "https://a/${osname}",
        "https://bücher.example",
    ] {
        assert_eq!(broken(url), ["provisioning-url"], "{url:?}");
    }
}

#[test]
fn a_client_that_does_not_ask_its_user_is_locked_out() {
    for query in [
        "username=${username}@example.org&password=${password}",
        "username=EXAMPLE\\\\${username}&password=${password}",
        "username=${username}&password=${password}#login",
        "auth=${username}:${password}",
        "${username}&${password}",
        "username=${username}&password=${password}&username=anna",
        "username=${username}&username=${password}",
        "username=${username}",
        "password=${password}",
        "username=${USERNAME}&password=${PASSWORD}",
        "user=${user}&pass=${password}",
        "username={username}&password={password}",
        "username=$%7Busername%7D&password=$%7Bpassword%7D",
        "",
        "uuid=${uuid}",
    ] {
        assert_eq!(broken(&format!("https://prov.example.org/provision?{query}")), ["provisioning-login"], "{query}");
    }
}

#[test]
fn a_password_does_not_cross_the_network_in_the_clear() {
    assert_eq!(broken(&format!("http://prov.example.org/provision?{LOGIN}")), ["provisioning-in-clear"]);
    assert_eq!(broken(&format!("HTTP://192.0.2.7:8080/provision?{LOGIN}")), ["provisioning-in-clear"]);
    assert_eq!(broken("http://prov.example.org/provision"), ["provisioning-in-clear", "provisioning-login"]);
    for own in ["localhost", "127.0.0.1:8080", "[::1]"] {
        assert_eq!(broken(&format!("http://{own}/provision?{LOGIN}")), [""; 0], "{own}");
    }
}

#[test]
fn the_service_reads_the_fields() {
    for query in [
        "username=${username}&amp;password=${password}",
        "login=${username}&password=${password}",
        "username=${username}&pwd=${password}",
        "Username=${username}&password=${password}",
        "username=${username}&password=${password}&os=${os}",
    ] {
        assert_eq!(broken(&format!("https://prov.example.org/provision?{query}")), ["provisioning-field"], "{query}");
    }
}

#[test]
fn an_address_has_a_path() {
    for url in ["https://prov.example.org", "https://prov.example.org/", "https://prov.example.org:8443"] {
        assert_eq!(broken(&format!("{url}?{LOGIN}")), ["provisioning-path"], "{url}");
    }
    assert_eq!(broken("https://prov.example.org"), ["provisioning-path", "provisioning-login"]);
}

#[test]
fn an_address_is_for_the_method_that_uses_it() {
    let unused = |method: &str| {
        let text = format!("{method}\n{URL}https://prov.example.org/provision?{LOGIN}");
        broken_by(&RULES, &text).into_iter().map(|(_, rule)| rule).collect::<Vec<_>>()
    };
    for method in ["", &format!("{METHOD}DHCP"), &format!("{METHOD}Bonjour")] {
        assert_eq!(unused(method), ["provisioning-url-unused"], "{method}");
    }
    for method in ["Manual", "NONE", "manual", "", "${null}"] {
        assert_eq!(unused(&format!("{METHOD}{method}")), [""; 0], "{method}");
    }
}
