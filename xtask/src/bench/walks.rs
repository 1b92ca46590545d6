//! Pages a second, beside nginx, which serves the same pages as files and so
//! marks the limit, and beside Datasette, which pages over the same rows.

use std::fs;
use std::net::SocketAddr;

use anyhow::Result;

use super::format::{grouped, mebibytes, size};
use super::load::{self, GZIP, IDENTITY, Outcome, Walk};
use super::report::{Report, Table};
use super::{Bench, BenchServer, datasette, nginx, peak};
use crate::http::Connection;
use crate::unready::Unready;

/// Graph's name for the link to the next page.
pub(crate) const NEXT_LINK: &str = "@odata.nextLink";

/// How many walks go side by side.
const SIDE_BY_SIDE: u32 = 64;

/// How many pages are saved for nginx.
const SAVED: u32 = 100;

/// Pages a second of one server.
struct Rates {
    server: &'static str,
    encoding: &'static str,
    alone: Outcome,
    together: Outcome,
}

/// The part `walks`.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let running = bench.serve()?;
    let (plain, gzip) = trunklog(bench, &running)?;
    let memory = peak::of(running.server.id()).unwrap_or_default();
    let pages = save_pages(bench, &running, &plain.alone)?;
    running.server.stop()?;

    let mut all = vec![plain, gzip];
    let mut left_out = Vec::new();
    for (name, rivals) in [("nginx", nginx_rates(bench, &pages)), ("Datasette", datasette_rates(bench))] {
        match rivals {
            Ok(rates) => all.extend(rates),
            Err(unready) => {
                left_out.push(format!(" {name} was left out: {:#}.", anyhow::Error::from(unready)));
            }
        }
    }

    let mut table = Table::new([
        "server",
        "encoding",
        "one walk, pages/s",
        "64 walks, pages/s",
        "64 walks, MiB/s",
        "Trunklog against it, one walk",
        "64 walks",
    ]);
    for rates in &all {
        let ours = all.iter().find(|ours| ours.encoding == rates.encoding).unwrap_or(rates);
        let ratio = |ours: &Outcome, theirs: &Outcome| {
            if rates.server == "Trunklog" {
                return String::new();
            }
            format!("{:.2} x", ours.pages_per_sec() / theirs.pages_per_sec().max(f64::EPSILON))
        };
        table.row([
            rates.server.to_owned(),
            rates.encoding.to_owned(),
            grouped(rates.alone.pages_per_sec()),
            grouped(rates.together.pages_per_sec()),
            grouped(rates.together.mebibytes_per_sec()),
            ratio(&ours.alone, &rates.alone),
            ratio(&ours.together, &rates.together),
        ]);
    }
    let text = format!(
        "Each load lasts {} s; the 64 walks over Trunklog start at 64 places. nginx serves {SAVED} of the same \
         pages as files, from the page cache. Datasette pages by its own links over the same rows in SQLite, \
         indexed by start time and id, 1,000 objects a page. Trunklog's memory peaked at {} under these walks.{}",
        bench.plan.load.as_secs(),
        size(memory),
        left_out.concat()
    );
    report.section("Walks", &text, table);
    let met = mebibytes(memory) <= 600.0;
    report.target("server's memory under 64 walks", "<= 600 MiB", size(memory), met.into());
    Ok(())
}

/// Trunklog, plain and compressed. Compressed pages hide their links, so the
/// second pair of loads goes where the first pair went.
fn trunklog(bench: &Bench, running: &BenchServer) -> Result<(Rates, Rates)> {
    let (address, limit) = (running.address, bench.plan.load);
    let plain = [("Authorization", running.authorization.as_str()), IDENTITY];
    let gzip = [("Authorization", running.authorization.as_str()), GZIP];
    let links = |first| Walk::Links { first, member: NEXT_LINK };
    let from = |lane| {
        let skip = u64::from(bench.plan.rows) * u64::from(lane) / u64::from(SIDE_BY_SIDE);
        links(format!("{}?$skip={skip}", Bench::all_calls()))
    };
    println!("Trunklog");
    let alone = load::run(address, &plain, vec![links(Bench::all_calls())], limit)?;
    let together = load::run(address, &plain, (0..SIDE_BY_SIDE).map(from).collect(), limit)?;
    let again = |outcome: &Outcome| {
        let known = |targets: &Vec<String>| Walk::Known { targets: targets.clone(), from: 0 };
        outcome.visited.iter().map(known).collect()
    };
    let alone_gzip = load::run(address, &gzip, again(&alone), limit)?;
    let together_gzip = load::run(address, &gzip, again(&together), limit)?;
    let server = "Trunklog";
    Ok((
        Rates { server, encoding: "none", alone, together },
        Rates { server, encoding: "gzip", alone: alone_gzip, together: together_gzip },
    ))
}

/// Saves pages of the plain walk as they are and as Trunklog compresses them.
fn save_pages(bench: &Bench, running: &BenchServer, walk: &Outcome) -> Result<Vec<String>> {
    let folder = bench.folder.join("pages");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let mut connection = Connection::open(running.address)?;
    let mut body = Vec::new();
    let mut names = Vec::new();
    let targets = walk.visited.iter().flatten().take(usize::try_from(SAVED)?);
    for (at, target) in targets.enumerate() {
        let name = format!("{at}.json");
        for (encoding, file) in [(IDENTITY, name.clone()), (GZIP, format!("{name}.gz"))] {
            let headers = [("Authorization", running.authorization.as_str()), encoding];
            load::get(&mut connection, &headers, target, &mut body)?;
            fs::write(folder.join(file), &body)?;
        }
        names.push(name);
    }
    Ok(names)
}

fn nginx_rates(bench: &Bench, pages: &[String]) -> Result<Vec<Rates>, Unready> {
    let nginx = nginx::start(&bench.folder)?;
    println!("nginx");
    let mut all = Vec::new();
    for (server, place, encoding, header) in [
        ("nginx, files", "files", "none", IDENTITY),
        ("nginx, compressed files", "files", "gzip", GZIP),
        ("nginx, compressing (level 1)", "compressing", "gzip", GZIP),
    ] {
        let targets: Vec<String> = pages.iter().map(|name| format!("/{place}/{name}")).collect();
        let walk = |from| Walk::Known { targets: targets.clone(), from };
        let run = |lanes: u32| {
            let walks = (0..lanes).map(|lane| walk(usize::try_from(lane).unwrap_or_default())).collect();
            load::run(nginx.address, &[header], walks, bench.plan.load)
        };
        all.push(Rates { server, encoding, alone: run(1)?, together: run(SIDE_BY_SIDE)? });
    }
    nginx.server.stop()?;
    Ok(all)
}

fn datasette_rates(bench: &Bench) -> Result<Vec<Rates>, Unready> {
    let datasette = datasette::start(bench)?;
    println!("Datasette");
    let run = |address: SocketAddr, lanes: u32| {
        let first = datasette::FIRST_PAGE.to_owned();
        let walk = Walk::Links { first, member: datasette::NEXT_LINK };
        load::run(address, &[IDENTITY], vec![walk; usize::try_from(lanes)?], bench.plan.load)
    };
    let (alone, together) = (run(datasette.address, 1)?, run(datasette.address, SIDE_BY_SIDE)?);
    datasette.server.stop()?;
    Ok(vec![Rates { server: "Datasette", encoding: "none", alone, together }])
}
