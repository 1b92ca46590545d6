//! nginx on the saved pages.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::server::{Server, free_address};
use crate::unready::Unready;
use crate::{apt, process};

/// A running nginx.
#[derive(Debug)]
pub(crate) struct Nginx {
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
}

/// Starts nginx with its own configuration and files below `folder`, one
/// worker for each core.
pub(crate) fn start(folder: &Path) -> Result<Nginx, Unready> {
    apt::ensure("nginx", "nginx")?;
    let program = process::find("nginx").context("nginx was there a moment ago")?;
    let own = folder.join("nginx");
    fs::create_dir_all(&own)?;
    let address = free_address(0)?;
    let config = own.join("nginx.conf");
    fs::write(&config, text(folder, address)?)?;
    let mut command = process::program(&program, &own);
    command.arg("-p").arg(&own).arg("-c").arg(&config).arg("-e").arg(own.join("error.log"));
    let mut server = Server::start(&mut command)?;
    server.wait_until_ready(address, "/files/0.json", Duration::from_secs(20))?;
    Ok(Nginx { server, address })
}

fn text(folder: &Path, address: SocketAddr) -> Result<String> {
    // As root, workers become another user by default, who may not be able to
    // read the files.
    let user = if process::is_root() {
        format!("user {};", process::output(&mut process::command("id -un", folder))?.trim())
    } else {
        String::new()
    };
    let cores = std::thread::available_parallelism()?;
    let (own, pages) = (folder.join("nginx"), folder.join("pages"));
    let (own, pages) = (own.display(), pages.display());
    Ok(format!(
        "{user}
daemon off;
worker_processes {cores};
pid {own}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {own}/body;
    proxy_temp_path {own}/proxy;
    fastcgi_temp_path {own}/fastcgi;
    uwsgi_temp_path {own}/uwsgi;
    scgi_temp_path {own}/scgi;
    default_type application/json;
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_requests 100000000;
    open_file_cache max=1000;
    server {{
        listen {address};
        location /files/ {{
            alias {pages}/;
            gzip_static on;
        }}
        location /compressing/ {{
            alias {pages}/;
            gzip on;
            gzip_comp_level 1;
            gzip_types application/json;
        }}
    }}
}}
"
    ))
}
