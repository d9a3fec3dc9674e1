//! Signing in, and how that ends.

mod accounts;
mod codes;
mod sessions;
