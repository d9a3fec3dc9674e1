//! Any text as one short line, fit for a log and a page.

/// `text` in at most `most` characters. What could garble a line, or hide or turn round other characters, becomes a blank.
pub(crate) fn plain_line(text: &str, most: usize) -> String {
    let line: String = text.chars().map(|char| if is_deceptive(char) { ' ' } else { char }).take(most).collect();
    line.trim().to_owned()
}

fn is_deceptive(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_one_short_line() {
        assert_eq!(plain_line("  a\r\nb\tc\u{202e}d\u{0}e\u{7f} ", 100), "a  b c d e");
        assert_eq!(plain_line("Jürgen 文字 \u{1f600}", 100), "Jürgen 文字 \u{1f600}");
        assert_eq!(plain_line(&"ä".repeat(300), 200).chars().count(), 200);
    }
}
