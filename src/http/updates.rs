//! The update channel over HTTP.
//!
//! - `/updates/<platform>/versionupdate.properties`, or `appcast.xml` for macOS: which version there is, and where.
//! - `/updates/<platform>/<version>/<file>`: the installer, or the page on what is new; with ranges (RFC 9110 section 14),
//!   validators and conditions (sections 8.8 and 13), by GET and HEAD.
//!
//! No login is needed: a client fetches both without one. What a path may name was found by the scan, so nothing that a
//! client sends becomes a path in the file system.

mod conditions;
mod endpoint;
mod failure;
mod pieces;
mod range;
mod slots;

pub(super) use self::endpoint::{UpdateEndpoint, UpdateRequest};
pub(crate) use self::slots::WAITING as DOWNLOADS_WAITING;
