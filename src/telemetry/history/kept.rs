//! The record of a request as it is kept: of bounded size.

use crate::model::account::ClientVersion;
use crate::model::request::{Asked, Chosen, RequestEnd, RequestRecord};

/// The most of each text, in bytes.
const MOST_TEXT: usize = 256;

/// The most of the reason, in bytes.
const MOST_REASON: usize = 500;

/// The record with its texts cut.
pub(super) fn kept(record: &RequestRecord) -> RequestRecord {
    let RequestRecord { id, user, address, agent, version, asked, chosen, end, stages, total } = record;
    RequestRecord {
        id: *id,
        user: user.as_deref().map(text),
        address: *address,
        agent: text(agent),
        version: ClientVersion { product: text(&version.product), version: text(&version.version) },
        asked: match asked {
            Asked::Update(file) => Asked::Update(file.as_deref().map(text)),
            other @ (Asked::Provisioning | Asked::Unknown) => other.clone(),
        },
        chosen: chosen
            .as_ref()
            .map(|Chosen { template, rule }| Chosen { template: text(template), rule: rule.as_deref().map(text) }),
        end: RequestEnd { reason: end.reason.as_deref().map(|reason| cut(reason, MOST_REASON)), ..end.clone() },
        stages: *stages,
        total: *total,
    }
}

fn text(text: &str) -> String {
    cut(text, MOST_TEXT)
}

/// The beginning of a text, in `most` bytes with the sign that something is missing.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most.saturating_sub('…'.len_utf8()));
    // Exactly as long as it is: what is more would count thousands of times.
    [text.get(..end).unwrap_or_default(), "…"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_shows_it() {
        assert_eq!(cut("anna", 4), "anna");
        assert_eq!(cut("annabel", 6), "ann…");
        assert_eq!(cut("ääää", 7), "ää…");
        assert_eq!(cut("ääääää", 8), "ää…");
    }
}
