//! The engine as provisioning templates get it: what may be used, and how a value becomes text.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Rest, ValueKind, ValueOrKwargs};
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, functions};

use super::cost::FUEL;
use super::functions::{self as ours, TURN_CREDENTIALS};
use super::plain_text::{bool_text, has_none};
use super::secret::Secret;
use super::weight::weigh;
use super::{conditions, filters, list, operators};
use crate::template::error::UsageError;
use crate::template::output::Escape;

/// How deep macros, loops and files may be nested: a file counts 10, a macro 6. Leaves room for macros in the deepest file.
const RECURSION: usize = 160;

/// The name of our escaping inside the engine.
const ESCAPING: &str = "properties";

/// An engine with nothing in it but what [`filter_names`] and its siblings list.
pub(in crate::template) fn environment(escape: Escape) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_auto_escape_callback(|_| AutoEscape::Custom(ESCAPING.into()));
    environment.set_syntax(syntax());
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(move |out, state, value| write_value(out, state, value, escape));
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(RECURSION);
    // Makes errors name what was undefined. They also carry values then, so they end in `error`, where they are made.
    environment.set_debug(true);
    for filter in filters::all() {
        environment.add_filter(filter.name, filter.guarded());
    }
    for (name, filter) in ours::filters() {
        environment.add_filter(name, guarded(name, filter));
    }
    for test in conditions::all() {
        environment.add_test(test.name, test.charged());
    }
    for (name, test) in ours::tests() {
        environment.add_test(name, passed_on(test));
    }
    for (name, function) in engine_functions().into_iter().chain(ours::functions()) {
        environment.add_global(name, function);
    }
    operators::register(&mut environment);
    environment
}

/// How a template is written. Line breaks around blocks stay: an empty line does no harm in a properties file, and two
/// lines that became one would.
pub(in crate::template) fn syntax() -> SyntaxConfig {
    SyntaxConfig::builder().keep_trailing_newline(true).build().unwrap_or_default()
}

/// Names of the filters there are.
pub(in crate::template) fn filter_names() -> impl Iterator<Item = &'static str> {
    let engines = filters::all().into_iter().map(|filter| filter.name);
    sorted(engines.chain(ours::filters().map(|(name, _)| name)).collect())
}

/// Names of the tests there are.
pub(in crate::template) fn test_names() -> impl Iterator<Item = &'static str> {
    let engines = conditions::all().into_iter().map(|test| test.name);
    sorted(engines.chain(ours::tests().map(|(name, _)| name)).collect())
}

/// Names of the functions there are, [`TURN_CREDENTIALS`] too, which comes with the context.
pub(in crate::template) fn function_names() -> impl Iterator<Item = &'static str> {
    let all = engine_functions().into_iter().chain(ours::functions());
    sorted(all.map(|(name, _)| name).chain([TURN_CREDENTIALS]).collect())
}

/// Writes what `{{ … }}` stands for, escaped.
///
/// Text that the engine calls safe is what a macro or a block made: it went through here already, value by value.
/// Nothing else can be safe, since no filter that would make it so is there.
fn write_value(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value, escape: Escape) -> Result<(), Error> {
    if *state.auto_escape() != AutoEscape::Custom(ESCAPING.into()) {
        return Err(UsageError::raise("`autoescape` cannot be changed: every value is escaped automatically"));
    }
    if let (true, Some(safe)) = (value.is_safe(), value.as_str()) {
        return Ok(out.write_str(safe)?);
    }
    if let Some(secret) = value.downcast_object_ref::<Secret>() {
        return Ok(out.write_str(&escape(secret.expose()))?);
    }
    match value.kind() {
        ValueKind::String => out.write_str(&escape(plain(value)?))?,
        ValueKind::Bool => out.write_str(bool_text(value.is_true()))?,
        ValueKind::Number => out.write_str(&escape(&value.to_string()))?,
        // Only what an `if` without `else` leaves: the engine refuses other undefined values before.
        ValueKind::Undefined => {}
        kind => return Err(has_none(kind)),
    }
    Ok(())
}

fn plain(value: &Value) -> Result<&str, Error> {
    let text = value.as_str().unwrap_or_default();
    if text.contains(Secret::MARK) {
        return Err(UsageError::raise(
            "a secret cannot be joined or filtered; write it on its own, as in `Basic {{ password }}`",
        ));
    }
    Ok(text)
}

/// A filter of ours, which weighs its values itself. Finished text is as little for it as for the others.
fn guarded(
    name: &'static str,
    filter: Value,
) -> impl Fn(&mut State<'_, '_>, Rest<ValueOrKwargs>) -> Result<Value, Error> + Send + Sync + 'static {
    move |state, arguments| {
        let arguments = arguments.into_values();
        filters::refuse_safe_text(name, &arguments)?;
        filter.call(state, &arguments)
    }
}

fn passed_on(
    test: Value,
) -> impl Fn(&mut State<'_, '_>, Rest<ValueOrKwargs>) -> Result<Value, Error> + Send + Sync + 'static {
    move |state, arguments| test.call(state, &arguments.into_values())
}

/// Sorted by name, for the lists in messages.
fn sorted(mut names: Vec<&'static str>) -> impl Iterator<Item = &'static str> {
    names.sort_unstable();
    names.into_iter()
}

/// `debug` is left out: it prints everything, the password too.
fn engine_functions() -> [(&'static str, Value); 3] {
    [
        ("dict", weighed(Value::from_function(functions::dict))),
        ("namespace", Value::from_function(functions::namespace)),
        ("range", weighed(Value::from_function(functions::range))),
    ]
}

/// The function, what it is given and what it makes being looked at.
fn weighed(function: Value) -> Value {
    Value::from_function(move |state: &mut State<'_, '_>, arguments: Rest<ValueOrKwargs>| -> Result<Value, Error> {
        let arguments = arguments.into_values();
        for argument in &arguments {
            weigh(state, argument, 1)?;
        }
        let made = function.call(state, &arguments)?;
        list::whole(state, made)
    })
}
