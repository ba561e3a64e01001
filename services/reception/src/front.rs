//! What reception adds to a process: the page, the tokens, and the way to the services that are not in it.

use chassis::assembly::{Front, Frontage};
use chassis::{Site, StartFault, ledger};
use contracts::topics::CONSUMERS;
use tonic::service::Routes;

use crate::accounts::Accounts;
use crate::elsewhere::Elsewhere;
use crate::{books, pages, token};

/// Reception, for whoever puts a process together.
pub const FRONT: Front = open;

fn open(site: &mut Site, frontage: &Frontage<'_>) -> Result<(), StartFault> {
    let Frontage { settings, vault, here, .. } = frontage;
    let mut elsewhere = Elsewhere::default();
    for (service, _) in CONSUMERS.iter().filter(|(service, _)| !here.iter().any(|one| one.name == *service)) {
        elsewhere.add(frontage.replicas(service, site)?);
        site.told.push(service);
    }
    let mut routes = Routes::builder();
    if let Some(credentials) = credentials(frontage)? {
        let minutes = settings.tokens.minutes;
        let issuer =
            token::server(credentials, vault.clone(), site.tokens.clone(), site.clock.clone(), minutes);
        routes.add_service(issuer);
    }
    if elsewhere.is_empty() {
        routes.add_service(ledger::server(ledger::books(here)));
    } else {
        let own = Routes::new(ledger::server(ledger::books(here))).into_axum_router();
        let services = here.iter().map(|service| service.name).collect();
        site.elsewhere = Some(books::around(elsewhere, books::Own { services, ledger: own }));
    }
    site.routes = routes.routes();
    site.pages = pages::pages(pages::start(settings));
    Ok(())
}

/// Who can sign in here. A cluster may be without demo accounts, and a house without people is worth a warning.
fn credentials(frontage: &Frontage<'_>) -> Result<Option<Vec<token::Credential>>, StartFault> {
    let settings = frontage.settings;
    if !settings.tokens.demo_accounts {
        return Ok(None);
    }
    let file = settings.data.account_file();
    if !settings.is_embedded() && !file.exists() {
        tracing::warn!(file = %file.display(), "there are no demo accounts: nobody signs in here");
        return Ok(None);
    }
    let read = Accounts::read(&file).and_then(|accounts| accounts.credentials(&settings.centre.id));
    read.map(Some).map_err(|fault| StartFault::Front(fault.to_string()))
}
