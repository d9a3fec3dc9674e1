//! Rules about the keys that the catalogue knows.

use super::super::document::Document;
use super::client::Client;
use super::finding::Finding;

/// Rules about the keys that the catalogue knows.
pub(super) fn check(_document: &Document, _client: &Client, _findings: &mut Vec<Finding>) {}
