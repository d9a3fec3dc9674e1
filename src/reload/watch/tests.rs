//! On a real file system: what counts as a change, and what does not.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::timeout;

use super::*;

/// Long, since the machine may be busy.
const LIMIT: Duration = Duration::from_secs(20);

const SETTINGS: Reload = Reload { watch: true, debounce: Duration::from_millis(30) };

struct Watched {
    folder: TempDir,
    watch: Watch,
    files: Vec<PathBuf>,
}

impl Watched {
    /// Watches these files in a folder that `prepare` has filled.
    fn new(files: &[&str], prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path());
        write(folder.path().join(MARK), "");
        let files = files.iter().chain([&MARK]).map(|file| folder.path().join(file)).collect();
        let mut watched = Self { folder, watch: Watch::new().unwrap(), files };
        watched.again();
        watched
    }

    /// As after a reload.
    fn again(&mut self) {
        let files: Vec<&Path> = self.files.iter().map(PathBuf::as_path).collect();
        self.watch.set(&files, &[]).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The change is noticed.
    #[track_caller]
    fn notices(&mut self, change: impl FnOnce(&Path)) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        change(self.folder.path());
        async move {
            let noticed = timeout(LIMIT, self.watch.changed(SETTINGS)).await;
            noticed.unwrap_or_else(|_| panic!("{caller}: nothing was noticed"));
            self.again();
        }
    }

    /// The change is not noticed. Events come in their order, so the first one is that of a change that came after it.
    async fn ignores(&mut self, change: impl FnOnce(&Path)) {
        change(self.folder.path());
        write(self.path(MARK), "");
        let event = timeout(LIMIT, self.watch.next()).await.unwrap();
        assert_eq!(event.name.as_deref(), Some(MARK.as_ref()), "{event:?}");
    }
}

/// A file that is always watched.
const MARK: &str = "mark";

fn write(path: PathBuf, text: &str) {
    fs::write(path, text).unwrap();
}

#[tokio::test]
async fn writing_in_place_and_renaming_over_it_count() {
    let mut watched = Watched::new(&["a"], |folder| write(folder.join("a"), "1"));
    for text in ["2", "3"] {
        watched.notices(|folder| write(folder.join("a"), text)).await;
        watched
            .notices(|folder| {
                write(folder.join(".a.new"), text);
                fs::rename(folder.join(".a.new"), folder.join("a")).unwrap();
            })
            .await;
    }
}

#[tokio::test]
async fn a_file_that_goes_and_comes_back_counts_twice() {
    let mut watched = Watched::new(&["a"], |folder| write(folder.join("a"), "1"));
    watched.notices(|folder| fs::remove_file(folder.join("a")).unwrap()).await;
    watched.notices(|folder| write(folder.join("a"), "1")).await;
    watched.notices(|folder| write(folder.join("a"), "2")).await;
}

#[tokio::test]
async fn a_folder_may_go_and_come_back() {
    let mut watched = Watched::new(&["x/y/a"], |folder| fs::create_dir_all(folder.join("x/y")).unwrap());
    for _ in 0..2 {
        watched.notices(|folder| write(folder.join("x/y/a"), "1")).await;
        watched.notices(|folder| fs::remove_dir_all(folder.join("x")).unwrap()).await;
        watched.notices(|folder| fs::create_dir_all(folder.join("x/y")).unwrap()).await;
    }
    watched.notices(|folder| fs::rename(folder.join("x"), folder.join("z")).unwrap()).await;
    watched.ignores(|folder| write(folder.join("z/y/a"), "2")).await;
}

#[tokio::test]
async fn a_configmap_of_kubernetes_is_swapped_by_a_link() {
    let mut watched = Watched::new(&["a"], |folder| {
        fs::create_dir(folder.join("..1")).unwrap();
        write(folder.join("..1/a"), "1");
        symlink("..1", folder.join("..data")).unwrap();
        symlink("..data/a", folder.join("a")).unwrap();
    });
    for (old, new) in [("..1", "..2"), ("..2", "..3")] {
        watched
            .notices(|folder| {
                fs::create_dir(folder.join(new)).unwrap();
                write(folder.join(new).join("a"), new);
                symlink(new, folder.join("..data_tmp")).unwrap();
                fs::rename(folder.join("..data_tmp"), folder.join("..data")).unwrap();
                fs::remove_dir_all(folder.join(old)).unwrap();
            })
            .await;
        assert_eq!(fs::read_to_string(watched.path("a")).unwrap(), new);
    }
}

#[tokio::test]
async fn reading_and_other_files_do_not_count() {
    let mut watched = Watched::new(&["a"], |folder| write(folder.join("a"), "1"));
    watched.ignores(|folder| drop(fs::read(folder.join("a")).unwrap())).await;
    watched.ignores(|folder| assert_ne!(fs::read_dir(folder).unwrap().count(), 0)).await;
    watched.ignores(|folder| write(folder.join("other"), "1")).await;
    watched.again();
    watched.ignores(|_| ()).await;
}

#[tokio::test]
async fn many_changes_within_the_time_are_one() {
    let mut watched = Watched::new(&["a", "b"], |_| ());
    watched
        .notices(|folder| {
            for text in ["1", "2", "3"] {
                write(folder.join("a"), text);
                write(folder.join("b"), text);
            }
        })
        .await;
    watched.ignores(|_| ()).await;
}

#[tokio::test]
async fn a_file_that_is_still_being_written_counts_as_changing() {
    let mut watched = Watched::new(&["a"], |_| ());
    let mut file = fs::File::create(watched.path("a")).unwrap();
    watched.notices(|_| ()).await;
    watched.notices(|_| file.write_all(b"1").unwrap()).await;
    drop(file);
}

#[tokio::test]
async fn a_change_is_not_lost_when_nobody_waits_to_the_end() {
    let mut watched = Watched::new(&["a"], |_| ());
    write(watched.path("a"), "1");
    let slow = Reload { debounce: Duration::from_mins(1), ..SETTINGS };
    assert!(timeout(Duration::from_millis(1), watched.watch.changed(slow)).await.is_err());
    watched.notices(|_| ()).await;
}

#[tokio::test]
async fn what_is_no_longer_wanted_is_no_longer_watched() {
    let mut watched = Watched::new(&["x/a"], |folder| fs::create_dir(folder.join("x")).unwrap());
    watched.files = vec![watched.path("b"), watched.path(MARK)];
    watched.again();
    watched.ignores(|folder| write(folder.join("x/a"), "1")).await;
    watched.notices(|folder| write(folder.join("b"), "1")).await;
}
