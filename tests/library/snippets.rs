//! Snippets for other servers: what the servers that read them understand.

mod daemons;
mod texts;

use jitsi_properties::ProvisioningUrl;

/// What a site has.
const EVERYDAY: &str = "https://prov.example.test/provision?username=${username}&password=${password}";

/// With every character that has a special meaning in some format.
const NASTY: &str = "https://[2001:db8::1]:8443/~a,b;c/(p)'q'$HOME/{x}/$${null}/!*+@:%2C?user=${username}&a='b'&c=(d),e;f&\
    G=h=i&j={env.HOME}&k={$PATH}&l=$1&m=${a,b}&n=%s%n%25&o:p=[q]&secret=hush&r=https://s.test/?t";

/// Each with a different trap.
const TRAPS: [&str; 6] = [
    EVERYDAY,
    NASTY,
    "https://prov.example.test/p?a=,b",
    "https://prov.example.test/p,",
    "https://192.0.2.7:9/'",
    "https://Prov_1.example.test.",
];

fn url(text: &str) -> ProvisioningUrl {
    ProvisioningUrl::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// The longest that DHCP carries.
fn longest() -> String {
    let start = "https://prov.example.test/";
    format!("{start}{}", ",".repeat(255 - start.len()))
}
