//! Does systemd take the units in `scripts/service`, and how much may they do? `scripts/check` installs what this needs.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// What `systemd-analyze security` may come to, from 0.0 (nothing is allowed) to 10.0.
const EXPOSURE_MAX: f64 = 2.0;

/// Where the units say that the program is, which `scripts/service` does not install.
const PROGRAM: &str = "/usr/local/bin/offprint";

/// Returns the units, naming the program that was built, in a folder of their own.
fn units() -> (TempDir, Vec<PathBuf>) {
    let folder = TempDir::new().unwrap();
    let service = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/service");
    let mut units = Vec::new();
    for entry in fs::read_dir(service).unwrap() {
        let path = entry.unwrap().path();
        let is_unit = |it: &std::ffi::OsStr| it == "service" || it == "timer";
        if !path.extension().is_some_and(is_unit) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let unit = folder.path().join(path.file_name().unwrap());
        fs::write(&unit, text.replace(PROGRAM, env!("CARGO_BIN_EXE_offprint"))).unwrap();
        units.push(unit);
    }
    units.sort();
    assert_eq!(units.len(), 3, "{units:?}");
    (folder, units)
}

/// Runs `systemd-analyze`, and returns what it says.
#[track_caller]
fn analyze(arguments: &[&str], units: &[PathBuf]) -> String {
    let mut command = Command::new("systemd-analyze");
    command.args(arguments).args(units).env("LC_ALL", "C.UTF-8");
    let output = command
        .output()
        .expect("systemd-analyze is missing (Debian: systemd)");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn systemd_takes_the_units_without_a_word() {
    let (_folder, units) = units();
    assert_eq!(analyze(&["verify", "--man=no"], &units), "");
}

#[test]
fn the_services_may_do_little() {
    let (_folder, units) = units();
    let services = units
        .iter()
        .filter(|it| it.extension().unwrap() == "service");
    for service in services.cloned() {
        let said = analyze(&["security", "--offline=true", "--no-pager"], &[service]);
        let (_, overall) = said.split_once("exposure level for ").unwrap();
        let exposure = overall.split_whitespace().nth(1).unwrap();
        let exposure: f64 = exposure.parse().unwrap();
        assert!(exposure <= EXPOSURE_MAX, "{overall}");
    }
}

/// Nothing is written elsewhere, and nobody else's rights are used.
#[test]
fn the_services_have_a_user_and_a_folder_of_their_own() {
    let (_folder, units) = units();
    let services = units
        .iter()
        .filter(|it| it.extension().unwrap() == "service");
    for service in services {
        let text = fs::read_to_string(service).unwrap();
        for line in [
            "User=offprint",
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "ReadWritePaths=/var/lib/offprint",
            "Environment=OFFPRINT_ARCHIVE=/var/lib/offprint/archive",
        ] {
            assert!(text.lines().any(|it| it == line), "{line}: {service:?}");
        }
    }
}
