//! The program in a real pseudo-terminal: from start to a drift finding to quit.

#![cfg(all(feature = "tui", feature = "aws", feature = "sandbox"))]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Long enough for a debug build on a busy machine; a test that waits so long fails.
const PATIENCE: Duration = Duration::from_mins(2);

const PROGRAM: &str = env!("CARGO_BIN_EXE_driftscope");

struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    _home: tempfile::TempDir,
}

impl Terminal {
    fn open(columns: u16, rows: u16, args: &[&str]) -> Self {
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(args);
        Self::run(columns, rows, command)
    }

    fn run(columns: u16, rows: u16, mut command: CommandBuilder) -> Self {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let home = tempfile::tempdir().unwrap();
        command.env("TERM", "xterm-256color");
        command.env("HOME", home.path());
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let size = |n| NonZeroU16::new(n).unwrap();
        let screen = Arc::new(Mutex::new(vt100::Parser::new(size(rows), size(columns), 0)));
        let shown = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                shown.lock().unwrap().process(&buffer[..n]);
            }
        });
        let writer = pair.master.take_writer().unwrap();
        Self {
            screen,
            writer,
            child,
            _master: pair.master,
            _home: home,
        }
    }

    fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    fn wait_for(&self, what: &str) {
        self.wait_until(what, |text| text.contains(what));
    }

    fn wait_until(&self, what: &str, holds: impl Fn(&str) -> bool) {
        let start = Instant::now();
        while !holds(&self.text()) {
            assert!(
                start.elapsed() < PATIENCE,
                "never saw {what:?} on:\n{}",
                self.text()
            );
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    fn end(&mut self) -> u32 {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(start.elapsed() < PATIENCE, "did not end:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Whether the program left nothing of its own behind.
    fn is_whole(&self) -> bool {
        self.is_left() && !self.screen.lock().unwrap().screen().bracketed_paste()
    }

    /// Whether the screen, the cursor, and the mouse are the shell's (which may want pastes in brackets, too).
    fn is_left(&self) -> bool {
        std::thread::sleep(Duration::from_millis(200));
        let parser = self.screen.lock().unwrap();
        let screen = parser.screen();
        !screen.alternate_screen()
            && !screen.hide_cursor()
            && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
    }
}

#[test]
fn the_demo_goes_from_start_to_a_drift_finding_to_quit() {
    let mut terminal = Terminal::open(120, 40, &["--demo"]);
    terminal.wait_for("read-only");
    terminal.wait_for("by_month");
    terminal.wait_until("the loaded sandbox", |text| {
        text.contains("10 k") || text.contains("10.0 k") || text.contains("10,000")
    });
    terminal.press("d");
    terminal.wait_until("a drift finding", |text| {
        text.contains("misplaced") && text.contains("missing")
    });
    // While it checks, it asks before it leaves.
    terminal.wait_for("checks again");
    terminal.press("q");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    assert!(terminal.is_whole());
}

#[test]
fn a_change_that_is_lost_is_found_and_cleared_once_it_is_made_up_for() {
    let mut terminal = Terminal::open(120, 40, &["--demo"]);
    terminal.wait_until("the loaded sandbox", |text| text.contains("10 k"));
    terminal.press("D");
    terminal.wait_for("not checked in this session");
    // Fourteen is what the demo drifts by from the start. On a slow machine a change may be made up
    // for before a check is through.
    let mut found = false;
    for _ in 0..3 {
        terminal.press("F");
        terminal.wait_for("the replicator loses a change");
        terminal.press("d");
        terminal.wait_for("pauses");
        terminal.wait_for("checks again");
        found = !terminal.text().contains("14 findings");
        if found {
            break;
        }
    }
    assert!(found, "no lost change on:\n{}", terminal.text());
    let start = Instant::now();
    while !terminal.text().contains("14 findings") {
        assert!(
            start.elapsed() < PATIENCE,
            "not mended:\n{}",
            terminal.text()
        );
        std::thread::sleep(Duration::from_secs(3));
        terminal.press("r");
        terminal.wait_for("pauses");
        terminal.wait_for("checks again");
    }
    terminal.press("q");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn sigterm_leaves_the_terminal_whole() {
    let mut terminal = Terminal::open(80, 24, &["--demo"]);
    terminal.wait_for("read-only");
    let pid = terminal.child.process_id().unwrap();
    std::process::Command::new("kill")
        .args(["-TERM", &pid.to_string()])
        .status()
        .unwrap();
    terminal.end();
    assert!(terminal.is_whole());
}

#[test]
fn ctrl_z_hands_the_terminal_to_the_shell_and_fg_takes_it_again() {
    let mut shell = CommandBuilder::new("bash");
    shell.args(["--norc", "--noprofile", "-i"]);
    shell.env("PS1", "shell> ");
    let mut terminal = Terminal::run(100, 30, shell);
    terminal.wait_for("shell>");
    terminal.press(&format!("{PROGRAM} --demo\n"));
    terminal.wait_for("read-only");
    terminal.press("\u{1a}");
    terminal.wait_for("Stopped");
    assert!(terminal.is_left());
    terminal.press("fg\n");
    terminal.wait_for("read-only");
    terminal.press("q");
    terminal.wait_until("the shell again", |text| !text.contains("read-only"));
    assert!(terminal.is_left());
    terminal.press("exit\n");
    terminal.end();
}

#[test]
fn a_burst_of_keys_arrives_whole() {
    let mut terminal = Terminal::open(120, 40, &["--demo"]);
    terminal.wait_for("by_party");
    terminal.press("e");
    terminal.wait_for("ctrl-u clear");
    let words: Vec<String> = (0..40).map(|n| format!("w{n:02}")).collect();
    // Control-u empties the line.
    terminal.press(&format!("\u{15}{} end", words.join(" ")));
    terminal.wait_for("w39 end");
    let shown = terminal.text();
    let lost: Vec<&String> = words.iter().filter(|word| !shown.contains(*word)).collect();
    assert!(lost.is_empty(), "{lost:?} are not on:\n{shown}");
    terminal.child.kill().unwrap();
}
