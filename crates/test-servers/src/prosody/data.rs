//! A seed person in the files of Prosody's storage `internal`: one Lua table a file.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use minidom::{Element, Node};

use crate::seeds::{Person, SeedContact};

/// Writes account, vCard and roster of one person below the server's data folder.
pub(super) fn write(data: &Path, domain: &str, person: &Person) -> io::Result<()> {
    let host = data.join(file_name(domain));
    let disabled = if person.locked { " [\"disabled\"] = true;" } else { "" };
    let account = format!("{{ [\"password\"] = {};{disabled} }}", quote(&person.password));
    store(&host, "accounts", &person.name, &account)?;
    if let Some(vcard) = &person.vcard {
        let vcard: Element = vcard.parse().map_err(io::Error::other)?;
        store(&host, "vcard", &person.name, &stanza(&vcard))?;
    }
    if !person.roster.is_empty() {
        store(&host, "roster", &person.name, &roster(&person.roster))?;
    }
    Ok(())
}

fn store(host: &Path, kind: &str, name: &str, table: &str) -> io::Result<()> {
    let folder = host.join(kind);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join(format!("{}.dat", file_name(name))), format!("return {table};\n"))
}

/// The entry `false` holds what is about the list itself. `groups` must be there even when it is empty: without it the
/// command that shows the list fails inside the server.
fn roster(contacts: &[SeedContact]) -> String {
    let mut table = "{ [false] = { [\"pending\"] = {}; [\"version\"] = 1; };\n".to_owned();
    for contact in contacts {
        let groups: String = contact.groups.iter().fold(String::new(), |mut groups, group| {
            let _ = write!(groups, " [{}] = true;", quote(group));
            groups
        });
        let name =
            if contact.name.is_empty() { String::new() } else { format!(" [\"name\"] = {};", quote(&contact.name)) };
        let _ = writeln!(
            table,
            "[{}] = {{ [\"subscription\"] = {};{name} [\"groups\"] = {{{groups} }}; }};",
            quote(&contact.jid),
            quote(&contact.subscription)
        );
    }
    table.push('}');
    table
}

/// An element as `util.stanza` keeps it: name, attributes, and the children by number.
fn stanza(element: &Element) -> String {
    let mut table = format!(
        "{{ [\"name\"] = {}; [\"attr\"] = {{ [\"xmlns\"] = {}; }};",
        quote(element.name()),
        quote(&element.ns())
    );
    for node in element.nodes() {
        let child = match node {
            Node::Element(child) => stanza(child),
            Node::Text(text) => quote(text),
        };
        let _ = write!(table, " {child};");
    }
    table.push('}');
    table
}

fn quote(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r");
    format!("\"{escaped}\"")
}

/// Prosody writes every byte but ASCII letters and digits as `%xx`.
fn file_name(name: &str) -> String {
    name.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02x}");
        }
        encoded
    })
}
