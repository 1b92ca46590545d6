//! PostgreSQL: COPY into a table beside, from there into the table with the key.

use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};

use super::super::Bench;
use super::{Form, Input, Loader, columns, timed};
use crate::server::Server;
use crate::unready::Unready;
use crate::{apt, process, stop};

/// What is set otherwise than it comes: safe, and with the memory and the log of a
/// machine that loads much.
const SETTINGS: [(&str, &str); 10] = [
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("shared_buffers", "512MB"),
    ("work_mem", "64MB"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("max_wal_size", "4GB"),
    ("checkpoint_timeout", "15min"),
    // The table is emptied after each load.
    ("autovacuum", "off"),
];

/// Where Debian has the programs, in a folder for each release.
const RELEASES: &str = "/usr/lib/postgresql";

/// The account of Debian's package. The server refuses to run as root.
const ACCOUNT: &str = "postgres";

/// What tells sockets in one folder apart; it listens on no port.
const PORT: &str = "5432";

/// The socket's name.
const SOCKET: &str = ".s.PGSQL.5432";

/// No path of a socket is longer.
const MOST_SOCKET_BYTES: usize = 107;

/// It is ready within this.
const READY_LIMIT: Duration = Duration::from_mins(1);

/// A running PostgreSQL.
#[derive(Debug)]
struct Postgres {
    server: Server,
    programs: PathBuf,
    own: PathBuf,
    version: String,
}

/// Starts it on a cluster of its own, which only this account reaches.
pub(super) fn start(_: &Bench, folder: &Path) -> Result<Box<dyn Loader>, Unready> {
    let programs = programs()?;
    let own = folder.join("postgres");
    fs::create_dir_all(&own)?;
    if own.join(SOCKET).as_os_str().len() > MOST_SOCKET_BYTES {
        return Err(Unready::Broken(anyhow!(
            "{} is too long a path for a socket",
            own.join(SOCKET).display()
        )));
    }
    let account = if process::is_root() { Some((id("-u")?, id("-g")?)) } else { None };
    if let Some((user, group)) = account {
        chown(&own, Some(user), Some(group))?;
    }
    let program = |name: &str| {
        let mut command = process::program(&programs.join(name), &own);
        if let Some((user, group)) = account {
            command.uid(user).gid(group);
        }
        command
    };
    let data = own.join("data");
    let mut initdb = program("initdb");
    initdb.args(["--username", ACCOUNT, "--auth", "trust", "--encoding", "UTF8", "--locale", "C"]);
    process::output(initdb.arg("--pgdata").arg(&data))?;
    let said = program("postgres").arg("--version").output()?.stdout;
    let said = String::from_utf8_lossy(&said).into_owned();
    let version = said.split_whitespace().nth(2).unwrap_or("of unknown version").to_owned();

    let mut command = program("postgres");
    command.arg("-D").arg(&data).args(["-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"]);
    command.arg("-p").arg(PORT).arg("-c").arg(format!("unix_socket_directories={}", own.display()));
    for (name, value) in SETTINGS {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    let log = File::create(own.join("log"))?;
    let server = Server::start(command.stdout(Stdio::null()).stderr(log))?;
    let mut postgres = Postgres { server, programs, own, version };
    postgres.wait_until_ready()?;
    postgres.ask(&columns::postgres_table())?;
    postgres.ask("CREATE UNLOGGED TABLE staging (LIKE calls)")?;
    postgres.ask("CREATE UNLOGGED TABLE lines (line json)")?;
    Ok(Box::new(postgres))
}

/// What the report says of it.
pub(super) fn told() -> String {
    let settings = SETTINGS.map(|(name, value)| format!("{name} = {value}")).join(", ");
    format!(
        "PostgreSQL has one table whose primary key is time and id, which is its index for time, too. In one \
         transaction it copies the file, which it reads itself, into an unlogged table beside, from there into the \
         table with `INSERT ... ON CONFLICT DO UPDATE`, where null erases nothing, and empties the other; NDJSON is \
         copied line by line and taken apart by `json_populate_record`. Its settings: {settings}."
    )
}

/// The folder of its programs, which are installed when this runs as root.
fn programs() -> Result<PathBuf, Unready> {
    if let Some(found) = installed() {
        return Ok(found);
    }
    apt::install("postgresql")?;
    installed().ok_or_else(|| Unready::Missing("the package postgresql brought no initdb".to_owned()))
}

/// Those in the path, or of the newest release.
fn installed() -> Option<PathBuf> {
    // What is in the path may lead elsewhere, and there are the others.
    let initdb = process::find("initdb").and_then(|found| fs::canonicalize(found).ok());
    if let Some(programs) = initdb.as_deref().and_then(Path::parent)
        && programs.join("psql").is_file()
    {
        return Some(programs.to_owned());
    }
    let releases = fs::read_dir(RELEASES).ok()?.filter_map(Result::ok);
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let found = releases.filter_map(|entry| Some((number(&entry.path())?, entry.path().join("bin"))));
    let found = found.filter(|(_, programs)| programs.join("initdb").is_file());
    found.max_by_key(|(number, _)| *number).map(|(_, programs)| programs)
}

/// A number of the account.
fn id(flag: &str) -> Result<u32> {
    let said = process::output(process::command("id", Path::new("/")).args([flag, ACCOUNT]))?;
    said.trim().parse().with_context(|| format!("id {flag} {ACCOUNT} says {said:?}"))
}

impl Postgres {
    fn wait_until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        let log = self.own.join("log");
        loop {
            let mut asked = self.psql();
            if process::succeeds_within(asked.args(["-c", "SELECT 1"]), Duration::from_secs(5))? {
                return Ok(());
            }
            if let Some(status) = self.server.ended()? {
                bail!("PostgreSQL ended with {status}; {} says more", log.display());
            }
            ensure!(start.elapsed() < READY_LIMIT, "PostgreSQL is not ready; {} says more", log.display());
            stop::check()?;
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn psql(&self) -> Command {
        let mut command = process::program(&self.programs.join("psql"), &self.own);
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", ACCOUNT, "-d", "postgres", "-p", PORT]);
        command.arg("-h").arg(&self.own);
        command
    }

    fn ask(&self, sql: &str) -> Result<String> {
        process::output(self.psql().args(["-t", "-A", "-c", sql]))
    }
}

impl Loader for Postgres {
    fn ways(&self) -> Vec<String> {
        vec![format!("PostgreSQL {}, COPY and INSERT ... ON CONFLICT", self.version)]
    }

    fn load(&mut self, input: &Input) -> Result<Vec<Duration>> {
        let script = self.own.join("load.sql");
        fs::write(&script, load_sql(input))?;
        let time = timed(self.psql().arg("-f").arg(&script))?;
        let found = self.ask("SELECT count(*) FROM calls")?;
        ensure!(found.trim() == input.rows.to_string(), "it has {} of {} rows", found.trim(), input.rows);
        for sql in ["TRUNCATE calls", "CHECKPOINT"] {
            self.ask(sql)?;
        }
        Ok(vec![time])
    }

    fn stop(self: Box<Self>) -> Result<()> {
        self.server.stop()?;
        Ok(())
    }
}

fn load_sql(input: &Input) -> String {
    let file = input.file.to_string_lossy().replace('\'', "''");
    let (beside, options, rows) = match input.form {
        Form::Csv => ("staging", "FORMAT csv, HEADER true", "* FROM staging"),
        // Neither character is ever in JSON, so that each line is one value.
        Form::Ndjson => (
            "lines",
            "FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'",
            "found.* FROM lines, json_populate_record(NULL::calls, line) AS found",
        ),
    };
    format!(
        "BEGIN;\nCOPY {beside} FROM '{file}' WITH ({options});\nINSERT INTO calls SELECT {rows} {};\n\
         TRUNCATE {beside};\nCOMMIT;\n",
        columns::postgres_conflict()
    )
}
