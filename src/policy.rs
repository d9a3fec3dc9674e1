//! What the site wants its clients to get: templates, rules and data, in force all together, and the review of templates before
//! any client gets their text.

mod diagnostic;
mod exposed;
mod in_force;
mod installation;
mod moves;
mod own_rules;
mod review;
mod shown_line;
mod source_state;
mod state;

pub use self::diagnostic::Diagnostic;
pub use self::exposed::exposed;
pub use self::in_force::{Harmful, Policy, load_templates};
pub use self::installation::review_installation;
pub use self::moves::{Move, moves};
pub use self::own_rules::OWN_RULES;
pub(crate) use self::review::review_hiding;
pub use self::review::{diagnose, review, review_text};
pub use self::shown_line::{ShownLine, ShownSources};
pub use self::source_state::{SourceColumn, SourceContents, SourceKind, SourceState};
pub use self::state::{PolicyState, ReloadFailure};
