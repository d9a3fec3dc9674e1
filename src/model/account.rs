//! The shared vocabulary: types for what comes from outside, which all rooms pass to each other.
//!
//! - who asks, with which password and from which client: [`Credentials`], [`Username`], [`Password`], [`ClientInfo`];
//! - which account a name as people type it stands for: [`LoginNames`];
//! - what the server knows about that user: [`Entry`] with [`Profile`], [`Contact`] and [`AccountDetails`];
//! - what the site's own data say about the user: [`Extra`], [`Datum`];
//! - which of all this a template needs: [`PartSet`], [`Part`];
//! - where the client finds its updates: [`UpdateLink`].
//!
//! None of them does I/O, and each is checked when it is made.

mod client_info;
mod contact;
mod credentials;
mod display_name;
mod entry;
mod extra;
mod login_names;
mod part;
mod profile;
mod update_link;
mod username;

pub use self::client_info::{ClientInfo, ClientVersion};
pub use self::contact::{Contact, Subscription};
pub use self::credentials::{Credentials, Password, PasswordError};
pub use self::display_name::{DisplayName, NameSource};
pub use self::entry::{Entry, Missing, Reason};
pub use self::extra::{Datum, DatumForm, DatumType, Extra, ExtraNames, SecretItems};
pub use self::login_names::{ForeignName, LoginName, LoginNames, LoginPattern};
pub use self::part::{Part, PartSet};
pub use self::profile::{AccountDetails, Address, Email, Phone, Photo, Profile};
pub use self::update_link::UpdateLink;
pub use self::username::{Username, UsernameError};
