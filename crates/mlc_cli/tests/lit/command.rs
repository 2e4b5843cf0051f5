//! One command in a process group of its own, with a time limit, and all that it printed.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What a command did.
pub struct Outcome {
    /// `None` where the time limit ended it.
    pub status: Option<ExitStatus>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    pub fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }

    /// How it ended, in words.
    pub fn ending(&self) -> String {
        match self.status {
            Some(status) => status.to_string(),
            None => "ended by the time limit".to_owned(),
        }
    }
}

/// The time that one command may take: `MLC_TEST_TIMEOUT` seconds, else two minutes.
pub fn time_limit() -> Duration {
    let seconds = std::env::var("MLC_TEST_TIMEOUT")
        .ok()
        .and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(120))
}

/// Runs `command` to its end or to `limit`; its output passes through files in `scratch`, so that it can be of any size.
pub fn run(mut command: Command, scratch: &Path, limit: Duration) -> io::Result<Outcome> {
    let stdout_path = scratch.join("stdout.txt");
    let stderr_path = scratch.join("stderr.txt");
    // What one test keeps is nothing to another.
    let mut child = command
        .env("MLC_CACHE_DIR", scratch.join("cache"))
        .stdin(Stdio::null())
        .stdout(File::create(&stdout_path)?)
        .stderr(File::create(&stderr_path)?)
        .process_group(0)
        .spawn()?;
    let started = Instant::now();
    let mut pause = Duration::from_micros(500);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if started.elapsed() > limit {
            // The whole group, so that nothing that a shell started outlives its test.
            Command::new("kill")
                .args(["-KILL", "--", &format!("-{}", child.id())])
                .status()?;
            child.wait()?;
            break None;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    };
    let text =
        |path| Ok::<_, io::Error>(String::from_utf8_lossy(&std::fs::read(path)?).into_owned());
    Ok(Outcome {
        status,
        stdout: text(&stdout_path)?,
        stderr: text(&stderr_path)?,
    })
}
