//! Which of the site's data a template hands to a client as secrets, although nothing says that they are.

use std::sync::Arc;

use crate::model::account::{DatumType, ExtraNames};
use crate::template::{Sample, Template};

/// The names of site data that are no secrets, and that the template puts under a secret key of the client; `line[1]` for an
/// item of a list, `lines.pin` for a name in records.
///
/// Seen with a made-up user: what stands in a branch that this one does not take is not found.
#[must_use]
pub fn exposed(template: &Template, names: &ExtraNames) -> Vec<String> {
    let text = Sample::marked(names).and_then(|sample| template.render(&sample.context()).ok());
    let Some(document) = text.and_then(|text| jitsi_properties::parse(&text).ok()) else { return Vec::new() };
    let secrets: Vec<&str> =
        document.entries().filter(jitsi_properties::Entry::is_secret).map(|entry| entry.value()).collect();
    let is_sent = |mark: &str| secrets.iter().any(|secret| secret.contains(mark));
    let sent = |(name, kind): (&Arc<str>, &DatumType)| match kind {
        DatumType::Records(names) => {
            let paths = names.keys().map(|member| format!("{name}.{member}"));
            paths.filter(|path| is_sent(&Sample::mark(path, None))).collect()
        }
        DatumType::List(_) => items(name, |place| is_sent(&Sample::mark(name, Some(place)))),
        _ => is_sent(&Sample::mark(name, None)).then(|| name.to_string()).into_iter().collect(),
    };
    names.kinds.iter().flat_map(sent).collect()
}

/// The items that are sent, or the list where the template does not pick them by their places from its start: with a loop, or
/// from its end.
fn items(name: &str, is_sent: impl Fn(usize) -> bool) -> Vec<String> {
    let sent: Vec<usize> = (0..Sample::MARKED_ITEMS).filter(|place| is_sent(*place)).collect();
    match sent.last() {
        Some(last) if *last >= Sample::MARKED_ITEMS / 2 => vec![name.to_owned()],
        _ => sent.iter().map(|place| format!("{name}[{place}]")).collect(),
    }
}
