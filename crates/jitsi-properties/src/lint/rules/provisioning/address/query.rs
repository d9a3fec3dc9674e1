//! What a client does with the part of its address behind `?`.

use crate::provisioning_url::{fields_of, is_filled_anywhere};

const USERNAME: &str = "${username}";
const PASSWORD: &str = "${password}";

/// What a client sends as its user's login.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Login<'a> {
    /// Name and password, in these fields, for which it asks its user.
    Asked { username: &'a str, password: &'a str },
    /// Nothing, and it does not ask its user: the placeholder is not the whole value of the field.
    Inside(&'static str),
    /// Nothing, and it does not ask its user: the other placeholder is missing.
    Half { has: &'static str, lacks: &'static str },
    /// Not both, or not what its user said: another field has the same name.
    Twice,
    /// Nothing: a field has a placeholder or another mark that was meant as one.
    Misspelt,
    /// Nothing.
    None,
}

/// What the client makes of the query (`ProvisioningServiceImpl.retrieveConfigurationFile`, `HttpUtils.postForm`): it replaces
/// a placeholder by nothing, and asks for a login only if a field of each kind is empty then. In master a later field takes
/// the place of an earlier one with its name, in 2.10 both are sent.
pub(super) fn login(url: &str) -> Login<'_> {
    let (mut username, mut password) = (None, None);
    for (name, value) in fields_of(url) {
        for (placeholder, found) in [(USERNAME, &mut username), (PASSWORD, &mut password)] {
            if name.contains(placeholder) || (value.contains(placeholder) && value != placeholder) {
                return Login::Inside(placeholder);
            }
            if value == placeholder {
                *found = Some(name);
            }
        }
    }
    match (username, password) {
        (Some(username), Some(password)) => {
            let count = |name| fields_of(url).filter(|(other, _)| *other == name).count();
            let is_twice = username == password || count(username) > 1 || count(password) > 1;
            if is_twice { Login::Twice } else { Login::Asked { username, password } }
        }
        (Some(_), None) => Login::Half { has: USERNAME, lacks: PASSWORD },
        (None, Some(_)) => Login::Half { has: PASSWORD, lacks: USERNAME },
        (None, None) if fields_of(url).any(|(_, value)| is_misspelt(value)) => Login::Misspelt,
        (None, None) => Login::None,
    }
}

/// `${user}`, `{username}`, `$username`, `%7Bpassword%7D` and the like.
fn is_misspelt(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let is_meant = ["user", "name", "pass", "pwd", "login"].iter().any(|word| lower.contains(word));
    let is_marked = ["$", "{", "%7b", "%24", "<"].iter().any(|mark| lower.contains(mark));
    is_meant && is_marked && (!value.contains("${") || unknown(value).next().is_some())
}

/// The name of a field that has a placeholder which the client leaves as it is.
pub(super) fn unknown_placeholder(url: &str) -> Option<&str> {
    fields_of(url).find(|(_, value)| unknown(value).next().is_some()).map(|(name, _)| name)
}

fn unknown(value: &str) -> impl Iterator<Item = &str> {
    let names = value.split("${").skip(1).map(|piece| piece.split_once('}').map_or(piece, |(name, _)| name));
    names.filter(|name| !is_filled_anywhere(name) && !["username", "password"].contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_asks_for_a_login_when_both_fields_are_placeholders_alone() {
        for (query, expected) in [
            ("username=${username}&password=${password}", Login::Asked { username: "username", password: "password" }),
            ("p=${password}&x=1&&u=${username}&y", Login::Asked { username: "u", password: "p" }),
            ("username=${username}@example.org&password=${password}", Login::Inside(USERNAME)),
            ("username=DOMAIN\\${username}&password=${password}", Login::Inside(USERNAME)),
            ("username=${username}&password=${password}#x", Login::Inside(PASSWORD)),
            ("auth=${username}:${password}", Login::Inside(USERNAME)),
            ("${username}&${password}", Login::Inside(USERNAME)),
            ("${username}=x&password=${password}", Login::Inside(USERNAME)),
            ("username=\"${username}\"&password=\"${password}\"", Login::Inside(USERNAME)),
            ("u=${username}&login=${username}@x&p=${password}", Login::Inside(USERNAME)),
            ("username=${username}&password=${password}&username=anna", Login::Twice),
            ("username=anna&password=${password}&username=${username}", Login::Twice),
            ("login=${username}&login=${password}", Login::Twice),
            (
                "username=${username}&password=${password}&Username=",
                Login::Asked { username: "username", password: "password" },
            ),
            ("username=${username}", Login::Half { has: USERNAME, lacks: PASSWORD }),
            ("password=${password}&username=anna", Login::Half { has: PASSWORD, lacks: USERNAME }),
            ("username=${Username}&password=${Password}", Login::Misspelt),
            ("user=${user}&pass=${pass}", Login::Misspelt),
            ("username={username}&password={password}", Login::Misspelt),
            ("username=$username", Login::Misspelt),
            ("username=$%7Busername%7D&password=$%7Bpassword%7D", Login::Misspelt),
            ("username=%24%7Busername%7D", Login::Misspelt),
            ("username=<username>", Login::Misspelt),
            ("hw=${hwaddr}&uuid=${uuid}&host=${hostname}&home=${home.name}", Login::None),
            ("user=${env.USER}&name=${system.user.name}", Login::None),
            ("", Login::None),
        ] {
            assert_eq!(login(&format!("https://a.test/p?{query}")), expected, "{query}");
        }
        assert_eq!(login("https://a.test/p"), Login::None);
    }

    #[test]
    fn a_placeholder_that_stays_is_found() {
        assert_eq!(unknown_placeholder("https://a.test/p?x=${osname}&y=${nothing}"), Some("y"));
        assert_eq!(unknown_placeholder("https://a.test/p?x=${env.X}&y=a${uuid}b"), None);
        assert_eq!(unknown_placeholder("https://a.test/p?x=${os"), Some("x"));
    }
}
