//! What a file of Rust imports and names: every path, the modules that are test code, and the targets of its log lines.

use std::collections::BTreeMap;

use crate::tokens::{Token, tokens};

/// A module path that begins with the crate: `["openfire_provisioner", "http", "server"]`.
pub(crate) type Path = Vec<String>;

/// The contents of a file without its test code.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// Absolute paths with their lines: of `use`, grouped or not, and in the code.
    pub(crate) paths: Vec<(usize, Path)>,
    /// What `use` binds each name to, for the names that other files import from here.
    pub(crate) names: BTreeMap<String, Path>,
    /// Files that are test code: `#[cfg(test)] mod tests;`.
    pub(crate) test_modules: Vec<Path>,
    /// Targets of log lines and spans, with their lines; `TARGET` for the constant.
    pub(crate) targets: Vec<(usize, String)>,
    /// The value of the constant `TARGET`.
    pub(crate) target: Option<String>,
}

/// Macros of `tracing` that have a target.
const LOGGING: [&str; 12] = [
    "error",
    "warn",
    "info",
    "debug",
    "trace",
    "event",
    "span",
    "error_span",
    "warn_span",
    "info_span",
    "debug_span",
    "trace_span",
];

impl Source {
    /// Reads the file of `module`. `crates` are the crates of the workspace.
    pub(crate) fn read(text: &str, module: &[String], crates: &[String]) -> Self {
        let tokens = tokens(text);
        let mut reader =
            Reader { tokens: &tokens, at: 0, file: module, crates, modules: Vec::new(), found: Self::default() };
        if !reader.is_test_file() {
            reader.read();
        }
        reader.found
    }
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    /// The module that the file is.
    file: &'a [String],
    crates: &'a [String],
    /// Modules in the file that are open, each with the depth of its brace.
    modules: Vec<(String, usize)>,
    found: Source,
}

impl Reader<'_> {
    fn text(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| &token.text)
    }

    fn is(&self, texts: &[&str]) -> bool {
        texts.iter().enumerate().all(|(ahead, text)| self.text(ahead) == *text)
    }

    fn module(&self) -> Path {
        self.file.iter().chain(self.modules.iter().map(|(name, _)| name)).cloned().collect()
    }

    fn is_test_file(&self) -> bool {
        self.tokens.windows(7).any(|window| {
            let texts: Vec<&str> = window.iter().map(|token| &*token.text).collect();
            texts == ["#", "!", "[", "cfg", "(", "test", ")"]
        })
    }

    fn read(&mut self) {
        let mut depth = 0;
        while self.at < self.tokens.len() {
            match self.text(0) {
                "#" if self.is(&["#", "[", "cfg", "(", "test", ")", "]"]) => {
                    self.at += 7;
                    self.skip_item();
                    continue;
                }
                // A visibility is no use of what it names.
                "pub" if self.is(&["pub", "(", "in"]) => self.at += 3 + self.ahead(")"),
                "mod" if self.text(2) == "{" => self.modules.push((self.text(1).to_owned(), depth)),
                "{" => depth += 1,
                "}" => {
                    depth = usize::saturating_sub(depth, 1);
                    self.modules.pop_if(|(_, opened)| *opened == depth);
                }
                "use" if self.text(1) != "<" => {
                    self.at += 1;
                    self.skip_if("::");
                    self.tree(&[]);
                    continue;
                }
                "const" if self.text(1) == "TARGET" => self.named_target(),
                word if LOGGING.contains(&word) && self.text(1) == "!" => self.target(),
                _ if self.begins_path() => {
                    self.path();
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    fn begins_path(&self) -> bool {
        let before = self.at.checked_sub(1).map_or("", |before| &self.tokens[before].text);
        before != "::" && self.text(1) == "::" && self.tokens[self.at].is_word()
    }

    fn path(&mut self) {
        let line = self.tokens[self.at].line;
        let mut path = vec![self.text(0).to_owned()];
        self.at += 1;
        while self.text(0) == "::" && self.tokens.get(self.at + 1).is_some_and(Token::is_word) {
            path.push(self.text(1).to_owned());
            self.at += 2;
        }
        // Log lines are macros by a path too: `tracing::info!(…)`.
        if self.text(0) == "!" && path.last().is_some_and(|name| LOGGING.contains(&&**name)) {
            self.at -= 1;
            self.target();
            self.at += 1;
        }
        let absolute = self.absolute(&path);
        self.found.paths.extend(absolute.map(|path| (line, path)));
    }

    /// A tree of `use`, from what stands before it to the `;`, `,` or `}` after it.
    fn tree(&mut self, before: &[String]) {
        let mut path = before.to_vec();
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        loop {
            match self.text(0) {
                "{" => {
                    self.at += 1;
                    while !matches!(self.text(0), "}" | "") {
                        self.tree(&path);
                        self.skip_if(",");
                    }
                    self.at += 1;
                    return;
                }
                "::" => self.at += 1,
                "self" if !path.is_empty() => self.at += 1,
                "*" => {
                    self.at += 1;
                    return self.bind(line, &path, None);
                }
                "as" => {
                    let name = self.text(1).to_owned();
                    self.at += 2;
                    return self.bind(line, &path, Some(name));
                }
                ";" | "," | "}" | "" => {
                    let name = path.last().cloned();
                    return self.bind(line, &path, name);
                }
                word => {
                    path.push(word.to_owned());
                    self.at += 1;
                }
            }
        }
    }

    fn bind(&mut self, line: usize, path: &[String], name: Option<String>) {
        let Some(path) = self.absolute(path) else { return };
        self.found.paths.push((line, path.clone()));
        if let Some(name) = name.filter(|_| self.modules.is_empty()) {
            self.found.names.insert(name, path);
        }
    }

    /// None for paths of crates that are not ours, and for names that a `use` has brought.
    fn absolute(&self, path: &[String]) -> Option<Path> {
        let mut module = self.module();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => (module, rest) = (vec![self.file[0].clone()], &path[1..]),
            "self" => rest = &path[1..],
            "super" => {
                while let Some((_, after)) = rest.split_first().filter(|(first, _)| *first == "super") {
                    module.pop();
                    rest = after;
                }
            }
            name if self.crates.iter().any(|known| known == name) => module.clear(),
            _ => return None,
        }
        Some(module.into_iter().chain(rest.iter().cloned()).collect())
    }

    /// Skips what `#[cfg(test)]` is about.
    fn skip_item(&mut self) {
        while self.text(0) == "#" {
            self.at += self.group(1);
        }
        if let Some(name) = self.test_module() {
            let path = self.module().into_iter().chain([name]).collect();
            self.found.test_modules.push(path);
        }
        while !matches!(self.text(0), ";" | "{" | "") {
            self.at += if matches!(self.text(0), "(" | "[") { self.group(0) } else { 1 };
        }
        self.at += if self.text(0) == "{" { self.group(0) } else { 1 };
    }

    fn test_module(&self) -> Option<String> {
        let ahead = (0..6).find(|ahead| self.text(*ahead) == "mod")?;
        (self.text(ahead + 2) == ";").then(|| self.text(ahead + 1).to_owned())
    }

    /// Tokens up to the end of the group whose bracket stands `ahead`.
    fn group(&self, ahead: usize) -> usize {
        let (mut depth, mut length) = (0, ahead);
        loop {
            match self.text(length) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                "" => return length,
                _ => {}
            }
            length += 1;
            if depth == 0 {
                return length;
            }
        }
    }

    fn ahead(&self, text: &str) -> usize {
        self.tokens[self.at..].iter().position(|token| token.text == text).unwrap_or(0)
    }

    fn skip_if(&mut self, text: &str) {
        self.at += usize::from(self.text(0) == text);
    }

    /// The target of a log line is the module, or `TARGET` where the file has one.
    fn target(&mut self) {
        let line = self.tokens[self.at].line;
        let argument = self.tokens[self.at..].iter().take(6).map(|token| &*token.text).collect::<Vec<_>>();
        let target = match argument.get(3..) {
            Some(["target", ":", named]) => named.trim_start_matches('"').to_owned(),
            _ => self.module().join("::"),
        };
        self.found.targets.push((line, target));
    }

    fn named_target(&mut self) {
        let value = self.tokens[self.at..].iter().find_map(|token| token.text.strip_prefix('"'));
        self.found.target = value.map(str::to_owned);
    }
}
