//! Measures the engine on its own: appends, pages at several depths, `$skip`.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss)]
use std::path::Path;
use std::time::Instant as Clock;
use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{TenantId, TimeRange};
use trunklog_sources::synthetic::{SyntheticCalls, SyntheticOptions};
use trunklog_store::{Engine, PageQuery, Start};

fn main() {
    let rows: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let dir = std::env::args().nth(2).unwrap();
    let file = Path::new(&dir).join("m.duckdb");
    let engine = DuckDbEngine::open(&file, Options::default()).unwrap();
    let store = engine.tenant(TenantId::new(uuid_zero()));
    let (from, to) = (Instant::parse("2023-01-01T00:00:00Z").unwrap(), Instant::parse("2026-01-01T00:00:00Z").unwrap());
    let mut calls = SyntheticCalls::new(SyntheticOptions::new(rows, from, to)).unwrap();
    let t = Clock::now();
    let mut made = 0.0;
    loop {
        let g = Clock::now();
        let Some(batch) = calls.next_batch(32_768) else { break };
        made += g.elapsed().as_secs_f64();
        store.append(&batch).unwrap();
    }
    let total = t.elapsed().as_secs_f64();
    println!("generate {:.0} rows/s; append {:.0} rows/s", rows as f64 / made, rows as f64 / (total - made));
    let range = TimeRange::of(&DIRECT_ROUTING_CALLS, from, to).unwrap();
    let time = |name: &str, f: &mut dyn FnMut(u64)| {
        let mut ts: Vec<f64> = (0..100).map(|i| { let t = Clock::now(); f(i); t.elapsed().as_secs_f64() * 1e3 }).collect();
        ts.sort_by(f64::total_cmp);
        println!("{name}: p50 {:.2} ms p90 {:.2} ms", ts[50], ts[90]);
    };
    for depth in [rows / 100, rows / 2, rows - rows / 10] {
        let q = PageQuery { log: &DIRECT_ROUTING_CALLS, range, start: Start::Skip(depth), watermark: None, limit: 1000 };
        time(&format!("skip {depth}"), &mut |_| { store.page(&q).unwrap(); });
        let page = store.page(&q).unwrap();
        let next = q.after(&page).unwrap();
        time(&format!("seek at {depth}"), &mut |_| { store.page(&next).unwrap(); });
        let mut walk = next.clone();
        time(&format!("walk from {depth}"), &mut |_| { let p = store.page(&walk).unwrap(); if let Some(n) = walk.after(&p) { walk = n; } });
    }
    println!("memory {}", std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmHWM")).unwrap());
    println!("file {} MB", std::fs::metadata(&file).unwrap().len() / 1_000_000);
}
fn uuid_zero() -> uuid::Uuid { uuid::Uuid::nil() }
