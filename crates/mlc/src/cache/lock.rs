//! One compilation at a time: a lock that the system gives back when its holder ends, however it ends.

use super::folder::Folder;
use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::OpenOptionsExt,
    thread::sleep,
    time::{Duration, Instant},
};

/// After this a process compiles for itself: whoever holds the lock may be stopped.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(2);

/// The lock of a module; given back when it is dropped. Where there can be no lock, there is none.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// Waits for the lock.
    pub fn take(folder: &Folder, name: &str) -> Lock {
        let opened = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
            .open(folder.lock_of(name));
        let Ok(file) = opened else {
            return Lock { _file: None };
        };
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            match file.try_lock() {
                Ok(()) => return Lock { _file: Some(file) },
                Err(TryLockError::WouldBlock) => sleep(PAUSE),
                // A file system without locks.
                Err(TryLockError::Error(_)) => break,
            }
        }
        Lock { _file: None }
    }
}
