//! LDAP messages (RFC 4511) in BER, as far as the proxy reads and writes them.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// `LDAPMessage`, `BindRequest`'s version and every other `SEQUENCE` begin with it.
const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const ENUMERATED: u8 = 0x0a;
const BIND_REQUEST: u8 = 0x60;
const BIND_RESPONSE: u8 = 0x61;
const SEARCH_REQUEST: u8 = 0x63;
const SEARCH_RESULT_DONE: u8 = 0x65;

/// `resultCode` of a wrong password.
const INVALID_CREDENTIALS: u8 = 49;
/// `resultCode` of a server that cannot do it now.
const UNAVAILABLE: u8 = 52;

/// The largest message that is carried, in bytes.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// One message, with its outer tag and length.
#[derive(Debug)]
pub(super) struct Message(pub(super) Vec<u8>);

/// What a client asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// A bind with this name, without quotation marks.
    Bind(String),
    /// A search; whether it looks for groups.
    Search {
        /// Its base is below `ou=groups`, or its filter names their class.
        for_groups: bool,
    },
    /// Anything else.
    Other,
}

impl Message {
    /// Reads one; `None` at the end of the stream.
    pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let mut bytes = vec![0; 2];
        if stream.read(&mut bytes[..1]).await? == 0 {
            return Ok(None);
        }
        stream.read_exact(&mut bytes[1..]).await?;
        let mut length = usize::from(bytes[1]);
        if length >= 0x80 {
            // The long form: how many bytes the length has.
            let mut long = vec![0; length & 0x7f];
            stream.read_exact(&mut long).await?;
            length = number(&long).ok_or(io::ErrorKind::InvalidData)?;
            bytes.append(&mut long);
        }
        if bytes[0] != SEQUENCE || length > MOST_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let head = bytes.len();
        bytes.resize(head + length, 0);
        stream.read_exact(&mut bytes[head..]).await?;
        Ok(Some(Self(bytes)))
    }

    /// What it asks for, in a message from a client.
    pub(super) fn request(&self) -> Request {
        self.parts().map_or(Request::Other, |(_, operation, contents)| match operation {
            BIND_REQUEST => {
                let name = element(contents).and_then(|(_, _, rest)| element(rest));
                let name = name.filter(|(tag, ..)| *tag == OCTET_STRING).map_or(&b""[..], |(_, name, _)| name);
                Request::Bind(unquoted(name))
            }
            SEARCH_REQUEST => {
                let text = unquoted(contents).to_ascii_lowercase();
                Request::Search { for_groups: text.contains("ou=groups,") || text.contains("groupofnames") }
            }
            _ => Request::Other,
        })
    }

    /// The answer to a bind with a wrong password.
    pub(super) fn bind_refused(&self) -> Option<Self> {
        self.answer(BIND_RESPONSE, INVALID_CREDENTIALS)
    }

    /// The answer to a search that the server cannot do.
    pub(super) fn search_failed(&self) -> Option<Self> {
        self.answer(SEARCH_RESULT_DONE, UNAVAILABLE)
    }

    /// The result code, in an answer that ends an operation.
    #[cfg(test)]
    pub(super) fn result_code(&self) -> Option<u8> {
        let (_, _, contents) = self.parts()?;
        let (_, code, _) = element(contents).filter(|(tag, ..)| *tag == ENUMERATED)?;
        code.last().copied()
    }

    /// An `LDAPResult` for it: no matched name, no text.
    fn answer(&self, operation: u8, code: u8) -> Option<Self> {
        let (id, ..) = self.parts()?;
        let result = [ENUMERATED, 1, code, OCTET_STRING, 0, OCTET_STRING, 0];
        let contents = [wrapped(INTEGER, id), wrapped(operation, &result)].concat();
        Some(Self(wrapped(SEQUENCE, &contents)))
    }

    /// Number, tag of the operation, and its contents.
    fn parts(&self) -> Option<(&[u8], u8, &[u8])> {
        let (_, inside, _) = element(&self.0)?;
        let (_, id, rest) = element(inside).filter(|(tag, ..)| *tag == INTEGER)?;
        let (operation, contents, _) = element(rest)?;
        Some((id, operation, contents))
    }
}

/// Openfire writes `cn="admin",dc="example"` (RFC 1779) where a name is a setting of it.
fn unquoted(name: &[u8]) -> String {
    String::from_utf8_lossy(name).replace('"', "")
}

/// The first element: tag, contents, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (length, rest) = if short < 0x80 {
        (usize::from(short), rest)
    } else {
        let (long, rest) = rest.split_at_checked(usize::from(short & 0x7f))?;
        (number(long)?, rest)
    };
    let (contents, rest) = rest.split_at_checked(length)?;
    Some((tag, contents, rest))
}

fn number(bytes: &[u8]) -> Option<usize> {
    (bytes.len() <= 4).then(|| bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// An element with fewer than 128 bytes of contents.
fn wrapped(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u8::try_from(contents.len()).ok().filter(|length| *length < 0x80).expect("a short element");
    [&[tag, length], contents].concat()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A bind with a name and a password.
    pub(in super::super) fn bind(id: u8, name: &str, password: &str) -> Message {
        let version = wrapped(INTEGER, &[3]);
        let contents = [version, wrapped(OCTET_STRING, name.as_bytes()), wrapped(0x80, password.as_bytes())].concat();
        message(id, BIND_REQUEST, &contents)
    }

    /// A search of a whole subtree for objects of a class.
    pub(in super::super) fn search(id: u8, base: &str, class: &str) -> Message {
        let filter = [wrapped(OCTET_STRING, b"objectClass"), wrapped(OCTET_STRING, class.as_bytes())].concat();
        let contents = [
            wrapped(OCTET_STRING, base.as_bytes()),
            // Scope 2, aliases 0, no limits, values too; equality match; no attributes.
            vec![ENUMERATED, 1, 2, ENUMERATED, 1, 0, INTEGER, 1, 0, INTEGER, 1, 0, 1, 1, 0],
            wrapped(0xa3, &filter),
            wrapped(SEQUENCE, &wrapped(OCTET_STRING, b"1.1")),
        ];
        message(id, SEARCH_REQUEST, &contents.concat())
    }

    fn message(id: u8, operation: u8, contents: &[u8]) -> Message {
        Message(wrapped(SEQUENCE, &[wrapped(INTEGER, &[id]), wrapped(operation, contents)].concat()))
    }

    #[test]
    fn binds_and_searches_are_recognised() {
        assert_eq!(bind(1, "cn=a,dc=b", "secret").request(), Request::Bind("cn=a,dc=b".to_owned()));
        assert_eq!(bind(1, "cn=\"a\",dc=\"b\"", "secret").request(), Request::Bind("cn=a,dc=b".to_owned()));
        assert_eq!(search(2, "dc=b", "person").request(), Request::Search { for_groups: false });
        assert_eq!(search(2, "OU=Groups,dc=b", "person").request(), Request::Search { for_groups: true });
        assert_eq!(search(2, "dc=b", "groupOfNames").request(), Request::Search { for_groups: true });
        assert_eq!(Message(vec![SEQUENCE, 5, INTEGER, 1, 3, 0x42, 0]).request(), Request::Other, "an unbind");
        assert_eq!(Message(vec![SEQUENCE, 0x84]).request(), Request::Other, "cut short");
    }

    #[test]
    fn an_answer_has_the_number_of_its_request() {
        let refused = bind(7, "cn=a", "b").bind_refused().expect("an answer");
        // RFC 4511 section 4.2.2, spelled out.
        assert_eq!(refused.0, *b"\x30\x0c\x02\x01\x07\x61\x07\x0a\x01\x31\x04\x00\x04\x00");
        assert_eq!(search(8, "dc=b", "person").search_failed().and_then(|done| done.result_code()), Some(UNAVAILABLE));
    }

    #[tokio::test]
    async fn messages_are_read_one_by_one() {
        let long = [&[SEQUENCE, 0x82, 1, 0][..], &[7; 256]].concat();
        let stream = [bind(1, "cn=a", "b").0, long.clone(), vec![SEQUENCE, 3, 1]].concat();
        let mut stream = &stream[..];
        let first = Message::read(&mut stream).await.expect("a message").expect("no end");
        assert_eq!(first.0, bind(1, "cn=a", "b").0);
        let second = Message::read(&mut stream).await.expect("a message").expect("no end");
        assert_eq!(second.0, long);
        assert!(Message::read(&mut stream).await.is_err(), "the third is cut short");
        assert!(Message::read(&mut stream).await.expect("an end").is_none());
        assert!(Message::read(&mut &b"GET / HTTP/1.1\r\n"[..]).await.is_err(), "no LDAP");
    }
}
