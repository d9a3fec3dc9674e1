//! Whether a client can ask at an address at all.

use std::net::Ipv6Addr;

use crate::provisioning_url::is_filled_anywhere;

/// Why the client cannot ask at an address; none when it can, as far as that can be seen.
///
/// `java.net.URL` takes the address as it is written, for its host; what is before `?`, with its placeholders filled in, has to
/// be a `java.net.URI`. The client encodes the part behind `?` itself.
pub(super) fn why_unusable(url: &str) -> Option<&'static str> {
    let Some((scheme, rest)) = url.split_once("://") else { return Some(SCHEME) };
    if !["https", "http"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Some(SCHEME);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('$') {
        return Some("the client looks the host up before it fills in placeholders");
    }
    let (login, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    if !place.is_ascii() {
        return Some("Java does not know a host with letters beyond ASCII; write its form that begins with `xn--`");
    }
    // `java.net.URL` sees no host behind a second `@`.
    if login.contains('@') || !names_a_host(place) {
        return Some("it has no valid host name or address, or a port that is no number from 1 to 65535");
    }
    let path = rest.get(authority.len()..).and_then(|rest| rest.split('?').next()).unwrap_or_default();
    why_unusable_path(path).or_else(|| is_broken_in_uri(login).then_some(CHARACTERS))
}

const SCHEME: &str = "it begins with neither `https://` nor `http://`";

const CHARACTERS: &str = "before `?` it has a blank, a brace or another character that has to be written as `%XX`, or a `%` \
    without two hexadecimal digits";

fn why_unusable_path(path: &str) -> Option<&'static str> {
    let mut pieces = path.split("${");
    let mut left = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let filled = piece.split_once('}').filter(|(name, _)| is_filled_anywhere(name));
        let Some((name, rest)) = filled else {
            return Some(
                "before `?` the client fills in `${uuid}` and its like, but neither `${username}` nor `${password}` nor what it does \
                 not know",
            );
        };
        // `Windows 10`, `Mac OS X`, `C:\Users\…`.
        if ["osname", "home.location", "system.os.name", "system.user.home"].contains(&name) {
            return Some("what it fills in before `?` has a blank or a backslash on Windows or macOS");
        }
        left.push_str(rest);
    }
    is_broken_in_uri(&left).then_some(CHARACTERS)
}

/// Whether a path, or a login before the host, has something that no URI has.
fn is_broken_in_uri(part: &str) -> bool {
    let is_encoded = |after: &str| after.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    let is_bad = |letter: char| is_never_in_uri(letter) || matches!(letter, '[' | ']') || !letter.is_ascii();
    part.split('%').skip(1).any(|after| !is_encoded(after)) || part.contains(is_bad)
}

fn is_never_in_uri(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || r#"{}|\^"<>`"#.contains(letter)
}

/// Whether `host:port` has a host that can be found, and a port that is one if there is any. `host:` has the usual port.
fn names_a_host(place: &str) -> bool {
    let (is_host, port) = if let Some(rest) = place.strip_prefix('[') {
        let Some((address, behind)) = rest.split_once(']') else { return false };
        (is_ipv6(address), behind)
    } else {
        let (host, port) = place.split_at(place.find(':').unwrap_or(place.len()));
        (is_name_or_ipv4(host), port)
    };
    let is_port =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse().is_ok_and(|port: u16| port > 0);
    is_host && (matches!(port, "" | ":") || port.strip_prefix(':').is_some_and(is_port))
}

/// An address, perhaps with the interface that leads to it.
fn is_ipv6(text: &str) -> bool {
    let (address, zone) = text.split_once('%').unwrap_or((text, "0"));
    address.parse::<Ipv6Addr>().is_ok() && !zone.is_empty() && !zone.contains(is_never_in_uri)
}

/// What a name server or `InetAddress` may know: `127.1` is an address for Java too.
fn is_name_or_ipv4(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    let labels: Vec<&str> = host.split('.').collect();
    if !labels.iter().copied().all(is_label) {
        return false;
    }
    let Some((last, first)) = labels.split_last().filter(|_| labels.iter().copied().all(is_number)) else {
        return true;
    };
    // The last number stands for all bytes that are left.
    let bits = 32_usize.checked_sub(8 * first.len()).filter(|bits| *bits > 0);
    first.iter().all(|label| label.parse::<u8>().is_ok())
        && bits.is_some_and(|bits| last.parse::<u64>().is_ok_and(|number| number < 1 << bits))
}

#[cfg(test)]
mod tests {
    use super::why_unusable;

    #[test]
    fn the_client_can_ask_at_the_address() {
        for url in [
            "https://a",
            "http://a:1/b?u=${username}",
            "HTTPS://[::1]/",
            "https://[::1]:8443/p",
            "https://user:x@a:65535/p?u={x}|y",
            "https://a/p?site=Sao Paulo&x=%zz",
            "https://prov.example.org/a%20b/~c;d=1",
            "https://prov.example.org/${uuid}/${env.SITE}/p?os=${osname}",
            "https://a/p#x?u=${username}",
            "https://prov.example.org:/p",
            "https://prov_1.example.org./p",
            "https://127.1/p",
            "https://2130706433/p",
            "https://[::ffff:192.0.2.1]/p",
            "https://[fe80::1%eth0]/p",
            "https://[fe80::1%25eth0]/p",
            "https://3com.example/p",
        ] {
            assert_eq!(why_unusable(url), None, "{url}");
        }
    }

    #[test]
    fn the_client_cannot_ask_at_the_address() {
        for (url, why) in [
            ("a.example.org/b", "`https://`"),
            ("ftp://a/b", "`https://`"),
            ("https:/a/b", "`https://`"),
            ("https:///b", "host"),
            ("https://${hostname}/b", "placeholders"),
            ("https://a:${x}/", "placeholders"),
            ("https://prov.example.org:x/p", "port"),
            ("https://prov.example.org:+1/p", "port"),
            ("https://prov.example.org:0/p", "port"),
            ("https://prov.example.org:65536/p", "port"),
            ("https://:8443/p", "host"),
            ("https://user@/p", "host"),
            ("https://user@:1/p", "host"),
            ("https://[::1/p", "host"),
            ("https://[]/p", "host"),
            ("https://[::1]8443/p", "port"),
            ("https://bücher.example/p", "`xn--`"),
            ("https://a b/p", "host"),
            ("https://[zz]/p", "host"),
            ("https://[192.0.2.1]/p", "host"),
            ("https://prov..example.org/p", "host"),
            ("https://.example.org/p", "host"),
            ("https://prov,example.org/p", "host"),
            ("https://prov;example.org/p", "host"),
            ("https://prov%20.example.org/p", "host"),
            ("https://999.1.1.1/p", "host"),
            ("https://192.0.2.256/p", "host"),
            ("https://1.2.3.4.5/p", "host"),
            ("https://anna@example.org:x@prov.example.org/p", "host"),
            ("https://anna:50%@prov.example.org/p", "hexadecimal"),
            ("https://anna:[x]@prov.example.org/p", "`%XX`"),
            ("https://a/ b", "blank"),
            ("https://a/ü", "`%XX`"),
            ("https://a/p%zz", "hexadecimal"),
            ("https://a/p%", "hexadecimal"),
            ("https://a/p[1]", "`%XX`"),
            ("https://prov.example.org/p{x}", "brace"),
            ("https://prov.example.org/a|b", "`%XX`"),
            ("https://prov.example.org/a\\b", "`%XX`"),
            ("https://prov.example.org/a\u{1}b", "`%XX`"),
            ("https://prov.example.org/a^b", "`%XX`"),
            ("https://prov.example.org/\"b\"", "`%XX`"),
            ("https://prov.example.org/<b>", "`%XX`"),
            ("https://prov.example.org/${username}", "neither `${username}`"),
            ("https://prov.example.org/${uuid", "neither"),
            ("https://prov.example.org/${nothing}", "neither"),
            ("https://prov.example.org/${osname}/p", "Windows"),
            ("https://prov.example.org/p/${home.location}?u=1", "Windows"),
        ] {
            assert!(why_unusable(url).is_some_and(|reason| reason.contains(why)), "{url}: {:?}", why_unusable(url));
        }
    }
}
