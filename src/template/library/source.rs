//! The template's text, from its file or built in.

use std::io::{self, Read};
use std::path::Path;

use super::tags;
use crate::model::files::ordinary_file;
use crate::template::error::{LocatedError, TemplateError};

/// A file's text and the name under which its errors are reported.
#[derive(Clone)]
pub(in crate::template) struct SourceFile {
    pub(in crate::template) name: String,
    pub(in crate::template) text: String,
}

/// Largest file, in bytes. The longest ones that sites use have about 20 KiB.
const MAX_BYTES: usize = 256 * 1024;

/// Most lines, since the engine counts them in 16 bits.
const MAX_LINES: usize = 10_000;

impl SourceFile {
    /// The template that is built in.
    pub(in crate::template) fn built_in() -> Self {
        Self { name: "built in".to_owned(), text: include_str!("../../../templates/provision.properties").to_owned() }
    }

    /// Reads `path`. Only UTF-8 without a byte order mark is taken: any other encoding would garble names silently.
    pub(in crate::template) fn read(path: &Path) -> Result<Self, TemplateError> {
        let unreadable = |source| TemplateError::Unreadable { path: path.to_path_buf(), source };
        let bytes = read_limited(path).map_err(unreadable)?;
        let name = path.display().to_string();
        match decode(bytes).and_then(|text| tags::check_tags(&text).map(|()| text)) {
            Ok(text) => Ok(Self { name, text }),
            Err((line, message)) => Err(TemplateError::Invalid(vec![LocatedError::at(&name, line, message)])),
        }
    }
}

fn read_limited(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than may be, to notice that there is one more.
    ordinary_file::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn decode(bytes: Vec<u8>) -> Result<String, (usize, String)> {
    if bytes.len() > MAX_BYTES {
        return Err((1, format!("the file is larger than {MAX_BYTES} bytes; is this the right file?")));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err((1, "the file starts with a byte order mark; save it as UTF-8 without one".to_owned()));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err((1, "the file is in UTF-16; save it as UTF-8".to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let (valid, rest) = error.as_bytes().split_at(error.utf8_error().valid_up_to());
        let wrong = rest.first().copied().unwrap_or_default();
        let line = valid.split(|byte| *byte == b'\n').count();
        (line, format!("byte 0x{wrong:02X} is not UTF-8 (is the file in Latin-1?); save it as UTF-8"))
    })?;
    if text.lines().nth(MAX_LINES).is_some() {
        return Err((MAX_LINES, format!("the file has more than {MAX_LINES} lines; is this the right file?")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_encodings_are_refused_with_the_line() {
        let refused = |bytes: &[u8]| decode(bytes.to_vec()).unwrap_err();
        assert_eq!(refused(b"\xef\xbb\xbfa=b").0, 1);
        assert!(refused(b"\xff\xfea\0").1.contains("UTF-16"));
        let (line, message) = refused(b"a=b\nc=d\nname=Andr\xe9\n");
        assert_eq!(line, 3);
        assert!(message.contains("0xE9"), "{message}");
    }

    #[test]
    fn utf8_of_any_script_is_taken() {
        assert_eq!(decode("имя=Анна\n".into()), Ok("имя=Анна\n".to_owned()));
    }

    #[test]
    fn what_cannot_be_a_template_is_refused() {
        assert!(decode(vec![b'a'; MAX_BYTES + 1]).is_err());
        assert!(decode(vec![b'\n'; MAX_LINES + 1]).is_err());
    }
}
