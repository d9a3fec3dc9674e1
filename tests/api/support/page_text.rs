//! What a page says, without its tags, and what it must not have in it.

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

/// Fails when any of this would run or lay itself out in a browser. The pages' own policy forbids it besides.
#[track_caller]
pub fn assert_harmless(html: &str) {
    let own = html.replace("&#x2f;", "/").replace("<img src=\"/admin/assets/", "");
    for harmful in ["<img", "<b>", "owned=1</script", "onerror=\"", "style=", "javascript:"] {
        assert!(!own.contains(harmful), "{harmful} in {html}");
    }
}

/// What would run in a page that does not escape it.
pub const HOSTILE: &str = "\"><img src=x onerror=\"owned=1\"><b>'</script><script>owned=1</script>{{ 7*7 }}";
