//! What administrators may see and do, without HTTP.
//!
//! - [`sign_in`], [`sessions`], [`role`]: who may come in, and as what.
//! - [`overview`] looks at everything that shows how the service stands; [`attention`] says what of it needs an administrator;
//!   [`word`] sends that to administrators by chat.

pub mod admin_link;
pub mod attention;
pub mod audit;
pub mod overview;
pub mod role;
pub mod sessions;
pub mod sign_in;
pub mod word;

use std::fmt;
use std::sync::Arc;

use self::admin_link::AdminLink;
use self::attention::Attention;
use self::audit::Audit;
use self::overview::Overview;
use self::sessions::Sessions;
use self::sign_in::SignIn;

/// All that the administrators' pages need of the service. There is one, if there are pages.
pub struct Administration {
    /// Lets administrators and viewers in.
    pub sign_in: SignIn,
    /// Who is signed in.
    pub sessions: Sessions,
    /// How the service stands, and its last requests.
    pub overview: Arc<Overview>,
    /// What needs attention.
    pub attention: Arc<Attention>,
    /// Lets in who has a code from the machine of the service.
    pub admin_link: AdminLink,
    /// Who did what.
    pub audit: Audit,
}

impl fmt::Debug for Administration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Administration")
    }
}
