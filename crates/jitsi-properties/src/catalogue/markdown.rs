//! The catalogue as a page for people.

use std::fmt::Write as _;

use super::description::{KeyDescription, Protocol};
use super::{keys, sources};

const HEAD: &str = "# Keys that a Jitsi client knows

This page is generated from `crates/jitsi-properties/src/catalogue/keys.toml`, which the linter uses too. Change that
file, then run `RENEW_DOCS=1 cargo test -p jitsi-properties catalogue`.

Angle brackets mark what differs from site to site: `<acc>` is an account's id (it begins with `acc` and has no dot),
`<n>` a number from 0, `<hash>` what the filter `java_hash` makes of a directory's name, `<id>` and `<room>` your own
names without a dot, `<codec>` name and clock rate (`opus/48000`), `<domain>` and `<name>` names with dots, `<uid>` an
`ACCOUNT_UID`.

Every value may be `${null}`: the client then removes every stored key that begins with this key. A boolean is true only
if its value is `true`. The versions are those of Jitsi; the column is empty for a key that 2.10 and later have. A key
that \"counts from the second start\" is read before the client asks for its settings, so a new value counts from the
start after the one that brought it. A key that \"acts only in the installation's files\" is read even earlier, or only
from there: put it beside the client's `jitsi-defaults.properties`, or set it as a system property of its Java.

Editors complete these keys with [`jitsi.dict`](../packaging/editors/jitsi.dict) (vi: `:set dictionary+=…`, then
Ctrl-X Ctrl-K) and [`jitsi.code-snippets`](../packaging/editors/jitsi.code-snippets) (VS Code: into the workspace's
`.vscode`).
";

const SOURCES: &str = "
The keys are those that the source of these versions reads, as
[a tool for developers](../CONTRIBUTING.md#the-catalogue-of-keys) finds them. Other versions may know others.

| source | revision |
|---|---|
";

/// The page `docs/keys.md`.
#[must_use]
pub fn markdown() -> String {
    let mut page = HEAD.to_owned();
    page.push_str(SOURCES);
    for source in sources() {
        _ = writeln!(page, "| {} | `{}` |", source.title, source.revision);
    }
    let mut area = "";
    for key in keys() {
        if key.area != area {
            area = key.area;
            begin(&mut page, key);
        }
        row(&mut page, key);
    }
    page
}

fn begin(page: &mut String, first: &KeyDescription) {
    _ = write!(page, "\n## {}\n\n", first.area);
    if !first.protocols.is_empty() {
        let trees: Vec<String> = first.protocols.iter().map(|one| format!("`{}<acc>.`", one.tree())).collect();
        _ = write!(page, "Settings below {}", trees.join(" or "));
        page.push_str(
            ". Without a star also a default for all accounts, including those that the user creates:\n\
             `net.java.sip.communicator.service.protocol.<setting>`",
        );
        let with_defaults = Protocol::PROVISIONED.into_iter().filter(|one| first.protocols.contains(one));
        for protocol in with_defaults {
            _ = write!(page, " or `….protocol.{}<setting>`", protocol.in_keys());
        }
        page.push_str(".\n\n");
    }
    page.push_str("| key | value | default | versions | what it does |\n|---|---|---|---|---|\n");
}

fn row(page: &mut String, key: &KeyDescription) {
    let name = if key.name.is_empty() { "*(the account's own line)*".to_owned() } else { code(key.name) };
    let star = if key.local { " *" } else { "" };
    let default = key.default.map(code).unwrap_or_default();
    let versions = match (&key.since, &key.until) {
        (Some(since), Some(until)) => format!("{since} to before {until}"),
        (Some(since), None) => format!("from {since}"),
        (None, Some(until)) => format!("before {until}"),
        (None, None) => String::new(),
    };
    let instead = key.instead.map(|instead| format!(" Better: {instead}.")).unwrap_or_default();
    let late = match (key.installed, key.late) {
        (true, _) => " Acts only in the installation's files.",
        (false, true) => " Counts from the second start.",
        (false, false) => "",
    };
    let value = cell(&key.value.to_string());
    _ = writeln!(
        page,
        "| {name}{star} | {value} | {default} | {versions} | {} |",
        cell(&(key.text.to_owned() + late + &instead))
    );
}

/// Text in which Markdown must see no tag and no end of a cell.
fn cell(text: &str) -> String {
    let mut parts = text.split('`');
    let mut shown = String::new();
    let mut in_code = false;
    if let Some(first) = parts.next() {
        shown.push_str(&plain(first, in_code));
    }
    for part in parts {
        in_code = !in_code;
        shown.push('`');
        shown.push_str(&plain(part, in_code));
    }
    shown
}

fn plain(text: &str, in_code: bool) -> String {
    let text = text.replace('|', "\\|");
    if in_code { text } else { text.replace('<', "&lt;") }
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}
