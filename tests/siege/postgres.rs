//! A PostgreSQL of one's own, to be killed: every commit flushed, full pages written, on a port of its own.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};

/// One server and its folder.
pub struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
    /// `name=value`, beside what every server here has.
    settings: Vec<String>,
    child: Option<Child>,
}

/// PostgreSQL refuses root: then somebody else runs it.
fn program(path: &Path) -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    let mut command = Command::new("setpriv");
    if root {
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]);
    }
    // Ends with the thread that started it, also where that is killed and drops nothing.
    command.args(["--pdeathsig", "QUIT", "--"]).arg(path);
    command.stdin(Stdio::null());
    command
}

impl Postgres {
    /// Makes a server in `folder` and starts it with these settings, each `name=value`.
    pub async fn start(bin: &Path, folder: &Path, port: u16, settings: &[&str]) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        drop(Command::new("chown").arg("postgres").arg(folder).status());
        let made = program(&bin.join("initdb"))
            .arg("-D")
            .arg(folder.join("data"))
            .args(["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        if !made.success() {
            bail!("initdb in {} does not make a server", folder.display());
        }
        let settings = settings.iter().map(|&setting| setting.to_owned()).collect();
        let mut server = Self { bin: bin.to_owned(), folder: folder.to_owned(), port, settings, child: None };
        server.start_again().await?;
        Ok(server)
    }

    /// Another server that follows this one, which it reaches at the port `via`.
    pub async fn standby(&self, folder: &Path, port: u16, via: u16) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        drop(Command::new("chown").arg("postgres").arg(folder).status());
        let copied = program(&self.bin.join("pg_basebackup"))
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &via.to_string(),
                "-U",
                "postgres",
                "-R",
                "-X",
                "stream",
                "-c",
                "fast",
            ])
            .arg("-D")
            .arg(folder.join("data"))
            .status()?;
        if !copied.success() {
            bail!("pg_basebackup to {} failed", folder.display());
        }
        let (bin, settings) = (self.bin.clone(), self.settings.clone());
        let mut server = Self { bin, folder: folder.to_owned(), port, settings, child: None };
        server.start_again().await?;
        Ok(server)
    }

    /// Makes a standby the primary; returns when it takes writes.
    pub fn promote(&self) -> anyhow::Result<()> {
        let promoted = program(&self.bin.join("pg_ctl"))
            .args(["promote", "-w", "-s", "-D"])
            .arg(self.folder.join("data"))
            .status()?;
        if !promoted.success() {
            bail!("pg_ctl promote of {} failed", self.folder.display());
        }
        Ok(())
    }

    /// The port on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The process that the others hang on.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Starts it where it was and waits until it takes connections. It refuses while a child of the killed one still holds
    /// the shared memory: then again.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        for _ in 0..1_200 {
            let runs = match &mut self.child {
                Some(child) => child.try_wait()?.is_none(),
                None => false,
            };
            if !runs {
                self.child = Some(self.spawn()?);
            }
            let ready = Command::new(self.bin.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status();
            if ready.is_ok_and(|status| status.success()) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("PostgreSQL does not start; see {}", self.folder.with_extension("log").display())
    }

    fn spawn(&self) -> anyhow::Result<Child> {
        let log = File::options().create(true).append(true).open(self.folder.with_extension("log"))?;
        let child = program(&self.bin.join("postgres"))
            .arg("-D")
            .arg(self.folder.join("data"))
            .args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories=", "-c", "max_connections=300"])
            .args(["-c", "fsync=on", "-c", "full_page_writes=on"])
            .args(self.settings.iter().flat_map(|setting| ["-c", setting]))
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()?;
        Ok(child)
    }

    /// The postmaster and its children, as they are now.
    pub fn processes(&self) -> anyhow::Result<Vec<String>> {
        let pid = self.pid().context("it runs")?.to_string();
        let children = Command::new("pgrep").args(["-P", &pid]).output()?.stdout;
        let children = String::from_utf8(children)?;
        Ok(children.split_whitespace().map(str::to_owned).chain([pid.clone()]).collect())
    }

    /// `kill -9` of every process at once, as when the machine is gone.
    pub fn kill_all(&mut self) -> anyhow::Result<()> {
        // One that has ended meanwhile needs no killing.
        let _ = Command::new("kill").arg("-KILL").args(self.processes()?).stderr(Stdio::null()).status()?;
        self.kill();
        Ok(())
    }

    /// `kill -9` of the postmaster. Its children notice and end; a new one starts when the last of them has.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(pid) = self.pid() {
            drop(Command::new("kill").args(["-QUIT", &pid.to_string()]).status());
        }
        if let Some(mut child) = self.child.take() {
            drop(child.wait().context("PostgreSQL"));
        }
    }
}
