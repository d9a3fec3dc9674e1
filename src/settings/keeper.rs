//! Keeps what is in force: loads it, changes it, and takes over what others have changed in the file.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, watch};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::change::{Actor, Change, ChangeError, Changed, Key};
use super::file::{Found, SettingsFile};
use super::in_force::{Configured, InForce};
use super::messages::{damaged, no_state_directory, note_if_open, report, say_what_is_overruled, set_aside};
use super::stored::Stored;
use super::values::Source;
use crate::model::config::{self, Config};
use crate::model::timestamp::rfc3339;

/// The target of these lines of the log, by which administrators filter.
const TARGET: &str = "openfire_provisioner::settings";

/// Time in which a change must be written, the wait for another change included.
const LIMIT: Duration = Duration::from_secs(5);

/// The settings of a running service. Clones are the same settings.
#[derive(Clone)]
pub struct Settings(Arc<Inner>);

struct Inner {
    configured: Configured,
    /// None without a state directory.
    file: Option<SettingsFile>,
    in_force: watch::Sender<Arc<InForce>>,
    state: Mutex<State>,
    /// Held by the one change that is being written.
    turn: Arc<AsyncMutex<()>>,
}

/// What is known of the file.
#[derive(Debug, Default)]
struct State {
    /// What it said when it was last in order.
    stored: Stored,
    problem: Option<String>,
}

/// The settings as a command sees them, beside a service that may run: nothing is moved or written to find out.
#[derive(Debug)]
pub struct Outlook {
    /// What is in force in a service that starts now.
    pub in_force: Arc<InForce>,
    /// Why the file does not count, and what to change.
    pub problem: Option<String>,
    /// What works, but is not as it should be.
    pub note: Option<String>,
    /// Why the pages can change nothing, if so.
    pub why_not_writable: Option<String>,
}

impl Settings {
    /// Reads the file of the state directory, for a service that starts. A damaged file is set aside, and what is overridden is
    /// logged. It blocks for a short time.
    #[must_use]
    pub fn load(config: &Config) -> Self {
        let configured = Configured::new(&config.http);
        let file = config.admin.state_directory().map(SettingsFile::new);
        let found = file.as_ref().map_or(Found::Nothing, SettingsFile::read);
        let mut state = State::default();
        match found {
            Found::Nothing => {}
            Found::Stored { stored, is_open } => {
                state.stored = *stored;
                if let Some(file) = file.as_ref().filter(|_| is_open) {
                    tracing::warn!(target: TARGET, "{}", note_if_open(file));
                }
            }
            Found::Damaged(problem) => {
                let problem = file.as_ref().map(|file| set_aside(file, &problem));
                report(problem.as_deref());
                state.problem = problem;
            }
            Found::Unusable(problem) => {
                let problem = format!("{problem}; until then the configuration applies");
                report(Some(&problem));
                state.problem = Some(problem);
            }
        }
        let settings = Self::new(configured, file, state);
        say_what_is_overruled(&settings.in_force());
        settings
    }

    /// What the configuration says, and nothing else: nothing can be changed.
    #[must_use]
    pub fn of_configuration(settings: &config::Http) -> Self {
        Self::new(Configured::new(settings), None, State::default())
    }

    fn new(configured: Configured, file: Option<SettingsFile>, state: State) -> Self {
        let in_force = watch::Sender::new(Arc::new(InForce::new(&configured, &state.stored)));
        Self(Arc::new(Inner { configured, file, in_force, state: Mutex::new(state), turn: Arc::default() }))
    }

    /// Looks at the file as a service that starts now would, and leaves it as it is.
    #[must_use]
    pub fn look(config: &Config) -> Outlook {
        let configured = Configured::new(&config.http);
        let file = config.admin.state_directory().map(SettingsFile::new);
        let (mut stored, mut problem, mut note) = (Stored::default(), None, None);
        match file.as_ref().map(|file| (file.read(), file)) {
            None | Some((Found::Nothing, _)) => {}
            Some((Found::Stored { stored: found, is_open }, file)) => {
                stored = *found;
                note = is_open.then(|| note_if_open(file));
            }
            Some((Found::Damaged(why), file)) => problem = Some(damaged(file, &why)),
            Some((Found::Unusable(why), _)) => problem = Some(why),
        }
        let why_not_writable = file.as_ref().map_or_else(|| Some(no_state_directory()), SettingsFile::why_not_writable);
        Outlook { in_force: Arc::new(InForce::new(&configured, &stored)), problem, note, why_not_writable }
    }

    /// Gives a setting back to the configuration, for a command: it blocks while the file is written.
    ///
    /// # Errors
    ///
    /// [`ChangeError`]; then the file is as it was.
    pub fn give_back(&self, key: Key, by: &Actor) -> Result<Changed, ChangeError> {
        self.change_now(Change::GiveBack(key), by, Timestamp::now())
    }

    /// What counts now. Cheap enough for every request.
    #[must_use]
    pub fn in_force(&self) -> Arc<InForce> {
        Arc::clone(&self.0.in_force.borrow())
    }

    /// What the configuration says, for the button that gives a value back.
    #[must_use]
    pub fn configured(&self) -> InForce {
        InForce::new(&self.0.configured, &Stored::default())
    }

    /// The names of the fields in which clients send user name, password and secret: the first of each in the configuration.
    #[must_use]
    pub fn client_fields(&self) -> &[String; 3] {
        &self.0.configured.client_fields
    }

    /// What counts, now and at every change.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Arc<InForce>> {
        self.0.in_force.subscribe()
    }

    /// Why the file does not count, or was set aside, and what to change.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.state().problem.clone()
    }

    /// Whether the pages can change anything.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.why_not_writable().is_none()
    }

    /// Why they cannot, and what to change.
    #[must_use]
    pub fn why_not_writable(&self) -> Option<String> {
        self.0.file.as_ref().map_or_else(|| Some(no_state_directory()), SettingsFile::why_not_writable)
    }

    /// The file; none without a state directory. It need not exist.
    #[must_use]
    pub fn file(&self) -> Option<std::path::PathBuf> {
        self.0.file.as_ref().map(SettingsFile::path)
    }

    /// Makes a change: it is in the file, and in force, when this is done. A change that is not waited for is still made.
    ///
    /// # Errors
    ///
    /// [`ChangeError`]. Except for [`ChangeError::Slow`], nothing has changed then.
    pub async fn change(&self, change: Change, by: &Actor) -> Result<Changed, ChangeError> {
        let (settings, by) = (self.clone(), by.clone());
        let made = async {
            let turn = Arc::clone(&self.0.turn).lock_owned().await;
            let made = spawn_blocking(move || settings.in_turn(change, &by, turn));
            made.await.unwrap_or(Err(ChangeError::Slow))
        };
        timeout(LIMIT, made).await.unwrap_or(Err(ChangeError::Slow))
    }

    /// Reads the file again, since it may have been changed by a command or by hand. A file in order comes into force; with any
    /// other, what is in force stays. It blocks for a short time.
    pub fn reload(&self) {
        let Some(file) = &self.0.file else { return };
        let stored = match file.read() {
            Found::Stored { stored, .. } => *stored,
            Found::Nothing => Stored::default(),
            Found::Damaged(problem) => {
                let path = file.path();
                let path = path.display();
                return self.set_problem(format!(
                    "{path} is damaged: {problem}; correct it, or remove it. What was in force \
                     before stays in force until the service is restarted"
                ));
            }
            Found::Unusable(problem) => {
                return self.set_problem(format!("{problem}; what was in force before stays in force"));
            }
        };
        let mut state = self.state();
        state.problem = None;
        if state.stored != stored {
            let in_force = Arc::new(InForce::new(&self.0.configured, &stored));
            state.stored = stored;
            self.0.in_force.send_replace(Arc::clone(&in_force));
            drop(state);
            tracing::info!(
                target: TARGET,
                "the settings of the administrators' pages were changed in {}, and are in force",
                file.path().display()
            );
            say_what_is_overruled(&in_force);
        }
    }

    /// Logs which changes of the configuration the pages override. `config` is the new one; its section `[http]` needs a
    /// restart.
    pub fn note_configuration(&self, config: &Config) {
        let (new, old, in_force) = (Configured::new(&config.http), &self.0.configured, self.in_force());
        let changed = [
            (Key::Secret, new.secret != old.secret, &in_force.secret_source),
            (Key::AllowedNetworks, new.allowed_networks != old.allowed_networks, &in_force.networks_source),
        ];
        for (key, _, source) in changed.into_iter().filter(|(_, is_changed, _)| *is_changed) {
            if let Source::Pages { by, at } = source {
                let (name, at) = (key.name(), rfc3339(*at));
                tracing::warn!(
                    target: TARGET,
                    "`{name}` has changed in the configuration, but what {by} set in the administrators' pages at {at} overrides it: \
                     to use the configuration, reset it in the pages or with `openfire-provisioner settings reset {name}`"
                );
            }
        }
    }

    fn in_turn(&self, change: Change, by: &Actor, turn: OwnedMutexGuard<()>) -> Result<Changed, ChangeError> {
        let changed = self.change_now(change, by, Timestamp::now());
        drop(turn);
        changed
    }

    /// Makes a change at the time `now`. It blocks while the file is written.
    pub(super) fn change_now(&self, change: Change, by: &Actor, now: Timestamp) -> Result<Changed, ChangeError> {
        let file = self.0.file.as_ref().ok_or(ChangeError::NoStateDirectory)?;
        let failed = |error: std::io::Error| ChangeError::File(file.explained(&error));
        let lock = file.lock().map_err(failed)?;
        let (stored, aside) = match file.read() {
            Found::Stored { stored, .. } => (*stored, None),
            Found::Nothing => (Stored::default(), None),
            // It is being edited, or the disk is faulty: what is in force is known, and is written again.
            Found::Damaged(problem) => (self.state().stored.clone(), Some(problem)),
            Found::Unusable(problem) => return Err(ChangeError::File(problem)),
        };
        let (stored, changed) = stored.changed(change, by, &self.0.configured, now)?;
        let problem = aside.map(|problem| set_aside(file, &problem));
        report(problem.as_deref());
        if stored == Stored::default() { file.remove(&lock) } else { file.write(&lock, &stored) }.map_err(failed)?;
        let mut state = self.state();
        self.0.in_force.send_replace(Arc::new(InForce::new(&self.0.configured, &stored)));
        *state = State { stored, problem: None };
        drop(state);
        let Changed { key, before, after } = &changed;
        let (key, address) = (key.name(), by.address.map(tracing::field::display));
        tracing::info!(
            target: TARGET,
            { user.name = by.name, client.address = address },
            "`{key}` was changed by {}: it was {before}, and is {after}", by.name
        );
        Ok(changed)
    }

    fn set_problem(&self, problem: String) {
        let mut state = self.state();
        if state.problem.as_ref() != Some(&problem) {
            report(Some(&problem));
            state.problem = Some(problem);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Settings({:?})", self.in_force())
    }
}
