//! Names of values, and which of them are secret.

use jitsi_properties::secret_names::is_secret_in_data;

use crate::model::account::SecretItems;
use crate::model::config::{SecretPart, secret_path};

/// Longest name, in bytes.
const MAX_NAME_BYTES: usize = 100;

/// A name must be one that a template can say. An error is the rest of a sentence about it.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    let usable = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() {
        return Err("is empty".to_owned());
    }
    if name.len() > MAX_NAME_BYTES {
        return Err(format!("is longer than {MAX_NAME_BYTES} characters"));
    }
    if name.bytes().all(usable) && !name.starts_with(|character: char| character.is_ascii_digit()) {
        return Ok(());
    }
    Err("cannot be written as `extra.…` in a template: rename it, with only letters from a to z, digits and _, and no \
        digit in front"
        .to_owned())
}

/// A name as a message shows it: one line, not too long.
pub(in super::super) fn shown(text: &str) -> String {
    let short: String = text.chars().take(80).collect();
    short.escape_debug().to_string()
}

/// What of `name` is secret: because the settings say so, or because it is called like a secret.
pub(super) fn secret_items(name: &str, secrets: &[String]) -> SecretItems {
    let mut items = if is_secret_in_data(name) { SecretItems::All } else { SecretItems::None };
    for (_, part) in secrets.iter().map(|entry| secret_path(entry)).filter(|(named, _)| *named == name) {
        items.add(match part {
            SecretPart::Whole => SecretItems::All,
            SecretPart::Item(place) => SecretItems::At([place].into()),
            SecretPart::Member(_) => SecretItems::None,
        });
    }
    items
}
