//! Every arrow between crates, rooms and wings, held against the map.

use std::collections::{BTreeMap, BTreeSet};

use crate::map::{CONSTRUCTORS, CRATES, GROUND, ROOMS, WINGS, assert_none};
use crate::source::Path;
use crate::workspace::{Use, WORKSPACE, root};

const WHERE: &str = "see docs/architecture.md and tests/house/map.rs";

const SERVICE: &str = "openfire_provisioner";

/// The lines of a table: a name, `>`, and the names that it may use; a line without `>` goes on with the one before.
fn table(text: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut rows = BTreeMap::new();
    let mut name = "";
    for line in text.lines() {
        let allowed = line.split_once('>').map_or(line, |(row, allowed)| {
            name = row.trim();
            allowed
        });
        rows.entry(name).or_insert_with(BTreeSet::new).extend(allowed.split_whitespace());
    }
    rows.remove("");
    rows
}

/// The room of a path in the service, or the crate of one outside of it.
fn room(path: &[String]) -> &str {
    match path {
        [service, room, ..] if service == SERVICE => room,
        // What `lib.rs` itself holds is no room.
        [service] if service == SERVICE => "",
        [other, ..] => other,
        [] => "",
    }
}

fn complaint(used: &Use, arrow: &str) -> String {
    let (from, to) = (used.from.join("::"), used.to.join("::"));
    format!("{}:{}: {arrow} ({from} uses {to}); {WHERE}", used.file.display(), used.line)
}

fn between_crates(uses: &[Use]) -> Vec<String> {
    let crates = table(CRATES);
    let is_wrong = |used: &&Use| {
        let (from, to) = (&*used.from[0], &*used.to[0]);
        from != to && !crates.get(from).is_some_and(|allowed| allowed.contains(to))
    };
    uses.iter().filter(is_wrong).map(|used| complaint(used, &format!("{} > {}", used.from[0], used.to[0]))).collect()
}

fn between_rooms(uses: &[Use]) -> Vec<String> {
    let rooms = table(ROOMS);
    let is_wrong = |used: &&Use| {
        let (from, to) = (room(&used.from), room(&used.to));
        let path = used.to[1..].join("::");
        let is_allowed = || {
            let allowed = rooms.get(from).into_iter().flatten();
            allowed.into_iter().any(|allowed| *allowed == to || allowed.contains("::") && path.starts_with(allowed))
        };
        let is_ground = || GROUND.contains(&to) && !GROUND.contains(&from);
        used.from[0] == SERVICE && from != to && !from.is_empty() && !to.is_empty() && !is_allowed() && !is_ground()
    };
    let arrow = |used: &Use| format!("{} > {}", room(&used.from), room(&used.to));
    uses.iter().filter(is_wrong).map(|used| complaint(used, &arrow(used))).collect()
}

fn between_wings(uses: &[Use]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (place, order) in WINGS {
        let place: Vec<&str> = place.split("::").collect();
        let levels: Vec<Vec<&str>> = order.lines().map(|level| level.split_whitespace().collect()).collect();
        let level = |path: &Path| {
            let (before, rest) = path.split_at_checked(place.len())?;
            let wing = rest.first().filter(|_| before == place)?;
            levels.iter().position(|level| level.contains(&&**wing))
        };
        let is_wrong = |used: &&Use| {
            let is_other = |from, to| to < from || to == from && used.from[place.len()] != used.to[place.len()];
            level(&used.from).zip(level(&used.to)).is_some_and(|(from, to)| is_other(from, to))
        };
        let arrow = |used: &Use| format!("{} > {}", used.from[place.len()], used.to[place.len()]);
        wrong.extend(uses.iter().filter(is_wrong).map(|used| complaint(used, &arrow(used))));
    }
    wrong
}

/// Circles among the files and folders that lie side by side, each named by one use of every arrow in it. That parents
/// export what their children have, and children use what their parents hold, is none.
fn circles(uses: &[Use]) -> Vec<String> {
    let mut folders: BTreeMap<Path, BTreeMap<(&String, &String), &Use>> = BTreeMap::new();
    for used in uses {
        let shared = used.from.iter().zip(&used.to).take_while(|(one, other)| one == other).count();
        if let (Some(from), Some(to)) = (used.from.get(shared), used.to.get(shared)) {
            folders.entry(used.from[..shared].to_vec()).or_default().entry((from, to)).or_insert(used);
        }
    }
    let mut found = Vec::new();
    for (folder, arrows) in folders.iter().filter(|(folder, _)| !folder.is_empty()) {
        let place = folder.join("::");
        let in_circle = arrows.iter().filter(|((from, to), _)| leads(to, from, &arrows.keys()));
        found.extend(
            in_circle.map(|((from, to), used)| complaint(used, &format!("a circle in {place}: {from} > {to}"))),
        );
    }
    found
}

/// Whether one can go from one name to another along the arrows.
fn leads<'a>(
    from: &'a String,
    to: &String,
    arrows: &(impl Iterator<Item = &'a (&'a String, &'a String)> + Clone),
) -> bool {
    let mut reached = BTreeSet::from([from]);
    let mut left = vec![from];
    while let Some(here) = left.pop() {
        let next = arrows.clone().filter(|(user, _)| *user == here).map(|(_, used)| *used);
        left.extend(next.filter(|next| reached.insert(next)));
    }
    reached.contains(to)
}

#[test]
fn crates_use_what_the_map_says() {
    assert_none(&between_crates(&WORKSPACE.uses()));
}

#[test]
fn rooms_use_what_the_map_says() {
    assert_none(&between_rooms(&WORKSPACE.uses()));
}

#[test]
fn wings_use_what_the_map_says() {
    assert_none(&between_wings(&WORKSPACE.uses()));
}

#[test]
fn files_and_folders_that_lie_side_by_side_make_no_circle() {
    assert_none(&circles(&WORKSPACE.uses()));
}

/// The tables allow nothing that the source does not do, so a new arrow shows in them.
#[test]
fn every_arrow_of_the_map_is_used() {
    let uses = WORKSPACE.uses();
    let is_used = |from: &str, to: &str| {
        let leads_to = |path: &[String]| room(path) == to || to.contains("::") && path[1..].join("::").starts_with(to);
        uses.iter().any(|used| room(&used.from) == from && leads_to(&used.to))
    };
    for (from, allowed) in table(ROOMS) {
        let unused: Vec<&str> = allowed.into_iter().filter(|to| !is_used(from, to)).collect();
        assert!(unused.is_empty(), "{from} may use {unused:?} and does not; {WHERE}");
    }
}

/// A table that names what is gone would allow what is not meant.
#[test]
fn the_map_names_what_there_is() {
    let modules: BTreeSet<&Path> = WORKSPACE.files().map(|(module, ..)| module).collect();
    let rooms = modules.iter().filter(|module| module.len() > 1 && module[0] == SERVICE).map(|module| &*module[1]);
    let table_of_rooms = table(ROOMS);
    assert_eq!(table_of_rooms.keys().copied().collect::<BTreeSet<_>>(), rooms.collect(), "rooms of src");
    let crates: BTreeSet<&str> = modules.iter().map(|module| &*module[0]).collect();
    let known: BTreeSet<&str> = table(CRATES).into_keys().collect();
    assert_eq!(crates.difference(&known).count(), 0, "{crates:?}, but the map has {known:?}");
    for name in table_of_rooms.values().flatten().filter(|name| !known.contains(*name)) {
        let module: Path = std::iter::once(SERVICE).chain(name.split("::")).map(str::to_owned).collect();
        assert!(modules.contains(&module), "{name} is neither a room nor a crate");
    }
    for (place, order) in WINGS {
        for wing in order.split_whitespace() {
            let module: Path = place.split("::").chain([wing]).map(str::to_owned).collect();
            assert!(modules.contains(&module), "{} is in the map of wings and not in the source", module.join("::"));
        }
    }
}

#[test]
fn commands_get_the_parts_of_the_service_from_app() {
    let mut complaints = Vec::new();
    for (_, file, _) in WORKSPACE.files().filter(|(module, ..)| room(module) == "cli") {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        for (line, number) in text.lines().zip(1..) {
            let found = CONSTRUCTORS.iter().find(|constructor| line.contains(*constructor));
            complaints
                .extend(found.map(|found| format!("{}:{number}: {found}…) belongs in app; {WHERE}", file.display())));
        }
    }
    assert_none(&complaints);
}

#[test]
fn the_code_map_of_the_documentation_names_every_room() {
    let page = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let Some((_, map)) = page.split_once("## Code map") else { return };
    let missing: Vec<&str> = table(ROOMS)
        .into_keys()
        .filter(|room| *room != "main")
        .filter(|room| !map.contains(&format!("`{room}")) && !map.contains(&format!("`src/{room}")))
        .collect();
    assert!(missing.is_empty(), "docs/architecture.md does not name {missing:?}");
}

#[cfg(test)]
mod planted {
    use super::*;
    use crate::workspace::Workspace;

    /// The workspace with `http.rs`, `openfire.rs` and its `login.rs` and `tls.rs`, where the last holds `text`.
    fn uses(text: &str) -> Vec<Use> {
        let file = |module: &str, text: &str| {
            let path: Path = std::iter::once(SERVICE).chain(module.split("::")).map(str::to_owned).collect();
            (path, format!("src/{}.rs", module.replace("::", "/")).into(), text.to_owned())
        };
        let files = [
            file("http", "pub use self::server::Server;"),
            file("http::server", "pub struct Server;"),
            file("model", ""),
            file("openfire", "mod login; mod tls; pub use self::login::Login;"),
            file("openfire::login", "use super::tls::Trust;"),
            file("openfire::tls", text),
            (vec!["jitsi_properties".to_owned()], "crates/jitsi-properties/src/lib.rs".into(), String::new()),
        ];
        Workspace::from_files(&files).uses()
    }

    #[track_caller]
    fn assert_found(text: &str, line: usize, to: &str) {
        let wrong = between_rooms(&uses(text));
        let [wrong] = &wrong[..] else { panic!("{text}: {wrong:?}") };
        assert!(wrong.starts_with(&format!("src/openfire/tls.rs:{line}: openfire > http (")), "{wrong}");
        assert!(wrong.contains(&format!("openfire_provisioner::openfire::tls uses {to}); {WHERE}")), "{wrong}");
    }

    const SERVER: &str = "openfire_provisioner::http::server";

    #[test]
    fn a_use_is_found_in_all_its_forms() {
        assert_found("use std::fmt;\n\nuse crate::http;\n", 3, "openfire_provisioner::http");
        assert_found("use crate::http::Server;", 1, SERVER);
        assert_found("use crate::{model::{self, config},\n    http::{server::Server as S}};", 2, SERVER);
        assert_found("pub(crate) use super::super::http::server::*;", 1, SERVER);
        assert_found("mod inner {\n  use super::super::super::http::Server;\n}\nuse crate::model;", 2, SERVER);
        assert_found("mod a { mod b {} }\nuse super::super::http::Server;", 2, SERVER);
    }

    #[test]
    fn a_path_in_the_code_is_found() {
        assert_found("fn f() -> u8 {\n    g(crate::http::LIMIT)\n}", 2, "openfire_provisioner::http");
        assert_found("fn f(of: &Vec<super::super::http::Server>) {}", 1, SERVER);
        assert_found("impl<T> From<T> for S where T: Into<crate::http::Server> {}", 1, SERVER);
        assert_found("const A: &str = \"// {\";\nstatic B: crate::http::Server = C;", 2, SERVER);
    }

    #[test]
    fn what_is_no_code_of_the_service_is_not_found() {
        for text in [
            "// use crate::http;\n/* crate::http */ //! crate::http\n/// [`crate::http`]\nfn f() {}",
            "const A: &str = \"crate::http::X\"; const B: &str = r#\"use crate::http;\"#; const C: char = '\"';",
            "pub(in crate::http) fn f() {}",
            "#[cfg(test)]\nmod tests {\n  use crate::http;\n  fn g() { crate::http::f() }\n}",
            "#[cfg(test)]\n#[expect(x, reason = \"]\")]\npub(crate) fn f(a: [u8; 2]) -> u8 { crate::http::f() }",
            "use crate::model::http; use http::Server; fn f() { http::f(); a.http.g::<model::http::X>() }",
        ] {
            assert_eq!(between_rooms(&uses(text)), Vec::<String>::new(), "{text}");
        }
        assert_found("#[cfg(test)]\nuse crate::http;\nuse crate::http::Server;", 3, SERVER);
    }

    #[test]
    fn a_crate_that_must_not_be_known_is_found() {
        let found = between_crates(&uses("fn f() { test_servers::g() }"));
        assert_eq!(found, Vec::<String>::new(), "no crate of this workspace");
        assert_eq!(between_rooms(&uses("use jitsi_properties::parse;")).len(), 1);
        let mut used = uses("use crate::http;")[0].clone();
        used.from = vec!["jitsi_properties".to_owned()];
        assert!(between_crates(&[used])[0].contains("jitsi_properties > openfire_provisioner"));
    }

    #[test]
    fn a_circle_of_files_is_found_through_what_the_parent_exports() {
        for text in ["use super::login::Login;", "use super::Login;", "use crate::openfire::{Login};"] {
            let found = circles(&uses(text));
            assert_eq!(found.len(), 2, "{text}: {found:?}");
            assert!(found[1].contains("a circle in openfire_provisioner::openfire: tls > login"), "{found:?}");
        }
        assert_eq!(circles(&uses("use super::Other;")), Vec::<String>::new(), "what the parent holds");
    }

    #[test]
    fn a_table_is_read_with_lines_that_go_on() {
        let read = table("\n  a > b c\n      d\n  e >\n");
        assert_eq!(read, BTreeMap::from([("a", BTreeSet::from(["b", "c", "d"])), ("e", BTreeSet::new())]));
    }
}
