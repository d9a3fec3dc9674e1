//! Who gets which template.
//!
//! 1. Rules are asked in their order; the first that matches counts, and the default where none does.
//! 2. What the request alone decides is judged first. Groups and roster are looked up only for a rule of which everything
//!    else holds.
//! 3. A rule is a yes, a no or unknown, where groups could not be read for example. The first that is no "no" decides, and
//!    one that is unknown lets no template be chosen.

mod choice;
mod rule;
mod templates;

pub use self::choice::{Choice, Condition, Decision, PassedOver, Shadowed};
pub use self::templates::Templates;

#[cfg(test)]
mod tests;
