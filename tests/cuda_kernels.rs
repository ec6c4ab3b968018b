//! Every kernel against the CPU's operation, on a machine without a GPU: a stand-in driver runs them on the host. On a
//! machine with one they run on it as well. Where there is no C++ compiler the test says so and passes.
#![cfg(all(feature = "cuda", target_os = "linux"))]

#[path = "../examples/gpu_device/parity/mod.rs"]
mod parity;
#[path = "common/standin.rs"]
mod standin;

use std::process::Command;

use dsframe::cuda::{self, Device};

/// Set in the process that has the stand-in.
const INSIDE: &str = "DSFRAME_TEST_ON_STANDIN";

/// Counts what was checked, and prints it; as the example's.
#[derive(Default)]
pub(crate) struct Report {
    failed: Vec<String>,
    checked: usize,
}

impl Report {
    pub(crate) fn line(&mut self, what: &str, result: anyhow::Result<String>) {
        self.checked += 1;
        match result {
            Ok(text) => println!("ok      {what}: {text}"),
            Err(error) => self.failed.push(format!("{what}: {error:#}")),
        }
    }
}

fn check_all() {
    let (device, mut report) = (Device::new(0).unwrap(), Report::default());
    println!("kernels run on {}", device.name().unwrap());
    parity::run(&device, true, "", &mut report).unwrap();
    assert!(report.failed.is_empty(), "{}", report.failed.join("\n"));
    assert!(report.checked > 10, "only {} checks were made", report.checked);
}

/// Runs test `name` of this file in a process that has the stand-in, set up by `settings`.
fn on_the_stand_in(name: &str, settings: &[(&str, &str)]) {
    let Some(variables) = standin::variables() else { return };
    let cache = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .envs(variables)
        .env("XDG_CACHE_HOME", cache.path())
        .envs(settings.iter().copied())
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    assert!(
        output.status.success() && said.contains("kernels run on stand-in"),
        "kernels differ from the CPU"
    );
}

#[test]
fn kernels_give_what_the_cpu_gives_on_the_stand_in() {
    if std::env::var_os(INSIDE).is_some() {
        return check_all();
    }
    on_the_stand_in("kernels_give_what_the_cpu_gives_on_the_stand_in", &[("STANDIN_GPUS", "2")]);
}

/// GPUs before compute capability 9.0 have no clusters of blocks.
#[test]
fn blurs_give_what_the_cpu_gives_without_clusters() {
    if std::env::var_os(INSIDE).is_some() {
        let (device, mut report) = (Device::new(0).unwrap(), Report::default());
        println!("kernels run on {}", device.name().unwrap());
        assert_eq!(device.arch(), 86);
        parity::blur::run(&device, true, &mut report).unwrap();
        assert!(report.failed.is_empty(), "{}", report.failed.join("\n"));
        return;
    }
    on_the_stand_in("blurs_give_what_the_cpu_gives_without_clusters", &[("STANDIN_CC", "86")]);
}

#[test]
fn kernels_give_what_the_cpu_gives_on_this_machines_gpu() {
    match cuda::available() {
        Ok(()) => check_all(),
        Err(error) => println!("!!! SKIPPED: {error}"),
    }
}
