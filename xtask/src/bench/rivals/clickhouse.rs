//! ClickHouse: INSERT through its own client, and what removes duplicates.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::super::Bench;
use super::{Form, Input, Loader, columns, put_to_disk, timed};
use crate::server::{Server, free_address};
use crate::unready::Unready;
use crate::{apt, process};

const SERVER: &str = "clickhouse-server";
const CLIENT: &str = "clickhouse-client";

/// A running ClickHouse.
#[derive(Debug)]
struct ClickHouse {
    server: Server,
    address: SocketAddr,
    own: PathBuf,
    version: String,
}

/// Starts it on files of its own.
pub(super) fn start(_: &Bench, folder: &Path) -> Result<Box<dyn Loader>, Unready> {
    for name in [SERVER, CLIENT] {
        if let Err(unready) = apt::ensure(name, name) {
            return Err(if apt::has(name) { unready } else { absent(name) });
        }
    }
    let own = folder.join("clickhouse");
    for name in ["data", "tmp", "user_files", "format_schemas"] {
        fs::create_dir_all(own.join(name))?;
    }
    let (address, http) = (free_address(0)?, free_address(0)?);
    fs::write(own.join("config.xml"), config(&own, address, http))?;
    fs::write(own.join("users.xml"), USERS)?;
    let program = process::find(SERVER).context("clickhouse-server was there a moment ago")?;
    let mut command = process::program(&program, &own);
    command.arg(format!("--config-file={}", own.join("config.xml").display()));
    let mut server = Server::start(command.stdout(Stdio::null()).stderr(Stdio::null()))?;
    let ready = server.wait_until_ready(http, "/ping", Duration::from_mins(1));
    ready.with_context(|| format!("{} says more", own.join("errors").display()))?;
    let clickhouse = ClickHouse { server, address, own, version: String::new() };
    let version = clickhouse.ask("SELECT version()")?.trim().to_owned();
    Ok(Box::new(ClickHouse { version, ..clickhouse }))
}

fn absent(package: &str) -> Unready {
    Unready::Missing(format!("the package lists of this machine have no {package}"))
}

/// What the report says of it.
pub(super) fn told() -> &'static str {
    "ClickHouse gets the file from its own client, into a table that is ordered by time and id, with times as text \
     and without what its older releases cannot read: nested values of NDJSON. It waits for no disk, so `sync` does \
     after each step, within the time. It takes duplicates for other rows until parts are merged, which `OPTIMIZE \
     ... FINAL` does; only then it has done what the others do. chDB is its engine within Python, a current release \
     where Debian's is old."
}

const USERS: &str = "<yandex><profiles><default/></profiles><quotas><default/></quotas><users><default>\
    <password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>\
    </default></users></yandex>\n";

/// All of it, for there is none of the package's.
fn config(own: &Path, address: SocketAddr, http: SocketAddr) -> String {
    let (port, http, own) = (address.port(), http.port(), own.display());
    format!(
        "<yandex>
    <logger><level>warning</level><log>{own}/log</log><errorlog>{own}/errors</errorlog></logger>
    <listen_host>127.0.0.1</listen_host>
    <tcp_port>{port}</tcp_port>
    <http_port>{http}</http_port>
    <path>{own}/data/</path>
    <tmp_path>{own}/tmp/</tmp_path>
    <user_files_path>{own}/user_files/</user_files_path>
    <format_schema_path>{own}/format_schemas/</format_schema_path>
    <users_config>{own}/users.xml</users_config>
    <default_profile>default</default_profile>
    <default_database>default</default_database>
    <mark_cache_size>268435456</mark_cache_size>
</yandex>
"
    )
}

impl ClickHouse {
    fn client(&self, sql: &str) -> Command {
        let program = process::find(CLIENT).unwrap_or_else(|| PathBuf::from(CLIENT));
        let mut command = process::program(&program, &self.own);
        command.args(["--host", "127.0.0.1", "--port", &self.address.port().to_string()]);
        command.args(["--input_format_skip_unknown_fields", "1", "--query", sql]);
        command
    }

    fn ask(&self, sql: &str) -> Result<String> {
        process::output(&mut self.client(sql))
    }
}

impl Loader for ClickHouse {
    fn ways(&self) -> Vec<String> {
        let version = &self.version;
        vec![
            format!("ClickHouse {version}, INSERT"),
            format!("ClickHouse {version}, INSERT and OPTIMIZE ... FINAL"),
        ]
    }

    fn load(&mut self, input: &Input) -> Result<Vec<Duration>> {
        self.ask("DROP TABLE IF EXISTS calls")?;
        self.ask(&columns::clickhouse_table(input.form))?;
        let start = Instant::now();
        let mut insert = self.client(&format!("INSERT INTO calls FORMAT {}", name(input.form)));
        timed(insert.stdin(File::open(&input.file)?))?;
        put_to_disk(&self.own)?;
        let inserted = start.elapsed();
        timed(&mut self.client("OPTIMIZE TABLE calls FINAL"))?;
        put_to_disk(&self.own)?;
        let merged = start.elapsed();
        let found = self.ask("SELECT count() FROM calls")?;
        ensure!(found.trim() == input.rows.to_string(), "it has {} of {} rows", found.trim(), input.rows);
        self.ask("DROP TABLE calls")?;
        Ok(vec![inserted, merged])
    }

    fn stop(self: Box<Self>) -> Result<()> {
        self.server.stop()?;
        Ok(())
    }
}

/// What it calls a form.
pub(super) fn name(form: Form) -> &'static str {
    match form {
        Form::Ndjson => "JSONEachRow",
        Form::Csv => "CSVWithNames",
    }
}
