//! Who gets which template.

use std::fs;
use std::net::IpAddr;

use proptest::prelude::*;

use super::super::compiled::Template;
use super::*;
use crate::model::account::{
    ClientInfo, ClientVersion, Contact, Entry, ExtraNames, Missing, Part, PartSet, Reason, Subscription, Username,
};
use crate::model::config::{self, Pattern, VersionRange};

/// Templates with these rules (in TOML; each has the file of its name), for a site whose default wants the vCard.
fn templates(rules: &str) -> Templates {
    #[derive(serde::Deserialize)]
    struct Rules {
        rule: Vec<config::Rule>,
    }
    let Rules { rule } = toml::from_str(rules).unwrap();
    of(rule, |rule| format!("who={}\nt={{{{ vcard.title }}}}\n", rule.name))
}

fn of(mut rules: Vec<config::Rule>, text: impl Fn(&config::Rule) -> String) -> Templates {
    let folder = tempfile::tempdir().unwrap();
    for rule in &mut rules {
        rule.file = folder.path().join(&rule.name);
        fs::write(&rule.file, text(rule)).unwrap();
    }
    let file = folder.path().join("default");
    fs::write(&file, "t={{ vcard.title }}\n").unwrap();
    let settings = config::Template { file: Some(file), folder: None, rule: rules };
    Templates::load(&settings, &ExtraNames::default(), jitsi_properties::escaped).unwrap()
}

fn user(name: &str) -> Username {
    Username::parse(name, &xmpp_parsers::jid::DomainPart::new("example.org").unwrap()).unwrap()
}

fn client(address: &str, agent: &str, fields: &[(&str, &str)]) -> ClientInfo {
    ClientInfo {
        address: address.parse::<IpAddr>().unwrap(),
        user_agent: agent.to_owned(),
        version: ClientVersion::parse(agent),
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

fn entry(groups: &[&str], roster_groups: &[&str]) -> Entry {
    let contact = |group: &&str| Contact {
        jid: "bo@example.org".to_owned(),
        name: String::new(),
        groups: vec![(*group).to_owned()],
        subscription: Subscription::Both,
    };
    Entry {
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        roster: roster_groups.iter().map(contact).collect(),
        ..Entry::default()
    }
}

/// The rule that chooses when all is known; empty for the default.
fn chosen(templates: &Templates, user_name: &str, client: &ClientInfo, entry: &Entry) -> String {
    match templates.decide(&user(user_name), client, entry, PartSet::EVERYTHING) {
        Decision::Chosen(choice) => choice.rule.unwrap_or_default().to_owned(),
        Decision::Needs { .. } | Decision::Undecided { .. } => panic!("all is known"),
    }
}

#[test]
fn each_condition_chooses_whom_it_should() {
    let jitsi = client("10.1.2.3", "Jitsi/2.10.5550", &[("os", "Windows 10"), ("site", "Bonn")]);
    let other = client("192.0.2.1", "", &[]);
    let nobody = entry(&[], &[]);
    let chooses = |condition: &str, client: &ClientInfo, entry: &Entry| {
        let templates = templates(&format!("[[rule]]\nname = \"r\"\nfile = \"r\"\n{condition}\n"));
        chosen(&templates, "Anna.Berg", client, entry) == "r"
    };
    for (condition, meets) in [
        ("users = [\"bo\", \"ANNA.*\"]", true),
        ("users = \"anna\"", false),
        ("networks = \"10.1.0.0/16\"", true),
        ("networks = \"::ffff:10.1.0.0/112\"", true),
        ("networks = \"10.2.0.0/16\"", false),
        ("os = \"windows*\"", true),
        ("os = \"linux\"", false),
        ("client_version = [\">=2.10\", \"<2.11\"]", true),
        ("client_version = [\">=2.10\", \"<2.10.5550\"]", false),
        ("fields = { site = [\"berlin\", \"bonn\"] }", true),
        ("fields = { site = \"bonn\", floor = \"*\" }", false),
        ("users = \"anna.berg\"\nos = \"linux\"", false),
    ] {
        assert_eq!(chooses(condition, &jitsi, &nobody), meets, "{condition}");
        assert!(!chooses(condition, &other, &nobody) || condition.starts_with("users = ["), "{condition}");
    }
    assert!(chooses("networks = \"10.1.0.0/16\"", &client("::ffff:10.1.2.3", "", &[]), &nobody));
    for version in ["Jitsi/x", "Jitsi", ""] {
        assert!(!chooses("client_version = \">=0\"", &client("10.0.0.1", version, &[]), &nobody), "{version}");
    }
    let known = entry(&["helpdesk"], &["Sales"]);
    assert!(chooses("groups = \"Help*\"", &other, &known) && !chooses("groups = \"staff\"", &other, &known));
    assert!(chooses("roster_groups = \"sales\"", &other, &known) && !chooses("roster_groups = \"x\"", &other, &known));
}

#[test]
fn the_first_rule_that_matches_counts() {
    let templates = templates(
        "[[rule]]\nname = \"a\"\nfile = \"\"\nusers = \"anna\"\n[[rule]]\nname = \"b\"\nfile = \"\"\nusers = \"a*\"\n\
         [[rule]]\nname = \"c\"\nfile = \"\"\nusers = \"*\"\nos = \"*\"\n",
    );
    let client = client("10.0.0.1", "", &[]);
    let nobody = entry(&[], &[]);
    assert_eq!(chosen(&templates, "anna", &client, &nobody), "a");
    assert_eq!(chosen(&templates, "adam", &client, &nobody), "b");
    assert_eq!(chosen(&templates, "bo", &client, &nobody), "");
    let names: Vec<_> = templates.all().map(|choice| choice.rule).collect();
    assert_eq!(names, [Some("a"), Some("b"), Some("c"), None]);
}

#[test]
fn groups_are_asked_for_only_when_the_rest_of_a_rule_holds() {
    let templates = templates(
        "[[rule]]\nname = \"a\"\nfile = \"\"\nusers = \"anna\"\ngroups = \"x\"\n[[rule]]\nname = \"b\"\nfile = \"\"\nroster_groups = \"y\"\nos = \"linux\"\n",
    );
    let plain = client("10.0.0.1", "", &[]);
    let linux = client("10.0.0.1", "", &[("os", "Linux")]);
    let needs = |name: &str, client: &ClientInfo, entry: &Entry, known: PartSet| match templates.decide(
        &user(name),
        client,
        entry,
        known,
    ) {
        Decision::Chosen(choice) => (choice.rule.unwrap_or("default"), PartSet::NOTHING, PartSet::NOTHING),
        Decision::Needs { by_rule, anyway } => ("", by_rule, anyway),
        Decision::Undecided { rule, .. } => panic!("{rule}"),
    };
    let nobody = entry(&[], &[]);
    let [vcard, groups, roster] = [Part::Vcard, Part::Groups, Part::Roster].map(|part| PartSet::NOTHING.with(part));
    assert_eq!(needs("bo", &plain, &nobody, PartSet::NOTHING).0, "default");
    assert_eq!(needs("anna", &plain, &nobody, PartSet::NOTHING), ("", groups, vcard));
    assert_eq!(needs("anna", &plain, &nobody, groups.union(vcard)).0, "default");
    assert_eq!(needs("anna", &linux, &nobody, groups), ("", roster, vcard));
    assert_eq!(needs("anna", &linux, &entry(&["x"], &[]), groups).0, "a");
}

fn missing(part: Part, reason: Reason) -> Vec<Missing> {
    vec![Missing { part, reason }]
}

/// The rule that chooses, or the one that cannot be judged, when all was looked up.
fn outcome(templates: &Templates, entry: &Entry) -> Result<String, String> {
    match templates.decide(&user("anna"), &client("10.0.0.1", "", &[]), entry, PartSet::EVERYTHING) {
        Decision::Chosen(choice) => Ok(choice.rule.unwrap_or("default").to_owned()),
        Decision::Undecided { rule, .. } => Err(rule.to_owned()),
        Decision::Needs { .. } => panic!("all was looked up"),
    }
}

#[test]
fn the_first_rule_that_is_no_no_decides() {
    let templates = templates(
        "[[rule]]\nname = \"board\"\nfile = \"\"\ngroups = \"board\"\n\
         [[rule]]\nname = \"both\"\nfile = \"\"\ngroups = \"support\"\nroster_groups = \"vip\"\n\
         [[rule]]\nname = \"help\"\nfile = \"\"\ngroups = [\"supp*\", \"office\"]\n\
         [[rule]]\nname = \"vip\"\nfile = \"\"\nroster_groups = \"vip\"\n",
    );
    let unread = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        missing(Part::Groups, Reason::UnreadGroups { names, total: 9 })
    };
    let known = |groups: &[&str], roster_groups: &[&str], missing: Vec<Missing>| Entry {
        missing,
        ..entry(groups, roster_groups)
    };
    for (entry, expected) in [
        // What is not known makes no difference.
        (known(&["board"], &[], unread(&["support"])), Ok("board")),
        (known(&["office"], &[], unread(&["support"])), Ok("help")),
        (known(&[], &["vip"], unread(&["sales"])), Ok("vip")),
        (known(&[], &[], unread(&["sales", "kitchen"])), Ok("default")),
        // It makes one, by name, by a pattern, and in upper or lower case.
        (known(&["office"], &[], unread(&["Board"])), Err("board")),
        (known(&[], &[], unread(&["SUPPLIES"])), Err("help")),
        // One condition that fails is enough for a no, one that is not known is too little for a yes.
        (known(&[], &[], unread(&["support"])), Err("help")),
        (known(&[], &["vip"], unread(&["support"])), Err("both")),
        (known(&["support"], &[], missing(Part::Roster, Reason::TimedOut)), Err("both")),
        (known(&[], &[], missing(Part::Roster, Reason::TimedOut)), Err("vip")),
        // No group is known at all.
        (known(&[], &[], missing(Part::Groups, Reason::NoGroups { before: None })), Err("board")),
        // Groups that are left out on purpose are none.
        (
            known(&[], &[], missing(Part::Groups, Reason::Shortened { what: "groups", kept: 1, total: 2 })),
            Ok("default"),
        ),
        (known(&["board"], &[], missing(Part::Vcard, Reason::TimedOut)), Ok("board")),
    ] {
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(outcome(&templates, &entry), expected, "{entry:?}");
    }
}

/// A part that only goes along may fail, and then no rule may be judged by it.
#[test]
fn what_goes_along_is_nothing_that_a_rule_asks_for() {
    let rules = toml::from_str::<toml::Table>(
        "a = { name = \"a\", file = \"\", roster_groups = \"x\" }\nb = { name = \"b\", file = \"\", groups = \"x\" }",
    )
    .unwrap();
    let rules = ["a", "b"].map(|name| rules[name].clone().try_into().unwrap());
    let templates = of(rules.to_vec(), |_| "g={{ groups | join }}\nt={{ vcard.title }}\n".to_owned());
    match templates.decide(&user("anna"), &client("10.0.0.1", "", &[]), &entry(&[], &[]), PartSet::NOTHING) {
        Decision::Needs { by_rule, anyway } => {
            assert_eq!((by_rule, anyway), (PartSet::NOTHING.with(Part::Roster), PartSet::NOTHING.with(Part::Vcard)));
        }
        Decision::Chosen(_) | Decision::Undecided { .. } => panic!("the roster was not looked up"),
    }
}

#[test]
fn a_file_is_compiled_once_however_often_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t");
    fs::write(&file, "a=b\n").unwrap();
    let rule = |name: &str| config::Rule {
        name: name.to_owned(),
        file: folder.path().join(".").join("t"),
        users: vec![Pattern::parse(name).unwrap()],
        ..config::Rule::default()
    };
    let settings = config::Template { file: Some(file), folder: None, rule: vec![rule("a"), rule("b")] };
    let templates = Templates::load(&settings, &ExtraNames::default(), jitsi_properties::escaped).unwrap();
    let all: Vec<_> = templates.all().map(|choice| std::ptr::from_ref::<Template>(choice.template)).collect();
    assert!(all.iter().all(|one| *one == all[0]));
    assert_eq!(templates.files().count(), 1);
}

#[test]
fn a_rule_that_does_not_match_has_the_condition_that_is_not_met() {
    let rules = [
        "users = \"bo\"",
        "networks = \"192.0.2.0/24\"",
        "os = \"windows*\"",
        "fields = { a = \"1\", b = \"2\" }",
        "client_version = \">=3\"",
        "users = \"anna\"\ngroups = \"staff\"",
        "roster_groups = \"friends\"",
        "users = \"anna\"",
        "users = \"bo\"",
    ];
    let rule = |(rule, name): (&&str, char)| format!("[[rule]]\nname = \"{name}\"\nfile = \"\"\n{rule}\n");
    let templates = templates(&rules.iter().zip('a'..).map(rule).collect::<Vec<_>>().concat());
    let (client, entry) = (client("10.0.0.1", "Jitsi/2.10", &[("os", "linux"), ("a", "1")]), entry(&["x"], &["y"]));
    let user = user("anna");
    let unmet: Vec<Condition<'_>> = templates.passed_over(&user, &client, &entry).map(|passed| passed.unmet).collect();
    assert_eq!(
        unmet,
        [
            Condition::Users,
            Condition::Networks,
            Condition::Os,
            Condition::Field("b"),
            Condition::ClientVersion,
            Condition::Groups,
            Condition::RosterGroups
        ]
    );
}

#[test]
fn a_rule_that_an_earlier_one_covers_is_reported() {
    let shadowed = |rules: &[&str]| {
        let rule = |(rule, name): (&&str, char)| format!("[[rule]]\nname = \"{name}\"\nfile = \"\"\n{rule}\n");
        let text = rules.iter().zip('a'..).map(rule).collect::<Vec<_>>().concat();
        templates(&text).shadowed().map(|found| format!("{}<{}", found.rule, found.by)).collect::<Vec<_>>()
    };
    assert_eq!(shadowed(&["users = \"a*\"", "users = [\"anna\", \"adam\"]\nos = \"x\""]), ["b<a"]);
    assert_eq!(shadowed(&["networks = \"10.0.0.0/8\"", "networks = [\"10.1.0.0/16\"]"]), ["b<a"]);
    assert_eq!(shadowed(&["client_version = \">=2\"", "client_version = [\"<3\", \">=2\"]"]), ["b<a"]);
    assert_eq!(shadowed(&["fields = { a = \"x*\" }", "fields = { a = \"xy\", b = \"z\" }"]), ["b<a"]);
    for (first, second) in [
        ("users = \"a*\"\nos = \"x\"", "users = \"anna\""),
        ("users = \"anna\"", "users = [\"anna\", \"bo\"]"),
        ("networks = \"10.1.0.0/16\"", "networks = \"10.0.0.0/8\""),
        ("networks = \"10.1.0.0/16\"", "users = \"a\""),
        ("client_version = \">=2\"", "client_version = \">=2.0.1\""),
        ("fields = { a = \"x\" }", "fields = { b = \"x\" }"),
        ("groups = \"x\"", "roster_groups = \"x\""),
    ] {
        assert!(shadowed(&[first, second]).is_empty(), "{first} | {second}");
    }
}

fn rules() -> impl Strategy<Value = Vec<config::Rule>> {
    let text = || prop::collection::vec(prop::sample::select(vec!["a", "b", "a*", "*"]), 0..3);
    let patterns = |texts: Vec<&str>| texts.into_iter().map(|text| Pattern::parse(text).unwrap()).collect::<Vec<_>>();
    let version = prop::collection::vec(prop::sample::select(vec![">=2.10", "<2.11", "2.10.*"]), 0..2);
    let rule =
        (text(), text(), text(), text(), version).prop_map(move |(users, groups, roster_groups, os, versions)| {
            config::Rule {
                users: patterns(users),
                groups: patterns(groups),
                roster_groups: patterns(roster_groups),
                os: patterns(os),
                client_version: versions.into_iter().map(|text| VersionRange::parse(text).unwrap()).collect(),
                ..config::Rule::default()
            }
        });
    prop::collection::vec(rule, 0..5).prop_map(|rules| {
        let named = |(number, rule): (usize, config::Rule)| config::Rule { name: format!("r{number}"), ..rule };
        rules.into_iter().enumerate().map(named).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Looking up piece by piece ends, and ends with what everything known at once gives; no shadowed rule is chosen.
    #[test]
    fn asking_again_comes_to_the_same_end(
        rules in rules(),
        name in "[abc]",
        os in prop::option::of("[abc]"),
        agent in prop::sample::select(vec!["Jitsi/2.10.5550", "Jitsi/2.11", "x"]),
        groups in prop::collection::vec("[abc]", 0..2),
        roster_groups in prop::collection::vec("[abc]", 0..2),
    ) {
        let templates = of(rules, |rule| if rule.users.is_empty() { "{{ groups | join }}".to_owned() } else { "{{ vcard.title }}".to_owned() });
        let os: Vec<(&str, &str)> = os.iter().map(|os| ("os", os.as_str())).collect();
        let client = client("10.0.0.1", agent, &os);
        let whole = entry(
            &groups.iter().map(String::as_str).collect::<Vec<_>>(),
            &roster_groups.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        let mut known = PartSet::NOTHING;
        let mut found = Entry::default();
        let mut rounds = 0;
        let rule = loop {
            match templates.decide(&user(&name), &client, &found, known) {
                Decision::Chosen(choice) => break choice.rule.unwrap_or_default(),
                Decision::Undecided { rule, .. } => panic!("{rule}"),
                Decision::Needs { by_rule, anyway } => {
                    prop_assert_ne!(by_rule, PartSet::NOTHING);
                    prop_assert_eq!(by_rule.union(anyway).without(known), by_rule.union(anyway));
                    known = known.union(by_rule).union(anyway);
                    found.add(whole.clone(), by_rule.union(anyway));
                }
            }
            rounds += 1;
            prop_assert!(rounds <= 2);
        };
        prop_assert_eq!(rule, &chosen(&templates, &name, &client, &whole));
        prop_assert!(templates.shadowed().all(|shadowed| shadowed.rule != rule));
        let before: Vec<_> = templates.all().map_while(|choice| choice.rule).take_while(|name| *name != rule).collect();
        let passed: Vec<_> = templates.passed_over(&user(&name), &client, &found).map(|passed| passed.rule).collect();
        prop_assert_eq!(passed, before);
    }
}
