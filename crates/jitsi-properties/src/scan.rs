//! Looking at bytes, many at once or only the few that matter.

/// How many bytes are looked at together.
const BLOCK: usize = 16;

/// The place of the first byte that `wanted` names.
///
/// Whole blocks are looked at first: without a branch for each byte the compiler compares all of a block at once. `wanted`
/// should have none either, `|` instead of `||`.
pub(crate) fn position(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let is_in = |block: &[u8; BLOCK]| block.iter().fold(false, |any, byte| any | wanted(*byte));
    let (blocks, _) = bytes.as_chunks();
    let with = blocks.iter().position(is_in);
    // The last block may overlap the one before.
    if with.is_none() && bytes.last_chunk().is_some_and(|last| !is_in(last)) {
        return None;
    }
    let start = with.unwrap_or(blocks.len()) * BLOCK;
    let rest = bytes.get(start..).unwrap_or_default();
    rest.iter().position(|byte| wanted(*byte)).map(|place| start + place)
}

/// [`str::trim`], which most texts need not be searched for: they begin and end with a letter or sign of ASCII.
pub(crate) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~', .., b'!'..=b'~'] | [b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_first(bytes in prop::collection::vec(0..4u8, 0..70), wanted in 0..5u8) {
            prop_assert_eq!(position(&bytes, |byte| byte == wanted), bytes.iter().position(|byte| *byte == wanted));
        }

        #[test]
        fn it_trims_like_a_str(text in "[ \\t\u{a0}\u{7f}]{0,2}[ a~é]{0,3}[ \\n\u{2028}]{0,2}") {
            prop_assert_eq!(trim(&text), text.trim());
        }
    }
}
