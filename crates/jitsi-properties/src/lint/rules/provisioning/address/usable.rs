//! Whether a client can ask at an address at all.

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
    if !names_a_host(authority) {
        return Some("it has no host, or a port that is not a number from 1 to 65535");
    }
    if !authority.is_ascii() {
        return Some("Java does not know a host with letters beyond ASCII; write its form that begins with `xn--`");
    }
    let path = rest.get(authority.len()..).and_then(|rest| rest.split('?').next()).unwrap_or_default();
    why_unusable_path(path).or_else(|| authority.contains(is_never_in_uri).then_some(CHARACTERS))
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
                "before `?` the client fills in `${uuid}` and the like, but neither `${username}` nor `${password}` \
                 nor a placeholder that it does not know",
            );
        };
        // `Windows 10`, `Mac OS X`, `C:\Users\…`.
        if ["osname", "home.location", "system.os.name", "system.user.home"].contains(&name) {
            return Some("what it fills in before `?` has a blank or a backslash on Windows or macOS");
        }
        left.push_str(rest);
    }
    let is_encoded = |after: &str| after.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    let has_bad_percent = left.split('%').skip(1).any(|after| !is_encoded(after));
    let is_bad = |letter: char| is_never_in_uri(letter) || matches!(letter, '[' | ']') || !letter.is_ascii();
    (has_bad_percent || left.contains(is_bad)).then_some(CHARACTERS)
}

fn is_never_in_uri(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || r#"{}|\^"<>`"#.contains(letter)
}

/// Whether `user@host:port` has a host, and a port that is one if there is any.
fn names_a_host(authority: &str) -> bool {
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, behind)) => (address, behind),
            None => return false,
        },
        None => place.split_at(place.find(':').unwrap_or(place.len())),
    };
    let is_port =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse().is_ok_and(|port: u16| port > 0);
    !host.is_empty() && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
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
            ("https:///b", "no host"),
            ("https://${hostname}/b", "placeholders"),
            ("https://a:${x}/", "placeholders"),
            ("https://prov.example.org:x/p", "port"),
            ("https://prov.example.org:/p", "port"),
            ("https://prov.example.org:+1/p", "port"),
            ("https://prov.example.org:0/p", "port"),
            ("https://prov.example.org:65536/p", "port"),
            ("https://:8443/p", "no host"),
            ("https://user@/p", "no host"),
            ("https://user@:1/p", "no host"),
            ("https://[::1/p", "no host"),
            ("https://[]/p", "no host"),
            ("https://[::1]8443/p", "port"),
            ("https://bücher.example/p", "`xn--`"),
            ("https://a b/p", "blank"),
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
