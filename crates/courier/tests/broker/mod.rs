//! A real nats-server for a test: on a free port, in a folder of its own, in a process group of its own; killed with the
//! test. It can be killed, stopped and continued, robbed of its store, and started again on the same port.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rand::Rng;
use tempfile::TempDir;

pub mod shipped;

/// How one server is started, again and again.
pub struct Server {
    folder: TempDir,
    port: u16,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    child: Option<Child>,
}

impl Server {
    /// A server of one's own: JetStream, no login.
    pub fn start() -> Self {
        Self::start_with(|folder, _| {
            (vec!["-js".into(), "-sd".into(), folder.join("store").display().to_string()], vec![])
        })
    }

    /// A server with further arguments and an environment, both made for its folder and its port.
    pub fn start_with(told: impl Fn(&Path, u16) -> (Vec<String>, Vec<(String, String)>)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let (arguments, environment) = told(folder.path(), port);
        let mut server = Server { folder, port, arguments, environment, child: None };
        server.start_again();
        server
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Starts it where it was, and waits until it answers.
    pub fn start_again(&mut self) {
        assert!(self.child.is_none(), "it runs");
        let log = self.folder.path().join("log");
        let mut command = Command::new("setpriv");
        // Ends with the thread that started it, also where that is killed and drops nothing.
        command.args(["--pdeathsig", "KILL", "--"]).arg(binary());
        command.args(["-a", "127.0.0.1", "-p", &self.port.to_string()]).args(&self.arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(File::options().create(true).append(true).open(&log).unwrap()).process_group(0);
        self.child = Some(command.spawn().expect("setpriv (util-linux) starts nats-server"));
        let deadline = Instant::now() + Duration::from_secs(20);
        while !answers(self.port) {
            let ended = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(
                ended.is_none() && Instant::now() < deadline,
                "nats-server does not start ({ended:?}):\n{}",
                fs::read_to_string(&log).unwrap()
            );
            sleep(Duration::from_millis(20));
        }
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) {
        self.signal("KILL");
        self.child.take().unwrap().wait().unwrap();
    }

    /// Stands still: holds its connections and answers nothing.
    pub fn pause(&self) {
        self.signal("STOP");
    }

    pub fn resume(&self) {
        self.signal("CONT");
    }

    /// Removes everything that it has stored. It must not run.
    pub fn wipe(&self) {
        assert!(self.child.is_none(), "it runs");
        fs::remove_dir_all(self.folder.path().join("store")).unwrap();
    }

    /// Copies what it has stored, while it runs: what a backup of its disk would hold.
    pub fn copy_store(&self) {
        self.copy("store", "copy");
    }

    /// Puts the copy in the place of what it has stored. It must not run.
    pub fn put_copy_back(&self) {
        self.wipe();
        self.copy("copy", "store");
    }

    fn copy(&self, from: &str, to: &str) {
        let [from, to] = [from, to].map(|name| self.folder.path().join(name));
        assert!(Command::new("cp").arg("-r").args([from, to]).status().unwrap().success());
    }

    /// Removes what it remembers of consumers, and keeps the streams. It must not run.
    pub fn forget_consumers(&self) {
        assert!(self.child.is_none(), "it runs");
        let streams = self.folder.path().join("store/jetstream/$G/streams");
        for stream in fs::read_dir(streams).unwrap() {
            fs::remove_dir_all(stream.unwrap().path().join("obs")).unwrap();
        }
    }

    fn signal(&self, name: &str) {
        let group = format!("-{}", self.pid());
        let sent = Command::new("sh").args(["-c", "kill -s \"$0\" -- \"$1\"", name, &group]).status();
        assert!(sent.unwrap().success(), "kill -{name} {group}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Where the server's program is: `SUPERMARKET_NATS_SERVER`, or where `tests/run` puts it.
fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("SUPERMARKET_NATS_SERVER") {
        return path.into();
    }
    let home = std::env::var_os("HOME").unwrap_or_default();
    let path = Path::new(&home).join(".cache/supermarket/nats-2.15.1/bin/nats-server");
    assert!(
        path.exists(),
        "there is no nats-server: run tests/run, which installs it, or set SUPERMARKET_NATS_SERVER to its path"
    );
    path
}

/// A port that nobody has. Not one of those that the system gives to connections: a client that tries again and again
/// could be given the very port it calls, and would then talk to itself. And none that was drawn before: whoever drew it may
/// not listen there yet.
pub fn free_port() -> u16 {
    static DRAWN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let port = rand::rng().random_range(10_000..32_000);
        if DRAWN.lock().unwrap().insert(port) && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// A server greets whoever connects.
fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) else { return false };
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let mut greeting = String::new();
    BufReader::new(stream).read_line(&mut greeting).is_ok() && greeting.starts_with("INFO ")
}
