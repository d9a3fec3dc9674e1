//! What a peer may send in one stanza, on either stream.

/// Most bytes after the login, and on the component stream: 10 MiB.
pub(super) const MAX_BYTES: usize = 10 * 1024 * 1024;

/// Deepest nesting that is let through. A roster needs five levels, forms within commands within stanzas about ten.
///
/// `tokio_xmpp` and `minidom` recurse with the depth of an element, while it is read and when it is dropped: some thousands
/// of levels, which fit into 16 KiB, exhaust the stack of a worker and so abort the process.
pub(super) const MAX_DEPTH: usize = 128;

/// Most elements and attributes of one stanza. A roster of 2,000 contacts has about 14,000. In memory each takes some 200
/// bytes, where `<a/>` has four.
pub(super) const MAX_PARTS: usize = 300_000;

/// Whether a stream can begin with this byte. A parser would wait for more of what cannot become XML, for instance of a TLS
/// record.
pub(super) fn begins_xml(first: u8) -> bool {
    // The first byte of a tag, of a byte order mark, or white space.
    b"<\xef \t\r\n".contains(&first)
}
