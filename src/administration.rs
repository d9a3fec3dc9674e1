//! What administrators may see and do in the pages, without HTTP.

pub mod audit;
