//! What we read of a text is what the JDK reads of it.

#![no_main]

use jitsi_properties::{ParseErrorKind, parse};
use libfuzzer_sys::fuzz_target;
use openfire_provisioner_fuzz::{Refusal, load_text};

fuzz_target!(|text: &str| match (parse(text), load_text(text)) {
    (Ok(document), loaded) => {
        let pairs: Vec<_> = document.entries().map(|entry| (entry.key().into(), entry.value().into())).collect();
        assert_eq!(Ok(pairs), loaded);
    }
    // NUL is refused by us alone, on purpose, and before anything else.
    (Err(error), Ok(_)) => assert_eq!(error.kind, ParseErrorKind::Nul),
    (Err(error), Err(Refusal::HalfCharacter)) => {
        assert!(matches!(error.kind, ParseErrorKind::LoneSurrogate | ParseErrorKind::Nul), "{error}");
    }
    (Err(_), Err(Refusal::Exception)) => {}
});
