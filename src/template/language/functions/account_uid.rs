//! `account_uid`: the name under which a client keeps what belongs to an account.

use minijinja::Value;

use super::argument_error::ArgumentError;
use super::arguments::{Arguments, text};
use super::description::Description;

pub(super) const DESCRIPTION: Description = Description {
    name: "account_uid",
    example: "account_uid('Jabber', user.jid, openfire.domain)",
    takes: 3..=3,
    steps: 1,
    check,
};

/// The client's names of the two protocols that are provisioned (`ProtocolNames`).
const PROTOCOLS: [&str; 2] = ["Jabber", "SIP"];

/// `Jabber:<bare JID>@<server>` or `SIP:<user>@<server>`, as the client's own `AccountID` makes it.
pub(super) fn account_uid(arguments: &Arguments<'_>) -> Result<Value, ArgumentError> {
    let protocol = protocol(arguments.at(0))?;
    let user = part(arguments.at(1))?;
    let server = part(arguments.at(2))?;
    Ok(Value::from(format!("{protocol}:{user}@{server}")))
}

fn check(place: usize, value: &Value) -> Result<(), ArgumentError> {
    if place == 0 { protocol(value).map(drop) } else { part(value).map(drop) }
}

fn protocol(value: &Value) -> Result<&'static str, ArgumentError> {
    let name = text(value)?;
    let known = PROTOCOLS.into_iter().find(|known| *known == name);
    known.ok_or_else(|| ArgumentError::from("knows the protocols `Jabber` (that is XMPP) and `SIP`, spelt like this"))
}

/// Half an id would change with the missing half, and the client would lose what it keeps under it.
fn part(value: &Value) -> Result<String, ArgumentError> {
    let text = text(value)?;
    if text.trim().is_empty() {
        return Err("makes no id from an empty user or server: test for it first, as in `{% if … %}`".into());
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uid(values: &[&str]) -> Result<String, ArgumentError> {
        let values: Vec<Value> = values.iter().map(|text| Value::from(*text)).collect();
        account_uid(&Arguments::new(&values)).map(|value| value.to_string())
    }

    #[test]
    fn ids_are_those_that_the_client_makes_itself() {
        assert_eq!(uid(&["Jabber", "anna@example.org", "example.org"]).unwrap(), "Jabber:anna@example.org@example.org");
        assert_eq!(uid(&["SIP", "4711", "pbx.example.org"]).unwrap(), "SIP:4711@pbx.example.org");
    }

    #[test]
    fn other_protocols_and_empty_parts_are_refused() {
        for protocol in ["XMPP", "jabber", "sip", "", "Jabber "] {
            assert!(
                uid(&[protocol, "anna@example.org", "example.org"]).unwrap_err().0.contains("`Jabber`"),
                "{protocol}"
            );
        }
        assert!(uid(&["SIP", "", "pbx.example.org"]).unwrap_err().0.contains("empty"));
        assert!(uid(&["SIP", "4711", " "]).unwrap_err().0.contains("empty"));
    }
}
