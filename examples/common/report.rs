//! What the user sees: a progress bar while it runs, a table at the end.

use std::time::{Duration, Instant};

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{CellAlignment, Table};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A progress bar; on a terminal it is drawn in place, elsewhere (a log file) a line appears every few seconds.
pub struct Progress {
    bar: ProgressBar,
    started: Instant,
    lines: Option<Instant>,
}

/// Seconds between two lines where no terminal is.
const LINE_SECONDS: u64 = 5;

impl Progress {
    /// `frames` is the expected total; a live source has none.
    pub fn new(frames: Option<u64>) -> Self {
        let bar = match frames {
            Some(frames) => ProgressBar::new(frames).with_style(
                ProgressStyle::with_template("{bar:32.cyan/blue} {pos}/{len} frames  {msg}  eta {eta}")
                    .expect("the template is valid"),
            ),
            None => ProgressBar::new_spinner().with_style(
                ProgressStyle::with_template("{spinner} {pos} frames  {msg}").expect("the template is valid"),
            ),
        };
        let terminal = console_is_terminal();
        if !terminal {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { bar, started: Instant::now(), lines: (!terminal).then(Instant::now) }
    }

    /// Shows `frames` done so far and `message` beside it.
    pub fn update(&mut self, frames: u64, message: &str) {
        self.bar.set_position(frames);
        self.bar.set_message(format!("{:.1} fps  {message}", self.fps(frames)));
        if self.lines.is_some_and(|last| last.elapsed() >= Duration::from_secs(LINE_SECONDS)) {
            self.lines = Some(Instant::now());
            eprintln!("{frames} frames  {:.1} fps  {message}", self.fps(frames));
        }
    }

    /// Frames per second since the start.
    pub fn fps(&self, frames: u64) -> f64 {
        frames as f64 / self.started.elapsed().as_secs_f64().max(1e-9)
    }

    /// Takes the bar away.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

fn console_is_terminal() -> bool {
    use std::io::IsTerminal;
    std::io::stderr().is_terminal()
}

/// A table of `rows` under `header`; all columns but the first are right-aligned.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_header(header);
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
