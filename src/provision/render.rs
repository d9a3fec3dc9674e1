//! From what was gathered to the bytes of a reply, and what the linter says of them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jitsi_properties::{Client, Document, Finding, Hiding, Level};
use secrecy::ExposeSecret;

use super::error::ProvisionError;
use crate::model::causes::with_causes;
use crate::policy::{Diagnostic, review_hiding};
use crate::template::{ProvisionContext, Template, TemplateError, Traced};

/// Time kept back from the deadline for rendering and sending, so that a slow vCard does not cost the whole reply.
pub(super) const RENDER_RESERVE: Duration = Duration::from_millis(250);

/// What made an entry of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntrySource {
    /// The line of the rendered text, from 1. Diagnostics have the same number.
    pub rendered_line: usize,
    /// The template's file and its line, from 1; none where that is not known.
    pub place: Option<(Arc<str>, usize)>,
}

/// A text that was rendered and linted.
pub(super) struct Rendered<'a> {
    template: &'a Template,
    context: &'a ProvisionContext<'a>,
    client: Client,
    document: Document,
    findings: Vec<Finding>,
}

impl<'a> Rendered<'a> {
    /// Renders for a client that waits, parses and lints.
    pub(super) fn new(template: &'a Template, context: &'a ProvisionContext<'a>) -> Result<Self, ProvisionError> {
        Self::checked(template, context, template.render(context))
    }

    /// The same for people: a render that takes too long is given up.
    pub(super) fn rehearsed(template: &'a Template, context: &'a ProvisionContext<'a>) -> Result<Self, ProvisionError> {
        Self::checked(template, context, template.rehearse(context))
    }

    fn checked(
        template: &'a Template,
        context: &'a ProvisionContext<'a>,
        text: Result<String, TemplateError>,
    ) -> Result<Self, ProvisionError> {
        let failed = |reason: String| ProvisionError::Template { reason };
        let text = text.map_err(|error| failed(with_causes(&error)))?;
        let document = jitsi_properties::parse(&text)
            .map_err(|error| failed(format!("the rendered text is not a properties file: {error}")))?;
        let client = Client::from(context.client);
        let findings = jitsi_properties::lint(&document, &client);
        Ok(Self { template, context, client, document, findings })
    }

    /// The bytes, when nothing in them would harm a client.
    pub(super) fn reply(self) -> Result<Bytes, ProvisionError> {
        let harmful = self.findings.iter().find(|finding| finding.level == Level::Error);
        match harmful {
            Some(finding) => Err(ProvisionError::Template { reason: self.reason(finding) }),
            None => Ok(self.body()),
        }
    }

    /// The bytes, harmful or not.
    fn body(&self) -> Bytes {
        Bytes::from(jitsi_properties::encode(&self.document))
    }

    /// The bytes as they may be shown, harmful or not. `hiding` learns what of them is a secret.
    pub(super) fn shown(&self, hiding: &mut Hiding) -> Bytes {
        hiding.learn_from(&self.document);
        Bytes::from(jitsi_properties::encode(&hiding.document(&self.document)))
    }

    /// What made each entry, and what the linter says at the lines of the template, without what `hiding` knows.
    pub(super) fn explained(&self, hiding: Hiding) -> (Vec<EntrySource>, Vec<Diagnostic>) {
        // The same text was rendered a moment ago: when this fails, there is no line to show anything at.
        let traced = self.template.traced(self.context).ok();
        let sources = sources(&self.document, traced.as_ref());
        let diagnostics = traced.map(|traced| review_hiding(&traced, &self.client, hiding)).unwrap_or_default();
        (sources, diagnostics)
    }

    /// Why the text must not go out, for the log.
    fn reason(&self, finding: &Finding) -> String {
        let traced = self.template.traced(self.context).ok();
        let place = traced.as_ref().and_then(|traced| place(traced, finding.line));
        let place = place.unwrap_or_else(|| format!("line {}", finding.line));
        let rule = finding.rule.id;
        let details = match &traced {
            _ if self.has_secret_key() => {
                "details are hidden, since a key holds a secret; run `preview` to see them".to_owned()
            }
            Some(traced) => Diagnostic::from_finding(finding, traced).message,
            None => finding.message.clone(),
        };
        format!("the reply did not pass the lint: {place}: {rule}: {details}")
    }

    /// Whether a secret stands in a key, where a template can put it; findings name keys.
    fn has_secret_key(&self) -> bool {
        let password = self.context.password.typed();
        let extra = self.context.extra.secrets().map(ExposeSecret::expose_secret);
        let secrets: Vec<&str> = extra.chain([password]).filter(|secret| !secret.is_empty()).collect();
        let mut hiding = Hiding::default();
        hiding.learn_from(&self.document);
        let mut keys = self.document.entries().map(|entry| entry.key());
        keys.any(|key| secrets.iter().any(|secret| key.contains(secret)) || hiding.knows(key))
    }
}

fn sources(document: &Document, traced: Option<&Traced>) -> Vec<EntrySource> {
    let mut files: Vec<Arc<str>> = Vec::new();
    let mut shared = |name: &str| {
        if let Some(known) = files.iter().find(|known| &***known == name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        files.push(Arc::clone(&name));
        name
    };
    let source = |line: usize| EntrySource {
        rendered_line: line,
        place: traced.and_then(|traced| traced.origin(line)).map(|at| (shared(at.file), at.number)),
    };
    document.entries().map(|entry| entry.line()).map(source).collect()
}

fn place(traced: &Traced, line: usize) -> Option<String> {
    traced.origin(line).map(|line| format!("{}:{}", line.file, line.number))
}
