//! Who gets which template.
//!
//! 1. Rules are asked in their order; the first that matches counts, and the default where none does.
//! 2. What the request alone decides is judged first. Groups and roster are looked up only for a rule of which everything
//!    else holds.

mod choice;
mod rule;
mod templates;

pub use self::choice::{Choice, Decision, Shadowed};
pub use self::templates::Templates;

#[cfg(test)]
mod tests;
