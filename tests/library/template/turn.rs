//! A TURN server takes the credentials that a template makes, for as long as they live.

use jiff::{SignedDuration, Timestamp};
use jitsi_properties::{escaped, parse};
use openfire_provisioner::model::account::ExtraNames;
use openfire_provisioner::model::config;
use openfire_provisioner::template::{ProvisionContext, Sample, Templates};
use test_servers::coturn::Coturn;

const SECRET: &str = "the \"secret\" of coturn";

/// Credentials as a client reads them.
struct Rendered {
    username: String,
    password: String,
}

fn rendered(secret: &str, sample: &str, now: Timestamp) -> Rendered {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("turn.properties");
    let text = format!(
        "{{% set turn = turn_credentials('{secret}', '1h') %}}\n\
         a.STUN0USERNAME={{{{ turn.username }}}}\n\
         a.STUN0.PASSWORD={{{{ turn.password }}}}\n"
    );
    std::fs::write(&file, text).unwrap();
    let settings = config::Template { file: Some(file), ..Default::default() };
    let templates =
        Templates::load(&settings, &ExtraNames::default(), escaped).unwrap_or_else(|error| panic!("{error}"));
    let samples = Sample::all(&ExtraNames::default());
    let sample = samples.iter().find(|known| known.name == sample).unwrap();
    let context = ProvisionContext { now, ..sample.context() };
    let text = templates.all().last().unwrap().template.render(&context).unwrap();
    let document = parse(&text).unwrap();
    let value = |key: &str| document.entries().find(|entry| entry.key() == key).unwrap().value().to_owned();
    Rendered { username: value("a.STUN0USERNAME"), password: value("a.STUN0.PASSWORD") }
}

#[tokio::test]
async fn a_turn_server_takes_what_a_template_made_until_it_expires() {
    let server = Coturn::start(SECRET).await;
    let now = Timestamp::now();
    // The other one has a name that coturn would refuse as it stands.
    for sample in ["plain", "hostile"] {
        let fresh = rendered(SECRET, sample, now);
        assert!(server.allocates(&fresh.username, &fresh.password).await, "{sample}");
    }
    let other = rendered("another secret", "plain", now);
    assert!(!server.allocates(&other.username, &other.password).await);
    let expired = rendered(SECRET, "plain", now - SignedDuration::from_hours(2));
    assert!(!server.allocates(&expired.username, &expired.password).await);
    // Nobody makes them live longer.
    let fresh = rendered(SECRET, "plain", now);
    assert!(!server.allocates(&fresh.username.replacen('1', "2", 1), &fresh.password).await);
}
