//! The checker's messages, and the names of filters, tests and functions that it knows.

use jitsi_properties::suggestion::nearest;

use super::super::language::environment::{filter_names, function_names, test_names};
use super::super::schema::{ROOT, Shape, listed, paths_to};
use crate::model::account::ExtraNames;

pub(super) const AUTOESCAPE: &str =
    "`autoescape` cannot be changed: every value is escaped automatically, and nothing else is";
pub(super) const FILTERED_BLOCK: &str = "a filter cannot change a whole block, whose values are escaped already; \
    use it on the values, as in `{{ vcard.title | upper }}`";
pub(super) const EXTENDS_INSIDE: &str =
    "`extends` may appear only once in a file, at its top and outside all other tags, and not in an imported file";
pub(super) const TEXT_EXTENDING: &str =
    "this is never sent: a file that extends another has text in its blocks only; put it into one of them";
pub(super) const TEXT_IMPORTED: &str = "this is never sent: only macros and values of an imported file are used; put \
    it into a macro, or include the file";
pub(super) const INCLUDE_SILENT: &str = "what is included here is never sent: in a file that extends another, include \
    it inside a block; in an imported file, inside a macro; for macros and values use `import`";
pub(super) const BLOCK_INSIDE: &str = "in a file that extends another, a block may only be inside another block: tags \
    around it have no effect; write the `{% if … %}` inside the block";
pub(super) const BLOCK_IMPORTED: &str = "a block of an imported file is never sent; make it a macro";
pub(super) const SUPER_OUTSIDE: &str =
    "`super()` may only be used in a block of a file that extends another, and not in a macro or an included file";
pub(super) const SELF_SILENT: &str = "this has no text outside of the blocks of a file that extends another";
pub(super) const BARE_NAMESPACE: &str = "a namespace has no value of its own; name one of its members, as in `ns.x`";
pub(super) const BARE_MODULE: &str =
    "an imported file that has a namespace has no value of its own; name what it has, as in `file.ns.x`";
pub(super) const DEEPER: &str = "this puts the member's value into a new list, one level deeper at each turn; to add \
    to a list write `{% set ns.list = ns.list + [item] %}`";
pub(super) const UNCALLED_NAMESPACE: &str = "call `namespace` where you set it, as in `{% set ns = namespace(x=1) %}`";
pub(super) const COMPARED_SECRET: &str = "a secret cannot be compared; only `{% if password %}` is possible";
pub(super) const SAFE_TEXT: &str = "this cannot compare or cut text that a macro or a block made, which is escaped already; \
    use it inside, on the value";
pub(super) const TOO_MUCH: &str =
    "the files are too large, or include each other too often, to be checked; include less";

/// Names of filters, tests and functions.
pub(super) struct Names {
    filters: Vec<&'static str>,
    tests: Vec<&'static str>,
    functions: Vec<&'static str>,
}

impl Names {
    pub(super) fn new() -> Self {
        Self { filters: filter_names().collect(), tests: test_names().collect(), functions: function_names().collect() }
    }

    /// What is wrong with a filter's name.
    pub(super) fn check_filter(&self, name: &str) -> Option<String> {
        if self.filters.contains(&name) {
            return None;
        }
        Some(match name {
            "safe" | "escape" | "e" => format!(
                "there is no filter `{name}`: every value is escaped automatically, and nothing switches that off; leave it out"
            ),
            _ => unknown("filter", name, &self.filters),
        })
    }

    /// What is wrong with a test's name.
    pub(super) fn check_test(&self, name: &str) -> Option<String> {
        (!self.tests.contains(&name)).then(|| unknown("test", name, &self.tests))
    }

    /// The function of that name.
    pub(super) fn function(&self, name: &str) -> Option<&'static str> {
        self.functions.iter().copied().find(|known| *known == name)
    }

    /// What is wrong with a name that nothing stands behind.
    pub(super) fn unknown_root(&self, name: &str, own: &[&str]) -> String {
        let known = || {
            let roots = ROOT.iter().map(|(root, _)| *root);
            roots.chain(self.functions.iter().copied()).chain(own.iter().copied())
        };
        match (nearest(name, known()), elsewhere(name)) {
            (Some(meant), _) => format!("`{name}` is not known; did you mean `{meant}`?"),
            (None, Some(meant)) => format!("`{name}` is not known; did you mean {meant}?"),
            (None, None) => format!("`{name}` is not known; a template sees {}", listed(known())),
        }
    }
}

/// What is wrong with a name that is set outside of the macro in which the file is included.
pub(super) fn hidden(name: &str) -> String {
    format!("`{name}` is not visible in a file that is included inside a macro; pass it to the macro as an argument")
}

/// What is wrong with a default that names a parameter of the same macro.
pub(super) fn parameter_in_default(name: &str) -> String {
    format!(
        "the default of a parameter cannot name `{name}`, which is a parameter itself; set the value inside the macro, \
         as in `{{% set title = title or {name} %}}`"
    )
}

/// What is wrong with `path.name`, where only `names` are.
pub(super) fn unknown_member(path: &str, name: &str, names: &'static [(&'static str, Shape)]) -> String {
    let known = names.iter().map(|(known, _)| *known);
    let meant = nearest(name, known).map(|meant| format!("`{path}.{meant}`")).or_else(|| elsewhere(name));
    let hint = meant.map_or(".".to_owned(), |meant| format!("; did you mean {meant}?"));
    format!("`{path}` has no `{name}`{hint} It has: {}", group_names(names))
}

/// What is wrong with `extra.name`, where the site's data do not know the name.
pub(super) fn unknown_extra(name: &str, known: &ExtraNames) -> String {
    if known.kinds.is_empty() {
        return format!(
            "no site data are configured, so there is no `extra.{name}`: name a source of them with [[data]]"
        );
    }
    // Not all of them are listed: where a file has no row of names, they are the values of its first user.
    let meant = nearest(name, known.kinds.keys().map(|name| &**name));
    match meant {
        Some(meant) => format!("`extra` has no `{name}`; did you mean `extra.{meant}`?"),
        None => format!("`extra` has no `{name}`: no site data have a column or value of that name"),
    }
}

/// The names of a group, for a message.
pub(super) fn group_names(names: &[(&'static str, Shape)]) -> String {
    listed(names.iter().map(|(name, _)| *name))
}

fn elsewhere(name: &str) -> Option<String> {
    let paths: Vec<String> = paths_to(name).into_iter().map(|path| format!("`{path}`")).collect();
    (!paths.is_empty()).then(|| paths.join(" or "))
}

fn unknown(what: &str, name: &str, known: &[&'static str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(meant) => format!("there is no {what} `{name}`; did you mean `{meant}`?"),
        None => format!("there is no {what} `{name}`; there are: {}", listed(known.iter().copied())),
    }
}
