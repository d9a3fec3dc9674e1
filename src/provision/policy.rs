//! What the site wants its clients to be told: templates, rules and data, in force all together.

use std::sync::Arc;

use crate::site_data::SiteData;
use crate::template::Templates;

/// Templates, rules and data of one moment. A reload puts another one in its place as a whole; a request keeps the one it
/// began with.
#[derive(Debug)]
pub struct Policy {
    /// The templates and who gets which.
    pub templates: Templates,
    /// What the site itself knows about its users.
    pub data: Arc<SiteData>,
}
