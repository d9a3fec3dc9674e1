//! A function of ours: how it is called, what it takes, and what it costs.

use std::ops::RangeInclusive;

use minijinja::value::{Rest, ValueOrKwargs};
use minijinja::{Error, State, Value};

use super::super::super::error::UsageError;
use super::argument_error::ArgumentError;
use super::arguments::Arguments;

/// A function, filter or test of ours.
pub(super) struct Description {
    pub(super) name: &'static str,
    /// How it is written, for messages.
    pub(super) example: &'static str,
    /// How many values it takes, the one before `|` or `is` included.
    pub(super) takes: RangeInclusive<usize>,
    /// What a call costs beside the length of its texts, in steps of the engine.
    pub(super) steps: u64,
    /// What is wrong with a value at a place, counted from 0, as far as that value alone shows.
    pub(super) check: fn(usize, &Value) -> Result<(), ArgumentError>,
}

impl Description {
    /// The function as the engine takes it.
    pub(super) fn bound_to(
        &'static self,
        function: impl Fn(&Arguments<'_>) -> Result<Value, ArgumentError> + Send + Sync + 'static,
    ) -> Value {
        Value::from_function(move |state: &mut State<'_, '_>, values: Rest<ValueOrKwargs>| -> Result<Value, Error> {
            let values = values.into_values();
            let arguments = Arguments::new(&values);
            state.consume_fuel(self.steps.saturating_add(arguments.steps()))?;
            self.check_count(values.len(), values.iter())
                .and_then(|()| function(&arguments))
                .map_err(|mistake| UsageError::raise(self.message(&mistake)))
        })
    }

    pub(super) fn check_count<'v>(
        &self,
        count: usize,
        mut values: impl Iterator<Item = &'v Value>,
    ) -> Result<(), ArgumentError> {
        if values.any(Value::is_kwargs) {
            return Err("takes its values in order, without names".into());
        }
        let (least, most) = (*self.takes.start(), *self.takes.end());
        if self.takes.contains(&count) {
            Ok(())
        } else if least == most {
            Err(format!("takes {least} {}", if least == 1 { "value" } else { "values" }).into())
        } else {
            Err(format!("takes {least} to {most} values").into())
        }
    }

    pub(super) fn message(&self, ArgumentError(mistake): &ArgumentError) -> String {
        format!("`{}` {mistake}; it is written `{}`", self.name, self.example)
    }
}
