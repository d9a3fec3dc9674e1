//! What an administrator typed into the form of the page.

use serde::Serialize;

use crate::administration::preview::ClientFields;
use crate::http::admin::request::Fields;

/// Longest text of one field that is taken, in bytes. A whole client fits many times.
const MAX_TYPED: usize = 8 * 1024;

/// What was typed.
#[derive(Debug, Default, Serialize)]
pub(super) struct Typed {
    pub(super) user: String,
    pub(super) client: TypedClient,
    /// The client to compare with; empty when there is none.
    pub(super) other: TypedClient,
}

/// What was typed about a client.
#[derive(Debug, Default, Serialize)]
pub(super) struct TypedClient {
    agent: String,
    address: String,
    os: String,
    fields: String,
}

impl Typed {
    /// Takes it from the form or the query.
    pub(super) fn of(fields: &Fields) -> Self {
        let text =
            |name: &str| fields.filled(name).filter(|text| text.len() <= MAX_TYPED).unwrap_or_default().to_owned();
        let client = |before: &str| TypedClient {
            agent: text(&format!("{before}agent")),
            address: text(&format!("{before}address")),
            os: text(&format!("{before}os")),
            fields: text(&format!("{before}fields")),
        };
        Self { user: text("user"), client: client(""), other: client("other-") }
    }
}

impl TypedClient {
    /// Whether nothing was typed.
    pub(super) fn is_empty(&self) -> bool {
        let Self { agent, address, os, fields } = self;
        [agent, address, os, fields].iter().all(|text| text.is_empty())
    }

    /// The same for the preview.
    pub(super) fn fields(&self) -> ClientFields<'_> {
        ClientFields { user_agent: &self.agent, address: &self.address, os: &self.os, more: &self.fields }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_its_own_fields() {
        let typed = Typed::of(&Fields::parse(b"user=+anna+&agent=Jitsi%2F2.10&other-os=mac&fields=a%3D1%0D%0Ab%3D2"));
        assert_eq!(typed.user, "anna");
        let client = typed.client.fields();
        assert_eq!((client.user_agent, client.os, client.more), ("Jitsi/2.10", "", "a=1\r\nb=2"));
        assert_eq!((typed.other.fields().os, typed.other.is_empty()), ("mac", false));
        assert!(Typed::of(&Fields::default()).other.is_empty());
    }
}
