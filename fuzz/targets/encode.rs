//! Whatever stands in a value or a key of a template, the JDK of a client reads back exactly that.

#![no_main]

use jitsi_properties::{encode, escape, parse};
use libfuzzer_sys::fuzz_target;
use openfire_provisioner_fuzz::load_bytes;

fuzz_target!(|entries: Vec<(String, String)>| {
    let mut text = String::new();
    for (key, value) in &entries {
        escape(key, &mut text);
        text.push('=');
        escape(value, &mut text);
        text.push('\n');
    }
    let bytes = encode(&parse(&text).expect("what is escaped can be parsed"));
    assert!(bytes.is_ascii());
    assert_eq!(Ok(entries), load_bytes(&bytes));
});
