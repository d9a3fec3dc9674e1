//! What comes from outside, as types: who asks, with what password, from what client, and what the server tells
//! about the account.

mod client_info;
mod contact;
mod credentials;
mod display_name;
mod entry;
mod extra;
mod part;
mod profile;
mod update_link;
mod username;

pub use self::client_info::{ClientInfo, ClientVersion};
pub use self::contact::{Contact, Subscription};
pub use self::credentials::{Credentials, Password, PasswordError};
pub use self::display_name::{DisplayName, NameSource};
pub use self::entry::{Entry, Missing, Reason};
pub use self::extra::{Datum, DatumType, Extra, ExtraNames, SecretItems};
pub use self::part::{Part, PartSet};
pub use self::profile::{AccountDetails, Address, Email, Phone, Photo, Profile};
pub use self::update_link::UpdateLink;
pub use self::username::{Username, UsernameError};
