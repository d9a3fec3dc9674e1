//! What the server tells about an account.

/// The parts of a vCard (XEP-0054) that people use. What the vCard does not have is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// `FN`.
    pub full_name: String,
    /// `N/FAMILY`.
    pub family: String,
    /// `N/GIVEN`.
    pub given: String,
    /// `N/MIDDLE`.
    pub middle: String,
    /// `N/PREFIX`.
    pub prefix: String,
    /// `N/SUFFIX`.
    pub suffix: String,
    /// `NICKNAME`.
    pub nickname: String,
    /// `ORG/ORGNAME`.
    pub organisation: String,
    /// `ORG/ORGUNIT`, in order.
    pub units: Vec<String>,
    /// `TITLE`.
    pub title: String,
    /// `ROLE`.
    pub role: String,
    /// `TEL`, in order.
    pub phones: Vec<Phone>,
    /// `EMAIL`, in order.
    pub emails: Vec<Email>,
    /// `ADR`, in order.
    pub addresses: Vec<Address>,
    /// `URL`.
    pub url: String,
    /// `BDAY`, as it stands there.
    pub birthday: String,
    /// `DESC`, else `NOTE`.
    pub note: String,
    /// `JABBERID`.
    pub jabber_id: String,
    /// `PHOTO`; only fetched when a template mentions it.
    pub photo: Option<Photo>,
}

/// A telephone number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phone {
    /// The number, as it stands in the vCard.
    pub number: String,
    /// Its kinds in lower case: `home`, `work`, `voice`, `fax`, `pager`, `msg`, `cell`, `video`, `bbs`, `modem`, `isdn`, `pcs`, `pref`.
    pub kinds: Vec<String>,
}

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Email {
    /// As the vCard has it; nothing checks that mail can be sent to it.
    pub address: String,
    /// Its kinds in lower case: `home`, `work`, `internet`, `pref`, `x400`.
    pub kinds: Vec<String>,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Its kinds in lower case: `home`, `work`, `postal`, `parcel`, `dom`, `intl`, `pref`.
    pub kinds: Vec<String>,
    /// `POBOX`.
    pub post_box: String,
    /// `EXTADD`.
    pub extended: String,
    /// `STREET`.
    pub street: String,
    /// `LOCALITY`.
    pub locality: String,
    /// `REGION`.
    pub region: String,
    /// `PCODE`.
    pub postcode: String,
    /// `CTRY`.
    pub country: String,
}

/// A picture of the user (XEP-0054 `PHOTO`).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Photo {
    /// Media type, for example `image/png`; empty when the vCard names none.
    pub media_type: String,
    /// The picture in base64, without line breaks.
    pub base64: String,
}

impl std::fmt::Debug for Photo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Photo({:?}, {} base64 characters)", self.media_type, self.base64.len())
    }
}

/// What Openfire's user table says about an account, beside its vCard.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountDetails {
    /// The account's name; empty when unknown.
    pub name: String,
    /// The account's e-mail address; empty when unknown.
    pub email: String,
}
