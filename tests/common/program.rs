//! An example's program: started, watched, and what it said.
#![allow(dead_code, unreachable_pub, reason = "every test file uses a part of it")]

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longest run that any test needs, on a busy machine.
const LIMIT: Duration = Duration::from_secs(90);

/// The program that `cargo test` has built beside this test.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).expect("target/<profile>/deps/<test>");
    let path = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "{} is missing; `cargo test` or `cargo build --examples` builds it",
        path.display()
    );
    path
}

/// A command line.
pub struct Program(Command);

/// A program that runs; it is killed when the test leaves it.
pub struct Running {
    child: Child,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
}

/// How it ended.
pub struct Done {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

/// Reads a pipe to its end, so that the program is never held up.
fn collect(mut pipe: impl Read + Send + 'static) -> Option<JoinHandle<String>> {
    Some(std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }))
}

impl Program {
    pub fn new(name: &str) -> Self {
        let mut command = Command::new(program(name));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).env_remove("RUST_LOG");
        Self(command)
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.0.arg(arg);
        self
    }

    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.0.args(args);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    pub fn envs(
        mut self,
        variables: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
    ) -> Self {
        self.0.envs(variables);
        self
    }

    pub fn start(mut self) -> Running {
        let mut child = self.0.spawn().unwrap();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        Running { child, stdout: collect(stdout), stderr: collect(stderr) }
    }

    pub fn run(self) -> Done {
        self.start().wait()
    }
}

impl Running {
    fn assert_running(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("it ended by itself: {status}: {}", self.stderr.take().unwrap().join().unwrap());
        }
    }

    /// Waits for something that the program does while it runs.
    pub fn wait_until(&mut self, mut ready: impl FnMut() -> bool) {
        let start = Instant::now();
        while !ready() {
            assert!(start.elapsed() < LIMIT, "what is waited for has not come within {LIMIT:?}");
            self.assert_running();
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until Ctrl-C no longer just kills the program.
    #[cfg(target_os = "linux")]
    pub fn wait_until_watching(&mut self) {
        const SIGINT: u32 = 2;
        let path = format!("/proc/{}/status", self.child.id());
        self.wait_until(|| {
            let status = std::fs::read_to_string(&path).unwrap();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
            u64::from_str_radix(caught, 16).unwrap() >> (SIGINT - 1) & 1 == 1
        });
    }

    /// What Ctrl-C does.
    pub fn interrupt(&self) {
        let status = Command::new("kill").arg("-INT").arg(self.child.id().to_string()).status().unwrap();
        assert!(status.success());
    }

    pub fn wait(mut self) -> Done {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < LIMIT, "the program has not ended within {LIMIT:?}");
            std::thread::sleep(Duration::from_millis(10));
        };
        let text = |pipe: &mut Option<JoinHandle<String>>| pipe.take().unwrap().join().unwrap();
        Done { status, stdout: text(&mut self.stdout), stderr: text(&mut self.stderr) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Done {
    fn whole(&self) -> String {
        format!("{}\nstdout: {}\nstderr: {}", self.status, self.stdout, self.stderr)
    }

    pub fn succeeded(&self) {
        assert!(self.status.success() && !self.stderr.contains("panicked"), "{}", self.whole());
    }

    /// Ended with an exit code and a message with all of `words`, for people to read.
    pub fn failed_with(&self, words: &[&str]) {
        assert!(self.status.code().is_some_and(|code| code != 0), "{}", self.whole());
        assert!(!self.stderr.contains("panicked"), "{}", self.whole());
        for word in words {
            assert!(self.stderr.contains(word), "{word} is not in\n{}", self.whole());
        }
    }
}
