//! What a page says, without its tags.

use super::http_client::Answer;

/// Tags inside a line.
const INLINE: [&str; 7] = ["a", "bdi", "code", "span", "strong", "time", "summary"];

/// The text of a page without its tags and with one blank for all white space.
#[must_use]
pub fn page_text(answer: &Answer) -> String {
    let mut text = String::new();
    for piece in answer.text().split('<') {
        let (tag, behind) = piece.split_once('>').unwrap_or(("", piece));
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        if !INLINE.contains(&name) {
            text.push(' ');
        }
        text.push_str(behind);
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    let text = entities.iter().fold(text, |text, (entity, character)| text.replace(entity, character));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Fails where the page lacks one of these words.
#[track_caller]
pub fn says(answer: &Answer, words: &[&str]) {
    let text = page_text(answer);
    let missing: Vec<_> = words.iter().filter(|words| !text.contains(**words)).collect();
    assert!(missing.is_empty(), "{missing:?} not in {text}");
}
