//! All files of one client, and the ways from a name to what it means.

mod names;

use std::collections::HashMap;

use crate::syntax::{Call, Class, File, Method};

/// All Java files of one version of the client, its libraries included.
#[derive(Debug, Default)]
pub(crate) struct Program {
    files: Vec<Place>,
    /// Classes by their simple names.
    classes: HashMap<String, Vec<ClassId>>,
    /// Methods by their names.
    methods: HashMap<String, Vec<MethodId>>,
    /// Calls by method name and number of arguments.
    calls: HashMap<(String, usize), Vec<CallId>>,
}

/// A file and where it is.
#[derive(Debug)]
struct Place {
    path: String,
    file: File,
}

/// A class: its file, and its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClassId(usize, usize);

/// A method: its class, and its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MethodId(pub ClassId, pub usize);

/// A call: the method that makes it, and its place in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallId(pub MethodId, usize);

impl Program {
    /// Adds a file. The path is for people.
    pub(crate) fn add(&mut self, path: String, file: File) {
        let number = self.files.len();
        for (place, class) in file.classes.iter().enumerate() {
            let id = ClassId(number, place);
            self.classes.entry(class.name.clone()).or_default().push(id);
            for (place, method) in class.methods.iter().enumerate() {
                let id = MethodId(id, place);
                self.methods.entry(method.name.clone()).or_default().push(id);
                for (place, call) in method.calls.iter().enumerate() {
                    let key = (call.name.clone(), call.arguments.len());
                    self.calls.entry(key).or_default().push(CallId(id, place));
                }
            }
        }
        self.files.push(Place { path, file });
    }

    pub(crate) fn path(&self, class: ClassId) -> &str {
        self.files.get(class.0).map_or("", |place| &place.path)
    }

    pub(crate) fn class(&self, id: ClassId) -> Option<&Class> {
        self.file(id)?.classes.get(id.1)
    }

    pub(crate) fn method(&self, id: MethodId) -> Option<&Method> {
        self.class(id.0)?.methods.get(id.1)
    }

    pub(crate) fn call(&self, id: CallId) -> Option<&Call> {
        self.method(id.0)?.calls.get(id.1)
    }

    /// All calls, in the order of the files.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (MethodId, &Call)> {
        self.methods().flat_map(|(id, method)| method.calls.iter().map(move |call| (id, call)))
    }

    /// Calls of methods of this name with so many arguments, whatever the class.
    pub(crate) fn calls_of(&self, name: &str, arguments: usize) -> &[CallId] {
        self.calls.get(&(name.to_owned(), arguments)).map_or(&[], Vec::as_slice)
    }

    /// Methods of this name, whatever the class.
    pub(crate) fn methods_of(&self, name: &str) -> &[MethodId] {
        self.methods.get(name).map_or(&[], Vec::as_slice)
    }

    fn methods(&self) -> impl Iterator<Item = (MethodId, &Method)> {
        self.files.iter().enumerate().flat_map(|(number, place)| {
            place.file.classes.iter().enumerate().flat_map(move |(class, of)| {
                let id = move |method| MethodId(ClassId(number, class), method);
                of.methods.iter().enumerate().map(move |(place, method)| (id(place), method))
            })
        })
    }

    fn file(&self, id: ClassId) -> Option<&File> {
        self.files.get(id.0).map(|place| &place.file)
    }
}
