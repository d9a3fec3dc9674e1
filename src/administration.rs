//! What administrators may see and do, without HTTP.
//!
//! - [`sign_in`], [`sessions`], [`role`]: who may see the pages.
//! - [`overview`] looks at everything that shows how the service stands; [`attention`] says what of it needs an administrator;
//!   [`word`] sends that to administrators by chat.
//! - [`preview`] shows what a user would get, key by key.
//! - [`listing`] shows the templates in force and the sources of data.

pub mod admin_link;
pub mod attention;
pub mod audit;
pub mod listing;
pub mod overview;
pub mod preview;
pub mod role;
pub mod sessions;
pub mod sign_in;
pub mod word;

use std::fmt;
use std::sync::Arc;

use self::admin_link::AdminLink;
use self::attention::Attention;
use self::audit::Audit;
use self::listing::Listing;
use self::overview::Overview;
use self::preview::Previewer;
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
    /// Redeems the codes of the command `admin-link`.
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
