//! What is reported, and what is not, as time goes by.

use super::*;

/// A clock, and what was said.
struct Scene {
    words: Words,
    start: Instant,
    second: u64,
    said: Vec<(u64, String)>,
    is_up: bool,
}

fn refused() -> Concern {
    Concern::ManyRefused { refused: 20, of: 20 }
}

fn down() -> Concern {
    Concern::ComponentDown { reason: "gone".to_owned(), attempts: 1 }
}

fn time(second: u64) -> Timestamp {
    Timestamp::from_second(1_776_000_000 + second.cast_signed()).unwrap()
}

impl Scene {
    fn new() -> Self {
        let words = Words::new(Pace::default(), "prov.example.test".to_owned(), "https://a.test".to_owned());
        Self { words, start: Instant::now(), second: 0, said: Vec::new(), is_up: true }
    }

    /// This needs attention for that many seconds, with a look every five.
    fn pass(&mut self, seconds: u64, concerns: &[Concern]) {
        for _ in 0..seconds / 5 {
            let (now, at) = (self.start + Duration::from_secs(self.second), time(self.second));
            let notices: Vec<_> =
                concerns.iter().map(|concern| Notice { concern: concern.clone(), since: at }).collect();
            self.words.see(&notices, now, at);
            if let Some(text) = self.is_up.then(|| self.words.message(now, at)).flatten() {
                self.words.was_sent(now);
                self.said.push((self.second, text));
            }
            self.second += 5;
        }
    }

    /// When something was said.
    fn times(&self) -> Vec<u64> {
        self.said.iter().map(|(second, _)| *second).collect()
    }
}

#[test]
fn what_lasts_is_said_once_and_once_more_when_it_is_over() {
    let mut scene = Scene::new();
    scene.pass(300, &[refused()]);
    scene.pass(300, &[]);
    assert_eq!(scene.times(), [30, 330]);
    let [(_, begun), (_, over)] = &scene.said[..] else { panic!() };
    assert!(begun.contains("this needs attention\n- 20 of 20 requests") && begun.contains(&rfc(0)), "{begun}");
    assert!(over.contains("this is over\n- Many requests were refused, from ") && over.contains(&rfc(300)), "{over}");
    assert!(scene.words.entries.is_empty());
}

fn rfc(second: u64) -> String {
    crate::model::timestamp::rfc3339(time(second))
}

#[test]
fn what_does_not_last_is_not_said() {
    let mut scene = Scene::new();
    scene.pass(25, &[refused()]);
    scene.pass(300, &[]);
    assert_eq!(scene.times(), [0; 0]);
    assert!(scene.words.entries.is_empty());
}

#[test]
fn what_comes_and_goes_is_said_once_for_all() {
    let mut scene = Scene::new();
    for _ in 0..20 {
        scene.pass(20, &[refused()]);
        scene.pass(20, &[]);
    }
    scene.pass(60, &[]);
    assert_eq!(scene.times(), [40, 810], "{:?}", scene.said);
}

#[test]
fn notes_are_not_said() {
    let mut scene = Scene::new();
    scene.pass(300, &[Concern::RecordsLost { records: 9 }, Concern::SettingsFixed]);
    assert_eq!(scene.times(), [0; 0]);
}

#[test]
fn several_things_are_one_message_and_there_is_one_a_minute_at_most() {
    let mut scene = Scene::new();
    let paused = Concern::Paused { by: "ben".to_owned(), reason: "upgrade".to_owned() };
    scene.pass(30, &[refused(), paused.clone()]);
    scene.pass(35, &[refused(), paused.clone(), Concern::Undecided { reason: "x".to_owned() }]);
    scene.pass(300, &[refused(), paused, Concern::Undecided { reason: "x".to_owned() }]);
    assert_eq!(scene.times(), [30, 90]);
    assert_eq!(scene.said[0].1.lines().filter(|line| line.starts_with("- ")).count(), 2);
}

#[test]
fn while_the_component_is_down_nothing_is_said_and_afterwards_that_it_was() {
    let mut scene = Scene::new();
    scene.is_up = false;
    scene.pass(600, &[down(), refused()]);
    scene.is_up = true;
    scene.pass(300, &[refused()]);
    assert_eq!(scene.times(), [600, 660], "{:?}", scene.said);
    assert!(scene.said[0].1.contains("20 of 20") && !scene.said[0].1.contains("over"));
    let over = &scene.said[1].1;
    assert!(over.contains(&format!("connected to Openfire, from {} to {}: gone.", rfc(0), rfc(600))), "{over}");
}

#[test]
fn a_message_that_could_not_be_sent_is_said_later() {
    let mut scene = Scene::new();
    let (now, at) = (scene.start, time(0));
    scene.words.see(&[Notice { concern: refused(), since: at }], now, at);
    let later = now + Duration::from_secs(30);
    scene.words.see(&[Notice { concern: refused(), since: at }], later, at);
    assert!(scene.words.message(later, at).is_some());
    assert!(scene.words.message(later + Duration::from_secs(5), at).is_some(), "not sent yet");
}

#[test]
fn after_twenty_messages_in_a_day_there_are_no_more_and_the_last_one_says_so() {
    let mut scene = Scene::new();
    for _ in 0..40 {
        scene.pass(60, &[refused()]);
        scene.pass(60, &[]);
    }
    assert_eq!(scene.said.len(), 20);
    let silent = |text: &str| text.contains("Further messages are not sent until ");
    assert!(silent(&scene.said[19].1), "{}", scene.said[19].1);
    assert!(scene.said[..19].iter().all(|(_, text)| !silent(text)));
    let until = rfc(scene.said[0].0 + 24 * 60 * 60);
    assert!(scene.said[19].1.contains(&until), "{} {until}", scene.said[19].1);
    scene.pass(24 * 60 * 60, &[refused()]);
    assert!(scene.said.len() > 20, "a day later it goes on");
    assert!(scene.words.sent.len() <= 20);
}
