//! `supermarket migrate` in a cluster: schemas, roles, rights and tables, by one job before the services start.

use std::io::Write as _;

use anyhow::{Context as _, bail};
use chassis::Settings;
use migrations::postgres::{logins, prepare};

/// Where the administrator's URL may stand instead of on the command line.
const ADMIN_URL: &str = "SUPERMARKET_ADMIN_URL";

/// Prepares the database that the settings name, as the administrator.
pub async fn postgres(settings: &Settings, admin_url: Option<&str>) -> anyhow::Result<()> {
    let from_environment = || {
        #[expect(clippy::disallowed_methods, reason = "a secret that is no setting: no service is given it")]
        std::env::var(ADMIN_URL).ok()
    };
    let Some(admin_url) = admin_url.map(str::to_owned).or_else(from_environment) else {
        bail!(
            "give --admin-url or {ADMIN_URL}: the URL of a role that may create schemas and roles in this database"
        );
    };
    let logins = logins(settings.database.url.reveal()).context("database.url")?;
    prepare(&admin_url, &logins).await.context("nothing is half-done: mend it and run this again")?;
    let mut out = std::io::stdout().lock();
    for login in &logins {
        writeln!(out, "{:<10} up to date, for the role {}", login.service, login.role)?;
    }
    Ok(())
}
