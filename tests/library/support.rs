//! What these tests share.

pub mod chat;
pub mod logins;
