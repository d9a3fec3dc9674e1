//! Site data: what the site itself knows about its users, from files, commands and endpoints of its own.
//!
//! Values of a user go before those of the user's groups, those before the default; of several sources the later one
//! goes before the earlier.

use std::sync::Arc;

use crate::account::{Contact, Extra, ExtraNames, Username, Wanted};

/// All data of a site at one moment. Shared by all requests.
#[derive(Debug, Default)]
pub struct SiteData {
    names: Arc<ExtraNames>,
}

impl SiteData {
    /// Every name that the data know, with its kind.
    #[must_use]
    pub fn names(&self) -> &Arc<ExtraNames> {
        &self.names
    }

    /// What has to be known about a user to find the values of the user's groups.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        Wanted::NOTHING
    }

    /// The first source that was never read so far, by name. Until it is, nobody's values are whole.
    #[must_use]
    pub fn unread(&self) -> Option<&str> {
        None
    }

    /// The values of one user, who is in these Openfire groups and has these contacts.
    #[must_use]
    pub fn of(&self, _user: &Username, _groups: &[String], _roster: &[Contact]) -> Extra {
        Extra { names: Arc::clone(&self.names), ..Extra::default() }
    }
}
