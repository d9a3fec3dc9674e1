//! No user gets the wrong template because groups could not be read.

use std::time::Duration;

use openfire_provisioner::model::account::Username;
use tempfile::TempDir;
use test_servers::component_port::ComponentPort;
use test_servers::component_port::groups::GroupDirectory;
use test_servers::log::Log;
use test_servers::openfire::{DOMAIN, Openfire, OpenfireOptions, admin_component_name, component_name};
use test_servers::seeds::person;
use test_servers::slapd::Slapd;
use tokio::time::Instant;
use xmpp_parsers::jid::DomainPart;

use crate::support::app::{TestApp, client, config_text};
use crate::support::front_log::front_lines;
use crate::support::http_client::{Answer, post, send};

/// Longer than the pause after a reading that left a doubt.
const SOON: Duration = Duration::from_secs(11);

/// A service with a rule `help` for the group `support`, and one `desk` for `office`.
struct Site {
    app: TestApp,
    _folder: TempDir,
}

impl Site {
    /// `change` changes the configuration for this Openfire.
    async fn start(openfire: &Openfire, component: &str, change: impl Fn(String) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        for name in ["help", "desk", "default"] {
            std::fs::write(folder.path().join(name), format!("chosen={name}\nroom={{{{ extra.room }}}}\n")).unwrap();
        }
        std::fs::write(
            folder.path().join("rooms.toml"),
            "[default]\nroom = \"hall\"\n[groups.office]\nroom = \"desk\"\n",
        )
        .unwrap();
        let rule = |name: &str, group: &str| {
            format!("[[template.rule]]\nname = \"{name}\"\nfile = \"{path}/{name}\"\ngroups = [\"{group}\"]\n")
        };
        let more = format!(
            "[template]\nfile = \"{path}/default\"\n{}{}[[data]]\nname = \"rooms\"\nfile = \"{path}/rooms.toml\"\n\
             [http]\nlisten = \"127.0.0.1:0\"\n",
            rule("help", "support"),
            rule("desk", "kitchen")
        );
        let app = TestApp::with_text(&change(config_text(openfire, component, &more)), None).await;
        Self { app, _folder: folder }
    }

    async fn ask(&self, user: &str) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("username", user), ("password", &person(user).password)])
            .finish();
        send(self.app.address(), post("/provision", &form)).await
    }

    /// The chosen template and the room.
    async fn chosen(&self, user: &str) -> String {
        let answer = self.ask(user).await;
        assert_eq!(answer.status, 200, "{answer}");
        answer.text().replace("chosen=", "").replace("room=", "").trim().replace('\n', " ")
    }

    /// Asserts that the user gets no template, and that the log says why.
    async fn refuses(&self, user: &str, log: &Log, words: &str) {
        let answer = self.ask(user).await;
        assert_eq!(answer.status, 503, "{answer}");
        assert!(answer.text().starts_with("ConnectionException"), "{answer}");
        let lines = front_lines(log);
        let is_reason = |line: &&String| line.starts_with("WARN") && line.contains(user) && line.contains(words);
        assert!(lines.iter().any(|line| is_reason(&line)), "{lines:#?}");
    }
}

/// Lets this time pass for the service, not for the servers.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_directory_that_was_down_at_the_first_reading_of_groups_costs_no_user_the_right_template() {
    let slapd = Slapd::start().await;
    let openfire = Openfire::start(OpenfireOptions::default().ldap(&slapd)).await;
    // All groups that rules name are there: one that is not would be unknown for a while after an outage.
    let site = Site::start(&openfire, &admin_component_name(), |text| text.replace("\"kitchen\"", "\"office\"")).await;
    let stopped = slapd.stop().await;
    // No user can log in now; a preview looks groups up all the same.
    let tomas = Username::parse("tomas.novak", &DomainPart::new(DOMAIN).unwrap()).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let preview = site.app.provisioner().preview(&tomas, &client(&[]), deadline).await.unwrap_err().to_string();
    assert!(
        preview.contains("the rule \"help\" of the templates asks for data that are missing: the groups:"),
        "{preview}"
    );
    assert!(preview.contains("is its LDAP server or database down?"), "{preview}");

    let slapd = stopped.start().await;
    pass(SOON).await;
    assert_eq!(site.chosen("tomas.novak").await, "help hall");
    assert_eq!(site.chosen("maria.silva").await, "desk desk");
    assert_eq!(site.chosen("anna.berger").await, "default hall");

    // Openfire has them in its cache now, and so have we.
    let slapd = slapd.stop().await.start().await;
    pass(Duration::from_mins(3)).await;
    assert_eq!(site.chosen("tomas.novak").await, "help hall");
    site.app.stop().await;
    drop(slapd);
}

#[tokio::test]
async fn only_users_for_whom_it_makes_a_difference_get_no_template() {
    let (log, _guard) = Log::start();
    let directory = GroupDirectory::new(&[
        ("support", &["tomas.novak"]),
        ("office", &["maria.silva"]),
        ("kitchen", &["yuki.tanaka"]),
        ("other", &["anna.berger"]),
    ]);
    let groups = directory.clone();
    let port = ComponentPort::start(move |query| groups.answer(query)).await;
    let openfire = Openfire::shared().await;
    let with_port = |text: String| {
        let real = format!("port = {}", openfire.component().port());
        text.replacen(&real, &format!("port = {}\ntls = \"none\"", port.address().port()), 1)
    };
    let site = Site::start(openfire, &component_name(), with_port).await;

    // All groups are unknown: any rule may match.
    directory.set_down(true);
    site.refuses("tomas.novak", &log, "the server lists no groups").await;
    site.refuses("anna.berger", &log, "is its LDAP server or database down?").await;
    directory.set_down(false);
    pass(SOON).await;
    assert_eq!(site.chosen("tomas.novak").await, "help hall");

    // A group of a later rule: who matches an earlier one gets that.
    directory.set_lost("kitchen", true);
    pass(Duration::from_mins(3)).await;
    assert_eq!(site.chosen("tomas.novak").await, "help hall");
    site.refuses("anna.berger", &log, "the members of \\\"kitchen\\\" (1 of 4 groups)").await;
    directory.set_lost("kitchen", false);
    pass(SOON).await;
    assert_eq!(site.chosen("yuki.tanaka").await, "desk hall");

    // A group of the site data.
    directory.set_lost("office", true);
    pass(Duration::from_mins(3)).await;
    site.refuses("tomas.novak", &log, "the site data of groups need data that are missing").await;

    // A group that neither rules nor data name.
    directory.set_lost("office", false);
    directory.set_lost("other", true);
    pass(Duration::from_mins(3)).await;
    assert_eq!(site.chosen("anna.berger").await, "default hall");
    assert_eq!(site.chosen("maria.silva").await, "default desk");

    // One that is really gone. Right after an outage that would be in doubt.
    directory.set_lost("other", false);
    directory.delete("support");
    pass(Duration::from_mins(17)).await;
    site.refuses("tomas.novak", &log, "\\\"support\\\"").await;
    pass(SOON).await;
    assert_eq!(site.chosen("tomas.novak").await, "default hall");
    assert_eq!(log.text().matches("but none named").count(), 1);
    site.app.stop().await;
}
