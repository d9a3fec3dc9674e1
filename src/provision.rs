//! The one use case: prove the user, look up what the template mentions, render, check, encode.
//!
//! `provisioner` holds the parts and calls the steps: `authentication` proves, `gather` chooses the template and looks up,
//! `render` makes the text and has it linted. Nothing of a reply leaves this room before all of it is rendered and has
//! passed the lint.

mod earlier;
mod error;
mod gather;
pub(crate) mod marks;
mod outcome;
mod provisioner;
mod render;

pub use self::earlier::{Earlier, NotAReply, TemplateMark};
pub use self::error::{NotConnected, ProvisionError};
pub use self::outcome::{Outcome, Preview, PreviewError, Readiness, Reply, Request, RulePassedOver};
pub(crate) use self::provisioner::Parts;
pub use self::provisioner::Provisioner;
pub use self::render::EntrySource;
