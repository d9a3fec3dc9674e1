//! What administrators may see and do, without HTTP.

pub mod admin_link;
pub mod audit;
pub mod role;
pub mod sessions;
pub mod sign_in;

use std::fmt;

use self::admin_link::AdminLink;
use self::audit::Audit;
use self::sessions::Sessions;
use self::sign_in::SignIn;

/// All that the administrators' pages need of the service. There is one, if there are pages.
pub struct Administration {
    /// Lets administrators and viewers in.
    pub sign_in: SignIn,
    /// Who is signed in.
    pub sessions: Sessions,
    /// Redeems the codes of the command `admin-link`.
    pub admin_link: AdminLink,
    /// Who did what.
    pub audit: Audit,
}

impl fmt::Debug for Administration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Administration")
    }
}
