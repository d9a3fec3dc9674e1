//! Templates, with the programs that read what they make.

mod examples;
mod java_hash;
mod turn;
