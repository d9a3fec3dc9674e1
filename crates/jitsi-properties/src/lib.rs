//! What a Jitsi desktop client reads and does: Java properties, the client's keys, and a linter.
//!
//! A client passes the body of a provisioning reply to `java.util.Properties.load(InputStream)`, which takes every byte
//! for a character of ISO 8859-1, and applies the result entry by entry. One malformed `\u` loses the whole reply, and
//! one raw line break in a value adds a setting. A server therefore takes four steps:
//!
//! 1. [`escape()`] each value that a template inserts, so that a value stays a value;
//! 2. [`parse()`] the rendered text by the JDK's own grammar, Unicode included, into a [`Document`];
//! 3. [`lint()`] the document; a finding of [`Level::Error`] means that a client must not get it;
//! 4. [`encode()`] it as ASCII that the JDK reads back to the same keys and values.
//!
//! ```
//! use jitsi_properties::{Client, encode, escape, lint, parse};
//!
//! let mut text = String::from("net.java.sip.communicator.impl.gui.chat.DEFAULT_FONT_FAMILY=");
//! escape("Gill Sans\u{2122}\n", &mut text);
//! let document = parse(&text)?;
//! assert!(lint(&document, &Client::default()).is_empty());
//! assert!(encode(&document).ends_with(b"=Gill Sans\\u2122\\n\n"));
//! # Ok::<(), jitsi_properties::ParseError>(())
//! ```
//!
//! Around these:
//!
//! - [`rules()`]: the rules of the linter with their documentation;
//! - [`catalogue`]: the keys that a client knows;
//! - [`changes`]: what a reply changes on a client, the only part that shows values, and no secret among them;
//! - [`is_secret`] and [`secret_names`]: which values are secrets; [`Hiding`] removes them from what is shown;
//! - [`suggestion`]: "did you mean" for a misspelt word;
//! - [`ProvisioningUrl`]: the URL that a client asks, split as the client splits it;
//! - [`Version`] and [`java_hash()`]: the order of client versions, and Java's hash of a text.
//!
//! The crate does no I/O. Findings and errors may name keys, but never values: these hold passwords. The grammar is that
//! of the class documentation of `java.util.Properties`; where that is silent, the behaviour of JDK 17.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod catalogue;
pub mod changes;
mod document;
mod encode;
mod escape;
mod hiding;
mod java_hash;
mod jitsi_keys;
mod lint;
mod parse;
mod prefix_list;
mod provisioning_url;
mod scan;
pub mod secret_names;
mod secrets;
pub mod suggestion;
mod version;

pub use self::document::{Comment, Document, Entry, Separator};
pub use self::encode::encode;
pub use self::escape::{escape, escaped};
pub use self::hiding::{Hiding, PASSWORD_PLACEHOLDER, SHORTEST_HIDDEN, holds_mark};
pub use self::java_hash::java_hash;
pub use self::jitsi_keys::REMOVE;
pub use self::lint::{Client, Finding, Level, OtherLine, Rule, lint, rules, rules_as_markdown};
pub use self::parse::{ParseError, ParseErrorKind, parse};
pub use self::provisioning_url::{
    LONGEST_URL, PASSWORD_FIELDS, ProvisioningUrl, ProvisioningUrlError, USERNAME_FIELDS, without_secrets,
};
pub use self::secrets::{in_address, is_secret};
pub use self::version::Version;
