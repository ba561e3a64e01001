//! `supermarket migrate` in a cluster: schemas, roles, rights and tables, by one job before the services start.

use std::io::Write as _;

use anyhow::{Context as _, bail};
use chassis::Settings;
use chassis::settings::operator::{self, ADMIN_URL};
use migrations::postgres::{logins, prepare};

/// The administrator's URL, as given or from the environment.
pub fn administrator(given: Option<&str>) -> anyhow::Result<String> {
    let Some(url) = given.map(str::to_owned).or_else(|| operator::given(ADMIN_URL)) else {
        bail!(
            "give --admin-url or {ADMIN_URL}: the URL of a role that may create schemas and roles in this database"
        );
    };
    Ok(url)
}

/// Prepares the database that the settings name, as the administrator.
pub async fn postgres(settings: &Settings, admin_url: Option<&str>) -> anyhow::Result<()> {
    let admin_url = administrator(admin_url)?;
    let logins = logins(settings.database.url.reveal()).context("database.url")?;
    prepare(&admin_url, &logins).await.context("nothing is half-done: mend it and run this again")?;
    let mut out = std::io::stdout().lock();
    for login in &logins {
        writeln!(out, "{:<10} up to date, for the role {}", login.service, login.role)?;
    }
    Ok(())
}
