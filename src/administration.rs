//! What administrators may see and do, without HTTP.
//!
//! - [`sign_in`], [`sessions`], [`role`]: who may see the pages.
//! - [`preview`] shows what a user would get, key by key.
//! - [`listing`] shows the templates in force and the sources of data.

pub mod admin_link;
pub mod audit;
pub mod listing;
pub mod preview;
pub mod role;
pub mod sessions;
pub mod sign_in;

use std::fmt;

use self::admin_link::AdminLink;
use self::audit::Audit;
use self::listing::Listing;
use self::preview::Previewer;
use self::sessions::Sessions;
use self::sign_in::SignIn;

/// All that the administrators' pages need of the service. There is one, if there are pages.
pub struct Administration {
    /// Lets administrators and viewers in.
    pub sign_in: SignIn,
    /// Who is signed in.
    pub sessions: Sessions,
    /// Lets in who has a code from the machine of the service.
    pub admin_link: AdminLink,
    /// Who did what.
    pub audit: Audit,
    /// Shows what a user would get.
    pub previewer: Previewer,
    /// Lists what is in force.
    pub listing: Listing,
}

impl fmt::Debug for Administration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Administration")
    }
}
