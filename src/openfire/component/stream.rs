//! One component stream: bytes to items, stanzas to bytes, and the bytes that wait to be written.

mod reader;
pub(super) mod stanza;
mod writer;

pub(super) use self::reader::{Header, StreamItem, StreamReader};
pub(super) use self::writer::StreamWriter;

/// Both directions of one stream.
#[derive(Debug)]
pub(super) struct Stream<R, W> {
    pub(super) reader: StreamReader<R>,
    pub(super) writer: StreamWriter<W>,
}
