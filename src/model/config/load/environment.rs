//! Environment variables that set keys: which key, and what value the text is.

use jitsi_properties::secret_names::is_secret_name;
use serde::Deserialize;
use toml::{Table, Value};

/// How the names of environment variables with settings begin.
pub(super) const PREFIX: &str = "OPENFIRE_PROVISIONER__";

/// Lists of tables, which a variable sets as a whole.
const LISTS: [&str; 3] = ["data", "template.rule", "discovery.network"];

/// The key that a variable sets, as `section.key`.
pub(super) fn key_of(variable: &str) -> String {
    variable.trim_start_matches(PREFIX).replace("__", ".").to_lowercase()
}

/// Whether `key` is what a variable sets, or lies in the list that it sets.
pub(super) fn is_within(key: &str, set: &str) -> bool {
    key.strip_prefix(set).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}

/// Sets `key` to the text of its variable. `as_text` takes the value as text, whatever it reads as.
pub(super) fn lay_over(table: &mut Table, key: &str, text: &str, as_text: bool) -> Result<(), String> {
    if let Some(list) = LISTS.iter().find(|list| key.strip_prefix(**list).is_some_and(|rest| rest.starts_with('.'))) {
        let variable = list.to_uppercase().replace('.', "__");
        return Err(format!(
            "`{list}` is a list; set all of it in {PREFIX}{variable}='[{{name = \"…\", file = \"…\"}}]'"
        ));
    }
    let (section, name) = match key.rsplit_once('.') {
        Some(split) => split,
        None if LISTS.contains(&key) => ("", key),
        None => return Err("the name needs a section and a key: SECTION__KEY".to_owned()),
    };
    let mut table = table;
    for segment in section.split('.').filter(|segment| !segment.is_empty()) {
        let inner = table.entry(segment).or_insert_with(|| Value::Table(Table::new()));
        table = inner.as_table_mut().ok_or_else(|| format!("`{segment}` is not a section"))?;
    }
    let value = if as_text { Value::String(text.to_owned()) } else { value_of(name, text) };
    table.insert(name.to_owned(), value);
    Ok(())
}

fn value_of(name: &str, text: &str) -> Value {
    let typed = match parse(text) {
        Ok(value @ (Value::Boolean(_) | Value::Integer(_) | Value::Array(_))) => Some(value),
        _ => None,
    };
    typed.filter(|_| !is_secret_name(name)).unwrap_or_else(|| Value::String(text.to_owned()))
}

/// The text as a value of TOML.
fn parse(text: &str) -> Result<Value, toml::de::Error> {
    #[derive(Deserialize)]
    struct Line {
        value: Value,
    }

    toml::from_str(&format!("value = {text}")).map(|Line { value }| value)
}

/// Whether the words of the deserialiser say that a key takes text.
pub(super) fn wants_text(message: &str) -> bool {
    ["a string", "path string", "string only"].iter().any(|text| message.ends_with(&format!(", expected {text}")))
}

/// What is wrong with the value of a variable; the habit of quoting values comes from the file.
pub(super) fn of_variable(problem: &str, text: &str) -> String {
    let is_quoted = |mark| text.len() > 1 && text.starts_with(mark) && text.ends_with(mark);
    let hint =
        if is_quoted('"') || is_quoted('\'') { "; a variable takes its text without quotation marks" } else { "" };
    format!("{problem}{hint}")
}

/// Why a text is not the list that it should be. Tells nothing of the text itself.
pub(super) fn no_list(text: &str) -> String {
    let reason = parse(text).err().and_then(|error| error.message().lines().next().map(str::to_owned));
    format!("this is not a TOML list: {}", reason.as_deref().unwrap_or("it is not in [ and ]"))
}
