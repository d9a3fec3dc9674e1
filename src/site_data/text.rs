//! From bytes to text.

use super::error::ParseError;

/// The text that `bytes` are in UTF-8. A byte order mark, which spreadsheets and Windows write, is left out.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, ParseError> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(ParseError::at(1, "this is UTF-16; save it as UTF-8 (in Excel: \"CSV UTF-8\")"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let (valid, rest) = bytes.split_at(error.valid_up_to());
        let wrong = rest.first().copied().unwrap_or_default();
        let line = newlines(valid) + 1;
        ParseError::at(line, format!("byte 0x{wrong:02X} is not UTF-8 (is this Latin-1?); save it as UTF-8"))
    })
}

/// The line that holds byte `offset` of `text`, counted from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    newlines(text.as_bytes().get(..offset).unwrap_or(text.as_bytes())) + 1
}

/// How many lines end in `bytes`.
pub(super) fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().copied().filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_taken_with_a_byte_order_mark_and_without() {
        assert_eq!(decode("имя\n".as_bytes()), Ok("имя\n"));
        assert_eq!(decode(b"\xef\xbb\xbfa,b\n"), Ok("a,b\n"));
    }

    #[test]
    fn other_encodings_are_refused_with_line_and_byte() {
        let latin = decode(b"\xef\xbb\xbfname\nbo\nandr\xe9\n").unwrap_err();
        assert_eq!(latin.line, Some(3));
        assert!(latin.problem.starts_with("byte 0xE9 is not UTF-8"), "{}", latin.problem);
        assert!(decode(b"\xff\xfea\0").unwrap_err().problem.contains("UTF-16"));
        assert!(decode(b"\xfe\xff\0a").unwrap_err().problem.contains("UTF-16"));
    }
}
