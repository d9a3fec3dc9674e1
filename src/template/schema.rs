//! The names a template may use, as data. A test holds them against what the context really has.

/// What stands behind a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One value with a text: text, a number, `true` or `false`.
    Single,
    /// One value that is written and nothing else.
    Secret,
    /// Values by fixed names.
    Group(&'static [(&'static str, Shape)]),
    /// Values by names that the site chooses; any of them may be absent.
    Open,
    /// Values by the names that the site's own data know.
    Extra,
    /// Any number of the same.
    List(&'static Shape),
}

use Shape::{Extra, Group, List, Open, Secret, Single};

/// All names a template may use.
pub(super) const ROOT: &[(&str, Shape)] = &[
    ("account", Group(&[("email", Single), ("name", Single)])),
    ("extra", Extra),
    ("groups", List(&Single)),
    ("now", Single),
    (
        "openfire",
        Group(&[
            ("certificate_sha1", Single),
            ("certificate_trusted", Single),
            ("domain", Single),
            ("host", Single),
            ("port", Single),
        ]),
    ),
    ("password", Secret),
    (
        "request",
        Group(&[
            ("client", Group(&[("product", Single), ("version", Single)])),
            ("fields", Open),
            ("ip", Single),
            ("os", Single),
            ("user_agent", Single),
        ]),
    ),
    ("roster", List(&Group(&[("groups", List(&Single)), ("jid", Single), ("name", Single), ("subscription", Single)]))),
    ("roster_groups", List(&Single)),
    ("updates", Group(&[("link", Single), ("version", Single)])),
    (
        "user",
        Group(&[("display_name", Single), ("domain", Single), ("jid", Single), ("name", Single), ("node", Single)]),
    ),
    ("vcard", Group(VCARD)),
];

const VCARD: &[(&str, Shape)] = &[
    (
        "addresses",
        List(&Group(&[
            ("country", Single),
            ("extended", Single),
            ("kinds", List(&Single)),
            ("locality", Single),
            ("post_box", Single),
            ("postcode", Single),
            ("region", Single),
            ("street", Single),
        ])),
    ),
    ("birthday", Single),
    ("email", Single),
    ("emails", List(&Group(&[("address", Single), ("kinds", List(&Single))]))),
    ("family", Single),
    ("full_name", Single),
    ("given", Single),
    ("jabber_id", Single),
    ("middle", Single),
    ("nickname", Single),
    ("note", Single),
    ("organisation", Single),
    ("phone", Group(&[("fax", Single), ("home", Single), ("mobile", Single), ("work", Single)])),
    ("phones", List(&Group(&[("kinds", List(&Single)), ("number", Single)]))),
    ("photo", Group(&[("base64", Single), ("media_type", Single)])),
    ("prefix", Single),
    ("role", Single),
    ("suffix", Single),
    ("title", Single),
    ("units", List(&Single)),
    ("url", Single),
];

/// Looks `name` up among `names`.
pub(super) fn find(names: &'static [(&'static str, Shape)], name: &str) -> Option<(&'static str, &'static Shape)> {
    names.iter().find(|(known, _)| *known == name).map(|(known, shape)| (*known, shape))
}

/// The full dotted names that end in `.name`, for a hint.
pub(super) fn paths_to(name: &str) -> Vec<String> {
    let found =
        |parent: &str, names: &'static [(&'static str, Shape)]| find(names, name).map(|_| format!("{parent}.{name}"));
    ROOT.iter()
        .filter_map(|(root, shape)| match shape {
            Group(names) => Some((root, *names)),
            Single | Secret | Open | Extra | List(_) => None,
        })
        .flat_map(|(root, names)| {
            let inner = names.iter().filter_map(move |(middle, shape)| match shape {
                Group(names) => found(&format!("{root}.{middle}"), names),
                Single | Secret | Open | Extra | List(_) => None,
            });
            found(root, names).into_iter().chain(inner)
        })
        .collect()
}

/// `a, b, c`, for a message.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.fold(String::new(), |list, name| if list.is_empty() { name.to_owned() } else { list + ", " + name })
}

/// Every name with all that it is in: `user`, `user.name`, `roster[].jid`. For tests.
#[cfg(test)]
pub(super) fn all_paths() -> Vec<String> {
    fn collect(path: &str, shape: &Shape, paths: &mut Vec<String>) {
        paths.push(path.to_owned());
        match shape {
            Single | Secret | Open | Extra => {}
            List(each) => collect(&format!("{path}[]"), each, paths),
            Group(names) => names.iter().for_each(|(name, shape)| collect(&format!("{path}.{name}"), shape, paths)),
        }
    }
    ROOT.iter().fold(Vec::new(), |mut paths, (name, shape)| {
        collect(name, shape, &mut paths);
        paths
    })
}
