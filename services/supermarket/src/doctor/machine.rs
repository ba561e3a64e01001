//! What lies on this machine: the key file, and in the embedded mode the databases.

use access::{KeyFileFault, Vault};
use chassis::Settings;
use courier::Desk;

use super::Findings;
use crate::town::SERVICES;

pub(super) fn keys(settings: &Settings, findings: &mut Findings) {
    let file = settings.data.key_file();
    match Vault::shared(&file) {
        Ok(_) => findings.ok("key file", format!("{}, readable by its owner only", file.display())),
        Err(fault @ KeyFileFault::Open(_)) => findings.bad(
            "key file",
            fault.to_string(),
            "chmod 600 it, and think of who may have read it: it opens everything that is sealed",
        ),
        Err(fault @ KeyFileFault::Io { .. }) => findings.bad(
            "key file",
            fault.to_string(),
            "put it back from where you keep it, or start an empty town, which makes one",
        ),
        Err(fault) => findings.bad("key file", fault.to_string(), "put it back from where you keep it"),
    }
}

pub(super) async fn files(settings: &Settings, findings: &mut Findings) {
    match Desk::sqlite_version().await {
        Ok(version) => findings.ok("SQLite", format!("{version}, linked into this program")),
        Err(fault) => findings.bad("SQLite", fault.to_string(), "build this program with its own SQLite"),
    }
    for service in SERVICES {
        let what = format!("{service} file");
        let file = settings.data.dir.join(format!("{service}.db"));
        if !file.exists() {
            findings.bad(
                what,
                format!("there is no {}", file.display()),
                "name another --data-dir, or start the town",
            );
            continue;
        }
        let url = format!("sqlite://{}", file.display());
        let asked = async {
            let db = Desk::connect(&url).await.map_err(|fault| fault.to_string())?;
            let pending =
                migrations::pending(service, &db).await.map_err(|_| "its tables do not read".to_owned());
            drop(db.close().await);
            pending
        };
        match asked.await {
            Ok(pending) if pending.is_empty() => findings.ok(what, "opens, its tables are up to date"),
            Ok(pending) => findings.warn(
                what,
                format!("migrations to come: {}", pending.join(", ")),
                "they run at the next start; take a backup first",
            ),
            Err(fault) => findings.bad(what, fault, "restore a backup, beside this file and not over it"),
        }
    }
}
