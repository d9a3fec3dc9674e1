//! The site's templates: from what is known about a user to a text of Java properties.
//!
//! 1. [`Templates::load`] reads the templates and all files they name, compiles them, checks every name in them and renders
//!    them with made-up users, so that a mistake is found before a client asks.
//! 2. [`Templates::decide`] chooses the template for a user.
//! 3. [`Template::wanted`] is what a template mentions; the rest is not fetched.
//! 4. [`Template::render`] makes the text. Each value is escaped automatically; the template's own words are not.
//!
//! `docs/templates.md` is the same from the view of an administrator.

pub(super) mod checker;
mod compile;
mod compiled;
mod context;
mod engine;
mod error;
mod highlight;
mod language;
mod library;
mod output;
mod rehearsal;
mod schema;
mod selection;
mod trace;

pub use self::compiled::Template;
pub use self::context::{ProvisionContext, Sample};
pub use self::error::{LocatedError, TemplateError};
pub use self::highlight::{Piece, PieceKind, pieces};
pub use self::output::Escape;
pub use self::selection::{Choice, Condition, Decision, PassedOver, Shadowed, Templates};
pub(crate) use self::trace::continues;
pub use self::trace::{TemplateLine, Traced};

#[cfg(test)]
mod tests;
