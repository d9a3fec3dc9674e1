//! The client of a preview, out of what an administrator typed.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::Previewer;
use crate::model::account::{ClientInfo, ClientVersion};

/// Longest `User-Agent` that counts, in bytes, as for clients.
const MAX_AGENT: usize = 256;

/// Most fields, as for clients.
const MAX_FIELDS: usize = 64;

/// Longest name of a field, in bytes, as for clients.
const MAX_NAME: usize = 64;

/// Longest value of a field, in bytes, as for clients.
const MAX_VALUE: usize = 1023;

/// What an administrator types about a client.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClientFields<'a> {
    /// The header `User-Agent`; empty for the usual one.
    pub user_agent: &'a str,
    /// The address; empty for this machine.
    pub address: &'a str,
    /// What the client's field `os` says; empty when it is not sent.
    pub os: &'a str,
    /// More fields, `NAME=VALUE`, one on each line.
    pub more: &'a str,
}

/// Why this can be no client. It repeats nothing of what was typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAClient {
    /// The header would not arrive so.
    #[error("the user agent must be at most {MAX_AGENT} characters of printable ASCII")]
    UserAgent,
    /// The address is none.
    #[error("the address is not an IP address, such as 192.0.2.7 or 2001:db8::7")]
    Address,
    /// A line of the further fields is no field.
    #[error("line {0} of the fields: write NAME=VALUE, for example arch=x86_64")]
    Field(usize),
    /// A name or value is longer than a client may send. Holds the line of the further fields; 0 for the field `os`.
    #[error("a field is too long (line {0}): a name has at most {MAX_NAME} bytes, and a value at most {MAX_VALUE}")]
    TooLong(usize),
    /// There are more than a client may send.
    #[error("a client may send at most {MAX_FIELDS} fields")]
    TooMany,
}

impl Previewer {
    /// The client of these fields. Fields that the service itself reads, such as the password, are left out: no template sees
    /// them.
    ///
    /// # Errors
    ///
    /// What no client could send.
    pub fn client(&self, typed: &ClientFields<'_>) -> Result<ClientInfo, NotAClient> {
        client(typed, &self.own_fields)
    }
}

fn client(typed: &ClientFields<'_>, own_fields: &[String]) -> Result<ClientInfo, NotAClient> {
    let user_agent = match typed.user_agent.trim() {
        "" => ClientInfo::USUAL_AGENT,
        typed => typed,
    };
    if user_agent.len() > MAX_AGENT || !user_agent.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return Err(NotAClient::UserAgent);
    }
    let address = match typed.address.trim() {
        "" => IpAddr::from([127, 0, 0, 1]),
        typed => typed.parse().map_err(|_| NotAClient::Address)?,
    };
    let mut fields = fields(typed)?;
    fields.retain(|name, _| !own_fields.contains(name));
    if fields.len() > MAX_FIELDS {
        return Err(NotAClient::TooMany);
    }
    let version = ClientVersion::parse(user_agent);
    Ok(ClientInfo { address, user_agent: user_agent.to_owned(), version, fields })
}

fn fields(typed: &ClientFields<'_>) -> Result<BTreeMap<String, String>, NotAClient> {
    let mut fields = BTreeMap::new();
    let os = Some((0, "os", typed.os)).filter(|(_, _, value)| !value.is_empty()).map(Ok);
    let lines = typed.more.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let more = lines.map(|(line, number)| match line.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((number, name.trim(), value)),
        _ => Err(NotAClient::Field(number)),
    });
    for field in os.into_iter().chain(more) {
        let (number, name, value) = field?;
        if name.len() > MAX_NAME || value.len() > MAX_VALUE {
            return Err(NotAClient::TooLong(number));
        }
        fields.insert(name.to_owned(), value.to_owned());
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(typed: &ClientFields<'_>) -> Result<ClientInfo, NotAClient> {
        client(typed, &["password".to_owned()])
    }

    #[test]
    fn what_is_not_typed_is_as_for_the_command() {
        let usual = made(&ClientFields::default()).unwrap();
        assert_eq!(usual.user_agent, ClientInfo::USUAL_AGENT);
        assert_eq!((usual.address.to_string().as_str(), usual.fields.len()), ("127.0.0.1", 0));
    }

    #[test]
    fn fields_come_from_both_places_and_never_those_that_no_template_sees() {
        let more = "arch=x86 64\r\n\r\nuuid=\npassword=hunter2\n host = mac ";
        let fields = made(&ClientFields { os: "linux", more, ..ClientFields::default() }).unwrap().fields;
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(fields, [("arch", "x86 64"), ("host", " mac "), ("os", "linux"), ("uuid", "")]);
    }

    #[test]
    fn what_no_client_could_send_is_refused() {
        let long = "x".repeat(257);
        let longer = format!("a={}", "x".repeat(1024));
        let many = (0..65).map(|number| format!("f{number}=1\n")).collect::<Vec<_>>().concat();
        let agent = |user_agent| made(&ClientFields { user_agent, ..ClientFields::default() }).unwrap_err();
        let more = |more| made(&ClientFields { more, ..ClientFields::default() }).unwrap_err();
        assert_eq!(agent("Jitsi\u{e9}"), NotAClient::UserAgent);
        assert_eq!(agent("a\nb"), NotAClient::UserAgent);
        assert_eq!(agent(&long), NotAClient::UserAgent);
        let address = made(&ClientFields { address: "10.0.0", ..ClientFields::default() });
        assert_eq!(address.unwrap_err(), NotAClient::Address);
        assert_eq!(more("a=1\nhunter2"), NotAClient::Field(2));
        assert_eq!(more("=1"), NotAClient::Field(1));
        assert_eq!(more(&longer), NotAClient::TooLong(1));
        assert_eq!(more(&many), NotAClient::TooMany);
    }
}
