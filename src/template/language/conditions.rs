//! The engine's tests (`is …`), each with what it costs. The engine charges for none of them.

use minijinja::value::{Rest, ValueOrKwargs};
use minijinja::{Error, State, Value, tests};

use super::operators;
use super::plain_text::textual;
use super::weight::weigh;

/// A test of the engine's.
pub(in crate::template) struct Condition {
    pub(in crate::template) name: &'static str,
    function: Value,
    looks: Looks,
}

/// What a test looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    /// At the kind of its value, or at a number.
    Briefly,
    /// At all of its values.
    Through,
    /// At its values as texts.
    AtTexts,
}

impl Condition {
    /// The test as the engine takes it.
    pub(in crate::template) fn charged(
        self,
    ) -> impl Fn(&mut State<'_, '_>, Rest<ValueOrKwargs>) -> Result<Value, Error> + Send + Sync + 'static {
        move |state, arguments| {
            let mut arguments = arguments.into_values();
            for argument in &mut arguments {
                if self.looks == Looks::AtTexts {
                    *argument = textual(argument.clone())?;
                }
                if self.looks != Looks::Briefly {
                    weigh(state, argument, 1)?;
                }
            }
            self.function.call(state, &arguments)
        }
    }
}

/// All tests.
pub(in crate::template) fn all() -> Vec<Condition> {
    use Looks::{AtTexts, Briefly, Through};
    let test = |name, function, looks| Condition { name, function, looks };
    vec![
        test("!=", Value::from_function(tests::is_ne), Through),
        test("<", Value::from_function(tests::is_lt), Through),
        test("<=", Value::from_function(tests::is_le), Through),
        test("==", Value::from_function(tests::is_eq), Through),
        test(">", Value::from_function(tests::is_gt), Through),
        test(">=", Value::from_function(tests::is_ge), Through),
        test("boolean", Value::from_function(tests::is_boolean), Briefly),
        test("defined", Value::from_function(tests::is_defined), Briefly),
        test("divisibleby", Value::from_function(tests::is_divisibleby), Briefly),
        test("endingwith", Value::from_function(tests::is_endingwith), AtTexts),
        test("eq", Value::from_function(tests::is_eq), Through),
        test("equalto", Value::from_function(tests::is_eq), Through),
        test("even", Value::from_function(tests::is_even), Briefly),
        test("false", Value::from_function(tests::is_false), Briefly),
        test("ge", Value::from_function(tests::is_ge), Through),
        test("greaterthan", Value::from_function(tests::is_gt), Through),
        test("gt", Value::from_function(tests::is_gt), Through),
        test("in", Value::from_function(operators::contained), Briefly),
        test("integer", Value::from_function(tests::is_integer), Briefly),
        test("iterable", Value::from_function(tests::is_iterable), Through),
        test("le", Value::from_function(tests::is_le), Through),
        test("lessthan", Value::from_function(tests::is_lt), Through),
        test("lower", Value::from_function(tests::is_lower), Through),
        test("lt", Value::from_function(tests::is_lt), Through),
        test("mapping", Value::from_function(tests::is_mapping), Briefly),
        test("ne", Value::from_function(tests::is_ne), Through),
        test("none", Value::from_function(tests::is_none), Briefly),
        test("number", Value::from_function(tests::is_number), Briefly),
        test("odd", Value::from_function(tests::is_odd), Briefly),
        test("sequence", Value::from_function(tests::is_sequence), Briefly),
        test("startingwith", Value::from_function(tests::is_startingwith), AtTexts),
        test("string", Value::from_function(tests::is_string), Briefly),
        test("true", Value::from_function(tests::is_true), Briefly),
        test("undefined", Value::from_function(tests::is_undefined), Briefly),
        test("upper", Value::from_function(tests::is_upper), Through),
    ]
}
