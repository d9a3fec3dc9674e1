//! What administrators learn without the pages, on a real Openfire.

mod word;
