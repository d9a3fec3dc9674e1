//! Every promise of the template about its text and its errors.

use std::borrow::Cow;
use std::sync::Arc;

use proptest::prelude::*;

use super::compile::compile;
use super::library::{Library, SourceFile};
use super::*;
use crate::model::account::{ExtraNames, Part, PartSet, Password};
use crate::model::config;
use crate::model::server_facts::ServerFacts;

mod cost;
mod default_template;
mod documentation;
mod errors;
mod escaping;
mod extra;
mod files;
mod functions;
mod inheritance;
mod namespaces;
mod texts;
mod wants;

/// A stand-in for the escaping of properties: shows what was escaped, and how often.
fn brackets(value: &str) -> Cow<'_, str> {
    Cow::Owned(format!("<{value}>"))
}

#[track_caller]
fn templates(text: &str) -> Arc<Template> {
    checked(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn checked(text: &str) -> Result<Arc<Template>, TemplateError> {
    compiled(text, &ExtraNames::default(), brackets)
}

/// A template of one file, which may use these names of the site's own.
fn compiled(text: &str, names: &ExtraNames, escape: Escape) -> Result<Arc<Template>, TemplateError> {
    let mut library = Library::new(None);
    let id = library.add(None, SourceFile { name: "t".to_owned(), text: text.to_owned() });
    compile(&library, &[], id, names, escape).map(|compiled| compiled.default)
}

/// The template of everybody.
fn default(templates: &Templates) -> &Template {
    templates.all().last().unwrap().template
}

/// The samples of a site without data of its own.
fn samples() -> Vec<Sample> {
    Sample::all(&ExtraNames::default())
}

/// What the everyday user gets from `text`.
#[track_caller]
fn rendered(text: &str) -> String {
    templates(text).render(&samples()[0].context()).unwrap()
}

/// What is wrong with `text`.
#[track_caller]
fn refused(text: &str) -> String {
    checked(text).map(|_| ()).expect_err(text).to_string()
}

#[test]
fn templates_are_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Template>();
    shared::<TemplateError>();
}

/// A site may write the password of its LDAP directory into the template.
#[test]
fn debug_does_not_show_the_templates_text() {
    assert!(!format!("{:?}", templates("D.PASSWORD=site-secret")).contains("site-secret"));
}

/// Threads that serve have 2 MiB of stack.
#[test]
fn the_largest_tags_and_the_most_branches_leave_stack() {
    for text in [
        format!("a={{{{ {}1 }}}}", "not ".repeat(1990)),
        format!("a={{{{ 1{} }}}}", "|d".repeat(990)),
        format!("a={{{{ 1{} }}}}", "+1".repeat(990)),
        format!("a={{{{ {}1 }}}}", "-".repeat(1990)),
        format!("a={{{{ a{} }}}}", ".a".repeat(990)),
        format!("{{% if a %}}\n{}{{% endif %}}", "{% elif a %}\n".repeat(500)),
    ] {
        assert_eq!(library::check_tags(&text), Ok(()));
        let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
        thread.spawn(move || drop(checked(&text))).unwrap().join().unwrap();
    }
}
