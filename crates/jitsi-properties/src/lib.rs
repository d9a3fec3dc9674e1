//! The format a client reads: Java properties, parsed, checked and encoded.
//!
//! A Jitsi client hands the body of the answer to `java.util.Properties.load(InputStream)`, which takes every byte
//! for a character of ISO 8859-1, and applies entry by entry what comes out. One malformed `\u` loses the whole
//! answer, one raw line break from a vCard adds a setting. So nothing is sent as it was rendered:
//!
//! 1. the template's formatter passes every value through [`escape()`], so that a value stays a value;
//! 2. [`parse()`] reads the rendered text by the JDK's own grammar, Unicode included, into a [`Document`];
//! 3. [`lint()`] says what would do harm or nothing on a client; a [`Level::Error`] stops the answer;
//! 4. [`encode()`] writes the document as pure ASCII that the JDK reads back to the same keys and values.
//!
//! [`is_secret`] decides which values are secrets, and [`Hiding`] takes them out of what is shown.
//!
//! [`changes`] tells what an answer would change on a client: the one place that shows values, and no secret among them.
//!
//! The grammar is that of the class documentation of `java.util.Properties`, and where that is silent, what JDK 17
//! does. Keys may be shown to an administrator, values never: they hold passwords.

pub mod catalogue;
pub mod changes;
mod cursor;
mod document;
mod encode;
mod escape;
mod hiding;
mod java_hash;
mod jitsi_keys;
mod lint;
mod parse;
mod prefix_list;
pub mod secret_names;
mod secrets;
pub mod suggestion;
mod version;

pub use self::document::{Comment, Document, Entry, Separator};
pub use self::encode::encode;
pub use self::escape::escape;
pub use self::hiding::{Hiding, PASSWORD_PLACEHOLDER, SHORTEST_HIDDEN, holds_mark};
pub use self::java_hash::java_hash;
pub use self::lint::{Client, Finding, Level, OtherLine, Rule, lint, rules, rules_as_markdown};
pub use self::parse::{ParseError, Problem, parse};
pub use self::secrets::{in_address, is_secret};
pub use self::version::Version;
