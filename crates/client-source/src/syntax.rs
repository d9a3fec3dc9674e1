//! A Java file as this tool needs it: classes with their fields, methods and calls.
//!
//! The syntax tree is that of tree-sitter. What has no part in the making of a configuration key is left out.

mod declarations;
mod expressions;

use std::collections::HashMap;

pub(crate) use self::declarations::read;

/// One file.
#[derive(Debug)]
pub(crate) struct File {
    /// The package, empty for none.
    pub package: String,
    /// Whole names of imported classes, and of imported static members.
    pub imports: Vec<String>,
    /// Every class in it, nested ones behind those that hold them.
    pub classes: Vec<Class>,
}

/// A class, interface, enum or record.
#[derive(Debug, Default)]
pub(crate) struct Class {
    /// Its simple name.
    pub name: String,
    /// Place in [`File::classes`] of the class that holds it.
    pub outer: Option<usize>,
    /// Simple names of what it extends and implements.
    pub supertypes: Vec<String>,
    /// What its fields are set to, anywhere in the class.
    pub fields: HashMap<String, Vec<(usize, Expression)>>,
    /// Simple names of the fields' types.
    pub types: HashMap<String, String>,
    /// Its methods. The first one, without a name, has what is outside of methods.
    pub methods: Vec<Method>,
}

/// A method or constructor, the bodies of anonymous classes in it included.
#[derive(Debug, Default)]
pub(crate) struct Method {
    /// Its name; [`CONSTRUCTOR`] of a constructor.
    pub name: String,
    /// Simple name of the type that it returns.
    pub returns_type: String,
    /// Names of its parameters.
    pub parameters: Vec<String>,
    /// What its local variables are set to.
    pub locals: HashMap<String, Vec<Expression>>,
    /// Simple names of the types of parameters and local variables.
    pub types: HashMap<String, String>,
    /// What it returns.
    pub returns: Vec<Expression>,
    /// The calls in it.
    pub calls: Vec<Call>,
}

/// A call, or the making of an object.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// What the method is called on; a class's name for a constructor.
    pub receiver: Option<Expression>,
    /// The method's name; [`CONSTRUCTOR`] for a constructor.
    pub name: String,
    /// What it is given.
    pub arguments: Vec<Expression>,
    /// From 1.
    pub line: usize,
}

/// An expression, as far as it can be text.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    /// A literal: text, a character or a number.
    Literal(String),
    /// A variable, field or class, its parts without the dots; `this` and `super` are parts too.
    Name(Vec<String>),
    /// `a + b`.
    Sum(Box<Expression>, Box<Expression>),
    /// One of several: `a ? b : c`, an array, a list.
    Choice(Vec<Expression>),
    /// A method's result.
    Call(Box<Call>),
    /// `Name.class`.
    Class(String),
    /// Anything else.
    Other,
}

/// Name of a constructor.
pub(crate) const CONSTRUCTOR: &str = "<init>";
