//! What these tests share.

pub mod logins;
